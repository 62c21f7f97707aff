"""How hard encounters are for a party, by how its fights have ended."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.values import Id, SignedUnitFloat, UnitFloat, Value

BudgetLevel = Annotated[float, Field(ge=-3, le=3)]
"""The logarithm of a factor on the usual XP budget: 0 is as usual, 0.3 a third more."""

Why = Literal["usual", "kept", "eased", "hardened", "in_a_fight"]


class FightEnd(Value):
    """How a fight ended for a party."""

    margin: SignedUnitFloat
    """What was left of the party less what was left of its enemies."""
    mark: str = Field(max_length=16)
    """A short name of the event that told it, so that it counts once."""


class Bout(Value):
    """One step in how a party fares, as it stands in an experience: fights that ended, and then an encounter."""

    party: tuple[Id, ...] = Field(default=(), max_length=64)
    """Who they were; empty: nobody knows."""
    ended: tuple[FightEnd, ...] = Field(default=(), max_length=64)
    """The oldest first."""
    level: BudgetLevel | None = None
    """How hard the encounter was set; None: none was."""
    aimed: BudgetLevel | None = None
    """The level that was chosen for it; None: the request named a difficulty."""


class Aim(Value):
    """How hard an encounter is meant to be, where the request leaves that open."""

    level: BudgetLevel = 0.0
    factor: float = Field(default=1.0, gt=0)
    """What the usual budget, that of a medium encounter, was multiplied by."""
    win_rate: UnitFloat | None = None
    """What the party is predicted to win of such fights; None: nothing is known of it yet."""
    fights: int = Field(default=0, ge=0)
    """Ends of fights that it was learned from."""
    why: Why
    """Nothing is known yet; the party wins as often as it should, or has not fought since; too rarely; too often; or a
    fight is on, in which nothing changes."""
