"""The scene in words, for the prompt: where a character is, and what it sees there now."""

from __future__ import annotations

from collections.abc import Iterator

from rules import Situation
from schemas import PresentEntity


def surroundings(situation: Situation, *, fighting: bool) -> tuple[str, ...]:
    """What stays as it is for as long as the character stays: the ways out and, for a fight, what it can do."""
    return tuple(_around(situation, fighting=fighting))


def scene_lines(situation: Situation) -> tuple[str, ...]:
    """Time, weather and light, then everybody who is there, the nearest first; ids are what an answer may name."""
    return tuple(_lines(situation))


def _around(situation: Situation, *, fighting: bool) -> Iterator[str]:
    if exits := situation.request.scene.location.exits:
        yield f"From here one can go to {', '.join(exits)}."
    if fighting and (actor := situation.actor) is not None:
        for action in situation.actions_of(actor):
            yield f"You can use {action.id} ({action.kind.replace('_', ' ')})."


def _lines(situation: Situation) -> Iterator[str]:
    scene, actor = situation.request.scene, situation.actor
    yield f"It is {scene.time}, {scene.season.value}; weather: {scene.weather.value}; light: {scene.lighting.value}."
    if actor is not None:
        yield f"You: {_condition(actor)}."
    others = [one for one in scene.present if one.id != situation.request.character]
    if actor is not None:
        others.sort(key=actor.distance)
    for one in others:
        yield f"{_called(situation, one)}: {', '.join(_about(one, actor))}."


def _called(situation: Situation, one: PresentEntity) -> str:
    name = situation.name_of(one.id)
    return one.id if name.lower() == one.id.replace("_", " ") else f"{one.id} ({name})"


def _about(one: PresentEntity, actor: PresentEntity | None) -> Iterator[str]:
    yield one.kind.value
    if actor is not None and one.side != "neutral":
        yield "your enemy" if actor.hostile_to(one) else "on your side" if actor.side == one.side else one.side
    if one.hit_points is not None or one.conditions:
        yield _condition(one)
    if actor is not None and one.position is not None and actor.position is not None:
        yield f"{actor.distance(one):.0f} ft away"


def _condition(one: PresentEntity) -> str:
    said = [state.condition.value for state in one.conditions]
    if one.hit_points is not None:
        said.insert(0, f"{one.hit_points.current} of {one.hit_points.maximum} hit points")
    return ", ".join(said) or "unharmed"
