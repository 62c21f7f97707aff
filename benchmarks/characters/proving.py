"""Quests: how long a decision with its proof takes, and how long the worst of many random worlds."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure
from evals.characters.quest_worlds import idea, situation_in, wild
from memory import read_world
from rules import decide, prove_here
from schemas import PROJECT, QuestProposal, load_settings
from service import Loom

SUITE, WORLD = "characters", "morning_star"
DECISIONS, WORLDS, QUICK = 300, 500, 5
MOST_PLACES = 400
"""Of the largest random worlds."""


async def measure(*, quick: bool = False) -> list[Figure]:
    """The decision through the Loom, with its record; and the rules alone in random worlds of up to 400 places."""
    decisions, worlds = (DECISIONS // QUICK, WORLDS // QUICK) if quick else (DECISIONS, WORLDS)
    taken = await _through_the_loom(decisions)
    offered, proved, states = list[float](), list[float](), 0
    for seed in range(worlds):
        where = wild(seed, places=3 + seed * MOST_PLACES // worlds if seed % 2 else None)
        situation = situation_in(where, seed)
        began = time.perf_counter()
        decide("QuestDecision", situation)
        offered.append(1_000 * (time.perf_counter() - began))
        proposal, situation = QuestProposal.model_validate(idea(where, seed)), situation_in(where, seed)
        began = time.perf_counter()
        states = max(states, prove_here(proposal, situation).states)
        proved.append(1_000 * (time.perf_counter() - began))
    return [
        Figure(SUITE, "quest by rules with its proof, through the Loom, p95", _p95(taken), "ms", 50),
        Figure(SUITE, f"quest by rules in {worlds} random worlds, p95", _p95(offered), "ms", 50),
        Figure(SUITE, f"quest by rules in {worlds} random worlds, worst", max(offered), "ms", 1_000),
        Figure(SUITE, f"proof of a model's idea in {worlds} random worlds, worst", max(proved), "ms", 1_000),
        Figure(SUITE, "states of the longest search", float(states), "states"),
    ]


async def _through_the_loom(number: int) -> list[float]:
    """Milliseconds of each decision."""
    taken = list[float]()
    with TemporaryDirectory(prefix="loomwright-quests-", ignore_cleanup_errors=True) as folder:
        async with Loom.open(load_settings(home=Path(folder)), model=None) as loom:
            pack = read_world(PROJECT / "config" / "worlds" / WORLD)
            await loom.memory.load_world(pack)
            opening = next(one for one in pack.opening if one.kind == "quest")
            for turn in range(number + 5):
                request = opening.model_copy(update={"id": f"q{turn}", "seed": turn, "policy": "rules"})
                began = time.perf_counter()
                await loom.decide(request)
                if turn >= 5:  # the first ones read files
                    taken.append(1_000 * (time.perf_counter() - began))
    return taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(0.95 * (len(taken) - 1))]
