"""The model behind a role is exchanged while characters decide: nobody waits, and receipts name who answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from inference import ModelPool
from schemas import BadSettings, Decision, EndpointSettings, GuardSettings, ModelRole, ModelUnavailable, Settings
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import good_answer, roomy
from tests.support.faulty_server import FaultyServer, after, says
from tests.support.waiting import until

OLD, NEW = "tiny", "Qwen/Qwen3-8B"
"""Both are in models.toml, with other versions."""
EVERY: tuple[ModelRole, ...] = ("narrator", "tactician", "judge")


def endpoint(name: str, server: FaultyServer, model: str, *roles: ModelRole) -> EndpointSettings:
    return EndpointSettings(name=name, url=server.url, model=model, roles=roles or EVERY)


@asynccontextmanager
async def playing(
    open_loom: OpenLoom, settings: Settings, server: FaultyServer
) -> AsyncGenerator[tuple[Loom, ModelPool]]:
    """A Loom whose one endpoint serves the old model."""
    pool = ModelPool([endpoint("old", server, OLD)], GuardSettings(probe_seconds=0))
    async with open_loom(pool, settings=roomy(settings)) as loom:
        try:
            yield loom, pool
        finally:
            await pool.aclose()


async def test_under_load_decisions_finish_where_they_began_and_the_next_go_to_the_new_model(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with FaultyServer() as old, FaultyServer() as new, playing(open_loom, settings, old) as (loom, pool):
        request = opening("dialogue", policy="model")
        answer = says(good_answer(loom, request))
        old.will(after(0.2, answer))
        new.will(answer)

        async def decide(name: str) -> Decision:
            return await loom.decide(request.model_copy(update={"id": name, "thread": name}))

        under_way = [asyncio.create_task(decide(f"before.{number}")) for number in range(12)]
        await until(lambda: len(old.asked) == len(under_way), "the old model has been asked by all")
        await loom.swap("narrator", endpoint("new", new, NEW, "narrator"))
        later = await asyncio.gather(*(decide(f"after.{number}") for number in range(12)))
        before = await asyncio.gather(*under_way)

        assert {one.receipt.source for one in (*before, *later)} == {"model"}
        assert {_by(one) for one in before} == {(f"{old.url}", OLD, "test")}
        assert {_by(one) for one in later} == {(f"{new.url}", NEW, "2025-04")}
        assert len(old.asked) == len(under_way), "nothing was asked of it any more"
        fight = await loom.decide(opening("combat", policy="model"))
        assert fight.receipt.endpoint == old.url, "the other roles are still the old one's"
        assert {one.name: one.roles for one in pool.endpoints} == {"old": ("tactician", "judge"), "new": ("narrator",)}


async def test_an_endpoint_without_a_role_left_is_let_go(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with FaultyServer() as old, FaultyServer() as new, playing(open_loom, settings, old) as (loom, pool):
        for role in EVERY:
            await loom.swap(role, endpoint(f"new_{role}", new, NEW, role))
        new.will(says(good_answer(loom, opening("dialogue"))))
        decision = await loom.decide(opening("dialogue", policy="model"))

        assert [one.name for one in pool.endpoints] == [f"new_{role}" for role in EVERY]
        assert decision.receipt.endpoint == new.url


async def test_an_endpoint_that_does_not_answer_takes_nothing_over(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with FaultyServer() as old, playing(open_loom, settings, old) as (loom, pool):
        gone = EndpointSettings(name="new", url="http://127.0.0.1:9/v1", model=NEW)
        with pytest.raises(ModelUnavailable):
            await loom.swap("narrator", gone)
        old.will(says(good_answer(loom, opening("dialogue"))))
        decision = await loom.decide(opening("dialogue", policy="model"))

        assert [one.name for one in pool.endpoints] == ["old"]
        assert decision.receipt.endpoint == old.url


async def test_what_cannot_be_swapped_says_why(open_loom: OpenLoom, settings: Settings) -> None:
    async with FaultyServer() as old, playing(open_loom, settings, old) as (loom, _):
        with pytest.raises(BadSettings, match="'fights' is not for 'narrator'"):
            await loom.swap("narrator", endpoint("fights", old, NEW, "tactician"))
        with pytest.raises(BadSettings, match="'old' is there already"):
            await loom.swap("narrator", endpoint("old", old, NEW))
    async with open_loom(settings=settings.model_copy(update={"home": settings.home / "none"})) as loom:
        with pytest.raises(BadSettings, match="no endpoint answers here"):
            await loom.swap("narrator", endpoint("old", old, NEW))


def _by(decision: Decision) -> tuple[str | None, str | None, str | None]:
    receipt = decision.receipt
    return receipt.endpoint, receipt.versions.model, receipt.versions.weights
