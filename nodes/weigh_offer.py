"""See whether an offer needs thinking about at all."""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import plain_answer


async def weigh_offer(state: DecisionState, context: Context) -> Step[Literal["clear", "open"]]:
    """Leave to the rules what anybody would take or refuse, and what the character cannot answer at all."""
    answer = plain_answer(context.situation(state, "weigh_offer"))
    if answer is None:
        return Step(outcome="open")
    return Step(outcome="clear", because=answer, update={"receipt": note(state, reason=answer)})
