"""Read a portable file line by line, and say of each row what does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from sqlalchemy import Column, Table

from memory.record.commits import measured
from memory.record.tables import TIMELINE, WORLD
from memory.timelines.portable import FORMAT, KEYS, TABLES, VERSION, WHOLE, Header, as_text, whole_column
from memory.timelines.timelines import FIRST
from schemas import BadRequest, BadWorld, Decision, Fault, Summary, Value, WorldPack, as_fields, field_path, nearest

FAULTS = 20
"""Faults that are told of one file."""

Plain = dict[str, Any]


class Reading:
    """One way through a file, from the header to the end.

    `world`: the name that the world shall have; None: its own.
    """

    def __init__(self, file: Path, world: str | None = None) -> None:
        self.file, self.world = file, world
        self.faults: list[Fault] = []
        self.header: Header
        self._timelines: set[str] = set()
        self._last = 0

    def rows(self) -> Iterator[tuple[int, Table, Plain]]:
        """Line number, table and row of each line that is as it should be; the faults of the others are kept."""
        try:
            with self.file.open("rb") as lines:
                numbered = enumerate(lines, start=1)
                self.header = self._read_header(next(numbered, (1, b""))[1])
                for number, line in numbered:
                    found = self._row(number, line)
                    if found is not None:
                        yield number, *found
                    if len(self.faults) >= FAULTS:
                        break
        except OSError as error:
            raise BadRequest(Fault(str(self.file), f"cannot be read: {error.strerror or error}.")) from None

    def tell(self) -> None:
        """Raise what was found."""
        if self.faults:
            raise BadWorld(self.faults)

    def _read_header(self, line: bytes) -> Header:
        where = f"{self.file}:1"
        raw = self._object(1, line)
        if raw is None or raw.get("format") != FORMAT:
            hint = "`loomwright world export FILE` writes one."
            raise BadWorld(Fault(where, "this is no world that Loomwright exported.", hint))
        if raw.get("version") != VERSION:
            what = f"the file has version {raw.get('version')!r}, and this Loomwright reads {VERSION}."
            raise BadWorld(Fault(where, what, "Update Loomwright, or export the world again."))
        try:
            return Header.model_validate(raw)
        except ValidationError as error:
            raise BadWorld(_faults_of(error, where, "")) from None

    def _row(self, number: int, line: bytes) -> tuple[Table, Plain] | None:
        where, before = f"{self.file}:{number}", len(self.faults)
        raw = self._object(number, line)
        if raw is None:
            return None
        name = str(raw.pop("table", ""))
        if name not in TABLES:
            self._fault(where, f"there is no table '{name}'.", name, list(TABLES))
            return None
        table = TABLES[name]
        row: Plain = {"id" if table is WORLD else "world": self.world or self.header.world}
        for column, value in raw.items():
            if column not in table.c or column == "world":
                known = [known.name for known in table.columns if known.name != "world"]
                self._fault(where, f"a row of '{name}' has no '{column}'.", column, known)
            elif column == whole_column(name):
                row |= self._whole(where, name, column, value)
            else:
                row[column] = self._plain(where, table.c[column], value)
        for column in table.columns:
            if column.name not in row and not column.nullable:
                self.faults.append(Fault(where, f"a row of '{name}' needs '{column.name}'."))
        if len(self.faults) == before:
            self._place_in_history(where, table, row)
        if len(self.faults) > before:
            return None
        return table, {column.name: row.get(column.name) for column in table.columns}

    def _object(self, number: int, line: bytes) -> Plain | None:
        try:
            read = as_fields(json.loads(line.decode("utf-8")))
        except UnicodeDecodeError:
            what = "is not UTF-8 text."
        except json.JSONDecodeError as error:
            what = f"is not JSON: {error.msg} (column {error.colno})."
        except RecursionError:
            what = "is not JSON that anybody reads: it is nested too deep."
        else:
            if read is not None:
                return dict(read)
            what = "is no JSON object."
        self.faults.append(Fault(f"{self.file}:{number}", f"the line {what}"))
        return None

    def _plain(self, where: str, column: Column[Any], value: object) -> object:
        wanted = cast("type[str] | type[int] | type[float]", column.type.python_type)
        fits = isinstance(value, wanted) and not isinstance(value, bool)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if wanted is int and isinstance(value, int) and not -(2**63) <= value < 2**63:
            fits = False
        if wanted is str and isinstance(value, str) and "\0" in value:
            fits = False
        if not fits and not (value is None and column.nullable):
            words = {str: "text without NUL", int: "a whole number", float: "a number"}[wanted]
            self.faults.append(Fault(where, f"'{column.name}' has to be {words}."))
        return self._renamed(value) if column.name == "thread" else value

    def _renamed(self, thread: object) -> object:
        """A world's threads begin with its name."""
        head, slash, rest = str(thread).partition("/")
        return f"{self.world}/{rest}" if self.world and slash and head == self.header.world else thread

    def _whole(self, where: str, table: str, column: str, value: object) -> Plain:
        """The column of a whole value, and those that only repeat parts of it."""
        try:
            whole = self._named_anew(where, WHOLE[table].model_validate(value))
        except ValidationError as error:
            self.faults += _faults_of(error, where, column)
            return {column: None}
        return {column: as_text(table, whole)} | (measured(whole) if isinstance(whole, Decision) else {})

    def _named_anew(self, where: str, whole: Value) -> Value:
        """The value in a world of another name."""
        match whole:
            case Decision() if whole.world != self.header.world:
                self.faults.append(Fault(where, f"a decision of '{whole.world}', not of '{self.header.world}'."))
            case WorldPack() if whole.info.id != self.header.world:
                self.faults.append(Fault(where, f"the sheet of '{whole.info.id}', not of '{self.header.world}'."))
            case Decision() if self.world:
                return whole.model_copy(update={"world": self.world})
            case Summary() if self.world:
                return whole.model_copy(update={"thread": self._renamed(whole.thread)})
            case WorldPack() if self.world:
                return whole.model_copy(update={"info": whole.info.model_copy(update={"id": self.world})})
            case _:
                pass
        return whole

    def _place_in_history(self, where: str, table: Table, row: Plain) -> None:
        """Refuse a row that lies on no timeline, or later than the world's last moment."""
        if table is WORLD:
            self._last = row["seq"]
            return
        if not 0 <= row["seq"] <= self._last:
            what = f"the moment {row['seq']} is none of the world's, which has 0 to {self._last}."
            self.faults.append(Fault(where, what, "The world comes first, in line 2."))
        if table is TIMELINE:
            self._begin_timeline(where, row)
            return
        keys = [row.get(key.name) for key in KEYS if key.table is table]
        for timeline in (row["timeline"], *(key.partition("/")[0] for key in keys if key)):
            if timeline not in self._timelines:
                self._fault(where, f"there is no timeline '{timeline}'.", timeline, self._timelines)

    def _begin_timeline(self, where: str, row: Plain) -> None:
        if row["id"] in self._timelines:
            self.faults.append(Fault(where, f"the timeline '{row['id']}' is there twice.", "Take one of them out."))
        elif row["id"] != FIRST and row.get("parent") not in self._timelines:
            parent = str(row.get("parent"))
            self._fault(where, f"there is no timeline '{parent}' that it could branch off.", parent, self._timelines)
        elif row["id"] != FIRST and row.get("forked_at") is None:
            self.faults.append(Fault(where, "a timeline that branches off needs 'forked_at'."))
        self._timelines.add(row["id"])

    def _fault(self, where: str, what: str, name: str, known: Iterable[str]) -> None:
        near = nearest(name, known)
        self.faults.append(Fault(where, what, f"Did you mean '{near}'?" if near else None))


def _faults_of(error: ValidationError, where: str, column: str) -> list[Fault]:
    found: list[Fault] = []
    for one in error.errors():
        path = field_path([column, *one["loc"]] if column else one["loc"])
        found.append(Fault(where, f"{path}: {one['msg']}."))
    return found
