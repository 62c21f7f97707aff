"""What may go to models at all: the kill switch, the budgets, and the gate that holds every call to both."""

from inference.budgets.account import BEHIND_PLAY, account_now, working_for
from inference.budgets.budgets import Budgets
from inference.budgets.gate import GatedEmbedder, GatedModel, GatedReranker
from inference.budgets.keeping import Keeping
from inference.budgets.switch import Switch

__all__ = [
    "BEHIND_PLAY",
    "Budgets",
    "GatedEmbedder",
    "GatedModel",
    "GatedReranker",
    "Keeping",
    "Switch",
    "account_now",
    "working_for",
]
