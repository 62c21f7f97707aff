"""Note where a decision leaves the talk, and what the words did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

from nodes.act import here_of
from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from rules import Situation, remarks, utter, warmed_by, with_way_back
from schemas import BarkDecision, DialogueDecision, Fact, StagedCall, TalkPlace, ToolCall, TreeEffect

STANDING_TOOL = "modify_relationship"
PLAYER_IN_A_TREE = "$player"
"""What stands in the effects of a dialogue for whom the character talks with."""


async def keep_place(state: DecisionState, context: Context) -> Step:
    """Keep the place in the script, stage what the script does there, and let kind or harsh words tell.

    The effects of a dialogue pass the guard as tool calls of a model do. Words change standing by 0.05 at the most,
    once a decision, and not at all where a model has taken a stand on them by a call of its own. A model's own line
    leaves a way back into the script among its answers. Of remarks in passing only which they were is kept.
    """
    if state["graph"]["decides"] == BarkDecision.__name__:
        return _barks(state, context)
    if state["graph"]["decides"] != DialogueDecision.__name__ or state.get("content") is None:
        return Step()
    request = context.request(state)
    situation = context.situation(state, "decide_by_rules")  # the same dice: the same line as was said
    staged = [StagedCall.model_validate(one) for one in state["staged"]]
    content = DialogueDecision.model_validate(state["content"])
    if state["receipt"].get("source") in ("rules", "fallback"):
        said = utter(situation)
        place, new_line, effects = said.place, said.new_line, said.effects
    else:
        content = with_way_back(situation, content)
        place, new_line, effects = _after_a_free_line(situation), True, ()
    if new_line:
        place = place.model_copy(update={"line": request.id})
    staged += _staged(state, context, [_call(one, situation) for one in effects], situation.talk.facts, len(staged))
    staged += _staged(state, context, _by_words(situation, staged), (), len(staged))
    return Step(
        update={
            "content": content.model_dump(mode="json"),
            "staged": [one.model_dump(mode="json") for one in staged],
            "place": place.model_copy(update={"at": request.scene.time}).model_dump(mode="json"),
        }
    )


def _barks(state: DecisionState, context: Context) -> Step:
    """Remarks leave nothing but which ones they were."""
    situation = context.situation(state, "decide_by_rules")
    _, lately = remarks(situation)
    place = situation.talk.place.model_copy(update={"lately": lately, "at": situation.request.scene.time})
    return Step(update={"place": place.model_dump(mode="json")})


def _after_a_free_line(situation: Situation) -> TalkPlace:
    """A line that no script has: the place in the script stays."""
    return situation.talk.place.model_copy(update={"begins": 0, "heard": None})


def _call(effect: TreeEffect, situation: Situation) -> ToolCall:
    player = situation.other
    arguments = {name: _filled(value, player) for name, value in effect.arguments.items()}
    return ToolCall(tool=effect.tool, arguments=arguments)


def _filled(value: JsonValue, player: str) -> JsonValue:
    if isinstance(value, list):
        return [_filled(one, player) for one in value]
    return player if value == PLAYER_IN_A_TREE else value


def _by_words(situation: Situation, staged: Sequence[StagedCall]) -> list[ToolCall]:
    """How the words change standing; not at all, where something else has changed it in this decision."""
    warmth, event = warmed_by(situation.valence), situation.request.event
    speaker = cast("str | None", getattr(event, "speaker", None))
    changed = any(one.result.tool == STANDING_TOOL and one.result.status == "applied" for one in staged)
    if not warmth or speaker in (None, situation.request.character) or not situation.talk.heard or changed:
        return []
    why = situation.say("talk-why-kind" if warmth > 0 else "talk-why-harsh")
    arguments: dict[str, JsonValue] = {"toward": speaker, "affinity": warmth, "trust": 0.0, "reason": why}
    return [ToolCall(tool=STANDING_TOOL, arguments=arguments)]


def _staged(
    state: DecisionState, context: Context, calls: Sequence[ToolCall], facts: Sequence[Fact], first: int
) -> list[StagedCall]:
    """What the guard makes of these calls, numbered on from those that there are."""
    allowed = [tool for tool in state["graph"]["tools"] if tool in context.toolbox.names]
    if not calls or not allowed:
        return []
    here = here_of(state, context, facts)
    found = context.toolbox.guard(calls, allowed=allowed, here=here, limit=len(calls))
    return [
        one.model_copy(update={"result": one.result.model_copy(update={"call": first + number})})
        for number, one in enumerate(found)
    ]
