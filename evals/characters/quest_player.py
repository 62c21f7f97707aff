"""Play a stored plan in a world, step by step, and see whether it is possible: the independent check of the proof.

It knows worlds as plain values and quests as JSON, and nothing of the rules that found the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.characters.quest_worlds import CONCEPTS, HERO, Wild

IN_PASSING = ("reach", "talk", "learn")
"""What happens by the way: it makes no quest fail."""


@dataclass
class Table:
    """The world while a plan is played."""

    wild: Wild
    place: str
    held: dict[str, str | None]
    """By item: who has it, where it lies; `HERO` has what the party has."""
    dead: set[str]
    done: set[str] = field(default_factory=set[str])
    guarded: set[str] = field(default_factory=set[str])
    company: set[str] = field(default_factory=set[str])

    @classmethod
    def laid(cls, wild: Wild) -> Table:
        """Before the first step. What lay in a burnt place is burnt."""
        held = {item: None if holder in wild.burnt else holder for item, holder in wild.items.items()}
        return cls(wild, wild.start, held, set(wild.dead))

    def is_in(self, place: str) -> bool:
        """Whether the party is there, or in something that lies there."""
        here: str | None = self.place
        while here is not None:
            if here == place:
                return True
            here = self.wild.districts.get(here)
        return False

    def meets(self, name: str) -> bool:
        """Whether somebody living is where the party is."""
        return name in self.wild.homes and name not in self.dead and self._is_beside(name)

    def _is_beside(self, name: str) -> bool:
        home = self.wild.homes[name]
        return name in self.company or home is None or home in self.wild.burnt or self.is_in(home)

    def can_take(self, item: str) -> bool:
        """Whether an item is at hand: carried, lying here, or with somebody who is here, dead or alive."""
        holder = self.held.get(item)
        if holder is None:
            return False
        return holder == HERO or (self._is_beside(holder) if holder in self.wild.homes else self.is_in(holder))

    def walk(self, way: Sequence[str]) -> str | None:
        """Go along a way; what is wrong with it, or None."""
        for there in way:
            if there in self.wild.burnt:
                return f"'{there}' is burnt"
            outer = self.wild.districts
            lies = outer.get(there) == self.place or outer.get(self.place) == there
            if not lies and there not in self.wild.roads[self.place]:
                return f"there is no road from '{self.place}' to '{there}'"
            self.place = there
        return None


def played(quest: Mapping[str, Any], plan: Mapping[str, Any], wild: Wild) -> str | None:
    """Play one plan of a quest; None where it comes to the ending that it is for, else what is impossible in it."""
    table = Table.laid(wild)
    objectives = {one["id"]: one for one in quest["objectives"]}
    branch = next(one for one in quest["branches"] if one["id"] == plan["branch"])
    if quest["giver"] in table.dead:
        return "the giver is dead"
    if not plan["steps"] or plan["steps"][-1]["objective"] != branch["decided_by"]:
        return "it does not come to its ending"
    for step in plan["steps"]:
        objective = objectives[step["objective"]]
        wrong = table.walk(step["way"])
        if wrong is None and table.place != step["at"]:
            wrong = f"it is done at '{step['at']}', and the party is at '{table.place}'"
        if wrong is None and not set(objective["after"]) <= table.done:
            wrong = "it waits for what is not done"
        if wrong is None and objective["id"] in table.done:
            wrong = "it is done already"
        wrong = wrong or _done(objective, step, quest, table)
        if wrong is not None:
            return f"{objective['id']}: {wrong}"
        table.done.add(objective["id"])
        last = step is plan["steps"][-1]
        for other in quest["branches"]:
            counts = other["ending"] != "failure" or objective["kind"] not in IN_PASSING
            if other["id"] != branch["id"] and other["decided_by"] == objective["id"] and counts:
                return f"{objective['id']}: it ends the quest as '{other['id']}'{' too' if last else ' before'}"
    hours = sum(1 + len(step["way"]) for step in plan["steps"])
    given = next((timer["hours"] for timer in quest["timers"] if timer["branch"] == branch["id"]), None)
    return f"it takes {hours} hours, and there are {given}" if given is not None and given < hours else None


def _done(objective: Mapping[str, Any], step: Mapping[str, Any], quest: Mapping[str, Any], table: Table) -> str | None:
    """Do it; what stands in the way, or None."""
    kind, target = objective["kind"], objective["target"]
    if kind == "reach":
        return None if table.is_in(target) else "the party is not there"
    if kind == "talk":
        return None if table.meets(target) else "nobody of that name lives here"
    if kind == "collect":
        if not table.can_take(target):
            return "it is not here"
        table.held[target] = HERO
        return None
    if kind == "deliver":
        return _delivered(target, step["item"], quest, table)
    if kind == "defeat":
        return _defeated(target, table)
    if kind == "protect":
        if target in table.wild.homes:
            if not table.meets(target):
                return "nobody of that name lives here"
            table.company.add(target)
        elif not (table.is_in(target) if target in table.wild.roads else table.can_take(target)):
            return "it is not here"
        table.guarded.add(target)
        return None
    return _learned(target, step["source"], table)


def _delivered(target: str, item: str | None, quest: Mapping[str, Any], table: Table) -> str | None:
    if item is None or table.held.get(item) != HERO:
        return f"the party does not have '{item}'"
    receiver = quest["giver"] if target in table.held else target
    if receiver in table.wild.roads:
        if not table.is_in(receiver):
            return "the party is not there"
    elif not table.meets(receiver):
        return f"'{receiver}' is not here to take it"
    table.held[item] = receiver
    return None


def _defeated(target: str, table: Table) -> str | None:
    if target in table.guarded or target == HERO:
        return "it is under the party's protection"
    if target in table.wild.homes:
        if not table.meets(target):
            return "nobody of that name lives here"
        table.dead.add(target)
        table.company.discard(target)
    return None  # a kind of creature is met anywhere


def _learned(target: str, source: str | None, table: Table) -> str | None:
    known = (*table.wild.homes, *table.wild.roads, *table.held, *CONCEPTS)
    if target not in known or source is None:
        return "there is no source"
    if source in table.wild.homes:
        return None if table.meets(source) else f"'{source}' is not here to ask"
    if source != target:
        return f"'{source}' tells nothing of it"
    there = table.is_in(source) if source in table.wild.roads else table.can_take(source)
    return None if there else "it is not here to be looked at"
