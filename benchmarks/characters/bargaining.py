"""One round of talks by the rules, over as many empty LangGraph nodes as it walks, in the same run."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

from langchain_core.runnables import RunnableConfig

from benchmarks.figures import Figure
from benchmarks.overhead import bare_graph, opened
from graphs import run_graph
from schemas import DecisionRequest

SUITE = "characters"
MOST = 5.0
"""Milliseconds over the bare graph, at the 95th of a hundred."""


async def measure(*, quick: bool = False) -> list[Figure]:
    """The 95th percentile of a round, of the bare graph, and how far they are apart."""
    rounds, runs = (4, 10) if quick else (15, 30)
    async with opened() as (loom, _, _):
        graph, numbers = loom.graph("negotiation", checkpoints=False), count()
        asked = _opening()

        async def ours() -> dict[str, Any]:
            here = await loom.memory.find_timeline(asked.world, None)
            changes = {"id": f"bench.{next(numbers)}", "timeline": here}
            return dict(await run_graph(graph, {"request": asked.model_dump(mode="json") | changes}))

        walked = len((await ours()).get("trace", ()))
        plain = bare_graph(walked, None)
        config: RunnableConfig = {"configurable": {"thread_id": "bare"}}

        async def bare() -> object:
            return await plain.ainvoke({"step": 0}, config)

        mine, theirs = await _taken([ours, bare], rounds, runs)
    over = _p95(mine) - _p95(theirs)
    return [
        Figure(SUITE, "diplomacy, one round by rules: p95", _p95(mine) * 1_000, "ms"),
        Figure(SUITE, f"diplomacy: {walked} empty nodes, p95", _p95(theirs) * 1_000, "ms"),
        Figure(SUITE, "diplomacy, one round by rules: p95 over the bare graph", over * 1_000, "ms", MOST),
    ]


def _opening() -> DecisionRequest:
    return DecisionRequest.model_validate(
        {
            "kind": "negotiation",
            "world": "morning_star",
            "character": "orla_fenn",
            "policy": "rules",
            "event": {
                "type": "DiplomaticReply",
                "replying": "high_houses",
                "receiving": "river_league",
                "answer": "open",
                "terms": [{"kind": "tribute", "payer": "river_league", "gold": 200, "days": 360}],
            },
            "scene": {"time": {"day": 11_020}, "location": {"id": "league_quay"}},
        }
    )


async def _taken(candidates: Sequence[Callable[[], Awaitable[object]]], rounds: int, runs: int) -> list[list[float]]:
    """Seconds of each, taken in turns so that a noisy moment hits all."""
    times: list[list[float]] = [[] for _ in candidates]
    for candidate in candidates:
        for _ in range(5):
            await candidate()
    gc.collect()
    for _ in range(rounds):
        for candidate, taken in zip(candidates, times, strict=True):
            for _ in range(runs):
                began = time.perf_counter()
                await candidate()
                taken.append(time.perf_counter() - began)
    return times


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[int(0.95 * (len(taken) - 1))]
