"""The three ways to find memories, asked at the same time: by meaning, by words, by tags."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from memory.indexes.embedders import Embedder, Vector
from memory.indexes.index import IndexFailed
from memory.indexes.indexed import tag_words
from memory.indexes.terms import asked_terms, terms_of
from memory.recall.fusion import Glimpse
from memory.record.history import Key
from schemas import Leg, ModelError, RecordError

TAGS = 16
"""Tags that are looked for, the strongest ones."""
STEM = 4
"""Letters that two words must begin with together to count as one, where no index has stemmed them."""
WAITING = 3_200
"""Vectors that are kept of memories that wait to be indexed: they are asked about again and again."""

Scores = dict[Key, float]


class Finder(Protocol):
    """An index that finds by text."""

    async def search(self, world: str, character: str, text: str, count: int) -> list[tuple[Key, float]]:
        """The best keys with their scores, the best first."""
        ...


class Near(Protocol):
    """An index that finds by vector."""

    async def search(self, world: str, character: str, vector: Vector, count: int) -> list[tuple[Key, float]]:
        """The nearest keys with their cosines, the nearest first."""
        ...


@dataclass(frozen=True, slots=True)
class Sought:
    """What the legs look for."""

    world: str
    character: str
    text: str
    energies: Mapping[str, float]
    waiting: Mapping[Leg, Mapping[Key, Glimpse]]
    """For each leg to ask: the memories that its index does not have yet."""
    ready: frozenset[Leg]
    """The legs whose index has anything: the others need not be started for a question."""


@dataclass(slots=True)
class Found:
    """What they found."""

    scores: dict[Leg, Scores] = field(default_factory=dict[Leg, Scores])
    """Of each leg that answered."""
    full: bool = False
    """Whether an index gave as many as it was asked for, and may have more."""
    warnings: list[str] = field(default_factory=list[str])
    """What went wrong with the others."""


class Legs:
    """Asks the indexes, and compares by itself what they do not have yet."""

    def __init__(self, dense: Near, lexical: Finder, embedder: Embedder) -> None:
        self._dense, self._lexical, self._embedder = dense, lexical, embedder
        self._vectors: dict[tuple[str, Key], Vector] = {}

    async def ask(self, sought: Sought, count: int, patience: float) -> Found:
        """The `count` best of each leg, as far as they answer within `patience` seconds.

        A leg that fails or is late is left out, and named in the warnings.
        """
        ways: dict[Leg, Callable[[Sought, int], Awaitable[tuple[Scores, bool]]]] = {
            "dense": self._by_meaning,
            "lexical": self._by_words,
            "associative": self._by_tags,
        }
        asked: dict[Leg, asyncio.Future[tuple[Scores, bool]]] = {
            leg: asyncio.ensure_future(ways[leg](sought, count)) for leg in sought.waiting
        }
        found = Found()
        if not asked:
            return found
        try:
            await asyncio.wait(asked.values(), timeout=patience)
        finally:
            for task in asked.values():
                task.cancel()  # those that are done do not mind
        for leg, task in asked.items():
            try:
                if not task.done():
                    raise IndexFailed(f"{leg} leg: no answer within {patience:.2g} s")
                scores, full = task.result()
            except (IndexFailed, ModelError, RecordError) as error:
                if str(error) not in found.warnings:  # two legs may share an index
                    found.warnings.append(str(error))
                continue
            found.scores[leg] = scores
            found.full = found.full or full
        return found

    async def _by_meaning(self, sought: Sought, count: int) -> tuple[Scores, bool]:
        waiting = sought.waiting["dense"]
        names = {key: (sought.world, key) for key in waiting}
        unknown = [key for key in waiting if names[key] not in self._vectors]
        vector, *fresh = await self._embedder.embed([sought.text, *(waiting[key].text for key in unknown)])
        if len(self._vectors) > WAITING:
            self._vectors.clear()
        self._vectors |= {names[key]: known for key, known in zip(unknown, fresh, strict=True)}
        known = {key: self._vectors.get(name) or [] for key, name in names.items()}
        near: list[tuple[Key, float]] = []
        if "dense" in sought.ready:
            near = await self._dense.search(sought.world, sought.character, vector, count)
        return dict(near) | _cosines(vector, known), len(near) == count

    async def _by_words(self, sought: Sought, count: int) -> tuple[Scores, bool]:
        near = await self._words(sought, "lexical", sought.text, count)
        best = near[0][1] if near else 1.0
        terms = asked_terms(sought.text)
        shares = {key: _share(terms, terms_of(one.text)) for key, one in sought.waiting["lexical"].items()}
        waiting = {key: best * share for key, share in shares.items() if share > 0}
        return dict(near) | waiting, len(near) == count

    async def _by_tags(self, sought: Sought, count: int) -> tuple[Scores, bool]:
        """Only which have any of the tags: what they weigh is said by all the tags of each. The character's own tag,
        which may be on all of its memories, is not looked for."""
        telling = [tag for tag in sought.energies if tag != f"entity:{sought.character}"][:TAGS]
        if not telling:
            return {}, False
        near = await self._words(sought, "associative", " ".join(tag_words(telling)), count)
        return dict(near), len(near) == count

    async def _words(self, sought: Sought, leg: Leg, words: str, count: int) -> list[tuple[Key, float]]:
        if leg not in sought.ready:
            return []
        return await self._lexical.search(sought.world, sought.character, words, count)


def _cosines(vector: Vector, others: Mapping[Key, Vector]) -> Scores:
    return {key: _cosine(vector, other) for key, other in others.items()}


def _cosine(a: Vector, b: Vector) -> float:
    left, right = np.asarray(a), np.asarray(b)
    lengths = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / lengths if lengths else 0.0


def _share(asked: list[str], said: Iterable[str]) -> float:
    """How many of the words that are asked are said, inflected or not: 0 to 1."""
    stems = {_stem(word) for word in said}
    return sum(_stem(word) in stems for word in asked) / len(asked) if asked else 0.0


def _stem(word: str) -> str:
    return word[: max(STEM, len(word) - 3)]
