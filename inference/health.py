"""What an endpoint was like lately: is it there, and how long does it take."""

from __future__ import annotations

import time
from collections.abc import Callable

WEIGHT = 0.2
"""How much the newest answer counts in the moving mean."""

HALF_LIFE = 30.0
"""Seconds. Nobody asked for that long: the figure is worth half. So a slow spell is not held against it for ever."""


class Health:
    """A moving mean of latencies that fades with time, and a cool-down after nobody answered."""

    def __init__(self, *, cool_down: float = 5.0, now: Callable[[], float] = time.monotonic) -> None:
        self._cool_down, self._now = cool_down, now
        self._refused_at: float | None = None
        self._latency = 0.0
        self._seen_at = now()

    @property
    def available(self) -> bool:
        """False from a refusal until `cool_down` seconds later."""
        return self._refused_at is None or self._now() - self._refused_at >= self._cool_down

    @property
    def usual_latency(self) -> float:
        """Seconds; 0 while nothing is known."""
        return self._latency * 0.5 ** ((self._now() - self._seen_at) / HALF_LIFE)

    def answered(self, seconds: float) -> None:
        """Somebody is there, and took this long."""
        before = self.usual_latency
        self._latency = seconds if before == 0.0 else before + WEIGHT * (seconds - before)
        self._seen_at = self._now()
        self._refused_at = None

    def refused(self) -> None:
        """Nobody is there."""
        self._refused_at = self._now()
