"""How hard an encounter is, and what a deed is worth: the tables for a party's levels.

Two sets of rules, and the word that asks for an encounter says by which: easy, medium, hard and deadly are thresholds
of the Basic Rules of 2014, low, moderate and high are budgets of the SRD 5.2 of 2024. A level above 20 counts as 20.
Parties may have any size from one up; nobody at all counts as one hero of level 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from schemas.creatures import CreatureTemplate
from schemas.events import Difficulty, Grade

DIFFICULTIES: tuple[Difficulty, ...] = ("easy", "medium", "hard", "deadly")
"""By the rules of 2014, from the least."""
BUDGETS: tuple[Difficulty, ...] = ("low", "moderate", "high")
"""By the rules of 2024, from the least."""

_THRESHOLDS: tuple[tuple[int, int, int, int], ...] = (
    (25, 50, 75, 100), (50, 100, 150, 200), (75, 150, 225, 400), (125, 250, 375, 500), (250, 500, 750, 1100),
    (300, 600, 900, 1400), (350, 750, 1100, 1700), (450, 900, 1400, 2100), (550, 1100, 1600, 2400),
    (600, 1200, 1900, 2800), (800, 1600, 2400, 3600), (1000, 2000, 3000, 4500), (1100, 2200, 3400, 5100),
    (1250, 2500, 3800, 5700), (1400, 2800, 4300, 6400), (1600, 3200, 4800, 7200), (2000, 3900, 5900, 8800),
    (2100, 4200, 6300, 9500), (2400, 4900, 7300, 10_900), (2800, 5700, 8500, 12_700),
)  # fmt: skip
"""XP thresholds a character, easy to deadly, by level 1 to 20 (Basic Rules 2014, "XP Thresholds by Level")."""

_BUDGETS: tuple[tuple[int, int, int], ...] = (
    (50, 75, 100), (100, 150, 200), (150, 225, 400), (250, 375, 500), (500, 750, 1100),
    (600, 1000, 1400), (750, 1300, 1700), (1000, 1700, 2100), (1300, 2000, 2600), (1600, 2300, 3100),
    (1900, 2900, 4100), (2200, 3700, 4700), (2600, 4200, 5400), (2900, 4900, 6200), (3300, 5400, 7800),
    (3800, 6100, 9800), (4500, 7200, 11_700), (5000, 8700, 14_200), (5500, 10_700, 17_200), (6400, 13_200, 22_000),
)  # fmt: skip
"""XP to spend for each character, low to high, by level 1 to 20 (SRD 5.2, "XP Budget per Character")."""

_ADVENTURING_DAY: tuple[int, ...] = (
    300, 600, 1200, 1700, 3500, 4000, 5000, 6000, 7500, 9000, 10_500, 11_500, 13_500, 15_000, 18_000, 20_000, 25_000,
    27_000, 30_000, 40_000,
)  # fmt: skip
"""XP a character may meet in a day, by level (Basic Rules 2014, "Adventuring Day XP")."""

_LADDER = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
_FIRST_OF_STEP = (1, 2, 3, 7, 11, 15)
"""From how many monsters on the next multiplier holds (Basic Rules 2014, "Encounter Multipliers")."""

BEYOND_DEADLY = 1.5
"""A deadly encounter has no upper end in the book; here it ends at this multiple of its threshold."""
BELOW_LOW = 0.5
"""Below this share of a low budget an encounter is trivial; the book has no lower end."""
GOLD_PER_LEVEL = 50
"""Gold pieces that a quest may pay each member of the party, times its level."""
MOST_REWARD = 100_000
"""What the reward's own type can hold, in XP and in gold pieces."""


class Figures(NamedTuple):
    """What the rules say of a group of creatures against a party."""

    difficulty: Grade
    xp: int
    adjusted_xp: int


def threshold(levels: Sequence[int], difficulty: Difficulty) -> int:
    """The adjusted XP from which on an encounter is that hard for a party of these levels."""
    if difficulty in BUDGETS:
        place = BUDGETS.index(difficulty)
        return most_xp(levels, BUDGETS[place - 1]) + 1 if place else int(most_xp(levels, "low") * BELOW_LOW)
    return _sum(_THRESHOLDS, levels, DIFFICULTIES.index(difficulty))


def most_xp(levels: Sequence[int], difficulty: Difficulty) -> int:
    """The most adjusted XP an encounter of at most that difficulty may have.

    2014: one less than the next threshold. 2024: the budget itself, and XP count as they are.
    """
    if difficulty in BUDGETS:
        return _sum(_BUDGETS, levels, BUDGETS.index(difficulty))
    if difficulty == "deadly":
        return int(threshold(levels, "deadly") * BEYOND_DEADLY)
    return threshold(levels, DIFFICULTIES[DIFFICULTIES.index(difficulty) + 1]) - 1


def daily_xp(levels: Sequence[int]) -> int:
    """The adjusted XP that a party may meet between two long rests (Basic Rules 2014, "The Adventuring Day")."""
    return sum(_ADVENTURING_DAY[_row(level)] for level in levels or (1,))


def _sum(table: Sequence[Sequence[int]], levels: Sequence[int], column: int) -> int:
    return sum(table[_row(level)][column] for level in levels or (1,))


def _row(level: int) -> int:
    return min(20, max(1, level)) - 1


def multiplier(monsters: int, party_size: int) -> float:
    """By how much numbers make a fight harder.

    1 monster 1, 2: 1.5, 3 to 6: 2, 7 to 10: 2.5, 11 to 14: 3, 15 and more: 4; one step up for a party of fewer than
    three, one down for six and more.
    """
    step = bisect_right(_FIRST_OF_STEP, monsters) if monsters > 0 else 1
    return _LADDER[step + (party_size < 3) - (party_size >= 6)]


def adjusted(xp: int, monsters: int, party_size: int, difficulty: Difficulty = "medium") -> int:
    """What counts of the XP of so many monsters: times the multiplier and rounded down in 2014, as they are in 2024."""
    return xp if difficulty in BUDGETS else int(xp * multiplier(monsters, party_size))


def figures_of(xps: Iterable[tuple[int, int]], levels: Sequence[int], difficulty: Difficulty = "medium") -> Figures:
    """The figures of groups given as (XP of one creature, how many), in the words of the rules that `difficulty` is
    from."""
    pairs = list(xps)
    total, number = sum(xp * count for xp, count in pairs), sum(count for _, count in pairs)
    weighed = adjusted(total, number, len(levels) or 1, difficulty)
    grade: Grade = "trivial"
    for step in BUDGETS if difficulty in BUDGETS else DIFFICULTIES:
        if weighed >= threshold(levels, step):
            grade = step
    return Figures(grade, total, weighed)


def difficulty_of(
    groups: Iterable[tuple[CreatureTemplate, int]], levels: Sequence[int], difficulty: Difficulty = "medium"
) -> Figures:
    """How hard so many of these creatures are for a party of these levels; with XP, unadjusted and adjusted."""
    return figures_of(((creature.challenge.xp, count) for creature, count in groups), levels, difficulty)


def quest_xp(levels: Sequence[int]) -> int:
    """The most XP that a quest may give: what the party may meet in a day."""
    return min(MOST_REWARD, daily_xp(levels))


def quest_gold(levels: Sequence[int]) -> int:
    """The most gold that a quest may pay: `GOLD_PER_LEVEL` a level and member."""
    return min(MOST_REWARD, GOLD_PER_LEVEL * sum(min(20, max(1, level)) for level in levels or (1,)))


def quest_items(levels: Sequence[int]) -> int:
    """The most items that a quest may give: one a member, four at most."""
    return min(4, max(1, len(levels)))
