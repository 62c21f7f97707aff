"""What ails a creature, and for how long (SRD 5.1, "Conditions")."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.abilities import Ability, Skill
from schemas.dice import DiceExpression
from schemas.values import Id, LocaleKey, Value

Rounds = Annotated[int, Field(ge=0, le=144_000)]
"""Rounds of six seconds, up to ten days."""


class Condition(StrEnum):
    """One of the fifteen conditions."""

    BLINDED = "blinded"
    CHARMED = "charmed"
    DEAFENED = "deafened"
    EXHAUSTION = "exhaustion"
    FRIGHTENED = "frightened"
    GRAPPLED = "grappled"
    INCAPACITATED = "incapacitated"
    INVISIBLE = "invisible"
    PARALYZED = "paralyzed"
    PETRIFIED = "petrified"
    POISONED = "poisoned"
    PRONE = "prone"
    RESTRAINED = "restrained"
    STUNNED = "stunned"
    UNCONSCIOUS = "unconscious"

    @property
    def incapacitating(self) -> bool:
        """Whether it takes away actions and reactions."""
        return self in INCAPACITATING


INCAPACITATING = frozenset(
    {
        Condition.INCAPACITATED,
        Condition.PARALYZED,
        Condition.PETRIFIED,
        Condition.STUNNED,
        Condition.UNCONSCIOUS,
    }
)
"""Conditions under which a creature takes no actions."""


class ConditionState(Value):
    """A condition that a creature has now."""

    condition: Condition
    level: int | None = Field(default=None, ge=1, le=6)
    """Exhaustion comes in six levels, the sixth is death; no other condition has a level."""
    source: Id | None = None
    """Who brought it about: one is frightened *of* someone, charmed *by* someone."""
    remaining_rounds: Rounds | None = None
    """None when it does not end by itself."""

    @model_validator(mode="after")
    def _only_exhaustion_has_levels(self) -> Self:
        if self.condition is Condition.EXHAUSTION and self.level is None:
            raise ValueError("exhaustion needs a level from 1 to 6")
        if self.condition is not Condition.EXHAUSTION and self.level is not None:
            raise ValueError(f"only exhaustion has levels, {self.condition} has none")
        return self

    @property
    def incapacitating(self) -> bool:
        """Whether the creature can take no actions (at exhaustion 6 it is dead)."""
        return self.condition.incapacitating or self.level == 6


class Duration(Value):
    """How long an effect lasts."""

    unit: Literal["rounds", "minutes", "hours", "until_rest", "permanent"]
    amount: int | None = Field(default=None, ge=1, le=100_000)
    """How many rounds, minutes or hours; a rest and forever are not counted."""

    @model_validator(mode="after")
    def _counted_or_not(self) -> Self:
        counted = self.unit in ("rounds", "minutes", "hours")
        if counted and self.amount is None:
            raise ValueError(f"a duration in {self.unit} needs an amount")
        if not counted and self.amount is not None:
            raise ValueError(f"a duration of '{self.unit}' has no amount")
        return self

    @property
    def rounds(self) -> int | None:
        """In rounds of six seconds; None when it ends with a rest or never."""
        if self.amount is None:
            return None
        return self.amount * {"rounds": 1, "minutes": 10, "hours": 600}[self.unit]


class EffectModifier(Value):
    """A number that changes while an effect lasts."""

    of: Literal["armor_class", "attack", "damage", "saving_throw", "ability_check", "speed_ft", "maximum_hit_points"]
    amount: DiceExpression
    """Added each time: `2`, `-10`, `1d4` (SRD 5.1, "Bless") or `-1d4`."""
    ability: Ability | None = None
    """Only saving throws or checks with this ability; None for all."""
    skill: Skill | None = None
    """Only checks with this skill; None for all."""


class ActiveEffect(Value):
    """A spell, potion or curse at work on a creature."""

    name_key: LocaleKey
    duration: Duration
    source: Id | None = None
    conditions: tuple[Condition, ...] = ()
    modifiers: tuple[EffectModifier, ...] = ()
