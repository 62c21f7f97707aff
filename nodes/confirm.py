"""Hold a finished quest against the present: the world has gone on while it was written."""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.notes import note, validity
from nodes.state import DecisionState
from nodes.step import Step
from nodes.survey import look_around
from rules import complete_quest, objections_to_quest
from schemas import QuestDecision


async def confirm(state: DecisionState, context: Context) -> Step[Literal["stands", "fallen"]]:
    """Look at the record once more, and prove the quest anew where it tells anything new.

    A quest that has become impossible is given up whole: its words, its plans and the calls that were staged for it.
    What is known now stays, so that the rules' own quest heeds it.
    """
    now = (await look_around(state, context)).model_dump(mode="json")
    if now == state.get("tidings"):
        return Step(outcome="stands")
    here: DecisionState = {**state, "tidings": now}
    situation = context.situation(here, "confirm")
    quest = QuestDecision.model_validate(state["content"])
    facts = [fact.id for fact in context.recalled(state).facts]
    if not list(objections_to_quest(quest, situation, facts)):
        content = complete_quest(quest, situation).model_dump(mode="json")
        return Step(outcome="stands", update={"tidings": now, "content": content})
    return Step(
        outcome="fallen",
        because="world_moved_on",
        update={
            "tidings": now,
            "content": None,
            "staged": [],
            "receipt": note(state, reason="world_moved_on", validity=validity(state, world=False)),
        },
    )
