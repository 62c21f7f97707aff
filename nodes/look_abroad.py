"""Look up what stands between the two factions that this is about, and how far their talks have come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from rules import Table, heard, talks_of
from schemas import MINUTES_A_DAY, Affair, AffairChange, Promise, Talks, Treaty, War, WorldTime

LONG_AGO = 1_080
"""Days after which a promise no longer speaks for or against anybody; only its gold still counts."""


async def look_abroad(state: DecisionState, context: Context) -> Step:
    """Read treaties, promises and wars of either side, and the talks that this is a round of.

    It is one where the graph waits for answers: of the talks on the request's thread, with what the other side has just
    put forward, or of new ones.
    """
    request = context.request(state)
    table = Table(context.situation(state, "look_abroad"))
    found = await context.memory.chronicle.affairs(request.world, request.timeline, thread=request.thread or "")
    sides = {table.us, table.them or table.us}
    talks, waits = None, state["graph"].get("waits")
    if waits is not None:
        kept = (one for one in found if isinstance(one, Talks) and one.thread == request.thread)
        rounds, days = waits
        talks = heard(next(kept, None) or talks_of(request, table, rounds=rounds, days=days), request.event)
    bearing = [AffairChange(affair=one).model_dump(mode="json") for one in _bearing(found, sides, request.scene.time)]
    return Step(update={"affairs": bearing, "talks": talks.model_dump(mode="json") if talks is not None else None})


def _bearing(affairs: Iterable[Affair], sides: set[str], at: WorldTime) -> Iterator[Affair]:
    """What bears on either side now."""
    for affair in affairs:
        match affair:
            case Treaty(parties=parties) if sides & set(parties) and affair.binding(at):
                yield affair
            case War():
                yield affair
            case Promise(by=by, toward=toward, gold=gold) if by in sides or (gold and toward in sides):
                if gold or at.total_minutes - affair.at.total_minutes < LONG_AGO * MINUTES_A_DAY:
                    yield affair
            case _:
                continue
