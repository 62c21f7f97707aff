"""The links of a tag graph as sorted arrays, followed by the thousand instead of one by one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from memory.tags.tag_net import TagNet, weight_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MERGE = 16
"""A newer piece is merged into an older one of less than so many times its size."""
_LOW = 2**32 - 1


class Alphabet:
    """Tags by number. A tag keeps its number for good; its place in the alphabet is between those of its neighbours."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.numbers: dict[str, int] = {}
        self._sorted: list[str] = []
        self._places: Floats = np.empty(0)

    def number(self, name: str) -> int:
        """The number of a tag; a new one gets the next."""
        number = self.numbers.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        return number

    def places(self) -> Floats:
        """By number, something to sort by: smaller is earlier in the alphabet.

        A few new tags go half way between their neighbours, so that one tag more does not sort 100,000 again.
        """
        known, size = len(self._places), len(self.names)
        if known == size:
            return self._places
        if size - known > known // 64:
            return self._renumber()
        places = np.concatenate([self._places, np.zeros(size - known)])
        for number in range(known, size):
            name = self.names[number]
            at = bisect_left(self._sorted, name)
            before = places[self.numbers[self._sorted[at - 1]]] if at else -1.0
            after = places[self.numbers[self._sorted[at]]] if at < len(self._sorted) else before + 2.0
            places[number] = (before + after) / 2
            if not before < places[number] < after:  # no number lies between any more
                return self._renumber()
            self._sorted.insert(at, name)
        self._places = places
        return places

    def _renumber(self) -> Floats:
        self._sorted = sorted(self.names)
        self._places = np.empty(len(self.names))
        self._places[[self.numbers[name] for name in self._sorted]] = np.arange(len(self.names))
        return self._places


@dataclass(frozen=True, slots=True)
class Piece:
    """Links, each from both of its ends. `keys` is `from << 32 | to`, sorted: the links of a tag lie side by side."""

    keys: Ints
    weights: Floats
    tags: Ints
    """Those that have links here, sorted."""
    starts: Ints
    """Where the links of each of `tags` begin, and the end."""

    @classmethod
    def of(cls, keys: Ints, weights: Floats) -> Piece:
        """A piece of links in any order."""
        order = np.argsort(keys, kind="stable")  # two sorted halves are merged in one go
        keys = keys[order]
        tags, starts = np.unique(keys >> 32, return_index=True)
        return cls(keys, weights[order], tags, np.append(starts, len(keys)))

    def links_from(self, tags: Ints) -> tuple[Ints, Ints, Floats] | None:
        """All links of these tags: the index of the tag that each comes from, where it goes, its weight."""
        row, there = _find(self.tags, tags)
        here = np.flatnonzero(there)
        if not len(here):
            return None
        starts = self.starts[row[here]]
        counts = self.starts[row[here] + 1] - starts
        ends = np.cumsum(counts)
        at = np.arange(int(ends[-1])) + np.repeat(starts - ends + counts, counts)
        return np.repeat(here, counts), self.keys[at] & _LOW, self.weights[at]


class LinkArrays:
    """A few pieces, each much larger than the next, so that a link more costs little however many there are.

    (The log-structured merge-tree of O'Neil, Cheng, Gawlick and O'Neil, 1996, in memory.) No link is in two pieces.
    """

    def __init__(self, alphabet: Alphabet, net: TagNet) -> None:
        """All links of a graph, as one piece."""
        self._alphabet = alphabet
        rows = [(alphabet.number(tag), net.links_of(tag)) for tag in net]
        source = np.repeat(_ints(number for number, _ in rows), _ints(len(links) for _, links in rows))
        target = _ints(map(alphabet.numbers.__getitem__, chain.from_iterable(links for _, links in rows)))
        weights = _floats(weight_of(link) for _, links in rows for link in links.values())
        linked = source != target  # somebody may have linked a tag with itself, which leads nowhere
        self.pieces: list[Piece] = [Piece.of((source << 32 | target)[linked], weights[linked])] if linked.any() else []

    def put(self, links: Mapping[tuple[str, str], float]) -> None:
        """Add links between two different tags, and set the weights of those that are there. Each is given once."""
        a, b = (_ints(map(self._alphabet.number, names)) for names in zip(*links, strict=True))
        keys: Ints = np.concatenate([a << 32 | b, b << 32 | a])
        weights: Floats = np.tile(_floats(links.values()), 2)
        for piece in self.pieces:
            at, there = _find(piece.keys, keys)
            piece.weights[at[there]] = weights[there]
            keys, weights = keys[~there], weights[~there]
        if not len(keys):
            return
        self.pieces.append(Piece.of(keys, weights))
        while len(self.pieces) > 1 and len(self.pieces[-2].keys) < MERGE * len(self.pieces[-1].keys):
            newer, older = self.pieces.pop(), self.pieces.pop()
            keys, weights = np.concatenate([older.keys, newer.keys]), np.concatenate([older.weights, newer.weights])
            self.pieces.append(Piece.of(keys, weights))


def links_from(pieces: Iterable[Piece], tags: Ints) -> tuple[Ints, Ints, Floats]:
    """As `Piece.links_from`, of all pieces, in the order of `tags`; of a link that several have, the strongest."""
    found = [links for piece in pieces if (links := piece.links_from(tags)) is not None]
    if not found:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty(0)
    if len(found) == 1:
        return found[0]
    key = np.concatenate([source << 32 | target for source, target, _ in found])
    weight = np.concatenate([weight for *_, weight in found])
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    return key[first] >> 32, key[first] & _LOW, np.maximum.reduceat(weight[order], first)


def _find(those: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Where each is among the sorted, and whether it is there at all."""
    at = np.searchsorted(those, wanted)
    at[at == len(those)] = 0
    return at, those[at] == wanted


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, dtype=np.int64)


def _floats(numbers: Iterable[float]) -> Floats:
    return np.fromiter(numbers, dtype=np.float64)
