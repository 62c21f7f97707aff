"""How a fight ended, from the event that tells it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from schemas.events import CombatEnded
from schemas.scene import PresentEntity, Scene


@dataclass(frozen=True, slots=True)
class Ending:
    """What is left of a side and of all others, each 0 to 1: by hit points where the scene has them, else by heads."""

    there: bool
    """Whether anybody of one's own side took part."""
    won: bool
    own_left: float
    theirs_left: float

    @property
    def margin(self) -> float:
        """What is left of one's own side less what is left of the others, -1 to 1."""
        return self.own_left - self.theirs_left


def ending(scene: Scene, event: CombatEnded, ours: Callable[[str], bool]) -> Ending:
    """How the fight ended for the side of whom `ours` says so."""
    left = {event.actor, *event.survivors} - set(event.fallen)
    known = sorted({*left, *event.fallen})
    own, theirs = [name for name in known if ours(name)], [name for name in known if not ours(name)]
    own_left, theirs_left = _share_left(scene, own, left), _share_left(scene, theirs, left)
    won = own_left > 0 and (theirs_left == 0 or ours(event.actor))
    return Ending(bool(own), won, own_left, theirs_left)


def _share_left(scene: Scene, names: list[str], left: set[str]) -> float:
    """Of those who fought, what still stands."""
    shares = [_fraction(scene.entity(name)) if name in left else 0.0 for name in names]
    return sum(shares) / len(shares) if shares else 0.0


def _fraction(one: PresentEntity | None) -> float:
    return one.hit_points.fraction if one is not None and one.hit_points is not None else 1.0
