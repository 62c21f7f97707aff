"""The fights that a boss is measured by: a mage who calls others, against a party archetype, in an arena."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rules.arena.arena import Arena
from rules.arena.fighter import Fighter
from rules.arena.meeting import PARTY, meet
from rules.arena.options import Option, Policy
from rules.arena.play import Outcome, play
from rules.arena.policies import tactical
from rules.arena.sheet import Sheet, sheet_of
from rules.arena.weights import Weights
from rules.bestiary import Bestiary
from rules.boss import (
    Plan,
    Repertoire,
    Watcher,
    count,
    load_stances,
    means,
    ordered,
    places,
    prey,
    reward,
    stances_of,
    weighed,
)
from rules.budget import adjusted
from rules.dice import Dice
from rules.parties import load_parties, party_sheets
from schemas.creatures import CreatureTemplate
from schemas.tactics import Company, PlayerModel, Stance

SIDE, LEADER = "boss", "boss"
LEVEL = 4
BOSS = "wight"
USUAL = "orc"
"""Who comes when nobody in particular is called."""
CALLED: Mapping[Company, str] = {"many": "goblin", "strong": "bugbear", "shooters": "hobgoblin"}
MOST_FOLLOWERS = 16


@dataclass(frozen=True, slots=True)
class Fought:
    """How a fight went, for the boss."""

    won: bool
    reward: float
    margin: float
    """What is left of the party less what is left of the boss's side, -1 to 1."""
    rounds: int
    seen: PlayerModel


@dataclass(frozen=True, slots=True)
class Slipping:
    """Decides as `policy` does, but for a share of turns, on which anything may happen: a player who still learns."""

    policy: Policy
    share: float

    def __call__(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        """The policy's choice, or any."""
        return arena.dice.choose(choices) if arena.dice.chance(self.share) else self.policy(arena, fighter, choices)


@dataclass(frozen=True)
class Stage:
    """Everybody who may appear. Made once a process: what deeds do to sheets is remembered with them."""

    config: Path
    level: int = LEVEL
    _sheets: dict[str, Sheet] = field(default_factory=dict[str, Sheet])

    @cached_property
    def book(self) -> Mapping[str, Stance]:
        """All stances."""
        return load_stances(self.config / "tactics.toml")

    @cached_property
    def bestiary(self) -> Bestiary:
        """Whom a boss may call."""
        return Bestiary.load(self.config / "bestiary")

    @cached_property
    def parties(self) -> Mapping[str, tuple[Sheet, ...]]:
        """The archetypes, at the level of the stage."""
        return {name: party_sheets(party, self.level) for name, party in load_parties(self.config / "parties").items()}

    def creature(self, name: str) -> CreatureTemplate:
        """A stat block."""
        return self.bestiary[name]

    def sheet(self, name: str) -> Sheet:
        """A creature's sheet."""
        if name not in self._sheets:
            self._sheets[name] = sheet_of(self.creature(name))
        return self._sheets[name]

    def followers(self, company: Company | None, budget: float) -> tuple[str, ...]:
        """As many as the budget of adjusted XP allows beside the boss, one at least and 16 at most."""
        name = USUAL if company is None else CALLED[company]
        xp, number = self.creature(name).challenge.xp, 1
        while number < MOST_FOLLOWERS and adjusted(xp * (number + 1), number + 2, 4) <= budget:
            number += 1
        return (name,) * number

    def before(self, player: PlayerModel) -> Repertoire:
        """What a plan has to fit before the party is in sight."""
        own = [self.creature(name).actions for name in (BOSS, *CALLED.values())]
        return Repertoire(self.book, means(own, (), player, reserves=True))

    def fight(self, party: str, plan: Plan, budget: float, dice: Dice, policy: Policy | None = None) -> Fought:
        """One fight. Followers stand in front, the boss behind them."""
        stances = stances_of(self.book, plan)
        company: Company | None = next((one.company for one in stances if one.company is not None), None)
        names = (*self.followers(company, budget), BOSS)
        heroes = meet(self.parties[party], (), dice, apart_ft=0).fighters
        spots = places(len(names), stances)
        foes = [
            Fighter.fresh(LEADER if number == len(names) - 1 else f"{name}-{number}", SIDE, self.sheet(name), spot)
            for number, (name, spot) in enumerate(zip(names, spots, strict=True))
        ]
        order = ordered(stances, prey(stances, heroes))
        arena = Arena([*heroes, *foes], dice, {} if order is None else {SIDE: order})
        watcher = Watcher(policy or tactical(), LEADER)
        outcome = play(arena, {PARTY: watcher, SIDE: tactical(weighed(stances, Weights()))})
        return _fought(outcome, heroes, foes, count(watcher.seen))


def _fought(outcome: Outcome, heroes: Sequence[Fighter], foes: Sequence[Fighter], seen: PlayerModel) -> Fought:
    own, theirs, won = _left(foes), _left(heroes), outcome.winner == SIDE
    return Fought(won, reward(own, theirs, won=won), theirs - own, max(1, outcome.rounds), seen)


def _left(side: Sequence[Fighter]) -> float:
    """The share of hit points that still stand."""
    return sum(one.hit_points for one in side if one.standing) / sum(one.most for one in side)
