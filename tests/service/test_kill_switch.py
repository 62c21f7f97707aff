"""The kill switch: while it is off nothing is sent to any model server, whatever is played, wherever it was thrown."""

from __future__ import annotations

import asyncio

import pytest

from inference import ModelPool
from memory import News
from nodes import SystemClock
from schemas import (
    ConversationSettings,
    EmbedderSettings,
    EndpointSettings,
    GuardSettings,
    MemoryEntry,
    RecallSettings,
    RerankSettings,
    Settings,
    UpkeepSettings,
    WorldPack,
    WorldTime,
)
from service import Loom
from service.doctor import examine
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS
from tests.support.command_line import Loomwright
from tests.support.faulty_server import FaultyServer, hangs_before_headers, rejects
from tests.support.waiting import until

LATE = WorldTime.from_minutes(20_000)


def all_at(server: FaultyServer, settings: Settings, *, on: bool) -> Settings:
    """Settings in which everything that can ask a server asks this one, as often as it can."""
    return settings.model_copy(
        update={
            "endpoints": (EndpointSettings(name="only", url=server.url),),
            "guards": GuardSettings(probe_seconds=0.01, rest_seconds=0.01, retries=0),
            "embedder": EmbedderSettings(kind="endpoint", url=server.url, name="minilm"),
            "recall": RecallSettings(rerank=RerankSettings(url=server.url, name="reranker")),
            "conversation": ConversationSettings(tokens=0, summaries="model", summarise_after=1),
            "upkeep": UpkeepSettings(every_decisions=1, by_model=True),
            "policy": settings.policy.model_copy(update={"ask_models": on}),
        }
    )


async def play_everything(loom: Loom, opening: Opening) -> list[str]:
    """Every kind by the graph's choice and by the model's, memories that want merging and vectors, talk to sum up."""
    rain = tuple(
        MemoryEntry(id=f"rain{number}", character="marta", text="It rained.", at=WorldTime(minute=number))
        for number in range(2)
    )
    await loom.memory.tell(News("morning_star", "rain", memories=rain))
    reasons: list[str] = []
    for kind in KINDS:
        for policy in ("auto", "model"):
            request = opening(kind, id=f"{kind}-{policy}", policy=policy)
            late = request.model_copy(update={"scene": request.scene.model_copy(update={"time": LATE})})
            reasons.append((await loom.decide(late)).receipt.reason)
    await loom.background.settle()
    await loom.memory.settle()
    await loom.memory.warm()
    return reasons


async def test_with_the_switch_off_no_packet_leaves(
    opening: Opening, settings: Settings, morning_star: WorldPack
) -> None:
    async with FaultyServer(rejects(503)) as server:
        off = all_at(server, settings, on=False)
        async with Loom.open(off, clock=SystemClock()) as loom:
            await loom.memory.load_world(morning_star)
            reasons = await play_everything(loom, opening)
            await asyncio.sleep(0.05)  # several probes' time
        findings = [finding async for finding in examine(off)]

        assert server.connections == 0
        assert reasons.count("model_switched_off") >= 12, reasons
        assert any("switched off" in finding.detail for finding in findings if finding.name == "endpoint")


async def test_with_the_switch_on_the_same_play_asks_for_everything(
    opening: Opening, settings: Settings, morning_star: WorldPack
) -> None:
    async with FaultyServer(rejects(503)) as server:
        async with Loom.open(all_at(server, settings, on=True), clock=SystemClock()) as loom:
            await loom.memory.load_world(morning_star)
            await play_everything(loom, opening)
            await until(lambda: server.connections > 3, "decisions, vectors and probes went out")

        assert {"/v1/chat/completions", "/v1/embeddings"} <= {request.path for request in server.requests}


async def test_thrown_while_it_runs_it_cuts_off_what_is_under_way(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    async with FaultyServer(hangs_before_headers()) as server:
        roomy = settings.model_copy(update={"guards": GuardSettings(probe_seconds=0.01)})
        pool = ModelPool((EndpointSettings(name="only", url=server.url),), roomy.guards)
        async with open_loom(pool, settings=roomy) as loom:
            asked = asyncio.create_task(loom.decide(opening("dialogue", policy="model")))
            await until(lambda: server.asked, "the question is with the server")
            loom.switch_models(on=False)
            decision = await asked
            await until(lambda: server.hung_up, "the server sees that nobody waits any more")
            then = server.connections
            again = await loom.decide(opening("dialogue", id="again", policy="model"))
            await asyncio.sleep(0.05)  # several probes' time
            assert server.connections == then

            loom.switch_models(on=True)
            back = asyncio.create_task(loom.decide(opening("dialogue", id="back", policy="model")))
            await until(lambda: len(server.asked) == 2, "it is asked again")
            loom.switch_models(on=False)
            await back
        await pool.aclose()

    assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "model_switched_off")
    assert (again.receipt.source, again.receipt.reason) == ("rules", "model_switched_off")


async def test_the_record_switches_every_process_on_it(open_loom: OpenLoom, opening: Opening) -> None:
    async with FaultyServer(rejects(503)) as server:
        pool = ModelPool((EndpointSettings(name="only", url=server.url),), GuardSettings(probe_seconds=0))
        async with open_loom(pool) as one, open_loom(pool) as other:
            await one.memory.spending.turn(on=False)
            await until(lambda: not one.budgets.switch.on and not other.budgets.switch.on, "both have seen it")
            for loom in (one, other):
                assert (await loom.decide(opening("dialogue", policy="model"))).receipt.reason == "model_switched_off"
            await one.memory.spending.turn(on=True)
            await until(lambda: one.budgets.switch.on and other.budgets.switch.on, "and that it is on again")
        assert server.connections == 0
        await pool.aclose()


async def test_a_switch_that_was_thrown_in_the_record_holds_from_the_start(
    open_loom: OpenLoom, opening: Opening
) -> None:
    async with open_loom() as loom:
        await loom.memory.spending.turn(on=False)
    async with FaultyServer(rejects(503)) as server:
        pool = ModelPool((EndpointSettings(name="only", url=server.url),), GuardSettings(probe_seconds=0))
        async with open_loom(pool) as loom:
            assert (await loom.decide(opening("dialogue", policy="model"))).receipt.reason == "model_switched_off"
        assert server.connections == 0
        await pool.aclose()


def test_the_command_line_throws_it(loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Models are on" in loomwright("switch").out
    assert "Models are off" in loomwright("switch", "off").out
    assert "Models are off" in loomwright("switch").out
    assert "Models are on" in loomwright("switch", "on").out
    monkeypatch.setenv("LOOMWRIGHT_POLICY__ASK_MODELS", "false")
    assert "`policy.ask_models` is false" in loomwright("switch").out
