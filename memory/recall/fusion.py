"""Weigh what the legs of recall have found, and bring it into one order (docs/recall.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypedDict, cast

from pydantic_core import from_json

from memory.recall.neighbours import Beside
from memory.record.history import Key, Remembered
from schemas import MINUTES_A_DAY, FoundBy, Leg, RecallSettings

LATER = (0.4, 0.2)
"""What a memory gives of its relevance to the next one of its thread, and to the one after that."""
EARLIER = (0.2, 0.1)
"""What it gives to the one before, and to the one before that."""
ANSWER = 0.2
"""What a question gives to the next one besides, when somebody else says it."""
TOGETHER = 6 * 60
"""Minutes within which memories without a thread are neighbours."""
ABOUT = 0.3
"""What it counts to be about somebody who is named, where somebody else speaks; to be by them counts 1."""
FADES = 0.995
"""What is left of recency after an hour (Park et al. 2023)."""

Scores = Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What must be known of a memory to weigh it."""

    place: int
    text: str
    speaker: str | None
    about: frozenset[str]
    tags: tuple[str, ...]
    importance: float
    minute: int
    """When it was, in minutes since the world began."""
    thread: str | None

    @property
    def asks(self) -> bool:
        """Whether it ends in a question."""
        return self.text.rstrip(" \"'\u201d\u2019)").endswith("?")

    def is_beside(self, other: Glimpse) -> bool:
        """Whether the two belong to one conversation, fight or negotiation."""
        near = self.thread is not None or abs(self.minute - other.minute) <= TOGETHER
        return self.thread == other.thread and near


class _Body(TypedDict):
    """What a memory's body holds of it, as the record wrote it."""

    text: str
    speaker: str | None
    about: list[str]
    tags: list[dict[str, str]]
    importance: float
    at: dict[str, int]
    thread: str | None


def glimpse(remembered: Remembered) -> Glimpse:
    """Read only what weighing needs: many are weighed for each that is chosen."""
    body = cast("_Body", from_json(remembered.body))
    at = body["at"]
    return Glimpse(
        place=remembered.place,
        text=body["text"],
        speaker=body.get("speaker"),
        about=frozenset(body["about"]),
        tags=tuple([f"{tag['kind']}:{tag['name']}" for tag in body["tags"]]),
        importance=body["importance"],
        minute=at["day"] * MINUTES_A_DAY + at["minute"],
        thread=body.get("thread"),  # older than these two are memories of a record from before they were kept
    )


def relevance(legs: Mapping[Leg, Scores], weights: Mapping[Leg, float]) -> dict[Key, float]:
    """How well each memory fits what is asked, 0 to 1: the legs' scores, scaled and weighed, over the sum of weights.

    Scaling: the best of a leg has 1. The worst that the dense leg found has 0, since everything is a little alike;
    for words and tags 0 is to share none.
    """
    whole = sum(weights[leg] for leg in legs)
    fits: dict[Key, float] = {}
    for leg, scores in legs.items():
        floor = min(scores.values(), default=0.0) if leg == "dense" else 0.0
        for key, score in _scaled(scores, floor).items():
            fits[key] = fits.get(key, 0.0) + score * weights[leg] / whole
    return fits


def associated(glimpses: Mapping[Key, Glimpse], energies: Mapping[str, float]) -> dict[Key, float]:
    """The summed energy of each memory's tags, where there is any."""
    sums = {key: sum(energies.get(tag, 0.0) for tag in one.tags) for key, one in glimpses.items()}
    return {key: energy for key, energy in sums.items() if energy > 0}


def with_neighbours(
    fits: Mapping[Key, float], glimpses: Mapping[Key, Glimpse], around: Mapping[Key, Beside], share: float
) -> dict[Key, float]:
    """The relevance of each memory with what its neighbours give it: of those that fit, and those that got something.

    `around`: what lies before and after those that have something to give.
    """
    given = dict(fits)
    for key, (before, after) in around.items():
        giver = glimpses[key]
        for other, part in (*zip(before, EARLIER, strict=True), *zip(after, LATER, strict=True)):
            taker = glimpses.get(other) if other is not None else None
            if other is not None and taker is not None and giver.is_beside(taker):
                answers = other == after[0] and giver.asks and giver.speaker != taker.speaker
                given[other] = given.get(other, 0.0) + share * fits[key] * (part + ANSWER * answers)
    return given


def in_order(
    fits: Mapping[Key, float],
    glimpses: Mapping[Key, Glimpse],
    named: Collection[str],
    now: int,
    settings: RecallSettings,
) -> list[Key]:
    """The memories, the best first: relevance, and what recency, importance and who is named add (Park et al.,
    "Generative Agents", 2023: each scaled to 0..1). What lies after `now` is as recent as can be. Ties go to the newer
    one."""
    people = frozenset(named)
    parts: list[tuple[float, Scores]] = [
        (1.0, _scaled(fits, 0.0)),
        (settings.named, {key: _concerns(one, people) for key, one in glimpses.items()}),
        (settings.recency, _scaled(_each(glimpses, lambda one: FADES ** (max(now - one.minute, 0) / 60)))),
        (settings.importance, _scaled(_each(glimpses, lambda one: one.importance))),
    ]
    scores = {key: sum(weight * part.get(key, 0.0) for weight, part in parts) for key in fits}
    return sorted(scores, key=lambda key: (scores[key], glimpses[key].place, key), reverse=True)


def found_by(key: Key, legs: Mapping[Leg, Scores]) -> tuple[FoundBy, ...]:
    """The legs that found a memory; if none did, it stands beside one that was found."""
    legs_of_it: list[FoundBy] = [leg for leg, scores in legs.items() if key in scores]
    return tuple(legs_of_it) or ("neighbour",)


def _concerns(one: Glimpse, people: frozenset[str]) -> float:
    """How much of a memory is by or about these people, 0 to 1."""
    if not people:
        return 0.0
    about = 1.0 if one.speaker is None else ABOUT
    by = (1.0 if person == one.speaker else about if _is_about(one, person) else 0.0 for person in people)
    return sum(by) / len(people)


def _is_about(one: Glimpse, person: str) -> bool:
    return person in one.about or f"entity:{person}" in one.tags


def _each(glimpses: Mapping[Key, Glimpse], score: Callable[[Glimpse], float]) -> dict[Key, float]:
    return {key: score(one) for key, one in glimpses.items()}


def _scaled(scores: Scores, floor: float | None = None) -> dict[Key, float]:
    """0 at the floor (None: the lowest score), and 1 for the highest; all 0 where none is above the floor."""
    low = min(scores.values(), default=0.0) if floor is None else floor
    high = max(scores.values(), default=0.0)
    if high <= low:
        return dict.fromkeys(scores, 0.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}
