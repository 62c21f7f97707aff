"""How a character stands to whoever it deals with, by the record or by what their factions think."""

from __future__ import annotations

from rules.situation import Situation


def standing_of(situation: Situation) -> float:
    """How the character stands to the other, -1 to 1: what is recorded, else what their factions think, else 0."""
    if situation.standing is not None:
        return situation.standing.standing
    factions, characters = situation.world.factions, situation.world.characters
    mine, theirs = (
        sheet.faction if (sheet := characters.get(who)) is not None else who
        for who in (situation.request.character, situation.other)
    )
    faction = factions.get(mine) if mine is not None else None
    if faction is None or theirs is None:
        return 0.0
    return -1.0 if theirs in faction.at_war_with else faction.standings.get(theirs, 0.0)
