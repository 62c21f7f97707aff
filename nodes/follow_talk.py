"""See where the talk stands, and whether its script has the next line."""

from __future__ import annotations

from typing import Literal

from memory import TalkQuery
from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import walk, was_heard
from schemas import DialogueInterrupted


async def follow_talk(state: DecisionState, context: Context) -> Step[Literal["scripted", "free"]]:
    """Look up the place of the talk in its script, and find out whether the next line is written there.

    It is, where the player's words are one of the choices that are open, where a dialogue begins or is gone on with,
    and where a line was cut short: then no model is asked. Nor is one where the character could not hear what was said
    to it, for it must not know. Everything else is free: a model may find words, and the script keeps its place.
    """
    request = context.request(state)
    trees = context.trees_of(request)
    events = (request.event, *request.scene.recent_events)
    talk = await context.memory.talk(
        TalkQuery(
            world=request.world,
            timeline=request.timeline,
            thread=request.thread_id,
            character=request.character,
            facts=frozenset[str]().union(*(tree.facts for tree in trees)),
            quests=frozenset[str]().union(*(tree.quests for tree in trees)),
            cut=frozenset(event.line for event in events if isinstance(event, DialogueInterrupted) and event.line),
        )
    )
    situation = context.situation(state, "follow_talk")
    if not was_heard(situation):
        talk = talk.model_copy(update={"heard": False})
    kept = talk.model_dump(mode="json")
    passage = walk(situation, talk, trees, alone=False)
    if passage is None:
        return Step(outcome="free", update={"talk": kept})
    return Step(
        outcome="scripted",
        because=passage.why,
        update={"talk": kept, "receipt": note(state, reason=passage.why)},
    )
