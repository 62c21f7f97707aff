"""Find out how hard the next encounter shall be, where the request leaves that open."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import aim_of, left_open
from schemas import Aim

OWNER, KIND = "party", "pacing"
"""Whose experiences tell it, and of which kind."""
MOST_NAMED = 16
"""Experiences that the receipt names: the last ones."""
Count = Annotated[int, Field(ge=0, le=1_000)]


async def gauge(state: DecisionState, context: Context, *, experiences: Count = 60) -> Step:
    """Read how the party's last fights on this timeline have ended, and choose a level by it: the XP budget follows.

    A difficulty that the request names is honoured, and nothing is read. `because` says what became of the level.
    """
    request, situation = context.request(state), context.situation(state, "gauge")
    if not left_open(situation):
        return Step(because="difficulty_as_asked")
    found = await context.memory.chronicle.experiences(
        request.world, request.timeline, OWNER, kind=KIND, last=experiences
    )
    aim = aim_of(situation, found)
    return Step(
        because=_because(aim),
        update={
            "aim": aim.model_dump(mode="json"),
            "receipt": note(state, retrieved=[one.id for one in found[-MOST_NAMED:]]),
        },
    )


def _because(aim: Aim) -> str:
    match aim.why:
        case "usual":
            return "difficulty_usual"
        case "kept":
            return "difficulty_kept"
        case "eased":
            return "difficulty_eased"
        case "hardened":
            return "difficulty_hardened"
        case "in_a_fight":
            return "fight_is_on"
