"""The lexical index in a PostgreSQL record: an inverted file in tables of its own.

PostgreSQL's text search takes the words apart and stems them (configuration `english`). What it lacks is BM25, and an
index that knows whose words they are: a GIN index over `tsvector` has one posting list a word for all characters, and
`ts_rank_cd` knows nothing of how rare a word is. So postings are rows, sorted by shelf, word and memory; a question
reads those of its own character and words, and nothing else, straight from the primary key.

The tables are made by the index and are no part of the record's migrations: dropping them loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, text

from memory.indexes.index import MEND, IndexFailed, IndexHindered
from memory.indexes.terms import asked_terms, terms_of
from memory.record.history import Key
from memory.record.record import Record, Unit
from schemas import RecordBusy, RecordError

T = TypeVar("T")
PART = 256
"""Texts in one transaction."""
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('lexical_label'))")
_TABLES = """
CREATE TABLE IF NOT EXISTS lexical_label (id text NOT NULL);
CREATE TABLE IF NOT EXISTS lexical_shelf (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, world text NOT NULL, character text NOT NULL,
    memories bigint NOT NULL DEFAULT 0, words bigint NOT NULL DEFAULT 0, UNIQUE (world, character)
);
CREATE TABLE IF NOT EXISTS lexical_entry (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shelf integer NOT NULL, key text NOT NULL,
    text text NOT NULL, words integer NOT NULL, UNIQUE (shelf, key)
);
CREATE TABLE IF NOT EXISTS lexical_posting (
    shelf integer NOT NULL, word text COLLATE "C" NOT NULL, entry bigint NOT NULL, times integer NOT NULL,
    words integer NOT NULL, PRIMARY KEY (shelf, word, entry) INCLUDE (times, words)
);
"""
_NO_TABLES = "DROP TABLE IF EXISTS lexical_posting, lexical_entry, lexical_shelf, lexical_label"
_LABEL = text("SELECT id FROM lexical_label")
_SHELF = text("SELECT number FROM lexical_shelf WHERE world = :world AND character = :character FOR UPDATE")
_NEW_SHELF = text(
    "INSERT INTO lexical_shelf (world, character) VALUES (:world, :character) ON CONFLICT DO NOTHING RETURNING number"
)
_AMONG = text("SELECT number, key, text FROM lexical_entry WHERE shelf = :shelf AND key = ANY(CAST(:keys AS text[]))")
_PUT = text(
    """
    WITH given AS (
        SELECT key, text, to_tsvector('english', text) AS vector
        FROM unnest(CAST(:keys AS text[]), CAST(:texts AS text[])) AS one (key, text)
    ), added AS (
        INSERT INTO lexical_entry (shelf, key, text, words)
        SELECT :shelf, key, text, (SELECT coalesce(sum(cardinality(positions)), 0) FROM unnest(vector)) FROM given
        RETURNING number, key, words
    ), posted AS (
        INSERT INTO lexical_posting (shelf, word, entry, times, words)
        SELECT :shelf, lexeme, number, cardinality(positions), words FROM added JOIN given USING (key), unnest(vector)
    )
    UPDATE lexical_shelf SET
        memories = memories + (SELECT count(*) FROM added),
        words = words + (SELECT coalesce(sum(words), 0) FROM added)
    WHERE number = :shelf
    """
)
_TAKE_OUT = text(
    """
    WITH gone AS (
        DELETE FROM lexical_entry WHERE number = ANY(CAST(:numbers AS bigint[])) RETURNING number, text, words
    ), unposted AS (
        DELETE FROM lexical_posting USING gone, unnest(to_tsvector('english', gone.text))
        WHERE shelf = :shelf AND word = lexeme AND entry = gone.number
    )
    UPDATE lexical_shelf SET
        memories = memories - (SELECT count(*) FROM gone),
        words = words - (SELECT coalesce(sum(words), 0) FROM gone)
    WHERE number = :shelf
    """
)
_FORGET = tuple(
    text(f"DELETE FROM {table} WHERE {column} = :shelf")  # noqa: S608  # names from the next line
    for table, column in (("lexical_posting", "shelf"), ("lexical_entry", "shelf"), ("lexical_shelf", "number"))
)
_SEARCH = text(
    """
    WITH asked AS (
        SELECT number, memories::float8 AS memories, greatest(words::float8 / greatest(memories, 1), 1) AS usual_words
        FROM lexical_shelf WHERE world = :world AND character = :character
    ), hit AS (
        SELECT entry, times::float8 AS times, posting.words::float8 AS words,
            (count(*) OVER (PARTITION BY word))::float8 AS having_it
        FROM asked, unnest(tsvector_to_array(to_tsvector('english', :question))) AS question (lexeme)
        JOIN lexical_posting AS posting ON word = lexeme
        WHERE posting.shelf = (SELECT number FROM asked)
    ), best AS (
        SELECT entry, sum(
            ln((memories - having_it + CAST(0.5 AS float8)) / (having_it + CAST(0.5 AS float8)) + CAST(1 AS float8))
            * times * CAST(2.2 AS float8) / (times + CAST(0.3 AS float8) + CAST(0.9 AS float8) * words / usual_words)
        ) AS score
        FROM hit, asked GROUP BY entry ORDER BY score DESC, entry DESC LIMIT :count
    )
    SELECT key, score FROM best JOIN lexical_entry ON number = entry ORDER BY score DESC, entry DESC
    """
)
_SHELVES = text("SELECT character FROM lexical_shelf WHERE world = :world")
_HELD = text(
    "SELECT key FROM lexical_entry JOIN lexical_shelf AS mine ON mine.number = shelf "
    "WHERE world = :world AND character = :character"
)
_MISFITS = text(
    """
    WITH mine AS (SELECT number FROM lexical_shelf WHERE world = :world AND character = :character)
    SELECT key FROM lexical_entry AS entry JOIN mine ON mine.number = shelf
    WHERE entry.words > 0 AND entry.number NOT IN (
        SELECT posting.entry FROM lexical_posting AS posting JOIN mine ON mine.number = posting.shelf
    )
    """
)


@dataclass(frozen=True, slots=True)
class Label:
    """Which tables these are. `id` is new whenever they are made."""

    id: str


class PostgresLexicalIndex:
    """Postings in the record's database, read and written in its lanes. All processes on a record share them."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._begun = False

    @property
    def is_open(self) -> bool:
        """Whether its tables have been looked for."""
        return self._begun

    async def check(self) -> Label:
        """The label of tables that are still there; costs one small statement.

        Raises:
            IndexFailed: they are not, or could not be made in the first place.
        """
        if not self._begun:
            label = await self._write(_begin)
            self._begun = True
            return label
        return await self._read(_read_label)

    async def add(self, world: str, character: str, items: Sequence[tuple[Key, str]]) -> None:
        """Put texts in under their keys, in place of those that have the same keys.

        Raises:
            IndexFailed: they could not be kept; of many texts, the first ones may have been.
        """
        latest = [(key, " ".join(terms_of(said))) for key, said in dict(items).items()]
        for start in range(0, len(latest), PART):
            part = dict(latest[start : start + PART])
            await self._write(lambda connection, part=part: _put(connection, world, character, part))

    async def search(self, world: str, character: str, text: str, count: int) -> list[tuple[Key, float]]:
        """See `LexicalIndex.search`.

        Raises:
            IndexFailed: the database could not answer.
        """
        question = " ".join(asked_terms(text))
        if not question or count < 1:
            return []
        asked = {"world": world, "character": character, "question": question, "count": count}
        found = await self._read(lambda connection: connection.execute(_SEARCH, asked).all())
        return [(key, float(score)) for key, score in found]

    async def characters(self, world: str) -> list[str]:
        """Everybody of a world who has a shelf.

        Raises:
            IndexFailed: the database could not answer.
        """
        return await self._read(lambda connection: list(connection.execute(_SHELVES, {"world": world}).scalars()))

    async def held(self, world: str, character: str) -> set[Key]:
        """All keys on a character's shelf.

        Raises:
            IndexFailed: the database could not answer.
        """
        who = {"world": world, "character": character}
        return await self._read(lambda connection: set(connection.execute(_HELD, who).scalars()))

    async def misfits(self, world: str, character: str) -> set[Key]:
        """Keys that have words, but no postings.

        Raises:
            IndexFailed: the database could not answer.
        """
        who = {"world": world, "character": character}
        return await self._read(lambda connection: set(connection.execute(_MISFITS, who).scalars()))

    async def remove(self, world: str, keys: Mapping[str, Sequence[Key]]) -> None:
        """Take these keys of each character out.

        Raises:
            IndexFailed: they could not be.
        """

        def unit(connection: Connection) -> None:
            for character, gone in sorted(keys.items()):
                shelf = connection.execute(_SHELF, {"world": world, "character": character}).scalar_one_or_none()
                if shelf is not None:
                    rows = connection.execute(_AMONG, {"shelf": shelf, "keys": list(gone)})
                    connection.execute(_TAKE_OUT, {"shelf": shelf, "numbers": [number for number, _, _ in rows]})

        if keys:
            await self._write(unit)

    async def forget(self, world: str, characters: Sequence[str]) -> None:
        """Take all words of these characters out.

        Raises:
            IndexFailed: they could not be.
        """

        def unit(connection: Connection) -> None:
            for character in sorted(characters):
                shelf = connection.execute(_SHELF, {"world": world, "character": character}).scalar_one_or_none()
                for statement in _FORGET if shelf is not None else ():
                    connection.execute(statement, {"shelf": shelf})

        await self._write(unit)

    async def renew(self) -> Label:
        """Drop the tables and make them anew.

        Raises:
            IndexFailed: they cannot be made.
        """

        def unit(connection: Connection) -> Label:
            connection.execute(_ONE_AT_A_TIME)
            connection.execute(text(_NO_TABLES))
            return _begin(connection)

        label = await self._write(unit)
        self._begun = True
        return label

    async def aclose(self) -> None:
        """The connections are the record's."""

    async def _read(self, unit: Unit[T]) -> T:
        try:
            return await self._record.read(unit)
        except RecordError as error:
            raise _failed(error) from error

    async def _write(self, unit: Unit[T]) -> T:
        try:
            return await self._record.write(unit)
        except RecordError as error:
            raise _failed(error) from error


def _failed(error: RecordError) -> IndexFailed:
    if isinstance(error, RecordBusy):
        return IndexHindered("the lexical index in the record is held by another process")
    missing = getattr(getattr(error.__cause__, "orig", None), "sqlstate", None) == "42P01"  # undefined_table
    return IndexFailed(
        f"the lexical index in the record is gone: {MEND}" if missing else f"the lexical index failed: {error}"
    )


def _begin(connection: Connection) -> Label:
    connection.execute(_ONE_AT_A_TIME)
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            connection.execute(text(statement))
    if connection.execute(_LABEL).first() is None:
        connection.execute(text("INSERT INTO lexical_label VALUES (:id)"), {"id": uuid4().hex})
    return _read_label(connection)


def _read_label(connection: Connection) -> Label:
    row = connection.execute(_LABEL).first()
    if row is None:
        raise RecordError("its label is missing")
    return Label(row[0])


def _put(connection: Connection, world: str, character: str, texts: dict[Key, str]) -> None:
    who = {"world": world, "character": character}
    connection.execute(_NEW_SHELF, who)
    shelf = connection.execute(_SHELF, who).scalar_one()
    known = connection.execute(_AMONG, {"shelf": shelf, "keys": list(texts)}).all()
    changed = [number for number, key, kept in known if texts[key] != kept]
    if changed:
        connection.execute(_TAKE_OUT, {"shelf": shelf, "numbers": changed})
    same = {key for _, key, kept in known if texts[key] == kept}
    new = {key: said for key, said in texts.items() if key not in same}
    if new:
        connection.execute(_PUT, {"shelf": shelf, "keys": list(new), "texts": list(new.values())})
