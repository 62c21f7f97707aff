"""Spending adds up in the record, whoever spends and on whichever database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from schemas import Account, Spending
from tests.memory.stage import open_memory

TALK, FIGHT = Account("here", "dialogue", "boss", 3), Account("here", "combat", "crowd", 3)
TODAY = 20_000


async def test_two_processes_that_add_at_once_lose_nothing(record_url: str | None, tmp_path: Path) -> None:
    one, other = await open_memory(record_url, tmp_path), await open_memory(record_url, tmp_path)
    each = {(TODAY, TALK): Spending(1, 1, 100, 0.25), (TODAY, FIGHT): Spending(2, 0, 0, 0.0)}
    for _ in range(10):
        await asyncio.gather(one.spending.add(each, TODAY), other.spending.add(each, TODAY))

    assert await one.spending.add({}, TODAY) == {
        (TODAY, TALK): Spending(20, 20, 2_000, 5.0),
        (TODAY, FIGHT): Spending(40, 0, 0, 0.0),
    }
    await one.aclose()
    await other.aclose()


async def test_earlier_days_are_told_together_and_apart_from_today(record_url: str | None, tmp_path: Path) -> None:
    memory = await open_memory(record_url, tmp_path)
    await memory.spending.add({(TODAY - 9, TALK): Spending(1, 1, 5, 0.5), (TODAY - 1, TALK): Spending(1, 1, 5, 0.5)}, 0)
    assert await memory.spending.add({(TODAY, TALK): Spending(1)}, TODAY) == {(TODAY, TALK): Spending(1, 0, 0, 0.0)}

    [earlier] = (await memory.spending.before(TODAY)).items()
    assert (earlier[0][1], earlier[1]) == (TALK, Spending(2, 2, 10, 1.0))
    await memory.aclose()


async def test_the_switch_is_on_until_somebody_turns_it_off_for_all(record_url: str | None, tmp_path: Path) -> None:
    one, other = await open_memory(record_url, tmp_path), await open_memory(record_url, tmp_path)
    assert await one.spending.models_on()
    for on in (False, False, True):
        await one.spending.turn(on=on)
        assert await other.spending.models_on() is on
    await one.aclose()
    await other.aclose()
