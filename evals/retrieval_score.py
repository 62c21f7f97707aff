"""How well lines were found: recall at a depth, with the interval that so many questions leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.figures import Figure

SUITE = "retrieval"
DEPTHS = (5, 10, 20)
"""Memories that come to mind."""
TARGETS = {5: 0.70, 10: 0.82}
"""What the fusion is to reach."""
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """What came to mind for one question, and what should have."""

    lines: Mapping[int, Sequence[str]]
    """The best first, by how many were asked for: to ask for more may bring another order."""
    evidence: Collection[str]

    def recall(self, depth: int) -> float:
        """The share of the evidence among the first `depth` lines."""
        return len(set(self.lines[depth][:depth]) & set(self.evidence)) / len(self.evidence)


def bootstrap(values: Sequence[float], *, seed: int = 0, draws: int = DRAWS) -> tuple[float, float]:
    """The 95% interval of a mean: the middle of the means of as many values, drawn again and again (percentile method,
    Efron 1979). The same seed gives the same interval; (0, 1) for no values."""
    if not values:
        return 0.0, 1.0
    drawn = np.random.default_rng(seed).choice(np.asarray(values), size=(draws, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), (2.5, 97.5))
    return float(low), float(high)


def figures(way: str, found: Iterable[Found], *, targets: bool) -> list[Figure]:
    """Mean recall at each depth of one way to search: of all questions, and of those that need two memories.

    `targets`: whether it is held to `TARGETS`.
    """
    every = list(found)
    more = [one for one in every if len(one.evidence) > 1]
    line = partial(_figure, way)
    return [
        *(line(every, depth, "", TARGETS.get(depth) if targets else None) for depth in DEPTHS),
        *(line(more, depth, ", two memories", None) for depth in DEPTHS),
    ]


def _figure(way: str, found: Sequence[Found], depth: int, which: str, target: float | None) -> Figure:
    values = [one.recall(depth) for one in found]
    return Figure(
        suite=SUITE,
        case=f"{way}, recall@{depth}{which}",
        value=sum(values) / len(values) if values else 0.0,
        unit=f"of {len(values)}",
        target=target,
        better="higher",
        interval=bootstrap(values),
    )


Stems = Callable[[str], frozenset[str]]


def shared_words(asked: str, evidence: Iterable[str], stems: Stems, names: Collection[str] = ()) -> float:
    """Of the telling words of a question, names left out, the share that stands in its evidence: 0 to 1."""
    wanted = stems(asked) - frozenset(names)
    there = frozenset[str]().union(*(stems(text) for text in evidence))
    return len(wanted & there) / len(wanted) if wanted else 0.0
