"""The record's engine room: units of work, each in one thread hop and in one transaction.

A unit is a plain function of a connection. It runs in a thread of the record's own, inside a transaction that commits
when the function returns and rolls back when it raises; cancelling whoever waits for it never cuts it in two
(docs/decisions/0005-one-hop-a-unit-of-work.md). SQLAlchemy's errors end here: outside there is only `RecordError`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from memory.record.migrate import HEAD, migrate, version_of
from schemas import BadSettings, Fault, RecordBusy, RecordError

T = TypeVar("T")
Unit = Callable[[Connection], T]

SLOW = 0.02
"""Seconds after which a unit was too slow to be run on the event loop; for a while none is, then."""
SULKS = (1.0, 30.0)
"""Seconds of that while: at first, since it may have been a moment's hiccup, and at most. It doubles each time."""
TIDY_EVERY = 500
"""Small writes after which the write-ahead log is folded back into the database, by the write lane."""
PATIENCE = 2.0
"""Seconds to wait for another writer, from the moment that the unit was handed in."""
POSTGRES_THREADS = 4
_POSTGRES_BUSY = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock not available (PostgreSQL 15, appendix A)."""
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class Record:
    """The database, seen as two lanes: writes go one after the other, and reads do not wait for them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        lane = _SqliteLane if self.on_sqlite else _PostgresLane
        self._writes, self._reads = lane(engine, writes=True), lane(engine, writes=False)
        self._at_once = (
            {writes: _AtOnce(engine, writes=writes) for writes in (True, False)} if lane is _SqliteLane else {}
        )
        self._small_writes = 0
        self._closed = False

    @classmethod
    async def open(cls, url: str | None, home: Path) -> Record:
        """Open the database at `url`, or `record.db` in `home`, and bring its tables up to date.

        Raises:
            BadSettings: the URL is not one that can be used.
            RecordError: the database cannot be opened, or was written by a newer version.
        """
        engine = _engine(url, home)
        record = cls(engine)
        try:
            if await record.read(version_of) != HEAD:
                await record.write(migrate)
        except BaseException:
            await record.aclose()
            raise
        return record

    @property
    def on_sqlite(self) -> bool:
        """Whether it is a file of SQLite's; if not, it is PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @property
    def where(self) -> str:
        """What database this is, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    async def read(self, unit: Unit[T]) -> T:
        """Run a unit that only reads; all that it sees is from one moment.

        Raises:
            RecordError: the database failed.
        """
        return await self._run(self._reads, unit)

    async def write(self, unit: Unit[T]) -> T:
        """Run a unit that writes. When the caller is cancelled the unit happens whole or not at all.

        Raises:
            RecordBusy: another writer held the database for `PATIENCE` seconds.
            RecordError: the database failed; nothing of the unit was kept.
        """
        return await self._run(self._writes, unit)

    def at_once(self, unit: Unit[T], *, writes: bool) -> tuple[T] | None:
        """Run a unit of a few rows here and now, if that costs less than handing it to a thread; None: it was not run.

        That is so with SQLite while nobody holds the database and the disk is quick: a thread would hold the
        interpreter for the same time, and the way there and back costs more than the unit. Who gets None hands the
        same unit to `read` or `write`.

        Raises:
            RecordError: the database failed; nothing of the unit was kept.
        """
        here = self._at_once.get(writes)
        began = time.monotonic()
        if here is None or self._closed or began < here.sulking_until:
            return None
        try:
            done = (here.transact(unit),)
        except (SQLAlchemyError, sqlite3.Error) as error:
            mapped = _as_record_error(error)
            if isinstance(mapped, RecordBusy):
                return None
            raise mapped from error
        here.took(began, time.monotonic())
        if writes:
            self._small_writes += 1
            if self._small_writes % TIDY_EVERY == 0:
                self._writes.threads.submit(_tidy, self._writes)
        return done

    async def aclose(self) -> None:
        """Let running units end, and close."""
        if self._closed:
            return
        self._closed = True
        for here in self._at_once.values():
            here.close()
        await asyncio.to_thread(self._writes.close)
        await asyncio.to_thread(self._reads.close)
        self._engine.dispose()

    async def _run(self, lane: _Lane, unit: Unit[T]) -> T:
        if self._closed:
            raise RecordError("The record is closed.")
        return await asyncio.get_running_loop().run_in_executor(lane.threads, _mapped, lane, unit, time.monotonic())


def _mapped(lane: _Lane, unit: Unit[T], asked: float) -> T:
    try:
        return lane.transact(unit, asked)
    except (SQLAlchemyError, sqlite3.Error) as error:  # sqlite3's own: from the pragmas of a new connection
        raise _as_record_error(error) from error


def _as_record_error(error: SQLAlchemyError | sqlite3.Error) -> RecordError:
    cause = error.orig if isinstance(error, DBAPIError) else error
    busy = getattr(cause, "sqlstate", None) in _POSTGRES_BUSY or (
        isinstance(cause, sqlite3.OperationalError) and cause.sqlite_errorcode & 0xFF in _SQLITE_BUSY
    )
    if busy:
        return RecordBusy("Another writer holds the record and did not let go in time.")
    return RecordError(f"The record failed: {cause}")


class _SqliteLane:
    """One thread with one connection that it keeps."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self.threads = ThreadPoolExecutor(1, thread_name_prefix="record-writes" if writes else "record-reads")
        self._engine, self._writes = engine, writes
        self._connection: Connection | None = None
        self._patience = PATIENCE

    def transact(self, unit: Unit[T], asked: float) -> T:
        connection = self._open()
        self._wait_no_longer_than(max(PATIENCE - (time.monotonic() - asked), 0.01), connection)
        with connection.begin():
            return unit(connection)

    def tidy(self) -> None:
        _sqlite(self._open()).execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self.threads.submit(self._close).result()
        self.threads.shutdown()

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(loom_writes=self._writes)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _wait_no_longer_than(self, seconds: float, connection: Connection) -> None:
        """Units that queued behind a locked database have waited already."""
        if abs(seconds - self._patience) > 0.05:
            _sqlite(connection).execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._patience = seconds


class _AtOnce:
    """A connection that is used where one stands, and that never waits: not for a lock, not for a flush to the disk."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine, self._writes = engine, writes
        self._connection: Connection | None = None
        self._sulk = SULKS[0]
        self.sulking_until = 0.0
        """The moment (`time.monotonic`) before which it is left alone."""

    def took(self, began: float, ended: float) -> None:
        """Say how long a unit was at work; after one that was slow, none is run here for a while."""
        if ended - began > SLOW:
            self.sulking_until, self._sulk = ended + self._sulk, min(2 * self._sulk, SULKS[1])
        else:
            self._sulk = SULKS[0]

    def transact(self, unit: Unit[T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(loom_writes=self._writes)
            for pragma in ("busy_timeout = 0", "wal_autocheckpoint = 0"):
                _sqlite(self._connection).execute(f"PRAGMA {pragma}")
        connection, here = self._connection, _sqlite(self._connection)
        # By hand, since SQLAlchemy's part in it would take longer than the unit; a unit that needs SQLAlchemy after
        # all finds the transaction begun, and then it is SQLAlchemy's to end.
        here.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
        try:
            done = unit(connection)
        except BaseException:
            (connection if connection.in_transaction() else here).rollback()
            raise
        (connection if connection.in_transaction() else here).commit()
        return done

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _tidy(lane: _Lane) -> None:
    """Fold the write-ahead log back, as far as readers allow; SQLite does so by itself only where it may wait."""
    if isinstance(lane, _SqliteLane):
        lane.tidy()


class _PostgresLane:
    """A few threads, each unit with a connection from the pool."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self.threads = ThreadPoolExecutor(
            POSTGRES_THREADS, thread_name_prefix="record-writes" if writes else "record-reads"
        )
        self._engine = engine if writes else engine.execution_options(isolation_level="REPEATABLE READ")

    def transact(self, unit: Unit[T], asked: float) -> T:
        with self._engine.begin() as connection:
            return unit(connection)

    def close(self) -> None:
        self.threads.shutdown()


_Lane = _SqliteLane | _PostgresLane


def _engine(url: str | None, home: Path) -> Engine:
    try:
        parsed = make_url(url) if url else URL.create("sqlite", database=str(home / "record.db"))
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        match parsed.get_backend_name():
            case "sqlite" if parsed.database and parsed.database != ":memory:":
                return _sqlite_engine(parsed.set(drivername="sqlite"), Path(parsed.database))
            case "postgresql":
                return _postgres_engine(parsed)
            case other:
                raise BadSettings(
                    Fault("record_url", f"'{other}' cannot keep a record.", "Use a SQLite file or PostgreSQL.")
                )
    except (ArgumentError, NoSuchModuleError) as error:
        raise BadSettings(Fault("record_url", f"not a URL of a database: {error}")) from None
    except ModuleNotFoundError as error:
        raise BadSettings(
            Fault("record_url", f"'{error.name}' is not installed.", "Run `uv sync --extra postgres`.")
        ) from None


def _sqlite_engine(url: URL, path: Path) -> Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(f"The record's folder {path.parent} cannot be made: {error}") from error
    engine = create_engine(
        url,
        # Transactions are begun by hand below, and each connection stays in the one thread of its lane; only the
        # last `dispose` comes from outside.
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 256},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:  # pyright: ignore[reportUnusedFunction]  # listens
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:  # pyright: ignore[reportUnusedFunction]  # it listens
        # A writer takes its place in the queue at once: upgrading a read later can fail without waiting.
        here = _sqlite(connection)
        if not here.in_transaction:
            here.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get("loom_writes", True) else "BEGIN")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. Where two open a new database at once, SQLite refuses this at once and does not wait
    for the other, whatever the busy timeout: so the waiting is done here."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _sqlite(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _postgres_engine(url: URL) -> Engine:
    milliseconds = int(PATIENCE * 1000)
    return create_engine(
        url,
        pool_size=2 * POSTGRES_THREADS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": f"-c lock_timeout={milliseconds}"},
    )
