"""The scene that the whole engine was imagined for: a villain looks into a priestess, and finds a child he knew."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inference import ScriptedModel
from memory import TagGraph
from nodes import FrozenClock
from schemas import PROJECT, DecisionRequest, RelationshipModified, Settings, Tag, WorldPack
from tests.conftest import OpenLoom
from tests.service.stage import roomy

ORPHANAGE = "concept:orphanage"
SPOKEN: dict[str, Any] = {
    "content": {
        "npc_text": "You look at me as if you had lost something. I will not lower my eyes before you.",
        "tone": "sad",
        "player_variants": [
            {"text": "Elira, do you know him?", "tone": "fearful", "consequence_hint": "She may not want to answer."},
            {"text": "Step back, priestess!", "tone": "threatening", "consequence_hint": None},
        ],
    },
    "tool_calls": [
        {
            "tool": "add_knowledge_fact",
            "arguments": {
                "text": "Under the Soul Gaze Elira knew the eyes that looked into her.",
                "kind": "event",
                "topic": "soul_gaze",
                "about": ["vexal", "sister_elira"],
                "importance": 0.9,
                "known_by": ["sister_elira"],
            },
        },
        {
            "tool": "modify_relationship",
            "arguments": {"toward": "vexal", "affinity": 0.1, "trust": -0.2, "reason": "She knew his eyes."},
        },
    ],
}


@pytest.fixture
def soul_gaze() -> DecisionRequest:
    file = PROJECT / "config" / "worlds" / "morning_star" / "examples" / "soul_gaze.json"
    return DecisionRequest.model_validate({**json.loads(file.read_text()), "policy": "model"})


def test_the_gaze_reaches_the_orphanage_from_both(morning_star: WorldPack, soul_gaze: DecisionRequest) -> None:
    graph = TagGraph(morning_star.associations)

    alone = graph.activate([Tag.model_validate("entity:vexal")])
    both = graph.activate(soul_gaze.event.tags)

    assert alone[ORPHANAGE] == pytest.approx(0.45)
    assert both[ORPHANAGE] == pytest.approx(0.45 + 0.45)


async def test_the_shared_past_enters_the_prompt_and_the_revelation_is_kept(
    open_loom: OpenLoom, settings: Settings, soul_gaze: DecisionRequest, morning_star: WorldPack
) -> None:
    model = ScriptedModel([SPOKEN])
    async with open_loom(model, settings=roomy(settings)) as loom:
        decision = await loom.decide(soul_gaze)
        facts = {fact.id: fact for fact in await loom.memory.facts("morning_star", None, knower="sister_elira")}
        others = {fact.id for fact in await loom.memory.facts("morning_star", None, knower="marta")}
        standing = await loom.memory.standing("morning_star", None, "sister_elira", "vexal")
        recalled = await loom.memory.memories("morning_star", None, "sister_elira")

    assert (decision.receipt.source, decision.receipt.reason) == ("model", "accepted")
    prompt = "\n".join(message["content"] for message in model.asked[0].messages)
    secrets = {fact.id: fact for fact in morning_star.facts}
    assert secrets["shared_childhood"].text in prompt
    assert "shared_childhood" in decision.receipt.retrieved
    assert secrets["vexal_died_in_the_fire"].text not in prompt, "that is Vexal's alone"

    assert [result.status for result in decision.tool_results] == ["applied", "applied"]
    revelation = facts["soul-gaze.0"]
    assert revelation.text == "Under the Soul Gaze Elira knew the eyes that looked into her."
    assert revelation.known_by == ("sister_elira",)
    assert "soul-gaze.0" not in others

    [event] = decision.triggered_events
    assert isinstance(event, RelationshipModified)
    assert (event.character, event.toward, event.affinity) == ("sister_elira", "vexal", 0.1)
    before = next(tie for tie in morning_star.relationships if (tie.character, tie.toward) == ("sister_elira", "vexal"))
    assert standing.affinity == pytest.approx(before.affinity + 0.1)
    spoken = SPOKEN["content"]["npc_text"]
    [memory] = recalled
    assert memory.text == f'Vexal, the Pale Hierophant used soul gaze on me. I said: "{spoken}"'


async def test_a_secret_said_aloud_is_held_back_unless_the_answer_reveals_it(
    open_loom: OpenLoom, settings: Settings, soul_gaze: DecisionRequest, morning_star: WorldPack
) -> None:
    secret = next(fact for fact in morning_star.facts if fact.id == "shared_childhood").text
    blurted: dict[str, Any] = {**SPOKEN, "content": {**SPOKEN["content"], "npc_text": secret}, "tool_calls": []}
    reveal = {"tool": "reveal_secret", "arguments": {"fact": "shared_childhood", "to": ["tamsin_reed", "corin_ashe"]}}
    owned = {**blurted, "tool_calls": [reveal]}

    async with open_loom(ScriptedModel([blurted, blurted, owned]), settings=roomy(settings)) as loom:
        held_back = await loom.decide(soul_gaze.model_copy(update={"id": "blurted"}))
        told = await loom.decide(soul_gaze.model_copy(update={"id": "owned"}))
        known = {fact.id for fact in await loom.memory.facts("morning_star", None, knower="tamsin_reed")}

    assert (held_back.receipt.source, held_back.receipt.reason) == ("fallback", "secret")
    assert secret not in held_back.model_dump_json()
    assert told.receipt.source == "model"
    assert [event.type for event in told.triggered_events] == ["SecretRevealed"]
    assert "shared_childhood" in known


async def test_the_same_request_seed_and_script_give_the_same_decision_to_the_byte(
    open_loom: OpenLoom, settings: Settings, soul_gaze: DecisionRequest
) -> None:
    said: list[str] = []
    for run in ("first", "second"):
        at_home = roomy(settings).model_copy(update={"home": settings.home / run})
        async with open_loom(ScriptedModel([SPOKEN]), settings=at_home, clock=FrozenClock()) as loom:
            decision = await loom.decide(soul_gaze)
        receipt = decision.receipt.model_copy(update={"checkpoint": None})
        said.append(decision.model_copy(update={"receipt": receipt}).model_dump_json())

    assert said[0] == said[1]


async def test_a_decision_asked_for_twice_happens_once(
    open_loom: OpenLoom, settings: Settings, soul_gaze: DecisionRequest
) -> None:
    async with open_loom(ScriptedModel([SPOKEN, SPOKEN]), settings=roomy(settings)) as loom:
        first = await loom.decide(soul_gaze)
        second = await loom.decide(soul_gaze)
        standing = await loom.memory.standing("morning_star", None, "sister_elira", "vexal")
        turns = await loom.memory.memories("morning_star", None, "sister_elira")

    assert first.content == second.content
    assert first.tool_results == second.tool_results
    assert len(turns) == 1
    assert standing.affinity <= 0.1
