"""From dice to lost hit points: criticals, halves, resistance, temporary points (SRD 5.1, "Damage and Healing")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rules.dice import NO_MODIFIERS, Dice
from rules.mechanics.conditions import SOUND, Plight
from schemas.creatures import DamageModifiers, HitPoints
from schemas.items import DamageRoll, DamageType


def roll_damage(damage: Iterable[DamageRoll], dice: Dice, *, critical: bool = False) -> dict[DamageType, int]:
    """What the dice show, by damage type and never below nought.

    A critical hit rolls all dice twice and adds plain numbers once (SRD 5.1, "Critical Hits").
    """
    shown = dict[DamageType, int]()
    for part in damage:
        kind, amount = part.type, dice.total(part.dice, critical=critical)
        shown[kind] = shown.get(kind, 0) + (amount if amount > 0 else 0)
    return shown


def saved(amount: int) -> int:
    """What is left of damage that a successful saving throw halves: rounded down (SRD 5.1, "Damage Rolls")."""
    return amount // 2


def weathered(amount: int, *, immune: bool = False, resistant: bool = False, vulnerable: bool = False) -> int:
    """What arrives of so much damage of one type: nothing, half, all or twice.

    Halved first and rounded down, then doubled, so 25 points become 24 for who is both resistant and vulnerable
    (SRD 5.1, "Damage Resistance and Vulnerability").
    """
    if immune or amount <= 0:
        return 0
    if resistant:
        amount //= 2
    return amount * 2 if vulnerable else amount


def damage_taken(
    amount: int,
    damage_type: DamageType,
    modifiers: DamageModifiers = NO_MODIFIERS,
    *,
    magical: bool = False,
    plight: Plight = SOUND,
    reduction: int = 0,
) -> int:
    """What arrives of so much damage of one type: other modifiers first, then resistance, then vulnerability.

    `reduction` is what some feature takes off. Who is petrified resists everything, and no poison harms them.
    """
    return weathered(
        amount - reduction,
        immune=modifiers.immune_to(damage_type, magical=magical) or (plight.stony and damage_type is DamageType.POISON),
        resistant=plight.stony or modifiers.resistant_to(damage_type, magical=magical),
        vulnerable=damage_type in modifiers.vulnerabilities,
    )


def total_taken(
    amounts: Mapping[DamageType, int],
    modifiers: DamageModifiers = NO_MODIFIERS,
    *,
    magical: bool = False,
    plight: Plight = SOUND,
    halved: bool = False,
) -> int:
    """What arrives of all that one attack or effect deals; each type is rounded by itself.

    `halved`: a saving throw has succeeded that halves the damage, before any resistance.
    """
    return sum(
        damage_taken(saved(amount) if halved else amount, kind, modifiers, magical=magical, plight=plight)
        for kind, amount in amounts.items()
    )


def absorbed(damage: int, temporary: int) -> tuple[int, int]:
    """Damage that gets past temporary hit points, and the temporary points left (SRD 5.1, "Temporary Hit Points")."""
    stopped = min(max(0, temporary), max(0, damage))
    return max(0, damage) - stopped, max(0, temporary) - stopped


def with_temporary(points: HitPoints, amount: int) -> HitPoints:
    """With `amount` temporary hit points: they do not add up, the larger number stays."""
    return points.model_copy(update={"temporary": max(points.temporary, amount)})
