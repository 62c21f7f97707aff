"""Prove that a quest can be finished: find an order of objectives to each of its ends that is no failure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from rules.known import Known
from rules.situation import Situation
from schemas.decisions import Branch, Objective, QuestDecision


@dataclass(frozen=True, slots=True)
class Proof:
    """Which way leads where, and what stands in the way."""

    plans: dict[str, tuple[str, ...]]
    """By branch: its objectives in an order in which they can be done."""
    faults: tuple[str, ...]
    """By sentence: which branch cannot be finished, and at which step."""

    @property
    def holds(self) -> bool:
        """Whether every branch that is not a failure can be finished."""
        return not self.faults


def prove(quest: QuestDecision, situation: Situation) -> Proof:
    """Search the orders in which a branch's objectives can be done, the shortest plan first.

    The state is what has been done and who has been defeated by it. An objective opens when all in `after` are done;
    it can be done when what it is about is there: nobody talks to, delivers to or protects somebody whom this plan has
    defeated before. At most 12 objectives make at most 4,096 states a branch.
    """
    known = Known(situation)
    plans: dict[str, tuple[str, ...]] = {}
    faults: list[str] = []
    for branch in quest.branches:
        if branch.ending == "failure":
            continue
        plan, stuck = _plan(quest, branch, known)
        if plan is None:
            faults.append(f"branch '{branch.id}' cannot be finished: {stuck}")
        else:
            plans[branch.id] = plan
    return Proof(plans, tuple(faults))


def _plan(quest: QuestDecision, branch: Branch, known: Known) -> tuple[tuple[str, ...] | None, str]:
    objectives = {objective.id: objective for objective in quest.objectives}
    needed = _needed(branch.decided_by, objectives)
    ahead: deque[tuple[frozenset[str], tuple[str, ...]]] = deque([(frozenset(), ())])
    seen: set[frozenset[str]] = {frozenset()}
    furthest: tuple[str, ...] = ()
    while ahead:
        done, order = ahead.popleft()
        if branch.decided_by in done:
            return order, ""
        furthest = max(furthest, order, key=len)
        defeated = {objectives[id_].target for id_ in done if objectives[id_].kind == "defeat"}
        for id_ in needed:
            objective = objectives[id_]
            if id_ in done or not set(objective.after) <= done or not _possible(objective, known, defeated):
                continue
            after = done | {id_}
            if after not in seen:
                seen.add(after)
                ahead.append((after, (*order, id_)))
    return None, _stuck(needed, objectives, known, furthest)


def _needed(last: str, objectives: dict[str, Objective]) -> tuple[str, ...]:
    """The objective that decides the branch, and all that it waits for."""
    needed: dict[str, None] = {}
    ahead = [last]
    while ahead:
        id_ = ahead.pop()
        if id_ not in needed:
            needed[id_] = None
            ahead.extend(objectives[id_].after)
    return tuple(needed)


def _possible(objective: Objective, known: Known, defeated: set[str]) -> bool:
    if not known.fits(objective.kind, objective.target):
        return False
    return objective.target not in defeated or objective.kind in ("learn", "defeat", "reach", "collect")


def _stuck(needed: tuple[str, ...], objectives: dict[str, Objective], known: Known, done: tuple[str, ...]) -> str:
    """The step at which it fails, in words that a model can mend."""
    for id_ in needed:
        objective = objectives[id_]
        if not known.fits(objective.kind, objective.target):
            return f"objective '{id_}' wants to {objective.kind} '{objective.target}', which is not possible here"
    for id_ in needed:
        if id_ not in done and set(objectives[id_].after) <= set(done):
            objective = objectives[id_]
            return f"objective '{id_}' comes after '{objective.target}' was defeated"
    return "its objectives wait for each other"
