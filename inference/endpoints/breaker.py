"""A circuit breaker: whoever failed several times in a row is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, TypeAlias

State: TypeAlias = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after `failures` in a row; `rest` seconds later lets one question through, whose fate decides.

    It is told what became of each question that it let through, exactly once: `succeeded`, `failed` or `left`, with
    what `begin` gave. `now` is a monotonic clock, in seconds, so a jump of the wall clock means nothing to it.
    """

    def __init__(self, *, failures: int = 5, rest: float = 5.0, now: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._rest, self._now = failures, rest, now
        self._in_a_row = 0
        self._opened_at: float | None = None
        self._on_trial = False

    @property
    def state(self) -> State:
        """`closed`: questions pass. `open`: none does. `half_open`: one may, to see."""
        if self._opened_at is None:
            return "closed"
        return "half_open" if self._now() - self._opened_at >= self._rest else "open"

    @property
    def lets_through(self) -> bool:
        """Whether a question may be sent now."""
        state = self.state
        return state == "closed" or (state == "half_open" and not self._on_trial)

    @property
    def failures(self) -> int:
        """Failures in a row until now."""
        return self._in_a_row

    def begin(self) -> bool:
        """A question is sent; whether it is the one on trial. Ask `lets_through` before."""
        trial = self._opened_at is not None
        self._on_trial = self._on_trial or trial
        return trial

    def succeeded(self, trial: bool) -> None:
        """It was answered: closed."""
        del trial
        self._in_a_row, self._opened_at, self._on_trial = 0, None, False

    def failed(self, trial: bool) -> None:
        """It was not. A question that was sent before it opened does not keep it open for longer."""
        self._in_a_row += 1
        if trial:
            self._on_trial = False
        if trial or (self._opened_at is None and self._in_a_row >= self._limit):
            self._opened_at = self._now()

    def left(self, trial: bool) -> None:
        """It was given up for reasons that say nothing about the endpoint: another may go on trial."""
        if trial:
            self._on_trial = False
