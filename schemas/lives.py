"""How lives go: quests under way, how decisions turned out, and how people came to think of each other."""

from __future__ import annotations

from pydantic import Field, JsonValue

from schemas.calendar import WorldTime
from schemas.quests import QuestStatus
from schemas.values import Id, SignedUnitFloat, Value


class QuestProgress(Value):
    """How a quest stands."""

    quest: Id
    status: QuestStatus
    title: str = Field(default="", max_length=200)
    giver: Id | None = None
    done: tuple[Id, ...] = Field(default=(), max_length=64)
    """Objectives that are behind the party."""
    at: WorldTime
    branch: Id | None = None
    """The way that it ended; while it goes on, the way that the party has chosen."""
    lost: tuple[Id, ...] = Field(default=(), max_length=8)
    """Branches that can no longer be had."""
    begun: WorldTime | None = None
    """When the party took it: timers count from here."""
    party: tuple[Id, ...] = Field(default=(), max_length=12)
    """Who took it."""
    plot: Id | None = None
    about: tuple[Id, ...] = Field(default=(), max_length=24)
    hooks: tuple[str, ...] = Field(default=(), max_length=4)
    because: Id | None = None
    """Why it changed last, as a code: `event`, `choice`, `timer`, `impossible`, `game`."""


class Experience(Value):
    """How a decision turned out, to learn from: what the situation was, what was chosen, what it brought."""

    id: Id
    character: Id
    kind: Id
    """The kind of decision: `combat`, `encounter`, ..."""
    decision: Id | None = None
    """The decision that it is about, where it is one of ours."""
    situation: dict[str, JsonValue] = Field(default_factory=dict)
    """What it depended on, as the learner wants it: features, arms, party strength."""
    choice: str = Field(max_length=400)
    outcome: str = Field(max_length=400)
    reward: SignedUnitFloat
    """How well it went, for the one who decided."""
    at: WorldTime


class RelationshipChange(Value):
    """One step in how a character came to think of another: by how much, and where that left them."""

    character: Id
    toward: Id
    affinity_change: float
    trust_change: float
    affinity: SignedUnitFloat
    trust: SignedUnitFloat
    reason: str
    timeline: str
    seq: int
    """The moment."""
