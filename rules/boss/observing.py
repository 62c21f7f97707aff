"""What a scene tells of the players: the events that somebody on the boss's side has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256

from rules.boss.sightings import Doing, Sighting, count
from rules.moves import is_healing
from rules.situation import Situation
from schemas.creatures import Action
from schemas.events import CombatAbilityUsed, EntityDamaged, EventBase, GameEvent, ItemUsed
from schemas.scene import PresentEntity
from schemas.tactics import PlayerModel

_NAMED: dict[str, Doing] = {
    "dodge": "ward",
    "hide": "ward",
    "disengage": "withdraw",
    "flee": "withdraw",
    "retreat": "withdraw",
    "dash": "approach",
}
"""What the actions of everybody are called by games (SRD 5.1, "Actions in Combat")."""


def observe(situation: Situation, mark: str = "", began: frozenset[str] = frozenset()) -> tuple[PlayerModel, str]:
    """What the enemies have done since `mark`, counted, and the new mark.

    `mark` is the last event that was watched before; `began` are those whose first deed in this fight was seen.
    """
    events = (*situation.request.scene.recent_events, situation.request.event)
    fresh = _since(events, mark)
    return count(_sightings(situation, fresh, set(began))), mark_of(events[-1])


def mark_of(event: GameEvent) -> str:
    """A short name for an event, the same wherever it is read."""
    return sha256(event.model_dump_json().encode()).hexdigest()[:12]


def _since(events: Sequence[GameEvent], mark: str) -> Sequence[GameEvent]:
    """What comes after the marked event; all of them, where it is not there any more."""
    if not mark:
        return events
    marks = [mark_of(event) for event in events]
    return events[len(marks) - marks[::-1].index(mark) :] if mark in marks else events


def _sightings(situation: Situation, events: Sequence[GameEvent], began: set[str]) -> Iterator[Sighting]:
    hurt = set[str]()
    for number, event in enumerate(events):
        if isinstance(event, EntityDamaged):
            told = number > 0 and _is_blow_of(events[number - 1], event.source)
            who = situation.request.scene.entity(event.source) if event.source and not told else None
            if who is not None and _watched(situation, who) and _ours(situation, event.entity):
                yield _blow(situation, who, (event.entity,), None, event.damage_type, hurt, first=who.id not in began)
                began.add(who.id)
            hurt.add(event.entity)
        elif isinstance(event, CombatAbilityUsed | ItemUsed):
            who = situation.request.scene.entity(event.actor)
            if who is None or not _watched(situation, who):
                continue
            if isinstance(event, ItemUsed):
                yield Sighting(who.id, "mend" if is_healing(event.item) else "ward", first=who.id not in began)
            else:
                following = events[number + 1] if number + 1 < len(events) else None
                yield _used(situation, who, event, following, hurt, first=who.id not in began)
            began.add(who.id)


def _used(
    situation: Situation,
    who: PresentEntity,
    event: CombatAbilityUsed,
    following: EventBase | None,
    hurt: set[str],
    *,
    first: bool,
) -> Sighting:
    if event.ability in _NAMED:
        return Sighting(who.id, _NAMED[event.ability], first=first)
    action = next((one for one in situation.actions_of(who) if one.id == event.ability), None)
    struck = tuple(target for target in event.targets if _ours(situation, target))
    if (action is not None and action.kind == "heal") or not struck:
        return Sighting(who.id, "mend" if event.targets or action is not None else "ward", first=first)
    kind = following.damage_type if isinstance(following, EntityDamaged) and following.source == who.id else None
    return _blow(situation, who, struck, action, kind, hurt, first=first)


def _blow(
    situation: Situation,
    who: PresentEntity,
    struck: tuple[str, ...],
    action: Action | None,
    kind: str | None,
    hurt: set[str],
    *,
    first: bool,
) -> Sighting:
    target = next(iter(struck))
    several = len(struck) > 1 or (action is not None and (action.area is not None or action.targets > 1))
    side = {one.id for one in (*situation.allies, *((situation.actor,) if situation.actor else ()))}
    harmed = side & hurt
    types = (kind,) if kind else tuple(roll.type for roll in action.damage) if action else tuple[str, ...]()
    return Sighting(
        who.id,
        "area" if several else "strike",
        range_ft=_range(situation, who, target, action),
        damage=types,
        at_leader=situation.request.character in struck,
        at_hurt=target in harmed if harmed and harmed != side else None,
        first=first,
    )


def _range(situation: Situation, who: PresentEntity, target: str, action: Action | None) -> float | None:
    """From where both stand now; where nobody knows, what the action is made for."""
    other = situation.request.scene.entity(target)
    if other is not None and who.position is not None and other.position is not None:
        return who.distance(other)
    if action is None:
        return None
    return float(action.reach_ft or action.range_ft or 0) or None


def _is_blow_of(event: GameEvent, source: str | None) -> bool:
    return isinstance(event, CombatAbilityUsed) and event.actor == source


def _watched(situation: Situation, who: PresentEntity) -> bool:
    """Whether somebody is on the other side, dead or alive."""
    actor = situation.actor
    return actor is not None and actor.hostile_to(who)


def _ours(situation: Situation, target: str) -> bool:
    one, actor = situation.request.scene.entity(target), situation.actor
    return target == situation.request.character or (one is not None and actor is not None and one.side == actor.side)
