"""What things look like: by the rules, by a model, and again."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from schemas import (
    Condition,
    Decision,
    DecisionRequest,
    DescriptionDecision,
    DescriptionRequested,
    GameEvent,
    ItemExamined,
    ItemPickedUp,
    Lighting,
    LocationEntered,
)
from service import Loom
from tests.conftest import Opening, OpenLoom

SEEN = "Mud, straw, and a lantern that somebody forgot."


def looking(opening: Opening, subject: str, **changes: object) -> DecisionRequest:
    """Somebody of the example world's dialogue looks at something; `scene` holds changes of the scene."""
    asked = opening("dialogue")
    scene = asked.scene.model_dump() | dict(changes.pop("scene", {}))  # pyright: ignore[reportArgumentType, reportCallIssue]
    event = DescriptionRequested(actor=asked.event.primary, subject=subject)
    fields: dict[str, object] = {"kind": "description", "event": event, "scene": scene, "thread": None}
    return DecisionRequest.model_validate(asked.model_dump() | fields | changes)


def content_of(decision: Decision) -> DescriptionDecision:
    assert isinstance(decision.content, DescriptionDecision)
    return decision.content


def seeing(_: Ask, __: type[BaseModel]) -> dict[str, Any]:
    return {"content": {"subject": "goblin", "text": SEEN, "short": "A goblin"}}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("subject", ["goblin", "adult_red_dragon", "place", "somebody", "nothing_known"])
async def test_everything_has_a_look_by_the_rules(
    open_loom: OpenLoom, opening: Opening, subject: str, language: str
) -> None:
    scene = opening("dialogue").scene
    known = {"place": scene.location.id, "somebody": scene.present[0].id}.get(subject, subject)
    async with open_loom() as loom:
        found = content_of(await loom.decide(looking(opening, known, language=language)))

    assert found.subject == known
    assert found.text
    assert found.short
    assert "describe-" not in found.text + found.short


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (ItemExamined(actor="tamsin_reed", item="toll_ledger"), "toll_ledger"),
        (ItemPickedUp(actor="tamsin_reed", item="grey_lantern"), "grey_lantern"),
        (LocationEntered(actor="tamsin_reed", location="hollow_belfry"), "hollow_belfry"),
        (LocationEntered(actor="tamsin_reed"), "tamsin_reed"),
    ],
)
async def test_what_is_looked_at_is_what_the_event_is_about(
    loom: Loom, opening: Opening, event: GameEvent, subject: str
) -> None:
    assert content_of(await loom.decide(looking(opening, "goblin", event=event))).subject == subject


async def test_it_looks_the_same_until_something_changes(open_loom: OpenLoom, opening: Opening) -> None:
    scene = opening("dialogue").scene
    somebody = scene.present[0].model_dump()
    blind = somebody | {"conditions": [{"condition": Condition.BLINDED}]}
    others = [one.model_dump() for one in scene.present[1:]]
    async with open_loom() as loom:

        async def text(id_: str, **changes: object) -> str:
            return content_of(await loom.decide(looking(opening, somebody["id"], id=id_, **changes))).text

        first = await text("first", seed=1)
        assert await text("again", seed=2) == first
        assert await text("dark", seed=1, scene={"lighting": Lighting.DARK}) != first
        assert "blinded" in await text("blind", seed=1, scene={"present": [blind, *others]})


async def test_a_model_is_asked_once_for_each_state(open_loom: OpenLoom, opening: Opening) -> None:
    here = opening("dialogue").scene.location.id

    def room(_: Ask, __: type[BaseModel]) -> dict[str, Any]:
        return {"content": {"subject": here, "text": SEEN, "short": "The room"}}

    async with open_loom(ScriptedModel(room)) as loom:
        looks = [
            await loom.decide(looking(opening, here, id=f"look-{number}", policy="model", **changes))
            for number, changes in enumerate(({}, {}, {"scene": {"lighting": Lighting.DARK}}, {"language": "de"}))
        ]

    assert [one.receipt.source for one in looks] == ["model", "cache", "model", "model"]
    assert looks[1].receipt.reason == "seen_before"
    assert looks[1].content == looks[0].content


async def test_who_describes_something_else_is_sent_back(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(ScriptedModel(seeing)) as loom:
        decision = await loom.decide(looking(opening, "ogre", policy="model"))

    assert decision.receipt.source == "fallback"
    assert content_of(decision).subject == "ogre"
    assert SEEN not in content_of(decision).text


async def test_what_one_sees_is_no_deed_to_remember(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(ScriptedModel(seeing)) as loom:
        request = looking(opening, "goblin", policy="model")
        await loom.decide(request)

        assert await loom.memory.memories(request.world, None, request.character) == []
