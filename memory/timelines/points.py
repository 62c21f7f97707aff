"""A point of a world's history: a timeline as it was after a moment. Saves, timelines and moments name points."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from memory.record.tables import SAVE, TIMELINE
from memory.timelines.timelines import now
from schemas import BadRequest, Fault, UnknownThing

_MOMENT = re.compile(r"(?:(?P<timeline>main|t[0-9]+)@)?(?P<seq>[0-9]{1,18})")
RESERVED = re.compile(r"main|t[0-9]+|[0-9]+|.*@.*")
"""Names that mean a timeline or a moment, so that no save may have them."""


@dataclass(frozen=True, slots=True)
class Point:
    """What `timeline` saw after the moment `seq`. Written `t2@41`."""

    timeline: str
    seq: int

    def __str__(self) -> str:
        return f"{self.timeline}@{self.seq}"


def find_point(connection: Connection, world: str, name: str | int | None) -> Point:
    """The point that is meant: None is now, `41` a moment of the current timeline, `t2@41` one of another, `t2` that
    timeline as it is now, and all else a save.

    Raises:
        BadRequest: the world has no such moment.
        UnknownThing: there is no save or timeline of that name.
    """
    if name is None or isinstance(name, int):
        return moment_of(connection, world, None, name)
    moment = _MOMENT.fullmatch(name)
    if moment is not None:
        return moment_of(connection, world, moment["timeline"], int(moment["seq"]))
    saved = select(SAVE.c.timeline, SAVE.c.seq).where(SAVE.c.world == world, SAVE.c.name == name)
    row = connection.execute(saved).one_or_none()
    if row is not None:
        return Point(row[0], row[1])
    timelines = _timelines(connection, world)
    if name in timelines:
        return moment_of(connection, world, name, None)
    names = connection.execute(select(SAVE.c.name).where(SAVE.c.world == world)).scalars()
    raise UnknownThing("save, timeline or moment", name, [*names, *timelines])


def moment_of(connection: Connection, world: str, timeline: str | None, seq: int | None) -> Point:
    """The moment `seq` (None: now) as `timeline` (None: the current one) saw it. Raises as `find_point`."""
    last, current = now(connection, world)
    point = Point(timeline or current, last if seq is None else seq)
    if not 0 <= point.seq <= last:
        hint = "`loomwright world log` lists them."
        raise BadRequest(Fault(str(point), f"{point.seq} is no moment of '{world}': it has 0 to {last}.", hint))
    if point.timeline != current and point.timeline not in (known := _timelines(connection, world)):
        raise UnknownThing("timeline", point.timeline, known)
    return point


def _timelines(connection: Connection, world: str) -> list[str]:
    return list(connection.execute(select(TIMELINE.c.id).where(TIMELINE.c.world == world)).scalars())
