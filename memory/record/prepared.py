"""Statements of the hot paths: SQLAlchemy writes them once, and SQLite runs them without asking it again.

A decision runs a handful of small statements, and most of their time is SQLAlchemy's work around each. With SQLite the
compiled text goes to the driver as it is: all our columns are texts, integers and floats, which need no translation.
PostgreSQL takes the usual way.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

Parameters = Mapping[str, object]
_LIST = re.compile(r"\(__\[POSTCOMPILE_\w+\]\)")
"""Where SQLAlchemy puts the values of an expanding parameter, one by one; SQLite gets them as one text of JSON."""


class Prepared:
    """One statement that is run often. It takes its parameters by name, those of `IN` (`expanding`) as lists."""

    def __init__(self, statement: Executable, on_sqlite: Executable | None = None) -> None:
        self._statement = statement
        # A dialect of its own: the one of an engine is only known once it is open, and says the same.
        dialect = cast("DefaultDialect", sqlite.dialect(paramstyle="qmark"))
        compiled = cast(
            "SQLCompiler", cast("ClauseElement", statement if on_sqlite is None else on_sqlite).compile(dialect=dialect)
        )
        self._text = _LIST.sub("(SELECT value FROM json_each(?))", str(compiled))
        self._names: list[str] = list(compiled.positiontup or ())
        self._given: dict[str, Any] = dict(compiled.params)

    def rows(self, connection: Connection, parameters: Parameters) -> Sequence[Sequence[Any]]:
        """What it finds, or returns."""
        if (here := _sqlite(connection)) is not None:
            return here.execute(self._text, self._in_order(parameters)).fetchall()
        return connection.execute(self._statement, dict(parameters)).all()

    def run(self, connection: Connection, parameters: Sequence[Parameters]) -> int:
        """Run it once for each; how many rows changed, where it is run once."""
        if (here := _sqlite(connection)) is not None:
            return here.executemany(self._text, [self._in_order(each) for each in parameters]).rowcount
        given = [dict(each) for each in parameters]
        result = connection.execute(self._statement, given if len(given) > 1 else given[0])
        return cast("CursorResult[object]", result).rowcount

    def _in_order(self, parameters: Parameters) -> list[Any]:
        values: dict[str, Any] = {**self._given, **parameters}
        return [json.dumps(value) if isinstance(value, list) else value for value in map(values.get, self._names)]


def _sqlite(connection: Connection) -> sqlite3.Connection | None:
    driver = connection.connection.driver_connection
    return driver if isinstance(driver, sqlite3.Connection) else None
