"""Prove that a quest can be finished: find a way through the world to each of its ends that is no failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from rules.quests.ground import PARTY, Ground
from rules.quests.ways import Deeds, Way
from rules.quests.whereabouts import State
from schemas.decisions import Branch, Objective, QuestDecision, QuestProposal
from schemas.quests import BranchPlan, PlanStep

MOST_STATES = 2_000
"""States that a search looks at for one branch. Every quest of 12 objectives whose order is free takes 13; only one
whose objectives undo each other takes many."""
HOURS_A_ROAD = 1
HOURS_A_DEED = 1
"""What a plan is taken to last, by the game's clock: an hour for each road, and one for each objective."""
EVERYDAY = frozenset(("reach", "talk", "learn"))
"""Deeds that happen in passing: they decide a failure only where the game says that they were meant so."""
_HINDERS = ("dead:", "safe:", "gone:", "held:")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a branch cannot be finished."""

    branch: str
    objective: str
    """The step that fails."""
    what: str
    """What it needs and cannot have, and the nearest thing that could."""

    def __str__(self) -> str:
        return f"branch '{self.branch}' cannot be finished: objective '{self.objective}': {self.what}"


@dataclass(frozen=True, slots=True)
class Proof:
    """Which way leads where, and what stands in the way."""

    plans: tuple[BranchPlan, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    states: int = 0
    """How many were looked at."""
    faults: tuple[str, ...] = field(init=False)
    """The flaws as sentences."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "faults", tuple(map(str, self.flaws)))

    @property
    def holds(self) -> bool:
        """Whether every branch that is not a failure can be finished."""
        return not self.flaws


def prove(quest: QuestProposal, ground: Ground) -> Proof:
    """Search a way to each branch that is not a failure: A* over the states of the world, by the number of objectives.

    What a plan does never ends the quest on another branch before its own end, and takes no longer than the branch's
    timer. The same quest on the same ground has the same proof. A search ends after `MOST_STATES`: what was not found
    by then counts as not there.
    """
    plans, flaws, states = list[BranchPlan](), list[Flaw](), 0
    deeds = Deeds(quest, ground)
    for branch in quest.branches:
        if branch.ending == "failure":
            continue
        search = _Search(quest, branch, deeds)
        steps, flaw = search.run()
        states += search.states
        flaw = flaw or _too_long(quest, branch, steps)
        if flaw is not None:
            flaws.append(flaw)
        else:
            plans.append(BranchPlan(branch=branch.id, steps=steps))
    return Proof(tuple(plans), tuple(flaws), states)


def hours_of(steps: tuple[PlanStep, ...]) -> int:
    """How long a plan is taken to last, by the game's clock."""
    return sum(HOURS_A_DEED + HOURS_A_ROAD * len(step.way) for step in steps)


def deciders(quest: QuestProposal) -> Mapping[str, tuple[Branch, ...]]:
    """By objective: the branches that it ends the quest on by being done. Everyday deeds never make it fail."""
    found: dict[str, tuple[Branch, ...]] = {}
    kinds = {one.id: one.kind for one in quest.objectives}
    for branch in quest.branches:
        if branch.ending != "failure" or kinds[branch.decided_by] not in EVERYDAY:
            found[branch.decided_by] = (*found.get(branch.decided_by, ()), branch)
    return found


def needed_for(quest: QuestProposal, last: str) -> tuple[str, ...]:
    """An objective and all that it waits for."""
    objectives = {one.id: one for one in quest.objectives}
    needed, ahead = dict[str, None](), [last]
    while ahead:
        id_ = ahead.pop()
        if id_ not in needed:
            needed[id_] = None
            ahead.extend(objectives[id_].after)
    return tuple(one.id for one in quest.objectives if one.id in needed)


def _too_long(quest: QuestProposal, branch: Branch, steps: tuple[PlanStep, ...]) -> Flaw | None:
    timers = quest.timers if isinstance(quest, QuestDecision) else ()
    given = next((timer.hours for timer in timers if timer.branch == branch.id), None)
    takes = hours_of(steps)
    if given is None or takes <= given:
        return None
    return Flaw(branch.id, branch.decided_by, f"it takes {takes} hours at least, and there are {given}")


@dataclass(order=True, slots=True)
class _Node:
    """A state that was come to, and how."""

    rank: tuple[int, int, int]
    done: int = field(compare=False)
    state: State = field(compare=False)
    before: _Node | None = field(compare=False, default=None)
    objective: Objective | None = field(compare=False, default=None)
    way: Way | None = field(compare=False, default=None)


class _Search:
    """The search for one branch."""

    def __init__(self, quest: QuestProposal, branch: Branch, deeds: Deeds) -> None:
        self._branch, self._deeds, self._ground = branch, deeds, deeds.ground
        self._bits = {one.id: 1 << number for number, one in enumerate(quest.objectives)}
        self._after = {one.id: sum({self._bits[id_] for id_ in one.after}) for one in quest.objectives}
        self._needed = needed_for(quest, branch.decided_by)
        self._mask = sum(self._bits[id_] for id_ in self._needed)
        self._ends = {
            id_: [one.id for one in branches if one.id != branch.id] for id_, branches in deciders(quest).items()
        }
        self._useful = self._relevant(quest)
        self._begin = State((self._ground.here,), _carried(self._ground))
        self.states = 0

    def _relevant(self, quest: QuestProposal) -> tuple[Objective, ...]:
        """What is needed, and what makes what that needs; not what would end the quest on another branch."""
        found, ahead = dict[str, None](), list(self._needed)
        while ahead:
            id_ = ahead.pop()
            if id_ not in found and (id_ in self._needed or not self._ends.get(id_)):
                found[id_] = None
                ahead.extend((*self._deeds.objectives[id_].after, *self._deeds.provided(self._deeds.objectives[id_])))
        return tuple(one for one in quest.objectives if one.id in found)

    def run(self) -> tuple[tuple[PlanStep, ...], Flaw | None]:
        for id_ in self._needed:
            if others := self._ends.get(id_):
                what = f"it would end the quest as branch '{others[0]}': let an objective of its own decide that"
                return (), Flaw(self._branch.id, id_, what)
        if (flaw := self._hopeless()) is not None:
            return (), flaw
        number = count()
        goal = self._bits[self._branch.decided_by]
        first = _Node((self._left(0), 0, next(number)), 0, self._begin)
        ahead, seen, furthest = [first], {(0, self._begin)}, first
        while ahead and self.states < MOST_STATES:
            node = heappop(ahead)
            self.states += 1
            if node.done & goal:
                return self._steps(node), None
            if node.done.bit_count() > furthest.done.bit_count():
                furthest = node
            for objective, way in self._next(node):
                done = node.done | self._bits[objective.id]
                state = State((way.at,), (node.state.holds - way.ends) | way.makes)
                if (done, state) not in seen:
                    seen.add((done, state))
                    rank = (done.bit_count() + self._left(done), -done.bit_count(), next(number))
                    heappush(ahead, _Node(rank, done, state, node, objective, way))
        return (), self._stuck(furthest)

    def _left(self, done: int) -> int:
        """How many objectives have to be done yet, at least: never too many, so the first plan found is a shortest."""
        return (self._mask & ~done).bit_count()

    def _open(self, done: int) -> list[Objective]:
        return [
            one
            for one in self._useful
            if not done & self._bits[one.id] and self._after[one.id] & done == self._after[one.id]
        ]

    def _next(self, node: _Node) -> list[tuple[Objective, Way]]:
        return [
            (objective, way)
            for objective in self._open(node.done)
            for way in self._deeds.ways(objective, node.state)[0]
        ]

    def _hopeless(self) -> Flaw | None:
        """What cannot be done even if nothing that was done were ever undone (the delete relaxation of Hoffmann and
        Nebel 2001): named at once, without a search."""
        done, state = 0, self._begin
        while True:
            fresh = [(one, ways) for one in self._open(done) if (ways := self._eased_ways(one, state)[0])]
            if not fresh:
                break
            for one, ways in fresh:
                done |= self._bits[one.id]
                places = dict.fromkeys((*state.places, *(way.at for way in ways)))
                state = State(tuple(places), state.holds.union(*(way.makes for way in ways)))
        if done & self._bits[self._branch.decided_by]:
            return None
        return self._named(done, state, eased=True)

    def _eased_ways(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        """The ways where nobody has died or come under protection, and nothing is given away."""
        holds = frozenset(one for one in state.holds if not one.startswith(_HINDERS))
        return self._deeds.ways(objective, State(state.places, holds), eased=True)

    def _stuck(self, furthest: _Node) -> Flaw:
        if self.states >= MOST_STATES:
            return Flaw(self._branch.id, self._branch.decided_by, f"no way was found among {MOST_STATES} states")
        return self._named(furthest.done, furthest.state, eased=False)

    def _named(self, done: int, state: State, *, eased: bool) -> Flaw:
        """The first needed objective that is open and cannot be done."""
        for objective in self._open(done):
            ways, why = self._eased_ways(objective, state) if eased else self._deeds.ways(objective, state)
            if objective.id in self._needed and not ways:
                return Flaw(self._branch.id, objective.id, why)
        return Flaw(self._branch.id, self._branch.decided_by, "its objectives undo each other")

    def _steps(self, node: _Node) -> tuple[PlanStep, ...]:
        found = list[PlanStep]()
        while node.before is not None and node.objective is not None and node.way is not None:
            walked = self._ground.way(node.before.state.places[0], node.way.at)
            found.append(
                PlanStep(
                    objective=node.objective.id,
                    at=node.way.at,
                    way=walked or (),
                    item=node.way.item,
                    source=node.way.source,
                )
            )
            node = node.before
        return tuple(reversed(found))


def _carried(ground: Ground) -> frozenset[str]:
    return frozenset(f"has:{item}" for item, holder in ground.items.items() if holder == PARTY)
