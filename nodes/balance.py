"""Bring a proposed encounter within its budget."""

from __future__ import annotations

from pydantic import ValidationError

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import balance as within_budget
from schemas import EncounterProposal


async def balance(state: DecisionState, context: Context) -> Step:
    """Lower counts and swap creatures until the encounter is no harder than asked, and say so on the receipt."""
    content = state.get("content")
    if content is None:
        return Step(because="nothing_to_balance")
    try:
        proposal = EncounterProposal.model_validate(content)
    except ValidationError:
        return Step(because="nothing_to_balance")
    balanced, corrections = within_budget(proposal, context.situation(state, "balance"))
    return Step(
        because="corrected" if corrections else None,
        update={"content": balanced.model_dump(mode="json"), "receipt": note(state, corrections=corrections)},
    )
