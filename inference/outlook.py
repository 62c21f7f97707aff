"""What a question would meet now: asked before any time is spent on its prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from inference.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Whether somebody is there, has room, and how long it takes."""

    available: bool
    busy: bool = False
    """There is somebody, but so much waits already that a question of this priority would be sent away."""
    usual_latency: float
    """Seconds, the wait for a place included; 0 while nothing is known."""
    models: frozenset[str] = frozenset()
    """The names of those that may answer, as far as they are known."""


@runtime_checkable
class Foresees(Protocol):
    """A model that can tell one question's prospects from another's."""

    def outlook(self, role: str, priority: int, world: str = "") -> Outlook:
        """What a question of this role and priority would meet now."""
        ...


def outlook(model: Model, role: str, priority: int, world: str = "") -> Outlook:
    """What a question would meet at any model: one that knows of no roles or queues is there for all or for none."""
    if isinstance(model, Foresees):
        return model.outlook(role, priority, world)
    return Outlook(available=model.available, usual_latency=model.usual_latency, models=frozenset({model.name}))
