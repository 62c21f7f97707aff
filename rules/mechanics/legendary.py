"""What comes back: legendary actions and resistances, and attacks that recharge (SRD 5.1, "Legendary Creatures")."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rules.dice import Dice
from rules.mechanics.checks import Outcome
from rules.mechanics.conditions import SOUND, Plight, can_act
from schemas.creatures import LEGENDARY_ACTIONS_A_ROUND, Action


@dataclass(frozen=True, slots=True)
class Legend:
    """What a legendary creature has left; each step gives a new one."""

    actions: int = LEGENDARY_ACTIONS_A_ROUND
    resistances: int = 0
    """Failed saving throws that it can still turn into successes today."""
    actions_a_round: int = LEGENDARY_ACTIONS_A_ROUND

    def can_use(self, action: Action, *, plight: Plight = SOUND, own_turn: bool = False) -> bool:
        """Whether it may use a legendary action now: at the end of another's turn, and not while incapacitated."""
        cost = action.legendary_cost
        return cost is not None and cost <= self.actions and not own_turn and can_act(plight)

    def use(self, action: Action) -> Legend:
        """Without what the action costs; more than is left raises `ValueError`."""
        if not self.can_use(action):
            raise ValueError(
                f"'{action.id}' costs {action.legendary_cost}, and {self.actions} legendary actions are left"
            )
        return replace(self, actions=self.actions - (action.legendary_cost or 0))

    def turn_started(self) -> Legend:
        """At the start of its own turn: all spent legendary actions are back."""
        return replace(self, actions=self.actions_a_round)

    def resist(self, outcome: Outcome) -> tuple[Outcome, Legend]:
        """A failed saving throw becomes a success, for as long as there are resistances left."""
        if outcome.success or self.resistances <= 0:
            return outcome, self
        return outcome._replace(success=True), replace(self, resistances=self.resistances - 1)


def recharges(action: Action, dice: Dice) -> bool:
    """Whether a used action is back at the start of a turn: a d6 shows its number or more ("Recharge 5-6").

    An action without such a number does not come back this way.
    """
    return action.recharge is not None and dice.die(6) >= action.recharge


def recharge_chance(action: Action) -> float:
    """How likely that is, 0 to 1."""
    return 0.0 if action.recharge is None else (7 - action.recharge) / 6
