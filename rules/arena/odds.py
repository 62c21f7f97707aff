"""How a fight is likely to go: many of them, played and counted, with how sure that is (Monte Carlo)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from rules.arena.arena import Arena
from rules.arena.meeting import FOES, PARTY
from rules.arena.options import Policy
from rules.arena.play import Outcome, play
from rules.arena.policies import TACTICAL
from rules.dice import Dice
from schemas.odds import Estimate, Odds

Z = 1.959964
"""Half the width of a 95% interval, in standard errors."""

ArenaFactory = Callable[[Dice], Arena]
"""Makes the same arena anew, with these dice."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one fight adds to the odds: small, so that it travels between processes."""

    won: bool
    wiped_out: bool
    rounds: int
    damage_taken: float
    """Hit points that the party lost to its foes."""
    damage_dealt: float
    """Hit points that its foes lost to the party."""
    lost: int
    """Members of the party that did not stand at the end."""


@dataclass(frozen=True, slots=True)
class Fights:
    """A fight to play many times. Called with the numbers of some fights, it plays these: so others may play the rest.

    Each fight has dice of its own, so the same seed gives the same fights, in however many parts they are played. It
    can be pickled where the factory and the policies can.
    """

    factory: ArenaFactory
    seed: int
    policies: Mapping[str, Policy] | Policy = TACTICAL
    side: str = PARTY
    """Whose odds they are."""
    other: str = FOES

    def __call__(self, numbers: Iterable[int]) -> list[Tally]:
        """The tallies of the fights of these numbers, in their order."""
        return [tally(self.outcome(number), self.side, other=self.other) for number in numbers]

    def outcome(self, number: int) -> Outcome:
        """How the fight of this number goes."""
        return play(self.factory(Dice.seeded(self.seed, "fight", str(number))), self.policies)


def odds(
    factory: ArenaFactory,
    runs: int,
    seed: int,
    policies: Mapping[str, Policy] | Policy = TACTICAL,
    *,
    side: str = PARTY,
) -> Odds:
    """Play so many fights, and count. Fewer than one run raises `ValueError`."""
    return summed_up(Fights(factory, seed, policies, side)(range(runs)))


def tally(outcome: Outcome, side: str = PARTY, *, other: str = FOES) -> Tally:
    """What one outcome adds."""
    return Tally(
        won=outcome.winner == side,
        wiped_out=outcome.wiped_out(side),
        rounds=outcome.rounds,
        damage_taken=outcome.by_side.get(other, 0),
        damage_dealt=outcome.by_side.get(side, 0),
        lost=outcome.losses.get(side, 0),
    )


def summed_up(found: Sequence[Tally]) -> Odds:
    """The odds of all tallies together. None at all raises `ValueError`."""
    if not found:
        raise ValueError("odds are made of one fight or more")
    return Odds(
        runs=len(found),
        win_rate=wilson(sum(one.won for one in found), len(found)),
        tpk_rate=wilson(sum(one.wiped_out for one in found), len(found)),
        rounds=mean([one.rounds for one in found]),
        damage_taken=mean([one.damage_taken for one in found]),
        damage_dealt=mean([one.damage_dealt for one in found]),
        losses=mean([one.lost for one in found]),
    )


def wilson(passed: int, of: int) -> Estimate:
    """A share with its interval, honest at its ends and for few cases (Wilson 1927)."""
    share, spread = passed / of, Z * Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    low, high = max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
    return Estimate(value=share, low=low, high=high)


def mean(values: Sequence[float]) -> Estimate:
    """A mean with the interval that the central limit theorem gives; of one value the value itself."""
    middle = sum(values) / len(values)
    if len(values) == 1:
        return Estimate(value=middle, low=middle, high=middle)
    variance = sum((value - middle) ** 2 for value in values) / (len(values) - 1)
    half = Z * sqrt(variance / len(values))
    return Estimate(value=middle, low=middle - half, high=middle + half)
