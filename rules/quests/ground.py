"""The ground that a quest stands on: who and what is where, and which ways there are. What a proof searches."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rules.known import Known
from rules.situation import Situation
from schemas.scene import EntityKind
from schemas.worlds import World

PARTY = "the party"
"""Who holds what the party carries. No id has a blank in it."""


@dataclass(frozen=True)
class Ground:
    """A world as a quest sees it, at one moment."""

    here: str
    """Where the party is."""
    roads: Mapping[str, tuple[str, ...]]
    """Where one can go from each place that stands, in one step."""
    within: Mapping[str, frozenset[str]]
    """The places that lie in a place, itself among them: whoever is in one of them is in it."""
    people: Mapping[str, str | None]
    """Where the living are: characters, creatures that are there, factions by their leaders. None: on the road, to be
    met anywhere."""
    party: frozenset[str]
    items: Mapping[str, str]
    """Who holds an item, or where it lies. An item that nobody has is not among them."""
    dead: frozenset[str] = frozenset()
    graves: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Where the dead were at home, with what they carried."""
    gone: frozenset[str] = frozenset()
    creatures: frozenset[str] = frozenset()
    """Kinds of the bestiary: whoever looks for one finds one."""
    giver: str | None = None
    _walks: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]], repr=False, compare=False)

    def way(self, origin: str, goal: str) -> tuple[str, ...] | None:
        """The places that are entered on a shortest way, the last one is `goal` or in it; () where one is there
        already; None: there is no way. Breadth first, in the order in which the world names its exits."""
        inside = self.within.get(goal, frozenset((goal,)))
        if goal in self.gone:
            return None
        if origin in inside:
            return ()
        came = self._came_from(origin)
        nearest = next((place for place in came if place in inside), None)
        if nearest is None:
            return None
        steps = [nearest]
        while (before := came[steps[-1]]) != origin:
            steps.append(before)
        return tuple(reversed(steps))

    def reachable(self, origin: str) -> tuple[str, ...]:
        """All places that one can come to, nearest first; the origin comes first."""
        return (origin, *self._came_from(origin))

    def _came_from(self, origin: str) -> dict[str, str]:
        """By place: the one before it on the way from `origin`; nearest first."""
        known = self._walks.get(origin)
        if known is None:
            known = {}
            ahead = deque((origin,))
            while ahead:
                place = ahead.popleft()
                for beside in self.roads.get(place, ()):
                    if beside != origin and beside not in known:
                        known[beside] = place
                        ahead.append(beside)
            self._walks[origin] = known
        return known


def ground_of(situation: Situation, giver: str | None = None) -> Ground:
    """The ground of a situation: the world's sheet, the scene, and what the record knows (`Situation.tidings`).

    Who is in the scene is where the scene is; other characters are at home. A faction is where its leader is. Items lie
    where the world says, unless the record has seen them elsewhere since.
    """
    scene, world, known = situation.request.scene, situation.world, Known(situation)
    here, dead = scene.location.id, situation.dead
    gone = _all_within(world, situation.gone) - {here}  # where somebody stands, there is something
    homes: dict[str, str | None] = {
        one.id: one.home if one.home in world.places else None for one in world.characters.values()
    }
    for one in scene.present:
        if one.kind is not EntityKind.ITEM:
            homes[one.id] = here
    for faction in world.factions.values():
        homes.setdefault(faction.id, homes.get(faction.leader or "") if faction.leader not in dead else None)
    for name, home in homes.items():
        homes[name] = None if home in gone else home  # who lived there fled
    return Ground(
        here=here,
        roads=_roads(situation, gone),
        within=_within(world),
        people={name: home for name, home in homes.items() if name not in dead},
        party=known.party,
        items=_items(situation, known.party, gone),
        dead=dead,
        graves={name: homes.get(name) for name in dead},
        gone=gone,
        creatures=frozenset(situation.bestiary),
        giver=giver or known.givers[0],
    )


def _items(situation: Situation, party: frozenset[str], gone: frozenset[str]) -> dict[str, str]:
    scene = situation.request.scene
    held = {item: place.id for place in situation.world.places.values() for item in place.holds}
    held |= situation.tidings.held
    for one in scene.present:
        if one.kind is EntityKind.ITEM:
            held[one.id] = scene.location.id
        else:
            held |= dict.fromkeys(one.items, one.id)
    return {
        item: PARTY if holder in party else holder for item, holder in held.items() if holder not in gone
    }  # what lay in a place that burnt is burnt


def _roads(situation: Situation, gone: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The ways between places that stand.

    Exits lead where they say. A place that names none is left by the ways that lead to it. Between a place and what it
    lies in one passes both ways. Where a world names no ways at all, or for a scene that is on no map, nothing is known
    to be in the way: every place can be reached.
    """
    scene, places = situation.request.scene, situation.world.places
    here = scene.location.id
    exits = {place.id: tuple(one for one in place.exits if one in places) for place in places.values()}
    if scene.location.exits:
        exits[here] = scene.location.exits
    ways: dict[str, dict[str, None]] = {place: dict.fromkeys(ways) for place, ways in exits.items()}
    for place, leads in exits.items():
        for other in leads:
            if not exits.get(other):
                ways.setdefault(other, {})[place] = None
    for place in places.values():
        outer = place.within
        if outer is not None and outer in places:
            ways[place.id][outer] = None
            ways[outer][place.id] = None
    if not any(ways.values()):
        ways = {place: dict.fromkeys(places) for place in places}
    if not ways.get(here):
        ways[here] = dict.fromkeys(places)
        for place in places:
            ways[place][here] = None
    return {
        place: tuple(other for other in leads if other not in gone and other != place)
        for place, leads in ways.items()
        if place not in gone or place == here
    }


def _within(world: World) -> dict[str, frozenset[str]]:
    """By place: all that lie in it. A place that lies in itself, by however many others, is a fault of the world's and
    ends there."""
    found: dict[str, set[str]] = {place: {place} for place in world.places}
    for place in world.places:
        outer, seen = world.places[place].within, {place}
        while outer is not None and outer in world.places and outer not in seen:
            found[outer].add(place)
            seen.add(outer)
            outer = world.places[outer].within
    return {place: frozenset(inside) for place, inside in found.items()}


def _all_within(world: World, outer: Iterable[str]) -> frozenset[str]:
    """These places, and all that lie in them."""
    within, chosen = _within(world), tuple(outer)
    return frozenset(chosen).union(*(within.get(place, frozenset()) for place in chosen)) if chosen else frozenset()
