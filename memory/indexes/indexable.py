"""What belongs into an index: every memory that some timeline still remembers.

A memory that was forgotten on one timeline may be remembered on another: on a fork from before, or on the ancestor of
the branch that forgot it. So it leaves the indexes only when nobody remembers it any more, and comes back when a fork
from before the forgetting makes somebody remember it again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, String, and_, bindparam, func, literal, select

from memory.record.history import MANY, Key, key_of
from memory.record.rows import parsed
from memory.record.tables import LINEAGE, MEMORY_ENTRY, MEMORY_FORGOTTEN, TIMELINE, WORLD
from schemas import MemoryEntry

_ENTRY, _FORGOTTEN = MEMORY_ENTRY.c, MEMORY_FORGOTTEN.c
_WORLD = bindparam("world", type_=String)
_SINCE = bindparam("since", type_=BigInteger)
_KEY = _ENTRY.timeline + "/" + _ENTRY.id
_SEER, _LINE = LINEAGE.alias("seer"), LINEAGE.alias("line")

_FORGOTTEN_SOMEWHERE = (
    select(literal(1)).where(_FORGOTTEN.world == _WORLD, _FORGOTTEN.memory == _KEY).correlate(MEMORY_ENTRY).exists()
)
_FORGOTTEN_BY_SEER = (
    select(literal(1))
    .select_from(MEMORY_FORGOTTEN)
    .join(_LINE, and_(_LINE.c.ancestor == _FORGOTTEN.timeline, _LINE.c.upto >= _FORGOTTEN.seq))
    .where(
        _FORGOTTEN.world == _WORLD,
        _FORGOTTEN.memory == _KEY,
        _LINE.c.world == _WORLD,
        _LINE.c.timeline == _SEER.c.timeline,
    )
    .correlate(MEMORY_ENTRY, _SEER)
    .exists()
)
_STILL_REMEMBERED = (
    select(literal(1))
    .where(
        _SEER.c.world == _WORLD,
        _SEER.c.ancestor == _ENTRY.timeline,
        _SEER.c.upto >= _ENTRY.seq,
        ~_FORGOTTEN_BY_SEER,
    )
    .correlate(MEMORY_ENTRY)
    .exists()
)
_GONE = and_(_FORGOTTEN_SOMEWHERE, ~_STILL_REMEMBERED)
"""Entries that no timeline remembers."""

_WAITING = select(_ENTRY.seq, _ENTRY.timeline, _ENTRY.id, _ENTRY.character, _ENTRY.body, _GONE.label("gone"))
_NEXT = (
    _WAITING.where(_ENTRY.world == _WORLD, _ENTRY.seq > _SINCE)
    .order_by(_ENTRY.seq, _ENTRY.id)
    .limit(bindparam("limit"))
)
_THESE = _WAITING.where(_ENTRY.world == _WORLD, _ENTRY.id.in_(bindparam("ids", expanding=True)))
_FORGOTTEN_SINCE = select(_FORGOTTEN.memory).where(_FORGOTTEN.world == _WORLD, _FORGOTTEN.seq > _SINCE).distinct()
_HOW_MANY = select(func.count()).where(_ENTRY.world == _WORLD, _ENTRY.seq > _SINCE)
_HOW_MANY_FORGOTTEN = select(func.count()).where(_FORGOTTEN.world == _WORLD, _FORGOTTEN.seq > _SINCE)
_TIMELINES = select(func.count()).select_from(TIMELINE).where(TIMELINE.c.world == _WORLD)
_LAST = select(WORLD.c.seq).where(WORLD.c.id == _WORLD)
_CHARACTERS = select(_ENTRY.character).where(_ENTRY.world == _WORLD).distinct()
_LAST_FORGOTTEN = (
    select(func.max(_FORGOTTEN.seq))
    .where(_FORGOTTEN.world == _WORLD, _FORGOTTEN.memory == _KEY)
    .correlate(MEMORY_ENTRY)
    .scalar_subquery()
)
_OF_CHARACTER = select(
    _ENTRY.timeline, _ENTRY.id, _ENTRY.seq, _GONE.label("gone"), _LAST_FORGOTTEN.label("forgotten_at")
).where(_ENTRY.world == _WORLD, _ENTRY.character == bindparam("character"))

Waiting = Row[Any, Any, Any, Any, Any, bool]
"""Moment, timeline, id, character, body; and whether nobody remembers it."""
Entries = dict[str, list[tuple[Key, MemoryEntry]]]
"""By character: keys and what to index."""
Keys = dict[str, list[Key]]
"""By character."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What an index shall do next."""

    reached: int
    """Where its mark belongs when it is done."""
    timelines: int
    """Of the world, when this was read."""
    more: bool
    entries: Entries = field(default_factory=lambda: defaultdict(list))
    """To be put in."""
    gone: Keys = field(default_factory=lambda: defaultdict(list))
    """To be taken out."""
    returned: Entries = field(default_factory=lambda: defaultdict(list))
    """To be put in if it is not there: forgotten once, and remembered by a timeline."""


def next_batch(connection: Connection, world: str, since: int, timelines: int, limit: int) -> Batch | None:
    """What has happened to memories since a moment, of so many of them, and what forks have brought back since the
    world had so many `timelines`; None when that is nothing."""
    here = {"world": world, "since": since}
    rows = connection.execute(_NEXT, here | {"limit": limit}).all()
    full = len(rows) == limit
    last = int(connection.execute(_LAST, {"world": world}).scalar_one())
    reached = rows[-1].seq - 1 if full else last  # a full batch may cut its last moment in two
    if reached <= since and full:
        return next_batch(connection, world, since, timelines, 2 * limit)
    now = int(connection.execute(_TIMELINES, {"world": world}).scalar_one())
    forgotten = list(connection.execute(_FORGOTTEN_SINCE, here).scalars())
    if not rows and not forgotten and now == timelines:
        return None
    batch = Batch(reached, now, more=full)
    for row in rows:
        _sort(row, batch.gone, batch.entries)
    if now != timelines:
        forgotten = list(connection.execute(_FORGOTTEN_SINCE, {"world": world, "since": -1}).scalars())
    for row in _these(connection, world, forgotten):
        if row.seq <= since:  # of what happened later, each has its turn among the rows
            _sort(row, batch.gone, batch.returned if now != timelines else None)
    return batch


def count_waiting(connection: Connection, world: str, since: int) -> int:
    """Memories that were made or forgotten after a moment."""
    where = {"world": world, "since": since}
    return sum(int(connection.execute(count, where).scalar_one()) for count in (_HOW_MANY, _HOW_MANY_FORGOTTEN))


def count_timelines(connection: Connection, world: str) -> int:
    """Timelines of a world."""
    return int(connection.execute(_TIMELINES, {"world": world}).scalar_one())


def characters_of(connection: Connection, world: str) -> list[str]:
    """Everybody who has memories."""
    return list(connection.execute(_CHARACTERS, {"world": world}).scalars())


@dataclass(frozen=True, slots=True)
class Belonging:
    """Whether a memory belongs into the indexes, and since when that is so."""

    seq: int
    """When it was made."""
    gone: bool
    """Nobody remembers it any more."""
    forgotten_at: int | None
    """When it was last forgotten on any timeline."""


def belongings(connection: Connection, world: str, character: str) -> dict[Key, Belonging]:
    """All memories that a character ever had."""
    rows = connection.execute(_OF_CHARACTER, {"world": world, "character": character})
    return {key_of(timeline, id_): Belonging(seq, bool(gone), at) for timeline, id_, seq, gone, at in rows}


def _these(connection: Connection, world: str, keys: Iterable[Key]) -> list[Waiting]:
    wanted = sorted(set(keys))
    found: list[Waiting] = []
    for start in range(0, len(wanted), MANY):
        part = wanted[start : start + MANY]
        among = set(part)
        rows = connection.execute(_THESE, {"world": world, "ids": [key.partition("/")[2] for key in part]})
        found += [row for row in rows if key_of(row.timeline, row.id) in among]
    return found


def _sort(row: Waiting, gone: Keys, kept: Entries | None) -> None:
    key = key_of(row.timeline, row.id)
    if row.gone:
        gone[row.character].append(key)
    elif kept is not None:
        kept[row.character].append((key, parsed(MemoryEntry, row.body)))
