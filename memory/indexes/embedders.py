"""Turn text into vectors, so that what means the same lies close together."""

from __future__ import annotations

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from schemas import ModelUnavailable

if TYPE_CHECKING:
    from chromadb.api.types import EmbeddingFunction

Vector = list[float]


class Embedder(Protocol):
    """Whatever can embed. Vectors are compared by their angle, so their length does not matter."""

    @property
    def name(self) -> str:
        """Which model it is: vectors of different models are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector for each text, in their order.

        Raises:
            ModelError: nothing could be embedded.
        """
        ...


class LexicalEmbedder:
    """Needs nothing: texts are close when they share words, or parts of words.

    Words, and the three-letter pieces of words, are hashed into 256 dimensions with a sign (Weinberger et al.,
    "Feature hashing for large scale multitask learning", 2009), long texts dampened by the square root of each count,
    and the whole scaled to length 1. The same text gives the same vector in every process and on every machine.
    """

    name = "lexical-1"
    dimension = 256

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """See `Embedder`; never fails. Many texts at once are embedded in a thread."""
        if len(texts) > 4:
            return await asyncio.to_thread(lambda: [self._vector(text) for text in texts])
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        counts: dict[str, int] = {}
        for feature in _features(text):
            counts[feature] = counts.get(feature, 0) + 1
        vector = np.zeros(self.dimension)
        for feature, count in counts.items():
            place, sign = _place(feature, self.dimension)
            vector[place] += sign * _WEIGHTS[feature[0]] * count**0.5
        length = float(np.linalg.norm(vector))
        return (vector / length if length else vector).tolist()


_WEIGHTS = {"w": 1.0, "g": 0.4}
"""A whole word says more than a piece of one."""
_TOO_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been but by did do does for from had has have he her him his i in is it its me my no "
        "not of on or our she so that the their them they this to us was we were what when where which who why will "
        "with you your",
    )
)


def content_words(text: str) -> Iterator[str]:
    """The words that carry the meaning, in lower case."""
    for word in re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()):
        if word not in _TOO_COMMON:
            yield word


def _features(text: str) -> Iterator[str]:
    for word in content_words(text):
        yield f"w{word}"
        edged = f"<{word}>"
        for start in range(len(edged) - 2):
            yield f"g{edged[start : start + 3]}"


@lru_cache(maxsize=65_536)
def _place(feature: str, dimension: int) -> tuple[int, int]:
    number = int.from_bytes(hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
    return number % dimension, 1 if number >> 63 else -1


class ChromaEmbedder:
    """Chroma's own default, all-MiniLM-L6-v2 over ONNX. It downloads the model once, so it is there only on request."""

    name = "chroma-all-minilm-l6-v2"
    dimension = 384

    def __init__(self) -> None:
        self._function: EmbeddingFunction[list[str]] | None = None

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """See `Embedder`; runs in a thread."""
        try:
            return await asyncio.to_thread(self._embed, list(texts))
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnavailable(f"Chroma's embedder is not to be had: {error}") from error

    def _embed(self, texts: list[str]) -> list[Vector]:
        if self._function is None:
            from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

            self._function = DefaultEmbeddingFunction()
        return [[float(number) for number in vector] for vector in self._function(texts)]
