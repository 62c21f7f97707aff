"""How stances are carried out: by weights and orders in an arena, and by where a side stands when it begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rules.arena.arena import SQUARE_FT, Order
from rules.arena.fighter import Fighter
from rules.arena.ground import Place
from rules.arena.weights import Weights
from schemas.tactics import Stance

START_FT = 40
"""How far sides begin from each other, where no stance says otherwise."""
_MOST_IN_A_RANK = 6
_SHARES = frozenset({"aggression", "caution"})


def stances_of(book: Mapping[str, Stance], plan: Iterable[str]) -> tuple[Stance, ...]:
    """The stances of a plan; names that the book lacks are passed over."""
    return tuple(book[name] for name in plan if name in book)


def weighed(stances: Iterable[Stance], weights: Weights) -> Weights:
    """The weights of the tactical policy under these stances: each multiplied by what they say."""
    for stance in stances:
        changed = {name: getattr(weights, name) * factor for name, factor in stance.weights.items()}
        weights = replace(weights, **{name: min(1.0, new) if name in _SHARES else new for name, new in changed.items()})
    return weights


def ordered(stances: Iterable[Stance], focus: str | None) -> Order | None:
    """What the side is ordered to do: the first of the stances that has an order. A focus on nobody is none."""
    for stance in stances:
        if stance.order == "hold":
            return Order("hold")
        if stance.wants_focus and focus is not None:
            return Order("focus", focus)
    return None


def prey(stances: Iterable[Stance], foes: Sequence[Fighter]) -> str | None:
    """Whom the plan is about: the healer, the weakest or the caster, where the stances ask for one and it stands.

    The weakest has the least hit points for its armour; of several healers or casters the weakest is meant.
    """
    order = next((one.order for one in stances if one.wants_focus), None)
    standing = [one for one in foes if one.standing]
    match order:
        case "focus_healer":
            found = [one for one in standing if any(deed.heal is not None for deed in one.sheet.everything)]
        case "focus_caster":
            found = [one for one in standing if any(deed.area is not None for deed in one.sheet.everything)]
        case "focus_weakest":
            found = standing
        case _:
            found = []
    return min(found, key=lambda one: (one.hit_points * one.sheet.armor_class, one.id)).id if found else None


def places(number: int, stances: Iterable[Stance]) -> list[Place]:
    """Where `number` fighters begin, in feet: ranks of six to the east of enemies who stand around (0, 0)."""
    spacing, start = SQUARE_FT, float(START_FT)
    for stance in stances:
        spacing, start = stance.spacing_ft or spacing, float(stance.start_ft or start)
    found = list[Place]()
    for index in range(number):
        rank, file = divmod(index, _MOST_IN_A_RANK)
        side = (file + 1) // 2 * (-1 if file % 2 else 1)
        found.append((start + rank * spacing, side * spacing // SQUARE_FT * SQUARE_FT))
    return found
