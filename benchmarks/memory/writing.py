"""How fast memory is told something, and how long a fork takes."""

from __future__ import annotations

import itertools
import random
import time

from benchmarks.figures import Figure
from benchmarks.memory.lives import WORLD, facts, lived, memories, p95, timed
from memory import News


async def measure(*, quick: bool) -> list[Figure]:
    """Facts in batches and one by one, and a fork of a long history."""
    batches, batch, singles, rows = (4, 500, 60, 10_000) if quick else (20, 500, 400, 100_000)
    dice = random.Random(17)
    news = [tuple(facts(batch, dice, f"batch{number}")) for number in range(batches)]
    single = [next(facts(1, dice, f"single{number}")) for number in range(singles)]
    numbers = itertools.count()
    async with lived(1, 0) as (memory, _):
        began = time.perf_counter()
        for number, told in enumerate(news):
            await memory.tell(News(world=WORLD, id=f"b{number}", facts=told))
        rate = batches * batch / (time.perf_counter() - began)

        async def one() -> None:
            number = next(numbers)
            await memory.tell(News(world=WORLD, id=f"s{number}", facts=(single[number],)))

        durable = p95(await timed(one, singles))
    async with lived(1, 0) as (memory, _):
        for start in range(0, rows, 5_000):
            entries = tuple(memories(f"c{start}", 5_000, dice))
            await memory.tell(News(world=WORLD, id=f"m{start}", memories=entries))
        await memory.settle()  # a fork is measured, and not the indexing of what was just told
        forks = await timed(lambda: memory.world_line(WORLD).fork(stay=True), 5 if quick else 20)
    return [
        Figure("memory", f"facts told in batches of {batch}", rate, "facts/s", 1_500, "higher"),
        Figure("memory", "one fact told and durable, p95", durable, "ms", 10),
        Figure("memory", f"fork of a timeline of {rows:,} rows, p95", p95(forks), "ms", 50),
    ]
