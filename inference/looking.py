"""A look at one endpoint: what it serves, whether it holds to a schema, and how fast it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import cast

from pydantic import BaseModel, SecretStr

from inference.client import Endpoint
from inference.model import Ask
from inference.vllm import VllmModel
from schemas import EndpointSettings, ModelError

SECONDS = 20.0
"""How long each question of a look may take."""
WRITTEN = 48
"""Tokens that are written to see how many it writes a second."""

_YES = ({"role": "user", "content": 'Answer with {"answer": true}.'},)
_COUNT = ({"role": "user", "content": "Count from one to one hundred, in words."},)


class _Yes(BaseModel):
    answer: bool


@dataclass(slots=True)
class Look:
    """What was found out. What could not be is None, and `failure` says why."""

    url: str
    served: dict[str, int | None] = field(default_factory=dict[str, int | None])
    """The models that it lists, each with the tokens that prompt and answer may have together, where it says so."""
    model: str | None = None
    """The one that is asked: that of the settings, else the first that is listed."""
    milliseconds: float | None = None
    """Until an answer that is held to a schema is there; the second one, for the first makes the server's grammar."""
    per_second: float | None = None
    """Tokens that it writes in a second, to one question alone."""
    holds_to_schema: bool | None = None
    failure: ModelError | None = None
    """The first thing that went wrong."""


async def look(server: EndpointSettings, *, api_key: SecretStr | None = None) -> Look:
    """Ask an endpoint what it serves, for an answer in a schema, and for a few words. Raises BadSettings."""
    model = VllmModel(server.url, name=server.model, api_key=api_key, priorities=server.priorities)
    endpoint = Endpoint(server.url, api_key=api_key)
    seen = Look(url=model.url)
    try:
        seen.served = listed(await endpoint.get("/models", seconds=SECONDS))
        seen.model = server.model or next(iter(seen.served), None)
        if seen.model in seen.served:
            await _ask(seen, model, endpoint)
    except ModelError as error:
        seen.failure = error
    finally:
        await model.aclose()
        await endpoint.aclose()
    return seen


def listed(said: dict[str, object]) -> dict[str, int | None]:
    """The models of `/v1/models`, each with the length of its context where the server tells it, as vLLM does."""
    rows = said.get("data")
    found = dict[str, int | None]()
    for row in cast("list[object]", rows) if isinstance(rows, list) else []:
        match row:
            case {"id": str(name), "max_model_len": int(length)}:
                found[name] = length
            case {"id": str(name)}:
                found[name] = None
            case _:
                pass
    return found


async def _ask(seen: Look, model: VllmModel, endpoint: Endpoint) -> None:
    question = Ask(messages=_YES, max_tokens=32, temperature=0, timeout=SECONDS)
    try:
        await model.answer(question, _Yes)
        seen.milliseconds = (await model.answer(question, _Yes)).milliseconds
        seen.holds_to_schema = True
    except ModelError:
        seen.holds_to_schema = False
        raise
    seen.per_second = await _pace(endpoint, str(seen.model))


async def _pace(endpoint: Endpoint, name: str) -> float | None:
    """Tokens a second while it writes: what a longer answer took more than one of a single token."""
    (few, soon), (many, late) = [await _written(endpoint, name, tokens) for tokens in (1, WRITTEN)]
    return (many - few) / (late - soon) if many > few and late > soon else None


async def _written(endpoint: Endpoint, name: str, tokens: int) -> tuple[int, float]:
    """How many tokens an answer had, and the seconds that it took."""
    body: dict[str, object] = {"model": name, "messages": list(_COUNT), "max_tokens": tokens, "temperature": 0}
    began = time.perf_counter()
    said = await endpoint.post("/chat/completions", body, seconds=SECONDS)
    took = time.perf_counter() - began
    match said.get("usage"):
        case {"completion_tokens": int(count)}:
            return count, took
        case _:
            return 0, took
