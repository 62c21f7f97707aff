"""The seam to every language model: what is asked, what comes back, and who can answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel

Message: TypeAlias = Mapping[str, str]
"""One turn of a prompt, OpenAI style: `{"role": "system" | "user" | "assistant", "content": "..."}`."""

Content = TypeVar("Content", bound=BaseModel)
Said = TypeVar("Said", bound=BaseModel, covariant=True)


def sendable(messages: Sequence[Message]) -> list[dict[str, str]]:
    """The messages as they can go into JSON: halves of surrogate pairs, which no UTF-8 holds, become `?`."""
    return [{key: text.encode("utf-8", "replace").decode() for key, text in message.items()} for message in messages]


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


class Listener(Protocol):
    """Who hears an answer while it is being said."""

    @property
    def has_shown(self) -> bool:
        """Whether somebody has heard of it already: then no other answer can take its place."""
        ...

    async def hear(self, raw: str) -> None:
        """The words so far, as they came, from the first on. Another attempt begins anew. Never fails."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question to a model."""

    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float = 0.7
    """0 takes the likeliest word each time; 1 samples as the model was trained."""
    top_p: float = 1.0
    """From the likeliest tokens that together have this share; 1: from all."""
    seed: int | None = None
    timeout: float
    """Seconds for the whole call, connecting and a second try included; `math.inf`: as long as it takes."""
    context: Mapping[str, object] = field(default_factory=_nothing, hash=False)
    """Handed to the schema's validators (`ValidationInfo.context`), so a target can be checked against the scene."""
    priority: int = 0
    """Lower is served first; 0 for what a player waits for (`Lane`). Sent on to servers that schedule by priority."""
    role: str = "narrator"
    """What is asked for: only endpoints with this role are asked."""
    affinity: str = ""
    """Whose prompt it is: questions that share it begin alike, and go to the same server for its prefix cache."""
    world: str = ""
    """Whose limit of questions it counts against."""
    listener: Listener | None = field(default=None, compare=False, hash=False, repr=False)
    """Asked for as a stream, for this one to hear; None: as a whole."""
    once_shown: float | None = None
    """Seconds for the whole call once something of it was shown, where `timeout` is only a part of the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[Said]):
    """One checked answer, and what it cost."""

    content: Said
    raw: str
    """The words as they came, before JSON was looked for in them."""
    model: str
    version: str | None = None
    """Of its weights, by the registry; None: it is not in there."""
    endpoint: str
    """The address asked, or `script`, `recording`."""
    prompt_tokens: int
    completion_tokens: int
    cost: float = 0.0
    """By the registry's prices; whoever watches the model knows them."""
    attempts: int
    """Requests sent for this answer: 1, or 2 when the first found nobody."""
    milliseconds: float


class Model(Protocol):
    """Whoever answers an `Ask` with a value of the wanted schema. Every failure is a `ModelError`."""

    @property
    def name(self) -> str:
        """What the server calls the model; empty until it is known."""
        ...

    @property
    def available(self) -> bool:
        """False for a while after nobody answered; worth a look before time is spent on a prompt."""
        ...

    @property
    def usual_latency(self) -> float:
        """Seconds that an answer takes these days; 0 while nothing is known."""
        ...

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """Ask for a `schema`, within `ask.timeout` seconds. Cancelling the call cancels the work on the server.

        Raises ModelUnavailable, ModelTimeout, ModelRejected or ModelAnswerInvalid.
        """
        ...

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """How many tokens a prompt takes; never an error, an estimate where nobody can be asked."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and files."""
        ...
