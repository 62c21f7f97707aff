"""How long a recall takes, beside what the vector store and the embedder cost by themselves."""

from __future__ import annotations

import os
import random
import tempfile
from itertools import chain
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings

from benchmarks.figures import Figure
from benchmarks.memory.lives import asking, lived, memories, p95, question, timed
from inference import EndpointEmbedder
from memory import Embedder, LexicalEmbedder, Memory
from tests.support.tiny_vllm import EMBEDDINGS_URL

MANY = 10_000
NEIGHBOURS = 50
"""What recall asks the index for; 50 cost what 5 cost."""


async def measure(*, quick: bool) -> list[Figure]:
    """Recall of 5 memories with all legs: of one character, of a hundred, with a real embedder if there is one."""
    size, crowd, asked = (1_000, 10, 60) if quick else (MANY, 100, 400)
    async with lived(1, size) as (memory, _):
        alone = await _recalls(memory, 1, asked)
    bare = await _bare(LexicalEmbedder(), size, asked)
    async with lived(crowd, size) as (memory, _):
        among_many = await _recalls(memory, crowd, asked)
    figures = [
        Figure("memory", f"recall of 5 from {size:,} memories, three legs, p95", p95(alone), "ms", 20),
        Figure("memory", "the same: median", float(np.median(alone)), "ms"),
        Figure("memory", "the same over the bare Chroma query and embedding, p95", p95(alone) / p95(bare), "x"),
        Figure(
            "memory",
            f"recall among {crowd} characters of {size:,} each, over that of one, p95",
            p95(among_many) / p95(alone),
            "x",
            1.5,
        ),
        Figure("memory", "the same: median", float(np.median(among_many)), "ms"),
    ]
    url = os.environ.get(EMBEDDINGS_URL)
    return figures if url is None else [*figures, await _with_endpoint(url, quick=quick)]


async def _with_endpoint(url: str, *, quick: bool) -> Figure:
    size, asked = (200, 30) if quick else (2_000, 100)
    embedder = await EndpointEmbedder.probe(url, name="minilm")
    try:
        async with lived(1, size, embedder) as (memory, _):
            took = await _recalls(memory, 1, asked)
        bare = await _bare(embedder, size, asked)
    finally:
        await embedder.aclose()
    case = f"recall of 5 from {size:,} with MiniLM over the bare Chroma query and embedding call, p95"
    return Figure("memory", case, p95(took) / p95(bare), "x", 2.5)


async def _recalls(memory: Memory, characters: int, times: int) -> list[float]:
    dice = random.Random(11)

    async def once() -> None:
        recalled = await memory.recall(asking(f"c{dice.randrange(characters)}", dice))
        if recalled.warnings or len(recalled.memories) != 5:
            raise RuntimeError(f"a leg was missing: {recalled.warnings}")

    await timed(once, 3 + characters)
    return await timed(once, times)


async def _bare(embedder: Embedder, size: int, times: int) -> list[float]:
    """One text embedded and its nearest neighbours asked of Chroma, in a collection of so many."""
    dice = random.Random(13)
    texts = [entry.text for entry in memories("c0", size, random.Random(7))]
    parts = [await embedder.embed(texts[start : start + 100]) for start in range(0, size, 100)]
    vectors = np.asarray(list(chain.from_iterable(parts)), dtype=np.float32)
    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(str(Path(folder)), Settings(anonymized_telemetry=False))
        collection = client.create_collection("bare", embedding_function=None, metadata={"hnsw:space": "cosine"})
        for start in range(0, size, 1_000):
            part = vectors[start : start + 1_000]
            collection.add(ids=[str(number) for number in range(start, start + len(part))], embeddings=part)

        async def once() -> None:
            [vector] = await embedder.embed([question(dice)])
            collection.query(np.asarray([vector], dtype=np.float32), n_results=NEIGHBOURS, include=["distances"])

        await timed(once, 5)
        took = await timed(once, times)
        client.close()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # its type is an interface without it
    return took
