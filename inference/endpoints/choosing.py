"""Which endpoint: the same one for the same character, while it is healthy and not much busier than the others."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

BUSIER = 1.25
"""An endpoint may have so many times its share of what is asked before a character goes elsewhere."""


class Choosable(Protocol):
    """What choosing looks at."""

    @property
    def name(self) -> str:
        """Unique among the endpoints."""
        ...

    @property
    def weight(self) -> float:
        """Its share, relative to the others'; above 0."""
        ...

    @property
    def in_flight(self) -> int:
        """Questions that it has not answered yet."""
        ...


One = TypeVar("One", bound=Choosable)


def choose(candidates: Sequence[One], affinity: str, load: Sequence[Choosable] | None = None) -> One | None:
    """The best of the candidates, None where there are none.

    `affinity` (empty: none) names whose prefix a server may have cached. By rendezvous hashing every name has its own
    order of all servers, weighted: one that goes or comes moves only the names that it had or gets. From the front of
    that order the first is taken that has not more than `BUSIER` times its share of the load (consistent hashing with
    bounded loads, Mirrokni, Thorup and Zadimoghaddam, 2016). `load`: all servers that share it, default the candidates.
    """
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    if not affinity:
        return min(candidates, key=lambda one: ((one.in_flight + 1) / one.weight, one.name))
    sharing = load or candidates
    asked, weights = sum(one.in_flight for one in sharing) + 1, sum(one.weight for one in sharing)
    order = sorted(candidates, key=lambda one: rank(one, affinity), reverse=True)
    for one in order:
        if one.in_flight < math.ceil(BUSIER * asked * one.weight / weights):
            return one
    return min(order, key=lambda one: (one.in_flight + 1) / one.weight)


def rank(one: Choosable, affinity: str) -> float:
    """The place of a server in a name's order: higher is nearer (weighted rendezvous hashing, -w / ln u)."""
    digest = hashlib.blake2b(f"{one.name}\0{affinity}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    u = (int.from_bytes(digest, "big") + 0.5) / 2**64
    return -one.weight / math.log(u)
