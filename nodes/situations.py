"""Which question it is: what must be the same for an answer to serve again, and what need only be alike."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from pydantic import BaseModel

from inference import Question, outlook
from nodes.answer_schema import AnswerSchema
from nodes.context import Context
from nodes.lanes import lane_of
from nodes.state import DecisionState
from rules import mood_word, sampling
from schemas import DecisionRequest, EntityKind, ModelRole, PresentEntity, Recalled

HEARD = frozenset({"DialogueDecision", "DiplomacyDecision", "EncounterDecision", "QuestDecision"})
"""What a player would notice to have heard before. A move may be made again, and a thing looks as it looked."""
WEIGHTY = 0.6
"""From this importance on a memory must be the same: what happened, and not that somebody came by."""
PARTS_OF_A_DAY = 4
TURNING = {
    "en": "no not never none nobody nothing neither nor without cannot who whom whose what where when why how which",
    "de": "nein nicht nie niemals kein keine keinen keiner niemand nichts ohne weder wer wen wem wessen was wo wohin "
    "woher wann warum weshalb wie welche welcher welches",
}
"""Words that turn a sentence around, by language. Vectors hardly see them, so they must be the same."""
_SPOKEN = {"text", "message"}
_PASSING = {"at", "round"}


def question_of(
    state: DecisionState,
    context: Context,
    shape: AnswerSchema[BaseModel],
    *,
    role: ModelRole,
    max_tokens: int,
    temperature: float | None,
) -> Question:
    """The question that `generate` is about to ask, as the cache knows it.

    Its key is made of everything that shapes the answer: world, graph, the whole prompt, the schema and how it is
    asked; not of the seed, for any answer that was accepted will do. Its drawer is made of what another situation must
    share; without one where a secret came to mind.
    """
    request, graph = context.request(state), state["graph"]
    recalled, situation = context.recalled(state), context.situation(state, "reuse")
    base = context.asking.temperature if temperature is None else temperature
    sampled = sampling(base, situation.own_temper)
    asked = {
        "world": request.world,
        "graph": [graph["name"], graph["version"], graph["hash"]],
        "character": request.character,
        "messages": state["messages"],
        "schema": [shape.version, shape.type.model_json_schema()],
        "asked": [role, max_tokens, sampled.temperature, sampled.top_p],
    }
    holds_secret = any(fact.is_secret for fact in recalled.facts)
    ahead = outlook(context.model, role, lane_of(state, context), request.world) if context.model is not None else None
    return Question(
        world=request.world,
        kind=request.kind,
        key=_digest(asked),
        drawer=None if holds_secret else _digest(_shared(state, context, recalled, [role, max_tokens, base])),
        parts=(_words(request), _around(request)),
        hearers=_hearers(request) if graph["decides"] in HEARD else (),
        seed=request.seed,
        models=ahead.models if ahead is not None else frozenset(),
    )


def names_a_player(request: DecisionRequest, texts: tuple[str, ...]) -> bool:
    """Whether these words are for one player only."""
    said = " ".join(texts).casefold()
    return any(name in said for name in _names(request))


def _shared(state: DecisionState, context: Context, recalled: Recalled, how: object) -> dict[str, object]:
    """All but the words that were said and who stands around: who decides, what they are like, what they know."""
    request, world, graph = context.request(state), context.world(state), state["graph"]
    character = world.characters.get(request.character)
    faction = world.factions.get((character.faction if character else request.character) or "")
    place, scene = world.places.get(request.scene.location.id), request.scene
    situation = context.situation(state, "reuse")
    standing = situation.standing
    return {
        "graph": [request.world, graph["name"], graph["version"], graph["hash"], how],
        "prompt": [state["receipt"].get("versions", {}).get("prompt"), state["receipt"].get("cuts")],
        "persona": [request.character, *(one and one.model_dump(mode="json") for one in (character, faction, place))],
        "world": world.info.model_dump(mode="json"),
        "language": request.language,
        "turns": _turns(_words(request), request.language),
        "facts": sorted((fact.id, fact.text) for fact in recalled.facts),
        "memories": sorted(one.text for one in recalled.memories if one.importance >= WEIGHTY),
        "talk": [recalled.summary, *((turn.speaker, turn.text) for turn in recalled.turns)],
        "standing": standing and [round(standing.affinity, 1), round(standing.trust, 1)],
        "study": [state.get("study"), state.get("aim"), state.get("talks"), state.get("affairs")],
        "mood": mood_word(situation.mood, situation.swing),
        "event": _impersonal(request.event.model_dump(mode="json", exclude=_SPOKEN | _PASSING), _players(request)),
        "scene": [
            scene.location.model_dump(mode="json"),
            scene.weather,
            scene.lighting,
            scene.season,
            scene.time.minute * PARTS_OF_A_DAY // 1_440,
        ],
        "company": sorted(one.id for one in scene.present if one.kind is EntityKind.CHARACTER)
        if graph["decides"] in HEARD
        else [],
    }


def _words(request: DecisionRequest) -> str:
    """What was said; where nothing was, what happened."""
    said = getattr(request.event, "text", None) or getattr(request.event, "message", None)
    return said or " ".join((request.event.name, *request.event.concepts)).replace("_", " ")


def _turns(said: str, language: str) -> list[str]:
    """What a sentence turns on: question words, negations, numbers."""
    turning = set(TURNING.get(language.partition("-")[0], "").split())
    words = re.findall(r"\w+", said.casefold().replace("\u2019", "'").replace("n't", " not"))
    return sorted(word for word in words if word in turning or any(map(str.isdigit, word)))


def _around(request: DecisionRequest) -> str:
    """Who stands around, and how they are; players without their names."""
    actor = request.scene.entity(request.character)
    return ". ".join(_seen(one, actor) for one in request.scene.present) or "nobody"


def _seen(one: PresentEntity, actor: PresentEntity | None) -> str:
    said = ["player" if one.kind is EntityKind.PLAYER else one.id, one.side]
    if one.hit_points is not None:
        said.append(f"{one.hit_points.current} of {one.hit_points.maximum} hit points")
    said += sorted(state.condition.value for state in one.conditions)
    if actor is not None and one.position is not None and actor.position is not None:
        said.append(f"{actor.distance(one):.0f} feet away")
    return " ".join(said)


def _hearers(request: DecisionRequest) -> tuple[str, ...]:
    """The players who are there; where none is, whoever follows this conversation on its timeline."""
    return tuple(sorted(_players(request))) or (f"{request.timeline}/{request.thread_id}",)


def _players(request: DecisionRequest) -> frozenset[str]:
    return frozenset(one.id for one in request.scene.present if one.kind is EntityKind.PLAYER)


def _names(request: DecisionRequest) -> Iterator[str]:
    for one in request.scene.present:
        if one.kind is EntityKind.PLAYER:
            for name in (one.id.replace("_", " "), one.name or "", *(one.name or "").split()):
                if name:
                    yield name.casefold()


def _impersonal(value: object, players: frozenset[str]) -> object:
    """The same value, whichever player it is about."""
    match value:
        case str():
            return "player" if value in players else value
        case list():
            return [_impersonal(one, players) for one in cast("list[object]", value)]
        case dict():
            return {key: _impersonal(one, players) for key, one in cast("Mapping[str, object]", value).items()}
        case _:
            return value


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]
