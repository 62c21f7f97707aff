"""Who waits until the last moment is called back sooner where many do: each needs the loop for a while to fall back."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from weakref import WeakKeyDictionary

WORK = 0.007
"""Seconds of a loop that it takes to fall back and to write that down."""
SHARE = 0.5
"""Of its time, what a wait has at the least: an answer may come for each of hundreds who wait at once."""

_numbers = count()


@dataclass(order=True, slots=True)
class _Waiting:
    """One wait, and when it ends at the latest, by the loop's clock."""

    due: float
    number: int = field(default_factory=lambda: next(_numbers))
    timeout: asyncio.Timeout | None = field(default=None, compare=False)
    no_sooner: float = field(default=0.0, compare=False)

    def moment(self, before: int) -> float:
        """When to call it back at the latest, where so many are due before it."""
        return max(self.due - before * WORK, self.no_sooner)


class Endings:
    """All waits of one loop. Those that end at the same moment could not all fall back in time after it.

    So the first of k is called back so soon that there is time for the work of all k before the last of them is due:
    each as late as the others leave it, and none before it has had its `SHARE`.
    """

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None

    @contextmanager
    def within(self, timeout: asyncio.Timeout) -> Generator[None]:
        """Wait, in the block of a timeout that is entered already."""
        due = timeout.when()
        if due is None or due == float("inf"):
            yield
            return
        now = asyncio.get_running_loop().time()
        wait = _Waiting(due, timeout=timeout, no_sooner=now + SHARE * max(due - now, 0.0))
        insort(self._waiting, wait)
        self._came(wait)
        try:
            yield
        finally:
            self._left(wait)

    def _came(self, wait: _Waiting) -> None:
        """Whoever is due after it has one more before it. Cheap, and never too late: the exact moment can wait."""
        before = bisect_left(self._waiting, wait)
        soonest = wait.moment(before)
        if self._timer is not None and before < len(self._waiting) - 1:
            soonest = min(soonest, self._timer.when() - WORK)
        if self._timer is None or soonest < self._timer.when():
            self._wake_at(soonest)

    def _left(self, wait: _Waiting) -> None:
        at = bisect_left(self._waiting, wait)
        if at < len(self._waiting) and self._waiting[at] is wait:
            del self._waiting[at]
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(when, self._woken)

    def _woken(self) -> None:
        """Call back all for whom it is time by now, and sleep until it is time for the next."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._waiting:
            last, place = min((wait.moment(before), before) for before, wait in enumerate(self._waiting))
            if last > now:
                self._wake_at(last)
                return
            first = self._waiting.pop(place)
            if first.timeout is not None and not first.timeout.expired():
                first.timeout.reschedule(min(now, first.due))
            now += WORK  # what it does now takes so long


_of_loops: WeakKeyDictionary[asyncio.AbstractEventLoop, Endings] = WeakKeyDictionary()


def endings() -> Endings:
    """Those of the running loop."""
    return _of_loops.setdefault(asyncio.get_running_loop(), Endings())
