"""What a decision of a boss leaves behind to learn from: one stretch of a fight as an experience."""

from __future__ import annotations

from rules.boss.endings import ending
from rules.boss.lessons import KIND, reward
from rules.boss.planning import Council
from rules.situation import Situation
from schemas.decisions import TacticsDecision
from schemas.events import CombatEnded, CombatTurn
from schemas.lives import Experience
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
        focus=None if ended else decision.focus,
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
    """Whether the boss's side won, and how well it went."""
    event = situation.request.event
    if not isinstance(event, CombatEnded):
        return False, 0.0
    scene, me = situation.request.scene, situation.request.character
    actor = scene.entity(me)

    def ours(name: str) -> bool:
        one = scene.entity(name)
        return name == me or (one is not None and actor is not None and one.side == actor.side)

    end = ending(scene, event, ours)
    return end.won, reward(end.own_left, end.theirs_left, won=end.won)
