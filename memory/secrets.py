"""What has not come out on a timeline, and how close words come to it in meaning.

Like a mind, the list of secrets is held in the process and follows the record: each time it is asked, it reads the
moments that it has not seen, so a secret that another process added or let out counts at once.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, select

from memory.indexes.embedders import Embedder, LexicalEmbedder, Vector
from memory.record.prepared import Prepared
from memory.record.record import Record
from memory.record.rows import parsed
from memory.record.tables import FACT, FACT_KNOWN, WORLD
from memory.timelines.timelines import visible
from memory.values import Worlds
from schemas import EVERYONE, PLAYER, Fact, SecretFact

KEPT = 16
"""Timelines whose secrets are held in the process; and lists of secrets whose vectors are."""
OF_A_SECRET, OF_TALK, OF_A_CRUMB = 7, 4, 2
"""So many words a part of a secret, a sentence that was said, and a crumb of one must have to be compared: of shorter
ones too much is ordinary talk."""
AT_ONCE = 32
"""Parts of secrets that an embedder is asked for at once: what it has done is kept when it fails later on."""
TOGETHER = 6
"""Crumbs that are taken together at the most."""
CLOSE_BY_WORDS = 0.5
"""From this cosine of the lexical embedder on a sentence, or several together, say what a secret says; measured."""
CLOSE = 0.7
"""The same for sentences and any other embedder: measured with all-MiniLM-L6-v2 (see `docs/secrets.md`)."""

Table: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"

_SINCE = bindparam("since", type_=BigInteger)
_LAST_MOMENT = Prepared(select(WORLD.c.seq).where(WORLD.c.id == bindparam("world")))
# Few facts are secrets, and a body says its payload's kind in one way only: the rest need not be read at all.
_TOLD = (
    select(FACT.c.body)
    .where(visible(FACT), FACT.c.seq > _SINCE, FACT.c.body.contains('"kind":"secret"', autoescape=True))
    .order_by(FACT.c.seq, FACT.c.id)
)
_KNOWN = select(FACT_KNOWN.c.fact, FACT_KNOWN.c.knower).where(visible(FACT_KNOWN), FACT_KNOWN.c.seq > _SINCE)
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])\s+|\n+")


@dataclass(slots=True)
class _Shelf:
    """The secrets of one timeline as far as moment `seq`, whoever knows them."""

    world: str
    timeline: str
    seq: int = -1
    facts: dict[str, Fact] = field(default_factory=dict[str, Fact])
    knowers: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is used: PostgreSQL reads from several threads."""

    def follow(self, connection: Connection) -> None:
        """Read what has happened since. A second telling under the same name changes nothing."""
        rows = _LAST_MOMENT.rows(connection, {"world": self.world})
        if not rows or rows[0][0] == self.seq:
            return
        since = {"world": self.world, "timeline": self.timeline, "since": self.seq}
        for (body,) in connection.execute(_TOLD, since):
            fact = parsed(Fact, body)
            if isinstance(fact.payload, SecretFact) and fact.id not in self.facts:
                self.facts[fact.id] = fact
                self.knowers[fact.id] = set(fact.known_by)
        for fact, knower in connection.execute(_KNOWN, since):
            if fact in self.knowers:
                self.knowers[fact].add(knower)
        self.seq = rows[0][0]

    def hidden_from(self, names: Collection[str]) -> tuple[Fact, ...]:
        """Whatever nobody of these names knows, and its author did not declare to be out."""
        return tuple(
            fact
            for id_, fact in self.facts.items()
            if not fact.revealed and self.knowers[id_].isdisjoint({EVERYONE, *names})
        )


class Secrets:
    """What may not reach somebody yet. Where a `timeline` may be None it is the world's current one."""

    def __init__(self, record: Record, worlds: Worlds, embedder: Embedder) -> None:
        self._record, self._worlds, self._embedder = record, worlds, embedder
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self._by_words = LexicalEmbedder()
        self._vectors: dict[tuple[str, str], Vector] = {}
        self._tables: dict[tuple[str, tuple[str, ...]], Table] = {}
        self._embedding: dict[tuple[str, tuple[str, ...]], asyncio.Task[Table]] = {}

    async def unrevealed(self, world: str, timeline: str | None, party: Collection[str] = ()) -> tuple[Fact, ...]:
        """The secrets that the player's side does not know: its party, and whoever else of it is named in `party`.

        Whether a secret was told to somebody else does not matter: it is out when the player's side has heard it.

        Raises:
            RecordError: the record could not be read.
            UnknownThing: there is no such world or timeline.
        """
        here = await self._worlds.find_timeline(world, timeline)
        sheet = self._worlds.world(world)
        names = {PLAYER}.union(*(sheet.knowers(member) for member in (*sheet.info.party, *party)))
        shelf = self._shelf(world, here)

        def unit(connection: Connection) -> tuple[Fact, ...]:
            with shelf.lock:
                shelf.follow(connection)
                return shelf.hidden_from(names)

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def close(
        self, texts: Sequence[str], wordings: Mapping[str, Sequence[str]], *, within: float
    ) -> frozenset[str]:
        """Which secrets a sentence of the texts comes so close to that it means the same. `wordings`: by id, all ways
        in which each is said. `within`: seconds that the embedder may take.

        The lexical embedder always looks, for it costs next to nothing; the configured one looks as well.

        Raises:
            ModelError: the embedder failed.
            TimeoutError: it took longer.
        """
        known = {id_: [part for way in ways for part in _parts(way, OF_A_SECRET)] for id_, ways in wordings.items()}
        told = [id_ for id_, parts in known.items() for _ in parts]
        parts = tuple(part for each in known.values() for part in each)
        said = list(dict.fromkeys(part for text in texts for part in _parts(text, OF_TALK)))
        crumbs = list(dict.fromkeys(crumb for text in texts for crumb in _sentences(text, OF_A_CRUMB)))
        near = np.zeros(len(parts), dtype=bool)
        if parts and said:
            near |= await self._alone(self._by_words, said, parts) >= CLOSE_BY_WORDS
        if parts and len(crumbs) > 1:
            near |= await self._together(crumbs, parts) >= CLOSE_BY_WORDS
        if parts and said and self._embedder.name != self._by_words.name:
            async with asyncio.timeout(within):
                near |= await self._alone(self._embedder, said, parts) >= CLOSE
        return frozenset(id_ for id_, is_near in zip(told, near, strict=True) if is_near)

    async def _alone(self, embedder: Embedder, said: Sequence[str], parts: tuple[str, ...]) -> Table:
        """How close the closest that was said comes to each part of a secret."""
        spoken = _scaled(await embedder.embed(said))
        return (spoken @ (await self._vectors_of(embedder, parts)).T).max(axis=0)

    async def _together(self, crumbs: Sequence[str], parts: tuple[str, ...]) -> Table:
        """How close the two, three, ... crumbs that are the nearest come to each part of a secret, taken together: a
        secret that is strewn among other words. Their sum, each with the weight of its length, stands for them, for
        vectors of words add up as words do."""
        spoken, hidden = _scaled(await self._by_words.embed(crumbs)), await self._vectors_of(self._by_words, parts)
        weights = np.sqrt([len(crumb.split()) for crumb in crumbs])[:, None]
        near, among = weights * (spoken @ hidden.T), weights * (spoken @ spoken.T) * weights.T
        nearest = np.argsort(-near / weights, axis=0)[:TOGETHER]
        # The cosine of a sum, from the products of its terms: with the secret's part, and among each other.
        dots = np.cumsum(np.take_along_axis(near, nearest, axis=0), axis=0)
        squares = np.stack(
            [among[nearest[:k, None], nearest[None, :k]].sum(axis=(0, 1)) for k in range(1, len(nearest) + 1)]
        )
        return (dots / np.sqrt(np.where(squares > 0, squares, 1.0)))[1:].max(axis=0)

    async def _vectors_of(self, embedder: Embedder, parts: tuple[str, ...]) -> Table:
        """The vectors of the parts of secrets. They are kept, for the same secrets are asked about again and again; and
        an embedder goes on when nobody waits any more, so that the next who asks need not begin anew."""
        key = (embedder.name, parts)
        if key not in self._tables:
            task = self._embedding.get(key)
            if task is None:
                task = self._embedding[key] = asyncio.create_task(self._embed(embedder, parts))
                task.add_done_callback(lambda done: self._embedded(key, done))
            return await asyncio.shield(task)
        self._tables[key] = table = self._tables.pop(key)
        return table

    async def _embed(self, embedder: Embedder, parts: tuple[str, ...]) -> Table:
        unknown = [part for part in dict.fromkeys(parts) if (embedder.name, part) not in self._vectors]
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            vectors = await embedder.embed(some)
            self._vectors |= {(embedder.name, part): vector for part, vector in zip(some, vectors, strict=True)}
        return _scaled([self._vectors[embedder.name, part] for part in parts])

    def _embedded(self, key: tuple[str, tuple[str, ...]], done: asyncio.Task[Table]) -> None:
        del self._embedding[key]
        if not done.cancelled() and done.exception() is None:  # who waits is told of it; the next who asks tries again
            self._tables[key] = done.result()
            while len(self._tables) > KEPT:
                del self._tables[next(iter(self._tables))]

    async def aclose(self) -> None:
        """Stop embedding."""
        for task in self._embedding.values():
            task.cancel()
        await asyncio.gather(*self._embedding.values(), return_exceptions=True)

    def _shelf(self, world: str, timeline: str) -> _Shelf:
        """The shelf of a timeline; the one that was not asked for the longest gives way to a new one."""
        key = (world, timeline)
        shelf = self._shelves.pop(key, None) or _Shelf(world, timeline)
        self._shelves[key] = shelf
        while len(self._shelves) > KEPT:
            del self._shelves[next(iter(self._shelves))]
        return shelf


@lru_cache(maxsize=4_096)
def _parts(text: str, least: int) -> tuple[str, ...]:
    """The text as a whole, and each of its sentences, as far as they have so many words."""
    whole = " ".join(text.split())
    return tuple(dict.fromkeys((*((whole,) if len(whole.split()) >= least else ()), *_sentences(text, least))))


def _sentences(text: str, least: int) -> list[str]:
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in parts if len(part.split()) >= least]


def _scaled(vectors: Sequence[Vector]) -> Table:
    """Vectors of length 1, so that a product is a cosine."""
    table = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(table, axis=-1, keepdims=True)
    return table / np.where(lengths == 0, 1.0, lengths)
