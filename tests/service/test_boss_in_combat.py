"""A boss keeps to its plan on its turns: the plan of this fight, on this timeline, and nobody else's."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from memory.chronicle import Chronicle
from schemas import (
    CombatDecision,
    CombatEnded,
    CombatTurn,
    Decision,
    DecisionRequest,
    ModelUnavailable,
    RecordError,
    Settings,
)
from service import Loom
from tests.conftest import Opening, OpenLoom

CORIN_FIRST = {"reasoning": "The mage first.", "stances": ["burst_the_weakest"], "focus": "corin_ashe"}
STAND_FAST = {"reasoning": "Let them come.", "stances": ["stand_fast"], "focus": None}
ENDED = CombatEnded(actor="tamsin_reed", survivors=("tamsin_reed", "corin_ashe"), fallen=("mourner-1",))
NEAR = {"tamsin_reed": (30, 0), "corin_ashe": (15, 10)}
"""Where the rules by themselves would begin with Tamsin."""


def planner(*plans: dict[str, Any]) -> ScriptedModel:
    """A model that says these plans, one after the other, and hears turns out in silence."""
    left = list(plans)

    def say(ask: Ask, schema: type[BaseModel]) -> dict[str, Any] | Exception:
        del ask
        if schema.__name__ != "TacticsDecisionAnswer":
            return ModelUnavailable("it plans, and does nothing else")
        return {"content": left.pop(0)}

    return ScriptedModel(say)


def turn(
    opening: Opening, number: str, who: str = "vexal", where: dict[str, tuple[int, int]] = NEAR, **changes: object
) -> DecisionRequest:
    """The turn of somebody in the belfry, with the party standing `where`."""
    scene = opening("tactics").scene.model_dump()
    for one in scene["present"]:
        if one["id"] in where:
            one["position"] = dict(zip("xy", where[one["id"]], strict=True))
    fields: dict[str, object] = {"policy": "rules", "scene": scene, "character": who, "event": CombatTurn(actor=who)}
    return opening("combat", **{**fields, "id": f"turn-{number}", **changes})


async def plans(loom: Loom, opening: Opening, number: int = 0, **changes: object) -> None:
    decision = await loom.decide(opening("tactics", id=f"plan-{number}", policy="model", **changes))
    assert decision.receipt.source == "model", decision.receipt


def move_of(decision: Decision) -> dict[str, str]:
    assert isinstance(decision.content, CombatDecision)
    return decision.content.move.model_dump()


def steps_of(decision: Decision) -> list[str]:
    return [step.node for step in decision.receipt.steps]


async def test_a_boss_begins_with_whom_its_plan_is_about(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(planner(CORIN_FIRST)) as loom:
        before = await loom.decide(turn(opening, "before"))
        await plans(loom, opening)
        after = await loom.decide(turn(opening, "after"))

    assert move_of(before)["target"] == "tamsin_reed"
    assert move_of(after)["target"] == "corin_ashe"
    assert "plan-0" in after.receipt.retrieved, "the receipt names the experience that it followed"
    assert after.receipt.source == "rules"


async def test_a_boss_that_means_to_stand_fast_does_not_walk_up_to_anybody(
    open_loom: OpenLoom, opening: Opening
) -> None:
    far = {"tamsin_reed": (60, 0), "corin_ashe": (70, 10)}
    async with open_loom(planner(STAND_FAST)) as loom:
        before = await loom.decide(turn(opening, "before", where=far))
        await plans(loom, opening)
        after = await loom.decide(turn(opening, "after", where=far))

    assert move_of(before)["ability"] == "cone_of_cold", "it reaches as far as one has walked"
    assert move_of(after)["ability"] == "fireball"


async def test_the_plan_of_a_boss_is_its_own_and_nobody_else_reads_one(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(planner(CORIN_FIRST)) as loom:
        before = await loom.decide(turn(opening, "before", who="mourner-1"))
        brigand = await loom.decide(opening("combat", policy="rules"))
        await plans(loom, opening)
        after = await loom.decide(turn(opening, "after", who="mourner-1"))

    assert move_of(after) == move_of(before)
    assert steps_of(after) == steps_of(before) == steps_of(brigand)
    assert "study" not in steps_of(brigand), "an elite is no boss: it looks nothing up"


async def test_a_plan_ends_with_its_fight(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(planner(CORIN_FIRST, CORIN_FIRST)) as loom:
        await plans(loom, opening)
        await plans(loom, opening, 1, event=ENDED)
        later = await loom.decide(turn(opening, "later"))

    assert move_of(later)["target"] == "tamsin_reed"


async def test_a_plan_whose_fight_nobody_ended_does_not_outlive_the_hour(open_loom: OpenLoom, opening: Opening) -> None:
    scene = turn(opening, "x").scene.model_dump() | {"time": {"day": 11020, "minute": 30}}
    async with open_loom(planner(CORIN_FIRST)) as loom:
        await plans(loom, opening)
        later = await loom.decide(turn(opening, "later", scene=scene))

    assert move_of(later)["target"] == "tamsin_reed"


async def test_an_abandoned_timeline_plans_for_nobody(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(planner(CORIN_FIRST)) as loom:
        world = loom.world(opening("tactics").world)
        await world.save("before the belfry")
        await plans(loom, opening)
        abandoned = (await loom.decide(turn(opening, "planned"))).receipt.timeline
        await world.load("before the belfry")
        here = await loom.decide(turn(opening, "afterwards"))
        there = await loom.decide(turn(opening, "there", timeline=abandoned))

    assert move_of(here)["target"] == "tamsin_reed", "here it never made that plan"
    assert move_of(there)["target"] == "corin_ashe", "there it did"
    assert here.receipt.timeline != abandoned


async def test_when_the_one_it_is_about_has_fallen_the_plan_goes_on_to_the_next(
    open_loom: OpenLoom, opening: Opening
) -> None:
    third = {"id": "bran", "kind": "player", "side": "party", "template": "commoner", "armor_class": 10,
             "hit_points": {"current": 4, "maximum": 4}, "position": {"x": 15, "y": 10}}  # fmt: skip
    scene = turn(opening, "x").scene.model_dump()
    for one in scene["present"]:
        if one["id"] == "corin_ashe":
            one["hit_points"] = {"current": 0, "maximum": 22}
    scene["present"] = [*scene["present"], third]
    async with open_loom(planner(CORIN_FIRST)) as loom:
        before = await loom.decide(turn(opening, "before", scene=scene))
        await plans(loom, opening)
        after = await loom.decide(turn(opening, "after", scene=scene))

    assert move_of(before)["target"] == "tamsin_reed"
    assert move_of(after)["target"] == "bran", "the weakest of those who stand"


async def test_the_model_reads_the_plan_of_the_boss_that_it_speaks_for(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    roomy = settings.model_copy(update={"model": settings.model.model_copy(update={"context_tokens": 8_192})})
    model = planner(CORIN_FIRST)
    async with open_loom(model, settings=roomy) as loom:
        await loom.decide(turn(opening, "before", policy="model"))
        await plans(loom, opening)
        await loom.decide(turn(opening, "boss", policy="model"))
        await loom.decide(turn(opening, "mourner", who="mourner-1", policy="model"))
    before, _, boss, mourner = [ask.messages[-1]["content"] for ask in model.asked]

    assert "burst_the_weakest: strike at the weakest first." in boss
    assert "First of all: corin_ashe." in boss
    assert not any("Your plan" in prompt for prompt in (before, mourner))


async def test_a_record_that_cannot_be_read_costs_the_plan_and_not_the_turn(
    open_loom: OpenLoom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> NoReturn:
        raise RecordError("the disk is gone")

    async with open_loom(planner(CORIN_FIRST)) as loom:
        await plans(loom, opening)
        monkeypatch.setattr(Chronicle, "experiences", broken)
        decision = await loom.decide(turn(opening, "blind"))

    assert move_of(decision)["target"] == "tamsin_reed"
    assert decision.receipt.source in {"rules", "fallback"}
