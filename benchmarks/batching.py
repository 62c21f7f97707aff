"""What deciding together gains: one decision at a time against 64 at once, on a real vLLM."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.figures import Figure
from inference import VllmModel
from memory import read_world
from schemas import Decision, DecisionRequest, load_settings
from service import Loom
from tests.support.tiny_vllm import VLLM_URL, running_vllm

AT_ONCE = 64
DEADLINE_MS = 120_000


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """Decisions a second with 1 and with 64 at once, and their ratio; the tiny vLLM is started where none is given."""
    url = model_url or os.environ.get(VLLM_URL)
    if url is not None:
        return await _measure(url, quick=quick)
    with running_vllm() as started:
        return await _measure(started, quick=quick)


async def _measure(url: str, *, quick: bool) -> list[Figure]:
    alone, together = (4, 64) if quick else (12, 192)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder))
        model = VllmModel(url)
        pack = read_world(settings.config / "worlds" / "morning_star")
        opening = next(request for request in pack.opening if request.kind == "dialogue")
        async with Loom.open(settings, model=model) as loom:
            await loom.memory.load_world(pack)
            await _decide(loom, opening, 2, at_once=2)
            one, _ = await _decide(loom, opening, alone, at_once=1)
            many, sources = await _decide(loom, opening, together, at_once=AT_ONCE)
        await model.aclose()
    by_model = (sources["model"] + sources["repaired"]) / sources.total()
    return [
        Figure("batching", f"decisions with {AT_ONCE} at once over one at a time", many / one, "x", 8, "higher"),
        Figure("batching", "one at a time", one, "decisions/s", better="higher"),
        Figure("batching", f"{AT_ONCE} at once", many, "decisions/s", better="higher"),
        Figure("batching", f"{AT_ONCE} at once: by the model", by_model * 100, "%", better="higher"),
    ]


async def _decide(loom: Loom, opening: DecisionRequest, count: int, *, at_once: int) -> tuple[float, Counter[str]]:
    """Decisions a second, and their sources. Each is a character's own: another thread, another seed."""
    places = asyncio.Semaphore(at_once)

    async def one(number: int) -> Decision:
        asked = opening.model_copy(
            update={
                "id": f"batch.{at_once}.{number}",
                "thread": f"batch.{at_once}.{number}",
                "seed": number,
                "policy": "model",
                "deadline_ms": DEADLINE_MS,
            }
        )
        async with places:
            return await loom.decide(asked)

    began = time.perf_counter()
    made = await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - began), Counter(decision.receipt.source for decision in made)
