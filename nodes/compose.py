"""Write the prompt."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import Field

from inference import estimate
from memory import fit
from nodes.context import Context
from nodes.notes import note
from nodes.prompts import Prompt
from nodes.scene_lines import scene_lines
from nodes.state import DecisionState
from nodes.step import Step
from nodes.study_lines import plan_lines, study_lines
from rules import Situation, choices
from schemas import PromptTooLong, Recalled

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


async def compose(
    state: DecisionState, context: Context, *, prompt: str | None = None, budget: Budget | None = None
) -> Step:
    """Write the prompt from its template (None: that of the decision's kind) and cut it to `budget` tokens.

    The conversation gets no more than its own budget, by the settings. What is cut beyond that, oldest first: turns
    of talk, then their summary, then memories, then the facts that are least to the point. The receipt says how many
    of each. None: the budget of the settings. Raises PromptTooLong when nothing is left to cut.
    """
    name = prompt or PROMPT_NAMES[state["graph"]["decides"]]
    limit = budget or context.asking.context_tokens
    recalled = context.recalled(state)
    talk = fit(recalled.turns, recalled.summary, budget=min(context.conversation.tokens, limit), count=_tokens)
    lost = {"turns": len(recalled.turns) - len(talk.turns), "summary": 0, "memories": 0, "facts": 0}
    recalled = recalled.model_copy(update={"turns": talk.turns, "summary": talk.summary})
    written = _render(name, state, context, recalled)
    while not await _fits(context, written, limit):
        cut = _shorter(recalled, lost)
        if cut is None:
            raise PromptTooLong(f"prompt '{name}' does not fit into {limit} tokens, even with nothing recalled")
        recalled = cut
        written = _render(name, state, context, recalled)
    versions = {**state["receipt"].get("versions", {}), "prompt": written.version}
    corrections = [f"prompt_without_{count}_{what}" for what, count in lost.items() if count]
    return Step(
        because="shortened" if corrections else None,
        update={
            "messages": [dict(message) for message in written.messages],
            "receipt": note(state, versions=versions, warnings=corrections),
        },
    )


def shorter(state: DecisionState, context: Context) -> DecisionState | None:
    """What the state becomes with a prompt of the same template that is shorter; None: nothing is left to cut.

    Half of what came to mind is left out, and again half, until a tenth of the prompt is saved.
    """
    name = str(state["receipt"].get("versions", {}).get("prompt") or "").partition("#")[0]
    recalled = context.recalled(state)
    before = sum(len(message["content"]) for message in state["messages"])
    while name and (recalled.turns or recalled.memories or recalled.facts or recalled.summary):
        recalled = recalled.model_copy(
            update={
                "turns": recalled.turns[-(len(recalled.turns) // 2) :] if len(recalled.turns) > 1 else (),
                "memories": recalled.memories[: len(recalled.memories) // 2],
                "facts": recalled.facts[: len(recalled.facts) // 2],
                "summary": None,
            }
        )
        written = _render(name, state, context, recalled)
        if sum(len(message["content"]) for message in written.messages) <= 0.9 * before:
            messages = [dict(message) for message in written.messages]
            attempts = int(state["receipt"].get("attempts", 0)) + 1  # the one that failed
            return {"messages": messages, "receipt": note(state, warnings=["prompt_halved"], attempts=attempts)}
    return None


def _render(name: str, state: DecisionState, context: Context, recalled: Recalled) -> Prompt:
    request, world = context.request(state), context.world(state)
    situation = context.situation(state, "compose")
    character = world.characters.get(request.character)
    faction = world.factions.get((character.faction if character else request.character) or "")
    graph = state["graph"]
    return context.prompts.render(
        name,
        {
            "request": request,
            "character": character,
            "faction": faction,
            "world": world.info,
            "place": world.places.get(request.scene.location.id),
            "scene": scene_lines(situation),
            "study": _studied(graph["decides"], situation),
            "recalled": recalled,
            "standing": situation.standing,
            "tools": [context.toolbox.spec(tool) for tool in graph["tools"]],
            "choices": choices(graph["decides"], situation),
            "language": _language_name(request.language),
        },
    )


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


async def _fits(context: Context, prompt: Prompt, limit: int) -> bool:
    """By the safe estimate, and only where that is too much by the model's own count."""
    if estimate(prompt.messages) <= limit:
        return True
    return context.model is not None and await context.model.count_tokens(prompt.messages) <= limit


def _shorter(recalled: Recalled, lost: dict[str, int]) -> Recalled | None:
    """Without a third of the oldest turns, else their summary, else fewer memories or facts; None: nothing is left."""
    if recalled.turns:
        cut = -(-len(recalled.turns) // 3)
        lost["turns"] += cut
        return recalled.model_copy(update={"turns": recalled.turns[cut:]})
    if recalled.summary:
        lost["summary"] = 1
        return recalled.model_copy(update={"summary": None})
    if recalled.memories:
        cut = -(-len(recalled.memories) // 3)
        lost["memories"] += cut
        return recalled.model_copy(update={"memories": recalled.memories[:-cut]})
    if recalled.facts:
        cut = -(-len(recalled.facts) // 3)
        lost["facts"] += cut
        return recalled.model_copy(update={"facts": recalled.facts[:-cut]})
    return None
