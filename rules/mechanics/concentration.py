"""Keeping a spell up while being hurt (SRD 5.1, "Concentration")."""

from __future__ import annotations

from rules.dice import Dice, save_chance
from rules.mechanics.checks import Outcome
from rules.mechanics.conditions import SOUND, Plight, save_advantage
from rules.mechanics.saves import saving_throw
from schemas.abilities import Ability

LOWEST_DC = 10


def concentration_dc(damage: int) -> int:
    """What the constitution save has to reach after so much damage at once: 10, or half the damage if that is more."""
    return max(LOWEST_DC, damage // 2)


def breaks_concentration(plight: Plight) -> bool:
    """Whether conditions end it without a roll: incapacitated, or dead."""
    return plight.no_actions


def keep_concentration(
    damage: int, save_bonus: int, dice: Dice, *, plight: Plight = SOUND, easier: bool = False
) -> Outcome:
    """The saving throw for one source of damage; no damage asks for none."""
    if damage <= 0:
        return Outcome(success=True, total=0, rolls=())
    return saving_throw(Ability.CONSTITUTION, save_bonus, concentration_dc(damage), dice, plight=plight, easier=easier)


def concentration_chance(damage: int, save_bonus: int, *, plight: Plight = SOUND, easier: bool = False) -> float:
    """How likely that saving throw succeeds, 0 to 1."""
    if damage <= 0:
        return 1.0
    advantage = save_advantage(Ability.CONSTITUTION, plight, easier=easier)
    return save_chance(save_bonus, concentration_dc(damage), advantage)
