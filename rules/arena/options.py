"""What a fighter may do now: every legal deed on every target, from every place that is worth a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.arena.arena import SQUARE_FT, Arena
from rules.arena.fighter import Fighter
from rules.arena.ground import Place, away, caught, centres, feared, near, speed_of, toward
from rules.arena.sheet import Deed
from schemas.conditions import Condition

Kind = Literal["use", "dodge", "dash", "disengage", "flee", "wait"]
WEARY = 0.5
"""Below this share of the hit points it becomes an option to run from the fight."""
CLOSING_FT = 35.0
"""From how near an enemy is close enough to step away from before one shoots."""


@dataclass(slots=True, eq=False)
class Option:
    """One thing to do, with its target and the place to do it from."""

    kind: Kind
    deed: Deed | None = None
    target: Fighter | None = None
    place: Place | None = None
    """Where to walk first; None: stay."""
    targets: tuple[Fighter, ...] = ()
    """All that it reaches, `target` first; of an area, friends too."""


Policy = Callable[[Arena, Fighter, Sequence[Option]], Option]
"""Who decides: given an arena, whoever has the turn and what is legal, it names one of these options."""

WAIT = Option("wait")
"""Do nothing: the bonus action, or a legendary action, is let go."""


def options(arena: Arena, fighter: Fighter) -> list[Option]:
    """What it may do with its action and its movement. Never empty: whoever can do nothing waits.

    Attacks go to enemies that stand and can be made out, healing to friends. There is one option a deed and target
    from the nearest place that serves, and for what is shot or cast also one from a place farther from the enemy.
    """
    if not fighter.can_act:
        return [WAIT]
    return Search(arena, fighter, speed_of(fighter)).turn()


def bonus_options(arena: Arena, fighter: Fighter) -> list[Option]:
    """What it may do with its bonus action, from where it stands; to let it go is the last of them."""
    deeds = fighter.sheet.bonus_deeds
    if not deeds or not fighter.can_act:
        return []
    return [*_uses(arena, fighter, deeds, 0), WAIT]


def legendary_options(arena: Arena, fighter: Fighter) -> list[Option]:
    """What it may do between turns, from where it stands; to wait is the last (SRD 5.1, "Legendary Actions")."""
    deeds = fighter.sheet.legendary
    if not deeds or fighter.legendary_points <= 0 or not fighter.can_act:
        return []
    return [*_uses(arena, fighter, deeds, 0), WAIT]


def uses_of(arena: Arena, fighter: Fighter, deeds: Iterable[Deed]) -> list[Option]:
    """All ways to use some of its deeds on its turn, without what else it could do."""
    if not fighter.can_act:
        return []
    return _uses(arena, fighter, deeds, speed_of(fighter))


def _uses(arena: Arena, fighter: Fighter, deeds: Iterable[Deed], speed: int) -> list[Option]:
    ready = [deed for deed in deeds if fighter.can_use(deed)]
    if not ready:
        return []
    search = Search(arena, fighter, speed)
    return [option for deed in ready for option in search.uses(deed)]


class Search:
    """One look around: what several deeds share is worked out once."""

    __slots__ = ("_away", "_marks", "_near", "arena", "fears", "fighter", "foes", "gaps", "rush", "speed")

    def __init__(self, arena: Arena, fighter: Fighter, speed: int) -> None:
        self.arena, self.fighter, self.speed = arena, fighter, speed
        self.rush = 2 * speed if fighter.sheet.rushes and fighter.bonus else speed
        self.foes = arena.foes(fighter)
        self.gaps = arena.gaps[fighter.index]
        self.fears = feared(arena, fighter) if fighter.plight.afraid else []
        self._marks: list[Fighter] | None = None
        self._near = dict[tuple[int, float], Place | None]()
        self._away: Place | Literal[False] | None = False

    @property
    def marks(self) -> list[Fighter]:
        """Enemies that it can make out, and is not charmed by."""
        found = self._marks
        if found is None:
            ailments, gaps, sense = self.fighter.ailments, self.gaps, self.fighter.sheet.sharpest_sense_ft
            found = [foe for foe in self.foes if not foe.plight.unseen or gaps[foe.index] <= sense]
            if ailments:
                charmers = [one.source for one in ailments if one.condition is Condition.CHARMED]
                found = [foe for foe in found if foe.index not in charmers]
            self._marks = found
        return found

    def turn(self) -> list[Option]:
        """All that it may do on its turn."""
        fighter, arena, found = self.fighter, self.arena, list[Option]()
        for deed in fighter.sheet.deeds:
            if fighter.uses[deed.slot] != 0:
                found += self.uses(deed)
        found.append(Option("dodge"))
        if not self.foes:
            return found
        if self.speed:
            found += self.dashes()
            retreat = self.retreat
            if retreat is not None:
                found.append(Option("disengage", place=retreat))
            if fighter.fraction < WEARY:
                found.append(Option("flee", place=away(arena, fighter, self.foes, 2 * self.speed) or retreat))
        return found

    def dashes(self) -> list[Option]:
        """All ways to come nearer to enemies that it cannot reach."""
        found = list[Option]()
        for foe in self.foes if self.speed else ():
            place = None if self._in_reach(foe) else toward(self.arena, self.fighter, foe, 2 * self.speed)
            if place is not None and not self._frightening(place):
                found.append(Option("dash", target=foe, place=place))
        return found

    def uses(self, deed: Deed) -> list[Option]:
        """All ways to use one deed."""
        found = list[Option]()
        if not deed.hurts:
            if deed.heal is not None:
                self._heals(deed, found)
        elif deed.single:
            self._on(deed, found)
        elif deed.area is not None and self.fighter.x is not None:
            self._areas(deed, found)
        elif deed.action.targets > 1 and not deed.parts:
            self._several(deed, found)
        else:
            self._on(deed, found)
        return found

    def _on(self, deed: Deed, found: list[Option]) -> None:
        """One target each."""
        for foe in self.marks:
            found += [Option("use", deed, foe, place, (foe,)) for place in self.places(deed, foe)]

    def places(self, deed: Deed, foe: Fighter) -> list[Place | None]:
        """Where to use it on one target: by hand from beside it; from afar from here, or from farther away."""
        gap, reach, furthest = self.gaps[foe.index], deed.reach_ft, deed.furthest_ft
        found = list[Place | None]()
        if reach:
            if gap <= reach:
                found.append(None)
            else:
                place = self._nearest(foe, reach)
                if place is not None:
                    found.append(place)
        if furthest <= reach:
            return found
        if reach < gap <= furthest:
            found.append(None)
        elif gap > furthest:
            place = self._nearest(foe, furthest)
            if place is not None:
                found.append(place)
        if gap > SQUARE_FT + self.rush and self.fighter.sheet.by_hand:
            nearer = self._advance(foe)
            if nearer is not None and self.arena.row(nearer)[foe.index] <= furthest:
                found.append(nearer)
        back = self.retreat
        if back is not None and reach < self.arena.row(back)[foe.index] <= deed.range_ft:
            found.append(back)
        return found

    def _several(self, deed: Deed, found: list[Option]) -> None:
        """Several targets of one's choice: whoever is named, and the nearest others."""
        marks = sorted(self.marks, key=lambda foe: self.gaps[foe.index])
        most, furthest = deed.action.targets, deed.furthest_ft
        there = [foe for foe in marks if self.gaps[foe.index] <= furthest]
        for foe in there[:1] if len(there) <= most else there:
            others = [one for one in there if one is not foe][: most - 1]
            found.append(Option("use", deed, foe, None, (foe, *others)))
        if not there:
            for foe in marks:
                place = self._nearest(foe, furthest)
                if place is not None:
                    found.append(Option("use", deed, foe, place, (foe,)))

    def _areas(self, deed: Deed, found: list[Option]) -> None:
        """An area at each place that catches others than the places before."""
        area = deed.area
        if area is None or not self.marks:
            return
        from_here = area.shape in ("cone", "line")
        seen = set[tuple[int, ...]]()
        for start in self._starts(deed):
            for centre in centres(self.marks, between=not from_here):
                if not from_here and self._far(start, centre) > deed.furthest_ft:
                    continue
                struck = caught(self.arena, deed, self.fighter, start, centre)
                key = tuple(one.index for one in struck)
                foe = next((one for one in struck if one in self.marks), None)
                if foe is None or key in seen:
                    continue
                seen.add(key)
                found.append(Option("use", deed, foe, start, (foe, *(one for one in struck if one is not foe))))

    def _starts(self, deed: Deed) -> list[Place | None]:
        nearest = min(self.marks, key=lambda foe: self.gaps[foe.index])
        gap, from_here = self.gaps[nearest.index], deed.area is not None and deed.area.shape in ("cone", "line")
        wanted = deed.furthest_ft / 2 if from_here else deed.furthest_ft
        starts: list[Place | None] = [None] if gap <= deed.furthest_ft else []
        if gap > wanted:
            place = self._nearest(nearest, max(SQUARE_FT, wanted // SQUARE_FT * SQUARE_FT))
            starts += [] if place is None else [place]
        return starts

    def _far(self, start: Place | None, centre: Place) -> float:
        x, y = start or (self.fighter.x or 0.0, self.fighter.y)
        return max(abs(x - centre[0]), abs(y - centre[1]))

    def _heals(self, deed: Deed, found: list[Option]) -> None:
        gaps, furthest = self.gaps, deed.furthest_ft
        friends = [one for one in self.arena.friends(self.fighter) if one.hit_points < one.most]
        for friend in friends + self.arena.fallen_friends(self.fighter):
            if gaps[friend.index] <= furthest:
                found.append(Option("use", deed, friend, None, (friend,)))
            elif self.speed:
                place = self._nearest(friend, furthest)
                if place is not None:
                    found.append(Option("use", deed, friend, place, (friend,)))

    def _nearest(self, target: Fighter, within_ft: float) -> Place | None:
        """The square to do it from, if a walk leads there."""
        if not self.speed or self.gaps[target.index] - within_ft > self.rush:
            return None
        key = (target.index, within_ft)
        if key not in self._near:
            place = near(self.arena, self.fighter, target, within_ft, self.rush)
            self._near[key] = None if place is None or self._frightening(place) else place
        return self._near[key]

    def _advance(self, foe: Fighter) -> Place | None:
        """As near to an enemy as one walk leads, for who wants to be beside it next turn."""
        key = (foe.index, -1.0)
        if key not in self._near:
            place = toward(self.arena, self.fighter, foe, self.speed) if self.speed else None
            self._near[key] = None if place is None or self._frightening(place) else place
        return self._near[key]

    @property
    def retreat(self) -> Place | None:
        """A step back from enemies that are close; None: nobody is close, or there is nowhere to go."""
        if self._away is False:
            close = [foe for foe in self.foes if self.gaps[foe.index] <= CLOSING_FT]
            place = away(self.arena, self.fighter, close, self.speed) if close else None
            self._away = None if place is None or self._frightening(place) else place
        return self._away

    def _in_reach(self, foe: Fighter) -> bool:
        return self.gaps[foe.index] <= SQUARE_FT + self.rush

    def _frightening(self, place: Place) -> bool:
        if not self.fears:
            return False
        return any(self.arena.gap_from(place, one) < self.gaps[one.index] for one in self.fears)
