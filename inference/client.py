"""One OpenAI-compatible endpoint: its connections, and its failures under their own names."""

from __future__ import annotations

import math
from collections.abc import Awaitable
from typing import cast
from urllib.parse import urlsplit

import aiohttp
import httpx2
from openai import (
    APIConnectionError,
    APIStatusError,
    AsyncOpenAI,
    AsyncStream,
    DefaultAioHttpClient,
    OpenAIError,
    RequestOptions,
)
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import SecretStr

from schemas import BadSettings, Fault, ModelAnswerInvalid, ModelError, ModelRejected, ModelTimeout, ModelUnavailable

_NO_KEY = "none"
"""The SDK wants a key and would look for one in the environment; a local server wants none."""

_LONGEST_MESSAGE = 300

_LIMITS = httpx2.Limits(max_connections=1000, max_keepalive_connections=100, keepalive_expiry=2.0)
"""vLLM closes a connection that was idle for 5 s; let go of it before, or a question meets the closing door."""

JsonObject = dict[str, object]


class Endpoint:
    """An address with `/v1`, its connection pool and its key. Nothing here retries."""

    def __init__(self, base_url: str, *, api_key: SecretStr | None = None) -> None:
        self.url = _address(base_url)
        self._key = api_key
        secret = api_key.get_secret_value() if api_key else _NO_KEY
        self.client = AsyncOpenAI(
            base_url=self.url,
            api_key=secret,
            max_retries=0,
            # With many at once, the SDK's own connection pool looks through all its connections for each question.
            http_client=DefaultAioHttpClient(base_url=self.url, limits=_LIMITS),
        )

    @property
    def root(self) -> str:
        """The address without `/v1`: vLLM keeps `/tokenize`, `/health` and `/metrics` there."""
        return self.url.removesuffix("/v1")

    async def get(self, path: str, *, seconds: float) -> JsonObject:
        """Get the JSON object at a path below `/v1`, or at a full address. Raises a ModelError."""
        return await self._json(path, self.client.get(path, cast_to=object, options=_within(seconds)))

    async def post(self, path: str, body: JsonObject, *, seconds: float) -> JsonObject:
        """Post JSON to a path below `/v1`, or a full address; gives the JSON object said. Raises a ModelError."""
        return await self._json(path, self.client.post(path, body=body, cast_to=object, options=_within(seconds)))

    async def complete(self, *, timeout: float, **body: object) -> ChatCompletion:  # noqa: ASYNC109  # Instructor hands it on by this name
        """One chat completion. Raises the SDK's errors.

        Not by the SDK's `chat.completions.create`: that looks through the messages and the grammar for values to turn
        into JSON, which they are already, and that costs as much as all of our own work on a call.
        """
        return await self.client.post("/chat/completions", body=body, cast_to=ChatCompletion, options=_within(timeout))

    async def chunks(self, *, seconds: float, **body: object) -> AsyncStream[ChatCompletionChunk]:
        """One chat completion as it is written; close it, and the server stops. Raises the SDK's errors."""
        return await self.client.post(
            "/chat/completions",
            body={**body, "stream": True, "stream_options": {"include_usage": True}},
            cast_to=ChatCompletionChunk,
            stream=True,
            stream_cls=AsyncStream[ChatCompletionChunk],
            options=_within(seconds),
        )

    async def _json(self, path: str, call: Awaitable[object]) -> JsonObject:
        try:
            said = await call
        except (OpenAIError, ValueError, RecursionError) as error:
            raise self.named(error) from error
        if not isinstance(said, dict):
            raise ModelAnswerInvalid(f"{path} gave no JSON object", raw=str(said), endpoint=self.url)
        return cast("JsonObject", said)

    def named(self, error: BaseException | None) -> ModelError:
        """The failure as one of ours. Never carries the key."""
        match error:
            case ModelError():
                return error
            case APIConnectionError() | httpx2.HTTPError():
                reason = _beneath(error)
                if isinstance(reason, TimeoutError | httpx2.TimeoutException):
                    return ModelTimeout(f"{self.url} did not answer in time", endpoint=self.url)
                text = self._without_key(str(reason)) or type(reason).__name__
                if found_nobody(error):
                    return ModelUnavailable(f"nobody answered at {self.url}: {text}", endpoint=self.url)
                return ModelUnavailable(f"{self.url} broke off: {text}", endpoint=self.url)
            case APIStatusError():
                text = self._without_key(error.message)
                message = f"{self.url} answered {error.status_code}: {text}"
                wait = _seconds(error.response.headers.get("retry-after"))
                return ModelRejected(message, status=error.status_code, endpoint=self.url, retry_after=wait)
            case _:
                what = f"{type(error).__name__}: {self._without_key(str(error))}" if error else "no completion"
                invalid = ModelAnswerInvalid(
                    f"{self.url} sent something that is no chat completion", raw="", faults=[what], endpoint=self.url
                )
                invalid.no_answer = True
                return invalid

    def _without_key(self, text: str) -> str:
        if self._key and (secret := self._key.get_secret_value()):
            text = text.replace(secret, "***")
        return text[:_LONGEST_MESSAGE]

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


def _within(seconds: float) -> RequestOptions:
    """A time limit for the SDK; it knows none that never ends, but it knows having none."""
    return {"timeout": seconds if math.isfinite(seconds) else None}


def _address(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        what = f"'{base_url}' is not the address of an endpoint."
        raise BadSettings(Fault(where="url", what=what, hint="It looks like http://127.0.0.1:8000/v1."))
    return base_url.rstrip("/")


def _seconds(retry_after: str | None) -> float | None:
    """What a `Retry-After` header says, where it says a number; a date would need the server's clock to be right."""
    try:
        seconds = float(retry_after or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def found_nobody(error: BaseException | None) -> bool:
    """True when the connection could not be made: refused, unreachable, no such host. So the server saw nothing."""
    return isinstance(_beneath(error), aiohttp.ClientConnectorError)


def _beneath(error: BaseException | None) -> BaseException | None:
    """What the transport said, below our name for it, the SDK's and HTTPX's; that one calls all of them timeouts."""
    while isinstance(error, ModelError | APIConnectionError | httpx2.HTTPError) and error.__cause__ is not None:
        error = error.__cause__
    return error
