"""Look whether this was described before, as it is now."""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import look_at


async def look_up(state: DecisionState, context: Context) -> Step[Literal["known", "new"]]:
    """Take the words that a model found for the same thing in the same state, if there are any; `keep_look` kept them.

    The state is what can be seen: light, weather, season, wounds, conditions. Another language, timeline or pair of
    eyes is another look.
    """
    situation = context.situation(state, "look_up")
    content = context.looks.get(look_at(situation).key(situation))
    if content is None:
        return Step(outcome="new")
    return Step(
        outcome="known",
        because="seen_before",
        update={
            "content": dict(content),
            "staged": [],
            "receipt": note(state, source="cache", reason="seen_before", reused={"cache": "look"}),
        },
    )
