"""Turn texts into vectors by asking an endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, Self

from openai import OpenAIError
from pydantic import SecretStr

from inference.client import Endpoint
from schemas import ModelAnswerInvalid, ModelTimeout

_NO_KEY = SecretStr("none")


class Embedder(Protocol):
    """Whoever turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """Kept with the vectors: those of another embedder do not compare."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the same order."""
        ...


class EndpointEmbedder:
    """Asks an OpenAI-compatible `/v1/embeddings`, such as a vLLM started with `--runner pooling`.

    `seconds` bounds one call of `embed`, whatever the number of texts. `batch` texts go into one request.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        dimension: int,
        api_key: SecretStr | None = None,
        seconds: float = 10.0,
        batch: int = 64,
    ) -> None:
        # Here and not above: it takes a second to import, and most installations embed without an endpoint.
        from langchain_openai import OpenAIEmbeddings

        self._endpoint = Endpoint(base_url, api_key=api_key)
        self._name, self._dimension, self._seconds = name, dimension, seconds
        self._texts = OpenAIEmbeddings(
            model=name,
            base_url=self._endpoint.url,
            api_key=api_key or _NO_KEY,
            # LangChain would cut long texts with OpenAI's own tokenizer, which it downloads; the server knows its own.
            check_embedding_ctx_length=False,
            chunk_size=batch,
            max_retries=0,
            async_client=self._endpoint.client.embeddings,
        )

    @classmethod
    async def probe(
        cls, base_url: str, *, name: str, api_key: SecretStr | None = None, seconds: float = 10.0, batch: int = 64
    ) -> Self:
        """An embedder whose dimension is found by embedding one word. Raises a ModelError."""
        embedder = cls(base_url, name=name, dimension=0, api_key=api_key, seconds=seconds, batch=batch)
        embedder._dimension = len((await embedder._ask(["dimension"]))[0])
        return embedder

    @property
    def name(self) -> str:
        """What the server calls the model."""
        return self._name

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self._dimension

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text. Raises a ModelError; ModelAnswerInvalid for vectors of another length than promised."""
        if not texts:
            return []
        vectors = await self._ask(texts)
        if wrong := next((len(vector) for vector in vectors if len(vector) != self._dimension), None):
            promised = f"{self._name} gave a vector of {wrong} numbers, {self._dimension} were promised"
            raise ModelAnswerInvalid(promised, raw="", endpoint=self._endpoint.url)
        return vectors

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        url = self._endpoint.url
        try:
            async with asyncio.timeout(self._seconds):
                vectors = await self._texts.aembed_documents(clean)
        except TimeoutError as error:
            raise ModelTimeout(f"{url} embedded nothing in {self._seconds} s", endpoint=url) from error
        except (OpenAIError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise self._endpoint.named(error) from error
        if len(vectors) != len(texts) or not all(vectors):
            raise ModelAnswerInvalid(f"{url} gave {len(vectors)} vectors for {len(texts)} texts", raw="", endpoint=url)
        return vectors
