"""A model that says what it was told to say: for tests, demos and play without a server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeAlias, cast

from pydantic import BaseModel

from inference.hear import hear
from inference.improvise import improvise
from inference.model import Answer, Ask, Content, Listener, Message
from inference.tokens import estimate
from schemas import ModelAnswerInvalid, ModelTimeout, ModelUnavailable

Line: TypeAlias = Mapping[str, object] | BaseModel | str | Exception
"""One answer of a script: a value, raw words (well formed or not), or a failure to raise."""

Script: TypeAlias = "Sequence[Line] | Mapping[str, Line | Sequence[Line]] | Callable[[Ask, type[BaseModel]], Line]"
"""Lines in order; or by the name of the schema asked for; or whatever a function makes of the question."""

TRIES = 20
"""Draws of an improvised answer until one also satisfies the schema's validators."""


class ScriptedModel:
    """Answers from a script, word for word through the same ears as a real model.

    A sequence is used up line by line, and a schema's own sequence too; a single line under a schema's name is said
    every time. When nothing is left to say, the model is unavailable. `latency` is in seconds. What was asked is kept
    in `asked`, for tests to look at.
    """

    def __init__(
        self, script: Script = (), *, name: str = "scripted", latency: float = 0.0, available: bool = True
    ) -> None:
        self._script: Script = script if callable(script) or isinstance(script, Mapping) else list(script)
        self._name, self._latency, self._available = name, latency, available
        self._said: dict[str, int] = {}
        self.asked: list[Ask] = []

    @classmethod
    def improvising(cls, seed: int = 0, *, name: str = "improvised", latency: float = 0.0) -> Self:
        """A model with no script, that makes up answers which fit. The same seed and ask give the same answer."""

        def invent(ask: Ask, schema: type[BaseModel]) -> Line:
            return _invented(seed, ask, schema)

        return cls(invent, name=name, latency=latency)

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def available(self) -> bool:
        """As given."""
        return self._available

    @property
    def usual_latency(self) -> float:
        """Seconds, as given."""
        return self._latency

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The next line as a `schema`. Raises ModelError as a real model would, or the script's own exception."""
        self.asked.append(ask)
        line = self._next_line(ask, schema)
        try:
            async with asyncio.timeout(ask.timeout):
                await asyncio.sleep(self._latency)
        except TimeoutError as error:
            raise ModelTimeout(f"the script takes {self._latency} s, {ask.timeout} s were left") from error
        if isinstance(line, Exception):
            raise line
        raw = _words(line)
        if ask.listener is not None:
            await say(raw, ask.listener)
        return Answer(
            content=hear(raw, schema, ask.context, endpoint="script"),
            raw=raw,
            model=self._name,
            endpoint="script",
            prompt_tokens=estimate(ask.messages),
            completion_tokens=estimate(raw),
            attempts=1,
            milliseconds=self._latency * 1000,
        )

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """A safe estimate."""
        return estimate(prompt)

    async def aclose(self) -> None:
        """Nothing to let go of."""

    def _next_line(self, ask: Ask, schema: type[BaseModel]) -> Line:
        script = self._script
        if callable(script):
            return script(ask, schema)
        if isinstance(script, Mapping):
            lines = script.get(schema.__name__, ())
            if isinstance(lines, Mapping | BaseModel | str | Exception):
                return lines
            return self._next_of(schema.__name__, lines)
        return self._next_of("", script)

    def _next_of(self, part: str, lines: Sequence[Line]) -> Line:
        at = self._said.get(part, 0)
        if at >= len(lines):
            after = f" for {part}" if part else ""
            raise ModelUnavailable(f"the script has nothing left to say{after} after {at} answers", endpoint="script")
        self._said[part] = at + 1
        return lines[at]


async def say(raw: str, listener: Listener) -> None:
    """Say something word by word."""
    for end in re.finditer(r"\S+\s*", raw):
        await listener.hear(raw[: end.end()])


def _words(line: Mapping[str, object] | BaseModel | str) -> str:
    if isinstance(line, str):
        return line
    return line.model_dump_json() if isinstance(line, BaseModel) else json.dumps(line, ensure_ascii=False)


def _invented(seed: int, ask: Ask, schema: type[BaseModel]) -> Line:
    asked = json.dumps([dict(message) for message in ask.messages], sort_keys=True)
    digest = hashlib.sha256(f"{seed}|{ask.seed}|{schema.__name__}|{asked}".encode()).hexdigest()
    dice = random.Random(digest)
    shape = schema.model_json_schema()
    invention: Mapping[str, object] = {}
    for _ in range(TRIES):
        invention = cast("Mapping[str, object]", improvise(shape, dice))
        try:
            hear(_words(invention), schema, ask.context)
        except ModelAnswerInvalid:
            continue  # its validators want more than its shape shows: draw again
        break
    return invention
