"""What a decision of a boss leaves behind to learn from: one stretch of a fight as an experience."""

from __future__ import annotations

from rules.boss.lessons import KIND, reward
from rules.boss.planning import Council
from rules.situation import Situation
from schemas.decisions import TacticsDecision
from schemas.events import CombatEnded, CombatTurn
from schemas.lives import Experience
from schemas.scene import PresentEntity
from schemas.tactics import Lesson


def experience_of(situation: Situation, decision: TacticsDecision) -> Experience:
    """The experience of a decision: the plan and the players while a fight goes on, and how it went once it is over.

    Its reward is 0 until the fight has ended (`CombatEnded`); then it is that of the whole fight.
    """
    request, council = situation.request, Council(situation)
    seen, mark = council.observed
    ended = isinstance(request.event, CombatEnded)
    won, gained = _outcome(situation) if ended else (False, 0.0)
    lesson = Lesson(
        stances={} if ended else dict.fromkeys(decision.stances, 1.0),
        features=council.features,
        seen=seen,
        fight=_fight(situation),
        rounds=_rounds(situation),
        over=ended,
        won=won,
        reward=gained,
        mark=mark,
    )
    return Experience(
        id=request.id,
        character=request.character,
        kind=KIND,
        decision=request.id,
        situation=lesson.model_dump(mode="json"),
        choice=", ".join(decision.stances),
        outcome=("won" if won else "lost") if ended else "under way",
        reward=gained,
        at=request.scene.time,
    )


def _fight(situation: Situation) -> str:
    """Names the fight: the one that is under way, else a new one that begins with this request."""
    stretches = situation.study.stretches
    begins = not (Council(situation).begun or isinstance(situation.request.event, CombatEnded))
    return situation.request.id if begins or not stretches else stretches[0].fight


def _rounds(situation: Situation) -> int:
    """Rounds since the last decision; 1 where nobody counts."""
    event, stretches = situation.request.event, situation.study.stretches
    fought = sum(one.rounds for one in stretches)
    return max(1, event.round - fought) if isinstance(event, CombatTurn) else 1


def _outcome(situation: Situation) -> tuple[bool, float]:
    """Whether the boss's side won, and how well it went: by who is left, with their hit points where they are known."""
    event = situation.request.event
    if not isinstance(event, CombatEnded):
        return False, 0.0
    scene, me = situation.request.scene, situation.request.character
    actor = scene.entity(me)
    left = {event.actor, *event.survivors} - set(event.fallen)

    def ours(name: str) -> bool:
        one = scene.entity(name)
        return name == me or (one is not None and actor is not None and one.side == actor.side)

    known = {*left, *event.fallen}
    own, theirs = [name for name in known if ours(name)], [name for name in known if not ours(name)]
    own_left = _share_left([scene.entity(name) for name in own], [name in left for name in own])
    theirs_left = _share_left([scene.entity(name) for name in theirs], [name in left for name in theirs])
    won = own_left > 0 and (theirs_left == 0 or ours(event.actor))
    return won, reward(own_left, theirs_left, won=won)


def _share_left(people: list[PresentEntity | None], standing: list[bool]) -> float:
    """Of those who fought, what still stands: by hit points where the scene has them, else by heads."""
    if not people:
        return 0.0
    shares = [
        (one.hit_points.fraction if one is not None and one.hit_points is not None else 1.0) if stands else 0.0
        for one, stands in zip(people, standing, strict=True)
    ]
    return sum(shares) / len(shares)
