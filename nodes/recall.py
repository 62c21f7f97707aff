"""Bring to mind what the character knows about what is happening."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from memory import RecallQuery
from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from schemas import DecisionRequest, Tag, TagKind, UnitFloat

Count = Annotated[int, Field(ge=0, le=200)]
Depth = Annotated[int, Field(ge=0, le=6)]
Energy = Annotated[float, Field(gt=0, le=10)]
Threshold = Annotated[float, Field(ge=0)]


async def recall(
    state: DecisionState,
    context: Context,
    *,
    memories: Count = 5,
    facts: Count = 12,
    turns: Count = 10,
    depth: Depth | None = None,
    decay: UnitFloat | None = None,
    threshold: Threshold | None = None,
    initial_energy: Energy | None = None,
) -> Step:
    """Bring to mind at most so many memories, facts and turns of talk: only what this character may know.

    Activation starts with `initial_energy` from the event's tags, the character itself and the place, and follows
    `depth` links; each leaves `decay` of it, and what has less than `threshold` is not brought to mind (None: as the
    settings say).
    """
    request = context.request(state)
    recalled = await context.memory.recall(
        RecallQuery(
            world=request.world,
            timeline=request.timeline,
            character=request.character,
            text=in_words(request),
            tags=seeds(request),
            thread=request.thread_id,
            at=request.scene.time,
            memories=memories,
            facts=facts,
            turns=turns,
            depth=depth,
            decay=decay,
            threshold=threshold,
            initial_energy=initial_energy,
            patience=context.clock.limit(max(context.time_left(state) / 2, 0.01)),
        )
    )
    ids = [entry.id for entry in (*recalled.memories, *recalled.facts)]
    return Step(
        update={
            "recalled": recalled.model_dump(mode="json"),
            "receipt": note(state, retrieved=ids, found_by=recalled.found_by, warnings=recalled.warnings),
        }
    )


def seeds(request: DecisionRequest) -> tuple[Tag, ...]:
    """Where activation starts, each tag once."""
    place = Tag(kind=TagKind.LOCATION, name=request.scene.location.id)
    character = Tag(kind=TagKind.ENTITY, name=request.character)
    return tuple(dict.fromkeys((*request.event.tags, character, place)))


def in_words(request: DecisionRequest) -> str:
    """The event as text to search by: what was said, or who did what."""
    said = getattr(request.event, "text", None) or getattr(request.event, "message", None)
    named = " ".join((request.event.name, *request.event.involved, *request.event.concepts)).replace("_", " ")
    return f"{said} {named}" if said else named
