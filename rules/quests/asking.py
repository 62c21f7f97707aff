"""What a giver makes of the party's history: which template suits, what it pays, and how the request begins."""

from __future__ import annotations

from collections.abc import Mapping

from rules.situation import Situation
from schemas.quests import QuestInShort

SHARE_OF_BUDGET = 0.5
"""What a template quest pays of the most that a quest may, between strangers."""
SHARE_OF_STANDING = 0.2
"""By how much of it that changes from strangers to the best of friends, or down to enemies."""
WARM, COLD = 0.3, -0.3
"""Standing from which somebody asks as a friend; up to which as somebody who has no other choice."""
_TRUSTED: Mapping[str, int] = {"escort": 3, "confront": 3, "hunt": 2, "fetch": 1}
_UNTRUSTED: Mapping[str, int] = {"escort": 1, "confront": 1, "hunt": 2, "fetch": 3}


def standing_of(situation: Situation) -> float:
    """How the giver stands to whoever asks, -1 to 1."""
    return situation.standing.standing if situation.standing else 0.0


def share_of(situation: Situation) -> float:
    """The part of the budget that is paid: 0.5 + 0.2 standing, so 0.3 to 0.7."""
    return SHARE_OF_BUDGET + SHARE_OF_STANDING * standing_of(situation)


def weight_of(plot: str, situation: Situation) -> int:
    """How gladly a template is taken: friends are sent with people and against them, others to fetch and to hunt.

    Never what the party was asked last, as long as there is anything else: 0.
    """
    ledger = situation.tidings.quests
    if ledger and ledger[-1].plot == plot:
        return 0
    standing = standing_of(situation)
    weights = _TRUSTED if standing >= WARM else _UNTRUSTED if standing <= COLD else dict[str, int]()
    return weights.get(plot, 1)


def before(situation: Situation, giver: str) -> QuestInShort | None:
    """The last quest that the party brought to an end for this giver."""
    ended = (one for one in reversed(situation.tidings.quests) if one.status in ("completed", "failed"))
    return next((one for one in ended if one.giver == giver), None)


def opening(situation: Situation, giver: str) -> str:
    """How the request begins; nothing, between strangers without a history."""
    follows, earlier, standing = situation.tidings.follows, before(situation, giver), standing_of(situation)
    if follows is not None:
        hook = follows.hooks[0] if follows.hooks else follows.title
        return situation.say("quest-ask-follows", title=follows.title, hook=hook)
    if earlier is not None:
        key = "quest-ask-failed" if earlier.status == "failed" else "quest-ask-again"
        return situation.say(key, title=earlier.title)
    if standing >= WARM:
        return situation.say("quest-ask-warm")
    return situation.say("quest-ask-cold") if standing <= COLD else ""
