"""What an encounter will do to the party is counted before it is met."""

from __future__ import annotations

import pytest

from nodes import FrozenClock, SystemClock
from schemas import DecisionRequest, EncounterDecision, Settings
from tests.conftest import Opening, OpenLoom


def asking(opening: Opening, difficulty: str, **changes: object) -> DecisionRequest:
    asked = opening("encounter")
    event = asked.event.model_dump() | {"difficulty": difficulty, "party_levels": (3, 3, 3, 3), "themes": ()}
    return opening("encounter", event=event, policy="rules", **changes)


async def test_a_deadly_encounter_is_survived_less_often_than_an_easy_one_and_the_decision_says_so(
    open_loom: OpenLoom, opening: Opening
) -> None:
    async with open_loom() as loom:
        rates: dict[str, float] = {}
        for difficulty in ("easy", "deadly"):
            decisions = [
                await loom.decide(asking(opening, difficulty, id=f"{difficulty}-{seed}", seed=seed))
                for seed in range(6)
            ]
            odds = [one.content.odds for one in decisions if isinstance(one.content, EncounterDecision)]
            assert [one.runs for one in odds if one is not None] == [20] * 6
            assert all(one.win_rate.low <= one.win_rate.value <= one.win_rate.high for one in odds if one is not None)
            rates[difficulty] = sum(one.damage_taken.value for one in odds if one is not None)

    assert rates["deadly"] > 2 * rates["easy"]


async def test_the_same_request_has_the_same_odds(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom() as loom:
        one, other = [await loom.decide(asking(opening, "hard", id=name, seed=5)) for name in ("one", "other")]

    assert one.content == other.content


@pytest.mark.parametrize("changes", [{"fights": 0}, {"fights": 19}])
async def test_who_wants_no_fights_gets_no_odds(
    open_loom: OpenLoom, opening: Opening, settings: Settings, changes: dict[str, int]
) -> None:
    mine = settings.model_copy(update={"encounters": settings.encounters.model_copy(update=changes)})
    async with open_loom(settings=mine, clock=FrozenClock()) as loom:
        decision = await loom.decide(asking(opening, "easy"))

    assert isinstance(decision.content, EncounterDecision)
    assert decision.content.odds is None
    assert [step.because for step in decision.receipt.steps if step.node == "foresee"] == ["nothing_to_foresee"]


async def test_where_time_is_short_there_are_fewer_fights_and_still_a_decision_in_time(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    many = settings.model_copy(update={"encounters": settings.encounters.model_copy(update={"fights": 10_000})})
    async with open_loom(settings=many, clock=SystemClock()) as loom:
        decision = await loom.decide(asking(opening, "hard", deadline_ms=600))

    assert isinstance(decision.content, EncounterDecision)
    assert decision.receipt.source == "rules"
    assert decision.content.odds is None or decision.content.odds.runs < 10_000
