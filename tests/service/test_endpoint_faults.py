"""Whatever an endpoint does over real HTTP, a legal decision comes back in time, and says why only on its receipt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from inference import VllmModel
from nodes import SystemClock
from nodes.happened import happened
from schemas import (
    CombatDecision,
    Decision,
    DecisionRequest,
    DialogueDecision,
    DiplomacyDecision,
    EncounterDecision,
    LogSettings,
    QuestDecision,
    Settings,
)
from service import Loom
from service.logs import set_up_logs
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS, good_answer, misfits, objections, player_text, roomy, situation
from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    closes,
    hangs_before_headers,
    hangs_in_the_body,
    rejects,
    resets,
    says,
    sends,
    sends_garbage,
    sends_half_a_line,
)
from tests.support.ports import closed_port
from tests.support.waiting import until

BRISK = 2_500
"""Milliseconds: the deadline at which a hanging server is left."""
MARGIN = 60
"""Seconds that this machine may be late by, for it may be busy with other tests: whoever never comes is later."""

Play = Callable[..., Any]


@pytest.fixture
def play(open_loom: OpenLoom, settings: Settings) -> Play:
    """A Loom that asks a server with these behaviours; without any, a port where nobody is. More is for the Loom."""

    @asynccontextmanager
    async def playing(*behaviours: Behaviour, **more: Any) -> AsyncGenerator[tuple[Loom, FaultyServer]]:
        async with FaultyServer(*behaviours) as server:
            model = VllmModel(server.url if behaviours else f"http://127.0.0.1:{closed_port()}/v1", cool_down=0.0)
            try:
                async with open_loom(model, settings=roomy(settings), **more) as loom:
                    await loom.memory.warm()
                    yield loom, server
            finally:
                await model.aclose()

    return playing


async def decide(loom: Loom, request: DecisionRequest) -> Decision:
    """Decide, and hold the decision against everything that is true of all of them."""
    began = time.perf_counter()
    decision = await loom.decide(request)
    took = time.perf_counter() - began
    assert request.deadline_ms is None or took < request.deadline_ms / 1_000 + MARGIN
    assert await objections(loom, request, decision) == []
    assert misfits(decision.model_dump_json(by_alias=True)) == []
    assert decision.receipt.warnings in ((), ("checkpoint_late",))
    assert set(decision.receipt.versions.model_dump()) == {"graph", "prompt", "schema_", "model", "weights"}
    recorded = await loom.memory.decision(request.world, request.id)
    assert recorded is not None
    assert (recorded.content, recorded.receipt.reason) == (decision.content, decision.receipt.reason)
    return decision


async def assert_nothing_of_it_stays(loom: Loom, request: DecisionRequest, decision: Decision) -> None:
    """A fallback's words are no memory and no turn of talk, it has no effects, and keeps its reason to itself."""
    assert decision.tool_results == ()
    assert decision.triggered_events == ()
    for memory in await loom.memory.memories(request.world, None, request.character):
        assert memory.text == happened(situation(loom, request)), "what the other said or did, and no more"
    turns = await loom.memory.turns(request.world, None, request.thread_id)
    assert {turn.speaker for turn in turns} <= {getattr(request.event, "speaker", None)}
    told = await loom.memory.facts(request.world, None, knower=None)
    assert not [fact for fact in told if fact.id.startswith(request.id)]
    seen = player_text(decision).lower()
    hidden = (
        decision.receipt.reason,
        "127.0.0.1",
        "not today",
        "http",
        "fallback",
        "timeout",
        "endpoint",
        "error",
        "llm",
    )
    for word in hidden:
        assert word not in seen, word


BROKEN: dict[str, tuple[Behaviour | None, str]] = {
    "refuses": (None, "model_unavailable"),
    "closes": (closes(), "model_unavailable"),
    "resets": (resets(), "model_unavailable"),
    "hangs before headers": (hangs_before_headers(), "deadline"),
    "hangs in the body": (hangs_in_the_body(), "deadline"),
    "half a line": (sends_half_a_line(), "model_unavailable"),
    "garbage": (sends_garbage(), "model_unavailable"),
    "400": (rejects(400), "model_rejected"),
    "401": (rejects(401), "model_rejected"),
    "404": (rejects(404), "model_rejected"),
    "429": (rejects(429), "model_rejected"),
    "500": (rejects(500), "model_rejected"),
    "a page of HTML": (sends(b"<html>Bad Gateway</html>", kind="text/html"), "not_in_schema"),
    "no words": (says(None), "not_in_schema"),
    "another shape": (says({"text": "hello"}), "not_in_schema"),
    "half an object": (says('{"content": {"npc_text": "Two bo'), "not_in_schema"),
    "a number": (says("7"), "not_in_schema"),
}
"""What the server does, and the reason on the receipt."""


def timed(fault: str) -> tuple[dict[str, Any], int | None]:
    """For whoever waits for a server that hangs: a clock that runs, and a deadline. Nothing else is about time."""
    return ({"clock": SystemClock()}, BRISK) if fault.startswith("hangs") else ({}, None)


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_character_still_answers_when_the_endpoint(fault: str, play: Play, opening: Opening) -> None:
    (behaviour, reason), (clock, deadline) = BROKEN[fault], timed(fault)
    async with play(*((behaviour,) if behaviour else ()), **clock) as (loom, server):
        request = opening("dialogue", policy="model", deadline_ms=deadline)
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", reason)
        assert isinstance(decision.content, DialogueDecision)
        await assert_nothing_of_it_stays(loom, request, decision)
        if fault.startswith("hangs"):
            await until(lambda: server.hung_up == 1, "the question is taken back from the server")
        if reason == "model_rejected":
            assert len(server.asked) == 1, "one layer retries, and not what was refused"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["refuses", "hangs in the body", "garbage", "500", "another shape"])
async def test_every_kind_falls_back_when_the_endpoint(fault: str, kind: str, play: Play, opening: Opening) -> None:
    if kind == "dialogue":
        return  # above, with every fault there is
    (behaviour, reason), (clock, deadline) = BROKEN[fault], timed(fault)
    async with play(*((behaviour,) if behaviour else ()), **clock) as (loom, _):
        request = opening(kind, policy="model", deadline_ms=deadline)
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", reason)
        await assert_nothing_of_it_stays(loom, request, decision)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_good_answer_over_the_wire_is_taken(kind: str, play: Play, opening: Opening) -> None:
    async with play(says("")) as (loom, server):
        request = opening(kind, policy="model")
        server.will(says(good_answer(loom, request)))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("model", "accepted")
        assert (decision.receipt.versions.model, decision.receipt.endpoint) == ("faulty", server.url)
        assert decision.receipt.attempts == 1
        assert (decision.receipt.tokens.prompt, decision.receipt.tokens.completion) == (7, 5)
        kept = 0 if kind == "description" else 1  # what one sees is no deed
        assert len(await loom.memory.memories(request.world, None, request.character)) == kept


def altered(answer: Mapping[str, Any], **changes: object) -> dict[str, Any]:
    return {**answer, "content": {**answer["content"], **changes}}


async def test_an_attack_on_somebody_who_is_not_there_is_not_made(play: Play, opening: Opening) -> None:
    async with play(says("")) as (loom, server):
        request = opening("combat", policy="model")
        ghost = {"kind": "attack", "ability": "scimitar", "target": "vexal"}
        server.will(says(altered(good_answer(loom, request), move=ghost)))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "no_target")
        assert (decision.receipt.validity.schema_, decision.receipt.validity.world) == (True, False)
        assert isinstance(decision.content, CombatDecision)
        assert "vexal" not in player_text(decision)
        await assert_nothing_of_it_stays(loom, request, decision)


async def test_a_quest_of_a_dead_giver_is_not_offered(play: Play, opening: Opening) -> None:
    async with play(says("")) as (loom, server):
        asked = opening("quest")
        scene = asked.scene.model_dump()
        scene["recent_events"] = [{"type": "EntityDied", "entity": "marta"}]
        request = opening("quest", scene=scene, policy="model")
        server.will(says(altered(good_answer(loom, request), giver="marta")))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "dead_giver")
        assert isinstance(decision.content, QuestDecision)
        assert decision.content.giver != "marta"
        assert decision.receipt.attempts == 2
        await assert_nothing_of_it_stays(loom, request, decision)


@pytest.mark.parametrize("creature", ["wolf", "adult_red_dragon"])
async def test_an_encounter_over_budget_comes_out_within_it_and_says_so(
    creature: str, play: Play, opening: Opening
) -> None:
    async with play(says("")) as (loom, server):
        request = opening("encounter", policy="model")
        server.will(says(altered(good_answer(loom, request), creatures=[{"creature": creature, "count": 20}])))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("repaired", "repaired")
        assert decision.receipt.corrections
        assert isinstance(decision.content, EncounterDecision)
        assert decision.content.difficulty in {"easy", "medium"}
        words = good_answer(loom, request)["content"]["introduction"]
        assert (decision.content.introduction == words) == (creature == "wolf"), (
            "words of who no longer comes are not said"
        )


async def test_a_tribute_beyond_the_treasury_is_not_promised(play: Play, opening: Opening) -> None:
    async with play(says("")) as (loom, server):
        request = opening("diplomacy", policy="model")
        tribute = [{"kind": "tribute", "payer": "high_houses", "gold": 1_000_000, "days": 360}]
        server.will(says(altered(good_answer(loom, request), terms=tribute)))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "not_affordable")
        assert isinstance(decision.content, DiplomacyDecision)
        assert "1000000" not in player_text(decision)
        await assert_nothing_of_it_stays(loom, request, decision)


@pytest.mark.parametrize(("kind", "wrong"), [
    ("dialogue", {"npc_text": "As an AI language model I have no soup."}),
    ("quest", {"giver": "nobody_at_all"}),
    ("diplomacy", {"terms": [{"kind": "passage", "grantor": "high_houses", "place": "atlantis", "days": 9}]}),
])  # fmt: skip
async def test_a_second_and_better_answer_is_taken_and_called_repaired(
    kind: str, wrong: dict[str, Any], play: Play, opening: Opening
) -> None:
    async with play(says("")) as (loom, server):
        request = opening(kind, policy="model")
        good = good_answer(loom, request)
        server.will(says(altered(good, **wrong)), says(good))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.attempts) == ("repaired", 2)
        again = cast("list[object]", server.asked[1].json["messages"])
        assert len(again) > 2, "the second question names the faults"
        assert len(await loom.memory.memories(request.world, None, request.character)) == 1


async def test_a_secret_in_an_answer_never_leaves(play: Play, opening: Opening) -> None:
    async with play(says("")) as (loom, server):
        request = opening("diplomacy", policy="model")
        facts = await loom.memory.facts(request.world, None, knower=request.character)
        secret = next(fact.text for fact in facts if fact.is_secret and "Houses" in fact.text)
        server.will(says(altered(good_answer(loom, request), message=f"You have me. {secret}")))
        decision = await decide(loom, request)

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "secret")
        assert secret not in decision.model_dump_json()
        await assert_nothing_of_it_stays(loom, request, decision)


async def test_a_hundred_characters_at_once_all_answer_while_the_endpoint_hangs(play: Play, opening: Opening) -> None:
    async with play(hangs_before_headers(), clock=SystemClock()) as (loom, _):
        asked = [
            opening("dialogue", id=f"crowd-{number}", thread=f"crowd-{number}", policy="model", deadline_ms=4_000)
            for number in range(100)
        ]
        began = time.perf_counter()
        decisions = await asyncio.gather(*(loom.decide(request) for request in asked))
        assert time.perf_counter() - began < 4 + MARGIN
        assert {decision.receipt.source for decision in decisions} == {"fallback"}
        reasons = {decision.receipt.reason for decision in decisions}
        assert "deadline" in reasons
        assert reasons <= {"deadline", "too_many_at_once"}
        for request, decision in zip(asked, decisions, strict=True):
            assert await objections(loom, request, decision) == []


async def test_after_a_refusal_the_next_does_not_wait_for_the_endpoint(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    model = VllmModel(f"http://127.0.0.1:{closed_port()}/v1", cool_down=60)
    async with open_loom(model, settings=settings) as loom:
        first = await loom.decide(opening("combat", id="first", policy="model"))
        second = await loom.decide(opening("combat", id="second", policy="model"))
    await model.aclose()

    assert first.receipt.reason == second.receipt.reason == "model_unavailable"
    assert [step.node for step in second.receipt.steps] == ["feel", "size_up", "choose_policy", "decide_by_rules"]


async def test_a_failing_endpoint_is_one_warning_in_the_log_without_what_a_player_said(
    play: Play, opening: Opening
) -> None:
    async with play(rejects(500)) as (loom, _):
        request = opening("dialogue", policy="model")
        set_up_logs(LogSettings(level="debug"))
        with capture_logs() as lines:
            await loom.decide(request)

    told = [line for line in lines if line["log_level"] in {"warning", "error"}]
    assert [line["because"] for line in told] == ["model_rejected"]
    assert "Two bowls" not in str(lines)
