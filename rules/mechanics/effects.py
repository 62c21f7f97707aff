"""Conditions and effects that run out, and what effects add (SRD 5.1, "Duration", "Combining Magical Effects")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from rules.dice import Dice
from schemas.abilities import Ability, Skill
from schemas.conditions import ActiveEffect, Condition, ConditionState, EffectModifier

Changed = Literal["armor_class", "attack", "damage", "saving_throw", "ability_check", "speed_ft", "maximum_hit_points"]
"""The numbers that effects change."""


@dataclass(frozen=True, slots=True)
class Running:
    """An effect at work, and for how many rounds of six seconds still; None: until a rest, or for good."""

    effect: ActiveEffect
    rounds: int | None

    @classmethod
    def begun(cls, effect: ActiveEffect) -> Running:
        """An effect that has just begun."""
        return cls(effect, effect.duration.rounds)


def tick_effects(running: Iterable[Running], rounds: int = 1) -> tuple[tuple[Running, ...], tuple[Running, ...]]:
    """After so many rounds: what still runs, and what has run out."""
    lasting, over = list[Running](), list[Running]()
    for one in running:
        left = None if one.rounds is None else max(0, one.rounds - max(0, rounds))
        (over if left == 0 else lasting).append(replace(one, rounds=left))
    return tuple(lasting), tuple(over)


def tick_conditions(states: Iterable[ConditionState], rounds: int = 1) -> tuple[ConditionState, ...]:
    """The conditions that are left after so many rounds; those without an end stay."""
    lasting = list[ConditionState]()
    for state in states:
        left = state.remaining_rounds
        if left is None:
            lasting.append(state)
        elif left > max(0, rounds):
            lasting.append(state.model_copy(update={"remaining_rounds": left - max(0, rounds)}))
    return tuple(lasting)


def after_rest(running: Iterable[Running], *, hours: int) -> tuple[Running, ...]:
    """What still runs after a rest of so many hours: neither what lasts until a rest, nor what is over by then."""
    lasting, _ = tick_effects(running, hours * 600)
    return tuple(one for one in lasting if one.effect.duration.unit != "until_rest")


def conditions_of(running: Iterable[Running]) -> frozenset[Condition]:
    """The conditions that effects bring with them."""
    return frozenset(condition for one in running for condition in one.effect.conditions)


def modifiers_on(
    running: Iterable[Running], of: Changed, *, ability: Ability | None = None, skill: Skill | None = None
) -> tuple[EffectModifier, ...]:
    """What counts for a number, or for a roll with this ability or skill.

    The same effect twice counts once, the stronger of the two (SRD 5.1, "Combining Magical Effects").
    """
    strongest = dict[tuple[str, int], EffectModifier]()
    for one in running:
        for place, modifier in enumerate(one.effect.modifiers):
            if modifier.of != of or not _concerns(modifier, ability, skill):
                continue
            key = (one.effect.name_key, place)
            known = strongest.get(key)
            if known is None or abs(modifier.amount.average) > abs(known.amount.average):
                strongest[key] = modifier
    return tuple(strongest.values())


def _concerns(modifier: EffectModifier, ability: Ability | None, skill: Skill | None) -> bool:
    if modifier.skill is not None and modifier.skill is not skill:
        return False
    return modifier.ability is None or modifier.ability is (ability or (skill.ability if skill else None))


def added(modifiers: Iterable[EffectModifier], dice: Dice) -> int:
    """What modifiers add this time: dice such as those of a blessing are rolled."""
    return sum(dice.roll(modifier.amount).total for modifier in modifiers)


def added_on_average(modifiers: Iterable[EffectModifier]) -> float:
    """What modifiers add in the mean."""
    return sum(modifier.amount.average for modifier in modifiers)
