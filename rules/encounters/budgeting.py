"""What the encounter of a request may be, and what a proposed one is."""

from __future__ import annotations

from collections.abc import Sequence

from rules.budget import BUDGETS, Figures, adjusted, daily_xp, figures_of, most_xp, threshold
from rules.situation import Situation
from schemas.creatures import ChallengeRating
from schemas.decisions import CreatureGroup
from schemas.events import Difficulty, EncounterRequested

NOBODY_ELSE = "commoner"
"""Who is met when the bestiary is empty: a commoner of challenge 0 (SRD 5.1, "Nonplayer Characters")."""


USUAL: Difficulty = "medium"
"""How hard an encounter may be when nobody says."""


def left_open(situation: Situation) -> bool:
    """Whether the request leaves it to the rules how hard the encounter may be."""
    event = situation.request.event
    return not isinstance(event, EncounterRequested) or event.difficulty is None


def asked_difficulty(situation: Situation) -> Difficulty:
    """The most that the encounter may be; where nobody said, what `factor_of` begins from."""
    event = situation.request.event
    return (event.difficulty if isinstance(event, EncounterRequested) else None) or USUAL


def factor_of(situation: Situation) -> float:
    """What the budget is multiplied by, by how the party's fights have ended; 1 where the request says how hard."""
    return situation.aim.factor if situation.aim is not None and left_open(situation) else 1.0


def budget_of(situation: Situation) -> int:
    """The most adjusted XP that the encounter may have: what was asked for, and no more than the day has left (the
    rules of 2024 count no days)."""
    event, asked = situation.request.event, asked_difficulty(situation)
    most = int(most_xp(situation.party_levels, asked) * factor_of(situation))
    if asked in BUDGETS or not isinstance(event, EncounterRequested):
        return most
    return min(most, max(0, daily_xp(situation.party_levels) - event.xp_today))


def usual_of(situation: Situation) -> int:
    """The most adjusted XP of a usual encounter for this party, by the rules that were asked for."""
    return most_xp(situation.party_levels, "moderate" if asked_difficulty(situation) in BUDGETS else USUAL)


def least_of(situation: Situation) -> int:
    """The adjusted XP from which on the encounter is as hard as it is meant to be."""
    return int(threshold(situation.party_levels, asked_difficulty(situation)) * factor_of(situation))


def xp_of(situation: Situation, creature: str) -> int | None:
    """What beating one is worth; None for a creature that nobody knows."""
    if creature in situation.bestiary:
        return situation.bestiary.pages[creature].challenge.xp
    return ChallengeRating(0).xp if creature == NOBODY_ELSE and not situation.bestiary else None


def figures(situation: Situation, groups: Sequence[CreatureGroup]) -> Figures:
    """What the rules say of them; creatures that nobody knows count nothing."""
    return figures_of(
        ((xp_of(situation, group.creature) or 0, group.count) for group in groups),
        situation.party_levels,
        asked_difficulty(situation),
    )


def within_budget(situation: Situation, groups: Sequence[CreatureGroup]) -> bool:
    """Whether they are no harder than asked. A single one of the weakest there is always passes."""
    if figures(situation, groups).adjusted_xp <= budget_of(situation):
        return True
    if sum(group.count for group in groups) != 1:
        return False
    weakest = min((page.challenge.xp for page in situation.bestiary.pages.values()), default=0)
    return (xp_of(situation, groups[0].creature) or 0) <= weakest


def affordable(situation: Situation) -> frozenset[str]:
    """All creatures that may come alone, whatever their theme."""
    budget, size, asked = budget_of(situation), len(situation.party_levels), asked_difficulty(situation)
    pages = situation.bestiary.pages.items()
    cheap = {rating: adjusted(rating.xp, 1, size, asked) <= budget for rating in {page.challenge for _, page in pages}}
    return frozenset(name for name, page in pages if cheap[page.challenge])


def weakest(situation: Situation) -> str:
    """Who may always come."""
    found = min(situation.bestiary.pages.values(), key=lambda page: (page.challenge, page.id), default=None)
    return found.id if found else NOBODY_ELSE
