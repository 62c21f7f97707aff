"""What the behaviour of a party comes to: how it is added up, how it fades, and what players are told apart by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from schemas.tactics import Feature, Habit, PlayerModel, Tally

ROUND_FADES: Final = 0.97
"""What is left of a sighting after a round: the half-life is 23 rounds."""
FIGHT_FADES: Final = 0.6
"""What is left of a sighting after a fight, besides: after three fights of another style the new one prevails."""
FEATURES: Final[tuple[Feature, ...]] = ("aggression", "caution", "skill", "afar", "areas", "mending", "leader")
"""The order in which a learner sees them."""
USUAL: Final[Mapping[Feature, tuple[float, float]]] = {
    "aggression": (0.30, 0.40),
    "caution": (0.08, 0.10),
    "skill": (0.80, 0.20),
    "afar": (0.70, 0.35),
    "areas": (0.03, 0.06),
    "mending": (0.08, 0.10),
    "leader": (0.30, 0.20),
}
"""The share that is nothing out of the common, and how far from it a full step is: measured over the party archetypes
that ship (`python -m evals boss`)."""
_LEAST = 0.01
"""A count below this is forgotten."""


def faded(player: PlayerModel, factor: float) -> PlayerModel:
    """The same with less weight: every count times `factor`, 0 to 1. What it says stays, how sure it is does not."""
    return PlayerModel(
        aggression=_less(player.aggression, factor),
        caution=_less(player.caution, factor),
        skill=_less(player.skill, factor),
        ranges=_rarer(player.ranges, factor),
        deeds=_rarer(player.deeds, factor),
        damage=_rarer(player.damage, factor),
        targets=_rarer(player.targets, factor),
        openings=_rarer(player.openings, factor),
    )


def together(one: PlayerModel, other: PlayerModel) -> PlayerModel:
    """What both have seen."""
    return PlayerModel(
        aggression=_both(one.aggression, other.aggression),
        caution=_both(one.caution, other.caution),
        skill=_both(one.skill, other.skill),
        ranges=_joined(one.ranges, other.ranges),
        deeds=_joined(one.deeds, other.deeds),
        damage=_joined(one.damage, other.damage),
        targets=_joined(one.targets, other.targets),
        openings=_joined(one.openings, other.openings),
    )


def after(player: PlayerModel, seen: PlayerModel, *, rounds: int = 1, fight_over: bool = False) -> PlayerModel:
    """The model once `seen` is added: what was known before has faded by the rounds, and by a fight that is over."""
    factor = ROUND_FADES**rounds * (FIGHT_FADES if fight_over else 1.0)
    return together(faded(player, factor), seen)


def features(player: PlayerModel) -> dict[str, float]:
    """What players are told apart by, each -1 to 1: 0 where they are as usual, or where nothing is known of them.

    The distance of the estimated share from the usual one, in full steps; on little evidence it stays near the usual.
    """
    tallies: Mapping[Feature, Tally] = {
        "aggression": player.aggression,
        "caution": player.caution,
        "skill": player.skill,
        "afar": player.ranges.tally("near", "far"),
        "areas": player.deeds.tally("area"),
        "mending": player.deeds.tally("mend"),
        "leader": player.targets.tally("leader"),
    }
    return {name: _steps(tallies[name], *USUAL[name]) for name in FEATURES}


def _steps(tally: Tally, usual: float, step: float) -> float:
    return round(max(-1.0, min(1.0, (tally.estimate(usual) - usual) / step)), 3)


def _less(tally: Tally, factor: float) -> Tally:
    return Tally(seen=round(tally.seen * factor, 3), of=round(tally.of * factor, 3))


def _both(one: Tally, other: Tally) -> Tally:
    return Tally(seen=one.seen + other.seen, of=one.of + other.of)


def _rarer(habit: Habit, factor: float) -> Habit:
    left = {way: round(count * factor, 3) for way, count in habit.counts.items()}
    return Habit(counts={way: count for way, count in left.items() if count >= _LEAST})


def _joined(one: Habit, other: Habit) -> Habit:
    ways = {**one.counts, **other.counts}
    return Habit(counts={way: one.counts.get(way, 0.0) + other.counts.get(way, 0.0) for way in sorted(ways)})
