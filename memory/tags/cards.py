"""What an index must know of a fact to find it."""

from __future__ import annotations

from dataclasses import dataclass

from schemas import Fact, FactSource


@dataclass(slots=True)
class Card:
    """A fact without its text, which stays in the record."""

    id: str
    tags: tuple[str, ...]
    importance: float
    happened: int | None
    """When it happened, if it is an event whose time is known; in minutes since the world began."""
    setting: bool
    """Whether it belongs to how the world was set up."""
    expires: int | None
    """In minutes since the world began."""
    known_by: set[str]
    revealed: bool

    @classmethod
    def of(cls, fact: Fact) -> Card:
        """The card of a fact as it was first told."""
        at = fact.payload.at if fact.payload.kind == "event" else None
        return cls(
            id=fact.id,
            tags=tuple(dict.fromkeys(str(tag) for tag in fact.tags)),
            importance=fact.importance,
            happened=at.total_minutes if at is not None else None,
            setting=fact.source is FactSource.WORLD,
            expires=fact.expires.total_minutes if fact.expires is not None else None,
            known_by=set(fact.known_by),
            revealed=fact.revealed,
        )
