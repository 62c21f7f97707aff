"""The line of history of a world: where it stands, how to go back, and what is kept of it under a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from memory.record.record import Record
from memory.timelines import difference, exporting, moments, saves, timelines
from memory.timelines.difference import Difference
from memory.timelines.moments import Moment
from memory.timelines.points import Point, find_point, moment_of
from memory.timelines.portable import Header
from memory.timelines.saves import Save, SaveNote
from memory.timelines.timelines import Timeline
from memory.values import Worlds
from schemas import SavesSettings, WorldTime

T = TypeVar("T")


class WorldLine:
    """A world's timelines and saves. Going back copies nothing and loses nothing: it begins a timeline that sees what
    was up to a moment, and the world goes on there.

    Points are named by a save, a timeline (`t2`: as it is now) or a moment (`41` on the current timeline, `t2@41` on
    another). Every method may raise `RecordError`, and `UnknownThing` with the nearest name.
    """

    def __init__(self, record: Record, worlds: Worlds, world: str, forked: Callable[[], None]) -> None:
        self._record, self._worlds, self.world, self._forked = record, worlds, world, forked
        self._saved_at: dict[str, int] = {}
        """When each timeline was last saved, in minutes since the world began."""

    async def current(self) -> str:
        """The timeline that the world goes on with."""
        return await self._worlds.find_timeline(self.world, None)

    async def timelines(self) -> list[Timeline]:
        """All timelines, in the order of their beginning."""
        return list(await self._read(lambda connection: timelines.timelines_of(connection, self.world)))

    async def fork(self, at: int | None = None, timeline: str | None = None, *, stay: bool = False) -> str:
        """Begin a timeline that sees `timeline` (None: the current one) up to moment `at` (None: now) and nothing
        later, and return its name. The world goes on with it, unless it shall `stay` where it is.

        A decision that was begun before is recorded on the timeline on which it was begun.

        Raises:
            BadRequest: there is no such moment.
        """

        def unit(connection: Connection) -> str:
            point = moment_of(connection, self.world, timeline, at)
            return timelines.fork(connection, self.world, point.timeline, point.seq, stay=stay)

        return await self._switch(unit)

    async def rewind(self, to: int) -> str:
        """Go back to the moment `to` of the current timeline: what came later never happened on the new one, whose
        name is returned. Raises as `fork`."""
        return await self.fork(to)

    async def save(
        self,
        name: str,
        about: str = "",
        *,
        at: WorldTime | None = None,
        timeline: str | None = None,
        replace: bool = False,
    ) -> Save:
        """Give the point at which a timeline is now a name. `at`: the game's time (None: that of the last decision).

        Raises:
            BadRequest: the name means something else, or is taken and not to be replaced.
        """
        saves.checked_name(name)
        here, note = await self._worlds.find_timeline(self.world, timeline), SaveNote(at=at, about=about)
        return await self._record.write(
            lambda connection: saves.keep(connection, self.world, here, name, note, replace=replace)
        )

    async def load(self, name: str) -> str:
        """Go on from a save: begin a timeline there, make it the current one, and return its name."""
        return await self._switch(lambda connection: saves.load(connection, self.world, name))

    async def saves(self) -> list[Save]:
        """All saves, in the order of the moments that they name."""
        return await self._read(lambda connection: saves.saves_of(connection, self.world))

    async def autosave(self, at: WorldTime, timeline: str | None, settings: SavesSettings) -> Save | None:
        """Make an autosave when it is time for one, by the game's clock. Costs nothing when it is not.

        To be called after decisions. A clock that goes backwards begins to count anew.
        """
        if settings.autosave_minutes == 0:
            return None
        here, now = await self._worlds.find_timeline(self.world, timeline), at.total_minutes
        if here not in self._saved_at:
            newest = await self._read(lambda connection: saves.newest_save(connection, self.world, here))
            began = self._worlds.world(self.world).info.starts
            self._saved_at[here] = (newest.at if newest is not None and newest.at is not None else began).total_minutes
        passed = now - self._saved_at[here]
        if not 0 <= passed < settings.autosave_minutes:
            self._saved_at[here] = now
        if passed < settings.autosave_minutes:
            return None
        every, kept = settings.autosave_minutes, settings.keep
        return await self._record.write(
            lambda connection: saves.autosave(connection, self.world, here, at, every=every, kept=kept)
        )

    async def log(self, timeline: str | None = None, limit: int = 20) -> list[Moment]:
        """The last moments that a timeline sees, newest first, with what happened at each."""
        here = await self._worlds.find_timeline(self.world, timeline)

        def unit(connection: Connection) -> list[Moment]:
            last, _ = timelines.now(connection, self.world)
            return moments.log(connection, self.world, here, last, limit)

        return await self._read(unit)

    async def diff(self, a: str | int, b: str | int) -> Difference:
        """What each of two points has that the other has not. As text it is one line for each thing.

        Raises:
            BadRequest: there is no such moment.
        """

        def unit(connection: Connection) -> Difference:
            one, other = (find_point(connection, self.world, name) for name in (a, b))
            return difference.diff(connection, self.world, one, other)

        return await self._read(unit)

    async def export(self, file: Path, of: str | int | None = None) -> Header:
        """Write a portable file, to be read elsewhere by `Memory.import_world`: the world with all its timelines, or
        with `of` what one save, timeline or moment sees, as one line of history.

        Raises:
            BadRequest: there is no such moment, or the file cannot be written.
        """

        def point(connection: Connection) -> Point:
            return find_point(connection, self.world, of)

        return await exporting.export(self._record, self.world, file, None if of is None else point)

    async def _read(self, unit: Callable[[Connection], T]) -> T:
        return await self._record.read(unit)

    async def _switch(self, unit: Callable[[Connection], str]) -> str:
        made = await self._record.write(unit)
        self._forked()
        await self._worlds.find_timeline(self.world, None)  # so that this process has seen it
        return made
