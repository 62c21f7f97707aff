"""One span a decision, in it one a node, in that one a call: named by OpenTelemetry's semantic conventions for GenAI.

No text that a player typed or a model said is in a span: names, numbers and codes only.
"""

from __future__ import annotations

import re
import time
from asyncio import CancelledError
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from opentelemetry.trace import (
    Span,
    SpanKind,
    Status,
    StatusCode,
    format_span_id,
    format_trace_id,
    get_current_span,
)
from opentelemetry.util.types import AttributeValue

from schemas import Decision, DecisionRequest, LoomError, ModelCall
from telemetry.deciding import Deciding, deciding, made_now
from telemetry.sink import instruments, tracer

PROVIDER = "vllm"
"""`gen_ai.provider.name` of any server that speaks OpenAI's dialect and is not OpenAI."""
BEHIND_PLAY = "behind_play"
"""The `kind` of calls that are made for no decision."""
_CODE = re.compile(r"[a-z][a-z0-9_]{2,40}")


class DecisionSpan:
    """The span of a decision that is being made."""

    def __init__(self, span: Span, request: DecisionRequest) -> None:
        self._span, self._request = span, request

    def made(self, decision: Decision) -> Decision:
        """Tell how it came about, and hand it back."""
        receipt, kind, told = decision.receipt, self._request.kind, instruments()
        told.decisions.record(receipt.milliseconds / 1_000, {"kind": kind, "source": receipt.source})
        if receipt.source == "fallback":
            told.fallbacks.add(1, {"kind": kind, "reason": receipt.reason})
        levels = receipt.validity.grammar, receipt.validity.schema_, receipt.validity.world
        for level, valid in zip(("grammar", "schema", "world"), levels, strict=True):
            if valid is not None:
                told.validity.add(1, {"kind": kind, "level": level, "valid": "true" if valid else "false"})
        for warning in receipt.warnings:
            if _CODE.fullmatch(warning):
                told.warnings.add(1, {"kind": kind, "warning": re.sub(r"\d+", "n", warning)})
        if self._span.is_recording():
            self._span.set_attributes(_of_receipt(decision))
            if receipt.source == "fallback":
                self._span.set_attribute("error.type", receipt.reason)
                self._span.set_status(Status(StatusCode.ERROR))
        return decision


@contextmanager
def decision_span(request: DecisionRequest) -> Generator[DecisionSpan]:
    """Everything in here is part of making this decision."""
    with made_now(request) as now:
        attributes: dict[str, AttributeValue] = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": request.kind,
            "gen_ai.agent.id": request.character,
            "gen_ai.conversation.id": request.thread_id,
            "gen_ai.provider.name": PROVIDER,
            "loomwright.event": request.event.name,
            "loomwright.policy": request.policy,
            **_of_decision(now),
        }
        with _span(f"invoke_agent {request.kind}", SpanKind.INTERNAL, attributes) as span:
            yield DecisionSpan(span, request)


def watched() -> bool:
    """Whether somebody wants to see the decision that is being made, step by step. Costs next to nothing."""
    return get_current_span().is_recording()


@contextmanager
def in_node(name: str, use: str) -> Generator[Span]:
    """One node of a graph, in the decision's span."""
    now = deciding()
    attributes: dict[str, AttributeValue] = {
        "loomwright.node": name,
        "loomwright.node.use": use,
        **(_of_decision(now) if now is not None else {}),
    }
    with _span(f"node {name}", SpanKind.INTERNAL, attributes) as span:
        yield span


class CallSpan:
    """The span of a call that is being made."""

    def __init__(self, span: Span, model: str) -> None:
        self.span, self.model, self.endpoint = span, model, ""
        self.prompt_tokens = self.completion_tokens = 0
        self.cost = 0.0
        self.prompt: str | None = None
        self.said: str | None = None
        """Its texts, for a log that keeps them."""
        self.attempts = 1
        """Requests that were sent for it."""

    def answered(self, *, model: str, endpoint: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Tell what came back. Tokens are the server's count."""
        self.model, self.endpoint = model or self.model, endpoint
        self.prompt_tokens, self.completion_tokens = prompt_tokens, completion_tokens


@contextmanager
def call_span(operation: str, model: str, asked: Mapping[str, AttributeValue]) -> Generator[CallSpan]:
    """One call of a model. `operation`: `chat`, `embeddings`; `asked`: what else the conventions know of a request."""
    at, began, now = time.time(), time.perf_counter(), deciding()
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": PROVIDER,
        **({"gen_ai.request.model": model} if model else {}),
        **asked,
        **(_of_decision(now) if now is not None else {}),
    }
    error: str | None = None
    with _span(f"{operation} {model}".strip(), SpanKind.CLIENT, attributes) as span:
        call = CallSpan(span, model)
        try:
            yield call
        except BaseException as failure:
            error = _type_of(failure)
            raise
        finally:
            if span.is_recording():
                span.set_attributes(_of_answer(call))
            seconds = time.perf_counter() - began
            _count(call, operation, error, seconds)
            if now is not None:
                now.calls.append(_for_the_log(call, error, at, seconds, str(asked.get("loomwright.schema", ""))))


def _count(call: CallSpan, operation: str, error: str | None, seconds: float) -> None:
    told = instruments()
    attributes: dict[str, AttributeValue] = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.request.model": call.model,
    }
    told.calls.record(seconds, attributes if error is None else {**attributes, "error.type": error})
    for kind, tokens in (("input", call.prompt_tokens), ("output", call.completion_tokens)):
        if tokens:
            told.call_tokens.record(tokens, {**attributes, "gen_ai.token.type": kind})


def _for_the_log(call: CallSpan, error: str | None, at: float, seconds: float, asked_for: str) -> ModelCall:
    known = call.span.get_span_context()
    watched_too = call.span.is_recording()
    return ModelCall(
        at=round(at * 1_000),
        milliseconds=seconds * 1_000,
        asked_for=asked_for,
        model=call.model,
        endpoint=_without_user(call.endpoint),
        outcome=error or "answered",
        attempts=call.attempts,
        prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens,
        cost=call.cost,
        prompt=call.prompt,
        answer=call.said,
        trace=format_trace_id(known.trace_id) if watched_too else None,
        span=format_span_id(known.span_id) if watched_too else None,
    )


def _without_user(endpoint: str) -> str:
    """An address without the user and password that somebody may have put into it."""
    head, slashes, rest = endpoint.partition("://")
    host, slash, path = rest.partition("/")
    return f"{head}{slashes}{host.rpartition('@')[2]}{slash}{path}"


@contextmanager
def _span(name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue]) -> Generator[Span]:
    """A span that says of an error only its type: messages may hold what a player typed."""
    with tracer().start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as failure:
            span.set_attribute("error.type", _type_of(failure))
            span.set_status(Status(StatusCode.ERROR))
            raise


def _type_of(failure: BaseException) -> str:
    if isinstance(failure, CancelledError):
        return "cancelled"
    return failure.code if isinstance(failure, LoomError) else type(failure).__name__


def _of_decision(now: Deciding) -> dict[str, AttributeValue]:
    return {"loomwright.decision": now.id, "loomwright.world": now.world, "loomwright.kind": now.kind}


def _of_receipt(decision: Decision) -> dict[str, AttributeValue]:
    receipt = decision.receipt
    known: dict[str, AttributeValue | None] = {
        "gen_ai.agent.version": receipt.versions.graph,
        "gen_ai.response.model": receipt.versions.model,
        "gen_ai.usage.input_tokens": receipt.tokens.prompt or None,
        "gen_ai.usage.output_tokens": receipt.tokens.completion or None,
        "loomwright.source": receipt.source,
        "loomwright.reason": receipt.reason,
        "loomwright.timeline": receipt.timeline,
        "loomwright.attempts": receipt.attempts,
        "loomwright.milliseconds": receipt.milliseconds,
        "loomwright.valid.grammar": receipt.validity.grammar,
        "loomwright.valid.schema": receipt.validity.schema_,
        "loomwright.valid.world": receipt.validity.world,
    }
    return {name: value for name, value in known.items() if value is not None}


def _of_answer(call: CallSpan) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {}
    if call.endpoint:
        address = urlsplit(call.endpoint)
        found["server.address"] = address.hostname or call.endpoint
        if address.port is not None:
            found["server.port"] = address.port
    if call.prompt_tokens or call.completion_tokens:
        found["gen_ai.usage.input_tokens"] = call.prompt_tokens
        found["gen_ai.usage.output_tokens"] = call.completion_tokens
    if call.model:
        found["gen_ai.response.model"] = call.model
    return found
