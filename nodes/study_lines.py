"""What a boss has learned in words, for the prompt: its players, its fights, and the stances that there are."""

from __future__ import annotations

from collections.abc import Iterator

from rules import Council, Situation, carried, notable
from schemas import Habit, Stance

LAST_FIGHTS = 6


def study_lines(situation: Situation) -> tuple[str, ...]:
    """What stands out in the players, how the last fights went, and what each possible stance is and has brought."""
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
    for stance in situation.stances.values():
        if council.repertoire.possible(stance):
            yield f"{stance.id} ({_meaning(stance)}): expected {_gain(council, stance):+.2f}."


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
