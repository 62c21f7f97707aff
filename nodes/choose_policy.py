"""Decide who decides: the model, or the rules."""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from schemas import Rank, UnitFloat

Way = Step[Literal["model", "rules"]]


async def choose_policy(
    state: DecisionState,
    context: Context,
    *,
    model_for: tuple[Rank, ...] = (),
    share: UnitFloat = 1.0,
) -> Way:
    """Send a `share` of routine decisions to the model, and all of those that `model_for` names.

    The draw is made from the request's seed, so the same request always takes the same road.
    """
    request = context.request(state)
    if request.policy == "rules":
        return _rules(state, "asked_for_rules")
    if context.model is None:
        return _rules(state, "no_model", wanted=request.policy == "model")
    if context.policy.model_share <= 0:
        return _rules(state, "model_switched_off")
    if request.policy == "auto":
        dice = context.dice(state, "choose_policy")
        character = context.world(state).characters.get(request.character)
        rank = character.rank if character is not None else Rank.CROWD
        if not dice.chance(context.policy.model_share) or not (rank in model_for or dice.chance(share)):
            return _rules(state, "rules_by_share")
    if not context.model.available:
        return _rules(state, "model_unavailable", wanted=True)
    if not context.model_in_time(state):
        return _rules(state, "model_too_slow", wanted=True)
    return Step(outcome="model", update={"policy": "model"})


def _rules(state: DecisionState, because: str, *, wanted: bool = False) -> Way:
    """`wanted`: the model was meant to decide and could not, so what the rules say is a fallback."""
    policy = "model" if wanted else "rules"
    return Step(outcome="rules", because=because, update={"policy": policy, "receipt": note(state, reason=because)})
