"""Which rows a timeline can see, and how a new one branches off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from memory.record.prepared import Prepared
from memory.record.tables import LINEAGE, NOW, TIMELINE, WORLD
from schemas import UnknownThing

FIRST = "main"
"""The timeline that every world begins with. Forks are `t2`, `t3`, ... in the order in which they were made."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One line of history: what it branched off from, and when."""

    id: str
    parent: str | None = None
    forked_at: int | None = None
    """The last moment of its parent that it sees."""
    seq: int = 0
    """The moment at which it began."""
    current: bool = False
    """Whether it is the one that the world goes on with."""


def visible(table: Table) -> ColumnElement[bool]:
    """Rows of `table` that the timeline `:timeline` of the world `:world` can see: its own, and those that each
    ancestor had up to the fork, however late they were written elsewhere."""
    seen = select(literal(1)).where(
        LINEAGE.c.world == bindparam("world"),
        LINEAGE.c.timeline == bindparam("timeline"),
        LINEAGE.c.ancestor == table.c.timeline,
        LINEAGE.c.upto >= table.c.seq,
    )
    return and_(table.c.world == bindparam("world"), seen.correlate(table).exists())


_TICK = Prepared(
    update(WORLD)
    .where(WORLD.c.id == bindparam("world"))
    .values(seq=WORLD.c.seq + 1)
    .returning(WORLD.c.seq, WORLD.c.current_timeline)
)
_NOW = Prepared(select(WORLD.c.seq, WORLD.c.current_timeline).where(WORLD.c.id == bindparam("world")))
_LINE = (
    select(LINEAGE.c.ancestor, LINEAGE.c.upto, TIMELINE.c.seq)
    .join(TIMELINE, and_(TIMELINE.c.world == LINEAGE.c.world, TIMELINE.c.id == LINEAGE.c.ancestor))
    .where(LINEAGE.c.world == bindparam("world"), LINEAGE.c.timeline == bindparam("timeline"))
)
_OWNER = _LINE.where(TIMELINE.c.seq < bindparam("at")).order_by(TIMELINE.c.seq.desc()).limit(1)


def take_moment(connection: Connection, world: str) -> tuple[int, str]:
    """The next moment of the world, and its current timeline. Holds the world until the transaction ends, so moments
    are committed in their order, whatever any clock says.

    Raises:
        UnknownThing: the world is not in the record.
    """
    return _of_the_world(connection, world, _TICK)


def now(connection: Connection, world: str) -> tuple[int, str]:
    """The last moment of the world, and its current timeline.

    Raises:
        UnknownThing: the world is not in the record.
    """
    return _of_the_world(connection, world, _NOW)


def _of_the_world(connection: Connection, world: str, statement: Prepared) -> tuple[int, str]:
    rows = statement.rows(connection, {"world": world})
    if not rows:
        raise UnknownThing("world", world, connection.execute(select(WORLD.c.id)).scalars())
    return rows[0][0], rows[0][1]


def line_of(connection: Connection, world: str, timeline: str) -> dict[str, int]:
    """What a timeline sees: itself and its ancestors, each with the last moment that it sees of it."""
    rows = connection.execute(_LINE, {"world": world, "timeline": timeline})
    return {ancestor: upto for ancestor, upto, _ in rows}


def open_timeline(connection: Connection, world: str, timeline: Timeline) -> None:
    """Add a timeline that sees itself, and what its parent could see at `forked_at`. Nothing is copied.

    An ancestor that it sees nothing of, since it branched off before that one began, is no part of its line: so a line
    does not grow with every return to the same moment.
    """
    connection.execute(
        insert(TIMELINE),
        {
            "world": world,
            "id": timeline.id,
            "parent": timeline.parent,
            "forked_at": timeline.forked_at,
            "seq": timeline.seq,
        },
    )
    line: Select[str, str, str, int] | CompoundSelect[str, str, str, int]
    line = select(literal(world), literal(timeline.id), literal(timeline.id), literal(NOW, BigInteger))
    if timeline.parent is not None:
        upto = case((LINEAGE.c.upto < timeline.forked_at, LINEAGE.c.upto), else_=timeline.forked_at)
        line = line.union_all(
            select(LINEAGE.c.world, literal(timeline.id), LINEAGE.c.ancestor, upto)
            .join(TIMELINE, and_(TIMELINE.c.world == LINEAGE.c.world, TIMELINE.c.id == LINEAGE.c.ancestor))
            .where(LINEAGE.c.world == world, LINEAGE.c.timeline == timeline.parent, TIMELINE.c.seq < upto)
        )
    connection.execute(insert(LINEAGE).from_select(["world", "timeline", "ancestor", "upto"], line))


def fork(connection: Connection, world: str, parent: str, at: int, *, stay: bool) -> str:
    """Branch off what `parent` saw after moment `at`, and make it the current timeline unless the world shall `stay`.

    It becomes a child of the line that this moment really lies on: returning to the same moment again and again makes
    siblings, not an ever longer line.
    """
    moment, _ = take_moment(connection, world)
    where = {"world": world, "timeline": parent, "at": at}
    owner, upto = next(((row[0], row[1]) for row in connection.execute(_OWNER, where)), (FIRST, at))
    count = connection.execute(select(func.count()).select_from(TIMELINE).where(TIMELINE.c.world == world))
    made = Timeline(f"t{count.scalar_one() + 1}", owner, min(at, upto, moment - 1), moment)
    open_timeline(connection, world, made)
    if not stay:
        connection.execute(update(WORLD).where(WORLD.c.id == world).values(current_timeline=made.id))
    return made.id


def timelines_of(connection: Connection, world: str) -> Sequence[Timeline]:
    """All timelines of a world in the order of their beginning, parents before their children."""
    _, current = now(connection, world)
    rows = connection.execute(
        select(TIMELINE.c.id, TIMELINE.c.parent, TIMELINE.c.forked_at, TIMELINE.c.seq)
        .where(TIMELINE.c.world == world)
        .order_by(TIMELINE.c.seq)
    )
    return [Timeline(id_, parent, at, seq, current=id_ == current) for id_, parent, at, seq in rows]
