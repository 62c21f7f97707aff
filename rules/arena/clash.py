"""What one deed may be expected to do to one kind of target: exact distributions of damage, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rules.arena.sheet import Deed, Sheet
from rules.dice import critical_chance, hit_chance, save_chance
from rules.mechanics.damage import weathered
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import SaveEffect
from schemas.dice import DiceExpression
from schemas.items import DamageRoll

MOST_REMEMBERED = 4096
"""Kinds of target that a deed remembers; then it begins anew."""

MOST_COUNTED = 1_000
"""More damage than this at once counts as this much: nobody stands after it."""

Chances = NDArray[np.float64]
"""The chance of each amount, from nought on."""

_NOTHING: Chances = np.ones(1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the damage of one use lies: read off for any number of hit points."""

    mean: float
    tails: tuple[float, ...]
    """The chance of so much damage or more."""
    means: tuple[float, ...]
    """The mean damage when no more than so much counts."""

    def kills(self, hit_points: int) -> float:
        """The chance to deal so much or more, 0 to 1."""
        return self.tails[hit_points] if hit_points < len(self.tails) else 0.0

    def counting(self, hit_points: int) -> float:
        """The mean damage that counts against a target with so many hit points."""
        return self.means[hit_points] if hit_points < len(self.means) else self.mean


@dataclass(frozen=True, slots=True)
class Taking:
    """A condition that one use may bring about, and how likely it takes hold when the deed reaches its target."""

    condition: Condition
    chance: float
    rounds: float
    """How long it may be expected to last once it holds."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A deed against a kind of target, with disadvantage, without, and with advantage (index 0, 1 and 2)."""

    spreads: tuple[Spread, Spread, Spread]
    takings: tuple[tuple[Taking, ...], tuple[Taking, ...], tuple[Taking, ...]]
    usual: float
    """The mean damage at most, where nothing gives advantage."""
    most: float
    """The mean damage at most, with advantage."""


def clash(deed: Deed, target: Sheet) -> Clash:
    """What the deed may be expected to do to such a target; the second time it costs nothing."""
    known = deed.against.get(target)
    if known is None:
        if len(deed.against) >= MOST_REMEMBERED:
            deed.against.clear()
        known = deed.against[target] = _work_out(deed, target)
    return known


def power(sheet: Sheet, against: Sheet, crowd: int) -> float:
    """Hit points that one of these deals to such enemies in a round, or gives back to friends: with its best deed.

    What several are caught by counts for at most two of a `crowd`.
    """
    best = 0.0
    for deed in sheet.deeds:
        if deed.heal is not None:
            mean = deed.heal.average * 0.8
        else:
            mean = clash(deed, against).spreads[1].mean
            if deed.action.targets > 1 or deed.area is not None:
                mean *= min(2, crowd)
            if deed.uses > 0:
                mean *= 0.8
        if mean > best:
            best = mean
    for deed in sheet.legendary:
        mean = clash(deed, against).spreads[1].mean
        best += mean / 2
    return best


def _work_out(deed: Deed, target: Sheet) -> Clash:
    spreads, takings = list[Spread](), list[tuple[Taking, ...]]()
    for advantage in (-1, 0, 1):
        whole, found = _NOTHING, list[Taking]()
        for part in deed.parts or (deed,):
            chances, taken = _one(part, target, advantage)
            whole = _together_with(whole, chances)
            found += taken
        spreads.append(_spread(whole))
        takings.append(tuple(_together(found)))
    usual = max(spreads[0].mean, spreads[1].mean)
    return Clash(
        (spreads[0], spreads[1], spreads[2]),
        (takings[0], takings[1], takings[2]),
        usual,
        max(usual, spreads[2].mean),
    )


def _one(deed: Deed, target: Sheet, advantage: int) -> tuple[Chances, list[Taking]]:
    """Damage and conditions of one simple deed."""
    if not deed.hurts or (deed.spell and target.spell_immunity):
        return _NOTHING, []
    spared = set(target.modifiers.condition_immunities)
    by_save, takings = _saving(deed, deed.save, target, spared) if deed.save else (_NOTHING, list[Taking]())
    if not deed.is_attack:
        return by_save, takings
    bonus = deed.action.attack_bonus or 0
    hit, critical = hit_chance(bonus, target.armor_class, advantage), critical_chance(advantage)
    whole = _mixed(
        (1 - hit, _NOTHING),
        (hit - critical, _together_with(_arriving(deed.action.damage, deed, target), by_save)),
        (critical, _together_with(_arriving(deed.action.damage, deed, target, twice=True), by_save)),
    )
    at_once = [Taking(one, hit, 2.0) for one in deed.conditions if one not in spared]
    return whole, [*at_once, *(Taking(one.condition, one.chance * hit, one.rounds) for one in takings)]


def _saving(deed: Deed, save: SaveEffect, target: Sheet, spared: set[Condition]) -> tuple[Chances, list[Taking]]:
    easier = deed.action.magical and target.resists_magic(save.ability)
    steady = 1 if easier or not target.steady.isdisjoint(save.conditions) else 0
    saved = save_chance(target.saves.get(save.ability, 0), save.dc, steady)
    failed = _arriving(save.damage, deed, target)
    less = _arriving(save.damage, deed, target, halved=True) if save.half_on_success else _NOTHING
    if target.evasion and save.half_on_success and save.ability is Ability.DEXTERITY:
        failed, less = _arriving(save.damage, deed, target, halved=True), _NOTHING
    rounds = float(save.rounds)
    if save.repeats and saved > 0:
        rounds = min(rounds, 1 / saved)
    takings = [Taking(one, 1 - saved, rounds) for one in save.conditions if one not in spared]
    return _mixed((1 - saved, failed), (saved, less)), takings


def _arriving(
    damage: tuple[DamageRoll, ...], deed: Deed, target: Sheet, *, twice: bool = False, halved: bool = False
) -> Chances:
    """The chances of all that gets through; each type is rounded by itself, as `rules.mechanics.damage` does."""
    whole, modifiers = _NOTHING, target.modifiers
    for roll in damage:
        chances = _of_dice(roll.dice, twice=twice)
        immune = modifiers.immune_to(roll.type, magical=deed.magical)
        resistant = modifiers.resistant_to(roll.type, magical=deed.magical)
        vulnerable = roll.type in modifiers.vulnerabilities
        if halved or immune or resistant or vulnerable:
            arrived = [
                weathered(amount // 2 if halved else amount, immune=immune, resistant=resistant, vulnerable=vulnerable)
                for amount in range(len(chances))
            ]
            chances = _bounded(np.array(arrived), chances)
        whole = _together_with(whole, chances)
    return whole


@lru_cache(maxsize=4096)
def _of_dice(dice: DiceExpression, *, twice: bool) -> Chances:
    try:
        counted = dice.distribution(critical=twice)
    except ValueError:  # too many outcomes to count: its mean stands for all of them
        mean = dice.average + (dice.dice_average if twice else 0.0)
        return _bounded(np.array([max(0, round(mean))]), np.ones(1))
    totals = np.arange(counted.minimum, counted.maximum + 1)
    return _bounded(np.maximum(totals, 0), np.array([count / counted.ways for count in counted.counts]))


def _bounded(amounts: NDArray[np.int64], chances: Chances) -> Chances:
    """The chances by amount; what is more than `MOST_COUNTED` counts as that."""
    counted: Chances = np.bincount(np.minimum(amounts, MOST_COUNTED), weights=chances).astype(np.float64)
    return counted


def _together_with(one: Chances, other: Chances) -> Chances:
    """The chances of the sum of two amounts."""
    whole = np.convolve(one, other)
    return whole if len(whole) <= MOST_COUNTED + 1 else _bounded(np.arange(len(whole)), whole)


def _mixed(*parts: tuple[float, Chances]) -> Chances:
    """One of several things happens, each with its chance."""
    whole = np.zeros(max(len(chances) for _, chances in parts))
    for share, chances in parts:
        whole[: len(chances)] += share * chances
    return whole


def _spread(chances: Chances) -> Spread:
    tails = np.minimum(1.0, chances[::-1].cumsum()[::-1])
    means = np.concatenate(([0.0], tails[1:].cumsum()))
    return Spread(float(means[-1]), tuple(tails.tolist()), tuple(means.tolist()))


def _together(takings: list[Taking]) -> list[Taking]:
    """One line for each condition: several chances to bring it about are one greater chance."""
    found = dict[Condition, Taking]()
    for one in takings:
        before = found.get(one.condition)
        if before is not None:
            missed = (1 - before.chance) * (1 - one.chance)
            one = Taking(one.condition, 1 - missed, max(before.rounds, one.rounds))
        found[one.condition] = one
    return list(found.values())
