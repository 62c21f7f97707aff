"""The table of docs/faults.md, row by row: whatever a server does, the decision comes, is legal, and says why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from inference import ModelPool
from nodes import SystemClock
from schemas import DecisionRequest, EndpointSettings, GuardSettings, Receipt, Settings
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS, good_answer, objections, roomy
from tests.support.faults import FAULTS, Fault, serving
from tests.support.faulty_server import Behaviour, Exchange, FaultyServer, hangs_before_headers, rejects, says
from tests.support.waiting import until

DEADLINE_MS = 3_000
"""What a player waits when nothing but a deadline ends it."""
MARGIN = 60.0
"""Seconds by which this machine may be late: whoever never comes is later."""

REAL_TIME = time.time

by_name = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)


@asynccontextmanager
async def playing(open_loom: OpenLoom, settings: Settings, **more: Any) -> AsyncGenerator[tuple[Loom, ModelPool]]:
    """A Loom, and the pool that it asks: a test adds its servers."""
    pool = ModelPool((), GuardSettings(probe_seconds=0))
    async with open_loom(pool, settings=roomy(settings), **more) as loom:
        try:
            await loom.memory.warm()
            yield loom, pool
        finally:
            await pool.aclose()


def endpoint(name: str, url: str, weight: float = 1.0) -> EndpointSettings:
    return EndpointSettings(name=name, url=url, model="m", weight=weight)


def clock_for(fault: Fault) -> dict[str, Any]:
    """A hanging server is left by a clock that runs; nothing else here is about time."""
    return {"clock": SystemClock()} if fault.timed else {}


async def decide(loom: Loom, request: DecisionRequest) -> Receipt:
    """Decide, hold the decision against the world, and give its receipt."""
    async with asyncio.timeout(DEADLINE_MS / 1_000 + MARGIN):
        decision = await loom.decide(request)
    assert await objections(loom, request, decision) == []
    return decision.receipt


@by_name
async def test_a_decision_is_made_when_the_only_server(
    fault: Fault, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    request = opening("dialogue", policy="model", deadline_ms=DEADLINE_MS if fault.timed else None)
    async with (
        playing(open_loom, settings, **clock_for(fault)) as (loom, pool),
        serving(fault, good_answer(loom, request)) as (url, server),
    ):
        pool.add(endpoint("only", url))
        receipt = await decide(loom, request)
    source = "model" if fault.reason == "accepted" else "fallback"
    assert (receipt.source, receipt.reason) == (source, fault.reason)
    assert len(server.asked) == fault.sent


@by_name
async def test_a_second_server_answers_when_the_first(
    fault: Fault, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    request = opening("dialogue", policy="model", deadline_ms=4 * DEADLINE_MS if fault.timed else None)
    async with playing(open_loom, settings, **clock_for(fault)) as (loom, pool):
        good = good_answer(loom, request)
        async with serving(fault, good) as (url, _), FaultyServer(says(good)) as spare:
            pool.add(endpoint("first", url, weight=1_000))
            pool.add(endpoint("spare", spare.url, weight=0.001))
            receipt = await decide(loom, request)
    if fault.elsewhere:
        wanted = url if fault.reason == "accepted" else spare.url
        assert (receipt.source, receipt.reason, receipt.endpoint) == ("model", "accepted", wanted)
    else:
        assert (receipt.source, receipt.reason) == ("fallback", fault.reason)
        assert spare.asked == []


async def test_when_all_servers_hang_every_kind_still_decides_at_its_deadline(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with (
        playing(open_loom, settings, clock=SystemClock()) as (loom, pool),
        FaultyServer(hangs_before_headers()) as one,
        FaultyServer(hangs_before_headers()) as other,
    ):
        pool.add(endpoint("one", one.url))
        pool.add(endpoint("other", other.url))
        asked = [opening(kind, policy="model", deadline_ms=DEADLINE_MS) for kind in KINDS]
        receipts = await asyncio.gather(*(decide(loom, request) for request in asked))
    assert {receipt.source for receipt in receipts} == {"fallback"}


@pytest.mark.parametrize(
    "refusal",
    [
        rejects(413),
        rejects(400, "This model's maximum context length is 2048 tokens. However, you requested 2300 tokens."),
    ],
    ids=["413", "context length"],
)
async def test_a_prompt_that_is_too_long_for_the_server_is_tried_shorter(
    refusal: Behaviour, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    request = opening("dialogue", policy="model")
    async with (
        playing(open_loom, settings) as (loom, pool),
        FaultyServer(refusal, says(good_answer(loom, request))) as server,
    ):
        pool.add(endpoint("only", server.url))
        receipt = await decide(loom, request)
    assert (receipt.source, receipt.attempts) == ("repaired", 2)
    assert_was_shortened(receipt, server)


async def test_a_prompt_that_took_too_long_is_tried_shorter_with_the_time_that_is_left(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    quick = opening("dialogue", policy="model", deadline_ms=DEADLINE_MS)
    slow = opening("dialogue", id="slow", policy="model", deadline_ms=2 * DEADLINE_MS)
    async with (
        playing(open_loom, settings, clock=SystemClock()) as (loom, pool),
        FaultyServer(
            *[says(good_answer(loom, quick))] * 2, hangs_before_headers(), says(good_answer(loom, slow))
        ) as server,
    ):
        pool.add(endpoint("only", server.url))
        await decide(loom, quick)
        await decide(loom, quick.model_copy(update={"id": "known"}))  # so it is known to be fast
        receipt = await decide(loom, slow)
    assert (receipt.source, receipt.attempts) == ("repaired", 2)
    assert_was_shortened(receipt, server)


async def test_an_error_that_no_shorter_prompt_mends_is_not_tried_again(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with playing(open_loom, settings) as (loom, pool), FaultyServer(rejects(400, "no such parameter")) as server:
        pool.add(endpoint("only", server.url))
        receipt = await decide(loom, opening("dialogue", policy="model"))
    assert (receipt.source, receipt.reason, receipt.attempts) == ("fallback", "model_rejected", 0)
    assert len(server.asked) == 1
    assert receipt.cuts == ()


def assert_was_shortened(receipt: Receipt, server: FaultyServer) -> None:
    """The last prompt was shorter than the one before, and the receipt says by what."""
    assert "prompt_shortened" in receipt.warnings
    assert {cut.how for cut in receipt.cuts} >= {"dropped", "abbreviated"}
    assert sum(cut.tokens for cut in receipt.cuts) > 0
    first, second = (len(str(question.json["messages"])) for question in server.asked[-2:])
    assert second < 0.9 * first


async def test_where_there_is_no_room_for_one_more_question_rules_decide_and_say_so(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with FaultyServer(hangs_before_headers()) as server:
        one_place = EndpointSettings(name="only", url=server.url, model="m", at_once=1)
        pool = ModelPool([one_place], GuardSettings(queue=0, probe_seconds=0))
        async with open_loom(pool, settings=roomy(settings)) as loom:
            first = asyncio.create_task(loom.decide(opening("quest", policy="model")))
            await until(lambda: server.asked, "the first question takes the place")
            receipt = await decide(loom, opening("dialogue", policy="model"))
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
        await pool.aclose()
    assert (receipt.source, receipt.reason, receipt.attempts) == ("fallback", "model_busy", 0)


@dataclass
class WallClock:
    """The machine's date, which somebody sets: it jumps when a server is asked."""

    hours: float
    jumped: bool = False

    def __call__(self) -> float:
        return REAL_TIME() + (self.hours * 3_600 if self.jumped else 0.0)

    def jumps_and(self, then: Behaviour) -> Behaviour:
        """The behaviour of a server, with a jump before it."""

        async def behave(exchange: Exchange) -> None:
            self.jumped = True
            await then(exchange)

        return behave


@pytest.mark.parametrize("hours", [5, -5])
async def test_a_wall_clock_that_jumps_during_a_decision_makes_it_neither_late_nor_early(
    hours: float, open_loom: OpenLoom, settings: Settings, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = WallClock(hours)
    monkeypatch.setattr(time, "time", wall)
    async with playing(open_loom, settings, clock=SystemClock()) as (loom, pool):
        loom.memory._wall_clock = wall
        well = opening("dialogue", policy="model", id="well", thread="well", deadline_ms=40 * DEADLINE_MS)
        async with FaultyServer(wall.jumps_and(says(good_answer(loom, well)))) as server:
            pool.add(endpoint("only", server.url))
            answered = await decide(loom, well)
            wall.jumped = False
            server.will(wall.jumps_and(hangs_before_headers()))
            hung = await decide(loom, opening("dialogue", policy="model", deadline_ms=DEADLINE_MS))
    assert wall.jumped
    assert (answered.source, answered.reason) == ("model", "accepted")
    assert (hung.source, hung.reason) == ("fallback", "deadline")
