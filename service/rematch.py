"""The same fight again and again, for the demo: a boss fights by its plan, and what comes of it makes the next one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from rules import Situation, Skirmish, read_out, skirmish
from schemas import Decision, DecisionRequest, GameEvent, Scene, TacticsDecision
from service.loom import Loom

FIGHTS = 2
"""How often it fights before it plans for the last time."""


@dataclass(frozen=True, slots=True)
class Fight:
    """A fight to be shown."""

    number: int
    """1 for the first one."""
    boss: str
    """The name of the one who planned it."""
    skirmish: Skirmish
    lines: tuple[tuple[int, str], ...]
    """Round, and what somebody did in it: `Corin Ashe: fireball > Vexal -28`."""


Played = tuple[DecisionRequest, Decision] | Fight
"""What a demo shows: a decision with its question, or a fight."""


async def rematch(loom: Loom, first: DecisionRequest, planned: Decision) -> AsyncIterator[Played]:
    """Fight out the scene of a request for tactics by its plan; told how it ended, the boss plans the next fight."""
    for number in range(1, FIGHTS + 1):
        if not isinstance(planned.content, TacticsDecision):
            return
        situation = loom.context.situation_of(first, f"fight-{number}")
        fought = skirmish(situation, planned.content)
        if fought is None:
            return
        yield Fight(number, _name(situation, fought, first.character), fought, tuple(_told(situation, fought)))
        *before, end = fought.events
        ended = _changed(loom, first, f"fought-{number}", fought.scene, before, end)
        yield ended, await loom.decide(ended)
        again = _changed(loom, first, f"again-{number}", first.scene, (), first.event)
        planned = await loom.decide(again)
        yield again, planned


def _changed(
    loom: Loom, first: DecisionRequest, name: str, scene: Scene, before: Sequence[GameEvent], event: GameEvent
) -> DecisionRequest:
    """The request with another event, and what happened before it."""
    events = {"recent_events": [one.model_dump() for one in before]}
    changes = {"id": f"{first.id}.{name}", "event": event.model_dump(), "scene": scene.model_dump() | events}
    return loom.read_request(first.model_dump() | changes)


def _told(situation: Situation, fought: Skirmish) -> Iterator[tuple[int, str]]:
    """Who did what, to whom, and what it cost: `-9` hit points, `+4` for what was mended, a cross for who fell."""
    for deed in fought.deeds:
        if deed.kind == "wait":
            continue
        what = _called(situation, deed.ability) if deed.ability else situation.say(f"told-{deed.kind}")
        marks = [f"{_name(situation, fought, one.who)} {-one.lost:+d}{' †' if one.fell else ''}" for one in deed.hurt]
        if deed.ability and not marks:
            marks = [
                f"{_name(situation, fought, name)} ({situation.say('told-in-vain')})" for name in deed.aimed_at[:1]
            ]
        yield deed.round, f"{_name(situation, fought, deed.who)}: {what}{' → ' if marks else ''}{', '.join(marks)}"


def _called(situation: Situation, ability: str) -> str:
    key = f"action-{ability.replace('_', '-')}"
    return (
        situation.say(key) if situation.phrasebook.has(key, situation.request.language) else read_out(ability).lower()
    )


def _name(situation: Situation, fought: Skirmish, who: str) -> str:
    """What they are called in a fight: no titles."""
    there = fought.scene.entity(who)
    name = there.name if there is not None and situation.request.scene.entity(who) is None else None
    return (name or situation.name_of(who)).partition(",")[0]
