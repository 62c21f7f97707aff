"""Find out whether a proposed quest can be finished."""

from __future__ import annotations

from typing import Literal

from pydantic import ValidationError

from nodes.context import Context
from nodes.notes import MOST_FAULTS, note, validity
from nodes.state import DecisionState
from nodes.step import Step
from rules import prove_here, told_to
from schemas import QuestProposal


async def prove(state: DecisionState, context: Context) -> Step[Literal["proven", "unproven"]]:
    """Search for a way to every ending that is not a failure. Where there is none, say at which step it fails."""
    content = state.get("content")
    if content is None:
        return Step(
            outcome="unproven", because="not_in_schema", update={"receipt": note(state, reason="not_in_schema")}
        )
    try:
        quest = QuestProposal.model_validate(
            {name: content[name] for name in content if name in QuestProposal.model_fields}
        )
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        return _unproven(state, faults, "not_in_schema", world=None)
    situation = context.situation(state, "prove")
    proof = prove_here(quest, situation)
    if proof.holds:
        return Step(outcome="proven")
    faults = [told_to(situation, quest, fault) for fault in proof.faults]
    return _unproven(state, faults, "cannot_be_finished", world=False)


def _unproven(
    state: DecisionState, faults: list[str], because: str, *, world: bool | None
) -> Step[Literal["proven", "unproven"]]:
    return Step(
        outcome="unproven",
        because=because,
        update={
            "content": None,
            "answer": {**(state["answer"] or {}), "faults": faults[:MOST_FAULTS]},
            "receipt": note(state, reason=because, validity=validity(state, world=world)),
        },
    )
