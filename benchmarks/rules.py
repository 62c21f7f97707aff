"""How fast the rules play: a turn, a fight, an encounter, and the book of creatures."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from nodes import Ring
from rules import Bestiary, Dice, Phrasebook, Situation, fights_with, load_parties
from rules.arena import TACTICAL, Arena, Fighter, Fights, Meeting, Option, Sheet, figures, options, play, sheet_of
from rules.encounters import balance, prepare_encounter
from rules.parties import party_sheets
from schemas import (
    PROJECT,
    Ability,
    Action,
    CreatureGroup,
    DamageRoll,
    DamageType,
    DecisionRequest,
    DiceExpression,
    EncounterProposal,
    EncounterRequested,
    LocationSnapshot,
    SaveEffect,
    Scene,
    World,
    WorldInfo,
)

CONFIG = PROJECT / "config"
LEVELS = (5, 5, 5, 5)
PROCESSES = 2
"""That fight encounters for their odds: `encounters.processes` of a service on two cores."""
_WEIGHED = """
import json, sys
from pathlib import Path
import psutil
from rules import Bestiary
me = psutil.Process()
before = me.memory_info().rss
book = Bestiary.load(Path(sys.argv[1]))
book.check()
print(json.dumps((me.memory_info().rss - before) / 1e6))
"""


async def measure(*, quick: bool, **_: object) -> list[Figure]:
    """A tactical turn, a thousand fights, an encounter with and without its odds, the bestiary."""
    fights, encounters = (100, 40) if quick else (1_000, 300)
    met = [figure async for figure in _encounters(encounters)]
    return [_turn(quick=quick), *_fights(fights), *met, *_bestiary()]


def _turn(*, quick: bool) -> Figure:
    """One decision among eight who can each do ten things, its options included, in fights played to their end."""
    took: list[float] = []

    def timed(arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        began = time.perf_counter()
        TACTICAL(arena, fighter, options(arena, fighter))
        took.append((time.perf_counter() - began) * 1_000)
        return TACTICAL(arena, fighter, choices)

    sheets = [_versatile(f"sort{number}") for number in range(4)]
    meeting = Meeting(tuple(sheets), tuple(sheets))
    for number in range(4 if quick else 30):
        play(meeting(Dice.seeded(number)), timed)
    return Figure("rules", "a tactical decision, 8 combatants with 10 actions each, p95", _p95(took[20:]), "ms", 2)


def _versatile(name: str) -> Sheet:
    """Somebody with ten different attacks and spells."""
    blow = DamageRoll(dice=DiceExpression("1d8+3"), type=DamageType.SLASHING)
    fire = DamageRoll(dice=DiceExpression("4d6"), type=DamageType.FIRE)
    actions = [
        Action(id=f"blow{number}", name_key="x", kind="melee", attack_bonus=4 + number, reach_ft=5, damage=(blow,))
        for number in range(4)
    ]
    actions += [
        Action(id=f"shot{number}", name_key="x", kind="ranged", attack_bonus=4 + number, range_ft=60, damage=(blow,))
        for number in range(3)
    ]
    save = SaveEffect(ability=Ability.DEXTERITY, dc=13, damage=(fire,), half_on_success=True)
    actions += [
        Action(
            id=f"spell{number}", name_key="x", kind="save", range_ft=60, targets=1 + number, save=save, uses_per_day=2
        )
        for number in range(3)
    ]
    return figures(name, actions, armor_class=15, hit_points=45)


def _fights(runs: int) -> Iterator[Figure]:
    """Whole fights of four against six, on all cores."""
    party = party_sheets(load_parties(CONFIG / "parties")["tank_and_healer"], 5)
    foe = sheet_of(Bestiary.load(CONFIG / "bestiary")["bugbear"])
    fights = Fights(Meeting(party, (foe,) * 6), seed=1)
    jobs = os.cpu_count() or 1
    with ProcessPoolExecutor(jobs) as processes:
        list(processes.map(fights, [range(2)] * jobs))
        began = time.perf_counter()
        tallies = list(processes.map(fights, [range(start, min(runs, start + 25)) for start in range(0, runs, 25)]))
        seconds = time.perf_counter() - began
    turns = sum(one.rounds for part in tallies for one in part) / runs
    yield Figure("rules", f"{runs:,} fights of 4 against 6, {jobs} processes", seconds, "s", 10 * runs / 1_000)
    yield Figure("rules", "rounds in one of them", turns, "")


async def _encounters(count: int) -> AsyncIterator[Figure]:
    ring = Ring(PROCESSES)
    await ring.ready()
    bestiary, phrasebook = Bestiary.load(CONFIG / "bestiary"), Phrasebook.load(CONFIG / "locales")
    party = load_parties(CONFIG / "parties")["tank_and_healer"]
    proposal = EncounterProposal(
        creatures=(CreatureGroup(creature="ogre", count=9), CreatureGroup(creature="goblin", count=9)),
        introduction="They come.",
    )
    prepared, fought = list[float](), list[float]()
    for seed in range(count):
        situation = _asked(seed, bestiary, phrasebook)
        began = time.perf_counter()
        found = prepare_encounter(situation)
        balance(proposal, situation)
        prepared.append((time.perf_counter() - began) * 1_000)
        if seed % 10 == 0:
            began = time.perf_counter()
            await ring.fought(fights_with(found.creatures, situation, party), 200, math.inf)
            fought.append(prepared[-1] + (time.perf_counter() - began) * 1_000)
    yield Figure("rules", "an encounter prepared, and another one balanced, p95", _p95(prepared), "ms", 10)
    yield Figure("rules", f"the same with 200 fights in {PROCESSES} processes, p95", _p95(fought), "ms", 500)
    yield Figure("rules", "the same: median", float(np.median(fought)), "ms")


def _asked(seed: int, bestiary: Bestiary, phrasebook: Phrasebook) -> Situation:
    difficulty = ("easy", "medium", "hard", "deadly")[seed % 4]
    request = DecisionRequest(
        id=f"bench-{seed}",
        kind="encounter",
        world="bench",
        character="nobody",
        event=EncounterRequested(actor="nobody", party_levels=LEVELS, difficulty=difficulty),
        scene=Scene(location=LocationSnapshot(id="bench")),
        seed=seed,
    )
    world = World(WorldInfo(id="bench", name="Bench"), {}, {}, {})
    return Situation(request, world, bestiary, phrasebook, None, Dice.seeded(seed))


def _bestiary() -> Iterator[Figure]:
    folder = CONFIG / "bestiary"
    with tempfile.TemporaryDirectory() as home:
        index = Path(home) / "bestiary.json"
        cold = [_ms(lambda: Bestiary.load(folder)) for _ in range(5)]
        Bestiary.load(folder, index=index).check()
        cached = [_ms(lambda: Bestiary.load(folder, index=index)) for _ in range(20)]
    count = len(Bestiary.load(folder))
    yield Figure(
        "rules", f"bestiary of {count} creatures opened from its files, median", float(np.median(cold)), "ms", 150
    )
    yield Figure("rules", "bestiary opened from its index, median", float(np.median(cached)), "ms", 5)
    weighed = subprocess.run(  # noqa: S603  # our own interpreter and text
        [sys.executable, "-c", _WEIGHED, str(folder)], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    yield Figure("rules", f"all {count} creatures read, resident", float(weighed.stdout), "MB", 60)


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def _p95(took: list[float]) -> float:
    return float(np.percentile(took, 95))
