"""Where everybody and everything is, in a state of a plan: what has been done moves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rules.quests.ground import PARTY, Ground
from schemas.errors import nearest

AT = "is nowhere that one could go from '{here}'"


class State(NamedTuple):
    """Where the party is, and what holds beyond the ground."""

    places: tuple[str, ...]
    """One; several for a look that ignores what is undone (`proof`)."""
    holds: frozenset[str] = frozenset()


class Whereabouts:
    """Who and what is where: on a ground, and after what a state says has been done on it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def mortal(self, name: str) -> bool:
        """Whether it is somebody who lives or has lived."""
        return name in self._ground.people or name in self._ground.dead

    def alive(self, name: str, state: State) -> bool:
        """Whether somebody lives, by then."""
        return name in self._ground.people and f"dead:{name}" not in state.holds

    def stands(self, place: str, state: State) -> bool:
        """Whether there is such a place, by then."""
        return place in self._ground.roads and place not in self._ground.gone and f"gone:{place}" not in state.holds

    def holder(self, item: str, state: State) -> str | None:
        """Who has an item or where it lies, by then; `PARTY` for the party; None: nobody, nowhere."""
        if f"has:{item}" in state.holds:
            return PARTY
        given = next((one for one in state.holds if one.startswith(f"held:{item}>")), None)
        return given.partition(">")[2] if given is not None else self._ground.items.get(item)

    def reachable(self, place: str | None, state: State) -> str | None:
        """Where one comes to by going there; None for no way. `None` is everywhere: somebody on the road."""
        if place is None:
            return state.places[0]
        if f"gone:{place}" in state.holds:
            return None
        for origin in state.places:
            way = self._ground.way(origin, place)
            if way is not None and not any(f"gone:{step}" in state.holds for step in way):
                return way[-1] if way else origin
        return None

    def at_person(self, name: str, state: State) -> str | None:
        """Where somebody is met; None: nowhere that one could go."""
        if f"with:{name}" in state.holds or name in self._ground.party:
            return state.places[0]
        return self.reachable(self._ground.people.get(name, self._ground.graves.get(name)), state)

    def at_item(self, item: str, state: State) -> str | None:
        """Where an item is found, with whoever has it; None: nowhere that one could go."""
        holder = self.holder(item, state)
        if holder is None:
            return None
        if holder == PARTY:
            return state.places[0]
        if holder in self._ground.people or holder in self._ground.dead:
            return self.at_person(holder, state)
        return self.reachable(holder, state)

    def nearest(self, candidates: Iterable[str], like: str) -> str:
        """A hint: the name most like it, else the first of what is possible."""
        known = list(candidates)
        found = nearest(like, known) or (known[0] if known else None)
        return f"; '{found}' could be" if found else ""

    def people_near(self, state: State, without: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
        """The living outside the party who can be met, and where: the nearest first."""
        left_out = {*without, *self._ground.party}
        by_place: dict[str | None, list[str]] = {}
        for name, home in self._ground.people.items():
            if name not in left_out and f"dead:{name}" not in state.holds:
                home = state.places[0] if f"with:{name}" in state.holds else home
                by_place.setdefault(home, []).append(name)
        for name in by_place.pop(None, ()):
            yield name, state.places[0]
        for origin in state.places:
            for place in self._ground.reachable(origin):
                if f"gone:{place}" not in state.holds:
                    for name in by_place.pop(place, ()):
                        yield name, place

    def far(self, state: State) -> str:
        """That there is no way, in words."""
        return AT.format(here=state.places[0])
