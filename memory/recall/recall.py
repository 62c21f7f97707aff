"""Bring to mind: facts by association, memories by meaning, words and tags, and the last words that were said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain

import structlog
from sqlalchemy import Connection

from memory.conversation import latest_summary
from memory.indexes.follower import Follower
from memory.indexes.index import IndexFailed
from memory.recall.fusion import (
    Glimpse,
    associated,
    found_by,
    glimpse,
    in_order,
    relevance,
    with_neighbours,
)
from memory.recall.legs import Found, Legs, Sought
from memory.recall.named import Names, Question
from memory.recall.neighbours import neighbours
from memory.recall.rerank import Reranker
from memory.record.history import Key, Remembered, facts_of, last_turns, memories_by_key, newest_memories
from memory.record.record import Record
from memory.record.tables import place_of
from memory.tags.activation import Spread
from memory.tags.mind import Mind
from memory.values import RecallQuery
from schemas import Fact, FoundBy, Leg, ModelError, Recalled, RecallSettings, Tag, TagKind, Turn, World

WIDE = 64
"""Keys to ask an index for at first: so many cost what 5 cost, and some may be on another timeline."""
WIDER = 4
"""By what to multiply when too few were visible."""
UNINDEXED = 64
"""Newest memories that are compared one by one when an index does not have them yet."""
HEARD = 128
"""Newest memories whose speakers are known as such."""
SOURCES = 80
"""Most relevant memories that give something to their neighbours."""
BRINGING = 24
"""How many of those, the first ones, bring up neighbours that no leg has found."""
LEGS: tuple[Leg, ...] = ("dense", "lexical", "associative")

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what it knows, and where it is."""

    world: World
    mind: Mind

    def knowers(self, character: str) -> frozenset[str]:
        """In whose names it knows things."""
        return self.world.knowers(character)


@dataclass(slots=True)
class FromRecord:
    """What the record says at once, in one hop."""

    question: Question
    energies: dict[str, float]
    facts: list[Fact]
    turns: list[Turn] = field(default_factory=list[Turn])
    summary: str | None = None
    newest: dict[Key, Remembered] = field(default_factory=dict[Key, Remembered])
    unindexed: dict[Key, Remembered] = field(default_factory=dict[Key, Remembered])
    """The newest of those that not every index has yet."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Memories in their order, each with how it was found."""

    memories: dict[Key, Remembered]
    found_by: dict[Key, tuple[FoundBy, ...]]


ECHO: Mapping[str, float] = {"lexical-1": 1 / 3}
"""What the dense leg is worth with an embedder that compares words, by its name: the lexical leg does so already."""


def weights_of(settings: RecallSettings, embedder: str) -> dict[Leg, float]:
    """What each leg weighs; 0: it is switched off."""
    return {
        "dense": settings.dense * ECHO.get(embedder, 1.0),
        "lexical": settings.lexical,
        "associative": settings.associative,
    }


@dataclass(slots=True)
class Search:
    """The indexes, and how far each has followed the record."""

    record: Record
    legs: Legs
    followers: Mapping[Leg, Follower]
    settings: RecallSettings
    weights: Mapping[Leg, float]
    reranker: Reranker | None = None
    _told: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def tell(self, query: RecallQuery, warnings: list[str]) -> None:
        """Log what is wrong with a world's recall when it changes; each receipt has it anyway."""
        if warnings != self._told.get(query.world, []):
            self._told[query.world] = warnings
            if warnings:
                _log.warning("recall without all of its legs", world=query.world, because=warnings)
            else:
                _log.info("recall has all of its legs again", world=query.world)

    async def marks(self, query: RecallQuery, warnings: list[str]) -> dict[Leg, int]:
        """The legs that can be asked, with the last moment that the index of each has."""
        wanted = LEGS if query.legs is None else query.legs
        asked: list[Leg] = [leg for leg in LEGS if leg in wanted and self.weights[leg] > 0]
        marks: dict[Leg, int] = {}
        for leg in asked:
            try:
                marks[leg] = await self.followers[leg].mark(query.world)
            except IndexFailed as error:
                if str(error) not in warnings:
                    warnings.append(str(error))
        return marks

    async def best(
        self, query: RecallQuery, timeline: str, said: FromRecord, marks: Mapping[Leg, int], warnings: list[str]
    ) -> Ranked | None:
        """The memories that fit the query best, the best first; None where no leg answered.

        Raises:
            RecordError: the record could not be read.
        """
        until = asyncio.get_running_loop().time() + query.patience
        glimpses = {key: glimpse(memory) for key, memory in said.unindexed.items()}
        waiting: dict[Leg, Mapping[Key, Glimpse]] = {
            leg: {key: one for key, one in glimpses.items() if one.place >= place_of(mark + 1)}
            for leg, mark in marks.items()
        }
        for leg, those in waiting.items():
            if len(those) >= UNINDEXED and leg != "associative":
                trouble = self.followers[leg].troubles.get(query.world, "more memories wait for it than are compared")
                warnings.append(f"{leg} index lags: {trouble}")
        ready: set[Leg] = {leg for leg, mark in marks.items() if mark >= 0}
        sought = Sought(query.world, query.character, said.question.text, said.energies, waiting, frozenset(ready))
        count = max(WIDE, 4 * query.memories)
        while True:
            found = await self.legs.ask(sought, count, max(until - asyncio.get_running_loop().time(), 0.01))
            if not found.scores:
                warnings.extend(found.warnings)
                return None
            ranked = await self.record.read(
                lambda connection, found=found: self._rank(connection, query, timeline, said, found)
            )
            if len(ranked.memories) >= query.memories or not found.full:
                warnings.extend(found.warnings)
                return await self._reranked(query, ranked, until, warnings)
            count *= WIDER

    def _rank(
        self, connection: Connection, query: RecallQuery, timeline: str, said: FromRecord, found: Found
    ) -> Ranked:
        """Weigh what this timeline can see and has not forgotten of what was found."""
        whose = (query.world, timeline, query.character)
        keys = {key for scores in found.scores.values() for key in scores} | set(said.unindexed)
        memories = said.unindexed | memories_by_key(connection, *whose, sorted(keys - set(said.unindexed)))
        glimpses = {key: glimpse(memory) for key, memory in memories.items()}
        legs: dict[Leg, dict[Key, float]] = {
            leg: {key: score for key, score in scores.items() if key in memories}
            for leg, scores in found.scores.items()
        }
        if "associative" in legs:
            legs["associative"] = associated(glimpses, said.energies)
        fits = relevance(legs, self.weights)
        if self.settings.neighbours > 0:
            sources = sorted(fits, key=lambda key: (-fits[key], key))[:SOURCES]
            around = neighbours(connection, *whose, sources)
            brought = chain.from_iterable(chain(*around[key]) for key in sources[:BRINGING] if key in around)
            unread = {key for key in brought if key is not None} - set(memories)
            beside = memories_by_key(connection, *whose, sorted(unread))
            memories |= beside
            glimpses |= {key: glimpse(memory) for key, memory in beside.items()}
            fits = with_neighbours(fits, glimpses, around, self.settings.neighbours)
        order = in_order(fits, glimpses, said.question.named, query.at.total_minutes, self.settings)
        most = max(query.memories, self.settings.rerank.candidates if self.reranker else 0)
        return Ranked({key: memories[key] for key in order[:most]}, {key: found_by(key, legs) for key in order[:most]})

    async def _reranked(self, query: RecallQuery, ranked: Ranked, until: float, warnings: list[str]) -> Ranked:
        """The best as the cross-encoder has them, if there is one and it answers in time."""
        keys = list(ranked.memories)
        if self.reranker is not None and len(keys) > 1:
            entries = [ranked.memories[key].entry for key in keys]
            texts = [f"{entry.speaker}: {entry.text}" if entry.speaker else entry.text for entry in entries]
            try:
                async with asyncio.timeout_at(until):
                    scores = dict(zip(keys, await self.reranker.rank(query.text, texts), strict=True))
                keys.sort(key=lambda key: -scores[key])
            except TimeoutError:
                warnings.append(f"reranker: no answer within {query.patience:g} s")
            except ModelError as error:
                warnings.append(f"reranker: {error}")
        return Ranked({key: ranked.memories[key] for key in keys[: query.memories]}, ranked.found_by)


async def recall(query: RecallQuery, asker: Asker, search: Search) -> Recalled:
    """See `Memory.recall`."""
    warnings: list[str] = []
    marks = await search.marks(query, warnings)
    said = await search.record.read(lambda connection: _from_record(connection, query, asker, search.settings, marks))
    newest = dict(list(said.newest.items())[: query.memories])
    chosen = Ranked(newest, dict.fromkeys(newest, ("newest",)))
    if not _must_search(query, said.newest):
        warnings = []
    elif marks:
        chosen = await search.best(query, asker.mind.timeline, said, marks, warnings) or chosen
    search.tell(query, warnings)
    entries = {key: memory.entry for key, memory in chosen.memories.items()}
    found: dict[str, tuple[FoundBy, ...]] = {fact.id: ("associative",) for fact in said.facts}
    return Recalled(
        memories=tuple(entries.values()),
        found_by=found | {entry.id: chosen.found_by[key] for key, entry in entries.items()},
        facts=tuple(said.facts),
        turns=tuple(said.turns),
        summary=said.summary,
        activation=said.energies,
        warnings=tuple(warnings),
    )


def _must_search(query: RecallQuery, newest: Mapping[Key, Remembered]) -> bool:
    """Whether there is anything to choose from, and by."""
    return len(newest) > query.memories > 0 and bool(query.text.strip())


def _from_record(
    connection: Connection, query: RecallQuery, asker: Asker, settings: RecallSettings, marks: Mapping[Leg, int]
) -> FromRecord:
    mind, whose = asker.mind, (query.world, asker.mind.timeline, query.character)
    newest: dict[Key, Remembered] = {}
    if query.memories:
        newest = newest_memories(connection, *whose, max(query.memories + 1, HEARD))
    heard = (glimpse(memory).speaker for memory in newest.values()) if query.text.strip() else ()
    voices = {voice for voice in heard if voice is not None}
    question = Names.of(asker.world, voices).read(query.text, voices)
    knowers = asker.knowers(query.character)
    with mind.lock:
        mind.follow(connection)
        energies = mind.activate(_seeds(query, question, asker.world), knowers, Spread.of(settings, query))
        cards = mind.relevant(energies, knowers, now=query.at.total_minutes, limit=query.facts)
        facts = facts_of(connection, mind, [card.id for card in cards])
    said = FromRecord(question, energies, facts, newest=newest)
    if query.thread and query.turns:
        summary = latest_summary(connection, query.world, mind.timeline, query.thread)
        if summary is not None and summary.is_known_to(query.character):
            said.summary = summary.text
        said.turns = last_turns(connection, *whose[:2], query.thread, query.turns, hearer=query.character)
    if marks and _must_search(query, newest):
        said.unindexed = newest_memories(connection, *whose, UNINDEXED, since=min(marks.values()))
    return said


def _seeds(query: RecallQuery, question: Question, world: World) -> list[Tag]:
    """Where activation starts: the query's tags, and whoever its text names."""
    named = [
        Tag(kind=TagKind.FACTION if name in world.factions else TagKind.ENTITY, name=name)
        for name in sorted(question.named)
    ]
    return list(dict.fromkeys((*query.tags, *named)))
