"""Look up what a boss has learned: its players, and what has served against them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import study_of

KIND = "tactics"
"""Of the experiences to learn from."""
MOST_NAMED = 16
"""Experiences that the receipt names: the last ones."""
Count = Annotated[int, Field(ge=0, le=1_000)]


async def study(state: DecisionState, context: Context, *, experiences: Count = 300) -> Step:
    """Read the last `experiences` of this character's fights on this timeline, and learn from them anew.

    Nothing else is kept of what was learned: a world that is rewound has unlearned it. A fight leaves an experience for
    each decision about it.
    """
    request = context.request(state)
    found = await context.memory.chronicle.experiences(
        request.world, request.timeline, request.character, kind=KIND, last=experiences
    )
    return Step(
        because=None if found else "no_fights_yet",
        update={
            "study": study_of(found).model_dump(mode="json"),
            "receipt": note(state, retrieved=[one.id for one in found[-MOST_NAMED:]]),
        },
    )
