"""Say again what a model said before, where it fits the present; and keep what it says now."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from inference import AnswerCache, Found, Question
from nodes.context import Context
from nodes.judge import judge
from nodes.notes import note
from nodes.situations import names_a_player
from nodes.state import DecisionState, JsonObject
from nodes.step import Step
from rules import words_of
from schemas import PROPOSALS, Decision, ModelTimeout, Reuse, Tokens
from telemetry import instruments

MIN_TIME = 0.02
"""Seconds; with less no other answer is looked at."""


async def answer_again(
    state: DecisionState,
    context: Context,
    cache: AnswerCache[Step],
    question: Question,
    ask: Callable[[], Awaitable[Step]],
    schema: str,
) -> Step:
    """An answer that was given before and is legal in the present scene; else one that is being asked for; else ask.

    Raises what `ask` raises, and ModelTimeout where somebody else's question took too long.
    """
    async for found in _candidates(state, context, cache, question):
        step = await _fitting(state, context, cache, question, found, schema)
        if step is not None:
            return step
    within = context.clock.limit(context.time_left(state))
    try:
        step, shared = await cache.flights.once(question.key, question.hearers, ask, worth=_is_answer, within=within)
    except TimeoutError as error:
        raise ModelTimeout("the same question was being asked, and no answer came in time") from error
    if shared:
        context.budgets.give_back(context.account(context.request(state)))
        return _shared(state, cache, question, step)
    cache.count(question.kind, None)
    return _with_answer(step, asked=question.model_dump(mode="json"))


async def keep_answer(state: DecisionState, context: Context, decision: Decision) -> None:
    """Keep what a model said, now that it was accepted and may leave; and note who hears it.

    What rules wrote is never kept, nor an answer to less than the whole prompt; and one that another decision got is
    there already. One that asks for tools, or names a player, serves the same question only.
    """
    cache, answer = context.answers, state.get("answer") or {}
    asked, source, request = answer.get("asked"), decision.receipt.source, context.request(state)
    if cache is None or asked is None or source not in ("model", "repaired", "cache"):
        return
    question = Question.model_validate(asked)
    made = decision.content.model_dump(mode="json")
    content = {name: made[name] for name in PROPOSALS[decision.decides].model_fields if name in made}
    calls: list[dict[str, Any]] = list(answer.get("calls", ()))
    if source == "cache":
        if decision.receipt.reused is not None and decision.receipt.reused.cache == "flight":
            await cache.heard(question, content, calls)
        return
    if "prompt_shortened" in decision.receipt.warnings:
        return
    own = calls or names_a_player(request, tuple(words_of(PROPOSALS[decision.decides].model_validate(content))))
    await cache.keep(
        question.model_copy(update={"drawer": None}) if own else question,
        content,
        calls,
        model=decision.receipt.versions.model or "",
        tokens=decision.receipt.tokens,
        milliseconds=answer.get("ms", 0.0),
        within=_patience(state, context),
    )


def from_before(state: DecisionState, context: Context, milliseconds: float = 0.0) -> JsonObject:
    """What a further answer takes over from the one before: the question that it belongs to, and the time it took."""
    if context.answers is None:
        return {}
    before = state.get("answer") or {}
    asked = {"asked": before["asked"]} if "asked" in before else {}
    return {**asked, "ms": before.get("ms", 0.0) + milliseconds}


async def _candidates(
    state: DecisionState, context: Context, cache: AnswerCache[Step], question: Question
) -> AsyncGenerator[Found]:
    for found in await cache.same(question):
        yield found
    for found in await cache.alike(question, within=_patience(state, context)):
        yield found


async def _fitting(
    state: DecisionState, context: Context, cache: AnswerCache[Step], question: Question, found: Found, schema: str
) -> Step | None:
    """The answer as if the model gave it now; None: it is not legal here, or no longer new to who hears it."""
    if context.time_left(state) < MIN_TIME:
        return None
    kept, reuse = found.kept, cache.receipt_of(found)
    changed = DecisionState(
        answer={"raw": "", "calls": list(kept.calls), "faults": [], "asked": question.model_dump(mode="json")},
        content=dict(kept.content),
        receipt=_receipt(state, reuse, schema, kept.model, kept.weights),
    )
    verdict = await judge({**state, **changed}, context)
    if verdict.outcome != "accepted":
        instruments().cache_passed_over.add(1, {"kind": question.kind, "reason": "judge"})
        return None
    if not await cache.say(question, found):
        return None
    cache.count(question.kind, reuse, kept.model)
    context.budgets.give_back(context.account(context.request(state)))
    return Step(because=f"cache_{reuse.cache}", update=changed)


def _shared(state: DecisionState, cache: AnswerCache[Step], question: Question, step: Step) -> Step:
    """What somebody else's question got, as an answer to this one."""
    theirs: JsonObject = step.update["receipt"]
    said: JsonObject = step.update["answer"] or {}
    tokens, versions = Tokens.model_validate(theirs.get("tokens", {})), theirs.get("versions", {})
    reuse = Reuse(cache="flight", age_seconds=0.0, tokens=tokens, milliseconds=said.get("ms", 0.0))
    cache.count(question.kind, reuse, versions.get("model") or "")
    update = DecisionState(
        answer={**said, "asked": question.model_dump(mode="json")},
        content=step.update["content"],
        receipt=_receipt(state, reuse, *(versions.get(name) for name in ("schema", "model", "weights"))),
    )
    return Step(because="cache_flight", update=update)


def _receipt(
    state: DecisionState, reuse: Reuse, schema: str | None, model: str | None, weights: str | None
) -> JsonObject:
    versions = {**state["receipt"].get("versions", {}), "schema": schema, "model": model, "weights": weights}
    return note(state, versions=versions, reused=reuse.model_dump(mode="json"))


def _with_answer(step: Step, **more: object) -> Step:
    answer: JsonObject = {**(step.update.get("answer") or {}), **more}
    return Step(because=step.because, update={**step.update, "answer": answer})


def _is_answer(step: Step) -> bool:
    return step.update.get("content") is not None


def _patience(state: DecisionState, context: Context) -> float:
    """Seconds that an embedder may take: a quarter of what is left."""
    return context.clock.limit(max(context.time_left(state) / 4, 0.001))
