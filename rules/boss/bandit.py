"""Which plan to try: a contextual bandit over what was learned from fights, computed afresh each time.

Linear Thompson sampling (Agrawal and Goyal 2013, "Thompson Sampling for Contextual Bandits with Linear Payoffs") with
the discounted least squares of Russac, Vernade and Cappe (2019, "Weighted Linear Bandits for Non-Stationary
Environments"): a lesson counts less with each fight that came after it, and what is forgotten goes back to what the
book expects. The reward of a plan is thought of as a sum over its stances, each a linear function of the players'
features, so a combination that was never tried is still judged by its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from rules.boss.habits import FEATURES
from rules.boss.plans import Plan
from rules.dice import Dice
from schemas.tactics import Lesson, Stance

Numbers = NDArray[np.float64]

DISCOUNT = 0.9
"""What a lesson still counts after one more fight: after seven, half. That players have changed is mostly told by their
features; this is for what features do not tell. Of 0.8, 0.9 and 0.95 this one wins as often as the last against
players who stay as they are, and sooner again after a change (`python -m evals boss`, other seeds than reported)."""
NOISE = 0.45
"""Standard deviation of a fight's reward, with the same plan against the same players (measured: 0.3 to 0.6)."""
DOUBT = 0.2
"""Standard deviation of what a stance is worth to usual players, before it was tried."""
DOUBT_OF_FEATURE = 0.1
"""The same of what a full step of a feature adds to it."""
DOUBT_OF_WHOLE = 0.2
"""The same of what a plan is worth beyond the sum of its stances: some go together better than they look."""
DOUBT_OF_ODDS = 0.2
"""The same of what all plans share: some fights are just hard."""
CURIOSITY = 0.25
"""How far the draw strays from the mean, in standard deviations: with 1 it is plain Thompson sampling, which tries out
more than the few fights of a career can pay back (Chapelle and Li 2011, "An Empirical Evaluation of Thompson Sampling",
find the same)."""
_STEPS = 1 << 53
_NORMAL = NormalDist()


class Bandit:
    """What the stances of a book are worth, as far as some lessons go. Lessons are the oldest first."""

    def __init__(
        self, book: Mapping[str, Stance], lessons: Sequence[Lesson] = (), *, discount: float = DISCOUNT
    ) -> None:
        self._book, self._width = book, 1 + len(FEATURES)
        tried = dict.fromkeys(_whole(lesson.stances) for lesson in lessons)
        self._tried = {plan: 1 + len(book) * self._width + number for number, plan in enumerate(tried)}
        doubts = np.full(1 + len(book) * self._width + len(tried), DOUBT_OF_FEATURE)
        doubts[1 : 1 + len(book) * self._width : self._width] = DOUBT
        doubts[0], doubts[len(doubts) - len(tried) :] = DOUBT_OF_ODDS, DOUBT_OF_WHOLE
        self._spread, self._prior = doubts**2, self._expectations(len(doubts))
        self._seen = np.array([self.vector(one.stances, one.features) for one in lessons]).reshape(-1, len(doubts))
        ages = np.arange(len(lessons))[::-1]
        self._noise = NOISE**2 / discount**ages
        self._joint = (self._seen * self._spread) @ self._seen.T + np.diag(self._noise)
        rewards = np.array([one.reward for one in lessons])
        self._mean = self._prior + self._explained(rewards - self._seen @ self._prior)

    def _explained(self, surprises: Numbers) -> Numbers:
        """What would explain that lessons came out so much better than expected, a number each."""
        return self._spread * (self._seen.T @ np.linalg.solve(self._joint, surprises))

    def _expectations(self, size: int) -> Numbers:
        """What the book says, before anything was tried."""
        prior = np.zeros(size)
        for number, stance in enumerate(self._book.values()):
            start = 1 + number * self._width
            prior[start] = stance.expects
            prior[start + 1 : start + self._width] = [stance.suits.get(name, 0.0) for name in FEATURES]
        return prior

    def vector(self, stances: Mapping[str, float], features: Mapping[str, float]) -> Numbers:
        """A plan against players as the linear model sees it.

        That is 1 for the odds, for each stance its share times (1, features), and a 1 for the plan as a whole, if it
        was tried. Stances and features that nobody knows any more count nothing.
        """
        players = np.array([1.0, *(features.get(name, 0.0) for name in FEATURES)])
        shares = np.array([stances.get(name, 0.0) for name in self._book])
        whole = _whole(stances)
        wholes = [float(plan == whole) for plan in self._tried]
        return np.concatenate(([1.0], np.outer(shares, players).ravel(), wholes))

    def expected(self, plan: Iterable[str], features: Mapping[str, float]) -> float:
        """The mean reward of a plan, as believed now; more than 1 or less than -1 means: surely won, surely lost."""
        return float(self.vector(dict.fromkeys(plan, 1.0), features) @ self._mean)

    def _drawn(self, dice: Dice) -> Numbers:
        """What the stances might be worth: a draw from the posterior (Matheron's rule), `CURIOSITY` from its mean.

        Worlds and fights are drawn as they could have been before any lesson; what the lessons would have told apart
        in them is taken out again. So only a matrix of lessons has to be solved, and they are few.
        """
        world = np.sqrt(self._spread) * _normals(dice, len(self._spread))
        fights = np.sqrt(self._noise) * _normals(dice, len(self._noise))
        return self._mean + CURIOSITY * (world - self._explained(self._seen @ world + fights))

    def choose(self, plans: Sequence[Plan], features: Mapping[str, float], dice: Dice) -> Plan:
        """The best of the plans in one world that the lessons allow, drawn by the dice. No plans raise `ValueError`."""
        if not plans:
            raise ValueError("there is no plan to choose from")
        drawn = self._drawn(dice)
        players = np.array([1.0, *(features.get(name, 0.0) for name in FEATURES)])
        end = 1 + len(self._book) * self._width
        alone = (drawn[1:end].reshape(len(self._book), self._width) @ players).tolist()
        worth = dict(zip(self._book, alone, strict=True))

        def total(plan: Plan) -> float:
            place = self._tried.get(frozenset(plan))
            return sum(worth[name] for name in plan) + (float(drawn[place]) if place is not None else 0.0)

        return max(plans, key=total)


def _whole(stances: Mapping[str, float]) -> frozenset[str]:
    """The plan that most of a fight was fought by."""
    return frozenset(name for name, share in stances.items() if share >= 0.5)


def _normals(dice: Dice, number: int) -> Numbers:
    """Standard normal deviates, one roll each: the same on every machine."""
    return np.array([_NORMAL.inv_cdf((dice.die(_STEPS) - 0.5) / _STEPS) for _ in range(number)])
