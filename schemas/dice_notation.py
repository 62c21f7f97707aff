"""How dice are written, within which bounds, and what each part of an expression means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, repeat
from math import comb, prod
from operator import mul

from schemas.distribution import Distribution, alike, constant, die, exploding_die, kept

MAX_DICE = 100
MAX_SIDES = 1000
MAX_TERMS = 10
MAX_CONSTANT = 10_000
MAX_LENGTH = 120
MAX_EXPLOSIONS = 10
"""How often one die may explode: beyond that its highest face counts and is not rolled again."""

_DICE = r"(?:[1-9]\d{0,2})?d(?:[1-9]\d{0,3}|%)(?:[kd][hl](?:[1-9]\d{0,2})?|adv|dis|!)?"
_TERM = rf"(?:{_DICE}|0|[1-9]\d{{0,4}})"
DICE_PATTERN = rf"^-?{_TERM}(?:[+-]{_TERM}){{0,{MAX_TERMS - 1}}}$"
_SIGNED_TERM = re.compile(
    r"(?P<sign>[+-]|^)(?:"
    r"(?P<count>[1-9]\d*)?d(?P<sides>[1-9]\d*|%)(?:(?P<pick>[kd][hl])(?P<picked>[1-9]\d*)?|(?P<twice>adv|dis)|(?P<bang>!))?"
    r"|(?P<number>0|[1-9]\d*))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class DiceTerm:
    """`count` dice of `sides` sides, added or (`sign` -1) taken away. A plain number is `count` with no sides."""

    sign: int
    count: int
    sides: int | None
    drop_lowest: int = 0
    """How many of the lowest dice do not count: `4d6kh3` drops one."""
    drop_highest: int = 0
    """How many of the highest do not count: `2d20kl1` drops one."""
    explodes: bool = False
    """Each die that shows its highest face is rolled again and added, up to `MAX_EXPLOSIONS` times."""

    @property
    def kept(self) -> int:
        """How many dice count."""
        return self.count - self.drop_lowest - self.drop_highest

    @property
    def plain(self) -> bool:
        """Whether it is a number, or dice that all count once."""
        return not (self.drop_lowest or self.drop_highest or self.explodes)

    @property
    def least(self) -> int:
        """The lowest that it shows, whatever its sign."""
        return self.count if self.sides is None else self.kept

    @property
    def most(self) -> int:
        """The highest that it shows, whatever its sign."""
        if self.sides is None:
            return self.count
        return self.kept * self.sides * (1 + MAX_EXPLOSIONS if self.explodes else 1)

    @property
    def minimum(self) -> int:
        """The least that this term adds to a roll."""
        return self.least if self.sign > 0 else -self.most

    @property
    def maximum(self) -> int:
        """The most that this term adds to a roll."""
        return self.most if self.sign > 0 else -self.least

    @property
    def average(self) -> Fraction:
        """What this term adds in the mean, exactly."""
        if self.sides is None or self.plain:
            return Fraction(self.minimum + self.maximum, 2)
        if self.explodes:
            again = sum(Fraction(1, self.sides**times) for times in range(MAX_EXPLOSIONS + 1))
            return self.sign * self.count * Fraction(self.sides + 1, 2) * again
        return self.sign * self._average_kept(self.sides)

    def _average_kept(self, sides: int) -> Fraction:
        """The mean of the dice that count.

        The sum of the best k dice is the sum, over all faces, of how many dice show that face or more, at most k. The
        worst are as far from the lowest face as the best are from the highest.
        """
        ways, weights = 0, [min(dice, self.kept) * comb(self.count, dice) for dice in range(self.count + 1)]
        for showing in range(1, sides + 1):  # as many faces are at least as high as the one in question
            lower = _powers(sides - showing, self.count)
            upper = _powers(showing, self.count)
            ways += sum(map(prod, zip(weights, upper, reversed(lower), strict=True)))
        best = Fraction(ways, sides**self.count)
        return best if self.drop_lowest else self.kept * (sides + 1) - best

    def distribution(self) -> Distribution:
        """How likely each number is that this term adds."""
        if self.sides is None:
            shown = constant(self.count)
        elif self.explodes:
            shown = alike(exploding_die(self.sides, MAX_EXPLOSIONS), self.count)
        elif self.plain:
            shown = alike(die(self.sides), self.count)
        else:
            shown = kept(self.count, self.sides, self.kept, highest=self.drop_lowest > 0)
        return shown if self.sign > 0 else -shown


def _powers(base: int, most: int) -> list[int]:
    return list(accumulate(repeat(base, most), mul, initial=1))


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[DiceTerm, ...]:
    """The terms of an expression; text that is none raises `ValueError`, and so does one that rolls too much."""
    terms, place = list[DiceTerm](), 0
    for found in _SIGNED_TERM.finditer(text[: MAX_LENGTH + 1]):
        if found.start() != place:
            break
        terms.append(_term(found, text))
        place = found.end()
    if not terms or place != len(text) or len(terms) > MAX_TERMS or text.startswith("+"):
        raise ValueError(f"'{text[:40]}' is not a dice expression such as '2d6+3' (at most {MAX_TERMS} terms)")
    return tuple(terms)


def _term(found: re.Match[str], text: str) -> DiceTerm:
    sign = -1 if found["sign"] == "-" else 1
    if found["number"] is not None:
        if int(found["number"]) > MAX_CONSTANT:
            raise ValueError(f"'{text[:40]}' adds more than {MAX_CONSTANT}")
        return DiceTerm(sign, int(found["number"]), None)
    count, sides = int(found["count"] or 1), 100 if found["sides"] == "%" else int(found["sides"])
    if count > MAX_DICE or sides > MAX_SIDES:
        raise ValueError(f"'{text[:40]}' rolls more than {MAX_DICE} dice or dice of more than {MAX_SIDES} sides")
    if found["bang"]:
        if sides == 1:
            raise ValueError(f"'{text[:40]}' explodes for ever: a d1 always shows its highest face")
        return DiceTerm(sign, count, sides, explodes=True)
    if found["twice"]:
        if count > 1:
            raise ValueError(f"'{text[:40]}' gives {found['twice']} to {count} dice; it belongs to a single one")
        return _dropping(sign, 2, sides, lowest=found["twice"] == "adv", dropped=1)
    if found["pick"]:
        picked, keeps = int(found["picked"] or 1), found["pick"][0] == "k"
        if picked > count or (picked == count and not keeps):
            raise ValueError(f"'{text[:40]}' {'keeps' if keeps else 'drops'} {picked} of {count} dice")
        lowest = found["pick"] in ("kh", "dl")
        return _dropping(sign, count, sides, lowest=lowest, dropped=count - picked if keeps else picked)
    return DiceTerm(sign, count, sides)


def _dropping(sign: int, count: int, sides: int, *, lowest: bool, dropped: int) -> DiceTerm:
    return DiceTerm(sign, count, sides, drop_lowest=dropped if lowest else 0, drop_highest=0 if lowest else dropped)
