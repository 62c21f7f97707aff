"""Rows of the record: added once, and read back as what they were."""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from memory.record.prepared import Prepared
from memory.record.tables import Row
from schemas import RecordError, Value

Fields = dict[str, object]
V = TypeVar("V", bound=Value)


def new_rows(connection: Connection, table: Table, rows: list[Fields]) -> int:
    """Add rows; those whose key is taken stay as they are. Returns how many were new, where one row is given."""
    return _INSERTS[table.name].run(connection, rows) if rows else 0


def _insert(table: Table) -> Prepared:
    keep = {"preserve_rowcount": True}
    return Prepared(
        postgresql.insert(table).on_conflict_do_nothing().execution_options(**keep),
        on_sqlite=sqlite.insert(table).on_conflict_do_nothing(),
    )


_INSERTS = {table.name: _insert(table) for table in Row.metadata.tables.values()}


def parsed(kind: type[V], body: str) -> V:
    """What a `body` holds.

    Raises:
        RecordError: it does not fit; something else wrote it, or another version did.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise RecordError(f"The record holds a {kind.__name__} that cannot be read: {error}") from error


def plain(text: str) -> str:
    """Text without the NUL characters that PostgreSQL cannot keep."""
    return text.replace("\0", "")
