"""How hard encounters are when the game does not say: by how the party's fights have ended, on this timeline."""

from __future__ import annotations

from itertools import pairwise
from typing import NoReturn

import pytest

from inference import ScriptedModel
from memory.chronicle import Chronicle
from rules.boss.difficulty import STEP
from rules.encounters.pacing import pacing_of
from schemas import (
    Aim,
    CombatEnded,
    CombatStarted,
    CombatTurn,
    Decision,
    DecisionRequest,
    EncounterDecision,
    EventBase,
    RecordError,
    WorldTime,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import good_answer, says

PARTY = ("tamsin_reed", "corin_ashe")


def won(day: int) -> CombatEnded:
    return CombatEnded(actor=PARTY[0], survivors=PARTY, fallen=("wolf-1",), at=WorldTime(day=day))


def lost(day: int) -> CombatEnded:
    return CombatEnded(actor="wolf-1", survivors=("wolf-1",), fallen=PARTY, at=WorldTime(day=day))


def asking(opening: Opening, name: str, *recent: EventBase, difficulty: str | None = None) -> DecisionRequest:
    """The next encounter, with what has happened of late."""
    asked = opening("encounter")
    event = {**asked.event.model_dump(), "difficulty": difficulty}
    scene = {**asked.scene.model_dump(), "recent_events": [one.model_dump() for one in recent]}
    return opening("encounter", id=name, event=event, scene=scene)


def aim_of(decision: Decision) -> Aim:
    assert isinstance(decision.content, EncounterDecision)
    assert decision.content.aim is not None
    return decision.content.aim


def because(decision: Decision) -> str | None:
    return next(step.because for step in decision.receipt.steps if step.node == "gauge")


def met(decision: Decision) -> EncounterDecision:
    assert isinstance(decision.content, EncounterDecision)
    return decision.content


async def after(loom: Loom, opening: Opening, *ends: EventBase, name: str = "e") -> list[Decision]:
    """An encounter, then one after the end of each fight."""
    found = [await loom.decide(asking(opening, f"{name}-first"))]
    found += [await loom.decide(asking(opening, f"{name}-{number}", end)) for number, end in enumerate(ends)]
    return found


async def test_a_party_that_wins_easily_meets_more_and_one_that_loses_meets_less(loom: Loom, opening: Opening) -> None:
    first, *easy = await after(loom, opening, won(1), won(2), won(3))
    *_, hurt = await after(loom, opening, lost(4), lost(5), lost(6), name="later")

    assert (aim_of(first).why, aim_of(first).factor, because(first)) == ("usual", 1.0, "difficulty_usual")
    assert [aim_of(one).why for one in easy] == ["hardened"] * 3
    assert because(easy[0]) == "difficulty_hardened"
    levels = [aim_of(one).level for one in (first, *easy)]
    assert all(0 < late - early <= STEP + 1e-9 for early, late in pairwise(levels)), "by one bounded step a fight"
    assert met(first).adjusted_xp < met(easy[-1]).adjusted_xp
    assert aim_of(hurt).why == "eased"
    assert aim_of(hurt).level < levels[-1]
    assert easy[-1].receipt.retrieved, "the receipt names the experiences"


async def test_a_difficulty_that_is_named_is_honoured(loom: Loom, opening: Opening) -> None:
    await after(loom, opening, won(1), won(2), won(3))
    plain = await loom.decide(asking(opening, "named", won(4), difficulty="easy"))

    assert met(plain).aim is None
    assert met(plain).difficulty in {"easy", "trivial"}
    assert because(plain) == "difficulty_as_asked"
    further = aim_of(await loom.decide(asking(opening, "further")))
    assert further.fights == 4, "what it told of a fight is known all the same"


async def test_without_a_new_fight_nothing_moves_and_a_fight_that_is_told_twice_counts_once(
    loom: Loom, opening: Opening
) -> None:
    *_, first = await after(loom, opening, won(1))
    again = await loom.decide(asking(opening, "again", won(1)))

    assert aim_of(again).level == aim_of(first).level
    assert (aim_of(again).why, aim_of(again).fights) == ("kept", 1)


async def test_a_party_within_the_band_is_left_alone(loom: Loom, opening: Opening) -> None:
    narrow = CombatEnded(actor=PARTY[0], survivors=PARTY[:1], fallen=(PARTY[1], "wolf-1"), at=WorldTime(day=1))
    decisions = await after(loom, opening, narrow)

    assert aim_of(decisions[-1]).why == "kept"
    assert because(decisions[-1]) == "difficulty_kept"
    assert 0.6 <= (aim_of(decisions[-1]).win_rate or 0) <= 0.75


async def test_while_a_fight_is_on_nothing_changes(loom: Loom, opening: Opening) -> None:
    await loom.decide(asking(opening, "first"))
    started = CombatStarted(actor="wolf-2", combatants=("wolf-2", *PARTY))
    for number, event in enumerate((started, CombatTurn(actor="wolf-2"))):
        reinforcements = await loom.decide(asking(opening, f"more-{number}", won(1), event))
        assert (aim_of(reinforcements).level, aim_of(reinforcements).why) == (0.0, "in_a_fight")
        assert because(reinforcements) == "fight_is_on"
    over = await loom.decide(asking(opening, "over", won(1), started, won(2)))
    assert aim_of(over).why == "hardened"


async def test_what_a_boss_is_told_of_a_fight_counts_for_the_party(loom: Loom, opening: Opening) -> None:
    await loom.decide(asking(opening, "first"))
    beaten = CombatEnded(actor=PARTY[0], survivors=PARTY, fallen=("vexal", "mourner-1", "mourner-2"))
    for number in range(2):
        await loom.decide(opening("tactics", id=f"told-{number}", event=beaten))
    following = aim_of(await loom.decide(asking(opening, "next")))

    assert (following.why, following.fights) == ("hardened", 1), "told twice, it was one fight"


async def test_a_fight_of_others_says_nothing_of_the_party(loom: Loom, opening: Opening) -> None:
    elsewhere = CombatEnded(actor="bear", survivors=("bear",), fallen=("wolf-1",))
    decisions = await after(loom, opening, elsewhere)

    assert (aim_of(decisions[-1]).why, aim_of(decisions[-1]).fights) == ("usual", 0)


async def test_a_world_that_goes_back_has_forgotten_how_easy_it_was(loom: Loom, opening: Opening) -> None:
    world = loom.world(opening("encounter").world)
    await world.save("before the road")
    gone = (await after(loom, opening, won(1), won(2)))[-1].receipt.timeline
    await world.load("before the road")
    here = aim_of(await loom.decide(asking(opening, "here")))
    there = aim_of(await loom.decide(asking(opening, "there").model_copy(update={"timeline": gone})))

    assert (here.why, here.level, here.fights) == ("usual", 0.0, 0)
    assert (there.fights, there.level > 0) == (2, True)


async def test_a_model_proposes_within_the_same_budget(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom() as plain:
        answer = good_answer(plain, opening("encounter"))
    answer["content"]["creatures"] = [{"creature": "ghoul", "count": 9}]
    model: ScriptedModel = says(answer)
    async with open_loom(model) as loom:
        decisions = list[Decision]()
        for number, end in enumerate((won(1), lost(2), lost(3), lost(4))):
            asked = asking(opening, f"m-{number}", end).model_copy(update={"policy": "model"})
            decisions.append(await loom.decide(asked))
    first, last = met(decisions[0]), met(decisions[-1])

    assert decisions[-1].receipt.source == "repaired", "balanced by the rules"
    assert (first.aim is not None, last.aim is not None) == (True, True)
    assert last.adjusted_xp < first.adjusted_xp, "the same proposal is cut down further"


async def test_a_record_that_cannot_be_read_leaves_encounters_as_usual(
    loom: Loom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> NoReturn:
        raise RecordError("the disk is gone")

    monkeypatch.setattr(Chronicle, "experiences", broken)
    decision = await loom.decide(asking(opening, "blind", won(1)))

    assert met(decision).aim is None
    assert met(decision).difficulty in {"medium", "easy", "trivial"}
    assert pacing_of(loom.context.situation_of(asking(opening, "blind", won(1)), "test"), met(decision)) is not None
