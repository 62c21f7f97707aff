"""Whether a condition of a dialogue tree holds."""

from __future__ import annotations

from dataclasses import dataclass

from rules.situation import Situation
from rules.standing import standing_of
from schemas.dialogues import Talk, When


@dataclass(frozen=True, slots=True)
class Conditions:
    """What conditions are held against."""

    situation: Situation
    talk: Talk
    flags: frozenset[str]

    def hold(self, when: When) -> bool:
        """Whether all of it holds."""
        if when.always:
            return True
        standing = standing_of(self.situation)
        known = {fact.id for fact in self.talk.facts}
        return (
            (when.standing_at_least is None or standing >= when.standing_at_least)
            and (when.standing_below is None or standing < when.standing_below)
            and known.issuperset(when.knows)
            and known.isdisjoint(when.unknown)
            and set(self.talk.player_knows).issuperset(when.player_knows)
            and self.flags.issuperset(when.flags)
            and self.flags.isdisjoint(when.without)
            and all(self.talk.quests.get(quest, "none") == status for quest, status in when.quests.items())
        )
