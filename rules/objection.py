"""What is said against a proposal, so that a model can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that the world has against a proposal."""

    code: str
    """Stable, for counting: `unknown_ability`, `over_budget`."""
    where: str
    """The field: `move.target`, `objectives[2].target`."""
    what: str
    """A sentence that tells the model what is wrong and what would be right. Never quotes a secret."""
    repairable: bool = True
    """Whether it is worth asking once more (for an encounter: whether `complete` mends it without asking)."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
