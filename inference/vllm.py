"""The model behind a vLLM server, or any other endpoint that speaks OpenAI's dialect and guides decoding."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Self, cast

import httpx2
import instructor
from instructor import ResponseSchema
from instructor.core.exceptions import IncompleteOutputException, InstructorError, InstructorRetryException
from openai import OpenAIError
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from pydantic import BaseModel, SecretStr

from inference.client import Endpoint, found_nobody
from inference.health import Health
from inference.hear import hear
from inference.model import Answer, Ask, Content, Listener, Message, sendable
from inference.schema import for_grammar
from inference.tokens import TokenCounter, estimate
from schemas import ModelAnswerInvalid, ModelError, ModelRejected, ModelTimeout

# Instructor logs every failed call as an error, the texts included. Here each failure leaves as a ModelError, and who
# catches it knows whether it is worth a line.
logging.getLogger("instructor").setLevel(logging.CRITICAL)

ANYTHING: tuple[Message, ...] = ({"role": "user", "content": "."},)
"""The shortest prompt."""
SECOND_TRY_AFTER = 0.05
"""Seconds between a connection that could not be made and the one second try."""


class _Form(ResponseSchema):
    """What Instructor is given in the schema's place: it sends our grammar and hands the words back unread.

    Three reasons. The words may need looking through before they parse. The validators' context must not pass through
    Instructor, which would take it as the variables of Jinja templates and run whatever a player types between double
    braces. And Instructor writes private attributes into the parsed value, which ours do not have.
    """

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:
        return cls()


@lru_cache(maxsize=256)
def _form_for(schema: type[BaseModel]) -> type[_Form]:
    """A form named like the schema, that shows the schema's grammar."""

    class Form(_Form):
        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return for_grammar(schema)

    Form.__name__ = schema.__name__
    return Form


def _first_of(listing: dict[str, object]) -> str | None:
    """The name of the first model that `/v1/models` lists."""
    served = listing.get("data")
    first = cast("list[object]", served)[0] if isinstance(served, list) and served else None
    name = cast("dict[str, object]", first).get("id") if isinstance(first, dict) else None
    return name if isinstance(name, str) else None


class VllmModel:
    """Asks one endpoint, once: one request for one answer, closed when the time is up so that the server stops too.

    Only a connection that could not be made is tried again, `tries` times in all (1: whoever asks retries). The first
    answer of all also fetches the model's name from `/v1/models`, unless it is given. `api_key` comes from nowhere but
    here. `priorities` is for servers started with `--scheduling-policy priority`; others refuse requests with one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str | None = None,
        api_key: SecretStr | None = None,
        priorities: bool = False,
        tries: int = 2,
        cool_down: float = 5.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = Endpoint(base_url, api_key=api_key)
        mode = instructor.Mode.JSON_SCHEMA
        self._instructor = instructor.AsyncInstructor(
            self._endpoint.client, instructor.patch(create=self._endpoint.complete, mode=mode), mode
        )
        self._name, self._naming, self._named_here = name, asyncio.Lock(), name is not None
        self._tries = tries
        self._priorities, self._now = priorities, now
        self._health = Health(cool_down=cool_down, now=now)
        self._tokens = TokenCounter(self._endpoint)

    @property
    def name(self) -> str:
        """What the server calls the model; empty until it is known."""
        return self._name or ""

    @property
    def url(self) -> str:
        """The address asked."""
        return self._endpoint.url

    @property
    def available(self) -> bool:
        """False for `cool_down` seconds after nobody answered."""
        return self._health.available

    @property
    def usual_latency(self) -> float:
        """Seconds, a moving mean; 0 while nothing is known."""
        return self._health.usual_latency

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """Ask for a `schema`. Raises ModelUnavailable, ModelTimeout, ModelRejected or ModelAnswerInvalid."""
        began = self._now()
        try:
            async with asyncio.timeout(ask.timeout) as limit:
                completion, attempts = await self._complete(ask, schema, limit)
        except TimeoutError as error:
            late = f"{self._endpoint.url} did not answer in {ask.timeout:.3f} s"
            raise ModelTimeout(late, endpoint=self._endpoint.url) from error
        took = self._now() - began
        self._health.answered(took)
        words = _words_of(completion)
        if words is None:
            raise self._endpoint.named(LookupError("the completion has no words in it"))
        raw, cut_off = words
        prompt_tokens, completion_tokens = _usage_of(completion)
        try:
            content = hear(raw, schema, ask.context, cut_off=cut_off, endpoint=self._endpoint.url)
        except ModelAnswerInvalid as invalid:
            invalid.prompt_tokens, invalid.completion_tokens = prompt_tokens, completion_tokens
            raise
        return Answer(
            content=content,
            raw=raw,
            model=self.name,
            endpoint=self._endpoint.url,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            attempts=attempts,
            milliseconds=took * 1000,
        )

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """Tokens of a text or a chat: the server's own count, else a safe estimate."""
        if not self.available:
            return estimate(prompt)
        return await self._tokens.count(self.name, prompt)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def _complete(self, ask: Ask, schema: type[BaseModel], limit: asyncio.Timeout) -> tuple[ChatCompletion, int]:
        """One completion, and the number of tries that it took: two when the first could not connect."""
        for attempt in range(1, self._tries + 1):
            try:
                name = await self._model_name(ask.timeout)
                if ask.listener is not None:
                    return await self._hear_out(ask, schema, name, ask.listener, limit), attempt
                return await self._send(ask, schema, name), attempt
            except (ModelError, InstructorError, OpenAIError, httpx2.HTTPError, LookupError, ValueError) as error:
                cause = error.__cause__ if isinstance(error, InstructorRetryException) else error
                if attempt < self._tries and found_nobody(cause):
                    await asyncio.sleep(SECOND_TRY_AFTER)
                    continue
                if found_nobody(cause):
                    self._health.refused()
                failure = self._endpoint.named(cause)
                if isinstance(failure, ModelRejected) and failure.status == HTTPStatus.NOT_FOUND:
                    self._forget_name()
                raise failure from error
        raise AssertionError("the last attempt either returns or raises")

    async def ping(self, seconds: float, prompt: Sequence[Message] = ANYTHING) -> int:
        """Have one token written, to see whether the model answers at all, or for it to know the prompt from then on.

        Gives the prompt's tokens as the server counts them, 0 where it does not say. Raises a ModelError.
        """
        name = await self._model_name(seconds)
        body: dict[str, object] = {"model": name, "messages": sendable(prompt), "max_tokens": 1}
        said = await self._endpoint.post("/chat/completions", body, seconds=seconds)
        match said.get("usage"):
            case {"prompt_tokens": int(tokens)}:
                return tokens
            case _:
                return 0

    async def look(self, seconds: float) -> None:
        """See whether the server is there, without any work for it. Raises a ModelError."""
        await self._endpoint.get("/models", seconds=seconds)

    def _forget_name(self) -> None:
        """A server that came back with another model is asked for its name anew, where it was asked before."""
        if not self._named_here:
            self._name = None

    async def _send(self, ask: Ask, schema: type[BaseModel], name: str) -> ChatCompletion:
        more: dict[str, Any] = {"priority": ask.priority} if self._priorities else {}
        if ask.top_p < 1:
            more["top_p"] = ask.top_p
        try:
            _, completion = await self._instructor.chat.completions.create_with_completion(
                model=name,
                # Instructor's own message types are OpenAI's; ours are plain mappings of the same shape.
                messages=cast("Any", sendable(ask.messages)),
                response_model=_form_for(schema),
                max_retries=0,
                max_tokens=ask.max_tokens,
                temperature=ask.temperature,
                seed=ask.seed,
                timeout=ask.timeout,
                **more,
            )
        except IncompleteOutputException as cut_off:
            completion = cut_off.last_completion
        return cast("ChatCompletion", completion)

    async def _hear_out(
        self, ask: Ask, schema: type[BaseModel], name: str, listener: Listener, limit: asyncio.Timeout
    ) -> ChatCompletion:
        """The same question, its answer heard while it is written."""
        loop = asyncio.get_running_loop()
        longest, began = max(ask.timeout, ask.once_shown or 0.0), loop.time()
        form = {"name": schema.__name__, "schema": for_grammar(schema)}
        more: dict[str, Any] = {"priority": ask.priority} if self._priorities else {}
        if ask.top_p < 1:
            more["top_p"] = ask.top_p
        stream = await self._endpoint.chunks(
            seconds=longest,
            model=name,
            messages=sendable(ask.messages),
            response_format={"type": "json_schema", "json_schema": form},
            max_tokens=ask.max_tokens,
            temperature=ask.temperature,
            seed=ask.seed,
            **more,
        )
        raw, why, usage, answered = "", None, None, False
        async with stream:
            async for chunk in stream:
                answered, usage = True, chunk.usage or usage
                for choice in chunk.choices[:1]:
                    why = choice.finish_reason or why
                    if choice.delta.content:
                        raw += choice.delta.content
                        await listener.hear(raw)
                if listener.has_shown and longest > ask.timeout:
                    limit.reschedule(began + longest)
        if not answered:
            raise LookupError("the completion has no words in it")
        message = ChatCompletionMessage.model_construct(role="assistant", content=raw)
        said = Choice.model_construct(index=0, message=message, finish_reason=why)
        return ChatCompletion.model_construct(choices=[said], usage=usage)

    async def _model_name(self, seconds: float) -> str:
        """The given name, or the first that the endpoint lists; asked once."""
        async with self._naming:
            if self._name is None:
                found = _first_of(await self._endpoint.get("/models", seconds=seconds))
                if found is None:
                    raise self._endpoint.named(LookupError("/v1/models lists no model"))
                self._name = found
            return self._name


def _words_of(completion: object) -> tuple[str, bool] | None:
    """The text of the first choice, and whether the token limit cut it off. The SDK checks none of this itself."""
    match completion:
        case ChatCompletion(choices=[Choice(message=ChatCompletionMessage(content=str(words)), finish_reason=why), *_]):
            return words, why == "length"
        case ChatCompletion(choices=[Choice(message=ChatCompletionMessage(content=None)), *_]):
            return "", False
        case _:
            return None


def _usage_of(completion: ChatCompletion) -> tuple[int, int]:
    """Tokens of the prompt and of the answer; 0 where the server does not say."""
    match completion.usage:
        case CompletionUsage(prompt_tokens=int(prompt), completion_tokens=int(answer)):
            return prompt, answer
        case _:
            return 0, 0
