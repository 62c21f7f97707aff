"""The answers that a process can say again, whoever keeps them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import numpy as np
import structlog
from cachetools import LRUCache
from pydantic import JsonValue

from inference.caching.flights import Flights
from inference.caching.kept import Kept, Vector, name_of, pack
from inference.caching.store import Store
from inference.registry import ModelRegistry
from schemas import CacheSettings, ModelError, Reuse, Tokens, Value
from telemetry import instruments

MOST = 8
"""Answers that are looked at for one question: each may have to be judged."""
TEXTS = 4_096
"""Texts whose vectors are remembered: scenes come again and again."""
EMBEDDING = 0.1
"""Seconds that an embedder may take: after that asking the model is the better use of time."""
T = TypeVar("T")
_log = structlog.stdlib.get_logger(__name__)


class Embeds(Protocol):
    """Whoever turns texts into vectors."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector for each text."""
        ...


class Question(Value):
    """What is asked, as the cache tells questions apart."""

    world: str
    kind: str
    key: str
    """Of everything that shapes the answer, but the seed."""
    drawer: str | None = None
    """Of everything that a situation must share with another one to be answered alike; None: it is told to nobody."""
    parts: tuple[str, ...] = ()
    """What may differ a little: the words that were said, and who stands around."""
    hearers: tuple[str, ...] = ()
    """Who must not hear the same words twice; none: they may be said as often as they fit."""
    seed: int = 0
    """Where several answers fit: which comes first."""
    models: frozenset[str] = frozenset()
    """Whose answers will do."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that may fit."""

    kept: Kept
    likeness: float | None = None
    """0 to 1; None: it was given to the very same question."""


@dataclass(slots=True)
class AnswerCache(Generic[T]):
    """Finds answers that were given before, and keeps new ones. Nothing here raises or holds a decision up for long."""

    store: Store
    settings: CacheSettings
    embedder: Embeds | None = None
    registry: ModelRegistry = field(default_factory=ModelRegistry)
    now: Callable[[], float] = time.time
    """Seconds since 1970."""
    flights: Flights[T] = field(default_factory=Flights[T])
    _vectors: LRUCache[str, Vector] = field(default_factory=lambda: LRUCache[str, Vector](TEXTS))

    async def same(self, question: Question) -> list[Found]:
        """What was answered to the very same question; where it begins is drawn from the seed."""
        kept = await self.store.same(question.world, question.key)
        start = question.seed % len(kept) if kept else 0
        return await self._usable(question, [Found(one) for one in (*kept[start:], *kept[:start])])

    async def alike(self, question: Question, *, within: float) -> list[Found]:
        """What was answered in situations like this one, the most alike first."""
        least = self.settings.semantic.get(question.kind)
        if least is None or question.drawer is None:
            return []
        vectors = await self._embedded(question.parts, within)
        if not vectors:
            return []
        close = await self.store.alike(question.world, question.drawer, vectors, least, MOST)
        return await self._usable(question, [Found(kept, likeness) for likeness, kept in close])

    async def say(self, question: Question, found: Found) -> bool:
        """Note that an answer is given; False: somebody who hears it has heard it meanwhile."""
        return await self.store.say(question.world, found.kept.id, question.hearers)

    async def keep(
        self,
        question: Question,
        content: Mapping[str, JsonValue],
        calls: Sequence[dict[str, JsonValue]],
        *,
        model: str,
        tokens: Tokens,
        milliseconds: float,
        within: float,
    ) -> None:
        """Keep an answer that was accepted, and note who has heard it now."""
        vectors: Sequence[Vector] = ()
        if question.drawer is not None and question.kind in self.settings.semantic:
            vectors = await self._embedded(question.parts, within)
        kept = Kept.sealed(
            world=question.world,
            kind=question.kind,
            key=question.key,
            drawer=question.drawer if vectors else None,
            vectors=tuple(pack(vector) for vector in vectors),
            content=dict(content),
            calls=tuple(calls),
            model=model,
            model_version=self.version_of(model),
            tokens=tokens,
            milliseconds=milliseconds,
            kept_at=self.now(),
        )
        await self.store.keep(kept)
        if question.hearers:
            await self.store.say(question.world, kept.id, question.hearers, again=False)

    async def heard(
        self, question: Question, content: Mapping[str, JsonValue], calls: Sequence[dict[str, JsonValue]]
    ) -> None:
        """Note who has heard an answer that somebody else's question got."""
        if question.hearers:
            name = name_of(question.world, question.key, content, calls)
            await self.store.say(question.world, name, question.hearers)

    def receipt_of(self, found: Found) -> Reuse:
        """Which answer it is, how old, how like, and what it saves."""
        return Reuse(
            cache="exact" if found.likeness is None else "semantic",
            answer=found.kept.id,
            age_seconds=round(max(self.now() - found.kept.kept_at, 0.0), 3),
            likeness=found.likeness,
            tokens=found.kept.tokens,
            milliseconds=found.kept.milliseconds,
        )

    def count(self, kind: str, reuse: Reuse | None, model: str = "") -> None:
        """Tell what became of a question: given again, or asked for."""
        told = instruments()
        told.cache_questions.add(1, {"kind": kind, "cache": "none" if reuse is None else reuse.cache})
        if reuse is None:
            return
        of = {"kind": kind, "model": model}
        for type_, tokens in (("input", reuse.tokens.prompt), ("output", reuse.tokens.completion)):
            if tokens:
                told.cache_tokens.add(tokens, {**of, "type": type_})
        told.cache_cost.add(self._cost(model, reuse.tokens), of)
        told.cache_seconds.add(reuse.milliseconds / 1_000, {"kind": kind})

    def version_of(self, model: str) -> str:
        """What the registry says of a model beside its name: another version's answers are another model's."""
        known = next((one for one in self.registry.models if one.name == model), None)
        if known is None:
            return ""
        return "#".join(part or "" for part in (known.version, known.sha256, known.quantization, known.chat_template))

    async def aclose(self) -> None:
        """Close the store."""
        await self.store.aclose()

    async def _usable(self, question: Question, found: Sequence[Found]) -> list[Found]:
        """Those of a model that would be asked now, and that no hearer has heard."""
        ours = [one for one in found if self._is_asked(one.kept, question.models)]
        if question.hearers and ours:
            names = await self.store.not_said(question.world, [one.kept.id for one in ours], question.hearers)
            fresh = [one for one in ours if one.kept.id in names]
        else:
            fresh = ours
        for reason, lost in (("model", len(found) - len(ours)), ("heard", len(ours) - len(fresh))):
            if lost:
                instruments().cache_passed_over.add(lost, {"kind": question.kind, "reason": reason})
        return fresh[:MOST]

    def _is_asked(self, kept: Kept, models: Collection[str]) -> bool:
        return kept.model in models and kept.model_version == self.version_of(kept.model)

    async def _embedded(self, parts: Sequence[str], within: float) -> list[Vector]:
        """A vector for each part, of length 1; none where the embedder fails."""
        unknown = [part for part in dict.fromkeys(parts) if part not in self._vectors]
        if unknown:
            if self.embedder is None:
                return []
            try:
                async with asyncio.timeout(min(within, EMBEDDING)):
                    made = await self.embedder.embed(unknown)
            except (ModelError, TimeoutError) as error:
                instruments().cache_faults.add(1, {"reason": "embedder"})
                _log.warning("cache_without_vectors", because=type(error).__name__)
                return []
            self._vectors.update({part: _scaled(vector) for part, vector in zip(unknown, made, strict=True)})
        return [self._vectors[part] for part in parts]

    def _cost(self, model: str, tokens: Tokens) -> float:
        known = next((one for one in self.registry.models if one.name == model), None)
        return 0.0 if known is None else known.cost(prompt_tokens=tokens.prompt, completion_tokens=tokens.completion)


def _scaled(vector: Sequence[float]) -> Vector:
    numbers = np.asarray(vector, dtype=np.float32)
    length = float(np.linalg.norm(numbers))
    return numbers / length if length else numbers
