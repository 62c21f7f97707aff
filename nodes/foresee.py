"""See how the fight would go: many of them, by the rules, counted."""

from __future__ import annotations

from pydantic import ValidationError

from nodes.context import Context
from nodes.ring import AT_ONCE
from nodes.state import DecisionState
from nodes.step import Step
from rules import fights_with, party_named, summed_up
from schemas import EncounterDecision


async def foresee(state: DecisionState, context: Context) -> Step:
    """Fight the encounter many times, beside play, and add the odds to it: as many fights as the settings say, or as
    half of the time that is left allows. No time for any, no odds: the encounter stands as it is."""
    settings = context.encounters
    try:
        decision = EncounterDecision.model_validate(state.get("content"))
    except ValidationError:
        return Step(because="nothing_to_foresee")
    party = party_named(settings.party, context.parties)
    if party is None or settings.fights < AT_ONCE:
        return Step(because="nothing_to_foresee")
    fights = fights_with(decision.creatures, context.situation(state, "foresee"), party)
    found = await context.ring.fought(fights, settings.fights, context.clock.limit(context.time_left(state) / 2))
    if not found:
        return Step(because="no_time_to_foresee")
    odds = summed_up(found)
    return Step(update={"content": decision.model_copy(update={"odds": odds}).model_dump(mode="json")})
