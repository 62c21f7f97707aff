"""An arena for a party against an encounter: who starts where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.arena.arena import SQUARE_FT, Arena, Orders
from rules.arena.fighter import Fighter
from rules.arena.sheet import Sheet
from rules.dice import Dice

PARTY, FOES = "party", "foes"
APART_FT = 40.0
"""Feet between the two front lines when a fight begins."""
_ABREAST = 6


@dataclass(frozen=True, slots=True)
class Meeting:
    """A party and its foes, to meet again and again: makes the same arena with other dice. It can be pickled."""

    party: tuple[Sheet, ...]
    foes: tuple[Sheet, ...]
    apart_ft: float = APART_FT
    surprised: str | None = None
    """The side that did not see the other coming."""

    def __call__(self, dice: Dice) -> Arena:
        """A fresh arena."""
        return meet(self.party, self.foes, dice, apart_ft=self.apart_ft, surprised=self.surprised)


def meet(
    party: Sequence[Sheet],
    foes: Sequence[Sheet],
    dice: Dice,
    *,
    apart_ft: float = APART_FT,
    orders: Orders | None = None,
    surprised: str | None = None,
) -> Arena:
    """Both sides face each other on open ground: those who fight by hand in front, the others 10 feet behind.

    The side that is `surprised` loses its first turn, and has no reaction before it (SRD 5.1, "Surprise").
    Fighters are called by their sheet and a number: `goblin-1`. Empty sides are allowed: then the other has won.
    """
    fighters = [*_line_up(party, PARTY, -apart_ft / 2, -1), *_line_up(foes, FOES, apart_ft / 2, 1)]
    for one in fighters:
        if one.side == surprised:
            one.surprised, one.reaction = True, False
    return Arena(fighters, dice, orders)


def _line_up(sheets: Sequence[Sheet], side: str, front: float, outward: int) -> list[Fighter]:
    counts = dict[str, int]()
    rows = {False: 0, True: 0}
    found = list[Fighter]()
    front = front // SQUARE_FT * SQUARE_FT
    for sheet in sheets:
        counts[sheet.id] = counts.get(sheet.id, 0) + 1
        behind = not sheet.by_hand
        number = rows[behind]
        rows[behind] += 1
        depth = 2 * (number // _ABREAST) + behind
        across = number % _ABREAST
        aside = (across + 1) // 2 * (1 if across % 2 else -1) * 2 * SQUARE_FT
        place = (front + outward * depth * 2 * SQUARE_FT, aside)
        found.append(Fighter.fresh(f"{sheet.id}-{counts[sheet.id]}", side, sheet, place))
    return found
