"""The lexical index beside a SQLite record: FTS5, one table for each character, in a file of its own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from memory.indexes.index import MEND, IndexFailed, IndexHindered
from memory.indexes.terms import asked_terms, terms_of
from memory.record.history import Key

T = TypeVar("T")
PART = 128
"""Texts in one transaction: a question that comes meanwhile waits for no more than these."""
PATIENCE = 2.0
"""Seconds to wait for another process that writes."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_HINDERED = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_BEGIN = """
CREATE TABLE shelf (
    number INTEGER PRIMARY KEY, world TEXT NOT NULL, character TEXT NOT NULL, UNIQUE (world, character)
);
CREATE TABLE memory (
    number INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (shelf, key)
);
CREATE TABLE label (id TEXT NOT NULL);
"""
_AMONG = "SELECT key, number, text FROM memory WHERE shelf = ? AND key IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Label:
    """Which file this is. `id` is new with each."""

    id: str


class SqliteLexicalIndex:
    """FTS5 in one file, used from one thread. What is kept of a text is its words; the text itself is the record's.

    FTS5 tables are contentless: to take a text out, its words are told again, so they are kept beside its key. Writes
    are flushed to the disk before they are reported (`synchronous = FULL`): the record's mark moves after them.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lexical-index")
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        """Device and inode of the file that is open: another process may have put a new one in its place."""
        self._label: Label | None = None
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether the file has been opened."""
        return self._connection is not None

    async def check(self) -> Label:
        """The label of a file that is still there; costs one look at the file system.

        Raises:
            IndexFailed: it is not, or could not be opened in the first place.
        """
        if self._label is None or self._identity != self._on_disk():
            return await self._in_thread(lambda _: self._known_label())
        return self._label

    async def add(self, world: str, character: str, items: Sequence[tuple[Key, str]]) -> None:
        """Put texts in under their keys, in place of those that have the same keys.

        Raises:
            IndexFailed: they could not be kept; of many texts, the first ones may have been.
        """
        latest = list(dict(items).items())
        for start in range(0, len(latest), PART):
            part = latest[start : start + PART]

            def work(connection: sqlite3.Connection, part: list[tuple[Key, str]] = part) -> None:
                _put(connection, _shelf(connection, world, character), {key: _words(text) for key, text in part})

            await self._in_thread(work, writes=True)

    async def search(self, world: str, character: str, text: str, count: int) -> list[tuple[Key, float]]:
        """See `LexicalIndex.search`.

        Raises:
            IndexFailed: the file could not answer.
        """
        question = " OR ".join(f'"{term}"' for term in asked_terms(text))
        if not question or count < 1:
            return []

        def work(connection: sqlite3.Connection) -> list[tuple[Key, float]]:
            shelf = _find_shelf(connection, world, character)
            if shelf is None:
                return []
            table = _table(shelf)
            found = connection.execute(
                f"SELECT memory.key, -best.rank FROM (SELECT rowid, rank FROM {table} WHERE {table} MATCH ? "  # noqa: S608  # the name of a table that we made
                "ORDER BY rank, rowid DESC LIMIT ?) AS best JOIN memory ON memory.number = best.rowid "
                "ORDER BY best.rank, best.rowid DESC",
                (question, count),
            )
            return [(key, score) for key, score in found]

        return await self._in_thread(work)

    async def characters(self, world: str) -> list[str]:
        """Everybody of a world who has a shelf.

        Raises:
            IndexFailed: the file could not answer.
        """
        shelves = "SELECT character FROM shelf WHERE world = ?"
        return await self._in_thread(lambda connection: [row[0] for row in connection.execute(shelves, (world,))])

    async def held(self, world: str, character: str) -> set[Key]:
        """All keys on a character's shelf.

        Raises:
            IndexFailed: the file could not answer.
        """
        keys = "SELECT key FROM memory JOIN shelf ON shelf.number = shelf WHERE world = ? AND character = ?"
        return await self._in_thread(
            lambda connection: {row[0] for row in connection.execute(keys, (world, character))}
        )

    async def misfits(self, world: str, character: str) -> set[Key]:
        """Keys whose words FTS5 does not have.

        Raises:
            IndexFailed: the file could not answer.
        """

        def work(connection: sqlite3.Connection) -> set[Key]:
            shelf = _find_shelf(connection, world, character)
            if shelf is None:
                return set()
            lost = f"SELECT key FROM memory WHERE shelf = ? AND number NOT IN (SELECT id FROM {_table(shelf)}_docsize)"  # noqa: S608  # the name of a table that we made
            return {row[0] for row in connection.execute(lost, (shelf,))}

        return await self._in_thread(work)

    async def remove(self, world: str, keys: Mapping[str, Sequence[Key]]) -> None:
        """Take these keys of each character out.

        Raises:
            IndexFailed: they could not be.
        """

        def work(connection: sqlite3.Connection) -> None:
            for character, gone in keys.items():
                shelf = _find_shelf(connection, world, character)
                if shelf is not None:
                    _take_out(connection, shelf, connection.execute(_AMONG, (shelf, json.dumps(gone))).fetchall())

        if keys:
            await self._in_thread(work, writes=True)

    async def forget(self, world: str, characters: Sequence[str]) -> None:
        """Take all words of these characters out.

        Raises:
            IndexFailed: they could not be.
        """

        def work(connection: sqlite3.Connection) -> None:
            for character in characters:
                shelf = _find_shelf(connection, world, character)
                if shelf is not None:
                    connection.execute(f"DROP TABLE {_table(shelf)}")
                    connection.execute("DELETE FROM memory WHERE shelf = ?", (shelf,))
                    connection.execute("DELETE FROM shelf WHERE number = ?", (shelf,))

        await self._in_thread(work, writes=True)

    async def renew(self) -> Label:
        """Throw the file away, whatever state it is in, and begin a new one.

        Raises:
            IndexFailed: it cannot be written.
        """

        def work() -> Label:
            self._close()
            for ending in ("-wal", "-shm", ""):
                self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
            self._label = self._identity = None
            return self._known_label()

        return await self._hop(work)

    async def aclose(self) -> None:
        """Let the running call end, and close."""
        if not self._closed:
            self._closed = True
            await asyncio.wrap_future(self._thread.submit(self._close))
            self._thread.shutdown()

    async def _in_thread(self, work: Callable[[sqlite3.Connection], T], *, writes: bool = False) -> T:
        def transaction() -> T:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            try:
                done = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return done

        return await self._hop(transaction)

    async def _hop(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise IndexFailed("the lexical index is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (sqlite3.Error, OSError) as error:
            self._close()
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error | OSError) -> IndexFailed:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY:
            return IndexHindered(f"the lexical index {self._file} is held by another process")
        if code in _HINDERED or isinstance(error, OSError):
            return IndexHindered(f"the lexical index {self._file} cannot be read or written: {error}")
        return IndexFailed(f"the lexical index {self._file} is broken ({error}): {MEND}")

    def _open(self) -> sqlite3.Connection:
        there = self._on_disk()
        if self._connection is not None and there != self._identity:
            self._close()  # the file was deleted, or another process has begun a new one
        if self._connection is None:
            if there is None and self._identity is not None:
                raise IndexFailed(f"the lexical index {self._file} is gone: {MEND}")
            self._connection = _connect(self._file)
            self._identity, self._label = self._on_disk(), None
        return self._connection

    def _known_label(self) -> Label:
        if self._label is None:
            self._label = Label(self._open().execute("SELECT id FROM label").fetchone()[0])
        return self._label

    def _on_disk(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error
        return found.st_dev, found.st_ino

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connect(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        if not _is_begun(connection):
            connection.execute("BEGIN IMMEDIATE")
            if not _is_begun(connection):  # another process may have been quicker
                for statement in _BEGIN.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO label VALUES (?)", (uuid4().hex,))
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_begun(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'label'").fetchone() is not None


def _table(shelf: int) -> str:
    return f"words_{shelf}"


def _find_shelf(connection: sqlite3.Connection, world: str, character: str) -> int | None:
    where = "SELECT number FROM shelf WHERE world = ? AND character = ?"
    row = connection.execute(where, (world, character)).fetchone()
    return row[0] if row else None


def _shelf(connection: sqlite3.Connection, world: str, character: str) -> int:
    found = _find_shelf(connection, world, character)
    if found is not None:
        return found
    insert = "INSERT INTO shelf (world, character) VALUES (?, ?) RETURNING number"
    made = connection.execute(insert, (world, character)).fetchone()[0]
    connection.execute(
        f"CREATE VIRTUAL TABLE {_table(made)} USING "
        "fts5(words, content = '', tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    return made


def _put(connection: sqlite3.Connection, shelf: int, texts: dict[Key, str]) -> None:
    known = connection.execute(_AMONG, (shelf, json.dumps(list(texts)))).fetchall()
    _take_out(connection, shelf, [row for row in known if texts[row[0]] != row[2]])
    unchanged = {key for key, _, words in known if texts[key] == words}
    free = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM memory").fetchone()[0]
    new = [(free + place, key, texts[key]) for place, key in enumerate(key for key in texts if key not in unchanged)]
    rows = [(number, shelf, key, words) for number, key, words in new]
    connection.executemany("INSERT INTO memory (number, shelf, key, text) VALUES (?, ?, ?, ?)", rows)
    insert = f"INSERT INTO {_table(shelf)} (rowid, words) VALUES (?, ?)"  # noqa: S608  # the name of a table that we made
    connection.executemany(insert, [(number, words) for number, _, words in new])


def _take_out(connection: sqlite3.Connection, shelf: int, rows: Sequence[tuple[Key, int, str]]) -> None:
    table = _table(shelf)
    delete = f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?, ?)"  # noqa: S608  # the name of a table that we made
    connection.executemany(delete, [(number, words) for _, number, words in rows])
    connection.executemany("DELETE FROM memory WHERE number = ?", [(number,) for _, number, _ in rows])


def _words(text: str) -> str:
    return " ".join(terms_of(text))
