"""What the tests of whole graphs share: good answers for every kind, and what has to hold of every decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, cast

from jsonschema import Draft202012Validator
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from rules import Situation, judge
from rules import decide as decide_by_rules
from schemas import Decision, DecisionRequest, QuestProposal, Settings
from service import Loom

KINDS = ("dialogue", "combat", "encounter", "quest", "diplomacy", "tactics", "description")
ANSWERS = {
    "DialogueDecisionAnswer": "dialogue",
    "CombatDecisionAnswer": "combat",
    "EncounterDecisionAnswer": "encounter",
    "QuestDecisionAnswer": "quest",
    "DiplomacyDecisionAnswer": "diplomacy",
    "TacticsDecisionAnswer": "tactics",
    "DescriptionDecisionAnswer": "description",
}
"""The kind that asks for a schema of that name."""
A_CALL: dict[str, Any] = {
    "tool": "add_knowledge_fact",
    "arguments": {
        "text": "There was talk of the bell again.",
        "kind": "event",
        "topic": "bell_talk",
        "about": ["tamsin_reed"],
        "importance": 0.4,
        "known_by": [],
    },
}

_WORDS: dict[str, dict[str, Any]] = {
    "dialogue": {
        "npc_text": "Two bowls, then, and sit by the stove. What they say of that bell keeps nobody warm.",
        "tone": "friendly",
        "player_variants": [
            {"text": "Who says it, Marta?", "tone": "neutral", "consequence_hint": "She likes a straight question."},
            {"text": "Then let us talk of the soup.", "tone": "joyful", "consequence_hint": None},
        ],
    },
    "combat": {
        "reasoning": "The one in armour is close and bleeding; she goes down first.",
        "move": {"kind": "attack", "ability": "scimitar", "target": "tamsin_reed"},
    },
    "encounter": {
        "creatures": [{"creature": "wolf", "count": 2}],
        "introduction": "Two grey shapes keep pace with you between the ash trees.",
    },
    "diplomacy": {
        "message": "The toll stays. Your carts may have a season of trade, if your purses are as open as your mouths.",
        "answer": "counter",
        "terms": [{"kind": "trade", "days": 90, "gold": 120}],
        "stance": "wary",
    },
    "tactics": {
        "reasoning": "The archer will keep to the door; let her shoot at one of us at a time, and take her first.",
        "stances": ["burst_the_weakest", "spread_out"],
        "focus": "corin_ashe",
    },
    "description": {
        "subject": "drowned_lantern",
        "text": "Smoke first, then onions, then a low room full of wet coats and people who stop talking.",
        "short": "A low, smoky room",
    },
}


def situation(loom: Loom, request: DecisionRequest) -> Situation:
    """What the rules would look at."""
    return loom.context.situation_of(request, "test")


def good_answer(loom: Loom, request: DecisionRequest) -> dict[str, Any]:
    """An answer that the kind's graph accepts as it is, in words that no fallback uses."""
    kind = request.kind
    if kind == "quest":
        made = decide_by_rules("QuestDecision", situation(loom, request)).model_dump(mode="json")
        content = {
            **{name: made[name] for name in QuestProposal.model_fields},
            "title": "A bell nobody rings",
            "summary": "Something rings at night, and somebody should go.",
        }
    else:
        content = deepcopy(_WORDS[kind])
    without_tools = kind in ("encounter", "tactics", "description")
    return {"content": content} if without_tools else {"content": content, "tool_calls": [deepcopy(A_CALL)]}


def says(answer: Mapping[str, Any] | str) -> ScriptedModel:
    """A model that says the same every time."""

    def line(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any] | str:
        del ask, schema
        return answer

    return ScriptedModel(line)


async def objections(loom: Loom, request: DecisionRequest, decision: Decision) -> list[str]:
    """All that the world has against a decision, with every secret of its character in mind."""
    facts = await loom.memory.facts(request.world, request.timeline, knower=request.character)
    secrets = [fact for fact in facts if fact.is_secret]
    found = judge(
        decision.decides, decision.content, situation(loom, request), secrets, known=[fact.id for fact in facts]
    )
    return [f"{one.code}: {one.where}: {one.what}" for one in found]


@lru_cache(maxsize=1)
def published() -> Draft202012Validator:
    """The schema that `loomwright schema` prints."""
    schema = Decision.model_json_schema(mode="serialization", by_alias=True)
    return Draft202012Validator(schema)


def misfits(line: str) -> list[str]:
    """What is wrong with a decision as JSON, by the published schema. NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    value: object = json.loads(line, parse_constant=refuse)
    return [error.message for error in cast("Any", published()).iter_errors(value)]


def player_text(decision: Decision) -> str:
    """All of a decision that a player may come to see."""
    triggered = [event.model_dump_json() for event in decision.triggered_events]
    return "\n".join([decision.content.model_dump_json(), *triggered])


def roomy(settings: Settings) -> Settings:
    """The same settings, with room for a prompt whose tokens are estimated and not counted."""
    return settings.model_copy(update={"model": settings.model.model_copy(update={"context_tokens": 8_192})})
