"""A world's record as plain rows, the same for the same history."""

from __future__ import annotations

import json
from typing import cast

from sqlalchemy import Connection, select

from memory.record.tables import INDEX_MARK, MODEL_CALL, MODEL_SWITCH, SPENDING, WORLD, Row
from schemas import as_fields

Plain = dict[str, object]

_MEASURED = frozenset({"milliseconds", "first_sentence_milliseconds", "checkpoint"})
"""Of a receipt: what the clock says, and LangGraph's own id, which is made from the clock."""


def dump(connection: Connection, world: str) -> list[Plain]:
    """Every row of the world, tables and rows in a fixed order, without what depends on the clock.

    Two records are the same history when their dumps are equal, whichever database they are kept in.
    """
    rows: list[Plain] = []
    for table in sorted(Row.metadata.tables.values(), key=lambda table: table.name):
        if table in (INDEX_MARK, MODEL_CALL, MODEL_SWITCH, SPENDING):  # the machine's
            continue
        owner = table.c.id if table is WORLD else table.c.world
        found = [_plain(dict(row)) for row in connection.execute(select(table).where(owner == world)).mappings()]
        found.sort(key=lambda row: json.dumps([row[column.name] for column in table.primary_key.columns]))
        rows += [{"table": table.name} | row for row in found]
    return rows


def _plain(row: dict[str, object]) -> Plain:
    for measured in ("milliseconds", "made_at"):
        row.pop(measured, None)
    for whole in ("body", "sheet"):
        if whole in row:
            row[whole] = _without_clock(json.loads(str(row[whole])))
    return row


def _without_clock(body: object) -> object:
    fields = as_fields(body)
    receipt = as_fields(fields.get("receipt")) if fields else None
    if fields is None or receipt is None:
        return body
    steps = cast("list[dict[str, object]]", receipt.get("steps", []))
    kept = {name: value for name, value in receipt.items() if name not in _MEASURED}
    kept["steps"] = [{name: value for name, value in step.items() if name not in _MEASURED} for step in steps]
    return {**fields, "receipt": kept}
