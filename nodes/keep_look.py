"""Keep a description for whoever looks again."""

from __future__ import annotations

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from rules import look_at


async def keep_look(state: DecisionState, context: Context) -> Step:
    """Keep the words, until something about the thing has changed, or many others were described since."""
    situation, content = context.situation(state, "keep_look"), state.get("content")
    if content is not None:
        context.looks.put(look_at(situation).key(situation), content)
    return Step()
