"""Decide who decides: the model, or the rules."""

from __future__ import annotations

from typing import Literal

from inference import account_now, outlook
from nodes.context import Context
from nodes.lanes import lane_of
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from schemas import ModelRole, Rank, UnitFloat

Way = Step[Literal["model", "rules"]]


async def choose_policy(
    state: DecisionState,
    context: Context,
    *,
    model_for: tuple[Rank, ...] = (),
    share: UnitFloat = 1.0,
    role: ModelRole = "narrator",
) -> Way:
    """Send a `share` of routine decisions to the model, and all of those that `model_for` names.

    The draw is made from the request's seed, so the same request always takes the same road; what budgets cover is
    drawn by their share, too, and stays with the rules once they are used up. `role`: that of the question, for
    endpoints may differ. Where so much waits already that there is no room for one as urgent, or this process makes
    so many decisions that they would be late, rules decide: crowds first.
    """
    request = context.request(state)
    if request.policy == "rules":
        return _rules(state, "asked_for_rules")
    if context.model is None:
        return _rules(state, "no_model", wanted=request.policy == "model")
    if not context.budgets.switch.on:
        return _rules(state, "model_switched_off")
    account = context.account(request)
    if request.policy == "auto":
        dice = context.dice(state, "choose_policy")
        drawn = dice.chance(context.budgets.share(account))
        if not drawn or not (account.rank in model_for or dice.chance(share)):
            return _rules(state, "rules_by_share")
    lane = lane_of(state, context)
    ahead = outlook(context.model, role, lane, request.world)
    if not ahead.available:
        return _rules(state, "model_unavailable", wanted=True)
    if ahead.busy:
        return _rules(state, "model_busy", wanted=True)
    if context.clock.limit(context.time_left(state)) <= ahead.usual_latency:
        return _rules(state, "model_too_slow", wanted=True)
    if not context.pressure.admits(lane, context.clock.limit(context.time_left(state))):
        return _rules(state, "too_many_at_once", wanted=True)
    if account_now() is None:  # a graph that is run by itself: no Loom has counted its decision
        context.budgets.begin(account)
    if not context.budgets.take(account):
        return _rules(state, "budget_used_up", wanted=request.policy == "model")
    return Step(outcome="model", update={"policy": "model"})


def _rules(state: DecisionState, because: str, *, wanted: bool = False) -> Way:
    """`wanted`: the model was meant to decide and could not, so what the rules say is a fallback."""
    policy = "model" if wanted else "rules"
    return Step(outcome="rules", because=because, update={"policy": policy, "receipt": note(state, reason=because)})
