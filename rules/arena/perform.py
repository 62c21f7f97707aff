"""What an option does when it is carried out: the walk, and the deed with all its parts (SRD 5.1, "Combat")."""

from __future__ import annotations

from collections.abc import Iterable

from rules.arena.arena import Arena
from rules.arena.blows import strike, unleash
from rules.arena.fighter import Fighter
from rules.arena.ground import Place, in_the_way, provoked, slips, speed_of
from rules.arena.options import Option
from rules.arena.sheet import Deed

OUT_OF_SIGHT_FT = 120.0
"""Who runs and has no enemy within this many feet is gone."""


def perform(arena: Arena, fighter: Fighter, option: Option) -> None:
    """Walk, then do it. Who is struck down on the way does nothing more."""
    if option.kind == "disengage":
        fighter.disengaged = True
    if option.place is not None and option.kind == "use" and fighter.sheet.rushes and fighter.bonus:
        fighter.bonus = arena.row(option.place)[fighter.index] <= speed_of(fighter)
    if option.place is not None and not walk(arena, fighter, option.place):
        return
    if option.kind == "dodge":
        fighter.dodging = not fighter.plight.no_movement
    elif option.kind == "flee":
        _flee(arena, fighter, walked=option.place is not None)
    elif option.kind == "use" and option.deed is not None:
        use(arena, fighter, option.deed, option.targets)


def walk(arena: Arena, fighter: Fighter, place: Place) -> bool:
    """Go there, past whoever may strike; whether one arrives and can still act."""
    if fighter.sheet.nimble and slips(arena, fighter, place) and in_the_way(arena, fighter, place):
        fighter.bonus, fighter.disengaged = False, True
    for foe, strike_ in provoked(arena, fighter, place):
        foe.reaction = False
        strike(arena, foe, strike_, fighter, in_passing=True)
        if not fighter.can_act:
            return False
    fighter.ran_ft = arena.gap_from(place, fighter)
    arena.move(fighter, place)
    return True


def use(arena: Arena, fighter: Fighter, deed: Deed, targets: Iterable[Fighter]) -> None:
    """Use a deed, up to where it is used up: on a target, several, or all in an area."""
    _spend(fighter, deed)
    if deed.concentration:
        arena.lose_concentration(fighter)
    reached = list(targets)
    if deed.heal is not None:
        for target in reached:
            arena.mend(target, arena.dice.total(deed.heal), fighter)
    elif deed.parts:
        _sequence(arena, fighter, deed, reached)
    elif deed.is_attack:
        for target in reached:
            if target.standing and fighter.can_act:
                strike(arena, fighter, deed, target)
    elif deed.save is not None:
        unleash(arena, fighter, deed, deed.save, reached)
    if deed.concentration:
        fighter.concentrating = fighter.can_act


def _spend(fighter: Fighter, deed: Deed) -> None:
    if deed.action.legendary_cost is not None:
        fighter.legendary_points -= deed.action.legendary_cost
    if fighter.uses[deed.slot] > 0:
        fighter.uses[deed.slot] -= 1


def _sequence(arena: Arena, fighter: Fighter, deed: Deed, targets: list[Fighter]) -> None:
    """One attack after the other; when its target has fallen, the rest goes to the weakest other in reach."""
    target = targets[0] if targets else None
    for part in deed.parts:
        if not part.hurts or fighter.uses[part.slot] == 0:
            continue
        if target is None or not target.standing:
            row = arena.gaps[fighter.index]
            others = [
                foe for foe in arena.foes(fighter) if row[foe.index] <= part.furthest_ft and not foe.plight.unseen
            ]
            target = min(others, key=lambda foe: foe.hit_points, default=None)
        if target is None or not fighter.can_act:
            return
        if part is not deed and fighter.uses[part.slot] > 0:
            fighter.uses[part.slot] -= 1
        if part.is_attack:
            strike(arena, fighter, part, target)
        elif part.save is not None:
            unleash(arena, fighter, part, part.save, _also(arena, fighter, part, target))


def _also(arena: Arena, fighter: Fighter, part: Deed, target: Fighter) -> list[Fighter]:
    """A part of a multiattack that reaches several takes those who are nearest, too."""
    if part.action.targets == 1:
        return [target]
    row = arena.gaps[fighter.index]
    near = sorted(
        (foe for foe in arena.foes(fighter) if foe is not target and row[foe.index] <= part.furthest_ft),
        key=lambda foe: row[foe.index],
    )
    return [target, *near[: part.action.targets - 1]]


def _flee(arena: Arena, fighter: Fighter, *, walked: bool) -> None:
    """Get away: at once where nobody knows who stands where, else when the enemies are left behind."""
    if fighter.x is None:
        for foe in arena.foes(fighter):
            if foe.reaction and foe.can_act and foe.sheet.opportunity is not None:
                foe.reaction = False
                strike(arena, foe, foe.sheet.opportunity, fighter, in_passing=True)
                if not fighter.standing:
                    return
        arena.flee(fighter)
        return
    at_the_edge = max(abs(fighter.x), abs(fighter.y)) >= arena.field_ft
    row = arena.gaps[fighter.index]
    if walked and (at_the_edge or all(row[foe.index] > OUT_OF_SIGHT_FT for foe in arena.foes(fighter))):
        arena.flee(fighter)
