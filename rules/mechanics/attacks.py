"""Attack rolls, and from where they can be made (SRD 5.1, "Making an Attack")."""

from __future__ import annotations

from math import inf
from typing import Literal, NamedTuple

from rules.dice import Dice
from rules.mechanics.conditions import NEAR_FT, SOUND, Plight, always_critical, attack_advantage
from rules.mechanics.cover import Cover
from schemas.creatures import Action

Way = Literal["melee", "ranged"]
"""How an attack is made: with the arm, or from afar."""


class AttackOutcome(NamedTuple):
    """How an attack roll came out."""

    hit: bool
    critical: bool
    total: int
    rolls: tuple[int, ...]


def lands(natural: int, bonus: int, armor_class: int) -> bool:
    """Whether a d20 that shows `natural` hits: 20 always, 1 never, else the armour class or more."""
    return natural == 20 or (natural != 1 and natural + bonus >= armor_class)


def attack_roll(
    bonus: int,
    armor_class: int,
    dice: Dice,
    *,
    advantage: int = 0,
    cover: Cover = Cover.NONE,
    helpless: bool = False,
) -> AttackOutcome:
    """A d20 and `bonus` against an armour class (SRD 5.1, "Attack Rolls").

    A natural 20 is a critical hit, and so is any hit on the `helpless`. Who is in total cover is never hit.
    """
    rolled = dice.d20(advantage)
    hit = cover.can_target and lands(rolled.total, bonus, armor_class + cover.armor_class)
    critical = hit and (rolled.total == 20 or helpless)
    return AttackOutcome(hit=hit, critical=critical, total=rolled.total + bonus, rolls=rolled.rolls)


def reaches(action: Action) -> float:
    """How far an action carries, in feet; one that names no distance carries anywhere it is needed."""
    stated = [feet for feet in (action.reach_ft, action.range_ft, action.long_range_ft) if feet is not None]
    return max(stated, default=inf)


def way_of(action: Action, distance_ft: float) -> Way | None:
    """How an attack is made over a distance: with the arm where that reaches, else from afar; None: out of reach."""
    if action.reach_ft is not None and distance_ft <= action.reach_ft:
        return "melee"
    if distance_ft > reaches(action):
        return None
    return "ranged"


def spoiled(action: Action, distance_ft: float, *, crowded: bool = False) -> bool:
    """Whether distance or the press gives disadvantage on a shot; never on a blow.

    Beyond its range, up to its long range (SRD 5.1, "Range"), or `crowded`: an enemy within 5 feet who sees the
    attacker and is not incapacitated (SRD 5.1, "Ranged Attacks in Close Combat").
    """
    if way_of(action, distance_ft) == "melee":
        return False
    return crowded or (action.range_ft is not None and distance_ft > action.range_ft)


def attack(
    action: Action,
    armor_class: int,
    dice: Dice,
    *,
    distance_ft: float = 5.0,
    attacker: Plight = SOUND,
    target: Plight = SOUND,
    cover: Cover = Cover.NONE,
    crowded: bool = False,
    easier: bool = False,
    harder: bool = False,
) -> AttackOutcome:
    """One attack with all that counts: conditions on both sides, distance, the press, and cover.

    Beyond the reach or range of the action it misses without a roll. An action that is no attack raises `ValueError`.
    """
    if action.attack_bonus is None:
        raise ValueError(f"'{action.id}' is no attack")
    if way_of(action, distance_ft) is None:
        return AttackOutcome(hit=False, critical=False, total=0, rolls=())
    near = distance_ft <= NEAR_FT
    harder = harder or spoiled(action, distance_ft, crowded=crowded)
    advantage = attack_advantage(attacker, target, within_5_ft=near, easier=easier, harder=harder)
    helpless = always_critical(target, within_5_ft=near)
    return attack_roll(action.attack_bonus, armor_class, dice, advantage=advantage, cover=cover, helpless=helpless)
