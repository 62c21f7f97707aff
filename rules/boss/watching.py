"""Watch a party in an arena: a policy that lets another decide, and notes what it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rules.arena.arena import Arena
from rules.arena.fighter import Fighter
from rules.arena.options import Option, Policy
from rules.boss.sightings import Sighting

_BESIDES = {"dodge": "ward", "disengage": "withdraw", "flee": "withdraw", "dash": "approach"}


@dataclass(slots=True)
class Watcher:
    """Decides as `policy` does. `seen` is what a boss on the other side would know of it."""

    policy: Policy
    leader: str = ""
    """The id of whoever watches."""
    seen: list[Sighting] = field(default_factory=list[Sighting])
    _began: set[str] = field(default_factory=set[str])

    def __call__(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        """What the policy says, noted."""
        option = self.policy(arena, fighter, choices)
        sighting = self._sighting(arena, fighter, option)
        if sighting is not None:
            self._began.add(fighter.id)
            self.seen.append(sighting)
        return option

    def _sighting(self, arena: Arena, fighter: Fighter, option: Option) -> Sighting | None:
        first = fighter.id not in self._began
        deed, target = option.deed, option.target
        if option.kind != "use" or deed is None or target is None:
            besides = _BESIDES.get(option.kind)
            return None if besides is None else Sighting(fighter.id, besides, first=first)  # pyright: ignore[reportArgumentType]  # the values of a literal dict
        if deed.heal is not None:
            return Sighting(fighter.id, "mend", first=first)
        marks = [one for one in option.targets if one.side != fighter.side]
        gap = arena.gaps[fighter.index][target.index]
        if option.place is not None:
            gap = arena.gap_from(option.place, target)
        foes = arena.foes(fighter)
        hurt = {one.id for one in foes if one.hit_points < one.most}
        several = deed.area is not None or deed.action.targets > 1
        parts = deed.parts or (deed,)
        return Sighting(
            fighter.id,
            "area" if several else "strike",
            range_ft=gap,
            damage=tuple(dict.fromkeys(roll.type for part in parts for roll in part.action.damage)),
            at_leader=any(one.id == self.leader for one in marks) if self.leader else None,
            at_hurt=target.id in hurt if 0 < len(hurt) < len(foes) else None,
            first=first,
        )
