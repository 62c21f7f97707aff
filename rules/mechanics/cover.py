"""What stands between an attack and its target (SRD 5.1, "Cover")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from schemas.abilities import Ability


class Cover(IntEnum):
    """How much of a target is covered; more protects better."""

    NONE = 0
    HALF = 1
    """At least half of it: a low wall, a tree, another creature."""
    THREE_QUARTERS = 2
    """About three quarters: an arrow slit."""
    TOTAL = 3
    """All of it: nothing can be aimed at it, though an area may still reach it."""

    @property
    def armor_class(self) -> int:
        """What it adds to the armour class: 2 or 5. Total cover adds none, for no attack is made (`can_target`)."""
        return (0, 2, 5, 0)[self]

    @property
    def can_target(self) -> bool:
        """Whether attacks and spells can be aimed at who is behind it."""
        return self is not Cover.TOTAL

    def save_bonus(self, ability: Ability) -> int:
        """What it adds to a saving throw: as much as to the armour class, with dexterity only."""
        return self.armor_class if ability is Ability.DEXTERITY else 0


def best_cover(covers: Iterable[Cover]) -> Cover:
    """The one that counts: of several, only the most protective does."""
    return max(covers, default=Cover.NONE)
