"""Whether an encounter that is called harder is harder: prepared by the rules, fought by the rules, and counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from statistics import fmean

from benchmarks.figures import Figure
from evals.outcome import Asked, Outcome, Verdict
from evals.report import wilson
from rules import BUDGETS, DIFFICULTIES, Bestiary, Dice, Phrasebook, Situation, fights_with, load_parties
from rules.encounters import heroes_of, prepare_encounter
from schemas import (
    DecisionRequest,
    Difficulty,
    EncounterRequested,
    LocationSnapshot,
    Party,
    Scene,
    World,
    WorldInfo,
)

SUITE = "encounters"
LEVELS = (1, 3, 5, 8, 11, 14)
ENCOUNTERS, FIGHTS = 16, 8
"""Encounters of each difficulty for each party, and fights of each encounter."""
SIZE = 4
"""Heroes in a party."""
RULES: dict[str, tuple[Difficulty, ...]] = {"2014": DIFFICULTIES, "2024": BUDGETS}


@dataclass(frozen=True, slots=True)
class Task:
    """One party at one level, against encounters of one difficulty."""

    config: Path
    party: str
    level: int
    difficulty: Difficulty
    encounters: int
    fights: int


async def run(asked: Asked) -> Outcome:
    """For each party and level: in how many pairs of difficulties the harder one costs the party more hit points."""
    config = asked.settings.config
    parties = sorted(load_parties(config / "parties"))
    levels = LEVELS[1:4:2] if asked.quick else LEVELS
    encounters, fights = (6, 4) if asked.quick else (ENCOUNTERS, FIGHTS)
    tasks = [
        Task(config, party, level, difficulty, encounters, fights)
        for party in (parties[:2] if asked.quick else parties)
        for level in levels
        for difficulty in (*DIFFICULTIES, *BUDGETS)
    ]
    with ProcessPoolExecutor() as processes:
        loop = asyncio.get_running_loop()
        costs = await asyncio.gather(*(loop.run_in_executor(processes, cost_of, task) for task in tasks))
    found: dict[tuple[str, int, Difficulty], float] = {
        (task.party, task.level, task.difficulty): cost for task, cost in zip(tasks, costs, strict=True)
    }
    figures, failed = list[Figure](), list[Verdict]()
    for edition, words in RULES.items():
        verdicts = list(_pairs(found, edition, words))
        passed = sum(one.passed for one in verdicts)
        figures.append(
            Figure(
                SUITE,
                f"pairs of difficulties in their order by what they cost, rules of {edition}",
                passed / len(verdicts),
                f"of {len(verdicts)}",
                0.95,
                "higher",
                wilson(passed, len(verdicts)),
            )
        )
        figures += (
            Figure(SUITE, f"hit points lost to an encounter that is {word}", _mean(found, word), "of the party's", None)
            for word in words
        )
        failed += [one for one in verdicts if not one.passed]
    return Outcome(figures, failed)


def cost_of(task: Task) -> float:
    """The mean share of its hit points that the party loses."""
    bestiary, phrasebook, parties = _books(task.config)
    party = parties[task.party]
    whole = sum(sheet.hit_points for sheet in heroes_of(party, (task.level,) * SIZE))
    shares = list[float]()
    for number in range(task.encounters):
        situation = _situation(task, number, bestiary, phrasebook)
        fights = fights_with(prepare_encounter(situation).creatures, situation, party)
        shares += (tally.damage_taken / whole for tally in fights(range(task.fights)))
    return fmean(shares)


@lru_cache(maxsize=1)
def _books(config: Path) -> tuple[Bestiary, Phrasebook, dict[str, Party]]:
    return (
        Bestiary.load(config / "bestiary"),
        Phrasebook.load(config / "locales"),
        dict(load_parties(config / "parties")),
    )


def _situation(task: Task, number: int, bestiary: Bestiary, phrasebook: Phrasebook) -> Situation:
    event = EncounterRequested(actor="nobody", party_levels=(task.level,) * SIZE, difficulty=task.difficulty)
    request = DecisionRequest(
        id=f"{task.party}-{task.level}-{number}",
        kind="encounter",
        world="arena",
        character="nobody",
        event=event,
        scene=Scene(location=LocationSnapshot(id="arena")),
        seed=number,
    )
    return Situation(
        request=request,
        world=World(WorldInfo(id="arena", name="Arena"), {}, {}, {}),
        bestiary=bestiary,
        phrasebook=phrasebook,
        standing=None,
        dice=Dice.seeded(number, task.party, str(task.level), task.difficulty),
    )


def _pairs(
    found: Mapping[tuple[str, int, Difficulty], float], edition: str, words: tuple[Difficulty, ...]
) -> Iterator[Verdict]:
    for party, level in sorted({(party, level) for party, level, _ in found}):
        for easier, harder in combinations(words, 2):
            less, more = found[party, level, easier], found[party, level, harder]
            reason = f"{easier} costs {less:.0%}, {harder} {more:.0%}"
            yield Verdict(SUITE, f"{party}, level {level}", f"order by the rules of {edition}", less < more, reason)


def _mean(found: Mapping[tuple[str, int, Difficulty], float], word: Difficulty) -> float:
    return fmean(cost for (_, _, difficulty), cost in found.items() if difficulty == word)
