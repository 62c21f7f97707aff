"""Write a world into a portable file, moment by moment, while it goes on being played."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import BigInteger, Connection, Table, bindparam, select

from memory.record.record import Record
from memory.record.rows import parsed
from memory.record.tables import SAVE, TIMELINE, WORLD
from memory.timelines.points import Point
from memory.timelines.portable import FORMAT, HISTORY, KEYS, VERSION, Header, as_line
from memory.timelines.timelines import FIRST, line_of, visible
from schemas import BadRequest, Fault, WorldPack

ROWS = 2_000
"""Rows that are read in one unit of work, or about so many: between two, others have their turn."""
MOMENTS = 4_096
"""Moments that are looked through in one unit at the most."""

Found = Callable[[Connection], Point]
Plain = dict[str, Any]


async def export(record: Record, world: str, file: Path, of: Found | None) -> Header:
    """Write the world with all its timelines, or `of` a point one line of history, flattened onto `main`.

    History up to now never changes, so it is read in small units and is one consistent whole all the same. The file
    appears when it is complete, in the place of one that was there.

    Raises:
        BadRequest: the file cannot be written.
        RecordError: the record could not be read.
    """
    try:
        # Text is spooled beside its destination: the header tells how many rows there are, and comes first.
        with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=file.parent) as rows:
            header = await _write_rows(record, world, rows, of)
            await asyncio.to_thread(_finish, file, header, rows)
    except OSError as error:
        raise BadRequest(Fault(str(file), f"cannot be written: {error.strerror or error}.")) from None
    return header


async def _write_rows(record: Record, world: str, rows: TextIO, of: Found | None) -> Header:
    point, sheet = await record.read(lambda connection: _begin(connection, world, of))
    last = sheet["seq"]
    counts: Counter[str] = Counter()
    line = _Flat(point) if point is not None else None

    def write(found: Iterable[tuple[str, Plain]]) -> int:
        before = counts.total()
        for table, row in found:
            counts[table] += 1
            rows.write(as_line(table, row) + "\n")
        return counts.total() - before

    def unit(connection: Connection, after: int, upto: int) -> int:
        return write(_moments(connection, world, line, after, upto))

    await record.read(lambda connection: write(_opening(connection, sheet, line)))
    after, moments = -1, 16
    while after < last:
        upto = min(after + moments, last)
        written = await record.read(lambda connection, after=after, upto=upto: unit(connection, after, upto))
        after, moments = upto, _next(moments, written)
    await record.read(lambda connection: write(_saves(connection, world, line, last)))
    name = parsed(WorldPack, sheet["sheet"]).info.name
    of_what = str(point) if point is not None else None
    return Header(format=FORMAT, version=VERSION, world=world, name=name, of=of_what, rows=counts)


def _next(moments: int, written: int) -> int:
    """How many moments the next unit shall read: moments may be rich or poor."""
    if written > ROWS:
        return max(moments // 2, 1)
    return min(moments * 2, MOMENTS) if written < ROWS // 4 else moments


def _begin(connection: Connection, world: str, of: Found | None) -> tuple[Point | None, Plain]:
    """The point, and the world's own row: it says up to which moment the file goes."""
    sheet = dict(connection.execute(select(WORLD).where(WORLD.c.id == world)).mappings().one())
    point = of(connection) if of is not None else None
    return point, sheet if point is None else sheet | {"seq": point.seq, "current_timeline": FIRST}


class _Flat:
    """One line of history, told as if there had never been another."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self._told: set[tuple[object, ...]] = set()

    def row(self, table: Table, row: Plain) -> Plain | None:
        """The row as it would be on `main`; None: the line has a row under that key already, and the first one
        stands."""
        moved = row | {"timeline": FIRST}
        for column in KEYS:
            if column.table is table and moved[column.name] is not None:
                moved[column.name] = f"{FIRST}/{moved[column.name].partition('/')[2]}"
        if "seq" not in table.primary_key.columns:
            key = (table.name, *(moved[column.name] for column in table.primary_key.columns))
            if key in self._told:
                return None
            self._told.add(key)
        return moved


def _opening(connection: Connection, sheet: Plain, line: _Flat | None) -> Iterator[tuple[str, Plain]]:
    yield WORLD.name, sheet
    if line is not None:
        yield TIMELINE.name, {"id": FIRST, "seq": 0}
        return
    found = select(TIMELINE).where(TIMELINE.c.world == sheet["id"], TIMELINE.c.seq <= sheet["seq"])
    for timeline in connection.execute(found.order_by(TIMELINE.c.seq)).mappings():
        yield TIMELINE.name, dict(timeline)


def _moments(
    connection: Connection, world: str, line: _Flat | None, after: int, upto: int
) -> Iterator[tuple[str, Plain]]:
    """The rows of some moments, each moment's together."""
    found: list[tuple[int, int, Table, Plain]] = []
    for place, table in enumerate(HISTORY):
        where: Plain = {"world": world, "after": after, "upto": upto}
        if line is not None:
            where["timeline"] = line.point.timeline
        rows = connection.execute((_ALL if line is None else _SEEN)[table.name], where).mappings()
        found += [(row["seq"], place, table, dict(row)) for row in rows]
    found.sort(key=lambda row: row[:2])  # stable: the rows of one table stay in their order
    for _, _, table, row in found:
        moved = row if line is None else line.row(table, row)
        if moved is not None:
            yield table.name, moved


def _saves(connection: Connection, world: str, line: _Flat | None, last: int) -> Iterator[tuple[str, Plain]]:
    seen: Mapping[str, int] = {} if line is None else line_of(connection, world, line.point.timeline)
    found = select(SAVE).where(SAVE.c.world == world, SAVE.c.seq <= last).order_by(SAVE.c.seq, SAVE.c.name)
    for save in connection.execute(found).mappings():
        if line is None:
            yield SAVE.name, dict(save)
        elif save["seq"] <= seen.get(save["timeline"], -1):
            yield SAVE.name, dict(save) | {"timeline": FIRST}


def _finish(file: Path, header: Header, rows: TextIO) -> None:
    rows.flush()
    rows.seek(0)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as made:
            made.write(header.model_dump_json() + "\n")
            shutil.copyfileobj(rows, made)
            made.flush()
            os.fsync(made.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _statement(table: Table, *, seen: bool) -> Any:
    mine = visible(table) if seen else table.c.world == bindparam("world")
    upto, after = bindparam("upto", type_=BigInteger), bindparam("after", type_=BigInteger)
    return select(table).where(mine, table.c.seq > after, table.c.seq <= upto).order_by(
        table.c.seq, *[column for column in table.primary_key.columns if column.name not in ("world", "seq")]
    )  # fmt: skip


_ALL = {table.name: _statement(table, seen=False) for table in HISTORY}
_SEEN = {table.name: _statement(table, seen=True) for table in HISTORY}
