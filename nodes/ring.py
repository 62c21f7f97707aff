"""Where encounters are fought for their odds: beside this process, which goes on deciding, or in a thread of it."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache
from typing import cast

from rules import Fights, Meeting, Tally

_log = logging.getLogger(__name__)

AT_ONCE = 20
"""Fights between two looks at the clock; fewer than these say nothing."""


class Ring:
    """Plays fights by their numbers, as many as a time allows.

    `processes`: how many play at once, from `ready` on until this process ends; 0: a thread plays, and slows everybody
    else in this process while it does. Where a process died it is the thread until others are there. They need no
    guarded `__main__` (loky), and rings of the same size share them.
    """

    def __init__(self, processes: int = 0) -> None:
        self._processes = processes
        self._coming: asyncio.Future[Executor] | None = None

    async def ready(self) -> None:
        """Start the processes, which takes seconds and both hands: before play. Where they do not start, the log says
        why, and a thread fights."""
        self._begin()
        if self._coming is not None:
            await asyncio.wait({self._coming})
            self._others()

    async def fought(self, fights: Fights, runs: int, seconds: float) -> list[Tally]:
        """The first `runs` fights, or as many of them as `seconds` allow, in the order of their numbers."""
        until = time.monotonic() + seconds
        parts = [range(begin, min(begin + AT_ONCE, runs)) for begin in range(0, runs, AT_ONCE)]
        others = self._others()
        if others is not None:
            try:
                return await _beside(others, fights, parts, seconds)
            except BrokenExecutor as broken:
                _log.warning("a process that fights encounters died; a thread goes on: %s", broken)
                self._begin()
        found = list[Tally]()
        for part in parts:
            if time.monotonic() >= until:
                break
            found += await asyncio.to_thread(fights, part)
        return found

    def _begin(self) -> None:
        if self._processes:
            self._coming = asyncio.ensure_future(asyncio.to_thread(_started, self._processes))

    def _others(self) -> Executor | None:
        """The processes, where they are there."""
        if self._coming is None or not self._coming.done():
            return None
        if (failed := self._coming.exception()) is not None:
            _log.warning("the processes that fight encounters did not start; a thread goes on: %s", failed)
            self._coming = None
            return None
        return self._coming.result()


async def _beside(others: Executor, fights: Fights, parts: Sequence[range], seconds: float) -> list[Tally]:
    """What the processes have played in time. Raises `BrokenExecutor` where one of them died."""
    jobs = [asyncio.wrap_future(job) for job in await asyncio.to_thread(_handed_in, others, fights, parts)]
    done, late = await asyncio.wait(jobs, timeout=None if math.isinf(seconds) else seconds)
    for job in late:
        job.cancel()
    return [tally for job in jobs if job in done for tally in job.result()]


def _handed_in(others: Executor, fights: Fights, parts: Sequence[range]) -> list[Future[list[Tally]]]:
    return [others.submit(fights, part) for part in parts]


def _started(processes: int) -> Executor:
    """The processes, each with the rules read."""
    others, nobodys = _executor(processes), Fights(Meeting((), ()), seed=0)
    for job in _handed_in(others, nobodys, [range(0)] * processes):
        job.result()
    return others


def _executor(processes: int) -> Executor:
    """One executor a process and size; a broken one is replaced."""
    import loky  # pyright: ignore[reportMissingTypeStubs]  # it ships no types; no sooner: who meets nobody needs it not

    make = cast("Callable[..., Executor]", loky.get_reusable_executor)  # pyright: ignore[reportUnknownMemberType]
    return make(max_workers=processes, timeout=None, initializer=_leaving_with(os.getpid()))


@cache
def _leaving_with(parent: int) -> Callable[[], None]:
    """What each process does first: it sees to it that it does not outlive this one, however this one ends.

    Made here, so that it travels by its code: by its name it would bring all that nodes need into each process.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(0)

    return lambda: threading.Thread(target=watch, daemon=True).start()
