"""Who comes together: a few kinds in the shape of a company, in all numbers that it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from operator import mul
from typing import NamedTuple

from rules.bestiary import Bestiary, Page
from rules.dice import Dice
from rules.encounters.fitting import kinship
from schemas.creatures import CreatureRole

Groups = tuple[tuple[str, int], ...]

CASTS = 6
"""How many casts are tried in each shape."""
HARDEST = 12
"""Out of how many of the hardest a company's first is chosen."""
POOL = 60
"""Kinds that are looked at: the hardest, and any of the others."""
LATELY = 0.2
"""How likely a kind comes that was met lately, against one that was not."""
CROWD = 2.5
"""A company of more than so many for each of the party is a long fight: it is chosen half as often."""

FRONT = frozenset({CreatureRole.BRUTE, CreatureRole.SKIRMISHER})
BACK = frozenset({CreatureRole.ARTILLERY, CreatureRole.CONTROLLER})
LEADS = frozenset({CreatureRole.LEADER})
ANY = frozenset(CreatureRole)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of one kind."""

    roles: frozenset[CreatureRole]
    numbers: range


SHAPES: tuple[tuple[Part, ...], ...] = (
    (Part(ANY, range(1, 9)),),
    (Part(ANY, range(1, 2)), Part(ANY, range(1, 9))),
    (Part(FRONT, range(1, 5)), Part(BACK, range(1, 4))),
    (Part(LEADS, range(1, 2)), Part(FRONT, range(1, 5)), Part(BACK, range(1, 4))),
)
"""One kind alone or in numbers; one with others behind it; a line of front and back; a band with its leader."""


class Company(NamedTuple):
    """A few kinds in their numbers."""

    names: tuple[str, ...]
    counts: tuple[int, ...]
    xp: int
    number: int
    liking: float
    """How much one would like to meet them: mixed roles, kin, not met lately, not too many."""

    @property
    def groups(self) -> Groups:
        """Each kind with its count."""
        return tuple(zip(self.names, self.counts, strict=True))


@dataclass(frozen=True, slots=True)
class Casting:
    """Who may be chosen, and by what."""

    book: Bestiary
    found: Sequence[Page]
    """The hardest first."""
    lately: frozenset[str]
    """Kinds that were met lately."""
    party: int
    """How many meet them."""

    def companies(self, dice: Dice) -> Iterator[Company]:
        """Companies of all shapes, in no order, of any cost."""
        pool = self.found
        if len(pool) > POOL:
            some = dice.shuffled(self.found[HARDEST:])[: POOL - HARDEST]
            pool = [*self.found[:HARDEST], *sorted(some, key=lambda page: (-page.challenge, page.id))]
        able = {part.roles: _able(pool, part.roles) for shape in SHAPES for part in shape}
        kin = _Kin(self.book, pool)
        for shape in SHAPES:
            for _ in range(CASTS):
                cast = self._cast([able[part.roles] for part in shape], kin, dice)
                if cast is not None:
                    yield from self._numbered(shape, cast)

    def alone(self) -> Iterator[Company]:
        """Every kind by itself, in every number."""
        for page in self.found:
            yield from self._numbered(SHAPES[0], (page,))

    def _cast(self, parts: Sequence[Sequence[Page]], kin: _Kin, dice: Dice) -> tuple[Page, ...] | None:
        """One of those who can play each part, each no harder than the first; None where a part finds nobody."""
        cast: list[Page] = []
        for able in parts:
            taken = {one.id for one in cast}
            fit = (
                [page for page in able if page.challenge <= cast[0].challenge and page.id not in taken]
                if cast
                else able[:HARDEST]
            )
            if not fit:
                return None
            weights = [LATELY if page.id in self.lately else 1.0 for page in fit]
            for other in cast:
                close = kin.to(other)
                weights = [weight * close[page.id] for weight, page in zip(weights, fit, strict=True)]
            cast.append(dice.weighted(fit, weights))
        return tuple(cast)

    def _numbered(self, shape: tuple[Part, ...], cast: Sequence[Page]) -> Iterator[Company]:
        """A cast in all numbers that its shape allows."""
        roles = len({page.roles[0] for page in cast})
        liking = roles * prod(LATELY for page in cast if page.id in self.lately)
        names, xps = tuple(page.id for page in cast), [page.challenge.xp for page in cast]
        crowd = CROWD * self.party
        for counts, number in _counts(shape):
            xp = sum(map(mul, xps, counts))
            yield Company(names, counts, xp, number, liking / 2 if number > crowd else liking)


@cache
def _counts(shape: tuple[Part, ...]) -> tuple[tuple[tuple[int, ...], int], ...]:
    """All numbers that a shape allows, each with their sum."""
    return tuple((counts, sum(counts)) for counts in product(*(part.numbers for part in shape)))


class _Kin:
    """How well all of a pool go with each of those who were cast."""

    def __init__(self, book: Bestiary, pool: Sequence[Page]) -> None:
        self._book, self._pool = book, pool
        self._known: dict[str, dict[str, float]] = {}

    def to(self, other: Page) -> dict[str, float]:
        """By name."""
        known = self._known.get(other.id)
        if known is None:
            known = self._known[other.id] = {page.id: kinship(page.id, other.id, self._book) for page in self._pool}
        return known


def _able(pool: Sequence[Page], roles: frozenset[CreatureRole]) -> list[Page]:
    return [page for page in pool if not roles.isdisjoint(page.roles)]
