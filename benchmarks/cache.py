"""What it costs to say again what was said before: found by the question, by likeness, here and in Redis."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from inference import AnswerCache, InProcess, InRedis, Kept, Question
from inference.caching import pack
from memory import LexicalEmbedder
from schemas import CacheSettings, Tokens
from service.answers import make_store
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

ENTRIES = 10_000
DIMENSION = 384
"""Of all-MiniLM-L6-v2."""
SUITE = "cache"
WORLD, KIND, MODEL, DRAWER = "bench", "dialogue", "model", "d" * 32
PATIENT_MS = 5_000


class Known:
    """An embedder that knows all its vectors: what embedding costs is not measured with it."""

    def __init__(self, vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> None:
        self._vectors = vectors

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """The vector whose number the text is."""
        return [self._vectors[int(text.rpartition(" ")[2])].tolist() for text in texts]


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """Milliseconds until an answer is found and noted as said, with 10,000 situations in one drawer."""
    del model_url
    runs = 200 if quick else 2_000
    dice = np.random.default_rng(1)
    vectors = dice.standard_normal((ENTRIES, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = [_kept(number, vectors) for number in range(ENTRIES)]
    figures = await _figures(make_store(CacheSettings(store="memory")), vectors, kept, runs, "in the process")
    figures += await _embedding(runs)
    if shutil.which("redis-server") is None:
        return figures
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        server.start()
        try:
            settings = CacheSettings(store="redis", redis_url=server.url, patience_ms=PATIENT_MS)
            some = kept[: ENTRIES // 10] if quick else kept  # ten thousand take Redis longer than a quick run
            return [*figures, *await _figures(make_store(settings), vectors, some, runs, "Redis on loopback")]
        finally:
            server.stop()


async def _figures(
    store: InProcess | InRedis,
    vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    kept: Sequence[Kept],
    runs: int,
    where: str,
) -> list[Figure]:
    settings = CacheSettings(store="memory", semantic={KIND: 0.9})
    cache = AnswerCache[object](store, settings, Known(vectors))
    for one in kept:
        await store.put(one)
    try:
        if not isinstance(store, InProcess):  # its copy of the drawer is read behind play, from the first question on
            await cache.alike(_question(0), within=60.0)
            await until(lambda: len(store.copy) >= len(kept), "all of the drawer is there")
        exact = await _timed(runs, lambda number: _exact(cache, number))
        alike = await _timed(runs // 4, lambda number: _alike(cache, number), first=True)
    finally:
        await cache.aclose()
    return [
        *_two(f"exact hit, {where}", exact, 1.0),
        *_two(f"hit by likeness among {len(kept):,}, {where}, embedding not counted", alike, 5.0),
    ]


async def _embedding(runs: int) -> list[Figure]:
    embedder, took = LexicalEmbedder(), list[float]()
    for number in range(runs):
        began = time.perf_counter()
        await embedder.embed([f"Two bowls of soup for table {number}, please, and be quick about it."])
        took.append((time.perf_counter() - began) * 1_000)
    return _two("embedding a line, lexical", took, None)


async def _exact(cache: AnswerCache[object], number: int) -> None:
    question = _question(number)
    found = await cache.same(question)
    assert await cache.say(question, found[0])  # noqa: S101  # what is measured is a hit


async def _alike(cache: AnswerCache[object], number: int) -> None:
    question = _question(number, hearer="somebody_else")
    found = await cache.alike(question, within=60.0)
    assert found[0].kept.content["npc_text"] == f"Line {number}."  # noqa: S101  # the same


async def _timed(runs: int, visit: Callable[[int], Awaitable[None]], *, first: bool = False) -> list[float]:
    """Milliseconds of each visit; `first`: after one that is not counted."""
    took = list[float]()
    for number in range(runs):
        if first:
            await visit(number)
        began = time.perf_counter()
        await visit(number)
        took.append((time.perf_counter() - began) * 1_000)
    return took


def _two(case: str, took: Sequence[float], target: float | None) -> list[Figure]:
    return [Figure(SUITE, f"{case}, p{part}", float(np.percentile(took, part)), "ms", target) for part in (50, 95)]


def _question(number: int, hearer: str = "player") -> Question:
    return Question(
        world=WORLD,
        kind=KIND,
        key=f"{number:032x}",
        drawer=DRAWER,
        parts=(f"said {number}", "around 0"),
        hearers=(f"{hearer}_{number}",),
        models=frozenset({MODEL}),
    )


def _kept(number: int, vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Kept:
    variants = [{"text": f"And then {n}?", "tone": "neutral", "consequence_hint": None} for n in range(3)]
    return Kept.sealed(
        world=WORLD,
        kind=KIND,
        key=f"{number:032x}",
        drawer=DRAWER,
        vectors=(pack(vectors[number]), pack(vectors[0])),
        content={"npc_text": f"Line {number}.", "tone": "friendly", "player_variants": variants},
        model=MODEL,
        tokens=Tokens(prompt=2_000, completion=120),
        milliseconds=400.0,
        kept_at=1.7e9,
    )
