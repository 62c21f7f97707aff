"""What a soak takes: memory second by second, and how long it was kept waiting for a processor."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable

import psutil

from benchmarks.soak.turns import waited

BEAT = 0.01
"""Seconds between two looks at whether this process gets a processor."""
WARM_UP = 0.25
"""Of the whole time: what is not looked at, for caches fill then."""


class Watch:
    """Samples of the memory of this process; a line on standard error every minute. `tell`: what that line says."""

    def __init__(self, seconds: float, tell: Callable[[], str]) -> None:
        self._seconds, self._tell = seconds, tell
        self._process = psutil.Process()
        self._began = time.monotonic()
        self._samples: list[tuple[float, float]] = []
        self.kept_waiting_ms = 0.0
        """The longest within one beat: so late a decision may be for reasons that are the machine's."""

    async def beat(self) -> None:
        """Note how long the loop's thread is ready and not run, until cancelled. Linux tells; elsewhere it stays 0."""
        so_far = waited()
        while True:
            await asyncio.sleep(BEAT)
            before, so_far = so_far, waited()
            self.kept_waiting_ms = max(self.kept_waiting_ms, (so_far - before) * 1_000)

    async def look(self) -> None:
        """Watch until cancelled."""
        minutes = 0
        while True:
            await asyncio.sleep(1)
            gone = time.monotonic() - self._began
            self._samples.append((gone, self._process.memory_info().rss / 2**20))
            if gone >= (minutes + 1) * 60:
                minutes += 1
                line = f"minute {minutes} of {self._seconds / 60:g}: {self._tell()}, {self._samples[-1][1]:.0f} MB\n"
                sys.stderr.write(line)

    @property
    def growth(self) -> float:
        """The memory of the last third over that of the first, the warm-up left out: medians, 1 is flat."""
        warm = self._warm
        third = max(1, len(warm) // 3)
        first, last = (statistics.median(mb for _, mb in part) for part in (warm[:third], warm[-third:]))
        return last / first

    @property
    def slope(self) -> float:
        """MB an hour, the warm-up left out: the straight line that fits best."""
        warm = self._warm
        if len(warm) < 2:
            return 0.0
        return statistics.linear_regression([at for at, _ in warm], [mb for _, mb in warm]).slope * 3_600

    @property
    def most(self) -> float:
        """The most memory that it took, in MB."""
        return max(mb for _, mb in self._samples)

    @property
    def _warm(self) -> list[tuple[float, float]]:
        return [one for one in self._samples if one[0] >= self._seconds * WARM_UP] or self._samples
