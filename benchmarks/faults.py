"""How long a decision takes when its servers are at fault: for each fault of docs/faults.md, alone and with a spare."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure
from inference import ModelPool
from memory import read_world
from schemas import DecisionRequest, EndpointSettings, GuardSettings, load_settings
from service import Loom
from tests.service.stage import good_answer
from tests.support.faults import FAULTS, Fault, Good, serving
from tests.support.faulty_server import FaultyServer, says

DEADLINE_MS = 500
GRACE_MS = 20


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """Milliseconds of a dialogue of 500 ms, asked of a pool that has met none of the faults before."""
    del model_url
    times = 1 if quick else 7
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder), model={"context_tokens": 8_192})
        pack = read_world(settings.config / "worlds" / "morning_star")
        opening = next(request for request in pack.opening if request.kind == "dialogue")
        pool = ModelPool((), GuardSettings(probe_seconds=0))
        async with Loom.open(settings, model=pool) as loom:
            await loom.memory.load_world(pack)
            await loom.memory.warm()
            good = good_answer(loom, opening)
            figures = list[Figure]()
            for fault in FAULTS:
                for spare in (False, True):
                    taken = [await _once(loom, pool, opening, fault, good, spare=spare) for _ in range(times)]
                    figures.append(_figure(fault, taken, spare=spare))
        await pool.aclose()
    return figures


async def _once(
    loom: Loom, pool: ModelPool, opening: DecisionRequest, fault: Fault, good: Good, *, spare: bool
) -> float:
    """Milliseconds of one decision, by servers that are asked for the first time."""
    number = time.perf_counter_ns()
    changes = {"id": f"fault.{number}", "thread": f"fault.{number}", "policy": "model", "deadline_ms": DEADLINE_MS}
    async with serving(fault, good) as (url, _), FaultyServer(says(good)) as well:
        pool.add(EndpointSettings(name="at_fault", url=url, model="m", weight=1_000))
        if spare:
            pool.add(EndpointSettings(name="spare", url=well.url, model="m", weight=0.001))
        began = time.perf_counter()
        await loom.decide(opening.model_copy(update=changes))
        took = (time.perf_counter() - began) * 1_000
        for endpoint in pool.endpoints:
            await pool.remove(endpoint.name)
    return took


def _figure(fault: Fault, taken: list[float], *, spare: bool) -> Figure:
    beside = ", a second server is well" if spare else ""
    return Figure("faults", f"{fault.name}{beside}: slowest of {len(taken)}", max(taken), "ms", DEADLINE_MS + GRACE_MS)
