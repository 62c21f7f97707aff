"""Score texts against a question by asking an endpoint's cross-encoder."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import cast

from pydantic import SecretStr

from inference.client import Endpoint, JsonObject
from schemas import ModelAnswerInvalid, ModelRejected, ModelTimeout

_ABSENT = {404, 405, 501}
"""What servers answer at a path that they do not have."""


class EndpointReranker:
    """Asks `/rerank` (Jina's and Cohere's form, which vLLM and others have), or where there is none, vLLM's `/score`.

    `seconds` bounds one call. Both are looked for at the root of the address, without `/v1`, as vLLM has them.
    """

    def __init__(self, url: str, *, name: str, api_key: SecretStr | None = None, seconds: float = 2.0) -> None:
        self._endpoint = Endpoint(url, api_key=api_key)
        self._name, self._seconds = name, seconds
        self._reranks = True

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text, in the same order; higher is better. Raises a ModelError."""
        if not texts:
            return []
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        asked = question.encode("utf-8", "replace").decode()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._rank(asked, clean)
        except TimeoutError as error:
            url = self._endpoint.url
            raise ModelTimeout(f"{url} ranked nothing in {self._seconds:g} s", endpoint=url) from error

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def _rank(self, question: str, texts: list[str]) -> list[float]:
        if self._reranks:
            body: JsonObject = {"model": self._name, "query": question, "documents": texts}
            try:
                return self._scores(await self._post("rerank", body), "results", "relevance_score", len(texts))
            except ModelRejected as error:
                if error.status not in _ABSENT:
                    raise
                self._reranks = False
        body = {"model": self._name, "text_1": question, "text_2": texts}
        return self._scores(await self._post("score", body), "data", "score", len(texts))

    async def _post(self, path: str, body: JsonObject) -> JsonObject:
        return await self._endpoint.post(f"{self._endpoint.root}/{path}", body, seconds=self._seconds)

    def _scores(self, said: JsonObject, where: str, name: str, count: int) -> list[float]:
        try:
            rows = cast("list[dict[str, object]]", said[where])
            scores = {cast("int", row["index"]): float(cast("float", row[name])) for row in rows}
            return [scores[index] for index in range(count)]
        except (KeyError, TypeError, ValueError) as error:
            url = self._endpoint.url
            raise ModelAnswerInvalid(
                f"{url} did not score {count} texts: {error!r}", raw=str(said), endpoint=url
            ) from error
