"""Saving throws, as a creature in its plight makes them (SRD 5.1, "Saving Throws")."""

from __future__ import annotations

from rules.dice import Dice, save_chance
from rules.mechanics.checks import FAILED, Outcome
from rules.mechanics.conditions import SOUND, Plight, auto_fails, save_advantage
from rules.mechanics.cover import Cover
from schemas.abilities import Ability, AbilityScores


def saving_bonus(scores: AbilityScores, ability: Ability, proficiency: int = 0, *, proficient: bool = False) -> int:
    """What is added to the d20: the ability's modifier, and the proficiency bonus of those who have it."""
    return scores.modifier(ability) + (proficiency if proficient else 0)


def saving_throw(
    ability: Ability,
    bonus: int,
    dc: int,
    dice: Dice,
    *,
    plight: Plight = SOUND,
    cover: Cover = Cover.NONE,
    easier: bool = False,
    harder: bool = False,
) -> Outcome:
    """A d20 and `bonus` against a DC. Cover helps dexterity; who cannot move fails with strength and dexterity."""
    if auto_fails(ability, plight):
        return FAILED
    rolled = dice.d20(save_advantage(ability, plight, easier=easier, harder=harder))
    total = rolled.total + bonus + cover.save_bonus(ability)
    return Outcome(success=total >= dc, total=total, rolls=rolled.rolls)


def saving_chance(
    ability: Ability,
    bonus: int,
    dc: int,
    *,
    plight: Plight = SOUND,
    cover: Cover = Cover.NONE,
    easier: bool = False,
    harder: bool = False,
) -> float:
    """How likely that saving throw succeeds, 0 to 1."""
    if auto_fails(ability, plight):
        return 0.0
    return save_chance(
        bonus + cover.save_bonus(ability), dc, save_advantage(ability, plight, easier=easier, harder=harder)
    )
