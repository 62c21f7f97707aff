"""Look at the field: is there anything to think about?"""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import Situation
from schemas import Rank


async def size_up(
    state: DecisionState, context: Context, *, plan_for: tuple[Rank, ...] = ()
) -> Step[Literal["plain", "planned", "open"]]:
    """Spare the model what is plain: nobody to fight, or nobody able to. Those of `plan_for` may have a plan."""
    situation = context.situation(state, "size_up")
    because = _plain(situation)
    if because is None:
        planned = situation.sheet is not None and situation.sheet.rank in plan_for
        return Step(outcome="planned" if planned else "open")
    return Step(outcome="plain", because=because, update={"receipt": note(state, reason=because)})


def _plain(situation: Situation) -> str | None:
    actor = situation.actor
    if actor is None or not actor.alive:
        return "not_in_the_fight"
    if any(one.condition.incapacitating for one in actor.conditions):
        return "incapacitated"
    return None if any(enemy.alive for enemy in situation.enemies) else "no_enemy"
