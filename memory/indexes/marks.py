"""How far each index has followed each world: rows of the record, moved in one transaction each.

A mark only moves from where its mover found it. Two processes may follow one record with one index: who comes second
moves nothing, and looks again.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from memory.record.prepared import Prepared
from memory.record.rows import new_rows
from memory.record.tables import INDEX_MARK, WORLD

NOTHING = -1
"""Nothing is indexed yet."""
CONDEMNED = -2
"""What the index has of the world is to be thrown away before it is indexed anew."""
_MARK = INDEX_MARK.c
_READ = select(_MARK.seq).where(_MARK.index == bindparam("index"), _MARK.world == bindparam("world"))
_MOVE = (
    update(INDEX_MARK)
    .where(_MARK.index == bindparam("which"), _MARK.world == bindparam("of"), _MARK.seq == bindparam("found"))
    .values(seq=bindparam("to"))
)
_ON_POSTGRES, _ON_SQLITE = postgresql.insert(INDEX_MARK), sqlite.insert(INDEX_MARK)
_SET = Prepared(
    _ON_POSTGRES.on_conflict_do_update(INDEX_MARK.primary_key, set_={"seq": _ON_POSTGRES.excluded.seq}),
    on_sqlite=_ON_SQLITE.on_conflict_do_update(INDEX_MARK.primary_key, set_={"seq": _ON_SQLITE.excluded.seq}),
)
_DELETE = delete(INDEX_MARK).where(_MARK.index == bindparam("which"), _MARK.world == bindparam("of"))


def read_mark(connection: Connection, index: str, world: str) -> int:
    """The last moment of a world that the index of this name has; `NOTHING` or `CONDEMNED` when it has none."""
    return _read(connection, index, world, NOTHING)


def read_timelines(connection: Connection, index: str, world: str) -> int:
    """How many timelines the world had when the index was last told of forks."""
    return _read(connection, f"{index}/timelines", world, 0)


def is_rebuilding(connection: Connection, index: str, world: str) -> bool:
    """Whether a rebuild was begun and has not come to its end."""
    return _read(connection, f"{index}/rebuild", world, NOTHING) != NOTHING


def move_mark(connection: Connection, index: str, world: str, found: int, to: int, timelines: int) -> bool:
    """Move a mark from where it was found, and say how many timelines are taken care of. False: it is elsewhere by
    now; then the timelines are to be looked at again, for what was just taken out may have been put back before."""
    if found == NOTHING:
        new_rows(connection, INDEX_MARK, [{"index": index, "world": world, "seq": NOTHING}])
    which = {"which": index, "of": world}
    moved = connection.execute(_MOVE, which | {"found": found, "to": to}).rowcount == 1
    _write(connection, f"{index}/timelines", world, timelines if moved else 0)
    rebuild = f"{index}/rebuild"
    if moved and to >= _read(connection, rebuild, world, to + 1):
        connection.execute(_DELETE, {"which": rebuild, "of": world})
    return moved


def begin_rebuild(connection: Connection, index: str, world: str, *, empty: bool) -> bool:
    """Say that a world is to be indexed anew, up to its last moment of now. False: that had been said before, and what
    was indexed since then stays. `empty`: the index has nothing that would have to be thrown away first."""
    if is_rebuilding(connection, index, world):
        return False
    last = connection.execute(select(WORLD.c.seq).where(WORLD.c.id == world)).scalar_one()
    _write(connection, f"{index}/rebuild", world, last)
    _write(connection, index, world, NOTHING if empty else CONDEMNED)
    return True


def condemn(connection: Connection, index: str, world: str) -> None:
    """Say that what the index has of a world is to be thrown away, wherever its mark is."""
    _write(connection, index, world, CONDEMNED)


def _read(connection: Connection, index: str, world: str, otherwise: int) -> int:
    found = connection.execute(_READ, {"index": index, "world": world}).scalar_one_or_none()
    return otherwise if found is None else found


def _write(connection: Connection, index: str, world: str, seq: int) -> None:
    _SET.run(connection, [{"index": index, "world": world, "seq": seq}])
