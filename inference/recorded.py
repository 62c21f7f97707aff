"""Keep what a model answered, and say it again: the same run without the server, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from inference.hear import hear
from inference.model import Answer, Ask, Content, Message, Model
from inference.passing import PassingModel
from inference.scripted import say
from inference.tokens import estimate
from schemas import (
    BadSettings,
    Fault,
    ModelAnswerInvalid,
    ModelError,
    ModelRejected,
    ModelTimeout,
    ModelUnavailable,
)


class Recording(BaseModel):
    """One line of a recording: the key of what was asked, and the words or the failure that came back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    schema_name: str
    raw: str = ""
    failure: Literal["", "model_unavailable", "model_timeout", "model_rejected", "model_answer_invalid"] = ""
    message: str = ""
    faults: tuple[str, ...] = ()
    status: int = 0
    model: str = ""
    endpoint: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    attempts: int = 1
    milliseconds: float = 0.0


def key_of(ask: Ask, schema: type[BaseModel]) -> str:
    """The sha256 of all that shapes an answer: messages, schema name, token limit, sampling and seed."""
    asked = [[dict(message) for message in ask.messages], schema.__name__, ask.max_tokens, ask.temperature, ask.seed]
    if ask.top_p < 1:  # recordings from before it was asked for stay as they are
        asked.append(ask.top_p)
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class RecordingModel(PassingModel):
    """Passes everything on to another model, and appends what came back to a file of JSON lines."""

    def __init__(self, inner: Model, path: Path) -> None:
        super().__init__(inner)
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The other model's answer or failure, recorded."""
        key = key_of(ask, schema)
        try:
            answer = await self._inner.answer(ask, schema)
        except ModelError as error:
            self._append(_failed(key, schema, error))
            raise
        self._append(
            Recording(
                key=key,
                schema_name=schema.__name__,
                raw=answer.raw,
                model=answer.model,
                endpoint=answer.endpoint,
                prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens,
                attempts=answer.attempts,
                milliseconds=answer.milliseconds,
            )
        )
        return answer

    def _append(self, recording: Recording) -> None:
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(recording.model_dump_json() + "\n")


class RecordedModel:
    """Says again what a `RecordingModel` wrote down.

    An ask that was recorded several times gets its answers in their order. One that was not recorded gets the next
    unused answer for the same schema, so that a changed prompt still plays, unless `exact`. Without any, the model is
    unavailable and the error names the key.
    """

    def __init__(self, path: Path, *, exact: bool = False) -> None:
        self._path, self._exact = path, exact
        self._recordings = _read(path)
        self._by_key: dict[str, deque[int]] = defaultdict(deque)
        for at, recording in enumerate(self._recordings):
            self._by_key[recording.key].append(at)
        self._used: set[int] = set()

    @property
    def name(self) -> str:
        """The name of the model that was recorded; empty when the recording is."""
        return next((recording.model for recording in self._recordings if recording.model), "")

    @property
    def available(self) -> bool:
        """True while something is left."""
        return len(self._used) < len(self._recordings)

    @property
    def usual_latency(self) -> float:
        """Nothing is waited for."""
        return 0.0

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The recorded answer, or the recorded failure raised again."""
        recording = self._take(key_of(ask, schema), schema.__name__)
        if recording.failure:
            raise _failure(recording)
        if ask.listener is not None:
            await say(recording.raw, ask.listener)
        return Answer(
            content=hear(recording.raw, schema, ask.context, endpoint=recording.endpoint),
            raw=recording.raw,
            model=recording.model,
            endpoint=recording.endpoint,
            prompt_tokens=recording.prompt_tokens,
            completion_tokens=recording.completion_tokens,
            attempts=recording.attempts,
            milliseconds=recording.milliseconds,
        )

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """A safe estimate."""
        return estimate(prompt)

    async def aclose(self) -> None:
        """Nothing to let go of."""

    def _take(self, key: str, schema_name: str) -> Recording:
        own = self._by_key.get(key, deque())
        while own and own[0] in self._used:
            own.popleft()
        found = own[0] if own else self._next_unused(schema_name)
        if found is None:
            raise ModelUnavailable(
                f"{self._path} has no answer left for {schema_name}, key {key}", endpoint="recording"
            )
        self._used.add(found)
        return self._recordings[found]

    def _next_unused(self, schema_name: str) -> int | None:
        if self._exact:
            return None
        unused = (at for at in range(len(self._recordings)) if at not in self._used)
        return next((at for at in unused if self._recordings[at].schema_name == schema_name), None)


def _read(path: Path) -> list[Recording]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(Fault(where=str(path), what=f"the recording cannot be read: {error}.")) from error
    recordings: list[Recording] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=1):
        try:
            recordings.append(Recording.model_validate_json(line))
        except ValidationError as error:
            faults.append(Fault(where=f"{path}:{number}", what=f"is no recording: {error.errors()[0]['msg']}."))
    if faults:
        raise BadSettings(faults)
    return recordings


def _failed(key: str, schema: type[BaseModel], error: ModelError) -> Recording:
    recording = Recording(
        key=key,
        schema_name=schema.__name__,
        failure="model_unavailable",
        message=str(error),
        endpoint=error.endpoint or "",
    )
    match error:
        case ModelAnswerInvalid():
            return recording.model_copy(update={"failure": error.code, "raw": error.raw, "faults": error.faults})
        case ModelRejected():
            return recording.model_copy(update={"failure": error.code, "status": error.status})
        case ModelTimeout():
            return recording.model_copy(update={"failure": error.code})
        case _:
            return recording


def _failure(recording: Recording) -> ModelError:
    message, endpoint = recording.message, recording.endpoint or None
    match recording.failure:
        case "model_answer_invalid":
            return ModelAnswerInvalid(message, raw=recording.raw, faults=recording.faults, endpoint=endpoint)
        case "model_rejected":
            return ModelRejected(message, status=recording.status, endpoint=endpoint)
        case "model_timeout":
            return ModelTimeout(message, endpoint=endpoint)
        case _:
            return ModelUnavailable(message, endpoint=endpoint)
