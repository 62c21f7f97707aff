"""How much of its prompts a server knows already: a play session, by vLLM's own count."""

from __future__ import annotations

import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.figures import Figure
from inference import ModelPool
from memory import read_world
from schemas import DecisionRequest, EndpointSettings, load_settings
from service import Loom
from tests.support.playing import session

DEADLINE_MS = 120_000
QUICK = ("dialogue", "combat", "description")
_QUERIES, _HITS = "vllm:prefix_cache_queries_total", "vllm:prefix_cache_hits_total"


async def prefix_hits(url: str, *, quick: bool = False) -> list[Figure]:
    """The share of prompt tokens that the server had in its prefix cache while several characters were played.

    Everything is asked once, character after character in turns, as players go from one to the next. A server that
    was asked the same before, by another run of this, knows more than it should: the figure is of a fresh one.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder))
        pack = read_world(settings.config / "worlds" / "morning_star")
        pool = ModelPool([EndpointSettings(name="only", url=url)])
        async with Loom.open(settings, model=pool) as loom:
            await loom.memory.load_world(pack)
            before, asked, characters = await _counted(url), 0, set[str]()
            played = session(pack, kinds=QUICK, talk=2) if quick else session(pack)
            for request in in_turns(played):
                decision = await loom.decide(request.model_copy(update={"deadline_ms": DEADLINE_MS}))
                asked += decision.receipt.attempts
                characters.add(request.character)
            after = await _counted(url)
        await pool.aclose()
    queried = after[_QUERIES] - before[_QUERIES]
    share = (after[_HITS] - before[_HITS]) / queried if queried else 0.0
    what = f"{len(characters)} characters, {asked} prompts: tokens in vLLM's prefix cache"
    return [
        Figure("inference", what, share * 100, "%", 60, "higher"),
        Figure("inference", "the same: tokens of a prompt", queried / max(asked, 1), "tokens"),
    ]


def in_turns(requests: Iterable[DecisionRequest]) -> Iterator[DecisionRequest]:
    """One of each character and kind after the other, for as long as anybody has one left."""
    waiting = defaultdict[tuple[str, str], deque[DecisionRequest]](deque)
    for request in requests:
        waiting[request.character, request.kind].append(request)
    while waiting:
        for key in list(waiting):
            yield waiting[key].popleft()
            if not waiting[key]:
                del waiting[key]


async def _counted(url: str) -> dict[str, float]:
    """The server's counters by name, summed over its engines; what it does not count is 0."""
    async with httpx.AsyncClient(timeout=30) as client:
        said = await client.get(url.removesuffix("/v1") + "/metrics")
    found = {_QUERIES: 0.0, _HITS: 0.0}
    for family in text_string_to_metric_families(said.raise_for_status().text):
        for sample in family.samples:
            if sample.name in found:
                found[sample.name] += sample.value
    return found
