"""The most damage now: the policy that encounters are counted by, and a quick way to the same choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from rules.arena.aim import aim
from rules.arena.arena import Arena
from rules.arena.clash import clash
from rules.arena.fighter import Fighter
from rules.arena.ground import Place, speed_of
from rules.arena.options import WAIT, Option, Search, bonus_options, options
from rules.arena.sheet import Bid, Deed, Sheet
from rules.mechanics.conditions import SOUND

ALIKE = 1e-9
"""Options whose worth differs by no more than this are as good."""
MOST_REMEMBERED = 1024
"""Crowds of enemies that a sheet remembers its bids for; then it begins anew."""
NEARER = 0.01
"""What it is worth to come nearer, where no damage can be done."""


@dataclass(frozen=True, slots=True)
class Greedy:
    """The most damage that may be expected now, whoever it hits; nearer to an enemy where none can be done."""

    def __call__(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        """The best of the choices; between equals the dice decide."""
        return best_of(arena, choices, [_worth(arena, fighter, option) for option in choices])

    def turn(self, arena: Arena, fighter: Fighter) -> Option:
        """What it would choose of `options(arena, fighter)`, by the same dice.

        Most of them are never made: what could not be the best with all luck of place is left out (branch and bound).
        """
        if not fighter.can_act:
            return WAIT
        search = Search(arena, fighter, speed_of(fighter))
        best = _best(search, fighter.sheet.deeds, NEARER)
        if best is not None:
            return best
        nearer = search.dashes()
        if nearer:
            return nearer[0] if len(nearer) == 1 else arena.dice.choose(nearer)
        return self(arena, fighter, options(arena, fighter))

    def bonus(self, arena: Arena, fighter: Fighter) -> Option:
        """What it would choose of `bonus_options(arena, fighter)`, by the same dice; `WAIT` where that is nothing."""
        deeds = fighter.sheet.bonus_deeds
        if not deeds or not fighter.can_act:
            return WAIT
        hurting = [deed.hurts for deed in deeds if fighter.uses[deed.slot] != 0]
        if True in hurting:
            best = _best(Search(arena, fighter, 0), deeds, 0.0)
            if best is not None:
                return best
        elif not hurting:
            return WAIT
        choices = bonus_options(arena, fighter)
        if len(choices) == 1:
            return WAIT
        return self(arena, fighter, choices) if True in hurting else arena.dice.choose(choices)  # none hurts: all alike


def _best(search: Search, deeds: tuple[Deed, ...], least: float) -> Option | None:
    """The use of a deed that does the most damage; None when none does more than `least`."""
    arena, fighter, marks = search.arena, search.fighter, search.marks
    best, kept = least, list[tuple[int, float, Deed, Fighter, Place | None, tuple[Fighter, ...]]]()
    for bound, number, deed, mark in _bids(fighter, marks, deeds):
        if -bound < best - ALIKE:
            break
        if mark is None:
            for option in search.uses(deed):
                worth = _harm(arena, fighter, deed, option.targets, option.place)
                if worth >= best - ALIKE and option.target is not None:
                    best = max(best, worth)
                    kept.append((number, worth, deed, option.target, option.place, option.targets))
            continue
        foe = marks[mark]
        spreads, aimed = deed.against[foe.sheet].spreads, deed.aimed
        for place in search.places(deed, foe):
            worth = spreads[1 + aim(arena, fighter, deed, foe, place) if aimed else 1].mean
            if worth >= best - ALIKE:
                best = max(best, worth)
                kept.append((number, worth, deed, foe, place, (foe,)))
    if best <= least + ALIKE:
        return None
    if len(kept) > 1:
        kept = [one for one in kept if one[1] >= best - ALIKE]
        kept.sort(key=_number)
    _, _, deed, target, place, targets = kept[0] if len(kept) == 1 else arena.dice.choose(kept)
    return Option("use", deed, target, place, targets)


def _number(one: tuple[int, *tuple[object, ...]]) -> int:
    return one[0]


def _bids(fighter: Fighter, marks: Sequence[Fighter], deeds: tuple[Deed, ...]) -> tuple[Bid, ...]:
    """Deeds and whom to use them on, the best first; for the same enemies the second time it costs little."""
    sheet = fighter.sheet
    lucky = sheet.pack_tactics or sheet.reckless or bool(sheet.keen) or fighter.plight is not SOUND
    luck = tuple([lucky or foe.plight is not SOUND or foe.reckless for foe in marks])
    ready = tuple([left != 0 for left in fighter.uses])
    key = (deeds is sheet.bonus_deeds, ready, tuple([foe.sheet for foe in marks]), luck)
    known = sheet.bids.get(key)
    if known is None:
        if len(sheet.bids) >= MOST_REMEMBERED:
            sheet.bids.clear()
        known = sheet.bids[key] = tuple(sorted(_all_bids(deeds, *key[1:])))
    return known


def _all_bids(
    deeds: Sequence[Deed], ready: Sequence[bool], marks: Sequence[Sheet], luck: Sequence[bool]
) -> Iterator[Bid]:
    number = 0
    for deed in deeds:
        if not (ready[deed.slot] and deed.hurts):
            continue
        if not deed.single:
            yield -inf, number, deed, None
            number += 1
            continue
        for mark, (sheet, lucky) in enumerate(zip(marks, luck, strict=True)):
            meeting = clash(deed, sheet)
            yield -(meeting.most if lucky else meeting.usual), number, deed, mark
            number += 1


def _worth(arena: Arena, fighter: Fighter, option: Option) -> float:
    deed = option.deed
    if deed is None or deed.heal is not None:
        return NEARER if option.kind == "dash" else 0.0 if option.kind != "flee" else -1.0
    return _harm(arena, fighter, deed, option.targets, option.place)


def _harm(arena: Arena, fighter: Fighter, deed: Deed, targets: Iterable[Fighter], place: Place | None) -> float:
    """The mean damage to enemies, less that to friends."""
    worth = 0.0
    for target in targets:
        index = 1 + (aim(arena, fighter, deed, target, place) if deed.aimed else 0)
        mean = clash(deed, target.sheet).spreads[index].mean
        worth += mean if target.side != fighter.side else -mean
    return worth


def best_of(arena: Arena, choices: Sequence[Option], worths: Sequence[float]) -> Option:
    """The choice of the highest worth; between equals the dice decide."""
    best = max(worths) - ALIKE
    found = [option for option, worth in zip(choices, worths, strict=True) if worth >= best]
    return found[0] if len(found) == 1 else arena.dice.choose(found)


greedy = Greedy()
