"""Time as nodes see it: handed in, so that a test can stop it."""

from __future__ import annotations

import math
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only ever grow."""

    def now(self) -> float:
        """Seconds since some moment in the past; only differences mean anything."""
        ...

    def limit(self, seconds: float) -> float:
        """How long to wait, in real seconds, for what has `seconds` of this clock: 0 or more, `math.inf` for ever."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds of `time.monotonic`."""
        return time.monotonic()

    def limit(self, seconds: float) -> float:
        """The same seconds, for this clock is real."""
        return max(seconds, 0.0)


class FrozenClock:
    """A clock that stands until it is told to move: with it, receipts are the same to the byte.

    However slow a machine is, nothing comes too late by it.
    """

    def __init__(self, at: float = 0.0) -> None:
        self._at = at

    def now(self) -> float:
        """The moment at which it stands."""
        return self._at

    def limit(self, seconds: float) -> float:
        """For ever, since no time goes by; not at all where none is left."""
        return math.inf if seconds > 0 else 0.0

    def advance(self, seconds: float) -> None:
        """Let `seconds` (>= 0) go by."""
        self._at += seconds
