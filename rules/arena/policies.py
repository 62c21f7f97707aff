"""Who decides in a fight: with foresight, by damage alone, or by chance; and how far an option is from the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.arena.arena import Arena
from rules.arena.fighter import Fighter
from rules.arena.greed import best_of, greedy
from rules.arena.options import Option, Policy, options
from rules.arena.weights import ROLES, Weights
from rules.arena.worth import Scale


@dataclass(frozen=True, slots=True)
class Regret:
    """How much worse an option is than the best known one."""

    points: float
    """In hit points of worth; 0 for the best itself."""
    share: float
    """Of what the best one gains over doing the worst: 0 for the best, 1 for an option that gains nothing."""
    best: Option
    """What would have been best."""


@dataclass(frozen=True, slots=True)
class Tactical:
    """Takes the option of the highest worth; between equals the dice decide."""

    weights: Weights = ROLES["tactical"]

    def __call__(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        """The best of the choices."""
        if len(choices) == 1:
            return choices[0]
        scale = Scale(arena, fighter, self.weights)
        return best_of(arena, choices, [scale.worth(option) for option in choices])

    def worths(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> list[float]:
        """What each of the choices is worth, in hit points."""
        scale = Scale(arena, fighter, self.weights)
        return [scale.worth(option) for option in choices]


def tactical(weights: Weights | None = None) -> Tactical:
    """Expected values over all legal options: see `rules.arena.worth`."""
    return Tactical(weights or ROLES["tactical"])


def random_policy(arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
    """Any of the choices, each as likely."""
    return arena.dice.choose(choices)


def regret(arena: Arena, fighter: Fighter, option: Option, policy: Tactical | None = None) -> Regret:
    """How much worse `option` is than the best one, as `policy` (by default the plain tactical one) sees it.

    `option` may be one of `options(arena, fighter)` or made by hand.
    """
    choices = options(arena, fighter)
    scale = Scale(arena, fighter, (policy or tactical()).weights)
    worths = [scale.worth(one) for one in choices]
    best, own = max(worths), scale.worth(option)
    first = choices[worths.index(best)]
    points = max(0.0, best - own)
    ground = min(0.0, *worths) if best <= 0 else 0.0
    span = best - ground
    return Regret(points, min(1.0, points / span) if span > 0 else 0.0, first)


TACTICAL = tactical()
"""With the weights of a fighter who is there to win."""
POLICIES: dict[str, Policy] = {"tactical": TACTICAL, "greedy": greedy, "random": random_policy}
"""Policies by their names on the command line."""
