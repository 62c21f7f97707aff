"""The ways to do an objective: the preconditions and effects that follow from its kind and target.

A state is where the party is, and which conditions hold (`dead:elias`, `has:ledger`): the way that STRIPS says it
(Fikes and Nilsson 1971). `deeds` says the same in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from rules.quests.ground import PARTY, Ground
from rules.quests.whereabouts import State, Whereabouts
from schemas.decisions import Objective, QuestDecision, QuestProposal
from schemas.quests import Condition

ASKED = 3
"""How many of the nearest people are tried as a source."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do an objective."""

    at: str
    makes: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    """What no longer holds."""
    item: str | None = None
    source: str | None = None


class Deeds:
    """The ways to do the objectives of one quest on one ground."""

    def __init__(self, quest: QuestProposal, ground: Ground) -> None:
        self.ground, self.where = ground, Whereabouts(ground)
        self.objectives = {one.id: one for one in quest.objectives}
        rules = quest.conditions if isinstance(quest, QuestDecision) else ()
        self._needs = {one.objective: one.needs for one in rules}
        self._makes = {one.objective: one.makes for one in rules}
        self.giver = quest.giver

    def ways(self, objective: Objective, state: State, *, eased: bool = False) -> tuple[tuple[Way, ...], str]:
        """The ways to do it now; where there are none, why not, in words that a model can mend.

        `eased`: conditions that something does not hold are left aside.
        """
        for need in self._needs.get(objective.id, ()):
            if eased and need.holds is (need.what in ("dead", "gone")):
                continue
            if self._holds(need, state) is not need.holds:
                return (), f"it needs '{need}', and that is not so"
        ways, why = self._of_kind(objective, state)
        changes = self._makes.get(objective.id, ())
        if not ways or not changes:
            return ways, why
        makes = frozenset(f"{one.what}:{one.of}" for one in changes if one.holds)
        ends = frozenset(f"{one.what}:{one.of}" for one in changes if not one.holds)
        return tuple(
            Way(one.at, (one.makes - ends) | makes, one.ends | ends, one.item, one.source) for one in ways
        ), why

    def _of_kind(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        match objective.kind:
            case "reach":
                return self._reach(objective, state)
            case "talk":
                return self._talk(objective, state)
            case "collect":
                return self._collect(objective, state)
            case "deliver":
                return self._deliver(objective, state)
            case "defeat":
                return self._defeat(objective, state)
            case "protect":
                return self._protect(objective, state)
            case "learn":
                return self._learn(objective, state)

    def provided(self, objective: Objective) -> frozenset[str]:
        """The objectives that make what it needs, besides those that it waits for: whoever delivers has to collect."""
        found = set[str]()
        if objective.kind == "deliver":
            found.update(one.id for one in self._collected(objective))
        for need in self._needs.get(objective.id, ()):
            found.update(id_ for id_ in self.objectives if id_ != objective.id and self._may_make(id_, need))
        return frozenset(found)

    def _may_make(self, id_: str, need: Condition) -> bool:
        one = self.objectives[id_]
        by_kind = {"has": "collect", "known": "learn", "dead": "defeat", "with": "protect", "safe": "protect"}
        own = need.holds and by_kind.get(need.what) == one.kind and one.target == need.of
        given = not need.holds and need.what == "has" and one.kind == "deliver"
        return (
            own
            or given
            or any(
                (made.what, made.of, made.holds) == (need.what, need.of, need.holds)
                for made in self._makes.get(id_, ())
            )
        )

    def _holds(self, condition: Condition, state: State) -> bool:
        atom = f"{condition.what}:{condition.of}"
        match condition.what:
            case "dead":
                return (
                    not self.where.alive(condition.of, state)
                    if self.where.mortal(condition.of)
                    else atom in state.holds
                )
            case "gone":
                return condition.of in self.ground.gone or atom in state.holds
            case "has":
                return self.where.holder(condition.of, state) == PARTY
            case _:
                return atom in state.holds

    def _collected(self, objective: Objective) -> list[Objective]:
        """The `collect`s whose finds a `deliver` can mean: those that it waits for, else any of the quest."""
        before, ahead = set[str](), list(objective.after)
        while ahead:
            id_ = ahead.pop()
            if id_ not in before and id_ in self.objectives:
                before.add(id_)
                ahead.extend(self.objectives[id_].after)
        collects = [one for one in self.objectives.values() if one.kind == "collect"]
        if objective.target in self.ground.items or any(one.target == objective.target for one in collects):
            return [one for one in collects if one.target == objective.target]
        return [one for one in collects if one.id in before] or collects

    def _reach(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        target = objective.target
        at = self.where.reachable(target, state) if self.where.stands(target, state) else None
        if at is not None:
            return (Way(at),), ""
        near = (one for one in self.ground.reachable(state.places[0]) if one != state.places[0])
        why = (
            "is gone" if not self.where.stands(target, state) and target in self.ground.gone else self.where.far(state)
        )
        return (), f"'{target}' {why}{self.where.nearest(near, target)} reached"

    def _talk(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        at, why = self._with_somebody(objective.target, state, "talked to")
        return ((Way(at, frozenset((f"met:{objective.target}",))),) if at is not None else ()), why

    def _with_somebody(self, name: str, state: State, done: str) -> tuple[str | None, str]:
        if not self.where.alive(name, state):
            near = (one for one, _ in self.where.people_near(state, (name,)))
            why = "is dead by then" if f"dead:{name}" in state.holds else "is not among the living"
            return None, f"'{name}' {why}{self.where.nearest(near, name)} {done}"
        at = self.where.at_person(name, state)
        if at is None:
            near = (one for one, _ in self.where.people_near(state, (name,)))
            return None, f"'{name}' {self.where.far(state)}{self.where.nearest(near, name)} {done}"
        return at, ""

    def _collect(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        item = objective.target
        at = self.where.at_item(item, state)
        if at is not None:
            ends = frozenset(one for one in state.holds if one.startswith(f"held:{item}>"))
            return (Way(at, frozenset((f"has:{item}",)), ends),), ""
        why = "is held by nobody and lies nowhere" if self.where.holder(item, state) is None else self.where.far(state)
        others = (one for one in self.ground.items if one != item and self.where.at_item(one, state) is not None)
        return (), f"'{item}' {why}{self.where.nearest(others, item)} had"

    def _deliver(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        target = objective.target
        named = target in self.ground.items or any(
            one.kind == "collect" and one.target == target for one in self.objectives.values()
        )
        receiver = self.giver if named else target
        items = [target] if named else [one.target for one in self._collected(objective)]
        if not items:
            return (), f"nothing is there to deliver to '{target}': collect it in an objective before"
        had = [item for item in items if self.where.holder(item, state) == PARTY]
        if not had:
            return (), f"the party does not have '{items[0]}' by then"
        if receiver in self.ground.roads or receiver in self.ground.gone:
            at = self.where.reachable(receiver, state) if self.where.stands(receiver, state) else None
            why = "" if at is not None else f"'{receiver}' {self.where.far(state)}"
        else:
            at, why = self._with_somebody(receiver, state, "given it")
        if at is None:
            return (), why
        gone = frozenset((f"has:{had[0]}",))
        return (Way(at, frozenset((f"held:{had[0]}>{receiver}",)), gone, item=had[0]),), ""

    def _defeat(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        target = objective.target
        if target in self.ground.party:
            return (), f"'{target}' is one of the party"
        if f"safe:{target}" in state.holds:
            return (), f"'{target}' stands under the party's protection by then"
        makes = frozenset((f"dead:{target}",))
        if target not in self.ground.people and target not in self.ground.dead and target in self.ground.creatures:
            return (Way(state.places[0], makes),), ""
        at, why = self._with_somebody(target, state, "defeated")
        return ((Way(at, makes, frozenset((f"with:{target}",))),) if at is not None else ()), why

    def _protect(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        target = objective.target
        safe = f"safe:{target}"
        if target in self.ground.people or target in self.ground.dead:
            at, why = self._with_somebody(target, state, "protected")
            makes = frozenset((safe, f"with:{target}"))
        elif target in self.ground.roads or target in self.ground.gone:
            at = self.where.reachable(target, state) if self.where.stands(target, state) else None
            why, makes = f"'{target}' {self.where.far(state)}", frozenset((safe,))
        else:
            at = self.where.at_item(target, state)
            why, makes = f"'{target}' is nowhere that one could guard it", frozenset((safe,))
        return ((Way(at, makes),), "") if at is not None else ((), why)

    def _learn(self, objective: Objective, state: State) -> tuple[tuple[Way, ...], str]:
        target, found = objective.target, dict[str, str]()
        makes = frozenset((f"known:{target}",))
        if target in self.ground.roads and self.where.stands(target, state):
            if (at := self.where.reachable(target, state)) is not None:
                found[at] = target
        elif target in self.ground.items and (at := self.where.at_item(target, state)) is not None:
            found[at] = target
        for name, place in self.where.people_near(state):
            if place not in found:
                found[place] = name
            if len(found) > ASKED:
                break
        why = f"nobody is left who could tell of '{target}', and it cannot be looked at"
        return tuple(Way(at, makes, source=source) for at, source in found.items()), "" if found else why
