"""Know how the character feels, and what life has made of it."""

from __future__ import annotations

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from schemas import Temper


async def feel(state: DecisionState, context: Context) -> Step:
    """Look up the mood that the character was last seen in, fade it until now, and its traits with their drift.

    Whoever has no sheet has no temper of their own: nothing is read for them. Without this step, or where the record
    does not answer, decisions are made by the sheet alone.
    """
    request = context.request(state)
    sheet = context.world(state).characters.get(request.character)
    if sheet is None:
        return Step(because="one_of_many")
    mood, drift = await context.memory.chronicle.temper(request.world, request.timeline, request.character)
    if mood is None and drift is None:
        return Step(because="as_usual")
    temper = Temper.of(sheet.traits, mood, drift, request.character, request.scene.time)
    return Step(update={"temper": temper.model_dump(mode="json")})
