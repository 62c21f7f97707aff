"""Places: how one gets near, who strikes at one's back on the way, and whom an area catches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from math import hypot, inf

from rules.arena.arena import SQUARE_FT, Arena
from rules.arena.fighter import Fighter
from rules.arena.sheet import Deed
from rules.mechanics.conditions import SOUND, movement_ft
from schemas.conditions import Condition
from schemas.creatures import Area

Place = tuple[float, float]
MOST_CENTRES = 12
"""Places that an area is tried at."""
MOST_AROUND = 6
"""How many squares around a target are looked at for a free one."""
_ASIDE = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))


def speed_of(fighter: Fighter) -> int:
    """Feet that it can move this turn; standing up costs half (SRD 5.1, "Being Prone")."""
    speed = fighter.sheet.speed_ft
    if fighter.plight is not SOUND:
        speed = movement_ft(speed, fighter.plight)
    return speed - speed // 2 if fighter.rose else speed


def feared(arena: Arena, fighter: Fighter) -> list[Fighter]:
    """Whom it cannot come nearer to (SRD 5.1, "Frightened")."""
    if not fighter.plight.afraid:
        return []
    sources = (one.source for one in fighter.ailments if one.condition is Condition.FRIGHTENED)
    return [arena.fighters[source] for source in sources if source is not None and arena.fighters[source].standing]


@lru_cache(maxsize=64)
def _ring(squares: int) -> tuple[tuple[float, float], ...]:
    """Steps to all squares within so many of one, that one left out, the outermost first."""
    steps = [
        (east, north)
        for east in range(-squares, squares + 1)
        for north in range(-squares, squares + 1)
        if (east, north) != (0, 0)
    ]
    steps.sort(key=lambda step: -max(abs(step[0]), abs(step[1])))
    return tuple((east * SQUARE_FT, north * SQUARE_FT) for east, north in steps)


def near(arena: Arena, fighter: Fighter, target: Fighter, within_ft: float, speed_ft: float) -> Place | None:
    """The square within so many feet of a target that is reached with the fewest steps; None when there is none."""
    if fighter.x is None or target.x is None:
        return None
    x, y, to_x, to_y = fighter.x, fighter.y, target.x, target.y
    if max(abs(x - to_x), abs(y - to_y)) - within_ft > speed_ft or within_ft < SQUARE_FT:
        return None
    straight = (to_x + _between(x - to_x, within_ft), to_y + _between(y - to_y, within_ft))
    if arena.free(straight):
        return straight
    best, found, squares = speed_ft + 0.1, None, min(MOST_AROUND, int(within_ft // SQUARE_FT))
    least = max(abs(x - to_x), abs(y - to_y)) - squares * SQUARE_FT
    for east, north in _ring(squares):
        place = (to_x + east, to_y + north)
        steps = max(abs(place[0] - x), abs(place[1] - y))
        if steps < best and arena.free(place):
            best, found = steps, place
            if steps <= least:  # no square is nearer
                break
    return found


def _between(offset: float, most: float) -> float:
    return most if offset > most else -most if offset < -most else offset


def toward(arena: Arena, fighter: Fighter, target: Fighter, speed_ft: float) -> Place | None:
    """The free square nearest to a target that so many feet lead to; None when one cannot come nearer."""
    if fighter.x is None or target.x is None:
        return None
    far = arena.gaps[fighter.index][target.index]
    for feet in (speed_ft, speed_ft - SQUARE_FT, speed_ft - 2 * SQUARE_FT):
        left = max(SQUARE_FT, far - feet)
        if feet < SQUARE_FT or left >= far:
            continue
        place = near(arena, fighter, target, SQUARE_FT * (left // SQUARE_FT + (left % SQUARE_FT > 0)), feet)
        if place is not None:
            return place
    return None


def away(arena: Arena, fighter: Fighter, foes: Iterable[Fighter], speed_ft: float) -> Place | None:
    """The square, of those that a straight run leads to, that is farthest from all enemies; None: nowhere better."""
    if fighter.x is None or speed_ft < SQUARE_FT:
        return None
    places = [(foe.x, foe.y) for foe in foes if foe.x is not None]
    if not places:
        return None
    steps = speed_ft // SQUARE_FT * SQUARE_FT
    best, found = _nearest((fighter.x, fighter.y), places, 0.0), None
    for east, north in _ASIDE:
        place = (
            _between(fighter.x + east * steps, arena.field_ft),
            _between(fighter.y + north * steps, arena.field_ft),
        )
        nearest = _nearest(place, places, best)
        if nearest > best and arena.free(place):
            best, found = nearest, place
    return found


def _nearest(place: Place, others: Iterable[Place], least: float) -> float:
    """Feet to the nearest of other places; no more than `least` where one is as near as that."""
    (x, y), nearest = place, inf
    for other_x, other_y in others:
        east, north = abs(x - other_x), abs(y - other_y)
        gap = east if east > north else north
        if gap < nearest:
            nearest = gap
            if gap <= least:
                break
    return nearest


def provoked(arena: Arena, fighter: Fighter, place: Place | None) -> list[tuple[Fighter, Deed]]:
    """The enemies who may strike at one who walks there, and with what (SRD 5.1, "Opportunity Attacks").

    An enemy strikes when one leaves its reach: from where one stands, or in passing.
    """
    if place is None or fighter.x is None or fighter.disengaged or fighter.sheet.flyby or slips(arena, fighter, place):
        return []
    return in_the_way(arena, fighter, place)


def slips(arena: Arena, fighter: Fighter, place: Place) -> bool:
    """Whether it disengages for its bonus action; who runs for it (`rushes`) does not (SRD 5.1, "Nimble Escape")."""
    sheet = fighter.sheet
    if not (sheet.nimble and fighter.bonus):
        return False
    return not sheet.rushes or arena.row(place)[fighter.index] <= speed_of(fighter)


def in_the_way(arena: Arena, fighter: Fighter, place: Place) -> list[tuple[Fighter, Deed]]:
    """The enemies whose reach one leaves on the way there, or passes through."""
    if fighter.x is None:
        return []
    found, here = list[tuple[Fighter, Deed]](), arena.gaps[fighter.index]
    there = arena.row(place)
    for foe in arena.foes(fighter):
        strike = foe.sheet.opportunity
        if strike is None or there[foe.index] <= strike.reach_ft:
            continue
        if not foe.reaction or foe.x is None or foe.plight.no_actions:
            continue
        if here[foe.index] <= strike.reach_ft or _passes(fighter, place, foe, strike.reach_ft):
            found.append((foe, strike))
    return found


def _passes(fighter: Fighter, place: Place, foe: Fighter, reach_ft: float) -> bool:
    """Whether a walk, first slantwise and then straight, leads through somebody's reach."""
    if fighter.x is None or foe.x is None:
        return False
    x, y = fighter.x, fighter.y
    low_x, high_x = (x, place[0]) if x < place[0] else (place[0], x)
    low_y, high_y = (y, place[1]) if y < place[1] else (place[1], y)
    if foe.x + reach_ft < low_x or foe.x - reach_ft > high_x or foe.y + reach_ft < low_y or foe.y - reach_ft > high_y:
        return False
    while (x, y) != place:
        x += _between(place[0] - x, SQUARE_FT)
        y += _between(place[1] - y, SQUARE_FT)
        if abs(x - foe.x) <= reach_ft and abs(y - foe.y) <= reach_ft:
            return True
    return False


def catches(area: Area, start: Place, centre: Place, point: Place) -> bool:
    """Whether an area that is aimed at a place holds a point (SRD 5.1, "Areas of Effect").

    A sphere and a cube have it in their middle. A cone and a line begin at `start`: a cone is as wide as it is far,
    a line is 5 feet wide.
    """
    if area.shape == "sphere":
        return max(abs(point[0] - centre[0]), abs(point[1] - centre[1])) <= area.size_ft
    if area.shape == "cube":
        return max(abs(point[0] - centre[0]), abs(point[1] - centre[1])) <= area.size_ft / 2
    toward_x, toward_y = centre[0] - start[0], centre[1] - start[1]
    far = hypot(toward_x, toward_y)
    if far == 0:
        return False
    x, y = point[0] - start[0], point[1] - start[1]
    along = (x * toward_x + y * toward_y) / far
    aside = abs(x * toward_y - y * toward_x) / far
    if not 0 < along <= area.size_ft + SQUARE_FT / 2:
        return False
    return aside <= (along / 2 if area.shape == "cone" else SQUARE_FT / 2)


def caught(arena: Arena, deed: Deed, fighter: Fighter, start: Place | None, centre: Place) -> list[Fighter]:
    """All who stand in the area of a deed, friend and foe; who starts a cone or a line is not in it."""
    area = deed.area
    if area is None:
        return []
    here = start or (fighter.x or 0.0, fighter.y)
    from_here = area.shape in ("cone", "line")
    found = list[Fighter]()
    for one in arena.fighters:
        if not one.standing or one.x is None or (one is fighter and from_here):
            continue
        point = here if one is fighter else (one.x, one.y)
        if catches(area, here, centre, point):
            found.append(one)
    return found


def centres(foes: Sequence[Fighter], *, between: bool) -> Iterator[Place]:
    """Where an area may be aimed: at each enemy, and (`between`) in the middle of every two."""
    placed = [(foe.x, foe.y) for foe in foes if foe.x is not None]
    yield from placed[:MOST_CENTRES]
    if between and len(placed) <= MOST_CENTRES:
        for one, other in combinations(placed, 2):
            yield (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
