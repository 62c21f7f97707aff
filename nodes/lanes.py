"""How urgent a decision is, and whose prompt it has: what endpoints order and place its questions by."""

from __future__ import annotations

from inference import Lane
from nodes.context import Context
from nodes.state import DecisionState
from schemas import DecisionRequest, Rank

_TOLD = {"QuestDecision", "DescriptionDecision"}
"""What the narrator tells a player, whoever's it is."""
_TALK = {"DialogueDecision", "DiplomacyDecision"}


def lane_of(state: DecisionState, context: Context) -> Lane:
    """A player waits for words, a fight for those who shape it; extras are a crowd, in talk and in a fight."""
    decides = state["graph"]["decides"]
    if decides in _TOLD:
        return Lane.PLAYER
    if decides == "EncounterDecision":
        return Lane.BOSS
    request = context.request(state)
    world = context.world(state)
    character = world.characters.get(request.character)
    if character is None:
        return Lane.PLAYER if decides in _TALK and request.character in world.factions else Lane.CROWD
    if decides in _TALK:
        return Lane.CROWD if character.rank is Rank.CROWD else Lane.PLAYER
    return Lane.CROWD if character.rank in (Rank.CROWD, Rank.COMMON) else Lane.BOSS


def affinity_of(request: DecisionRequest) -> str:
    """Prompts of one character begin alike, and their server may still know how."""
    return f"{request.world}/{request.character}"
