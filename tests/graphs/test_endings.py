"""Many who wait for the same moment are called back one after the other: on a loop whose time is made up."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from graphs.endings import WORK, endings

Result = TypeVar("Result")


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing: where nobody has anything to do, the time is at once what it would be afterwards."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


def played(work: Coroutine[Any, Any, Result]) -> Result:
    """What comes of it, on a loop of its own that takes no time."""
    selector = _Jumping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # pyright: ignore[reportAttributeAccessIssue]  # the one thing that is made up
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def waits(due: float, answered_after: float | None = None) -> float:
    """When it was called back, or had its answer."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(due - loop.time()) as timeout:
            with endings().within(timeout):
                await (asyncio.sleep(answered_after) if answered_after is not None else loop.create_future())
    except TimeoutError:
        pass
    return loop.time()


def test_one_who_waits_alone_waits_to_the_end() -> None:
    assert played(waits(1.0)) == pytest.approx(1.0)


def test_many_who_are_due_together_leave_each_other_time_to_fall_back() -> None:
    async def all_hang() -> list[float]:
        return await asyncio.gather(*(waits(1.0) for _ in range(20)))

    ended = sorted(played(all_hang()))
    assert ended == pytest.approx([1.0 - before * WORK for before in reversed(range(20))])


def test_who_is_due_later_does_not_hurry_those_before() -> None:
    async def all_hang() -> list[float]:
        return list(await asyncio.gather(waits(1.0), waits(5.0), waits(9.0)))

    assert played(all_hang()) == pytest.approx([1.0, 5.0, 9.0])


def test_those_who_have_their_answers_make_room_for_the_others() -> None:
    async def most_are_answered() -> list[float]:
        answered = [waits(1.0, answered_after=0.3) for _ in range(18)]
        return await asyncio.gather(*answered, waits(1.0), waits(1.0))

    *early, first, second = played(most_are_answered())
    assert early == pytest.approx([0.3] * 18)
    assert sorted((first, second)) == pytest.approx([1.0 - WORK, 1.0])


def test_more_than_there_is_time_for_have_half_of_it_all_the_same_and_none_is_forgotten() -> None:
    async def far_too_many() -> list[float]:
        return await asyncio.gather(*(waits(0.1) for _ in range(80)))

    ended = sorted(played(far_too_many()))
    assert ended[0] == pytest.approx(0.05)
    assert ended[-1] == pytest.approx(0.1)
    assert len(ended) == 80


def test_hundreds_who_are_answered_in_time_are_not_called_back() -> None:
    async def all_are_answered() -> list[float]:
        return await asyncio.gather(*(waits(1.0, answered_after=0.4) for _ in range(300)))

    assert played(all_are_answered()) == pytest.approx([0.4] * 300)
