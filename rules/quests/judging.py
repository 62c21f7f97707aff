"""What the world has against a proposed quest; and what the rules add to one that is accepted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rules.budget import quest_gold, quest_items, quest_xp
from rules.known import Known
from rules.objection import Objection
from rules.quests.ground import ground_of
from rules.quests.proof import Proof, hours_of, prove
from rules.situation import Situation
from schemas.decisions import QuestDecision, QuestProposal
from schemas.events import QuestRequested
from schemas.quests import BranchPlan, Requirement, Timer

HIDDEN = "'{name}' cannot be had or met now: leave it out"
"""In place of why, where the one who is asked has not heard of it."""


def prove_here(quest: QuestProposal, situation: Situation) -> Proof:
    """The proof in a situation: from where the scene is, with all that the record knows."""
    return prove(quest, ground_of(situation, quest.giver))


def told_to(situation: Situation, quest: QuestProposal, sentence: str) -> str:
    """A flaw as the model may read it: what its character has not heard of is not told."""
    named = next((one for one in sorted(situation.tidings.unaware) if f"'{one}'" in sentence), None)
    return sentence if named is None else HIDDEN.format(name=named)


def objections_to_quest(quest: QuestProposal, situation: Situation, facts: Collection[str]) -> Iterator[Objection]:
    """Its giver lives, its objectives are about what there is, every end can be reached, and it pays what it may.

    `facts`: ids of what came to mind, for an objective to learn of.
    """
    known = Known(situation)
    if quest.giver not in known.givers:
        heard = quest.giver in situation.dead and quest.giver not in situation.tidings.unaware
        code, why = ("dead_giver", "is dead") if heard else ("unknown_giver", "is nobody who could give a quest")
        yield Objection(code, "giver", f"'{quest.giver}' {why}; {_one_of(known.givers)}")
    strange = False
    for number, one in enumerate(quest.objectives):
        if known.fits(one.kind, one.target) or (one.kind == "learn" and one.target in facts):
            continue
        strange = True
        what = f"'{one.target}' is nothing that one could {one.kind} here"
        yield Objection("unknown_target", f"objectives[{number}].target", what)
    if not strange:
        for fault in prove_here(quest, situation).faults:
            yield Objection("unreachable", "branches", told_to(situation, quest, fault))
    yield from _rewards(quest, situation, known)


def _rewards(quest: QuestProposal, situation: Situation, known: Known) -> Iterator[Objection]:
    rewards, levels = quest.rewards, situation.party_levels
    for name, given, most in (
        ("xp", rewards.xp, quest_xp(levels)),
        ("gold", rewards.gold, quest_gold(levels)),
        ("items", len(rewards.items), quest_items(levels)),
    ):
        if given > most:
            yield Objection("over_budget", f"rewards.{name}", f"{given} is too much; {most} is the most for this party")
    for number, item in enumerate(rewards.items):
        if item not in known.items:
            yield Objection("unknown_item", f"rewards.items[{number}]", f"there is no item '{item}'")


def complete_quest(quest: QuestProposal, situation: Situation) -> QuestDecision:
    """The quest with its proof, its timers, and what it goes on from."""
    fields = {name: getattr(quest, name) for name in type(quest).model_fields}
    made = QuestDecision(**fields)
    plans = prove_here(made, situation).plans
    event, follows = situation.request.event, situation.tidings.follows
    hours = event.within_hours if isinstance(event, QuestRequested) else None
    timers = made.timers if hours is None else _timers(made, plans, hours)
    requires = made.requires
    if follows is not None and follows.quest not in {one.quest for one in requires}:
        ended = "failed" if follows.status == "failed" else "completed"
        requires = (*requires, Requirement(quest=follows.quest, status=ended))
    return made.model_copy(update={"plans": plans, "timers": timers, "requires": requires})


def _timers(quest: QuestProposal, plans: Sequence[BranchPlan], hours: int) -> tuple[Timer, ...]:
    """The time that was asked for, on every branch that is no failure; never less than its plan takes."""
    takes = {plan.branch: hours_of(plan.steps) for plan in plans}
    return tuple(
        Timer(branch=branch.id, hours=max(hours, takes.get(branch.id, 1), 1))
        for branch in quest.branches
        if branch.ending != "failure"
    )


def _one_of(names: Sequence[str]) -> str:
    return f"possible: {', '.join(names[:12])}" if names else "nothing of the sort is possible"
