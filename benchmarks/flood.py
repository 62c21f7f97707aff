"""Far more is asked than can be answered, with one slow endpoint: who is refused, who waits, and what it takes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from benchmarks.figures import Figure
from inference import Ask, Lane, ModelPool
from memory import read_world
from schemas import DecisionRequest, EndpointSettings, GuardSettings, LoomError, Value, load_settings
from service import Loom
from tests.support.faulty_server import FaultyServer, after, says

QUESTIONS = 1_000
"""A second, of the pool."""
DECISIONS = 40
"""A second, of a Loom: more than its one slow endpoint answers, and what two processors can still play."""
SECONDS, QUICK_SECONDS = 30.0, 5.0
AT_ONCE, QUEUE = 8, 64
SLOW = 0.5
"""Seconds that the endpoint takes for each answer."""
GRACE = 0.02
"""Seconds after its deadline in which an answer is in time."""
LANES = (Lane.CROWD,) * 8 + (Lane.BOSS, Lane.PLAYER)
"""Mostly crowd."""
DEADLINES = {Lane.CROWD: 0.3, Lane.BOSS: 1.0, Lane.PLAYER: 2.0}
"""Seconds of a question."""


class Line(Value):
    """What is asked for."""

    text: str


@dataclass
class _Seen:
    """What became of all that was offered."""

    offered: int = 0
    late: int = 0
    worst: float = float("-inf")
    """Seconds after the deadline."""
    ends: Counter[str] = field(default_factory=Counter[str])
    deepest: int = 0
    """Of the queue."""
    memory: list[float] = field(default_factory=list[float])
    """In MB, twice a second."""

    def note(self, began: float, deadline: float, end: str) -> None:
        """One is answered."""
        after_it = time.perf_counter() - began - deadline
        self.late += after_it > GRACE
        self.worst = max(self.worst, after_it)
        self.ends[end] += 1

    @property
    def growth(self) -> float:
        """The memory at the end over that after a third of the time."""
        return self.memory[-1] / self.memory[len(self.memory) // 3]


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """Questions to a pool and decisions of a Loom, each at a steady rate whether those before are answered or not."""
    del model_url
    seconds = QUICK_SECONDS if quick else SECONDS
    return [*await _questions(seconds), *await _decisions(seconds)]


async def _questions(seconds: float) -> list[Figure]:
    """The pool alone: a refusal is an answer, too, for it sends a decision to the rules."""
    async with FaultyServer(after(SLOW, says({"text": "Two bowls, then."}))) as server:
        pool = _pool(server)
        dice = Random(1)

        async def one(number: int, seen: _Seen) -> None:
            lane = dice.choice(LANES)
            deadline, began = DEADLINES[lane], time.perf_counter()
            asked = Ask(
                messages=({"role": "user", "content": f"Guest {number} asks for soup."},),
                max_tokens=60,
                timeout=deadline,
                priority=lane,
                affinity=f"guest_{number % 100}",
            )
            try:
                await pool.answer(asked, Line)
            except LoomError as error:
                seen.note(began, deadline, error.code)
            else:
                seen.note(began, deadline, "answered")

        seen = await _flood(QUESTIONS, seconds, one, pool, server)
        await pool.aclose()
    return _figures(f"{QUESTIONS} questions a second", seen, seconds)


async def _decisions(seconds: float) -> list[Figure]:
    """Whole decisions, by the front door: of all kinds, mostly of extras."""
    async with FaultyServer(after(SLOW, says("{}"))) as server:
        pool = _pool(server)
        with tempfile.TemporaryDirectory() as folder:
            settings = load_settings(home=Path(folder), encounters={"fights": 0})
            pack = read_world(settings.config / "worlds" / "morning_star")
            dice = Random(1)
            crowd = [opening for opening in pack.opening if opening.kind in ("combat", "dialogue")]
            async with Loom.open(settings, model=pool) as loom:
                await loom.memory.load_world(pack)
                await loom.memory.warm()

                async def one(number: int, seen: _Seen) -> None:
                    opening: DecisionRequest = dice.choice(crowd if dice.random() < 0.8 else pack.opening)
                    name, deadline = f"flood.{number}", loom.declaration(opening.kind).deadline
                    asked = {"id": name, "thread": name, "seed": number, "policy": "model"}
                    began = time.perf_counter()
                    receipt = (await loom.decide(opening.model_copy(update=asked))).receipt
                    seen.note(began, deadline, receipt.reason if receipt.source == "fallback" else receipt.source)

                await _flood(DECISIONS, 2.0, one, pool, server)  # what a first decision costs is not what is measured
                seen = await _flood(DECISIONS, seconds, one, pool, server)
        await pool.aclose()
    return _figures(f"{DECISIONS} decisions a second", seen, seconds)


def _pool(server: FaultyServer) -> ModelPool:
    slow = EndpointSettings(name="slow", url=server.url, model="m", at_once=AT_ONCE)
    return ModelPool([slow], GuardSettings(queue=QUEUE, probe_seconds=0))


_number = iter(range(10**9))


async def _flood(
    rate: float, seconds: float, one: Callable[[int, _Seen], Awaitable[None]], pool: ModelPool, server: FaultyServer
) -> _Seen:
    """Offer so many a second, whatever becomes of them; then wait for all."""
    seen, running, process = _Seen(), set[asyncio.Task[None]](), psutil.Process()
    began = looked = time.perf_counter()
    while (gone := time.perf_counter() - began) < seconds:
        while seen.offered < gone * rate:
            seen.offered += 1
            task = asyncio.ensure_future(one(next(_number), seen))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.sleep(0.001)
        seen.deepest = max(seen.deepest, pool.waiting)
        if time.perf_counter() - looked >= 0.5:
            looked = time.perf_counter()
            seen.memory.append(process.memory_info().rss / 2**20)
            server.requests.clear()  # nobody looks at them here
            server.asked.clear()
    await asyncio.gather(*running)
    return seen


def _figures(what: str, seen: _Seen, seconds: float) -> list[Figure]:
    name, ended = "flood", seen.ends.total()
    return [
        Figure(name, f"{what}: offered", seen.offered / seconds, "/s"),
        Figure(name, f"{what}: answered or refused", ended / seen.offered * 100, "%", 100, "higher"),
        Figure(name, f"{what}: in time", (1 - seen.late / ended) * 100, "%", 100, "higher"),
        Figure(name, f"{what}: the latest after its deadline", seen.worst * 1_000, "ms", GRACE * 1_000),
        Figure(name, f"{what}: deepest queue", seen.deepest, "", QUEUE),
        Figure(name, f"{what}: memory, end over a third of the way", seen.growth, "x", 1.05),
        *(Figure(name, f"{what}: {end}", count / ended * 100, "%") for end, count in seen.ends.most_common()),
    ]
