"""How likely each total of some dice is: counted out exactly, with whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from math import comb

MAX_SIZE = 500_000
"""How many bytes the counts of one distribution may take: 20d1000 is about the largest, a third of a second."""
MAX_WORK = 500_000_000
"""How many bytes may be worked through to count kept dice: a third of a second."""


@dataclass(frozen=True)
class Distribution:
    """In how many ways each total comes up, all ways being equally likely."""

    minimum: int
    """The total that the first of `counts` is about."""
    counts: tuple[int, ...]
    """The ways to each total from `minimum` on; neither the first nor the last is nought."""

    @property
    def maximum(self) -> int:
        """The highest total."""
        return self.minimum + len(self.counts) - 1

    @cached_property
    def ways(self) -> int:
        """All ways together."""
        return sum(self.counts)

    @cached_property
    def average(self) -> float:
        """The mean total."""
        return sum((self.minimum + place) * count for place, count in enumerate(self.counts)) / self.ways

    def chance(self, total: int) -> float:
        """How likely this very total is, 0 to 1."""
        return self.counts[total - self.minimum] / self.ways if self.minimum <= total <= self.maximum else 0.0

    def at_least(self, total: int) -> float:
        """How likely this total or more is, 0 to 1."""
        return self._tails[min(max(0, total - self.minimum), len(self.counts))] / self.ways

    @cached_property
    def _tails(self) -> tuple[int, ...]:
        tails = [0]
        for count in reversed(self.counts):
            tails.append(tails[-1] + count)
        return tuple(reversed(tails))

    @cached_property
    def probabilities(self) -> dict[int, float]:
        """Every total that can come up with its probability."""
        ways = self.ways
        return {self.minimum + place: count / ways for place, count in enumerate(self.counts) if count}

    def __neg__(self) -> Distribution:
        return Distribution(-self.maximum, self.counts[::-1])

    def __add__(self, other: Distribution) -> Distribution:
        width = _bytes_of(self.ways * other.ways)
        _check(width * (len(self.counts) + len(other.counts)))
        product = _packed(self.counts, width) * _packed(other.counts, width)
        return Distribution(self.minimum + other.minimum, _unpacked(product, width))


def constant(number: int) -> Distribution:
    """A plain number: one total, in one way."""
    return Distribution(number, (1,))


def summed(parts: Iterable[Distribution]) -> Distribution:
    """What independent parts come to together."""
    return reduce(Distribution.__add__, parts, constant(0))


def alike(die: Distribution, count: int) -> Distribution:
    """`count` dice of one kind, added up. Too many raise `ValueError`, here and wherever parts come together."""
    width = _bytes_of(die.ways**count)
    _check(width * len(die.counts) * count)
    return Distribution(die.minimum * count, _unpacked(_packed(die.counts, width) ** count, width))


def die(sides: int) -> Distribution:
    """One fair die."""
    return Distribution(1, (1,) * sides)


def exploding_die(sides: int, explosions: int) -> Distribution:
    """A die that is rolled again and added whenever it shows its highest face, at most `explosions` times."""
    counts = list[int]()
    for again in range(explosions + 1):
        counts += [sides ** (explosions - again)] * (sides - 1)
        counts.append(0)
    return Distribution(1, (*counts[:-1], 1))


def kept(count: int, sides: int, keep: int, *, highest: bool) -> Distribution:
    """The best, or the worst, `keep` of `count` fair dice.

    Faces are dealt out one after another, the ones that are kept first: `state[n]` holds the totals when `n` dice
    show one of the faces so far.
    """
    width = _bytes_of(sides**count)
    _check(sides * count**2 // 2 * width * keep * sides, MAX_WORK)
    state = [1] + [0] * count
    for face in range(sides, 0, -1) if highest else range(1, sides + 1):
        for used in range(count, 0, -1):
            for showing in range(1, used + 1):
                before = used - showing
                if not state[before]:
                    continue
                counted = min(used, keep) - min(before, keep)
                ways = comb(count - before, showing)
                state[used] += ways * state[before] << (8 * width * face * counted)
    return Distribution(keep, _unpacked(state[count] >> (8 * width * keep), width))


def _check(bytes_: int, most: int = MAX_SIZE) -> None:
    if bytes_ > most:
        raise ValueError("these dice have too many outcomes to count; use fewer or smaller dice")


def _bytes_of(number: int) -> int:
    return (number.bit_length() + 7) // 8


def _packed(counts: Sequence[int], width: int) -> int:
    """All counts in one number, `width` bytes each, so that multiplying two such numbers convolves their counts.

    This is Kronecker substitution (L. Kronecker, 1882): polynomials are multiplied by multiplying their values at a
    power of two that no coefficient of the product reaches.
    """
    return int.from_bytes(b"".join(count.to_bytes(width, "little") for count in counts), "little")


def _unpacked(number: int, width: int) -> tuple[int, ...]:
    shelf = number.to_bytes(_bytes_of(number), "little")
    return tuple(int.from_bytes(shelf[start : start + width], "little") for start in range(0, len(shelf), width))
