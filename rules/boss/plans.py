"""Which stances go together, and which are possible now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations

from rules.objection import Objection
from schemas.tactics import Need, Stance

MOST_STANCES = 3
"""A plan of more is none that anybody could follow."""
Plan = tuple[str, ...]
"""Stances by id, in the order of the book."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What a plan has to fit: what is there, and whether the fight has begun."""

    book: Mapping[str, Stance]
    there: Set[Need]
    begun: bool = False
    held: Plan = ()
    """The plan of the fight that has begun: ground and company stay as they were chosen."""

    def possible(self, stance: Stance) -> bool:
        """Whether it could be taken now, as far as it alone goes."""
        if stance.before and self.begun and stance.id not in self.held:
            return False
        return stance.id in self.held or self.there >= set(stance.needs)

    def plans(self) -> list[Plan]:
        """Every plan that fits, and the empty one. In a fight each keeps the ground and the company that there are."""
        kept = tuple(name for name in self.held if name in self.book and self.book[name].before) if self.begun else ()
        free = [one.id for one in self.book.values() if self.possible(one) and one.id not in kept]
        if self.begun:
            free = [name for name in free if not self.book[name].before]
        room = range(MOST_STANCES - min(len(kept), MOST_STANCES) + 1)
        found = (self._ordered((*kept, *more)) for number in room for more in combinations(free, number))
        return [plan for plan in found if not any(self._clashes(plan))]

    def objections(self, stances: Sequence[str]) -> Iterator[Objection]:
        """All that speaks against a plan that somebody proposes."""
        known = [name for name in dict.fromkeys(stances) if name in self.book]
        for number, name in enumerate(stances):
            where = f"stances[{number}]"
            if name in stances[:number]:
                yield Objection("repeated", where, f"'{name}' is there twice")
            elif name not in self.book:
                yield Objection("unknown_stance", where, f"there is no stance '{name}'; {self._ready()}")
            elif not self.possible(self.book[name]):
                yield Objection("not_possible", where, f"'{name}' {self._why_not(self.book[name])}; {self._ready()}")
        for one, other in self._clashes(known):
            yield Objection("contradiction", "stances", f"'{one}' and '{other}' do not go together: keep one of them")

    def _clashes(self, plan: Collection[str]) -> Iterator[tuple[str, str]]:
        for one, other in combinations((self.book[name] for name in plan), 2):
            if one.axis == other.axis or one.id in other.against or other.id in one.against:
                yield one.id, other.id

    def _ordered(self, plan: Plan) -> Plan:
        return tuple(name for name in self.book if name in plan)

    def _why_not(self, stance: Stance) -> str:
        if stance.before and self.begun:
            return "is chosen before a fight, and this one has begun"
        missing = [need.replace("_", " ") for need in stance.needs if need not in self.there]
        return f"needs {', '.join(missing)}"

    def _ready(self) -> str:
        ready = [one.id for one in self.book.values() if self.possible(one)]
        return f"possible: {', '.join(ready)}" if ready else "no stance is possible now"
