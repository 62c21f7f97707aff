"""Moods and traits in play: an event stirs its character once, and the next decision is made in that mood."""

from __future__ import annotations

from typing import Any

import pytest

from inference import ScriptedModel
from schemas import DecisionRequest
from service import Loom
from tests.conftest import Opening, OpenLoom

WORLD = "morning_star"


def insult(opening: Opening, id_: str = "insult", **changes: Any) -> DecisionRequest:
    said = {
        "type": "DialogueChoice",
        "speaker": "tamsin_reed",
        "listener": "marta",
        "text": "Liar!",
        "tone": "threatening",
    }
    return opening("dialogue", id=id_, policy="rules", event=said, **changes)


async def valence(loom: Loom, timeline: str | None = None, character: str = "marta") -> float | None:
    mood, _ = await loom.memory.chronicle.temper(WORLD, timeline, character)
    return None if mood is None else mood.valence


async def test_an_insult_sours_marta_once_however_often_it_is_asked(loom: Loom, opening: Opening) -> None:
    assert await valence(loom) is None

    await loom.decide(insult(opening))
    once = await valence(loom)
    await loom.decide(insult(opening))

    usual = loom.memory.world(WORLD).characters["marta"].traits.baseline.valence
    assert once is not None
    assert once < usual
    assert await valence(loom) == once


async def test_a_mood_outlives_the_process_and_is_left_behind_with_its_timeline(
    open_loom: OpenLoom, opening: Opening
) -> None:
    async with open_loom() as loom:
        await loom.decide(insult(opening))
        soured = await valence(loom)
    async with open_loom() as loom:
        assert await valence(loom) == soured
        await loom.world(WORLD).fork(at=1)
        assert await valence(loom) is None


async def test_a_model_is_told_the_mood_and_sampled_by_it(open_loom: OpenLoom, opening: Opening) -> None:
    model = ScriptedModel()
    async with open_loom(model) as loom:
        for number in range(6):
            await loom.decide(insult(opening, f"insult-{number}"))
        await loom.decide(opening("dialogue", policy="model"))

    asked = model.asked[-1]
    assert "# How you feel\nYou feel" in asked.messages[-1]["content"]


async def test_who_has_no_sheet_leaves_no_mood(loom: Loom, opening: Opening) -> None:
    await loom.decide(opening("combat", policy="rules"))

    present = [one.id for one in opening("combat").scene.present]
    sheets = loom.memory.world(WORLD).characters
    for one in present:
        if one not in sheets:
            assert await valence(loom, character=one) is None


async def test_without_its_record_a_decision_is_made_by_the_sheet(
    loom: Loom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(loom.memory.chronicle, "temper", fails)

    decision = await loom.decide(opening("dialogue", policy="rules"))

    assert decision.receipt.source == "rules"
    assert decision.receipt.steps[0].node == "feel"
