"""Read a world from a portable file: every row is checked first, and then all of it is written, or nothing."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from memory.record.rows import new_rows
from memory.record.tables import INDEX_MARK, LINEAGE, MODEL_CALL, SAVE, TIMELINE, WORLD
from memory.timelines.incoming import Plain, Reading
from memory.timelines.portable import HISTORY, TABLES, Header
from memory.timelines.timelines import Timeline, open_timeline
from schemas import ID_PATTERN, BadRequest, BadWorld, Fault

BATCH = 500
"""Rows that are written in one statement."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of importing a world."""

    world: str
    rows: Mapping[str, int]
    """How many of each table."""
    replaced: bool
    """Whether there was one of that name before."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file without faults, its rows ready to be written."""

    file: Path
    world: str
    """What the world shall be called."""
    rows: Mapping[str, int]
    """How many of each table."""
    spool: TextIO
    """Each row with its line and table: a file that is gone when it is closed."""


def examine(file: Path, name: str | None) -> Examined:
    """Read a whole file without writing to the record.

    Raises:
        BadRequest: the file cannot be read, or a world cannot be called that.
        BadWorld: it is no world, another version's, cut off, or some of its rows cannot be. The first faults are named,
            each with its line.
    """
    if name is not None and not re.match(ID_PATTERN, name):
        what = f"'{name}' cannot name a world."
        raise BadRequest(Fault("name", what, "Use small letters, digits, and `_.:-` between them."))
    reading, counts = Reading(file, name), Counter[str]()
    spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # whoever is handed it closes it
    try:
        for number, table, row in reading.rows():
            counts[table.name] += 1
            spool.write(json.dumps([number, table.name, row]) + "\n")
        if not reading.faults:
            reading.faults += _miscounted(file, reading.header, counts)
        reading.tell()
        spool.seek(0)
    except BaseException:
        spool.close()
        raise
    return Examined(file, name or reading.header.world, dict(counts), spool)


def _miscounted(file: Path, header: Header, counts: Mapping[str, int]) -> Iterator[Fault]:
    for table in sorted(header.rows.keys() | counts.keys()):
        said, found = header.rows.get(table, 0), counts.get(table, 0)
        if said != found:
            what = f"the header says {said} rows of '{table}', and there are {found}."
            yield Fault(f"{file}:1", what, "The file was cut off or changed: export the world again.")
    if counts.get(WORLD.name) != 1:
        yield Fault(str(file), "there has to be one row of 'world', in line 2.")


def bring_in(connection: Connection, found: Examined, *, replace: bool) -> Imported:
    """Write what was examined into the record: one transaction.

    Raises:
        BadRequest: there is such a world already, and it is not to be replaced.
        BadWorld: two rows of the file are one and the same.
    """
    world = found.world
    # Held: whoever indexes the world that is there meanwhile waits, and cannot tie a row to what is about to go.
    there = bool(connection.execute(WORLD.select().where(WORLD.c.id == world).with_for_update()).first())
    if there and not replace:
        hint = "Import it under another name (--as NAME), or let it take that one's place (--replace)."
        raise BadRequest(Fault(str(found.file), f"the record has a world '{world}' already.", hint))
    if there:
        _remove(connection, world)
    batches = _Batches(connection, found.file)
    for number, table, row in map(json.loads, found.spool):
        if table == WORLD.name:
            new_rows(connection, WORLD, [row])
        elif table == TIMELINE.name:
            open_timeline(connection, world, Timeline(row["id"], row["parent"], row["forked_at"], row["seq"]))
        else:
            batches.add(number, table, row)
    batches.write()
    return Imported(world, found.rows, replaced=there)


def _remove(connection: Connection, world: str) -> None:
    for table in (INDEX_MARK, MODEL_CALL, SAVE, *reversed(HISTORY), LINEAGE, TIMELINE):
        connection.execute(delete(table).where(table.c.world == world))
    connection.execute(delete(WORLD).where(WORLD.c.id == world))


class _Batches:
    """Rows that wait to be written together, each table's on their own."""

    def __init__(self, connection: Connection, file: Path) -> None:
        self._connection, self._file = connection, file
        self._waiting: defaultdict[str, list[tuple[int, Plain]]] = defaultdict(list)

    def add(self, number: int, table: str, row: Plain) -> None:
        self._waiting[table].append((number, row))
        if len(self._waiting[table]) >= BATCH:
            self._write(table, self._waiting.pop(table))

    def write(self) -> None:
        for table in list(self._waiting):
            self._write(table, self._waiting.pop(table))

    def _write(self, table: str, rows: list[tuple[int, Plain]]) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(TABLES[table]), [row for _, row in rows])
        except IntegrityError:
            for number, row in rows:
                if not new_rows(self._connection, TABLES[table], [row]):
                    what = f"the same row of '{table}' is there twice."
                    raise BadWorld(Fault(f"{self._file}:{number}", what, "Take one of them out.")) from None
