"""What a combatant may do now: the legal moves, for whoever chooses one and for whoever checks one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Literal

from rules.mechanics.attacks import reaches
from rules.mechanics.conditions import SOUND, Plight, can_act, movement_ft
from rules.situation import Situation
from schemas.conditions import Condition
from schemas.creatures import Action
from schemas.events import CombatAbilityUsed, CombatTurn
from schemas.scene import EntityKind, PresentEntity

TOUCH_FT = 5
"""How far an arm reaches (SRD 5.1, "Melee Attacks")."""
THROW_FT = 20
"""How far a flask flies (SRD 5.1, "Acid", "Alchemist's Fire")."""
HEALING_WORDS = frozenset({"balm", "bandage", "bandages", "heal", "healing", "poultice", "salve"})
"""An item whose id has one of these words mends whom it is used on."""

Hindrance = Literal["no_target", "target_dead", "not_hostile", "not_ally", "out_of_reach", "charmed"]
"""Why a move against a target is not legal."""


@dataclass(frozen=True)
class Moves:
    """The legal moves of the character that is asked. Nothing but `defend` is legal for one that cannot act."""

    situation: Situation

    @cached_property
    def can_act(self) -> bool:
        """Whether they are there, alive, and neither stunned nor otherwise out of action."""
        actor = self.situation.actor
        return actor is not None and actor.alive and actor.kind is not EntityKind.ITEM and can_act(self.plight)

    @cached_property
    def abilities(self) -> Mapping[str, Action]:
        """What they can use on their turn and have not used up, by id."""
        return self._ready(self.situation.actions_of)

    @cached_property
    def legendary(self) -> Mapping[str, Action]:
        """What they can use between turns, by id; nothing on their own turn (SRD 5.1, "Legendary Actions")."""
        return {} if self.own_turn else self._ready(self.situation.legendary_actions_of)

    def _ready(self, source: Callable[[PresentEntity], tuple[Action, ...]]) -> Mapping[str, Action]:
        actor = self.situation.actor
        if actor is None or not self.can_act:
            return {}
        return {action.id: action for action in source(actor) if not self.spent(action)}

    @cached_property
    def own_turn(self) -> bool:
        """Whether the event is the actor's own doing or turn."""
        event = self.situation.request.event
        return isinstance(event, CombatTurn | CombatAbilityUsed) and event.actor == self.situation.request.character

    @cached_property
    def between_turns(self) -> bool:
        """Whether somebody else has just had a turn: when legendary creatures act."""
        return isinstance(self.situation.request.event, CombatTurn | CombatAbilityUsed) and not self.own_turn

    def spent(self, action: Action) -> bool:
        """Whether the recent events say that it is used up; recharging is taken to last as long as they reach."""
        used = self.situation.used.get(action.id, 0)
        if action.uses_per_day is not None and used >= action.uses_per_day:
            return True
        return action.recharge is not None and used > 0

    @cached_property
    def items(self) -> tuple[str, ...]:
        """What they carry, if they can use it."""
        return self.situation.actor.items if self.situation.actor and self.can_act else ()

    @cached_property
    def plight(self) -> Plight:
        """What their conditions do to them."""
        return Plight.of(self.situation.actor.conditions) if self.situation.actor else SOUND

    @cached_property
    def speed_ft(self) -> int:
        """How far they can walk this turn, once they have stood up."""
        actor = self.situation.actor
        return movement_ft(actor.speed_ft, self.plight) if actor is not None and self.can_act else 0

    @cached_property
    def distances(self) -> Mapping[str, float]:
        """Feet to everybody who is there and alive."""
        actor = self.situation.actor
        return {one.id: actor.distance(one) for one in self.situation.people} if actor else {}

    @cached_property
    def _charmers(self) -> frozenset[str]:
        """Whom the actor cannot attack (SRD 5.1, "Charmed")."""
        conditions = self.situation.actor.conditions if self.situation.actor else ()
        return frozenset(state.source for state in conditions if state.source and state.condition is Condition.CHARMED)

    @cached_property
    def _feared(self) -> frozenset[str]:
        """Whom the actor cannot walk up to (SRD 5.1, "Frightened")."""
        conditions = self.situation.actor.conditions if self.situation.actor else ()
        return frozenset(
            state.source for state in conditions if state.source and state.condition is Condition.FRIGHTENED
        )

    @cached_property
    def _hostile(self) -> frozenset[str]:
        return frozenset(one.id for one in self.situation.enemies)

    @cached_property
    def _friendly(self) -> frozenset[str]:
        return frozenset({self.situation.request.character, *(one.id for one in self.situation.allies)})

    def reach_of(self, action: Action) -> float:
        """How far an action carries, in feet; an action that names no distance carries anywhere it is needed."""
        if action.sequence:
            known = {**self.abilities, **self.legendary}
            return min((self.reach_of(known[part]) for part in action.sequence if _simple(known, part)), default=inf)
        return reaches(action)

    def hindrance(self, action: Action, target: str) -> Hindrance | None:
        """Why the action cannot be used on the target now; None when it can."""
        found = self._whom(target)
        if found is not None:
            return found
        if action.kind != "utility":
            if action.kind == "heal":
                if target not in self._friendly:
                    return "not_ally"
            elif target in self._charmers:
                return "charmed"
            elif target not in self._hostile:
                return "not_hostile"
        moving = 0 if action.legendary_cost is not None else self._walk_to(target)
        return None if self.distances[target] <= self.reach_of(action) + moving else "out_of_reach"

    def item_hindrance(self, item: str, target: str) -> Hindrance | None:
        """Why the item cannot be used on the target now: healing goes to friends by hand, the rest can be thrown."""
        found = self._whom(target)
        if found is not None:
            return found
        healing = is_healing(item)
        if healing and target in self._hostile:
            return "not_ally"
        reach = TOUCH_FT if healing else THROW_FT
        return None if self.distances[target] <= reach + self._walk_to(target) else "out_of_reach"

    def _whom(self, target: str) -> Hindrance | None:
        if target in self.distances:
            return None
        there = self.situation.request.scene.entity(target)
        return "no_target" if there is None or there.alive else "target_dead"

    def _walk_to(self, target: str) -> int:
        return 0 if target in self._feared else self.speed_ft

    def targets_of(self, action: Action) -> tuple[PresentEntity, ...]:
        """Everybody on whom it can be used now."""
        return tuple(one for one in self.situation.people if self.hindrance(action, one.id) is None)

    @property
    def can_flee(self) -> bool:
        """Whether they can get away at all."""
        return self.speed_ft > 0

    @cached_property
    def usable(self) -> Mapping[str, tuple[str, ...]]:
        """On whom each ability can be used now; abilities without any target are left out."""
        found = {name: tuple(one.id for one in self.targets_of(action)) for name, action in self.abilities.items()}
        return {name: targets for name, targets in found.items() if targets}

    @cached_property
    def usable_legendary(self) -> Mapping[str, tuple[str, ...]]:
        """On whom each legendary action can be used now."""
        found = {name: tuple(one.id for one in self.targets_of(action)) for name, action in self.legendary.items()}
        return {name: targets for name, targets in found.items() if targets}

    @cached_property
    def usable_items(self) -> Mapping[str, tuple[str, ...]]:
        """On whom each item can be used now."""
        found = {
            item: tuple(one.id for one in self.situation.people if self.item_hindrance(item, one.id) is None)
            for item in self.items
        }
        return {item: targets for item, targets in found.items() if targets}


def is_healing(item: str) -> bool:
    """Whether an item mends, by the words of its id."""
    return not HEALING_WORDS.isdisjoint(re.split(r"[_.:-]", item))


def moves_open(situation: Situation) -> tuple[str, ...]:
    """The kinds of combat move that are legal now; `defend` always is."""
    moves = Moves(situation)
    kinds = {
        "attack": bool(moves.usable),
        "defend": True,
        "use_item": bool(moves.usable_items),
        "flee": moves.can_flee,
        "legendary_action": bool(moves.usable_legendary),
    }
    return tuple(kind for kind, legal in kinds.items() if legal)


def _simple(known: Mapping[str, Action], part: str) -> bool:
    """Whether a part of a multiattack is there and has no parts of its own."""
    return part in known and not known[part].sequence
