"""Hold the model's answer against the rules of the world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from nodes.act import stage
from nodes.context import Context
from nodes.notes import MOST_FAULTS, note, validity
from nodes.state import DecisionState, JsonObject
from nodes.step import Step
from nodes.taint import REASON, Said, comes_close, hidden_now, told_by
from rules import PLAY_FLOOR, TOLD, Objection, complete, words_of
from rules import judge as objections_to
from schemas import PROPOSALS, Source

MOST_SECONDS = 5.0
"""An embedder that takes longer to compare meanings has failed."""
Verdict = Step[Literal["accepted", "repairable", "rejected"]]


async def judge(state: DecisionState, context: Context, *, floor: float = PLAY_FLOOR) -> Verdict:
    """Accept what is legal, send back what can be mended in the time that is left, and refuse the rest.

    A combat move that is worth less than `floor` of the best known one (0 to 1) is sent back, too; 0 lets all pass.
    """
    decides, content = state["graph"]["decides"], state.get("content")
    if content is None:
        return _refuse(state, context, (state["answer"] or {}).get("faults", []), because="not_in_schema")
    try:
        proposal = PROPOSALS[decides].model_validate({name: content[name] for name in _fields(decides, content)})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        return _refuse(state, context, faults, because="not_in_schema")
    situation, request = context.situation(state, "judge"), context.request(state)
    secrets = await hidden_now(context, request)
    calls = stage(state, context, secrets)
    told = told_by(calls, request, context)
    hidden = [secret for secret in secrets if secret.id not in told]
    known = [fact.id for fact in context.recalled(state).facts]
    beside = Said.by(calls)
    also = (*beside.texts, *beside.ids)
    objections = objections_to(decides, proposal, situation, hidden, known=known, beside=also, floor=floor)
    warnings = tuple[str, ...]()
    if not objections:
        texts = (*words_of(proposal), *beside.texts)
        close, warnings = await comes_close(context, texts, hidden, within=_patience(state, context))
        objections = [Objection("secret", "", TOLD)] if close else []
    if objections:
        faults = [f"{one.where}: {one.what}" if one.where else one.what for one in objections]
        repairable = all(one.repairable for one in objections)
        return _refuse(state, context, faults, because=_worst(objections), repairable=repairable)
    finished, corrections = complete(decides, proposal, situation)
    source = _source(state, corrections)
    return Step(
        outcome="accepted",
        update={
            "content": finished.model_dump(mode="json"),
            "receipt": note(
                state,
                corrections=corrections,
                warnings=warnings,
                source=source,
                reason=_because(state, source),
                validity=validity(state, world=True),
            ),
        },
    )


def _refuse(
    state: DecisionState, context: Context, faults: list[str], *, because: str, repairable: bool = True
) -> Verdict:
    world = None if because == "not_in_schema" else False
    return Step(
        outcome="repairable" if repairable and context.model_in_time(state) else "rejected",
        because=because,
        update={
            "content": None,
            "answer": {**(state["answer"] or {}), "faults": faults[:MOST_FAULTS]},
            "receipt": note(
                state, reason=because, validity=validity(state, world=world), withheld=_withheld(state, because)
            ),
        },
    )


def _withheld(state: DecisionState, because: str) -> int:
    return int(state["receipt"].get("withheld", 0)) + (because == REASON)


def _source(state: DecisionState, corrections: Sequence[str]) -> Source:
    """Whose answer it is."""
    receipt = state["receipt"]
    if receipt.get("reused"):
        return "cache"
    repaired = bool(corrections) or receipt.get("attempts", 1) > 1 or bool(receipt.get("corrections"))
    return "repaired" if repaired else "model"


def _because(state: DecisionState, source: Source) -> str:
    """The reason code of an answer that is accepted."""
    reused: JsonObject = state["receipt"].get("reused") or {}
    match reused.get("cache"):
        case "exact":
            return "cache_exact"
        case "semantic":
            return "cache_semantic"
        case "flight":
            return "cache_flight"
        case _:
            return "repaired" if source == "repaired" else "accepted"


def _fields(decides: str, content: dict[str, object]) -> list[str]:
    """A content that a node has completed already is judged as the proposal that it came from."""
    return [name for name in content if name in PROPOSALS[decides].model_fields]


def _worst(objections: Sequence[Objection]) -> str:
    """The code that stands on the receipt: of several objections a secret is the one to tell of."""
    codes = [objection.code for objection in objections]
    return REASON if REASON in codes else codes[0]


def _patience(state: DecisionState, context: Context) -> float:
    """Seconds that meanings may be compared: half of what is left, and no endless wait."""
    return min(context.clock.limit(max(context.time_left(state) / 2, 0.001)), MOST_SECONDS)
