"""The deterministic decision of every kind: what happens when no model is asked, or none answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.barks import bark
from rules.boss.planning import plan_fight
from rules.describe import describe
from rules.diplomacy import answer_offer
from rules.encounters import prepare_encounter
from rules.fight import choose_move
from rules.quests.templates import offer_quest
from rules.situation import Situation
from rules.talk import speak
from schemas.decisions import Content
from schemas.errors import UnknownThing

DECIDERS: Mapping[str, Callable[[Situation], Content]] = {
    "DialogueDecision": speak,
    "BarkDecision": bark,
    "CombatDecision": choose_move,
    "EncounterDecision": prepare_encounter,
    "QuestDecision": offer_quest,
    "DiplomacyDecision": answer_offer,
    "DescriptionDecision": describe,
    "TacticsDecision": plan_fight,
}
"""Who decides what, by the name of the content. Each is total: it answers every valid request and does no I/O."""


def decide(decides: str, situation: Situation) -> Content:
    """A legal and sensible decision of the kind that a declaration's `decides` names; else raises `UnknownThing`."""
    if decides not in DECIDERS:
        raise UnknownThing("kind of content", decides, DECIDERS)
    return DECIDERS[decides](situation)
