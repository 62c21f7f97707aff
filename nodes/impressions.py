"""How much a moment means to whoever was there, and how strongly they felt it: by rules, from what is known anyway."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schemas import (
    ChangeRelationship,
    CombatAbilityUsed,
    CombatEnded,
    CombatStarted,
    Content,
    DecisionRequest,
    DialogueChoice,
    DialogueDecision,
    DialogueEnded,
    DialogueStarted,
    DiplomacyDecision,
    DiplomaticOffer,
    EmotionalTone,
    EncounterDecision,
    EntityDamaged,
    EntityDied,
    ItemExamined,
    ItemGiven,
    ItemPickedUp,
    ItemUsed,
    LocationEntered,
    LocationExited,
    PlaceDestroyed,
    QuestBranchChosen,
    QuestCompleted,
    QuestDecision,
    QuestObjectiveCompleted,
    QuestRequested,
    QuestStarted,
    RelationshipModified,
    RevealFact,
    SecretRevealed,
    StagedCall,
)

LEAST_WORDS = 4
"""Fewer longer words than this in what was said: a greeting, or a yes."""
_LONGER_WORD = re.compile(r"[^\W\d_]{4,}|\d+")
_GREETING, _ROUTINE = -0.5, -0.25

FELT = {
    EmotionalTone.NEUTRAL: 0.0,
    EmotionalTone.FRIENDLY: 0.2,
    EmotionalTone.SARCASTIC: 0.2,
    EmotionalTone.MYSTERIOUS: 0.2,
    EmotionalTone.JOYFUL: 0.5,
    EmotionalTone.HOSTILE: 0.6,
    EmotionalTone.SAD: 0.6,
    EmotionalTone.FEARFUL: 0.7,
    EmotionalTone.THREATENING: 0.7,
}
"""How strongly somebody feels who speaks like this."""


def importance(base: float, request: DecisionRequest, content: Content | None, staged: Sequence[StagedCall]) -> float:
    """How important a moment is, 0 to 1: `base` for ordinary talk, less for routine, more for what changes a life.

    The weightiest of what happened, what the character did (None: nothing of its own) and what came of it counts.
    """
    weights = [_weight_of_event(request), *(_weight_of_effects(staged))]
    if content is not None:
        weights.append(_weight_of_content(content))
    weight = max(weights)
    return base + (1 - base) * weight if weight >= 0 else base * (1 + weight)


def emotion(request: DecisionRequest, content: Content | None, staged: Sequence[StagedCall]) -> float:
    """How strongly it was felt, 0 to 1: the strongest of the event's, the words' and what came of it."""
    felt = [_felt_in_event(request), *_weight_of_effects(staged)]
    if isinstance(content, DialogueDecision):
        felt.append(FELT[content.tone])
    return max(0.0, *felt)


def _weight_of_event(request: DecisionRequest) -> float:
    """-1 to 1; 0 is what ordinary talk weighs."""
    match request.event:
        case EntityDied() | SecretRevealed() | PlaceDestroyed():
            return 0.9
        case CombatEnded(fallen=fallen):
            return 0.8 if fallen else 0.4
        case QuestCompleted():
            return 0.7
        case EntityDamaged():
            return 0.2 + 0.6 * _share_lost(request)
        case RelationshipModified(affinity=affinity, trust=trust):
            return 0.2 + 0.6 * max(abs(affinity), abs(trust))
        case CombatStarted() | DiplomaticOffer() | QuestStarted() | QuestObjectiveCompleted() | QuestBranchChosen():
            return 0.4
        case CombatAbilityUsed() | QuestRequested():
            return 0.1
        case DialogueStarted(text=str(text)) | DialogueChoice(text=text):
            return 0.0 if len(_LONGER_WORD.findall(text)) >= LEAST_WORDS else _GREETING
        case ItemPickedUp() | ItemGiven() | ItemUsed() | ItemExamined():
            return _ROUTINE
        case LocationEntered() | LocationExited() | DialogueEnded() | DialogueStarted():
            return _GREETING
        case _:
            return 0.0


def _weight_of_content(content: Content) -> float:
    match content:
        case QuestDecision() | DiplomacyDecision():
            return 0.4
        case EncounterDecision():
            return 0.2
        case DialogueDecision(npc_text=text):
            return 0.0 if len(_LONGER_WORD.findall(text)) >= LEAST_WORDS else _GREETING
        case _:
            return 0.0


def _weight_of_effects(staged: Sequence[StagedCall]) -> list[float]:
    weights: list[float] = []
    for call in staged:
        for effect in call.effects:
            match effect:
                case RevealFact():
                    weights.append(0.9)
                case ChangeRelationship(affinity=affinity, trust=trust):
                    weights.append(0.2 + 0.6 * max(abs(affinity), abs(trust)))
                case _:
                    pass
    return weights


def _felt_in_event(request: DecisionRequest) -> float:
    match request.event:
        case EntityDied():
            return 0.9
        case CombatEnded(fallen=fallen):
            return 0.8 if fallen else 0.4
        case SecretRevealed():
            return 0.7
        case CombatStarted():
            return 0.6
        case EntityDamaged():
            return 0.3 + 0.7 * _share_lost(request)
        case CombatAbilityUsed(targets=targets):
            return 0.5 if request.character in targets else 0.3
        case RelationshipModified(affinity=affinity, trust=trust):
            return max(abs(affinity), abs(trust))
        case QuestCompleted() | QuestObjectiveCompleted():
            return 0.4
        case DialogueChoice(tone=str(tone)) if tone in FELT:
            return FELT[EmotionalTone(tone)]
        case _:
            return 0.0


def _share_lost(request: DecisionRequest) -> float:
    """Of the hit points of whoever was hurt, if it was the character; a little, if it was somebody else."""
    event = request.event
    if not isinstance(event, EntityDamaged) or event.entity != request.character:
        return 0.1
    hurt = request.scene.entity(event.entity)
    most = hurt.hit_points.maximum if hurt is not None and hurt.hit_points is not None else 0
    return min(1.0, event.amount / most) if most else 0.3
