"""What a model may ask for, what became of it, and what it changes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from schemas.events import GameEvent
from schemas.knowledge import Fact
from schemas.values import Id, SignedUnitFloat, Value


class ToolSpec(Value):
    """A tool as a model sees it: a name, what it is for, and the JSON Schema (Draft 2020-12) of its arguments."""

    name: Id
    description: str = Field(min_length=1, max_length=400)
    parameters: dict[str, JsonValue]


class ToolCall(Value):
    """What a model asks for. Nothing of it is believed before the guard has seen it."""

    tool: str = Field(max_length=128)
    arguments: dict[str, JsonValue]


class ToolResult(Value):
    """What became of a call."""

    call: int = Field(ge=0)
    """Its place in the answer: with thread and decision, the key under which it happens once."""
    tool: str
    arguments: dict[str, JsonValue]
    status: Literal["applied", "rejected", "failed"]
    reason: str | None = None
    """Why not; for designers, never for players."""


class AddFact(Value):
    """Something becomes known."""

    kind: Literal["add_fact"] = "add_fact"
    fact: Fact


class ChangeRelationship(Value):
    """Somebody thinks better or worse of somebody; sums stay within -1 to 1."""

    kind: Literal["change_relationship"] = "change_relationship"
    character: Id
    toward: Id
    affinity: SignedUnitFloat = 0.0
    trust: SignedUnitFloat = 0.0
    reason: str = ""


class RevealFact(Value):
    """A secret comes out: to those named, who know it from now on."""

    kind: Literal["reveal_fact"] = "reveal_fact"
    fact: Id
    to: tuple[Id, ...] = Field(min_length=1)


Effect = Annotated[AddFact | ChangeRelationship | RevealFact, Field(discriminator="kind")]
"""What a tool call does to the record: plain values, committed together with the decision."""


class StagedCall(Value):
    """A call that passed the guard: its result, its effects, and what it sets off in the game."""

    result: ToolResult
    effects: tuple[Effect, ...] = ()
    triggered: tuple[GameEvent, ...] = ()
