"""Find what a character experienced just before and just after."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, ScalarSelect, bindparam, select

from memory.record.history import Key, key_of, remembered
from memory.record.prepared import Prepared
from memory.record.tables import MEMORY_ENTRY

REACH = 2
"""Memories to look at on each side."""
_ENTRY = MEMORY_ENTRY.c
_HERE = MEMORY_ENTRY.alias("here")


def _neighbour(steps: int) -> ScalarSelect[str]:
    """The key of the memory so many steps later, or earlier."""
    later = steps > 0
    return (
        select(_ENTRY.timeline + "/" + _ENTRY.id)
        .where(
            remembered(),
            _ENTRY.character == bindparam("character"),
            _ENTRY.place > _HERE.c.place if later else _ENTRY.place < _HERE.c.place,
        )
        .order_by(_ENTRY.place if later else _ENTRY.place.desc())
        .limit(1)
        .offset(abs(steps) - 1)
        .correlate(_HERE)
        .scalar_subquery()
    )


_AROUND = Prepared(
    select(
        _HERE.c.timeline, _HERE.c.id, *map(_neighbour, range(-1, -REACH - 1, -1)), *map(_neighbour, range(1, REACH + 1))
    ).where(_HERE.c.world == bindparam("world"), _HERE.c.id.in_(bindparam("ids", expanding=True)))
)

Beside = tuple[tuple[Key | None, ...], tuple[Key | None, ...]]
"""The memories before one and those after it, each time the nearest first; None where there is no more."""


def neighbours(
    connection: Connection, world: str, timeline: str, character: str, keys: Collection[Key]
) -> dict[Key, Beside]:
    """What the character experienced around each of these memories. What happened to others in between does not count,
    nor what this timeline does not see or has forgotten."""
    ids = sorted({key.partition("/")[2] for key in keys})
    who = {"world": world, "timeline": timeline, "character": character, "ids": ids}
    found: dict[Key, Beside] = {
        key_of(timeline, id_): (tuple(beside[:REACH]), tuple(beside[REACH:]))
        for timeline, id_, *beside in _AROUND.rows(connection, who)
    }
    return {key: found[key] for key in keys if key in found}
