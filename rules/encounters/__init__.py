"""Who is met: as hard as was asked for, fitting to the place, mixed in their roles, and never harder."""

from rules.encounters.balance import balance
from rules.encounters.budgeting import asked_difficulty, budget_of, figures, left_open, within_budget, xp_of
from rules.encounters.fitting import candidates, shortlist
from rules.encounters.odds import fights_with, heroes_of, party_named
from rules.encounters.pacing import KIND, OWNER, aim_of, pacing_of
from rules.encounters.prepare import prepare_encounter

__all__ = [
    "KIND",
    "OWNER",
    "aim_of",
    "asked_difficulty",
    "balance",
    "budget_of",
    "candidates",
    "fights_with",
    "figures",
    "heroes_of",
    "left_open",
    "pacing_of",
    "party_named",
    "prepare_encounter",
    "shortlist",
    "within_budget",
    "xp_of",
]
