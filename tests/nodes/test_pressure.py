"""A process begins no more decisions with a model than it can end in time."""

from __future__ import annotations

import asyncio
from collections import Counter

from inference import Answer, Ask, Lane, ScriptedModel
from inference.model import Content
from nodes import Pressure, SystemClock
from schemas import Decision, Settings
from tests.conftest import Opening, OpenLoom
from tests.service.stage import good_answer

WORK = 0.01
DUE = 0.4
"""Seconds: 30 of them fill three quarters of it, 20 a half."""


def test_what_is_under_way_holds_back_crowds_first_and_what_is_due_soon() -> None:
    pressure = Pressure(WORK)
    with pressure.deciding():
        assert pressure.admits(Lane.PLAYER, DUE)
        assert pressure.admits(Lane.PLAYER, DUE), "asked twice, it still is one"
        assert pressure.asking == 1
    assert pressure.asking == 0
    pressure.asking = 20
    assert not pressure.admits(Lane.CROWD, DUE)
    assert not pressure.admits(Lane.BACKGROUND, DUE)
    assert pressure.admits(Lane.PLAYER, DUE)
    assert pressure.admits(Lane.BOSS, DUE)
    assert not pressure.admits(Lane.PLAYER, DUE / 2)
    assert pressure.admits(Lane.CROWD, 10 * DUE)
    pressure.asking = 30
    assert not pressure.admits(Lane.PLAYER, DUE)


def test_nobody_is_held_back_where_the_settings_say_so_or_no_time_goes_by() -> None:
    free = Pressure(0.0)
    free.asking = 10_000
    assert free.admits(Lane.CROWD, 0.001)
    held = Pressure(WORK)
    held.asking = 10_000
    assert held.admits(Lane.CROWD, float("inf"))


async def test_a_graph_that_is_run_by_itself_is_not_counted_for_ever() -> None:
    pressure = Pressure(WORK)
    assert all(pressure.admits(Lane.PLAYER, DUE) for _ in range(100))
    assert pressure.asking == 0


async def test_of_many_at_once_some_are_left_to_the_rules_until_others_are_made(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    request = opening("dialogue", policy="model", deadline_ms=10_000)
    async with open_loom() as scout:
        good = good_answer(scout, request)
    go_on = asyncio.Event()

    class Waiting(ScriptedModel):
        async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
            await go_on.wait()
            return await super().answer(ask, schema)

    slow = settings.model_copy(update={"policy": settings.policy.model_copy(update={"work_ms": 1_000.0})})
    model = Waiting(lambda _, __: good)
    async with open_loom(model, settings=slow, clock=SystemClock()) as loom:

        def ask(name: str) -> asyncio.Task[Decision]:
            return asyncio.create_task(loom.decide(request.model_copy(update={"id": name, "thread": name})))

        asked = [ask(f"at-once-{number}") for number in range(10)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        go_on.set()
        made = await asyncio.gather(*asked)
        after = await ask("after")

    reasons = Counter(decision.receipt.reason for decision in made)
    assert reasons["too_many_at_once"] == 3, "ten seconds, three quarters of them for those whom a model decides"
    assert reasons["accepted"] == 7
    assert after.receipt.reason == "accepted"
