"""The same seam against a real vLLM, whose words are noise and whose manners are real."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from typing import Annotated, Literal

import httpx
import pytest
from pydantic import Field

from inference import Answer, Ask, EndpointEmbedder, VllmModel, estimate
from schemas import ModelRejected, ModelTimeout, Value

pytestmark = pytest.mark.vllm


RUNNING, GENERATED = "vllm:num_requests_running", "vllm:generation_tokens_total"
FINISHED = "vllm:request_success_total"
"""Stopped by itself or at its limit; a question that its asker left is not counted."""


class Attack(Value):
    kind: Literal["attack"] = "attack"
    target: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]


class Defend(Value):
    kind: Literal["defend"] = "defend"
    rounds: int = Field(ge=1, le=10)


class Variant(Value):
    text: str = Field(min_length=1, max_length=60)
    tone: Literal["neutral", "friendly", "hostile"]


class Scene(Value):
    """Everything that a grammar is asked to hold, and some that it cannot."""

    npc_text: str = Field(min_length=1, max_length=80)
    tone: Literal["neutral", "friendly", "hostile"] = "neutral"
    variants: tuple[Variant, ...] = Field(min_length=2, max_length=4)
    move: Annotated[Attack | Defend, Field(discriminator="kind")]
    code: Annotated[str, Field(pattern=r"^[a-z0-9_-]*$", max_length=12)] | None = None
    danger: float = Field(ge=0.0, le=1.0)
    sure: bool
    hint: str | None = Field(default=None, max_length=40)


class Saga(Value):
    """Long enough to be interrupted in."""

    chapters: list[str] = Field(min_length=400)


def ask(seed: int, *, max_tokens: int = 700, timeout: float = 60.0, priority: int = 0) -> Ask:
    messages = ({"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "Grüß Gott, Marta!"})
    return Ask(messages=messages, max_tokens=max_tokens, temperature=1.0, seed=seed, timeout=timeout, priority=priority)


@pytest.fixture
async def model(vllm_url: str) -> AsyncGenerator[VllmModel]:
    model = VllmModel(vllm_url)
    yield model
    await model.aclose()


async def figure(url: str, name: str) -> float:
    """The sum of a figure of vLLM's `/metrics`, such as `vllm:num_requests_running`."""
    async with httpx.AsyncClient() as client:
        lines = (await client.get(url.removesuffix("/v1") + "/metrics")).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(re.escape(name), line))


async def test_twenty_answers_of_noise_all_fit_the_schema(model: VllmModel, vllm_url: str) -> None:
    answers = await asyncio.gather(*(model.answer(ask(seed), Scene) for seed in range(20)))
    assert len({answer.raw for answer in answers}) > 10
    assert {(answer.model, answer.endpoint, answer.attempts) for answer in answers} == {("tiny", vllm_url, 1)}
    for answer in answers:
        assert answer.prompt_tokens > 10
        assert answer.completion_tokens > 10
    assert 0 < model.usual_latency < 60


async def test_the_same_seed_gives_the_same_words(model: VllmModel) -> None:
    one, other = await model.answer(ask(5), Scene), await model.answer(ask(5), Scene)
    assert one.raw == other.raw


async def running_long(url: str, model: VllmModel, seconds: float) -> asyncio.Task[Answer[Saga]]:
    """A question that takes vLLM many seconds, already being worked on."""
    before = await figure(url, GENERATED)
    asking = asyncio.create_task(model.answer(ask(1, max_tokens=6000, timeout=seconds), Saga))
    while await figure(url, GENERATED) < before + 20:
        assert not asking.done(), "vLLM never began"
        await asyncio.sleep(0.05)
    return asking


async def assert_aborted(url: str, finished_before: float) -> None:
    """vLLM soon runs nothing, generates no more, and has not counted the question as finished."""
    until = time.monotonic() + 60
    while await figure(url, RUNNING) > 0:
        assert time.monotonic() < until, "vLLM worked on for nobody"
        await asyncio.sleep(0.05)
    generated = await figure(url, GENERATED)
    await asyncio.sleep(0.5)
    assert await figure(url, GENERATED) == generated
    assert await figure(url, FINISHED) == finished_before


async def test_vllm_aborts_a_question_that_was_cancelled(model: VllmModel, vllm_url: str) -> None:
    before = await figure(vllm_url, FINISHED)
    asking = await running_long(vllm_url, model, 60)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await assert_aborted(vllm_url, before)


async def test_vllm_aborts_a_question_whose_time_is_up(model: VllmModel, vllm_url: str) -> None:
    before = await figure(vllm_url, FINISHED)
    asking = await running_long(vllm_url, model, 3)
    with pytest.raises(ModelTimeout):
        await asking
    await assert_aborted(vllm_url, before)


async def test_priorities_are_taken_by_a_server_that_schedules_by_them(vllm_url: str) -> None:
    model = VllmModel(vllm_url, priorities=True)
    answers = await asyncio.gather(*(model.answer(ask(n, priority=n), Scene) for n in (0, 5)))
    assert len(answers) == 2
    await model.aclose()


async def test_a_prompt_longer_than_the_context_is_rejected(model: VllmModel) -> None:
    long = Ask(messages=({"role": "user", "content": "word " * 20_000},), max_tokens=10, timeout=30)
    with pytest.raises(ModelRejected) as caught:
        await model.answer(long, Scene)
    assert caught.value.status == 400


async def test_the_servers_count_is_what_the_prompt_costs_and_below_the_estimate(model: VllmModel) -> None:
    answer = await model.answer(ask(3), Scene)
    counted = await model.count_tokens(ask(3).messages)
    assert counted == answer.prompt_tokens
    assert counted <= estimate(ask(3).messages)
    assert 0 < await model.count_tokens("Grüß Gott, Marta!") < counted


async def test_real_embeddings_know_what_is_alike(embeddings_url: str) -> None:
    embedder = await EndpointEmbedder.probe(embeddings_url, name="minilm", seconds=60)
    assert embedder.dimension == 384
    inn, tavern, sword = await embedder.embed(["a cosy inn", "a warm tavern", "the tax law of the empire"])

    def alike(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert alike(inn, tavern) > alike(inn, sword) + 0.2
    await embedder.aclose()
