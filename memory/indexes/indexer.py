"""The two indexes of memories, each of which follows the record by itself: one can lag or break without the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from memory.indexes.dense import DenseIndex
from memory.indexes.embedders import Embedder
from memory.indexes.follower import Follower, Pace
from memory.indexes.indexable import Entries
from memory.indexes.indexed import text_of, words_of
from memory.indexes.lexical import LexicalIndex
from memory.record.record import Record
from memory.values import Progress

DENSE = Pace(linger=0.25, lazy=32)
"""Chroma takes vectors one at a time at 6.5 ms each, and a thousand in 400 ms; starting it takes a second."""
LEXICAL = Pace(linger=0.25, lazy=0)
"""Recall looks through what waits by itself, so nothing is lost by waiting, and a decision meets fewer steps."""


class Indexer:
    """Vectors and words of what is recorded, put in and taken out behind the back of whoever plays."""

    def __init__(self, record: Record, dense: DenseIndex, lexical: LexicalIndex, embedder: Embedder) -> None:
        async def embed(world: str, entries: Entries) -> None:
            items = [(character, key, text_of(entry)) for character, told in entries.items() for key, entry in told]
            vectors = iter(await embedder.embed([text for *_, text in items]) if items else ())
            for character, told in entries.items():
                await dense.add(world, character, [key for key, _ in told], [next(vectors) for _ in told])

        async def shelve(world: str, entries: Entries) -> None:
            for character, told in entries.items():
                await lexical.add(world, character, [(key, words_of(entry)) for key, entry in told])

        self.dense = Follower("dense", record, dense, embed, DENSE)
        self.lexical = Follower("lexical", record, lexical, shelve, LEXICAL)

    @property
    def followers(self) -> tuple[Follower, Follower]:
        """Both, the quicker one first."""
        return self.lexical, self.dense

    def poke(self, world: str) -> None:
        """Say that something was remembered or forgotten, or that a timeline was begun: the indexes follow soon."""
        for follower in self.followers:
            follower.poke(world)

    async def settle(self, worlds: list[str]) -> None:
        """Return when all that is recorded by now is indexed, or has turned out not to be possible to."""
        await asyncio.gather(*(follower.settle(worlds) for follower in self.followers))

    async def rebuild(self, worlds: list[str], only: str, tell: Callable[[Progress], None]) -> None:
        """Index a world anew. Raises as `Follower.rebuild`, when what can be rebuilt has been."""
        done = await asyncio.gather(
            *(follower.rebuild(worlds, only, tell) for follower in self.followers), return_exceptions=True
        )
        for failed in done:
            if failed is not None:
                raise failed

    async def aclose(self, worlds: list[str]) -> None:
        """Index what waits, where an index was started, and stop following."""
        await asyncio.gather(*(follower.aclose(worlds) for follower in self.followers))
