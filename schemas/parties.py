"""Parties of heroes to measure fights by: figures from level 1 to 20, by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from schemas.abilities import Ability, AbilityScores, proficiency_bonus
from schemas.conditions import Condition, Rounds
from schemas.creatures import Action, Area, DamageModifiers, SaveEffect
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType, Feet
from schemas.values import Id, LocaleKey, Value

Level = Annotated[int, Field(ge=1, le=20)]
MOST_LEVEL = 20
RISING_LEVELS = (4, 8, 12, 16, 19)
"""Levels at which an ability rises by 2 (SRD 5.1, "Ability Score Improvement")."""
MOST_SCORE = 20
"""No hero's ability rises above this."""

T = TypeVar("T")


def at_level(steps: Mapping[int, T], level: int) -> T | None:
    """What holds at a level: the step of the highest level that is not above it; None below the first step."""
    reached = [step for step in steps if step <= level]
    return steps[max(reached)] if reached else None


class HeroDamage(Value):
    """Damage of one type that grows with the level."""

    dice: Annotated[dict[Level, DiceExpression], Field(min_length=1)]
    """By the level from which on it holds."""
    type: DamageType


class HeroSave(Value):
    """What befalls those who fail a saving throw against a hero."""

    ability: Ability
    half_on_success: bool = False
    conditions: tuple[Condition, ...] = ()
    rounds: Rounds = 10
    repeats: bool = True


class HeroAction(Value):
    """What a hero can do. Attack bonus and DC come from the ability and the level: proficiency and modifier, and 8.

    Every table goes by the level from which on a figure holds; an action without a step for a level is not known yet.
    """

    id: Id
    name_key: LocaleKey
    kind: Literal["melee", "ranged", "melee_or_ranged", "spell_attack", "save", "heal"]
    ability: Ability
    """What it is done with."""
    from_level: Level = 1
    attacks: dict[Level, Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=lambda: {1: 1})
    """How many attacks one action makes (SRD 5.1, "Extra Attack")."""
    enchantment: dict[Level, Annotated[int, Field(ge=0, le=3)]] = Field(default_factory=dict[int, int])
    """What a magic weapon adds to attack and damage; from its first step on the weapon is magical."""
    damage: tuple[HeroDamage, ...] = ()
    adds_modifier: bool = False
    """Whether the ability's modifier adds to the damage, or to what is healed."""
    heal: dict[Level, DiceExpression] = Field(default_factory=dict[int, DiceExpression])
    save: HeroSave | None = None
    uses: dict[Level, Annotated[int, Field(ge=1, le=20)]] = Field(default_factory=dict[int, int])
    """How often a day; empty for any number of times."""
    reach_ft: Feet | None = None
    range_ft: Feet | None = None
    long_range_ft: Feet | None = None
    targets: int = Field(default=1, ge=1, le=20)
    area: Area | None = None
    bonus: bool = False
    concentration: bool = False

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> HeroAction:
        if self.kind == "heal" and not self.heal:
            raise ValueError(f"action {self.id}: kind 'heal' needs 'heal'")
        if self.kind == "save" and self.save is None:
            raise ValueError(f"action {self.id}: kind 'save' needs 'save'")
        if self.uses and min(self.uses) > self.from_level:
            raise ValueError(f"action {self.id}: no uses at level {self.from_level}, from which on it is known")
        self.at(MOST_LEVEL, 0)  # what a stat block cannot say, a hero cannot do
        return self

    def at(self, level: int, modifier: int) -> Action | None:
        """The action as a stat block has it, for a level and the modifier of its ability; None: not known yet."""
        if level < self.from_level:
            return None
        practice, extra = proficiency_bonus(level), at_level(self.enchantment, level) or 0
        added = (modifier if self.adds_modifier else 0) + (extra if self.kind not in ("save", "heal") else 0)
        attack = self.kind not in ("save", "heal")
        rolls = list[DamageRoll]()
        for part in self.damage:
            dice = at_level(part.dice, level)
            if dice is not None:
                rolls.append(DamageRoll(dice=_plus(dice, 0 if rolls else added), type=part.type))
        heal = at_level(self.heal, level)
        return Action(
            id=self.id,
            name_key=self.name_key,
            kind=self.kind,
            attack_bonus=practice + modifier + extra if attack else None,
            reach_ft=self.reach_ft,
            range_ft=self.range_ft,
            long_range_ft=self.long_range_ft,
            targets=self.targets,
            area=self.area,
            damage=tuple(rolls) if attack else (),
            magical=self.kind in ("spell_attack", "save", "heal") or at_level(self.enchantment, level) is not None,
            save=self._save(8 + practice + modifier, () if attack else tuple(rolls)),
            heal=None if heal is None else _plus(heal, added),
            uses_per_day=at_level(self.uses, level),
            bonus=self.bonus,
            concentration=self.concentration,
        )

    def _save(self, dc: int, damage: tuple[DamageRoll, ...]) -> SaveEffect | None:
        if self.save is None:
            return None
        return SaveEffect(
            ability=self.save.ability,
            dc=dc,
            damage=damage,
            half_on_success=self.save.half_on_success,
            conditions=self.save.conditions,
            rounds=self.save.rounds,
            repeats=self.save.repeats,
        )


class Hero(Value):
    """One member of a party."""

    id: Id
    name_key: LocaleKey
    hit_die: Literal[6, 8, 10, 12]
    armor_class: Annotated[dict[Level, Annotated[int, Field(ge=1, le=30)]], Field(min_length=1)]
    speed_ft: dict[Level, Feet] = Field(default_factory=lambda: {1: 30})
    abilities: AbilityScores
    """At level 1."""
    rises: Annotated[tuple[Ability, ...], Field(min_length=5, max_length=5)]
    """Which ability rises at levels 4, 8, 12, 16 and 19."""
    saves: tuple[Ability, ...] = ()
    """Saving throws with proficiency."""
    damage_modifiers: DamageModifiers = DamageModifiers()
    ally_damage: dict[Level, DiceExpression] = Field(default_factory=dict[int, DiceExpression])
    """Once a turn on top of a hit while a friend is beside the target (SRD 5.1, "Sneak Attack")."""
    actions: Annotated[tuple[HeroAction, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _can_do_something_from_the_start(self) -> Hero:
        if 1 not in self.armor_class or 1 not in self.speed_ft:
            raise ValueError(f"hero {self.id}: armor_class and speed_ft begin at level 1")
        if not any(action.from_level == 1 and not action.uses for action in self.actions):
            raise ValueError(f"hero {self.id}: needs an action that can be used from level 1 on, any number of times")
        ids = [action.id for action in self.actions]
        if len(set(ids)) < len(ids):
            raise ValueError(f"hero {self.id}: two actions share an id")
        return self

    def scores(self, level: int) -> AbilityScores:
        """The abilities at a level; none rises above 20."""
        raised = self.abilities.model_dump()
        for at, ability in zip(RISING_LEVELS, self.rises, strict=True):
            if at <= level:
                raised[ability.value] = min(MOST_SCORE, raised[ability.value] + 2)
        return AbilityScores(**raised)

    def hit_points(self, level: int) -> int:
        """All of the die at level 1, then half of it and one more, and each time the constitution modifier
        (SRD 5.1, "Hit Points and Hit Dice")."""
        constitution = self.scores(level).modifier(Ability.CONSTITUTION)
        return max(level, self.hit_die + (level - 1) * (self.hit_die // 2 + 1) + level * constitution)


class Party(Value):
    """Heroes who fight together."""

    id: Id
    name_key: LocaleKey
    members: Annotated[tuple[Hero, ...], Field(min_length=1, max_length=12)]

    @model_validator(mode="after")
    def _each_once(self) -> Party:
        ids = [member.id for member in self.members]
        if len(set(ids)) < len(ids):
            raise ValueError("two members share an id")
        return self


def _plus(dice: DiceExpression, number: int) -> DiceExpression:
    """The dice with a number more, or less."""
    return DiceExpression(f"{dice}{number:+d}") if number else dice
