"""See how the one who decides stands to the one it is about."""

from __future__ import annotations

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from schemas import DecisionRequest, DiplomaticOffer, DiplomaticReply, Relationship, World


async def weigh_standing(state: DecisionState, context: Context) -> Step:
    """Look up affinity and trust toward whoever the event comes from; between factions, from where they began."""
    request, world = context.request(state), context.world(state)
    character, toward = parties(request)
    if toward is None:
        return Step(because="nobody_else")
    standing = await context.memory.standing(request.world, request.timeline, character, toward)
    return Step(update={"standing": _from_the_start(standing, world).model_dump(mode="json")})


def parties(request: DecisionRequest) -> tuple[str, str | None]:
    """Who decides, and toward whom: the factions of an offer, else the first other one in the event."""
    event = request.event
    if isinstance(event, DiplomaticOffer):
        return event.receiving, event.offering
    if isinstance(event, DiplomaticReply):
        return event.receiving, event.replying
    others = (*(one for one in (getattr(event, "speaker", None), event.primary) if one), *event.involved)
    return request.character, next((other for other in others if other != request.character), None)


def _from_the_start(standing: Relationship, world: World) -> Relationship:
    faction = world.factions.get(standing.character)
    opening = faction.standings.get(standing.toward, 0.0) if faction is not None else 0.0
    if not opening:
        return standing
    return standing.model_copy(
        update={
            "affinity": max(-1.0, min(1.0, standing.affinity + opening)),
            "trust": max(-1.0, min(1.0, standing.trust + opening)),
        }
    )
