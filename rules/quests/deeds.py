"""What each kind of objective needs and what it makes, in words: the table of docs/quests.md. `ways` does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from schemas.decisions import ObjectiveKind


class Deed(NamedTuple):
    """A kind of objective, in words."""

    target: str
    needs: str
    makes: str
    finished_by: str


DEEDS: Mapping[ObjectiveKind, Deed] = {
    "reach": Deed(
        "a place",
        "the place stands, and there is a way to it (or into it: a town is reached with any of its quarters)",
        "the party is there",
        "`LocationEntered`",
    ),
    "talk": Deed(
        "a character or a faction",
        "they live (a faction: nobody has beaten it), and there is a way to where they are",
        "they have been talked to",
        "`DialogueStarted`, `DialogueChoice`, `DialogueEnded`",
    ),
    "collect": Deed(
        "an item",
        "somebody has it or it lies somewhere, and there is a way there; what the dead had lies with them",
        "the party has it",
        "`ItemPickedUp`; `ItemGiven` to the party",
    ),
    "deliver": Deed(
        "a character, a faction, a place, or the item itself (then: to the giver)",
        "the party has what an earlier `collect` of the quest found; the receiver lives or stands, and can be reached",
        "the receiver has it, and the party no longer",
        "`ItemGiven`, `ItemUsed` on the receiver",
    ),
    "defeat": Deed(
        "a character, a faction, a creature that is there, or a kind of the bestiary",
        "they live, can be reached, are none of the party and do not stand under its protection",
        "they are dead: nobody talks or delivers to them, or protects them, after that",
        "`EntityDied`, `CombatEnded`",
    ),
    "protect": Deed(
        "a character, an item or a place",
        "they live (it is there, it stands), and can be reached",
        "they are safe: this plan does nothing to them any more; a character travels with the party",
        "an objective that waits for it; a timer that runs out while they are well",
    ),
    "learn": Deed(
        "anything that can be named: a character, place, item, concept, fact",
        "a source: the thing itself, or anybody alive outside the party who can be reached",
        "the party knows it",
        "`ItemExamined`, `LocationEntered`, talk with or about it, `SecretRevealed`",
    ),
}
