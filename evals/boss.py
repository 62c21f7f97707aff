"""The suite `boss`: careers of simulated fights. Does it adapt, does it unlearn, and does the difficulty settle?

A career is a boss and a party archetype that meet again and again; each fight leaves a lesson, and the next plan is
drawn from all of them, as the graph `tactics` does it. All is seeded: the same run gives the same figures.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from pathlib import Path
from random import Random
from statistics import NormalDist, mean, stdev

from benchmarks.figures import Figure
from evals.boss_fights import Fought, Slipping, Stage
from evals.outcome import Asked, Outcome
from rules.arena import Policy, tactical
from rules.boss import Bandit, Plan, features, learned
from rules.boss.difficulty import Band, Result, next_level
from rules.dice import Dice
from schemas import Lesson

SUITE = "boss"
CAREERS, QUICK = 200, 5
EARLY, LATE = slice(0, 2), slice(5, 10)
"""Encounters 1 to 2, and 6 to 10."""
GAIN = 0.10
"""What the win rate has to rise by."""
BEFORE_CHANGE, AFTER_CHANGE = 10, 10
"""Encounters with one style, and then with the other."""
RECOVERED, WITHIN, WINDOW = 0.05, 6, 3
"""A boss has unlearned when it wins as often as one that has met the new style only, less so much, over a window of so
many encounters; the window has to begin at this one or before."""
RESAMPLED = 1_000
"""Times that careers are drawn anew for an interval."""
SLIPS = {"beginner": 0.35, "practised": 0.15, "expert": 0.0}
"""The three skill levels: the share of turns on which anything may happen."""
SETTLED, STAYS = slice(6, 10), slice(10, 20)
"""Encounters in which the win rate has to lie in the band: after six, and from then on."""
STEERED = "tank_and_healer"
"""Who is steered for."""
SWITCHES = (("archers", "rush"), ("rush", "archers"), ("casters", "rush"), ("tank_and_healer", "archers"))
BUDGETS = {"archers": 1_700, "casters": 1_500, "rush": 2_100, "tank_and_healer": 1_700}
"""Adjusted XP for those who come with the boss: with a plan at random it wins every third fight or so."""
Z = 1.959964
Won = list[list[bool]]
"""Careers: whether it was won, encounter by encounter."""


@dataclass(frozen=True, slots=True)
class Job:
    """One career: so small that it travels between processes."""

    config: Path
    seed: int
    styles: tuple[str, ...]
    """The archetype of each encounter."""
    learns: bool = True


def career(job: Job) -> list[bool]:
    """Whether the boss won, encounter by encounter."""
    stage, lessons, won = _stage(job.config), list[Lesson](), list[bool]()
    for number, style in enumerate(job.styles):
        dice = Dice.seeded(job.seed, *job.styles[:1], style, str(number), str(job.learns))
        study = learned(lessons if job.learns else ())
        traits, plans = features(study.player), stage.before(study.player).plans()
        plan = Bandit(stage.book, study.lessons).choose(plans, traits, dice)
        fought = stage.fight(style, plan, BUDGETS[style], dice)
        won.append(fought.won)
        lessons.append(_lesson(plan, traits, fought, number))
    return won


def steered(job: Job) -> list[bool]:
    """Whether a party of one skill won, encounter by encounter, under the difficulty controller.

    `styles` name the skill. The boss has no plan, so that nothing but the budget follows the party.
    """
    stage, results, won = _stage(job.config), list[Result](), list[bool]()
    for number, skill in enumerate(job.styles):
        dice = Dice.seeded(job.seed, skill, str(number), "steered")
        level = next_level(results)
        policy: Policy = Slipping(tactical(), SLIPS[skill])
        fought = stage.fight(STEERED, (), BUDGETS[STEERED] * level.factor, dice, policy)
        results.append(Result(level.level, fought.margin))
        won.append(not fought.won)
    return won


def _lesson(plan: Plan, traits: dict[str, float], fought: Fought, number: int) -> Lesson:
    return Lesson(
        stances=dict.fromkeys(plan, 1.0),
        features=traits,
        seen=fought.seen,
        fight=f"fight-{number}",
        rounds=fought.rounds,
        over=True,
        won=fought.won,
        reward=fought.reward,
    )


@lru_cache(maxsize=1)
def _stage(config: Path) -> Stage:
    return Stage(config)


async def run(asked: Asked) -> Outcome:
    """Play all careers, in as many processes as there are cores."""
    careers = asked.options.careers or (QUICK if asked.quick else CAREERS)
    config, first = asked.settings.config, asked.options.seed * 1_000_000
    seeds = range(first, first + careers)
    follows = dict(SWITCHES[:1] if asked.quick else SWITCHES)
    with ProcessPoolExecutor(1 if asked.quick else os.cpu_count()) as pool:

        def played(way: Callable[[Job], list[bool]], styles: Sequence[str]) -> Won:
            return list(pool.map(way, [Job(config, seed, tuple(styles)) for seed in seeds], chunksize=4))

        careers_of = {style: played(career, path(style, follows.get(style))) for style in BUDGETS}
        led = {skill: played(steered, [skill] * 20) for skill in SLIPS}
    alone = {style: [one[:BEFORE_CHANGE] for one in won] for style, won in careers_of.items()}
    found = [figure for style, won in alone.items() for figure in adapts(style, won)]
    for old, new in follows.items():
        found += unlearns(f"{old}, then {new}", careers_of[old], alone[new], asked.options.seed)
    for skill, won in led.items():
        found += steers(skill, won)
    return Outcome(found)


def path(style: str, then: str | None) -> list[str]:
    """The archetypes that a boss meets: one, and perhaps another one after it."""
    return [style] * BEFORE_CHANGE + ([then] * AFTER_CHANGE if then is not None else [])


def adapts(style: str, won: Won) -> Iterator[Figure]:
    """How much more often the boss wins late than early: paired by career, with a one-sided z test of no gain."""
    gains = [mean(one[LATE]) - mean(one[EARLY]) for one in won]
    gain, error = mean(gains), stdev(gains) / sqrt(len(gains)) if len(gains) > 1 else 1.0
    chance = 1 - NormalDist().cdf(gain / error) if error else float(gain <= 0)
    yield _share(f"against {style}: wins of encounters 1 to 2", won, EARLY)
    yield _share(f"against {style}: wins of encounters 6 to 10", won, LATE)
    interval = (gain - Z * error, gain + Z * error)
    yield Figure(SUITE, f"against {style}: gain", gain, "win rate", GAIN, "higher", interval)
    yield Figure(SUITE, f"against {style}: chance of such a gain by luck", chance, "p", 0.05, "lower")


def unlearns(change: str, won: Won, fresh: Won, seed: int) -> Iterator[Figure]:
    """How soon a boss whose players change their style wins as often as one that has met the new style only.

    Intervals are by bootstrap over careers (percentiles); a career and its fresh counterpart have the same seed.
    """
    after = [one[-AFTER_CHANGE:] for one in won]
    pairs, dice = list(zip(after, fresh, strict=True)), Random(seed)
    again = [dice.choices(pairs, k=len(pairs)) for _ in range(RESAMPLED)]
    behind = [mean(late(old)) - mean(late(changed)) for changed, old in pairs]
    short, error = mean(behind), stdev(behind) / sqrt(len(behind)) if len(behind) > 1 else 1.0
    yield _share(f"{change}: wins of the first 2 after the change", after, EARLY)
    yield _share(f"{change}: wins of encounters 6 to 10 after it", after, LATE)
    yield Figure(
        SUITE,
        f"{change}: short of one that knows the new style only, 6 to 10",
        short,
        "win rate",
        RECOVERED,
        "lower",
        (short - Z * error, short + Z * error),
    )
    spread = sorted(_soon(one) for one in again)
    interval = (float(spread[RESAMPLED // 40]), float(spread[-1 - RESAMPLED // 40]))
    yield Figure(SUITE, f"{change}: encounters to unlearn", _soon(pairs), "encounter", WITHIN, "lower", interval)


def late(one: Sequence[bool]) -> Sequence[bool]:
    """What counts as having learned."""
    return one[LATE]


def _soon(pairs: Sequence[tuple[Sequence[bool], Sequence[bool]]]) -> int:
    """The first encounter after a change from which on the boss wins often enough."""
    aim = mean(mean(late(fresh)) for _, fresh in pairs) - RECOVERED
    rates = [mean(changed[number] for changed, _ in pairs) for number in range(AFTER_CHANGE)]
    windows = [mean(rates[start : start + WINDOW]) for start in range(AFTER_CHANGE - WINDOW + 1)]
    return next((number for number, rate in enumerate(windows, start=1) if rate >= aim), AFTER_CHANGE + 1)


def steers(skill: str, won: Won) -> Iterator[Figure]:
    """What a party wins under the difficulty controller, and by how much that misses the band."""
    band = Band()
    for said, part in (("7 to 10", SETTLED), ("11 to 20", STAYS)):
        figure = _share(f"{skill} party, steered: wins of encounters {said}", won, part)
        missed = max(0.0, band.low - figure.value, figure.value - band.high)
        yield figure
        yield Figure(SUITE, f"{skill} party, steered: outside the band, {said}", missed, "win rate", 0.0, "lower")


def _share(case: str, won: Won, part: slice) -> Figure:
    """The share of won encounters in a part of all careers, with an interval over careers, which are independent."""
    rates = [mean(one[part]) for one in won]
    rate, error = mean(rates), stdev(rates) / sqrt(len(rates)) if len(rates) > 1 else 1.0
    return Figure(
        SUITE,
        case,
        rate,
        "win rate",
        better="higher",
        interval=(max(0.0, rate - Z * error), min(1.0, rate + Z * error)),
    )
