"""How hard the next encounter is meant to be, where the request leaves that open: by how the party's fights have ended.

Nothing is kept but experiences on a timeline: what was set, and how fights ended. The level is computed from them anew,
by the law of `rules.boss.difficulty`, so a world that goes back has forgotten what came later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import exp, log

from pydantic import ValidationError

from rules.boss.difficulty import FURTHEST, Result, next_level, win_rate
from rules.boss.difficulty import strength_of as strength
from rules.boss.endings import ending
from rules.boss.observing import mark_of
from rules.budget import most_xp
from rules.encounters.budgeting import USUAL, budget_of, usual_of
from rules.known import Known
from rules.situation import Situation
from schemas.decisions import Content, EncounterDecision
from schemas.events import CombatEnded, CombatStarted, CombatTurn
from schemas.lives import Experience
from schemas.pacing import Aim, Bout, FightEnd, Why

KIND = "pacing"
"""Of the experiences."""
OWNER = "party"
"""Whose experiences they are: nobody's in particular, of those who play."""


def aim_of(situation: Situation, experiences: Iterable[Experience]) -> Aim:
    """The level for the encounter of a request that names no difficulty, from the experiences of `OWNER`, the oldest
    first, and from what the request itself tells of fights that ended.

    It moves by one bounded step at most for each encounter, only after a fight has ended, never while one is on, and
    not beyond what a deadly encounter may be. A fight that was set by nobody here counts as one of the present level.
    """
    party, present, pending, news = _party(situation), 0.0, None, False
    results, seen = list[Result](), set[str]()
    for bout in (*_bouts(experiences), Bout(party=party, ended=tuple(_ends(situation)))):
        if party and bout.party and set(party).isdisjoint(bout.party):
            continue
        for end in bout.ended:
            if end.mark not in seen:
                seen.add(end.mark)
                results.append(Result(present if pending is None else pending, end.margin))
                pending, news = None, True
        pending = bout.level if bout.level is not None else pending
        if bout.aimed is not None:
            present, news = bout.aimed, False
    wins = win_rate(strength(results), present)
    if _in_a_fight(situation):
        return _aim(present, wins if results else None, len(results), "in_a_fight")
    if not results:
        return _aim(present, None, 0, "usual")
    following = next_level(results, present=present) if news else None
    level = present if following is None else min(following.level, _highest(situation))
    if following is None or level == present:
        return _aim(present, wins, len(results), "kept")
    return _aim(level, win_rate(strength(results), level), len(results), "hardened" if level > present else "eased")


def pacing_of(situation: Situation, content: Content) -> Experience | None:
    """What a decision adds to that: fights that its request tells of, and the encounter that it sets; None: neither."""
    request = situation.request
    sets = isinstance(content, EncounterDecision)
    told = tuple(_ends(situation, recent=sets))
    if not sets and not told:
        return None
    level = max(-FURTHEST, min(FURTHEST, log(max(1, budget_of(situation)) / usual_of(situation)))) if sets else None
    bout = Bout(
        party=_party(situation),
        ended=told,
        level=level,
        aimed=content.aim.level if isinstance(content, EncounterDecision) and content.aim is not None else None,
    )
    margins = [end.margin for end in told]
    return Experience(
        id=request.id if sets else f"{KIND}.{told[-1].mark}",
        character=OWNER,
        kind=KIND,
        decision=request.id,
        situation=bout.model_dump(mode="json"),
        choice=", ".join(f"{one.count} {one.creature}" for one in content.creatures) if sets else "",
        outcome=", ".join("won" if margin > 0 else "lost" for margin in margins) or "not fought yet",
        reward=sum(margins) / len(margins) if margins else 0.0,
        at=request.scene.time,
    )


def _bouts(experiences: Iterable[Experience]) -> Iterator[Bout]:
    """What a game tells of its own and is no bout is passed over."""
    for one in experiences:
        try:
            yield Bout.model_validate(one.situation)
        except ValidationError:
            continue


def _ends(situation: Situation, *, recent: bool = True) -> Iterator[FightEnd]:
    """Fights of the party that the request tells the end of."""
    scene, event = situation.request.scene, situation.request.event
    party = Known(situation).party
    sides = {one.side for one in scene.present if one.id in party} - {"neutral"}

    def ours(name: str) -> bool:
        one = scene.entity(name)
        return name in party or (one is not None and one.side in sides)

    for told in (*(scene.recent_events if recent else ()), event):
        if isinstance(told, CombatEnded) and (end := ending(scene, told, ours)).there:
            yield FightEnd(margin=round(end.margin, 3), mark=mark_of(told))


def _party(situation: Situation) -> tuple[str, ...]:
    return tuple(sorted(Known(situation).party))[:64]


def _in_a_fight(situation: Situation) -> bool:
    """Whether the last thing that is known of a fight is not its end."""
    for event in reversed((*situation.request.scene.recent_events, situation.request.event)):
        if isinstance(event, CombatEnded):
            return False
        if isinstance(event, CombatStarted | CombatTurn):
            return True
    return False


def _highest(situation: Situation) -> float:
    """What a deadly encounter may be."""
    levels = situation.party_levels
    return log(most_xp(levels, "deadly") / most_xp(levels, USUAL))


def _aim(level: float, wins: float | None, fights: int, why: Why) -> Aim:
    return Aim(level=level, factor=exp(level), win_rate=wins, fights=fights, why=why)
