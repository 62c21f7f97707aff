"""What a node hands back: which way the story goes on, why, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic

from typing_extensions import TypeVar

from nodes.state import DecisionState

OutcomeT = TypeVar("OutcomeT", bound=str | None, default=None, covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[OutcomeT]):
    """The result of one node.

    A node that can end in several ways says so in its return annotation, `-> Step[Literal["model", "rules"]]`; the
    checker reads the outcomes there and wants a target for each. A node with one way out returns a plain `Step`.
    """

    outcome: OutcomeT | None = None
    """One of the outcomes that the annotation names; None where it names none."""
    because: str | None = None
    """A reason code (`model_too_slow`) for the trace. Put it into `update` too where the receipt shall carry it."""
    update: DecisionState = field(default_factory=DecisionState)
    """Only what changed. Values are plain JSON; `trace` and `deadline_at` are not a node's to write."""
