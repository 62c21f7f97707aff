"""The log of the calls of models, read some rows at a time."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from sqlalchemy import BigInteger, Connection, bindparam, select, tuple_

from memory.record.record import Record
from memory.record.tables import MODEL_CALL, WORLD
from schemas import LoggedCall

BATCH = 1_000
"""Calls that are read in one unit of work: between two, others have their turn."""
_C = MODEL_CALL.c
_SOME = (
    select(MODEL_CALL)
    .where(
        _C.world == bindparam("world"),
        _C.at >= bindparam("since", type_=BigInteger),
        tuple_(_C.seq, _C.number) > tuple_(bindparam("seq", type_=BigInteger), bindparam("number")),
    )
    .order_by(_C.seq, _C.number)
    .limit(bindparam("batch"))
)


async def calls(record: Record, world: str | None, since: int | None) -> AsyncGenerator[LoggedCall]:
    """The calls of a world, or of all, world by world in the order of its moments.

    `since`: only those asked at or after this moment, in milliseconds since 1970, UTC.
    """
    for one in [world] if world is not None else await record.read(_worlds):
        after = {"seq": -1, "number": -1}
        while True:
            where = {"world": one, "since": since if since is not None else -(2**62), "batch": BATCH, **after}
            found = await record.read(lambda connection, where=where: _some(connection, where))
            for call in found:
                yield call
            if len(found) < BATCH:
                break
            after = {"seq": found[-1].seq, "number": found[-1].number}


def _worlds(connection: Connection) -> list[str]:
    return list(connection.execute(select(WORLD.c.id).order_by(WORLD.c.id)).scalars())


def _some(connection: Connection, where: Mapping[str, object]) -> list[LoggedCall]:
    return [LoggedCall.model_validate(dict(row)) for row in connection.execute(_SOME, where).mappings()]
