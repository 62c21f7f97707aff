"""What a boss has learned in words, for the prompt: its players, its fights, and the stances that there are."""

from __future__ import annotations

from collections.abc import Iterator

from rules import Council, Situation, carried, notable
from schemas import Habit, Stance

LAST_FIGHTS = 6
_TELLING = 0.005
"""A gain that is smaller is none in two places behind the point."""


def stance_lines(situation: Situation) -> tuple[str, ...]:
    """What stances there are to plan with, those of any time first: they stay the same when a fight begins."""
    council = Council(situation)
    possible = [stance for stance in situation.stances.values() if council.repertoire.possible(stance)]
    return tuple(f"{one.id} ({_meaning(one)})" for one in sorted(possible, key=lambda one: one.before))


def study_lines(situation: Situation) -> tuple[str, ...]:
    """What stands out in the players, how the last fights went, and which of the possible stances brought anything."""
    return tuple(_lines(Council(situation)))


def plan_lines(situation: Situation) -> tuple[str, ...]:
    """The plan that a boss carries out on its turns: a line for each stance, and whom it is about. Most have none."""
    plan = carried(situation)
    if plan is None:
        return ()
    say = situation.phrasebook.say
    lines = [f"{stance.id}: {say('en', stance.name_key)}." for stance in plan.stances]
    return (*lines, f"First of all: {plan.focus}.") if plan.focus is not None else tuple(lines)


def _lines(council: Council) -> Iterator[str]:
    player, situation = council.player, council.situation
    traits = notable(council.features)
    if traits:
        yield f"They show {', '.join(f'{_degree(value)} {name}' for name, value in traits.items())} than most."
    for what, habit in (("strike from", player.ranges), ("strike with", player.damage), ("open with", player.openings)):
        if habit.favourite is not None:
            yield f"They mostly {what}: {_shares(habit)}."
    for lesson in situation.study.lessons[-LAST_FIGHTS:]:
        plan = ", ".join(lesson.stances) or "no plan"
        yield f"A fight was {'won' if lesson.won else 'lost'} with {plan} ({lesson.reward:+.1f})."
    if council.held:
        yield f"The plan of this fight so far: {', '.join(council.held)}."
    possible = [stance for stance in situation.stances.values() if council.repertoire.possible(stance)]
    gains = {stance.id: gain for stance in possible if abs(gain := _gain(council, stance)) >= _TELLING}
    for id_, gain in gains.items():
        yield f"{id_}: expected {gain:+.2f}."
    if len(gains) < len(possible):
        yield f"What you know speaks neither for nor against {'any other' if gains else 'any'} stance."


def _degree(value: float) -> str:
    return "more" if value > 0 else "less"


def _shares(habit: Habit) -> str:
    strongest = sorted(habit.counts, key=lambda way: (-habit.counts[way], way))[:3]
    return ", ".join(f"{way} {habit.counts[way] / habit.weight:.0%}" for way in strongest)


def _meaning(stance: Stance) -> str:
    return f"{stance.axis}, {'before a fight' if stance.before else 'at any time'}"


def _gain(council: Council, stance: Stance) -> float:
    """What it is expected to add to a plan's reward."""
    features = council.features
    return council.bandit.expected((stance.id,), features) - council.bandit.expected((), features)
