"""What goes to models, counted for the budgets of all processes on the record; and the switch of all of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import Connection, Executable, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

from memory.record.record import Record
from memory.record.rows import plain
from memory.record.tables import MODEL_SWITCH, SPENDING
from schemas import Account, Spending

Dated: TypeAlias = tuple[int, Account]
"""A day of the clock on the wall, counted since 1970 in UTC, and an account."""
EARLIER = 0
"""The day under which all earlier ones are told."""

_S = SPENDING.c
_ACCOUNT = (_S.world, _S.kind, _S.rank, _S.game_day)
_TODAY = select(*_ACCOUNT, _S.decisions, _S.asked, _S.tokens, _S.cost)
_BEFORE = select(
    *_ACCOUNT, *(func.sum(column).label(column.name) for column in (_S.decisions, _S.asked, _S.tokens, _S.cost))
).group_by(*_ACCOUNT)


class SpendingLog:
    """Adds up what several processes spend, day by day. It belongs to the machine and to no timeline: an old save that
    is loaded brings no money back."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def add(self, spent: Mapping[Dated, Spending], today: int) -> Mapping[Dated, Spending]:
        """Add what was spent, in one transaction; gives what all together have spent today. Raises RecordError."""

        def unit(connection: Connection) -> dict[Dated, Spending]:
            # In one order everywhere, so that two processes never wait for each other.
            for (day, account), spending in sorted(spent.items()):
                _add(connection, SPENDING, {"day": day, **_named(account), **spending._asdict()})
            return {(today, account): found for account, found in _read(connection, _TODAY.where(_S.day == today))}

        return await (self._record.write(unit) if spent else self._record.read(unit))

    async def before(self, today: int) -> Mapping[Dated, Spending]:
        """What was spent on all earlier days together. Raises RecordError."""

        def unit(connection: Connection) -> dict[Dated, Spending]:
            return {(EARLIER, account): found for account, found in _read(connection, _BEFORE.where(_S.day < today))}

        return await self._record.read(unit)

    async def models_on(self) -> bool:
        """Whether models may be asked at all, by anybody on this record. Raises RecordError."""

        def unit(connection: Connection) -> bool:
            said = connection.execute(select(MODEL_SWITCH.c.models_on)).scalar_one_or_none()
            return said is None or bool(said)

        return await self._record.read(unit)

    async def turn(self, *, on: bool) -> None:
        """Switch models on or off for all processes on this record. Raises RecordError."""

        def unit(connection: Connection) -> None:
            row = {"id": 1, "models_on": int(on), "at": round(time.time() * 1_000)}
            connection.execute(
                _insert(connection, MODEL_SWITCH)
                .values(row)
                .on_conflict_do_update(index_elements=["id"], set_={"models_on": row["models_on"], "at": row["at"]})
            )

        await self._record.write(unit)


def _named(account: Account) -> dict[str, object]:
    fields = account._asdict()
    return {key: plain(value) if isinstance(value, str) else value for key, value in fields.items()}


def _add(connection: Connection, table: Table, row: Mapping[str, object]) -> None:
    insert = _insert(connection, table).values(row)
    added = {name: table.c[name] + insert.excluded[name] for name in Spending._fields}
    connection.execute(
        insert.on_conflict_do_update(index_elements=[column.name for column in table.primary_key], set_=added)
    )


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _read(connection: Connection, statement: Executable) -> list[tuple[Account, Spending]]:
    return [
        (
            Account(row.world, row.kind, row.rank, row.game_day),
            Spending(int(row.decisions), int(row.asked), int(row.tokens), float(row.cost)),
        )
        for row in connection.execute(statement)
    ]
