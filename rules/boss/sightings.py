"""What somebody was seen to do: counted up, whether a game told of it or it was played in an arena."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.items import DamageType
from schemas.tactics import Habit, PlayerModel, Tally

Doing = Literal["strike", "area", "mend", "ward", "withdraw", "approach"]
"""A blow at one, a blow at several, healing, keeping one's guard up, getting away, or closing in."""
HAND_FT, NEAR_FT = 10.0, 60.0
"""How far `hand` and `near` reach."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One turn of somebody on the other side."""

    who: str
    doing: Doing
    range_ft: float | None = None
    """From how far they struck; None: they did not, or nobody could tell."""
    damage: tuple[DamageType | str, ...] = ()
    at_leader: bool | None = None
    """Whether they struck at the leader; None: they did not strike, or there is no leader."""
    at_hurt: bool | None = None
    """Whether they struck at somebody who was hurt; None: there was nothing to choose."""
    first: bool = False
    """Whether it is the first thing that they did in this fight."""

    @property
    def is_blow(self) -> bool:
        """Whether somebody was struck at."""
        return self.doing in ("strike", "area")


def count(sightings: Iterable[Sighting]) -> PlayerModel:
    """All sightings as counts; nothing has faded yet."""
    seen = tuple(sightings)
    blows = [one for one in seen if one.is_blow]
    told = [one for one in blows if one.range_ft is not None]
    chosen = [one for one in blows if one.at_hurt is not None]
    close = [one for one in told if (one.range_ft or 0.0) <= HAND_FT]
    bold = len(close) + sum(one.doing == "approach" for one in seen)
    timid = sum(one.doing in ("mend", "ward", "withdraw") for one in seen)
    return PlayerModel(
        aggression=Tally(seen=bold, of=len(seen)),
        caution=Tally(seen=timid, of=len(seen)),
        skill=Tally(seen=sum(one.at_hurt is True for one in chosen), of=len(chosen)),
        ranges=_habit(_range(one.range_ft or 0.0) for one in told),
        deeds=_habit(one.doing for one in seen),
        damage=_habit(str(kind) for one in blows for kind in one.damage),
        targets=_habit("leader" if one.at_leader else "follower" for one in blows if one.at_leader is not None),
        openings=_habit(one.doing for one in seen if one.first),
    )


def _range(feet: float) -> str:
    return "hand" if feet <= HAND_FT else "near" if feet <= NEAR_FT else "far"


def _habit(ways: Iterable[str]) -> Habit:
    return Habit(counts=dict(sorted(Counter(ways).items())))
