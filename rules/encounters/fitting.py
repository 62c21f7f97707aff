"""Which creatures fit the place, the theme and the budget, and which of them belong together."""

from __future__ import annotations

from functools import lru_cache

from rules.bestiary import Bestiary, Page
from rules.encounters.budgeting import affordable, weakest
from rules.situation import Situation

SHORTLIST = 24
"""How many creatures a model may choose from."""
STRANGERS = 0.05
"""How likely two kinds come together that have nothing in common, against two that share one thing."""


def candidates(situation: Situation) -> list[Page]:
    """Creatures that may come alone without breaking the budget, the hardest first.

    Those that fit themes and terrain; if there are none, those of the themes; then those of the terrain; then all.
    """
    book, may_come = situation.bestiary, affordable(situation)
    fitting = [page for page in book.pages.values() if page.id in may_come]
    themes, terrain = situation.themes, situation.terrain
    themed = [page for page in fitting if not themes.isdisjoint(book.labels[page.id])]
    at_home = [page for page in fitting if not terrain.isdisjoint(book.labels[page.id])]
    both = [page for page in themed if not terrain.isdisjoint(book.labels[page.id])]
    return sorted(both or themed or at_home or fitting, key=lambda page: (-page.challenge, page.id))


def shortlist(situation: Situation) -> tuple[str, ...]:
    """What a model may choose from: at most 24 creatures of those that fit, of all challenges, the hardest first."""
    found = candidates(situation)
    step = max(1.0, (len(found) - 1) / (SHORTLIST - 1))
    some = (found[round(number * step)] for number in range(min(SHORTLIST, len(found))))
    return tuple(page.id for page in some) or (weakest(situation),)


def kinship(one: str, other: str, book: Bestiary) -> float:
    """How well two kinds go together: how many things they share (`STRANGERS` for none) apart from where they live."""
    return _shared(book.kin[one], book.kin[other])


@lru_cache(maxsize=1 << 15)
def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) or STRANGERS
