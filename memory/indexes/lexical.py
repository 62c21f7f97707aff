"""Find memories by their words: BM25 over what one character has experienced.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with k1 = 1.2 and b = 0.75.
Statistics and costs are a character's own, for each has a shelf to itself: how rare a word is in the life of one says
nothing of another's, and no question can reach another's memories. Words are stemmed as English ones; words of another
language keep most of their endings, on both sides alike.

Where the words are kept goes with the record: beside SQLite in a file of its own with FTS5 (`memory.lexical_sqlite`),
in PostgreSQL in tables of its own (`memory.lexical_postgres`). Both are indexes that can be thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from memory.indexes.index import Index
from memory.indexes.lexical_postgres import PostgresLexicalIndex
from memory.indexes.lexical_sqlite import SqliteLexicalIndex
from memory.record.history import Key
from memory.record.record import Record


class LexicalIndex(Index, Protocol):
    """Words of memories, by character. Every method may raise `IndexFailed`."""

    async def add(self, world: str, character: str, items: Sequence[tuple[Key, str]]) -> None:
        """Put texts in under their keys, in place of those that have the same keys."""
        ...

    async def search(self, world: str, character: str, text: str, count: int) -> list[tuple[Key, float]]:
        """The `count` memories of a character that fit the words of any text best, each with its BM25 score (above 0,
        without an upper bound), the best first. A text without a telling word finds nothing."""
        ...

    async def aclose(self) -> None:
        """Let the running call end, and close."""
        ...


def lexical_index(record: Record, home: Path) -> LexicalIndex:
    """The lexical index that goes with this record."""
    if record.on_sqlite:
        return SqliteLexicalIndex(home / "lexical.db")
    return PostgresLexicalIndex(record)
