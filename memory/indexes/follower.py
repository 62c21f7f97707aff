"""Keep one index in step with the record, behind the back of whoever plays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from memory.indexes import marks
from memory.indexes.index import Index, IndexFailed, IndexHindered
from memory.indexes.indexable import Batch, Entries, count_waiting, next_batch
from memory.indexes.marks import CONDEMNED, NOTHING
from memory.record.record import Record
from memory.values import Progress
from schemas import ModelError, RecordError

BATCH = 256
"""Memories read and indexed in one go; the mark moves after each."""
TRUSTED = 1.0
"""Seconds for which a mark that was read is believed: another process may have begun a rebuild."""

_log = structlog.stdlib.get_logger(__name__)

Put = Callable[[str, Entries], Awaitable[None]]
"""Put texts of a world into the index."""


@dataclass(frozen=True, slots=True)
class Pace:
    """When to start."""

    linger: float
    """Seconds to wait for more."""
    lazy: int
    """Memories that may wait before the index is started for them."""


class Follower:
    """Follows each world's memories by a mark in the record: what lies beyond it is not indexed yet.

    The mark moves after the memories are in, and putting one in twice changes nothing, so a process may die anywhere.
    """

    def __init__(self, name: str, record: Record, index: Index, put: Put, pace: Pace) -> None:
        self.name = name
        self.index = index
        self._record, self._put, self._pace = record, put, pace
        self._marks: dict[str, tuple[int, float]] = {}
        self._label: str | None = None
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._closing = False
        self._stepping = asyncio.Lock()
        """One step at a time: a rebuild takes the mark back, and a step that had begun before must not move it on."""
        self.troubles: dict[str, str] = {}
        """What is wrong with a world's index, for the receipt and the doctor."""

    async def mark(self, world: str) -> int:
        """The last moment that is indexed; -1 when none is.

        Raises:
            IndexFailed: there is no index to speak of.
            RecordError: the record could not be read.
        """
        label = await self._known_label()
        mark, read_at = self._marks.get(world, (NOTHING, -TRUSTED))
        now = time.monotonic()
        if now - read_at >= TRUSTED:
            mark = await self._record.read(lambda connection: marks.read_mark(connection, label, world))
            self._marks[world] = mark, now
        return max(mark, NOTHING)

    async def waiting(self, world: str) -> int:
        """Memories that are not indexed yet, or still to be taken out. Raises as `mark`."""
        since = await self.mark(world)
        return await self._record.read(lambda connection: count_waiting(connection, world, since))

    def poke(self, world: str) -> None:
        """Say that there is something new: it will be indexed soon."""
        if self._closing:
            return
        if world in self._runs:
            self._again.add(world)
            return
        # A context of its own: it goes on for others, and must not be told of as a part of the decision that began it.
        run = asyncio.get_running_loop().create_task(self._soon(world), context=Context())
        self._runs[world] = run
        run.add_done_callback(lambda _: self._ended(world))

    async def settle(self, worlds: list[str]) -> None:
        """Return when all that is recorded by now is indexed, or has turned out not to be possible to."""
        for world in worlds:
            await self._follow(world)

    async def rebuild(self, worlds: list[str], only: str, tell: Callable[[Progress], None]) -> None:
        """Index a world anew; a rebuild that was cut short goes on where it was. An index that is lost, broken or
        another embedder's is made anew as a whole, with all `worlds`, of which this is one.

        Raises:
            IndexFailed: the index cannot be used.
            ModelError: the embedder failed.
            RecordError: the record could not be read.
        """
        try:
            await self._begin([only], empty=False)
            await self._work_off(only, tell)
        except IndexHindered:
            raise
        except IndexFailed:
            async with self._stepping:
                await self.index.renew()
                await self._begin(worlds, empty=True)
            for world in sorted(worlds, key=lambda world: world != only):
                await self._work_off(world, tell)

    async def aclose(self, worlds: list[str]) -> None:
        """Index what waits, if the index was started; otherwise leave it to the next time, for the record knows."""
        self._closing = True
        for run in list(self._runs.values()):
            run.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)
        if self.index.is_open:
            await self.settle(worlds)

    def _ended(self, world: str) -> None:
        del self._runs[world]
        if world in self._again:
            self._again.discard(world)
            self.poke(world)

    async def _soon(self, world: str) -> None:
        await asyncio.sleep(self._pace.linger)
        try:
            if not self.index.is_open and await self.waiting(world) < self._pace.lazy:
                return
        except (IndexFailed, RecordError) as error:
            self._trouble(world, error)
            return
        await self._follow(world)

    async def _follow(self, world: str) -> None:
        try:
            while await self._step(world):
                pass
        except (IndexFailed, ModelError, RecordError) as error:
            self._trouble(world, error)
        else:
            self.troubles.pop(world, None)

    async def _step(self, world: str) -> bool:
        """Index the next memories. Returns whether there may be more."""
        async with self._stepping:
            if await self._clear(world):
                return True
            label = await self._known_label()

            def unit(connection: Connection) -> tuple[int, Batch | None]:
                mark = marks.read_mark(connection, label, world)
                timelines = marks.read_timelines(connection, label, world)
                return mark, next_batch(connection, world, mark, timelines, BATCH)

            mark, batch = await self._record.read(unit)
            if batch is None:
                return False
            await self._put(world, batch.entries)
            await self._put(world, await self._missing(world, batch.returned))
            await self.index.remove(world, batch.gone)
            moved = await self._move(world, mark, batch.reached, batch.timelines)
            return batch.more or not moved

    async def _work_off(self, world: str, tell: Callable[[Progress], None]) -> None:
        """Take all steps that there are to take, and tell of each."""
        total, more = 0, True
        while more:
            waiting = await self.waiting(world)
            total = max(total, waiting)
            tell(Progress(self.name, world, total - waiting, total))
            more = await self._step(world)
        tell(Progress(self.name, world, total, total))
        self.troubles.pop(world, None)

    async def _clear(self, world: str) -> bool:
        """Throw away what is condemned. Returns whether anything was."""
        label = await self._known_label()
        mark = await self._record.read(lambda connection: marks.read_mark(connection, label, world))
        if mark != CONDEMNED:
            return False
        await self.index.forget(world, await self.index.characters(world))
        if not await self._move(world, CONDEMNED, NOTHING, 0):
            # Another process was quicker, and what it has put in since then may have been thrown away just now.
            await self._record.write(lambda connection: marks.condemn(connection, label, world))
        return True

    async def _missing(self, world: str, entries: Entries) -> Entries:
        missing: Entries = {}
        for character, items in entries.items():
            held = await self.index.held(world, character)
            missing[character] = [item for item in items if item[0] not in held]
        return missing

    async def _begin(self, worlds: list[str], *, empty: bool) -> None:
        label = await self._known_label()
        for world in worlds:
            await self._record.write(
                lambda connection, world=world: marks.begin_rebuild(connection, label, world, empty=empty)
            )
            self._marks.pop(world, None)

    async def _move(self, world: str, found: int, to: int, timelines: int) -> bool:
        label = await self._known_label()
        moved = await self._record.write(
            lambda connection: marks.move_mark(connection, label, world, found, to, timelines)
        )
        if moved:
            self._marks[world] = to, time.monotonic()
        else:
            self._marks.pop(world, None)
        return moved

    async def _known_label(self) -> str:
        label = (await self.index.check()).id
        if label != self._label:
            self._label = label
            self._marks.clear()
        return label

    def _trouble(self, world: str, error: Exception) -> None:
        if self.troubles.get(world) != str(error):  # told once: recall repeats it on each receipt
            _log.warning("memory index lags", index=self.name, world=world, error=str(error))
        self.troubles[world] = str(error)
