"""Who is charged for what goes to models, and how much it was."""

from __future__ import annotations

from typing import NamedTuple


class Account(NamedTuple):
    """What spending is told apart by."""

    world: str
    kind: str
    """The graph's name; `behind_play` for summaries and upkeep."""
    rank: str
    """Of the character that decides; empty behind play."""
    game_day: int
    """Of the game's calendar."""


class Spending(NamedTuple):
    """What was decided, and what went to models for it."""

    decisions: int = 0
    """All that were made, by whomever."""
    asked: int = 0
    """Those that went to a model."""
    tokens: int = 0
    """Of prompts and answers."""
    cost: float = 0.0
    """In the currency of `models.toml`."""

    def plus(self, other: Spending) -> Spending:
        """Both together."""
        decisions, asked, tokens, cost = other
        return Spending(self.decisions + decisions, self.asked + asked, self.tokens + tokens, self.cost + cost)

    def minus(self, other: Spending) -> Spending:
        """What is left without the other."""
        decisions, asked, tokens, cost = other
        return self.plus(Spending(-decisions, -asked, -tokens, -cost))


class BudgetUse(NamedTuple):
    """How much of a budget is used up."""

    budget: str
    of: str
    """`share`, `decisions`, `tokens` or `money`."""
    period: str
    """The day that it counts: `2026-11-21`, or `morning_star, day 3`."""
    used: float
    limit: float


class BudgetAlert(NamedTuple):
    """A budget has passed one of its thresholds; told once a threshold and day."""

    threshold: float
    use: BudgetUse
