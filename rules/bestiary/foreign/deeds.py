"""All that a creature can do, while it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rules.bestiary.foreign.actions import action_of, spread
from rules.bestiary.foreign.form import ForeignAbility
from rules.bestiary.foreign.gather import Gatherer
from rules.bestiary.foreign.naming import cost_in_name, locale_key, plain_name, slug
from rules.bestiary.foreign.spells import CANTRIPS
from rules.bestiary.foreign.ways import find, sequence_of, way_id, ways_of
from rules.bestiary.foreign.wording import tidy
from schemas.creatures import Action

MOST_WAYS = 3
"""Of a multiattack; further ones are hardly ever better."""

_ONE_OF = re.compile(
    r"(?:makes? one attack with (?:its|his|her)|makes? (?:a|an|one)|uses? (?:its|his|her)) "
    r"([\w' ]+?)(?: attacks?\b| or\b|\.|,|$)"
)


@dataclass
class Deeds:
    """The actions of a creature; what could not be read of them is in `gatherer`."""

    magical: bool = False
    """Whether its weapons are."""
    actions: list[Action] = field(default_factory=list[Action])
    gatherer: Gatherer = field(default_factory=Gatherer)
    names: dict[str, str] = field(default_factory=dict[str, str])
    """Displayed names by locale key."""

    def add(self, ability: ForeignAbility) -> None:
        """Read an action; one that offers a choice becomes several."""
        for one in spread(ability):
            action = self.gatherer.attempt(one.name, lambda one=one: self._made(one))
            if action is None:
                continue
            if any(other.id == action.id for other in self.actions):
                self.gatherer.note(one.name, "is there twice; the first one is kept")
            else:
                self.actions.append(action)

    def flee(self) -> None:
        """Give a creature that can do nothing else something to do."""
        self.gatherer.note("actions", "there are none; it can flee")
        self.actions.append(Action(id="flee", name_key="action-flee", kind="utility"))
        self.names["action-flee"] = "Flee"

    def _made(self, ability: ForeignAbility, id_: str | None = None) -> Action:
        action = action_of(ability, self.gatherer, id_=id_, magical=self.magical)
        self.names[action.name_key] = plain_name(ability.name)
        return action

    def combine(self, ability: ForeignAbility) -> None:
        """Read a multiattack, each way of it, once the simple actions are there."""
        ways, said = list[tuple[str, ...]](), ways_of(ability, self.actions)
        for steps in said:
            sequence = sequence_of(steps, self.actions)
            if sequence is None:
                parts = ", ".join(step.name for step in steps)
                self.gatherer.note(ability.name, f"not all of its parts can be used each turn: {parts}")
            elif len(sequence) > 1 and sequence not in ways:
                ways.append(sequence)
        if not said:
            self.gatherer.note(ability.name, "its parts could not be read")
        key = locale_key("action", plain_name(ability.name))
        for sequence in ways[:MOST_WAYS]:
            others = [one for one in self.actions if one.kind == "multiattack"]
            action = Action(id=way_id(sequence, others), name_key=key, kind="multiattack", sequence=sequence)
            self.actions.insert(len(others), action)
            self.names[key] = plain_name(ability.name)

    def legendary(self, ability: ForeignAbility) -> Action:
        """Read a legendary action; one that says `makes a tail attack` is that attack."""
        name = plain_name(ability.name)
        meant = _ONE_OF.search(tidy(ability.desc))
        source = find(self.actions, meant[1]) if meant else None
        if source is None and slug(name) == "cantrip":
            source = next((one for one in self.actions if one.id in CANTRIPS), None)
        id_ = f"legendary_{slug(name)}" if any(one.id == slug(name) for one in self.actions) else slug(name)
        if source is None:
            made = self._made(ability, id_)
        else:
            made = source.model_copy(update={"id": id_, "recharge": None, "uses_per_day": None})
        return made.model_copy(update={"legendary_cost": cost_in_name(ability.name)})
