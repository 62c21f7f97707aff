"""A boss across fights: it remembers on its timeline, and forgets what never happened."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from inference import Ask, ScriptedModel
from schemas import CombatEnded, Decision, DecisionRequest, Lesson, TacticsDecision
from service import Loom
from tests.conftest import Opening, OpenLoom

FOUGHT = CombatEnded(actor="tamsin_reed", survivors=("tamsin_reed", "corin_ashe"), fallen=("vexal",))


def plan_of(decision: Decision) -> TacticsDecision:
    assert isinstance(decision.content, TacticsDecision)
    return decision.content


async def fight(loom: Loom, opening: Opening, number: int) -> tuple[Decision, Decision]:
    """One fight that is lost: the plan before it, and what comes of its end."""
    scene = opening("tactics").scene.model_dump()
    bolt = {"type": "CombatAbilityUsed", "actor": "corin_ashe", "ability": "fireball", "targets": ["vexal"]}
    before = await loom.decide(opening("tactics", id=f"before-{number}", seed=number))
    after = opening("tactics", id=f"after-{number}", event=FOUGHT, scene={**scene, "recent_events": [bolt] * 3})
    return before, await loom.decide(after)


async def lessons_of(loom: Loom, request: DecisionRequest) -> list[Lesson]:
    found = await loom.memory.chronicle.experiences(request.world, None, request.character, kind="tactics")
    return [Lesson.model_validate(one.situation) for one in found]


async def test_a_boss_learns_from_fight_to_fight_without_a_model(loom: Loom, opening: Opening) -> None:
    plans = [(await fight(loom, opening, number))[0] for number in range(1, 5)]
    first, last = plans[0], plans[-1]

    assert "Nothing is known" in plan_of(first).reasoning
    assert "burn whole ranks" in plan_of(last).reasoning
    found = await lessons_of(loom, opening("tactics"))
    assert [lesson.over for lesson in found] == [False, True] * 4
    assert len({lesson.fight for lesson in found}) == 4
    assert all(lesson.seen.deeds.counts.get("area") == 3 for lesson in found if lesson.over)


async def test_asked_twice_it_learns_once(loom: Loom, opening: Opening) -> None:
    await fight(loom, opening, 1)
    await fight(loom, opening, 1)

    assert len(await lessons_of(loom, opening("tactics"))) == 2


async def test_a_world_that_goes_back_has_unlearned_what_came_later(loom: Loom, opening: Opening) -> None:
    world = loom.world(opening("tactics").world)
    await world.save("before the belfry")
    untouched = plan_of(await loom.decide(opening("tactics", id="a", seed=5)))
    for number in range(3):
        await fight(loom, opening, number)
    await world.load("before the belfry")
    again = plan_of(await loom.decide(opening("tactics", id="b", seed=5)))

    assert again == untouched
    assert len(await lessons_of(loom, opening("tactics"))) == 1


async def test_what_a_model_combines_has_to_fit(open_loom: OpenLoom, opening: Opening) -> None:
    proposed: list[dict[str, Any]] = [
        {"reasoning": "All at once.", "stances": ["press", "give_ground"], "focus": None},
        {"reasoning": "One at a time.", "stances": ["press", "spread_out"], "focus": "corin_ashe"},
    ]

    def say(ask: Ask, schema: type[BaseModel]) -> dict[str, Any]:
        del ask, schema
        return {"content": proposed.pop(0)}

    async with open_loom(ScriptedModel(say)) as loom:
        decision = await loom.decide(opening("tactics", policy="model"))

    assert decision.receipt.source == "repaired"
    assert plan_of(decision).stances == ("press", "spread_out")
