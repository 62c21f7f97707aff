"""The Loom's own promises: an answer in time, whatever breaks beneath it."""

from __future__ import annotations

import asyncio
import gc
import itertools
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from graphs import LIBRARY
from inference import Ask, ScriptedModel
from memory import Memory
from nodes import CATALOGUE, Clock, Context, DecisionState, FrozenClock, Step, SystemClock
from schemas import BadDeclaration, Settings, UnknownThing
from tests.conftest import Opening, OpenLoom
from tests.service.stage import objections
from tests.support.waiting import until

A_WOLF: dict[str, Any] = {
    "content": {"creatures": [{"creature": "wolf", "count": 1}], "introduction": "A wolf, alone."}
}
SLACK = 60
"""Seconds that a busy test machine may be late in noticing that time is up: whoever never comes is later."""


async def hangs(state: DecisionState, context: Context) -> Step:
    """Never come back."""
    await asyncio.sleep(3_600)
    return Step()


async def dawdles(state: DecisionState, context: Context) -> Step:
    """Take longer than there is."""
    await asyncio.sleep(0.1)
    return Step()


async def breaks(state: DecisionState, context: Context) -> Step:
    """Fall over."""
    raise ZeroDivisionError


def with_first_node(settings: Settings, folder: Path, name: str) -> Settings:
    """The library's combat graph with a node of somebody's before everything else, and no way out of it."""
    folder.mkdir()
    text = (LIBRARY / "combat.yaml").read_text()
    text = text.replace("entrypoint: feel", f"entrypoint: {name}")
    (folder / "combat.yaml").write_text(
        text.replace("nodes:\n", f"nodes:\n  {name}:\n    use: {name}\n    then: feel\n", 1)
    )
    return settings.model_copy(update={"graphs": (*settings.graphs, folder)})


@pytest.mark.parametrize(
    ("node", "clock", "reason"), [(hangs, SystemClock(), "deadline"), (breaks, FrozenClock(), "graph_failed")]
)
async def test_a_node_that_nobody_guards_still_costs_no_decision(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path, node: Any, clock: Clock, reason: str
) -> None:
    mine = with_first_node(settings, tmp_path / "graphs", node.__name__)
    async with open_loom(settings=mine, catalogue=CATALOGUE.with_nodes([node]), clock=clock) as loom:
        request = opening("combat", deadline_ms=300)
        began = time.monotonic()
        with capture_logs() as logs:
            decision = await loom.decide(request)
        took = time.monotonic() - began

        assert (decision.receipt.source, decision.receipt.reason) == ("fallback", reason)
        assert await objections(loom, request, decision) == []
        assert took < 0.3 + SLACK
        assert await loom.memory.decision(request.world, request.id) is not None
    assert "safety_net" in [line["event"] for line in logs]


async def test_a_loom_whose_clock_stands_waits_for_whatever_takes_its_time(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path
) -> None:
    mine = with_first_node(settings, tmp_path / "graphs", "dawdles")
    async with open_loom(settings=mine, catalogue=CATALOGUE.with_nodes([dawdles])) as loom:
        decision = await loom.decide(opening("combat", deadline_ms=50))

    assert (decision.receipt.source, decision.receipt.warnings) == ("rules", ())
    assert decision.receipt.milliseconds == 0


@pytest.mark.parametrize(
    ("clock", "latency", "deadline_ms", "reason"),
    [(SystemClock(), 60, 30_000, "model_too_slow"), (FrozenClock(), 0.1, 50, "accepted")],
)
async def test_a_model_that_is_usually_too_slow_is_asked_only_where_time_stands_still(
    open_loom: OpenLoom, opening: Opening, clock: Clock, latency: float, deadline_ms: int, reason: str
) -> None:
    async with open_loom(ScriptedModel([A_WOLF], latency=latency), clock=clock) as loom:
        decision = await loom.decide(opening("encounter", policy="model", deadline_ms=deadline_ms))

    assert decision.receipt.reason == reason


async def test_a_record_that_somebody_holds_does_not_hold_up_a_decision(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    async with open_loom(clock=SystemClock()) as loom:
        other = sqlite3.connect(settings.home / "record.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        request = opening("combat", deadline_ms=1_000)
        began = time.monotonic()
        decision = await loom.decide(request)
        took = time.monotonic() - began
        other.execute("ROLLBACK")
        other.close()

        assert took < 1 + SLACK
        assert decision.receipt.warnings in (("record_late",), ("record_late", "checkpoint_late"))
        assert await objections(loom, request, decision) == []
        for _ in range(1_200):
            if await loom.memory.decision(request.world, request.id) is not None:
                break
            await asyncio.sleep(0.05)
        assert await loom.memory.decision(request.world, request.id) is not None, "late is not lost"


async def test_checkpoints_that_are_gone_are_named_on_the_receipt(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    async with open_loom() as loom:
        kept = await loom.decide(opening("combat", id="kept"))
        other = sqlite3.connect(settings.home / "checkpoints.db", isolation_level=None)
        other.execute("DROP TABLE checkpoints")
        other.close()
        with capture_logs() as logs:
            lost = await loom.decide(opening("encounter", id="lost"))

    assert kept.receipt.checkpoint is not None
    assert kept.receipt.warnings == ()
    assert (lost.receipt.source, lost.receipt.reason) == ("fallback", "checkpoints_unavailable")
    assert lost.receipt.checkpoint is None
    assert "checkpoints_unavailable" in [line["event"] for line in logs]


async def test_an_open_loom_has_its_graphs_ready_and_one_with_faults_tells_them_when_it_is_asked_for(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "graphs"
    folder.mkdir()
    (folder / "combat.yaml").write_text((LIBRARY / "combat.yaml").read_text())
    (folder / "broken.yaml").write_text("name: broken\n")
    async with open_loom(settings=settings.model_copy(update={"graphs": (folder,)})) as loom:
        (folder / "combat.yaml").unlink()
        decision = await loom.decide(opening("combat"))
        with pytest.raises(BadDeclaration, match="lacks 'entrypoint'"):
            loom.graph("broken")

    assert decision.receipt.source == "rules"


async def test_memory_is_warm_soon_after_a_loom_opens_where_there_is_a_model_to_ask(open_loom: OpenLoom) -> None:
    async with open_loom(ScriptedModel([A_WOLF])) as loom:
        await until(lambda: loom.memory._dense.is_open, "Chroma is started, though nobody has asked for anything")


async def test_nobody_waits_for_a_memory_that_takes_long_to_warm_and_rules_do_not_begin_it(
    open_loom: OpenLoom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    async def warm(_: Memory) -> None:
        begun.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            begun.append("left")

    monkeypatch.setattr(Memory, "warm", warm)
    async with open_loom() as loom:
        await loom.decide(opening("encounter"))
    assert begun == []

    async with open_loom(ScriptedModel([A_WOLF])) as loom:
        decision = await loom.decide(opening("encounter", id="by-a-model", policy="model"))
        assert begun == ["begun"]
    assert begun == ["begun", "left"]
    assert decision.receipt.source == "model"


async def test_decisions_of_one_thread_are_made_one_after_the_other(open_loom: OpenLoom, opening: Opening) -> None:
    asked_at: list[float] = []

    def wolves(ask: Ask, schema: type[BaseModel]) -> dict[str, Any]:
        asked_at.append(time.monotonic())
        return A_WOLF

    latency = 0.1
    async with open_loom(ScriptedModel(wolves, latency=latency)) as loom:
        requests = [opening("encounter", id=f"turn-{number}", policy="model") for number in range(4)]
        made = await asyncio.gather(*(loom.decide(request) for request in requests))
        thread = f"{requests[0].thread_id}@main"
        last = await loom.graph("encounter").aget_state({"configurable": {"thread_id": thread}})

    assert [decision.id for decision in made] == [request.id for request in requests]
    assert len(asked_at) == len(requests)
    assert min(later - sooner for sooner, later in itertools.pairwise(asked_at)) >= latency
    assert last.values["decision"]["id"] in {request.id for request in requests}
    assert last.next == ()


async def test_a_timeline_that_is_not_there_is_the_callers_to_mend(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom() as loom:
        with pytest.raises(UnknownThing, match="timeline"):
            await loom.decide(opening("combat", timeline="t9"))


async def test_a_hundred_characters_are_answered_at_once(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom() as loom:
        asked = [
            opening("combat", id=f"crowd-{number}", thread=f"crowd-{number}", seed=number) for number in range(100)
        ]
        made = await asyncio.gather(*(loom.decide(request) for request in asked))

    assert {decision.receipt.source for decision in made} == {"rules"}
    assert len({decision.id for decision in made}) == 100


async def test_a_full_collection_does_not_look_at_what_lives_as_long_as_a_loom(open_loom: OpenLoom) -> None:
    def looked_at(one: object) -> bool:
        return any(other is one for other in gc.get_objects())

    async with open_loom(None) as loom:
        graph = loom.graph("dialogue")
        async with open_loom(None):
            pass
        assert not looked_at(graph), "another one that closes changes nothing for this one"
        assert looked_at([graph]), "what came later is looked at"
    assert looked_at(graph), "and all of it once nobody needs it any more"
