"""Quests: is every one that is accepted possible, and is none that is damaged?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from pydantic import ValidationError

from benchmarks.figures import Figure
from evals.characters.quest_graph import through_the_graph
from evals.characters.quest_player import played
from evals.characters.quest_worlds import Wild, idea, situation_in, wild
from evals.outcome import Asked, Outcome, Verdict
from evals.report import wilson
from rules import complete, decide, judge
from schemas import QuestProposal

SUITE = "characters"
QUESTS, DAMAGED, ASKED, SEED = 1_000, 1_000, 1_000, 6
QUICK = 10
"""A quick run is this many times smaller."""
Quest = dict[str, Any]


async def run(asked: Asked) -> Outcome:
    """Accepted quests played by the independent checker, damaged ones shown to the judge, and a model that proposes
    good, illegal and absurd things to the whole graph."""
    share = QUICK if asked.quick else 1
    accepted, proposals = _accepted(QUESTS // share)
    failed = list[Verdict]()
    for number, (quest, where) in enumerate(accepted):
        for ending, wrong in endings(quest, where):
            if wrong is not None:
                failed.append(Verdict(SUITE, f"quest {number}, {ending}", "possible", passed=False, reason=wrong))
    impossible = len({verdict.case.partition(",")[0] for verdict in failed})
    through = list(_through(accepted, DAMAGED // share))
    for name, count in through:
        if count:
            failed.append(Verdict(SUITE, name, "refused", passed=False, reason=f"{count} got through"))
    got = sum(count for _, count in through)
    graph, found = await through_the_graph(asked, ASKED // share)
    failed += found
    number, tried = len(accepted), DAMAGED // share
    return Outcome(
        [
            _share("accepted quests that can be played to every good ending", number - impossible, number),
            Figure(SUITE, "ideas that the world allows", number / 2 / proposals, f"of {proposals}", None, "higher"),
            _share("damaged quests that are refused", tried - got, tried),
            *graph,
        ],
        failed,
    )


def endings(quest: Mapping[str, Any], where: Wild) -> Iterator[tuple[str, str | None]]:
    """Each ending that is no failure, and what is wrong with its plan; None: nothing."""
    plans = {plan["branch"]: plan for plan in quest["plans"]}
    for branch in quest["branches"]:
        if branch["ending"] != "failure":
            plan = plans.get(branch["id"])
            yield branch["id"], played(quest, plan, where) if plan is not None else "there is no plan"


def _share(case: str, good: int, of: int) -> Figure:
    return Figure(SUITE, case, good / of, f"of {of}", 1.0, "higher", wilson(good, of))


def _accepted(number: int) -> tuple[list[tuple[Quest, Wild]], int]:
    """So many quests that were accepted, each in a world of its own: half by the rules, half ideas that passed the
    judge; and how many ideas there were."""
    found, seed = list[tuple[Quest, Wild]](), SEED * 1_000_000
    while len(found) < number // 2:
        seed += 1
        where = wild(seed)
        found.append((decide("QuestDecision", situation_in(where, seed)).model_dump(mode="json"), where))
    ideas = 0
    while len(found) < number:
        seed, ideas = seed + 1, ideas + 1
        where = wild(seed)
        proposal = QuestProposal.model_validate(idea(where, seed))
        situation = situation_in(where, seed)
        if not judge("QuestDecision", proposal, situation):
            made, _ = complete("QuestDecision", proposal, situation)
            found.append((made.model_dump(mode="json"), where))
    return found, ideas


def _through(accepted: list[tuple[Quest, Wild]], number: int) -> Iterator[tuple[str, int]]:
    """By kind of damage: how many damaged quests the judge let pass, of `number` in all."""
    dice, tried = Random(SEED), 0
    counts = dict.fromkeys(DAMAGES, 0)
    kinds, turn = list(DAMAGES), 0
    while tried < number:
        quest, where = accepted[turn % len(accepted)]
        name = kinds[turn % len(kinds)]
        turn += 1
        proposal = {field: quest[field] for field in QuestProposal.model_fields}
        broken = DAMAGES[name](proposal, where, dice)
        if broken is None:
            continue
        tried += 1
        try:
            read = QuestProposal.model_validate(broken)
        except ValidationError:
            continue
        counts[name] += not judge("QuestDecision", read, situation_in(where, turn))
    yield from counts.items()


def _needed(quest: Quest, kinds: tuple[str, ...]) -> list[Quest]:
    """Objectives of some kinds that an ending needs which is no failure."""
    objectives = {one["id"]: one for one in quest["objectives"]}
    ahead = [one["decided_by"] for one in quest["branches"] if one["ending"] != "failure"]
    needed = set[str]()
    while ahead:
        id_ = ahead.pop()
        if id_ not in needed:
            needed.add(id_)
            ahead += objectives[id_]["after"]
    return [one for one in quest["objectives"] if one["id"] in needed and one["kind"] in kinds]


def _with(quest: Quest, changed: Mapping[str, Any], *added: Quest) -> Quest:
    """The quest with one objective changed, and others before it."""
    steps = [{**one, **changed} if one["id"] == changed["id"] else one for one in quest["objectives"]]
    return {**quest, "objectives": [*steps, *added]}


def _to(quest: Quest, kinds: tuple[str, ...], target: str | None, dice: Random) -> Quest | None:
    needed = _needed(quest, kinds)
    if not needed or target is None:
        return None
    return _with(quest, {"id": dice.choice(needed)["id"], "target": target})


def _burnt(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    return _to(quest, ("reach",), min(where.burnt, default=None), dice)


def _nowhere(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    return _to(quest, ("reach",), "the_moon", dice)


def _dead(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    return _to(quest, ("talk", "defeat", "protect"), min(where.dead, default=None), dice)


def _lost(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    lost = [item for item, holder in where.items.items() if holder is None or holder in where.burnt]
    return _to(quest, ("collect",), lost[0] if lost else None, dice)


def _killed_before(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    """Somebody is to be defeated before they are talked to or given something."""
    needed = [one for one in _needed(quest, ("talk", "deliver", "protect")) if one["target"] in where.homes]
    if not needed or len(quest["objectives"]) > 11:
        return None
    one = dice.choice(needed)
    kill: dict[str, Any] = {"id": "kill", "kind": "defeat", "target": one["target"], "description": "Kill", "after": []}
    return _with(quest, {"id": one["id"], "after": [*one["after"], "kill"]}, kill)


def _cycle(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    waiting = [one for one in _needed(quest, ("reach", "talk", "collect", "deliver", "learn")) if one["after"]]
    if not waiting:
        return None
    one = dice.choice(waiting)
    first = next(other for other in quest["objectives"] if other["id"] == one["after"][0])
    return _with(quest, {"id": first["id"], "after": [*first["after"], one["id"]]})


def _too_soon(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    """Another ending is decided on the way to a good one."""
    objectives = {one["id"]: one for one in quest["objectives"]}
    good = [one for one in quest["branches"] if one["ending"] != "failure"]
    long = [one for one in good if objectives[one["decided_by"]]["after"]]
    if len(good) < 2 or not long:
        return None
    one = dice.choice(long)
    other = next(branch for branch in good if branch is not one)
    early = {**other, "decided_by": objectives[one["decided_by"]]["after"][0]}
    return {**quest, "branches": [early if branch is other else branch for branch in quest["branches"]]}


def _too_dear(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    return {**quest, "rewards": {**quest["rewards"], "gold": 100_000}}


def _dead_giver(quest: Quest, where: Wild, dice: Random) -> Quest | None:
    return {**quest, "giver": min(where.dead)} if where.dead else None


DAMAGES: Mapping[str, Callable[[Quest, Wild, Random], Quest | None]] = {
    "to a burnt place": _burnt,
    "to a place that is none": _nowhere,
    "about the dead": _dead,
    "an item that nobody has": _lost,
    "killed before they are needed": _killed_before,
    "objectives that wait for each other": _cycle,
    "ends too soon": _too_soon,
    "more than may be paid": _too_dear,
    "a dead giver": _dead_giver,
}
