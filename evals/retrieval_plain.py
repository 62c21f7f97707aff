"""What recall is compared with: Chroma over the bare lines, and BM25 over the bare lines. Nothing else is done."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from uuid import uuid4

import chromadb
import numpy as np
from chromadb.api.collection_configuration import CreateCollectionConfiguration
from chromadb.config import Settings

from memory import Embedder

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    _WORD.findall(
        "a about after again all also am an and any are as at be been before being but by can could did do does "
        "don down ever for from had has have he her here him his how i if in into is it its just like ll me more "
        "most much my no not now of off on one only or other our out over own re s said say she should so some "
        "such t than that the their them then there these they this those through to too up us ve very was we "
        "were what when where which who whom whose why will with would you your yours"
    )
)
"""Words without a content of their own."""


class PlainChroma:
    """Texts as they are, by the angle between vectors."""

    def __init__(self, texts: Mapping[str, str], embedder: Embedder) -> None:
        self._texts, self._embedder = texts, embedder
        self._client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))

    async def search(self, questions: Sequence[str], count: int) -> list[list[str]]:
        """The `count` texts nearest to each question, by id, the nearest first."""
        name = uuid4().hex  # one process has one ephemeral Chroma, whoever asks for it
        space: CreateCollectionConfiguration = {"hnsw": {"space": "cosine"}}
        collection = self._client.create_collection(name, embedding_function=None, configuration=space)
        vectors = await self._embedder.embed(list(self._texts.values()))
        collection.add(ids=list(self._texts), embeddings=np.asarray(vectors, dtype=np.float32))
        asked = np.asarray(await self._embedder.embed(questions), dtype=np.float32)
        found = collection.query(query_embeddings=asked, n_results=min(count, len(self._texts)), include=[])
        self._client.delete_collection(name)
        return found["ids"]


class PlainWords:
    """SQLite's FTS5: its own BM25, with its Porter stemmer."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute("CREATE VIRTUAL TABLE line USING fts5(id UNINDEXED, text, tokenize='porter unicode61')")
        self._rows.executemany("INSERT INTO line VALUES (?, ?)", texts.items())

    def search(self, questions: Sequence[str], count: int) -> list[list[str]]:
        """The `count` texts that fit the words of each question best, by id, the best first."""
        return [self._fitting(" OR ".join(f'"{word}"' for word in telling(one)), count) for one in questions]

    def _fitting(self, words: str, count: int) -> list[str]:
        if not words:
            return []
        rows = self._rows.execute("SELECT id FROM line WHERE line MATCH ? ORDER BY rank LIMIT ?", (words, count))
        return [id_ for (id_,) in rows]


class Stemmer:
    """The telling words of a text, as FTS5's Porter stemmer leaves them."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect(":memory:")
        self._rows.execute("CREATE VIRTUAL TABLE line USING fts5(text, tokenize='porter unicode61')")
        self._rows.execute("CREATE VIRTUAL TABLE word USING fts5vocab(line, row)")

    def __call__(self, text: str) -> frozenset[str]:
        """Each once."""
        self._rows.execute("DELETE FROM line")
        self._rows.execute("INSERT INTO line VALUES (?)", (" ".join(telling(text)),))
        return frozenset(term for (term,) in self._rows.execute("SELECT term FROM word"))


def telling(text: str) -> list[str]:
    """The words of a text that say something."""
    return [word for word in _WORD.findall(text.casefold()) if word not in _COMMON]
