"""Ability checks: bonuses, passive scores, contests and groups (SRD 5.1, "Ability Checks")."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from rules.dice import Dice
from rules.mechanics.conditions import SOUND, Plight, check_advantage, fails_check
from schemas.abilities import Ability, AbilityScores

PASSIVE_BASE = 10
PASSIVE_ADVANTAGE = 5
"""What advantage adds to a passive score, and disadvantage takes away (SRD 5.1, "Passive Checks")."""


class Training(Enum):
    """How much of the proficiency bonus counts, in halves (SRD 5.1, "Proficiency Bonus")."""

    NONE = 0
    HALF = 1
    """Such as a bard's "Jack of All Trades"."""
    PROFICIENT = 2
    EXPERT = 4
    """Such as a rogue's "Expertise"."""

    def bonus(self, proficiency: int) -> int:
        """What it adds: the share of `proficiency`, rounded down."""
        return self.value * proficiency // 2


class Outcome(NamedTuple):
    """How a check or a saving throw came out."""

    success: bool
    total: int
    rolls: tuple[int, ...]
    """The d20s as they fell; none when it failed, or succeeded, without a roll."""


FAILED = Outcome(success=False, total=0, rolls=())
"""Failed without a roll."""


def check_bonus(
    scores: AbilityScores, ability: Ability, proficiency: int = 0, training: Training = Training.NONE
) -> int:
    """What is added to a d20: the ability's modifier, and as much of the proficiency bonus as one is trained for."""
    return scores.modifier(ability) + training.bonus(proficiency)


def check(
    bonus: int,
    dc: int,
    dice: Dice,
    *,
    plight: Plight = SOUND,
    easier: bool = False,
    harder: bool = False,
    needs_sight: bool = False,
    needs_hearing: bool = False,
    fear_in_sight: bool = True,
) -> Outcome:
    """A d20 and `bonus` against a DC; it succeeds on the DC or more, and no natural roll decides by itself."""
    if fails_check(plight, needs_sight=needs_sight, needs_hearing=needs_hearing):
        return FAILED
    rolled = dice.d20(check_advantage(plight, easier=easier, harder=harder, fear_in_sight=fear_in_sight))
    return Outcome(success=rolled.total + bonus >= dc, total=rolled.total + bonus, rolls=rolled.rolls)


def passive_score(bonus: int, advantage: int = 0) -> int:
    """What one notices without looking: 10 and all bonuses, 5 more with advantage, 5 less with disadvantage."""
    sign = (advantage > 0) - (advantage < 0)
    return PASSIVE_BASE + bonus + sign * PASSIVE_ADVANTAGE


def contest(bonus: int, against: int, dice: Dice, advantage: int = 0, against_advantage: int = 0) -> int:
    """Who wins when two roll against each other: 1 the first, -1 the second, 0 a tie, which leaves all as it was.

    Grappling and shoving are contests of Athletics against Athletics or Acrobatics (SRD 5.1, "Contests").
    """
    one, other = dice.d20(advantage).total + bonus, dice.d20(against_advantage).total + against
    return (one > other) - (one < other)


def group_succeeds(outcomes: Iterable[Outcome]) -> bool:
    """Whether a group does it together: at least half of its members succeed (SRD 5.1, "Group Checks")."""
    successes = [outcome.success for outcome in outcomes]
    return bool(successes) and 2 * sum(successes) >= len(successes)
