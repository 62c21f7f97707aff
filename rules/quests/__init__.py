"""Quests: what their objectives need and make, the proof that they can be finished, and how they go on."""

from rules.quests.deeds import DEEDS, Deed
from rules.quests.drawing import draw_quest, open_objectives
from rules.quests.ground import PARTY, Ground, ground_of
from rules.quests.judging import complete_quest, objections_to_quest, prove_here, told_to
from rules.quests.progress import OVER, Around, choose, due_of, follow, hours_left, take, time_passed
from rules.quests.proof import MOST_STATES, Flaw, Proof, hours_of, prove
from rules.quests.templates import offer_quest
from rules.quests.tidings import facts_of, items_of, offered_by, tidings_of, unmet

__all__ = [
    "DEEDS",
    "MOST_STATES",
    "OVER",
    "PARTY",
    "Around",
    "Deed",
    "Flaw",
    "Ground",
    "Proof",
    "choose",
    "complete_quest",
    "draw_quest",
    "due_of",
    "facts_of",
    "follow",
    "ground_of",
    "hours_left",
    "hours_of",
    "items_of",
    "objections_to_quest",
    "offer_quest",
    "offered_by",
    "open_objectives",
    "prove",
    "prove_here",
    "take",
    "tidings_of",
    "time_passed",
    "told_to",
    "unmet",
]
