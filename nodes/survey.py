"""See how the world stands that a quest is asked for in: the dead, the burnt, earlier quests, the giver's mind."""

from __future__ import annotations

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from nodes.weigh_standing import weigh_standing
from rules import tidings_of
from schemas import QuestRequested, Tidings


async def survey(state: DecisionState, context: Context) -> Step:
    """Read from the record what a quest has to heed, and how the character stands to whoever asks.

    A quest to go on from (`follows`) that this timeline does not know is left aside, with a warning.
    """
    standing = await weigh_standing(state, context)
    tidings = await look_around(state, context)
    event = context.request(state).event
    lost = isinstance(event, QuestRequested) and event.follows is not None and tidings.follows is None
    update: DecisionState = {**standing.update, "tidings": tidings.model_dump(mode="json")}
    if lost:
        update["receipt"] = note(state, warnings=["quest_unknown"])
    return Step(because="quest_unknown" if lost else None, update=update)


async def look_around(state: DecisionState, context: Context) -> Tidings:
    """What the record knows now. Raises `RecordError` where it cannot be read."""
    request, chronicle = context.request(state), context.memory.chronicle
    facts = await chronicle.tidings(request.world, request.timeline)
    ledger = await chronicle.ledger(request.world, request.timeline)
    return tidings_of(facts, ledger, context.world(state).knowers(request.character), request.event)
