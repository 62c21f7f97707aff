"""How long it takes to merge memories and to forget."""

from __future__ import annotations

import time

from benchmarks.figures import Figure
from benchmarks.memory.lives import WORLD, lived
from schemas import WorldTime


async def measure(*, quick: bool) -> list[Figure]:
    """A hundred memories by rule, and a long life tidied."""
    size = 1_000 if quick else 10_000
    async with lived(1, 100) as (memory, _):
        began = time.perf_counter()
        report = await memory.upkeep.consolidate(WORLD, at=WorldTime(day=400))
        hundred = time.perf_counter() - began
        if report.memories != 100:
            raise RuntimeError(f"{report.memories} memories were looked at")
    async with lived(1, size) as (memory, _):
        began = time.perf_counter()
        await memory.upkeep.tidy(WORLD, at=WorldTime(day=400))
        whole = time.perf_counter() - began
    return [
        Figure("memory", "100 memories consolidated by rule", hundred, "s", 1),
        Figure("memory", f"{size:,} memories of one character tidied", whole, "s"),
    ]
