"""What could be put forward: a bounded set of term packages, and the best of them for both sides.

A package takes at most one term of each topic. Worth is additive, so the packages that no other one beats for both
sides are found topic by topic (Nemhauser and Ullmann, 1969), without looking at every package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from schemas.treaties import TreatyTerm

MOST_TERMS = 6
MOST_OPTIONS = 12
"""Terms of one topic that are weighed."""

Topic = tuple[TreatyTerm, ...]
"""Terms of which a treaty takes one, or none."""
Package = tuple[TreatyTerm, ...]


@dataclass(frozen=True, slots=True)
class Bid:
    """A package with what it is worth to us, and what we take it to be worth to them."""

    terms: Package
    ours: float
    theirs: float


def topic_of(term: TreatyTerm) -> tuple[str, str]:
    """Terms of one topic exclude each other in our packages."""
    match term.kind:
        case "peace" | "alliance":
            return "bond", ""
        case "passage":
            return "passage", f"{term.grantor} {term.place}"
        case "joint_war":
            return "joint_war", term.against
        case _:
            return term.kind, ""


def gather(terms: Iterable[TreatyTerm]) -> list[Topic]:
    """Terms by topic, at most `MOST_TERMS` topics of at most `MOST_OPTIONS` terms; what comes first stays in."""
    topics: dict[tuple[str, str], dict[TreatyTerm, None]] = {}
    for term in terms:
        key = topic_of(term)
        if key not in topics and len(topics) == MOST_TERMS:
            continue
        options = topics.setdefault(key, {})
        if len(options) < MOST_OPTIONS:
            options[term] = None
    return [tuple(options) for options in topics.values()]


def frontier(
    topics: Sequence[Topic], ours: Callable[[TreatyTerm], float], theirs: Callable[[TreatyTerm], float]
) -> list[Bid]:
    """The packages of one term at the least that no other one beats for both, the best for us first."""
    best = [Bid((), 0.0, 0.0)]
    for topic in topics:
        options = [(term, ours(term), theirs(term)) for term in topic]
        grown = [*best]
        for bid in best:
            grown += [Bid((*bid.terms, term), bid.ours + u, bid.theirs + v) for term, u, v in options]
        best = _undominated(grown)
    return [bid for bid in best if bid.terms]


def _undominated(bids: list[Bid]) -> list[Bid]:
    bids.sort(key=lambda bid: (-bid.ours, -bid.theirs, len(bid.terms)))
    kept: list[Bid] = []
    most = float("-inf")
    for bid in bids:
        if bid.theirs > most:
            kept.append(bid)
            most = bid.theirs
    return kept
