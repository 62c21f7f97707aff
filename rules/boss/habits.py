"""What the behaviour of a party comes to: how it is added up, how it fades, and what players are told apart by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_TALLIES: Final = ("aggression", "caution", "skill")
_HABITS: Final = ("ranges", "deeds", "damage", "targets", "openings")


def summed(sightings: Iterable[tuple[PlayerModel, float]]) -> PlayerModel:
    """All that was seen, each sighting with every count times its weight, 0 to 1.

    Weight says how sure a model is, not what it says: the shares of one sighting are the same at every weight.
    """
    tallies = {name: [0.0, 0.0] for name in _TALLIES}
    habits = {name: dict[str, float]() for name in _HABITS}
    for player, weight in sightings:
        for name, tally in tallies.items():
            seen: Tally = getattr(player, name)
            tally[0] += seen.seen * weight
            tally[1] += seen.of * weight
        for name, counts in habits.items():
            habit: Habit = getattr(player, name)
            for way, count in habit.counts.items():
                counts[way] = counts.get(way, 0.0) + count * weight
    return PlayerModel.model_validate(
        {name: {"seen": round(seen, 3), "of": round(of, 3)} for name, (seen, of) in tallies.items()}
        | {name: {"counts": _worth_keeping(counts)} for name, counts in habits.items()}
    )


def fading(*, rounds: int, fight_over: bool) -> float:
    """What is left of whatever was seen before so many rounds, and before a fight that is over, 0 to 1."""
    return ROUND_FADES**rounds * (FIGHT_FADES if fight_over else 1.0)


def after(player: PlayerModel, seen: PlayerModel, *, rounds: int = 1, fight_over: bool = False) -> PlayerModel:
    """The model once `seen` is added: what was known before has faded by the rounds, and by a fight that is over."""
    return summed(((player, fading(rounds=rounds, fight_over=fight_over)), (seen, 1.0)))


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


def _worth_keeping(counts: Mapping[str, float]) -> dict[str, float]:
    return {way: round(count, 3) for way, count in sorted(counts.items()) if count >= _LEAST}
