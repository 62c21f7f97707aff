"""The same fight again and again, for the demo: a boss loses it, and plans anew with what that has taught it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from schemas import Action, CombatAbilityUsed, CombatEnded, Decision, DecisionRequest, GameEvent
from service.loom import Loom

FIGHTS = 2
"""How often it loses before it plans for the last time."""


async def rematch(loom: Loom, first: DecisionRequest) -> AsyncIterator[tuple[DecisionRequest, Decision]]:
    """What the boss of a request for tactics makes of defeats: told the end of each fight, it plans the next one."""
    for number in range(1, FIGHTS + 1):
        ended = _changed(loom, first, f"lost-{number}", *_lost(loom, first))
        yield ended, await loom.decide(ended)
        again = _changed(loom, first, f"again-{number}", first.event)
        yield again, await loom.decide(again)


def _changed(loom: Loom, first: DecisionRequest, name: str, *events: GameEvent) -> DecisionRequest:
    """The request with other events, the last of them to be answered."""
    scene = first.scene.model_dump() | {"recent_events": [event.model_dump() for event in events[:-1]]}
    changes = {"id": f"{first.id}.{name}", "event": events[-1].model_dump(), "scene": scene}
    return loom.read_request(first.model_dump() | changes)


def _lost(loom: Loom, first: DecisionRequest) -> Iterator[GameEvent]:
    """A fight as the game would tell of it: each player uses twice what reaches farthest, and the boss falls."""
    situation = loom.context.situation_of(first, "rematch")
    boss = situation.actor
    enemies = situation.enemies if boss is not None else ()
    for one in (*enemies, *enemies):
        best = max(situation.actions_of(one), key=_furthest, default=None)
        if best is not None:
            yield CombatAbilityUsed(actor=one.id, ability=best.id, targets=(first.character,))
    standing = tuple(one.id for one in enemies)
    fallen = tuple(one.id for one in situation.people if one not in enemies)
    yield CombatEnded(actor=(*standing, first.character)[0], survivors=standing, fallen=fallen)


def _furthest(action: Action) -> tuple[int, int, str]:
    return action.range_ft or 0 if action.kind != "heal" else -1, action.targets, action.id
