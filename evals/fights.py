"""Is foresight good play? Every party archetype fights the same fights by three policies, with the same dice.

The enemies fight by the greedy policy throughout, so that only the party's play differs. Fights are paired: the same
number has the same dice, whoever decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt
from pathlib import Path

from benchmarks.figures import Figure
from evals.outcome import Asked, Outcome
from evals.report import wilson
from rules import Bestiary, load_parties, party_sheets
from rules.arena import FOES, PARTY, POLICIES, Fights, Meeting, Tally, greedy, sheet_of
from schemas import Party

SUITE = "fights"
RUNS = 100
"""Fights of each archetype against each encounter."""
QUICK = 6
TARGETS = {"random": 0.30, "greedy": 0.08}
"""Points of win rate that the tactical policy is to be ahead of each."""
ENCOUNTERS: tuple[tuple[int, Mapping[str, int]], ...] = (
    (1, {"goblin": 6}),
    (1, {"orc": 4, "wolf": 1}),
    (2, {"bugbear": 4, "goblin": 2}),
    (3, {"ogre": 3, "orc": 2}),
    (3, {"bandit_captain": 1, "bandit": 6}),
    (4, {"ghoul": 5, "wight": 1}),
    (5, {"troll": 2, "ogre": 2}),
    (5, {"veteran": 3, "mage": 1}),
    (6, {"owlbear": 3, "minotaur": 1}),
    (8, {"young_red_dragon": 1, "veteran": 2}),
    (8, {"troll": 5}),
    (11, {"vampire": 2, "wight": 4}),
)
"""Level of the party, and whom it meets: hard fights, which neither side wins by showing up."""


@dataclass(frozen=True, slots=True)
class Played:
    """The same fights of one archetype, by each policy."""

    archetype: str
    by: Mapping[str, Sequence[Tally]]


async def run(asked: Asked) -> Outcome:
    """Win rates of each policy, and how far the tactical one is ahead, by archetype and over all."""
    config = asked.settings.config
    runs = asked.options.fights or (QUICK if asked.quick else RUNS)
    parties = load_parties(config / "parties")
    played = list(_play(parties, config / "bestiary", runs, asked.options.seed))
    figures = [*_rates(played)]
    for other, target in TARGETS.items():
        figures += [_ahead(one.archetype, [one], other, None) for one in played]
        figures.append(_ahead("all archetypes", played, other, target))
    return Outcome(figures)


def _play(parties: Mapping[str, Party], bestiary: Path, runs: int, seed: int) -> Iterator[Played]:
    book = Bestiary.load(bestiary)
    sheets = {name: sheet_of(book[name]) for _, foes in ENCOUNTERS for name in foes}
    for archetype, party in parties.items():
        by: dict[str, list[Tally]] = {name: [] for name in POLICIES}
        for (level, foes), (name, policy) in product(ENCOUNTERS, POLICIES.items()):
            met = tuple(sheets[foe] for foe, count in foes.items() for _ in range(count))
            fights = Fights(Meeting(party_sheets(party, level), met), seed, {PARTY: policy, FOES: greedy})
            by[name] += fights(range(runs))
        yield Played(archetype, by)


def _rates(played: Sequence[Played]) -> Iterator[Figure]:
    for name in POLICIES:
        won = [tally.won for one in played for tally in one.by[name]]
        yield Figure(
            suite=SUITE,
            case=f"win rate, {name}",
            value=sum(won) / len(won),
            unit=f"of {len(won)}",
            better="higher",
            interval=wilson(sum(won), len(won)),
        )


def _ahead(case: str, played: Sequence[Played], other: str, target: float | None) -> Figure:
    """How far the tactical policy is ahead of another: the mean of the paired differences, and its 95% interval."""
    pairs = [
        (one.won, another.won)
        for each in played
        for one, another in zip(each.by["tactical"], each.by[other], strict=True)
    ]
    differences = [float(one) - float(another) for one, another in pairs]
    mean = sum(differences) / len(differences)
    spread = sqrt(sum((one - mean) ** 2 for one in differences) / max(1, len(differences) - 1))
    half = 1.96 * spread / sqrt(len(differences))
    return Figure(
        suite=SUITE,
        case=f"tactical ahead of {other}, {case}",
        value=mean,
        unit=f"of {len(differences)}",
        target=target,
        better="higher",
        interval=(mean - half, mean + half),
    )
