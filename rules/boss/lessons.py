"""What experiences teach: the players as they are by now, the fights that are over, and the one that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pydantic import ValidationError

from rules.boss.habits import fading, summed
from schemas.lives import Experience
from schemas.tactics import Lesson, PlayerModel, Study

KIND = "tactics"
"""Of the experiences that a boss learns from, as of the decisions that they are about."""
MOST_LESSONS = 30
"""Fights to learn from; with the usual discount an older one counts less than a twentieth."""
NOTHING = 1e-4
"""What weighs less than this adds nothing to a model's counts."""


def study_of(experiences: Iterable[Experience]) -> Study:
    """What a boss knows, from its experiences of the kind `tactics`, the oldest first.

    A game may tell experiences of its own; what is no lesson is passed over.
    """
    found = [(lesson, one.at) for one in experiences if (lesson := lesson_of(one)) is not None]
    study = learned(lesson for lesson, _ in found)
    return study.model_copy(update={"at": found[-1][1]}) if study.stretches else study


def lesson_of(experience: Experience) -> Lesson | None:
    """The lesson in an experience; None where there is none. The same object is read once."""
    return _read(_One(experience)) if experience.kind == KIND else None


class _One:
    """An experience that equals itself only."""

    def __init__(self, experience: Experience) -> None:
        self.experience = experience

    def __hash__(self) -> int:
        return id(self.experience)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _One) and other.experience is self.experience


@lru_cache(maxsize=4_096)
def _read(one: _One) -> Lesson | None:
    try:
        return Lesson.model_validate(one.experience.situation)
    except ValidationError:
        return None


def learned(stretches: Iterable[Lesson]) -> Study:
    """What stretches of fights teach, the oldest first.

    The stretches of a fight become one lesson when it is over. A fight of which the end was never told teaches how the
    players play, and nothing else.
    """
    told = tuple(stretches)
    fights, current = list[list[Lesson]](), list[Lesson]()
    for stretch in told:
        if current and current[0].fight != stretch.fight:
            current = []
        current.append(stretch)
        if stretch.over:
            fights.append(current)
            current = []
    lessons = tuple(_whole(fight) for fight in fights[-MOST_LESSONS:])
    return Study(player=summed(_sightings(told)), lessons=lessons, stretches=tuple(current))


def _sightings(stretches: Sequence[Lesson]) -> Iterator[tuple[PlayerModel, float]]:
    """What was seen in each stretch, and what the later ones leave of it, the last first; to where nothing is left."""
    weight = 1.0
    for stretch in reversed(stretches):
        yield stretch.seen, weight
        weight *= fading(rounds=stretch.rounds, fight_over=stretch.over)
        if weight < NOTHING:
            return


def _whole(stretches: Sequence[Lesson]) -> Lesson:
    """A fight as one lesson: each stance with its share of the rounds, the features as they were at first.

    A plan holds from its decision to the next one, which says how many rounds that were. The last stretch says how the
    fight ended, and has a plan of its own only where it is the only one.
    """
    last = stretches[-1]
    fought = stretches[:-1] or stretches
    lengths = [one.rounds for one in stretches[1:]] or [last.rounds]
    shares = dict[str, float]()
    for one, length in zip(fought, lengths, strict=True):
        for stance, share in one.stances.items():
            shares[stance] = shares.get(stance, 0.0) + share * length / sum(lengths)
    stances = {stance: min(1.0, round(share, 3)) for stance, share in shares.items()}
    changes = {"stances": stances, "features": fought[0].features, "rounds": sum(lengths), "seen": PlayerModel()}
    return last.model_copy(update=changes)


WON = 0.25
"""The share of a reward that is victory itself; the rest is what is left of either side, which tells more of a plan."""


def reward(own_left: float, theirs_left: float, *, won: bool) -> float:
    """How well a fight went, -1 to 1: a quarter by who won, the rest by what is left of either side (each 0 to 1).

    Measured over all plans and archetypes, what is left depends more on the plan and less on luck than who won.
    """
    margin = max(-1.0, min(1.0, own_left - theirs_left))
    return round(WON * (1.0 if won else -1.0) + (1 - WON) * margin, 3)
