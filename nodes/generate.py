"""Ask the model."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, cast

from pydantic import BaseModel, Field

from inference import Ask
from nodes.answer_schema import AnswerSchema, answer_schema
from nodes.compose import shorter
from nodes.context import Context
from nodes.lanes import affinity_of, lane_of
from nodes.notes import MOST_FAULTS, note
from nodes.reuse import answer_again, from_before
from nodes.situations import question_of
from nodes.speaking import Listener, speaking_now
from nodes.state import DecisionState, JsonObject
from nodes.step import Step
from rules import choices, sampling
from schemas import ModelAnswerInvalid, ModelError, ModelRejected, ModelRole, ModelTimeout, ModelUnavailable

MaxTokens = Annotated[int, Field(ge=16, le=4_096)]
MIN_TIME = 0.01
"""Seconds; with less there is no point in asking."""
KEPT = 20_000
"""Characters of a raw answer that the state keeps."""
MOST_CALLS = 20
"""Tool calls of an answer that are looked at: more than any decision may make, so that the excess is still reported."""
LARGEST = 2**63 - 1
"""The largest whole number that a checkpoint holds; the guard refuses it, too."""


async def generate(
    state: DecisionState,
    context: Context,
    *,
    role: ModelRole = "narrator",
    max_tokens: MaxTokens = 400,
    temperature: float | None = None,
) -> Step:
    """Ask for an answer in the shape of this decision, narrowed to what is there to be named.

    `role` says which endpoints are asked, where there are several.
    An answer that does not fit its schema is kept, with its faults, for `judge` to see. Everything else that goes
    wrong on the model's side is raised as a `ModelError`, and the graph's `on_error` says where that leads; but where
    time is left and less may help, a shorter prompt is tried first. Where answers are kept, one that fits is
    said again.
    """

    async def asked() -> Step:
        return await _ask_twice(state, context, role=role, max_tokens=max_tokens, temperature=temperature)

    if context.answers is None:
        return await asked()
    shape = _shape(state, context)
    question = question_of(state, context, shape, role=role, max_tokens=max_tokens, temperature=temperature)
    return await answer_again(state, context, context.answers, question, asked, shape.version)


async def _ask_twice(
    state: DecisionState, context: Context, *, role: ModelRole, max_tokens: int, temperature: float | None
) -> Step:
    """Ask, and once more with a shorter prompt where that may help."""
    first = ask(
        state,
        context,
        state["messages"],
        role=role,
        max_tokens=max_tokens,
        temperature=temperature,
        share=_share(state, context),
    )
    try:
        return await first
    except ModelError as error:
        speaking = speaking_now()
        helps = _may_be_too_long(error) and not (speaking is not None and speaking.shown)
        again = shorter(state, context) if helps and _has_time(state, context) else None
        if again is None:
            raise
    messages = again["messages"]
    step = await ask({**state, **again}, context, messages, role=role, max_tokens=max_tokens, temperature=temperature)
    return Step(because=step.because or "prompt_shortened", update={"messages": messages, **step.update})


def _may_be_too_long(error: ModelError) -> bool:
    """Whether a shorter prompt may help: the server says so, or it took too long."""
    match error:
        case ModelRejected(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            return True
        case ModelRejected(status=HTTPStatus.BAD_REQUEST):
            return "context" in (said := str(error).lower()) and "length" in said
        case _:
            return isinstance(error, ModelTimeout)


def _has_time(state: DecisionState, context: Context) -> bool:
    return context.time_left(state) > MIN_TIME and context.model_in_time(state)


def _share(state: DecisionState, context: Context) -> float:
    """Of the time that is left: how much the first question gets. All, unless a good third is enough for another."""
    if speaking_now() is not None:
        return 1.0  # what somebody has begun to hear is not begun anew
    usual = context.model.usual_latency if context.model is not None else 0.0
    return 2 / 3 if 0 < usual < context.time_left(state) / 3 else 1.0


async def ask(
    state: DecisionState,
    context: Context,
    messages: list[JsonObject],
    *,
    role: ModelRole,
    max_tokens: int,
    temperature: float | None,
    share: float = 1.0,
) -> Step:
    """One question to the model, in a `share` of the time that is left, and what the state keeps of its answer."""
    if context.model is None:
        raise ModelUnavailable("no endpoint is configured; set LOOMWRIGHT_MODEL__URL")
    request = context.request(state)
    shape = _shape(state, context)
    asked = context.asking.temperature if temperature is None else temperature
    sampled = sampling(asked, context.situation(state, "generate").own_temper)
    question = Ask(
        messages=tuple(messages),
        max_tokens=max_tokens,
        temperature=sampled.temperature,
        top_p=sampled.top_p,
        seed=request.seed % 2**31,
        timeout=context.clock.limit(max(share * context.time_left(state), MIN_TIME)),
        priority=lane_of(state, context),
        role=role,
        affinity=affinity_of(request),
        world=request.world,
        listener=_listener(state, context),
    )
    receipt = state["receipt"]
    versions = {**receipt.get("versions", {}), "schema": shape.version, "model": context.model.name or None}
    attempts = int(receipt.get("attempts", 0)) + 1
    unused: JsonObject = {"reused": None} if "reused" in receipt else {}  # what was said again did not do after all
    try:
        answer = await context.model.answer(question, shape.type)
    except ModelAnswerInvalid as invalid:
        faults = list(invalid.faults) or [str(invalid)]
        is_json = not any("JSON" in fault for fault in faults)
        update: DecisionState = {
            "answer": {
                "raw": invalid.raw[:KEPT],
                "calls": [],
                "faults": faults[:MOST_FAULTS],
                **from_before(state, context),
            },
            "content": None,
            "receipt": note(
                state,
                **unused,
                versions=versions,
                attempts=attempts,
                endpoint=invalid.endpoint,
                tokens=_with(receipt, invalid.prompt_tokens, invalid.completion_tokens),
                cost=round(receipt.get("cost", 0.0) + invalid.cost, 6),
                validity={"grammar": is_json, "schema": False, "world": None},
            ),
        }
        return Step(because=invalid.code, update=update)
    said = answer.content.model_dump(mode="json")
    return Step(
        update={
            "answer": {
                "raw": answer.raw[:KEPT],
                "calls": _held(said.get("tool_calls", [])[:MOST_CALLS]),
                "faults": [],
                **from_before(state, context, answer.milliseconds),
            },
            "content": said["content"],
            "receipt": note(
                state,
                **unused,
                versions={**versions, "model": answer.model, "weights": answer.version},
                attempts=attempts,
                endpoint=answer.endpoint,
                tokens=_with(receipt, answer.prompt_tokens, answer.completion_tokens),
                cost=round(receipt.get("cost", 0.0) + answer.cost, 6),
                validity={"grammar": True, "schema": True, "world": None},
            ),
        }
    )


def _listener(state: DecisionState, context: Context) -> Listener | None:
    """Who hears the line while it is being said. Only talk has one."""
    speaking = speaking_now()
    if speaking is None or state["graph"]["decides"] != "DialogueDecision":
        return None
    return Listener(speaking, state, context)


def _held(value: object) -> object:
    """A value that a checkpoint can hold: whole numbers beyond 64 bits become the largest that there is."""
    match value:
        case dict():
            return {key: _held(inner) for key, inner in cast("dict[str, object]", value).items()}
        case list():
            return [_held(inner) for inner in cast("list[object]", value)]
        case int():
            return value if -LARGEST <= value <= LARGEST else LARGEST
        case _:
            return value


def _with(receipt: JsonObject, prompt: int, completion: int) -> dict[str, int]:
    """The tokens so far and those of one more answer."""
    so_far = receipt.get("tokens", {})
    return {"prompt": so_far.get("prompt", 0) + prompt, "completion": so_far.get("completion", 0) + completion}


def _shape(state: DecisionState, context: Context) -> AnswerSchema[BaseModel]:
    graph = state["graph"]
    legal = choices(graph["decides"], context.situation(state, "generate"))
    specs = tuple(context.toolbox.spec(tool) for tool in graph["tools"])
    return answer_schema(graph["decides"], tuple(sorted(legal.items())), specs, context.policy.max_tool_calls)
