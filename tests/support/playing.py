"""A play session: several characters, each asked several times, in other scenes and of other things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from schemas import DecisionRequest, WorldPack

VISITS: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"day": 1, "weather": "snow", "lighting": "dark", "concepts": ["the_warrant"]},
    {"day": 4, "weather": "clear", "lighting": "bright", "elsewhere": True, "concepts": ["unpaid_debt", "the_fire"]},
    {"day": 9, "weather": "storm", "lighting": "dim", "wounded": True, "concepts": []},
)
"""What is different each time: the day, the sky, the place, who bleeds, and what it is about."""

LINES: Final = (
    "We were in the ruin. The bell hangs there without a clapper, and it rang while we stood under it.",
    "Nobody pays us for this, so tell me what you know of the queen's warrant, and who brought it to town.",
    "Corin says that he has seen you at the quay by night, with a lantern that you covered when he called.",
    "Then let us speak of money. What is owed, to whom, and when does he come for it?",
    "I have heard that story twice this week, and it had another ending each time. Which one is yours?",
    "Keep your secrets. We leave at dawn, and I want a straight word about the road before we do.",
)
"""What a player says, one visit after the other."""


def session(world: WorldPack, *, kinds: tuple[str, ...] | None = None, talk: int = 4) -> Iterator[DecisionRequest]:
    """The world's openings, played on: each character is asked by every visit, dialogues go on for `talk` lines."""
    for opening in world.opening:
        if kinds is not None and opening.kind not in kinds:
            continue
        for number, visit in enumerate(VISITS):
            for line in range(talk if opening.kind == "dialogue" else 1):
                yield _asked(world, opening, visit, number, line)


def _asked(
    world: WorldPack, opening: DecisionRequest, visit: Mapping[str, Any], number: int, line: int
) -> DecisionRequest:
    given = opening.model_dump(mode="json")
    scene, event = given["scene"], given["event"]
    scene["time"] = {**scene["time"], "day": scene["time"]["day"] + visit.get("day", 0)}
    scene |= {name: visit[name] for name in ("weather", "lighting") if name in visit}
    if visit.get("elsewhere"):
        place = next(one for one in world.places if one.id != scene["location"]["id"])
        scene["location"] = {"id": place.id, "name": place.name, "exits": [scene["location"]["id"]]}
    for one in scene["present"]:
        if visit.get("wounded") and one.get("hit_points"):
            one["hit_points"]["current"] = max(1, one["hit_points"]["current"] // 2)
    if opening.kind != "description":  # what is looked at must be there
        event["concepts"] = visit.get("concepts", event["concepts"])
    if opening.kind == "dialogue" and (number, line) != (0, 0):
        event["text"] = LINES[(number * 4 + line) % len(LINES)]
    return DecisionRequest.model_validate(
        {
            **given,
            "id": f"{opening.id}.{number}.{line}",
            "thread": f"{opening.id}.talk.{number // 2}",
            "event": event,
            "policy": "model",
            "seed": opening.seed + 10 * number + line,
        }
    )
