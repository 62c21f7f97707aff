"""Which memories came to mind: noted with each decision, counted when it is time to forget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, FromClause, Select, String, bindparam, cast, func, select
from sqlalchemy.dialects import postgresql, sqlite

from memory.record.history import Key
from memory.record.prepared import Prepared
from memory.record.rows import Fields
from memory.record.tables import MEMORY_ENTRY, MEMORY_FORGOTTEN, MEMORY_USED
from memory.timelines.timelines import visible
from memory.values import Commit

_COLUMNS = ("world", "seq", "timeline", "at", "character", "memory")


def _found(ids: FromClause) -> Select[str, int, str, int, Any, Any]:
    """The memories of these ids that the timeline can see: what it cannot see was not used on it. PostgreSQL must be
    told what types the bare values are."""
    return select(
        bindparam("world", type_=String).label("world"),
        bindparam("seq", type_=BigInteger).label("seq"),
        bindparam("timeline", type_=String).label("timeline"),
        bindparam("at", type_=BigInteger).label("at"),
        MEMORY_ENTRY.c.character,
        (MEMORY_ENTRY.c.timeline + "/" + MEMORY_ENTRY.c.id).label("memory"),
    ).where(visible(MEMORY_ENTRY), MEMORY_ENTRY.c.id.in_(select(ids.c.value)))


# One statement for all of a decision: the ids go in as one JSON array, for every row on its own costs twice as much.
_NOTE = Prepared(
    postgresql.insert(MEMORY_USED)
    .from_select(
        _COLUMNS,
        _found(func.jsonb_array_elements_text(cast(bindparam("ids"), postgresql.JSONB)).table_valued("value")),
    )
    .on_conflict_do_nothing(),
    on_sqlite=sqlite.insert(MEMORY_USED)
    .from_select(_COLUMNS, _found(func.json_each(bindparam("ids")).table_valued("value")))
    .on_conflict_do_nothing(),
)
_COUNTS = (
    select(MEMORY_USED.c.memory, func.count(), func.max(MEMORY_USED.c.at))
    .where(visible(MEMORY_USED), MEMORY_USED.c.character == bindparam("character"))
    .group_by(MEMORY_USED.c.memory)
)
_MERGED = select(MEMORY_FORGOTTEN.c.memory, MEMORY_FORGOTTEN.c.into).where(
    visible(MEMORY_FORGOTTEN),
    MEMORY_FORGOTTEN.c.character == bindparam("character"),
    MEMORY_FORGOTTEN.c.into.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Use:
    """How often something came to mind, and when it last did, in minutes since the world began."""

    times: int = 0
    last: int | None = None

    def __add__(self, other: Use) -> Use:
        lasts = [last for last in (self.last, other.last) if last is not None]
        return Use(self.times + other.times, max(lasts, default=None))


NEVER = Use()


def note_use(connection: Connection, what: Commit, here: Fields) -> None:
    """Write which of the character's memories came to mind for a decision, at the moment of `here`."""
    if what.used:
        at = what.at.total_minutes if what.at is not None else None
        _NOTE.run(connection, [here | {"at": at, "ids": json.dumps(what.used)}])


def merged_into(connection: Connection, who: Mapping[str, object]) -> dict[Key, Key]:
    """Which memories of a character were merged, each with what it was merged into."""
    return {row[0]: row[1] for row in connection.execute(_MERGED, who)}


def uses(connection: Connection, who: Mapping[str, object], merged: Mapping[Key, Key]) -> dict[Key, Use]:
    """How each memory of a character was used. A merged memory has the uses of all that went into it."""
    found: dict[Key, Use] = {}
    for memory, times, last in connection.execute(_COUNTS, who):
        while memory in merged:
            memory = merged[memory]
        found[memory] = found.get(memory, NEVER) + Use(times, last)
    return found
