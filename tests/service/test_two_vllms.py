"""Two real vLLMs, of which one is killed, stopped and started again: the second table of docs/faults.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from inference import ModelPool
from nodes import SystemClock
from schemas import EndpointSettings, GuardSettings, Receipt, Settings
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import objections, roomy
from tests.service.test_real_model import GENERATED, busy, figure
from tests.support.tiny_vllm import FrailVllm
from tests.support.waiting import until

pytestmark = pytest.mark.vllm

LONG_MS = 120_000
"""Nobody is late by this, however slow the machine."""
SHORT_MS = 3_000
NOBODY = {"model_unavailable", "model_timeout", "deadline", "graph_failed", "node_failed"}
"""Reasons that say that no answer came."""


@asynccontextmanager
async def playing(open_loom: OpenLoom, settings: Settings, *urls: str) -> AsyncGenerator[tuple[Loom, ModelPool]]:
    """A Loom over these endpoints: the first is asked while it is well; one failure is enough to leave it alone."""
    weights = (1_000.0, 0.001)
    given = [
        EndpointSettings(name=f"server_{n}", url=url, model="tiny", weight=weights[n]) for n, url in enumerate(urls)
    ]
    pool = ModelPool(given, GuardSettings(failures=1, rest_seconds=0.5, probe_seconds=0.5))
    async with open_loom(pool, settings=roomy(settings), clock=SystemClock()) as loom:
        try:
            await loom.memory.warm()
            yield loom, pool
        finally:
            await pool.aclose()


async def decided(loom: Loom, opening: Opening, name: str, deadline_ms: int, kind: str = "dialogue") -> Receipt:
    """A decision that the world has nothing against, by its receipt."""
    request = opening(kind, id=name, thread=name, policy="model", deadline_ms=deadline_ms)
    decision = await loom.decide(request)
    assert await objections(loom, request, decision) == []
    return decision.receipt


def closed(pool: ModelPool, number: int = 0) -> bool:
    """Whether an endpoint is used."""
    return pool.endpoints[number].breaker == "closed"


async def test_a_server_that_is_gone_is_done_without_and_used_again_once_it_is_back(
    frail_vllm: FrailVllm, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    frail_vllm.kill()
    async with playing(open_loom, settings, frail_vllm.url) as (loom, pool):
        without = await decided(loom, opening, "without", LONG_MS)
        assert (without.source, without.reason) == ("fallback", "model_unavailable")
        assert not closed(pool)
        await asyncio.to_thread(frail_vllm.start)
        await until(lambda: closed(pool), "a probe finds it back")
        again = await decided(loom, opening, "again", LONG_MS)
    assert again.reason not in NOBODY
    assert again.endpoint == frail_vllm.url


async def test_a_server_that_is_stopped_is_left_for_the_other_and_used_again_once_it_goes_on(
    frail_vllm: FrailVllm, vllm_url: str, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    await asyncio.to_thread(frail_vllm.start)
    async with playing(open_loom, settings, frail_vllm.url, vllm_url) as (loom, pool):
        frail_vllm.freeze()
        try:
            meanwhile = await decided(loom, opening, "meanwhile", 4 * SHORT_MS)
        finally:
            frail_vllm.thaw()
        assert not closed(pool)
        assert meanwhile.endpoint in (vllm_url, None), "on a slow machine the time may not do for the second"
        await until(lambda: closed(pool), "a probe finds it moving")
        again = await decided(loom, opening, "again", LONG_MS)
    assert again.reason not in NOBODY
    assert again.endpoint == frail_vllm.url


async def test_when_the_only_server_is_stopped_rules_decide_by_the_deadline(
    frail_vllm: FrailVllm, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    await asyncio.to_thread(frail_vllm.start)
    async with playing(open_loom, settings, frail_vllm.url) as (loom, _):
        frail_vllm.freeze()
        try:
            receipt = await decided(loom, opening, "hung", SHORT_MS)
        finally:
            frail_vllm.thaw()
    assert receipt.source == "fallback"
    assert receipt.reason in {"deadline", "model_timeout"}


async def test_a_server_that_is_killed_in_the_middle_of_its_answer_is_replaced_by_the_other(
    frail_vllm: FrailVllm, vllm_url: str, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    await asyncio.to_thread(frail_vllm.start)
    async with playing(open_loom, settings, frail_vllm.url, vllm_url) as (loom, _):
        before = await figure(frail_vllm.url, GENERATED)
        deciding = asyncio.create_task(decided(loom, opening, "killed", LONG_MS, kind="quest"))
        await busy(frail_vllm.url, before)
        assert not deciding.done()
        await asyncio.to_thread(frail_vllm.kill)
        receipt = await deciding
    assert receipt.reason not in NOBODY
    assert receipt.endpoint == vllm_url


async def test_when_both_servers_are_gone_rules_decide(
    frail_vllm: FrailVllm, open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    frail_vllm.kill()
    other = FrailVllm()
    async with playing(open_loom, settings, frail_vllm.url, other.url) as (loom, _):
        receipt = await decided(loom, opening, "alone", LONG_MS)
    assert (receipt.source, receipt.reason) == ("fallback", "model_unavailable")
