"""What is told of a decision: one span for it, one for each node and call beneath it, and the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from typing import Any, cast

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext
from pydantic import BaseModel

from inference import Ask, ModelRegistry, Price, RegisteredModel, Role, ScriptedModel, WatchedModel
from schemas import ModelUnavailable
from telemetry import deciding
from tests.conftest import Opening, OpenLoom
from tests.service.stage import good_answer, says
from tests.telemetry.listening import Heard, listening

PLAYER = "Tell me of the bell, quartz-blue heron."


@pytest.fixture
def heard() -> Generator[Heard]:
    with listening() as heard:
        yield heard


def attributes(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def identity(span: ReadableSpan) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context


def parent(span: ReadableSpan, spans: list[ReadableSpan]) -> ReadableSpan | None:
    above = span.parent
    return None if above is None else next(one for one in spans if identity(one).span_id == above.span_id)


async def test_a_call_lies_in_its_node_and_a_node_in_its_decision(
    open_loom: OpenLoom, opening: Opening, heard: Heard
) -> None:
    request = opening("dialogue", policy="model")
    async with open_loom() as scout:
        answer = good_answer(scout, request)
    async with open_loom(says(answer)) as loom:
        decision = await loom.decide(request)

    assert decision.receipt.source == "model"
    (top,) = heard.named("invoke_agent")
    (call,) = heard.named("chat")
    nodes = heard.named("node ")
    assert top.name == "invoke_agent dialogue"
    assert [span.name for span in nodes] == [f"node {step.node}" for step in decision.receipt.steps] + ["node remember"]
    assert all(parent(node, heard.spans) is top for node in nodes)
    above = parent(call, heard.spans)
    assert above is not None
    assert above.name == "node generate"
    assert {identity(span).trace_id for span in heard.spans} == {identity(top).trace_id}
    assert {attributes(span)["loomwright.decision"] for span in heard.spans} == {request.id}


async def test_spans_say_what_the_genai_conventions_ask_for(
    open_loom: OpenLoom, opening: Opening, heard: Heard
) -> None:
    request = opening("dialogue", policy="model")
    async with open_loom() as scout:
        answer = good_answer(scout, request)
    async with open_loom(says(answer)) as loom:
        decision = await loom.decide(request)

    (top,), (call,) = map(attributes, heard.named("invoke_agent")), map(attributes, heard.named("chat"))
    assert top["gen_ai.operation.name"] == "invoke_agent"
    assert top["gen_ai.agent.name"] == "dialogue"
    assert top["gen_ai.conversation.id"] == request.thread_id
    assert top["loomwright.source"] == "model"
    assert top["gen_ai.usage.input_tokens"] == decision.receipt.tokens.prompt
    assert call["gen_ai.operation.name"] == "chat"
    assert call["gen_ai.request.model"] == call["gen_ai.response.model"] == "scripted"
    assert call["gen_ai.request.max_tokens"] > 0
    assert call["gen_ai.output.type"] == "json"
    assert call["gen_ai.usage.output_tokens"] == decision.receipt.tokens.completion
    assert call["server.address"] == "script"


async def test_two_decisions_at_once_have_nothing_of_each_other(
    open_loom: OpenLoom, opening: Opening, heard: Heard
) -> None:
    requests = [opening("dialogue", id=f"talk.{number}", thread=f"talk.{number}") for number in range(4)]
    async with open_loom() as loom:
        await asyncio.gather(*map(loom.decide, requests))

    tops = heard.named("invoke_agent")
    assert {attributes(top)["loomwright.decision"] for top in tops} == {request.id for request in requests}
    for node in heard.named("node "):
        above = parent(node, heard.spans)
        assert above is not None
        assert attributes(above)["loomwright.decision"] == attributes(node)["loomwright.decision"]


async def test_a_failed_call_says_its_code_and_no_text(open_loom: OpenLoom, opening: Opening, heard: Heard) -> None:
    async with open_loom(ScriptedModel([ModelUnavailable(f"nobody heard: {PLAYER}")])) as loom:
        decision = await loom.decide(opening("dialogue", policy="model"))

    assert decision.receipt.source == "fallback"
    (call,) = heard.named("chat")
    assert attributes(call)["error.type"] == "model_unavailable"
    assert not call.status.is_ok
    assert not call.events
    assert heard.counted("loomwright.decision.fallbacks") == [({"kind": "dialogue", "reason": "model_unavailable"}, 1)]
    (duration,) = heard.counted("gen_ai.client.operation.duration")
    assert duration[0]["error.type"] == "model_unavailable"


async def test_no_word_of_a_player_or_a_model_is_in_a_span(open_loom: OpenLoom, opening: Opening, heard: Heard) -> None:
    request = opening("dialogue", policy="model")
    request = request.model_copy(update={"event": request.event.model_copy(update={"text": PLAYER})})
    lines: list[Mapping[str, Any] | str] = []

    def line(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any] | str:
        del ask, schema
        return lines.pop(0)

    async with open_loom(ScriptedModel(line)) as loom:
        good = good_answer(loom, request)
        lines += ["no JSON: quartz-blue heron", good]
        decision = await loom.decide(request)

    assert decision.receipt.source == "repaired"
    assert len(heard.named("chat")) == 2
    told = " ".join(span.to_json() for span in heard.spans)
    for secret in ("heron", good["content"]["npc_text"][:20]):
        assert secret not in told


async def test_the_figures_are_by_kind_source_level_and_type(
    open_loom: OpenLoom, opening: Opening, heard: Heard
) -> None:
    request = opening("dialogue", policy="model")
    async with open_loom() as loom:
        answer = good_answer(loom, request)
        await loom.decide(opening("combat"))
    async with open_loom(says(answer)) as loom:
        decision = await loom.decide(request.model_copy(update={"id": "another"}))

    durations = heard.counted("loomwright.decision.duration")
    assert ({"kind": "combat", "source": "rules"}, 1) in durations
    assert ({"kind": "dialogue", "source": "model"}, 1) in durations
    valid = heard.counted("loomwright.decision.validity")
    assert sorted(str(of["level"]) for of, count in valid if of["valid"] == "true" and count == 1) == [
        "grammar",
        "schema",
        "world",
    ]
    tokens = {str(of["type"]): count for of, count in heard.counted("loomwright.tokens")}
    assert tokens == {"input": decision.receipt.tokens.prompt, "output": decision.receipt.tokens.completion}


async def test_a_model_with_a_price_costs_what_it_costs(heard: Heard) -> None:
    class Said(BaseModel):
        word: str

    paid = RegisteredModel(
        name="dear", version="1", roles=(Role.NARRATOR,), context_length=8, price=Price(prompt=1e6, completion=2e6)
    )
    model = WatchedModel(ScriptedModel([{"word": "yes"}], name="dear"), ModelRegistry(models=(paid,)))

    answer = await model.answer(Ask(messages=({"role": "user", "content": "?"},), max_tokens=16, timeout=9), Said)

    ((of, cost),) = heard.counted("loomwright.cost")
    assert of == {"kind": "behind_play", "model": "dear"}
    assert cost == answer.prompt_tokens + 2 * answer.completion_tokens


async def test_every_line_of_the_log_of_a_decision_carries_its_id(open_loom: OpenLoom, opening: Opening) -> None:
    lines: list[dict[str, Any]] = []

    def keep(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        lines.append(dict(event))
        raise structlog.DropEvent

    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    async with open_loom(ScriptedModel([ModelUnavailable("gone")])) as loom:
        await loom.decide(opening("dialogue", id="talk.7", policy="model"))
        during = [line for line in lines if line["event"] == "node gave up"]
        await loom.memory.settle()

    assert [line["decision"] for line in during] == ["talk.7"]
    assert deciding() is None
    assert "decision" not in structlog.contextvars.get_contextvars()


async def test_what_goes_on_behind_play_belongs_to_no_decision(open_loom: OpenLoom, opening: Opening) -> None:
    """The index follows the record in a task of its own, which the first decision began, and which serves all."""
    seen: list[object] = []
    async with open_loom() as loom:
        await loom.memory.settle()
        indexer = cast("Any", loom.memory)._indexer.lexical
        put = indexer._put

        async def watched_put(*args: Any) -> Any:
            seen.append(deciding())
            return await put(*args)

        indexer._put = watched_put
        await loom.decide(opening("dialogue"))
        await asyncio.gather(*indexer._runs.values())

    assert seen
    assert set(seen) == {None}
