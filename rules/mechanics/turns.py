"""What a creature may do in a turn: an action, a bonus action, a reaction, and its movement (SRD 5.1, "Your Turn")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from rules.mechanics.conditions import SOUND, Plight, can_act

Spent = Literal["action", "bonus_action", "reaction"]
"""What an activity costs."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is left of one's turn. Each step gives a new one; a step that is not possible raises `ValueError`."""

    action: bool = True
    bonus_action: bool = True
    reaction: bool = True
    """Comes back at the start of one's own turn, and may be spent on the turns of others."""
    movement_ft: float = 30
    speed_ft: int = 30
    prone: bool = False

    @classmethod
    def started(cls, speed_ft: int, plight: Plight = SOUND) -> Turn:
        """A turn at its start. Who is incapacitated has no action, bonus action or reaction."""
        able, speed = can_act(plight), int(speed_ft * plight.speed_factor)
        return cls(able, able, able, speed, speed, plight.prone)

    def may(self, what: Spent) -> bool:
        """Whether it is still there."""
        return {"action": self.action, "bonus_action": self.bonus_action, "reaction": self.reaction}[what]

    def spend(self, what: Spent) -> Turn:
        """Without the action, bonus action or reaction."""
        if not self.may(what):
            raise ValueError(f"there is no {what.replace('_', ' ')} left in this turn")
        match what:
            case "action":
                return replace(self, action=False)
            case "bonus_action":
                return replace(self, bonus_action=False)
            case "reaction":
                return replace(self, reaction=False)

    def move_cost(self, feet: float, *, difficult: bool = False) -> float:
        """What so many feet cost: a foot more each on difficult ground, and when crawling (SRD 5.1, "Being Prone")."""
        return feet * (1 + difficult + self.prone)

    def move(self, feet: float, *, difficult: bool = False) -> Turn:
        """Without what the way costs; it may be broken up by actions."""
        cost = self.move_cost(feet, difficult=difficult)
        if feet < 0 or cost > self.movement_ft:
            raise ValueError(f"{feet} feet cost {cost:g}, and {self.movement_ft:g} are left")
        return replace(self, movement_ft=self.movement_ft - cost)

    def stand_up(self) -> Turn:
        """On one's feet, for half of the speed, rounded down."""
        cost = self.speed_ft // 2
        if self.prone and (self.speed_ft == 0 or cost > self.movement_ft):
            raise ValueError(f"standing up costs {cost} feet, and {self.movement_ft:g} are left")
        return replace(self, movement_ft=self.movement_ft - cost, prone=False) if self.prone else self

    def dash(self) -> Turn:
        """The action "Dash": as much movement again as the speed."""
        return replace(self.spend("action"), movement_ft=self.movement_ft + self.speed_ft)
