"""Memory's face: the record, and the indexes that find things in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, select

from memory import news as telling
from memory import talks
from memory.calls import calls
from memory.chronicle import Chronicle
from memory.conversation import Conversation
from memory.indexes import verify
from memory.indexes.dense import DenseIndex
from memory.indexes.embedders import Embedder
from memory.indexes.index import IndexFailed
from memory.indexes.indexer import Indexer
from memory.indexes.lexical import LexicalIndex, lexical_index
from memory.recall import recall
from memory.recall.legs import Legs
from memory.recall.rerank import Reranker
from memory.record import commits, dump, history
from memory.record.commits import AlreadyRecorded
from memory.record.migrate import HEAD
from memory.record.record import Record
from memory.record.tables import TIMELINE, WORLD
from memory.secrets import Secrets
from memory.spending import SpendingLog
from memory.statistics import Measured, measure
from memory.tags.activation import Spread
from memory.tags.mind import Mind
from memory.tags.neighbourhood import neighbourhood
from memory.talks import TalkQuery
from memory.timelines import timelines
from memory.timelines.importing import Imported, bring_in, examine
from memory.timelines.world_line import WorldLine
from memory.upkeep.upkeep import Upkeep
from memory.values import Commit, Committed, Health, Loaded, News, Progress, RecallQuery, Told, Verified
from memory.worlds import loading
from schemas import (
    EVERYONE,
    BadWorld,
    Decision,
    Fact,
    LoggedCall,
    MemoryEntry,
    ModelError,
    Recalled,
    RecallSettings,
    RecordError,
    RecordLate,
    Relationship,
    Talk,
    Turn,
    UnknownThing,
    UpkeepSettings,
    World,
    WorldPack,
)

if TYPE_CHECKING:
    import networkx as nx
    from sqlalchemy import Connection

MINDS = 16
"""Timelines whose facts and tags are held in the process."""
ALL = 2**31 - 1

_log = structlog.stdlib.get_logger(__name__)


class Memory:
    """What a world's characters know, remember and think of each other.

    Writes go to the record, in one transaction each; what finds things again (Chroma, the tag graph) follows by itself,
    and answers late or not at all without anything being lost. Where a `timeline` may be None it is the world's
    current one. Every method that reads or writes may raise `RecordError`, and `UnknownThing` for a world or timeline
    that is not there.
    """

    def __init__(
        self,
        record: Record,
        dense: DenseIndex,
        lexical: LexicalIndex,
        embedder: Embedder,
        settings: RecallSettings,
        upkeep: UpkeepSettings | None = None,
        reranker: Reranker | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._wall_clock = wall_clock
        self._record, self._dense, self._lexical = record, dense, lexical
        self._embedder = embedder
        self._indexer = Indexer(record, dense, lexical, embedder)
        self._search = recall.Search(
            record,
            Legs(dense, lexical, embedder),
            {"dense": self._indexer.dense, "lexical": self._indexer.lexical, "associative": self._indexer.lexical},
            settings,
            recall.weights_of(settings, embedder.name),
            reranker,
        )
        self.chronicle = Chronicle(record, self)
        """How lives went: moods, quests, experiences, reputations, and the history of relationships."""
        self.upkeep = Upkeep(record, self, self._indexer, embedder, upkeep or UpkeepSettings())
        """Merges small memories into long-term ones, and forgets."""
        self.conversation = Conversation(record, self)
        """What was said before the last turns, in short."""
        self.spending = SpendingLog(record)
        """What went to models, and whether they may be asked."""
        self.secrets = Secrets(record, self, embedder)
        """What may not reach the player yet."""
        self._lines: dict[str, WorldLine] = {}
        self._worlds: dict[str, World] = {}
        self._current: dict[str, str] = {}
        self._timelines: set[tuple[str, str]] = set()
        self._minds: dict[tuple[str, str], Mind] = {}
        self._writing: set[asyncio.Future[Committed]] = set()
        self._late: set[asyncio.Future[Committed]] = set()

    @classmethod
    async def open(
        cls,
        record_url: str | None,
        home: Path,
        embedder: Embedder,
        recall: RecallSettings,
        upkeep: UpkeepSettings | None = None,
        reranker: Reranker | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> Memory:
        """Open the record at `record_url` (None: SQLite in `home`) and the indexes in `home`; both are made when they
        are not there, brought up to date when they are old, and what an index missed is indexed in the background.
        `wall_clock`: seconds since 1970; it says when decisions were recorded, for statistics, and nothing else.

        Raises:
            BadSettings: the URL cannot be used.
            RecordError: the record cannot be opened.
        """
        record = await Record.open(record_url, home)
        dense, lexical = DenseIndex(home / "chroma", embedder), lexical_index(record, home)
        memory = cls(record, dense, lexical, embedder, recall, upkeep, reranker, wall_clock)
        try:
            for world in await memory.worlds():
                memory._indexer.poke(world.info.id)
        except BaseException:
            await record.aclose()
            raise
        return memory

    async def aclose(self) -> None:
        """Let what is being written end, and close. What is not indexed by then is indexed the next time."""
        if self._writing:
            await asyncio.wait(self._writing)
        await self._indexer.aclose(list(self._worlds))
        await self._dense.aclose()
        await self._lexical.aclose()
        await self.secrets.aclose()
        await self._record.aclose()

    async def settle(self) -> None:
        """Return when the indexes have all that is recorded by now (or are found not to work: see `health`)."""
        await self._indexer.settle(list(self._worlds))

    async def warm(self) -> None:
        """Start Chroma now: whoever has a model to ask does it while it opens, so that no decision shares the second
        that it takes. Where it does not start, the log says why."""
        try:
            await self._dense.warm()
        except IndexFailed as error:
            _log.warning("dense index does not start", error=str(error))

    # Worlds and their timelines

    async def load_world(self, pack: WorldPack) -> Loaded:
        """Put a world into the record, in one transaction.

        A world that is there already is brought up to date without touching its history: the sheet (title page,
        characters, factions, places) becomes the pack's; facts, associations and relationships are added, on the
        current timeline and as of now, where it has none under that id, pair of tags and kind, or pair of characters.
        What was once told stays as it was told, even if the pack now says otherwise, and nothing is taken away.
        Loading the same pack twice in a row changes nothing.

        Raises:
            BadWorld: the pack refers to what is not there. All faults are named; nothing is written.
        """
        faults = pack.faults()
        if faults:
            raise BadWorld(faults)
        loaded = await self._record.write(lambda connection: loading.load(connection, pack))
        await self.worlds()
        return loaded

    async def worlds(self) -> list[World]:
        """All worlds of the record, by id."""
        found = await self._record.read(loading.read_sheets)
        self._worlds = {world.info.id: world for world, _ in found}
        self._current = {world.info.id: timeline for world, timeline in found}
        return [world for world, _ in found]

    def world(self, world_id: str) -> World:
        """Who and what there is in a world, as last loaded. Costs nothing.

        Raises:
            UnknownThing: there is no such world.
        """
        if world_id not in self._worlds:
            raise UnknownThing("world", world_id, self._worlds)
        return self._worlds[world_id]

    def timeline(self, world_id: str) -> str:
        """The current timeline of a world, as this process last saw it; `find_timeline` looks. Costs nothing.

        Raises:
            UnknownThing: there is no such world.
        """
        self.world(world_id)
        return self._current[world_id]

    def world_line(self, world_id: str) -> WorldLine:
        """The timelines and saves of a world: fork, rewind, save, load, log, diff, export. Costs nothing.

        Raises:
            UnknownThing: there is no such world.
        """
        self.world(world_id)
        if world_id not in self._lines:
            # On a new timeline what was forgotten since may be remembered, so the indexes have to look.
            self._lines[world_id] = WorldLine(self._record, self, world_id, lambda: self._indexer.poke(world_id))
        return self._lines[world_id]

    async def import_world(self, file: Path, *, name: str | None = None, replace: bool = False) -> Imported:
        """Put the world of a portable file (`WorldLine.export`) into the record, in one transaction: whole or not at
        all. The indexes make themselves anew from it.

        `name`: what it shall be called here (None: as in the file). With `replace` it takes the place of a world of
        that name, of which nothing stays; no other process may be playing it then.

        Raises:
            BadRequest: the file cannot be read, or there is a world of that name.
            BadWorld: the file is no world, another version's, or has faults, each named with its line.
        """
        found = await asyncio.to_thread(examine, file, name)
        with closing(found.spool):
            imported = await self._record.write(lambda connection: bring_in(connection, found, replace=replace))
        world = imported.world
        await self.worlds()
        if imported.replaced:
            self._lines.pop(world, None)
            self._timelines.clear()
            await self.reindex(world)
        else:
            self._indexer.poke(world)
        return imported

    # What happens once

    async def commit(self, commit: Commit, *, within: float | None = None) -> Committed:
        """Record a decision with all that it leaves behind: one transaction, one moment.

        `within`: seconds to wait for it (None: as long as it takes). A commit that takes longer goes on by itself.

        A decision whose id its timeline has seen already is not written again: what was recorded comes back, with
        `fresh` false. Relationship sums are clipped to -1..1. A fact under an id that the timeline has already changes
        nothing; a reveal of a fact that it does not have, neither.

        Raises:
            RecordBusy: another writer holds the record; nothing was written.
            RecordLate: it was not written in time; it will be, or the log says why not.
        """
        await self.find_timeline(commit.decision.world, commit.timeline)
        made_at = round(self._wall_clock() * 1_000)
        try:
            at_once = self._record.at_once(lambda connection: commits.commit(connection, commit, made_at), writes=True)
        except AlreadyRecorded as again:
            return again.committed
        if at_once is not None:
            self._remember_to_index(commit)
            return at_once[0]
        writing = asyncio.ensure_future(self._commit(commit, made_at))
        self._writing.add(writing)
        writing.add_done_callback(self._written)
        done, _ = await asyncio.wait({writing}, timeout=within)
        if not done:
            self._late.add(writing)
            raise RecordLate(f"decision '{commit.decision.id}' was not recorded within {within:.3f} s")
        return writing.result()

    async def _commit(self, commit: Commit, made_at: int) -> Committed:
        try:
            return await self._record.write(lambda connection: commits.commit(connection, commit, made_at))
        except AlreadyRecorded as again:
            return again.committed
        finally:
            self._remember_to_index(commit)

    def _remember_to_index(self, commit: Commit) -> None:
        if commit.memory is not None:
            self._indexer.poke(commit.decision.world)

    def _written(self, writing: asyncio.Future[Committed]) -> None:
        """Forget a commit that is done; one that nobody waits for any more says by itself that it failed."""
        self._writing.discard(writing)
        if writing in self._late:
            self._late.discard(writing)
            error = None if writing.cancelled() else writing.exception()
            if error is not None or writing.cancelled():
                _log.error("decision was never recorded", error=repr(error))

    async def tell(self, news: News) -> Told:
        """Record what the game tells: facts, memories, talk, quests, moods, experiences. One transaction, one moment.

        It is for what happened without a decision of ours, one thing or thousands. What was told before under the same
        id is not written again; a fact or memory under an id that the timeline has already changes nothing.

        Raises:
            RecordBusy: another writer holds the record; nothing was written.
        """
        await self.find_timeline(news.world, news.timeline)
        try:
            told = await self._record.write(lambda connection: telling.tell(connection, news))
        except telling.AlreadyTold as again:
            return again.told
        if news.memories:
            self._indexer.poke(news.world)
        return told

    async def decision(self, world: str, decision_id: str, timeline: str | None = None) -> Decision | None:
        """A decision as it was recorded on a timeline or before it branched off, or None."""
        here = await self.find_timeline(world, timeline)
        found = await self._record.read(lambda connection: commits.recorded(connection, world, here, decision_id))
        return found.decision if found else None

    # What is remembered

    async def recall(self, query: RecallQuery) -> Recalled:
        """What comes to a character's mind.

        Facts are those it knows, by the activation of their tags times their importance; memories are those that fit
        the text best (docs/recall.md), or the newest when no index can say (`warnings` then tells why); turns are the
        last ones of the thread. Nothing that it does not know, nothing from another timeline, nothing that has expired.
        """
        timeline = await self.find_timeline(query.world, query.timeline)
        mind = self._mind(query.world, timeline)
        return await recall.recall(query, recall.Asker(self.world(query.world), mind), self._search)

    async def standing(self, world: str, timeline: str | None, character: str, toward: str) -> Relationship:
        """How a character stands to another now; all zeros when nothing has happened between them."""
        here = await self.find_timeline(world, timeline)

        def unit(connection: Connection) -> Relationship:
            return history.latest_standing(connection, world, here, character, toward)

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def talk(self, query: TalkQuery) -> Talk:
        """Where a conversation stands, and what its scripts ask for: what is known, how quests stand, a line that was
        cut short."""
        here, world = await self.find_timeline(query.world, query.timeline), self.world(query.world)
        mind = self._mind(query.world, here)

        def unit(connection: Connection) -> Talk:
            return talks.look_up(connection, query, here, world, mind)

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def relationships(self, world: str, timeline: str | None, character: str) -> list[Relationship]:
        """How a character stands to everybody that it has an opinion of, by name."""
        here = await self.find_timeline(world, timeline)
        return await self._record.read(lambda connection: history.all_standings(connection, world, here, character))

    async def facts(self, world: str, timeline: str | None, *, knower: str | None) -> list[Fact]:
        """All facts in the order of their telling: those that `knower` knows, or with None simply all."""
        here = await self.find_timeline(world, timeline)
        knowers = None if knower is None else self.world(world).knowers(knower)
        mind = self._mind(world, here)

        def unit(connection: Connection) -> list[Fact]:
            with mind.lock:
                mind.follow(connection)
                chosen = [
                    card.id for card in mind.cards.values() if knowers is None or not knowers.isdisjoint(card.known_by)
                ]
                return history.facts_of(connection, mind, chosen)

        return await self._record.read(unit)

    async def neighbourhood(
        self,
        world: str,
        timeline: str | None,
        tag: str,
        *,
        knower: str | None = None,
        depth: int | None = None,
        threshold: float | None = None,
    ) -> nx.Graph[str]:
        """What a tag (`kind:name`, or its name alone) brings to mind, and how all that belongs together.

        To the mind of `knower`, or with None of anybody: then only what everyone knows counts. Nodes have `energy` and
        `level`, edges `weight` and `kinds`.

        Raises:
            BadRequest: a name alone that several tags have.
        """
        here = await self.find_timeline(world, timeline)
        if knower is not None and knower not in self.world(world).actors:
            raise UnknownThing("character", knower, self.world(world).actors)
        knowers = frozenset({EVERYONE}) if knower is None else self.world(world).knowers(knower)
        mind = self._mind(world, here)
        spread = Spread.by(self._search.settings, depth=depth, threshold=threshold)

        def unit(connection: Connection) -> nx.Graph[str]:
            with mind.lock:
                mind.follow(connection)
                return neighbourhood(mind, tag, knowers, spread)

        return await self._record.read(unit)

    async def memories(self, world: str, timeline: str | None, character: str) -> list[MemoryEntry]:
        """All that a character has experienced, oldest first."""
        here = await self.find_timeline(world, timeline)
        found = await self._record.read(
            lambda connection: history.newest_memories(connection, world, here, character, ALL)
        )
        return [memory.entry for memory in reversed(found.values())]

    async def turns(self, world: str, timeline: str | None, thread: str, last: int = ALL) -> list[Turn]:
        """The last lines of a conversation, oldest first."""
        here = await self.find_timeline(world, timeline)
        return await self._record.read(lambda connection: history.last_turns(connection, world, here, thread, last))

    # What was measured

    async def statistics(self, world: str | None = None, *, since: datetime | None = None) -> Measured:
        """How many decisions there were of each kind, how fast, from whom, how valid, at how many tokens.

        Of a world or with None of all, on all timelines; `since`: only those that were recorded then or later.
        """
        if world is not None:
            self.world(world)
        return await measure(self._record, world, _in_milliseconds(since))

    def calls(self, world: str | None = None, *, since: datetime | None = None) -> AsyncIterator[LoggedCall]:
        """The log of what models were asked: of a world or with None of all, on all timelines, in its order.

        `since`: only what was asked then or later.
        """
        if world is not None:
            self.world(world)
        return calls(self._record, world, _in_milliseconds(since))

    # Upkeep

    async def dump(self, world: str) -> list[dict[str, object]]:
        """Every row of a world in a fixed order, without what depends on the clock: equal dumps, equal histories."""
        return await self._record.read(lambda connection: dump.dump(connection, world))

    async def reindex(self, world: str, tell: Callable[[Progress], None] | None = None) -> None:
        """Make a world's indexes anew from the record; one that was cut short goes on where it was. An index that is
        lost, broken or another embedder's is made anew as a whole, and all worlds with it. `tell` hears how far each
        has come.

        Raises:
            RecordError: an index cannot be written, or the embedder failed; the record itself is untouched.
        """
        self.world(world)
        for held in [held for held in self._minds if held[0] == world]:
            del self._minds[held]
        try:
            await self._indexer.rebuild(list(self._worlds), world, tell or (lambda _: None))
        except (IndexFailed, ModelError) as error:
            raise RecordError(f"The index could not be rebuilt: {error}") from error

    async def verify(self, world: str) -> list[Verified]:
        """Compare the indexes of a world with the record, character by character. Nothing is changed."""
        self.world(world)
        return [
            line for follower in self._indexer.followers for line in await verify.verify(self._record, follower, world)
        ]

    async def health(self) -> list[Health]:
        """The record, the embedder and the index of each world, for the doctor."""
        return [await self._record_health(), await self._embedder_health(), *[line async for line in self._indexes()]]

    async def _record_health(self) -> Health:
        try:
            count = await self._record.read(
                lambda connection: connection.execute(select(func.count()).select_from(WORLD)).scalar_one()
            )
        except RecordError as error:
            return Health("record", ok=False, detail=str(error))
        return Health("record", ok=True, detail=f"{self._record.where}, tables at {HEAD}, {count} worlds")

    async def _embedder_health(self) -> Health:
        try:
            [vector] = await self._embedder.embed(["Is anybody there?"])
        except ModelError as error:
            return Health("embedder", ok=False, detail=f"{self._embedder.name}: {error}")
        fits = len(vector) == self._embedder.dimension
        return Health("embedder", ok=fits, detail=f"{self._embedder.name}, {len(vector)} dimensions")

    async def _indexes(self) -> AsyncIterator[Health]:
        for world, follower in product(self._worlds, self._indexer.followers):
            name = f"{follower.name} index of {world}"
            try:
                waiting = await follower.waiting(world)
            except (IndexFailed, RecordError) as error:
                yield Health(name, ok=False, detail=str(error))
                continue
            trouble = follower.troubles.get(world)
            detail = f"{waiting} memories wait to be indexed" + (f": {trouble}" if trouble else "")
            yield Health(name, ok=trouble is None, detail=detail)

    async def find_timeline(self, world: str, timeline: str | None) -> str:
        """The timeline that is meant; None: the one that is current in the record now, whoever made it so. Whoever
        asks more than once about one decision asks this first, and sticks to the answer.

        Raises:
            UnknownThing: there is no timeline of that name.
        """
        self.world(world)
        if timeline is None:
            _, self._current[world] = await self._now(world)
            return self._current[world]
        if (world, timeline) not in self._timelines:
            rows = await self._record.read(
                lambda connection: connection.execute(select(TIMELINE.c.world, TIMELINE.c.id)).all()
            )
            self._timelines = set(rows)
        if (world, timeline) not in self._timelines:
            raise UnknownThing("timeline", timeline, [known for owner, known in self._timelines if owner == world])
        return timeline

    async def _now(self, world: str) -> tuple[int, str]:
        def unit(connection: Connection) -> tuple[int, str]:
            return timelines.now(connection, world)

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    def _mind(self, world: str, timeline: str) -> Mind:
        """The mind of a timeline; the one that was not asked for the longest gives way to a new one."""
        key = (world, timeline)
        mind = self._minds.pop(key, None) or Mind(world, timeline)
        self._minds[key] = mind
        while len(self._minds) > MINDS:
            del self._minds[next(iter(self._minds))]
        return mind


def _in_milliseconds(moment: datetime | None) -> int | None:
    """Since 1970, as the record has moments of the wall clock."""
    return None if moment is None else round(moment.timestamp() * 1_000)
