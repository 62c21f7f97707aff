"""Write the prompt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import Field

from inference import estimate
from memory import fit
from nodes.context import Context
from nodes.knowledge import own_and_other, said_once
from nodes.notes import note
from nodes.prompts import Prompt
from nodes.scene_lines import scene_lines, surroundings
from nodes.shortening import Draft, shortened
from nodes.state import DecisionState, JsonObject
from nodes.step import Step
from nodes.study_lines import plan_lines, stance_lines, study_lines
from nodes.talks_lines import talks_lines, treaty_lines
from rules import Situation, choices, fitting_lines, mood_word, plain_lines
from schemas import Cut, PromptTooLong, World

SPARED = 0.4
"""Of a prompt that was too long or too slow: how much the shorter one saves, where so much can go."""
LEAST_SPARED = 0.1
"""With less there is no point in asking again."""
Budget = Annotated[int, Field(ge=256, le=131_072)]
PROMPT_NAMES = {
    "DialogueDecision": "dialogue",
    "CombatDecision": "combat",
    "EncounterDecision": "encounter",
    "QuestDecision": "quest",
    "DiplomacyDecision": "diplomacy",
    "TacticsDecision": "tactics",
    "DescriptionDecision": "description",
}
_FIGHTING = {"CombatDecision", "TacticsDecision"}
_SPEAKING = {"DialogueDecision", "QuestDecision", "DiplomacyDecision"}


async def compose(
    state: DecisionState, context: Context, *, prompt: str | None = None, budget: Budget | None = None
) -> Step:
    """Write the prompt from its template (None: that of the decision's kind) and cut it to `budget` tokens.

    The conversation gets no more than its own budget, by the settings. What is too long beyond that gets shorter by the
    rules of `nodes.shortening`, and the receipt says what was lost. None: the budget of the settings. Raises
    PromptTooLong when nothing is left to cut.
    """
    name = prompt or PROMPT_NAMES[state["graph"]["decides"]]
    limit = budget or context.asking.context_tokens
    draft, cuts = _draft(state, context, limit)
    values = _values(state, context)
    written = _render(name, context, values, draft)
    if (size := estimate(written.messages)) > limit and context.model is not None:
        size = await context.model.count_tokens(written.messages)
    while size > limit:
        scale = size / estimate(written.messages)
        fitting = _fitted(name, context, values, draft, _Size(limit, scale))
        if fitting is None:
            raise PromptTooLong(f"prompt '{name}' does not fit into {limit} tokens, even with nothing recalled")
        draft, written, more = fitting
        cuts += more
        size = math.ceil(scale * estimate(written.messages))
        if scale < 1 and context.model is not None:
            size = await context.model.count_tokens(written.messages)
    versions = {**state["receipt"].get("versions", {}), "prompt": written.version}
    return Step(
        because="shortened" if cuts else None,
        update={
            "messages": [dict(message) for message in written.messages],
            "receipt": note(state, versions=versions, cuts=_on_receipt(cuts)),
        },
    )


def shorter(state: DecisionState, context: Context) -> DecisionState | None:
    """What the state becomes with a prompt of the same template that is shorter; None: nothing is left to cut.

    The same rules as for a prompt that does not fit, until `SPARED` of it is gone, or as much as can go.
    """
    name = str(state["receipt"].get("versions", {}).get("prompt") or "").partition("#")[0]
    if not name:
        return None
    before = estimate([{"role": turn["role"], "content": turn["content"]} for turn in state["messages"]])
    limit = int((1 - SPARED) * before)
    draft, cuts = _draft(state, context, context.asking.context_tokens)
    fitting = _fitted(name, context, _values(state, context), draft, _Size(limit), as_far_as_it_goes=True)
    if fitting is None:
        return None
    _, written, more = fitting
    if estimate(written.messages) > (1 - LEAST_SPARED) * before:
        return None
    attempts = int(state["receipt"].get("attempts", 0)) + 1  # the one that failed
    receipt = note(state, cuts=_on_receipt(cuts + more), warnings=["prompt_shortened"], attempts=attempts)
    return {"messages": [dict(message) for message in written.messages], "receipt": receipt}


def opening_of(
    context: Context, decides: str, tools: Sequence[str], world: World, character: str, *, language: str = "en"
) -> str:
    """How every prompt of a character begins that asks for such a decision: what a server may know beforehand."""
    known = world.characters[character]
    return context.prompts.opening(
        PROMPT_NAMES[decides],
        {
            "character": known,
            "faction": world.factions.get(known.faction or ""),
            "world": world.info,
            "tools": [context.toolbox.spec(tool) for tool in tools],
            "language": _language_name(language),
            "brief": False,
            "voice": plain_lines(known.sample_lines),
        },
    )


@dataclass(frozen=True, slots=True)
class _Size:
    """How long a prompt may be, and what a token of the estimate is as the server counts."""

    limit: int
    scale: float = 1.0

    def of(self, written: Prompt) -> float:
        return self.scale * estimate(written.messages)


def _draft(state: DecisionState, context: Context, limit: int) -> tuple[Draft, list[Cut]]:
    """All that came to mind, each thing once; of the talk what has room in its own budget."""
    recalled = said_once(context.recalled(state))
    talk = fit(recalled.turns, recalled.summary, budget=min(context.conversation.tokens, limit), count=_tokens)
    lost = recalled.turns[: len(recalled.turns) - len(talk.turns)]
    tokens = sum(_tokens(turn.text) for turn in lost)
    cuts = [Cut(what="turns", how="dropped", count=len(lost), tokens=tokens)] if lost else []
    recalled = recalled.model_copy(update={"turns": talk.turns, "summary": talk.summary})
    return Draft(context.request(state).character, recalled), cuts


def _fitted(
    name: str,
    context: Context,
    values: Mapping[str, object],
    draft: Draft,
    size: _Size,
    *,
    as_far_as_it_goes: bool = False,
) -> tuple[Draft, Prompt, list[Cut]] | None:
    """The draft shortened step by step until its prompt fits, and what that cost; None: it cannot be that short."""
    written = _render(name, context, values, draft)
    tokens, cuts = size.of(written), list[Cut]()
    while tokens > size.limit or not cuts:
        step = shortened(draft)
        if step is None:
            return (draft, written, cuts) if as_far_as_it_goes else None
        draft, cut = step
        written = _render(name, context, values, draft, fresh=False)
        left = size.of(written)
        cuts.append(cut.model_copy(update={"tokens": max(0, round(tokens - left))}))
        tokens = left
    return draft, written, cuts


def _on_receipt(cuts: Sequence[Cut]) -> list[JsonObject]:
    """Steps of one rule as one entry; what was shortened first and then dropped stands there twice."""
    by_rule = dict[tuple[str, str], Cut]()
    for cut in cuts:
        key = (cut.what, cut.how)
        before = by_rule.get(key)
        count, tokens = (before.count, before.tokens) if before else (0, 0)
        by_rule[key] = cut.model_copy(update={"count": count + cut.count, "tokens": tokens + cut.tokens})
    return [cut.model_dump(mode="json") for cut in by_rule.values()]


def _values(state: DecisionState, context: Context) -> dict[str, object]:
    """What a template may use, but for what a draft may cut."""
    request, world = context.request(state), context.world(state)
    situation = context.situation(state, "compose")
    character = world.characters.get(request.character)
    faction = world.factions.get((character.faction if character else request.character) or "")
    graph = state["graph"]
    return {
        "request": request,
        "character": character,
        "faction": faction,
        "world": world.info,
        "place": world.places.get(request.scene.location.id),
        "surroundings": surroundings(situation, fighting=graph["decides"] in _FIGHTING),
        "scene": scene_lines(situation),
        "study": _studied(graph["decides"], situation),
        "stances": stance_lines(situation) if graph["decides"] == "TacticsDecision" else (),
        "voice": plain_lines(character.sample_lines) if character else (),
        "mood": mood_word(situation.mood, situation.swing),
        "lines": fitting_lines(situation) if graph["decides"] in _SPEAKING else (),
        "talks": talks_lines(situation),
        "treaties": treaty_lines(situation) if graph["decides"] == "DiplomacyDecision" else (),
        "standing": situation.standing,
        "tidings": situation.tidings,
        "tools": [context.toolbox.spec(tool) for tool in graph["tools"]],
        "choices": choices(graph["decides"], situation),
        "language": _language_name(request.language),
    }


def _render(name: str, context: Context, values: Mapping[str, object], draft: Draft, *, fresh: bool = True) -> Prompt:
    own, others = own_and_other(draft.recalled.facts, draft.character)
    cut = {"own": own, "recalled": draft.recalled.model_copy(update={"facts": others}), "brief": draft.brief}
    return context.prompts.render(name, {**values, **cut}, fresh=fresh)


def _studied(decides: str, situation: Situation) -> tuple[str, ...]:
    """What a boss brings along: all that it has learned to a plan, its plan to a turn."""
    match decides:
        case "TacticsDecision":
            return study_lines(situation)
        case "CombatDecision":
            return plan_lines(situation)
        case _:
            return ()


@lru_cache(maxsize=4_096)
def _tokens(text: str) -> int:
    """By the safe estimate; turns of a conversation are counted again with each of its decisions."""
    return estimate(text)


@lru_cache(maxsize=64)
def _language_name(tag: str) -> str:
    """`de` is German; a tag that nobody has a name for stands for itself."""
    try:
        return Locale.parse(tag, sep="-").get_language_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag
