"""Whole fights by the rules, fast: fighters on a grid, what they may do, who decides, and how it is likely to end."""

from rules.arena.arena import FIELD_FT, SQUARE_FT, Arena, Order, Orders
from rules.arena.clash import Clash, Spread, clash, power
from rules.arena.fighter import Ailment, Fighter
from rules.arena.greed import Greedy, greedy
from rules.arena.meeting import FOES, PARTY, Meeting, meet
from rules.arena.odds import ArenaFactory, Fights, Tally, mean, odds, summed_up, tally, wilson
from rules.arena.options import Option, Policy, bonus_options, legendary_options, options
from rules.arena.perform import perform
from rules.arena.play import MOST_ROUNDS, Outcome, play, roll_initiative, take_turn
from rules.arena.policies import POLICIES, TACTICAL, Regret, Tactical, random_policy, regret, tactical
from rules.arena.sheet import Deed, Sheet, figures, sheet_of
from rules.arena.weights import ROLES, Weights, weights_of

__all__ = [
    "FIELD_FT",
    "FOES",
    "MOST_ROUNDS",
    "PARTY",
    "POLICIES",
    "ROLES",
    "SQUARE_FT",
    "TACTICAL",
    "Ailment",
    "Arena",
    "ArenaFactory",
    "Clash",
    "Deed",
    "Fighter",
    "Fights",
    "Greedy",
    "Meeting",
    "Option",
    "Order",
    "Orders",
    "Outcome",
    "Policy",
    "Regret",
    "Sheet",
    "Spread",
    "Tactical",
    "Tally",
    "Weights",
    "bonus_options",
    "clash",
    "figures",
    "greedy",
    "legendary_options",
    "mean",
    "meet",
    "odds",
    "options",
    "perform",
    "play",
    "power",
    "random_policy",
    "regret",
    "roll_initiative",
    "sheet_of",
    "summed_up",
    "tactical",
    "take_turn",
    "tally",
    "weights_of",
    "wilson",
]
