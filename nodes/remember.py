"""Write down what was decided: the decision, its effects, and what the character will recall. In one transaction."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import structlog
from pydantic import Field

from memory import Commit
from nodes.context import Context
from nodes.new_memory import new_memory, overheard
from nodes.notes import note
from nodes.reuse import keep_answer
from nodes.speaking import speaking_now
from nodes.state import DecisionState, JsonObject
from nodes.step import Step
from nodes.taint import cleared
from rules import (
    Conclusion,
    Situation,
    Table,
    asked_for,
    concluded,
    experience_of,
    hearers,
    offered_by,
    pacing_of,
    stirring_of,
)
from schemas import (
    Content,
    Decision,
    DialogueChoice,
    DialogueDecision,
    DialogueStarted,
    DiplomacyDecision,
    Experience,
    GameEvent,
    Loudness,
    RecordError,
    RecordLate,
    StagedCall,
    TacticsDecision,
    TalkPlace,
    Talks,
    Turn,
    UnitFloat,
)
from telemetry import calls_made

log = structlog.get_logger(__name__)
Overhear = Annotated[int, Field(ge=0, le=16)]


async def remember(
    state: DecisionState,
    context: Context,
    *,
    importance: UnitFloat = 0.4,
    memories_of: tuple[Literal["model", "repaired", "cache", "rules"], ...] = ("model", "repaired", "cache"),
    overhear: Overhear = 0,
) -> Step:
    """Commit the decision and all that follows from it, once: asked again under the same id, it answers the same.

    A record that cannot be written does not hold up the decision: it leaves with a warning, and with its tool calls
    marked as failed. What happened to the character becomes a memory; what it did goes in only where the decision is
    from one of `memories_of`. The text of a fallback never does, and is no turn of talk either, unless
    somebody has heard it in a stream. `importance` is that of ordinary talk: rules give less to a greeting, and more to
    a secret or a death. What came to mind is noted as used. Of a talk that others can hear, up to `overhear` of them
    keep a memory of their own; of words that the character could not hear it keeps none.
    """
    request = context.request(state)
    staged = tuple(StagedCall.model_validate(one) for one in state["staged"])
    situation, patience = context.situation(state, "remember"), max(context.time_left(state) / 2, 0.001)
    made, speaking = _decision(state, context, staged), speaking_now()
    made = made if speaking is None else speaking.kept(made)
    decision, staged = await cleared(made, staged, situation, context, within=patience)
    decision = decision if speaking is None else speaking.kept(decision)
    heard = speaking is not None and bool(speaking.shown)
    if speaking is None or not speaking.cut_short:
        await keep_answer(state, context, decision)
    source = decision.receipt.source
    recalled: list[JsonObject] = (state.get("recalled") or {}).get("memories", [])
    own = source in memories_of
    memory = new_memory(
        situation,
        decision.content if own else None,
        staged if own else (),
        [memory["text"] for memory in recalled],
        base=importance,
    )
    ending = _ending(situation, decision.content)
    commit = Commit(
        decision=decision,
        thread=request.thread_id,
        timeline=decision.receipt.timeline,
        staged=staged,
        memory=memory,
        overheard=overheard(situation, decision.content if own else None, memory, most=overhear),
        talk=TalkPlace.model_validate(state["place"]) if state.get("place") else None,
        turns=_turns(situation, decision.content, spoken=source != "fallback" or heard),
        used=tuple(memory["id"] for memory in recalled),
        experiences=_experiences(situation, decision.content),
        quests=offered_by(decision, request.scene.time),
        stirred=stirring_of(situation),
        affairs=ending.affairs,
        effects=ending.effects,
        at=request.scene.time,
        calls=calls_made(),
    )
    within = context.clock.limit(max(context.time_left(state) - 0.005, 0.001))
    try:
        committed = await context.memory.commit(commit, within=within)
    except RecordError as error:
        log.error(
            "decision_not_recorded", decision=request.id, world=request.world, reason=error.code, error=str(error)
        )
        return _unrecorded(state, decision, error)
    return Step(
        because=None if committed.fresh else "already_decided",
        update={
            "decision": committed.decision.model_dump(mode="json", by_alias=True),
            "messages": [],
            **_open_talks(ending),
        },
    )


def _ending(situation: Situation, content: Content) -> Conclusion:
    """What a decision about a treaty leaves between factions; of any other nothing."""
    return concluded(Table(situation), content) if isinstance(content, DiplomacyDecision) else Conclusion()


def _open_talks(ending: Conclusion) -> DecisionState:
    """The talks after our word, and what is asked of the other side where they are still open."""
    talks = next((one for one in ending.affairs if isinstance(one, Talks)), None)
    if talks is None:
        return {}
    return {
        "talks": talks.model_dump(mode="json"),
        "affairs": [],
        "waiting": asked_for(talks) if talks.status == "open" else None,
    }


def _decision(state: DecisionState, context: Context, staged: tuple[StagedCall, ...]) -> Decision:
    request, graph, receipt = context.request(state), state["graph"], state["receipt"]
    triggered: tuple[GameEvent, ...] = tuple(event for call in staged for event in call.triggered)
    speaking = speaking_now()
    first = speaking.first_after if speaking is not None else None
    fields: dict[str, Any] = {
        **receipt,
        "first_sentence_milliseconds": None if first is None else first * 1_000,
        "versions": {**receipt.get("versions", {}), "graph": f"{graph['name']}@{graph['version']}#{graph['hash']}"},
        "seed": request.seed,
        "language": request.language,
        "timeline": request.timeline or context.memory.timeline(request.world),
        "milliseconds": max(0.0, graph["budget"] - context.time_left(state)) * 1_000,
        "steps": [
            {"node": one["node"], "milliseconds": one["ms"], "outcome": one["outcome"], "because": one["because"]}
            for one in state["trace"]
        ],
    }
    return Decision.model_validate(
        {
            "id": request.id,
            "kind": request.kind,
            "decides": graph["decides"],
            "world": request.world,
            "character": request.character,
            "content": state["content"],
            "tool_results": [call.result for call in staged],
            "triggered_events": triggered,
            "receipt": fields,
        }
    )


def _unrecorded(state: DecisionState, decision: Decision, error: RecordError) -> Step:
    """The decision with a warning, and without effects, unless they are only late."""
    receipt = decision.receipt.model_copy(update={"warnings": (*decision.receipt.warnings, error.code)})
    changes: dict[str, object] = {"receipt": receipt}
    if not isinstance(error, RecordLate):
        changes["triggered_events"] = ()
        changes["tool_results"] = tuple(
            result.model_copy(update={"status": "failed", "reason": error.code})
            if result.status == "applied"
            else result
            for result in decision.tool_results
        )
    unrecorded = decision.model_copy(update=changes)
    return Step(
        because=error.code,
        update={
            "decision": unrecorded.model_dump(mode="json", by_alias=True),
            "messages": [],
            "receipt": note(state, warnings=[error.code]),
        },
    )


def _experiences(situation: Situation, content: Content) -> tuple[Experience, ...]:
    """What is learned from, whoever decided: a boss's plan, an encounter that was set, a fight that ended."""
    own = (experience_of(situation, content),) if isinstance(content, TacticsDecision) else ()
    pacing = pacing_of(situation, content)
    return own if pacing is None else (*own, pacing)


def _turns(situation: Situation, content: Content, *, spoken: bool) -> tuple[Turn, ...]:
    """What was said: by whoever spoke, always; by the character, unless the words were a fallback's. Each turn is known
    to those who heard and understood it; the character answers as loudly, and in the same tongue."""
    turns, request = list[Turn](), situation.request
    event, at = request.event, request.scene.time
    speech = event if isinstance(event, DialogueStarted | DialogueChoice) else None
    loudness: Loudness = speech.loudness if speech else "speak"
    tongue = speech.tongue if speech else None
    if speech is not None and speech.text:
        heard = hearers(situation, speech.speaker, loudness, tongue)
        turns.append(Turn(speaker=speech.speaker, text=speech.text, at=at, heard_by=heard))
    if spoken and isinstance(content, DialogueDecision):
        heard = hearers(situation, request.character, loudness, tongue)
        turns.append(Turn(speaker=request.character, text=content.npc_text, at=at, heard_by=heard))
    return tuple(turns)
