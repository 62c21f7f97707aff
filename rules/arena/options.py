"""What a fighter may do now: every legal deed on every target, from every place that is worth a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    return list(_Search(arena, fighter, speed_of(fighter)).turn())


def bonus_options(arena: Arena, fighter: Fighter) -> list[Option]:
    """What it may do with its bonus action, from where it stands; to let it go is the last of them."""
    deeds = fighter.sheet.bonus_deeds
    if not deeds or not fighter.can_act:
        return []
    search = _Search(arena, fighter, 0)
    return [*(option for deed in deeds if fighter.can_use(deed) for option in search.uses(deed)), WAIT]


def legendary_options(arena: Arena, fighter: Fighter) -> list[Option]:
    """What it may do between turns, from where it stands; to wait is the last (SRD 5.1, "Legendary Actions")."""
    deeds = fighter.sheet.legendary
    if not deeds or fighter.legendary_points <= 0 or not fighter.can_act:
        return []
    search = _Search(arena, fighter, 0)
    return [*(option for deed in deeds if fighter.can_use(deed) for option in search.uses(deed)), WAIT]


def uses_of(arena: Arena, fighter: Fighter, deeds: Iterable[Deed]) -> list[Option]:
    """All ways to use some of its deeds on its turn, without what else it could do."""
    if not fighter.can_act:
        return []
    search = _Search(arena, fighter, speed_of(fighter))
    return [option for deed in deeds if fighter.can_use(deed) for option in search.uses(deed)]


class _Search:
    """One look around: what several deeds share is worked out once."""

    __slots__ = ("_away", "_near", "arena", "fears", "fighter", "foes", "gaps", "marks", "speed")

    def __init__(self, arena: Arena, fighter: Fighter, speed: int) -> None:
        self.arena, self.fighter, self.speed = arena, fighter, speed
        self.foes = arena.foes(fighter)
        self.gaps = arena.gaps[fighter.index]
        self.fears = feared(arena, fighter) if fighter.plight.afraid else []
        self.marks = self._marks()
        self._near = dict[tuple[int, float], Place | None]()
        self._away: Place | Literal[False] | None = False

    def _marks(self) -> list[Fighter]:
        """Enemies that it can make out, and is not charmed by."""
        charmers = [one.source for one in self.fighter.ailments if one.condition is Condition.CHARMED]
        sense = self.fighter.sheet.sharpest_sense_ft
        return [
            foe
            for foe in self.foes
            if foe.index not in charmers and (not foe.plight.unseen or self.gaps[foe.index] <= sense)
        ]

    def turn(self) -> Iterator[Option]:
        fighter, arena = self.fighter, self.arena
        for deed in fighter.sheet.deeds:
            if fighter.uses[deed.slot] != 0:
                yield from self.uses(deed)
        yield Option("dodge")
        if not self.foes:
            return
        if self.speed:
            for foe in self.foes:
                place = None if self._in_reach(foe) else toward(arena, fighter, foe, 2 * self.speed)
                if place is not None and not self._frightening(place):
                    yield Option("dash", target=foe, place=place)
            retreat = self.retreat
            if retreat is not None:
                yield Option("disengage", place=retreat)
            if fighter.fraction < WEARY:
                yield Option("flee", place=away(arena, fighter, self.foes, 2 * self.speed) or retreat)

    def uses(self, deed: Deed) -> Iterator[Option]:
        """All ways to use one deed."""
        if not deed.hurts:
            if deed.heal is not None:
                yield from self._heals(deed)
        elif deed.area is not None and self.fighter.x is not None:
            yield from self._areas(deed)
        elif deed.action.targets > 1 and not deed.parts:
            yield from self._several(deed)
        else:
            for foe in self.marks:
                yield from self._on(deed, foe)

    def _on(self, deed: Deed, foe: Fighter) -> Iterator[Option]:
        """One target: by hand from beside it; from afar from here, or from farther away."""
        gap, reach = self.gaps[foe.index], deed.reach_ft
        if reach:
            if gap <= reach:
                yield Option("use", deed, foe, None, (foe,))
            else:
                place = self._nearest(foe, reach)
                if place is not None:
                    yield Option("use", deed, foe, place, (foe,))
        furthest = deed.furthest_ft
        if furthest > reach:
            if reach < gap <= furthest:
                yield Option("use", deed, foe, None, (foe,))
            elif gap > furthest:
                place = self._nearest(foe, furthest)
                if place is not None:
                    yield Option("use", deed, foe, place, (foe,))
            if gap > SQUARE_FT + self.speed and self.fighter.sheet.by_hand:
                nearer = self._advance(foe)
                if nearer is not None and self.arena.gap_from(nearer, foe) <= furthest:
                    yield Option("use", deed, foe, nearer, (foe,))
            back = self.retreat
            if back is not None and reach < self.arena.gap_from(back, foe) <= deed.range_ft:
                yield Option("use", deed, foe, back, (foe,))

    def _several(self, deed: Deed) -> Iterator[Option]:
        """Several targets of one's choice: whoever is named, and the nearest others."""
        marks = sorted(self.marks, key=lambda foe: self.gaps[foe.index])
        most, furthest = deed.action.targets, deed.furthest_ft
        there = [foe for foe in marks if self.gaps[foe.index] <= furthest]
        for foe in there[:1] if len(there) <= most else there:
            others = [one for one in there if one is not foe][: most - 1]
            yield Option("use", deed, foe, None, (foe, *others))
        if not there:
            for foe in marks:
                place = self._nearest(foe, furthest)
                if place is not None:
                    yield Option("use", deed, foe, place, (foe,))

    def _areas(self, deed: Deed) -> Iterator[Option]:
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
                yield Option("use", deed, foe, start, (foe, *(one for one in struck if one is not foe)))

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

    def _heals(self, deed: Deed) -> Iterator[Option]:
        friends = [one for one in self.arena.friends(self.fighter) if one.hit_points < one.most]
        for friend in (*friends, *self.arena.fallen_friends(self.fighter)):
            if self.gaps[friend.index] <= deed.furthest_ft:
                yield Option("use", deed, friend, None, (friend,))
            else:
                place = self._nearest(friend, deed.furthest_ft)
                if place is not None:
                    yield Option("use", deed, friend, place, (friend,))

    def _nearest(self, target: Fighter, within_ft: float) -> Place | None:
        """The square to do it from, if a walk leads there."""
        if not self.speed:
            return None
        key = (target.index, within_ft)
        if key not in self._near:
            place = near(self.arena, self.fighter, target, within_ft, self.speed)
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
        return self.gaps[foe.index] <= SQUARE_FT + self.speed

    def _frightening(self, place: Place) -> bool:
        return any(self.arena.gap_from(place, one) < self.gaps[one.index] for one in self.fears)
