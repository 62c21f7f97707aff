"""How many decisions a process works at with a model: one loop can end only so many in time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from inference import Lane

MOST = {Lane.PLAYER: 0.75, Lane.BOSS: 0.75}
"""Of the time that a decision has: what the work of all that are under way may come to. The rest is for the rules."""
MOST_FOR_CROWDS = 0.5


@dataclass(slots=True)
class _Seat:
    """One decision that is being made."""

    taken: bool = False


_seat: ContextVar[_Seat | None] = ContextVar("loomwright_seat", default=None)


@dataclass(slots=True)
class Pressure:
    """Counts the decisions that are being made with a model, and holds back those that would make others late."""

    work: float = 0.0
    """Seconds of the loop that one of them takes besides the model, falling back included; 0: nobody is held back."""
    asking: int = field(default=0, init=False)
    """How many are under way."""

    @contextmanager
    def deciding(self) -> Generator[None]:
        """One decision is made in this block."""
        seat = _Seat()
        token = _seat.set(seat)
        try:
            yield
        finally:
            _seat.reset(token)
            self.asking -= seat.taken

    def admits(self, lane: Lane, seconds: float) -> bool:
        """Whether one more that is due in so many seconds can be asked of a model; then it counts until it is made.

        A graph that is run by itself, with no `deciding` around it, is not counted.
        """
        if (self.asking + 1) * self.work > seconds * MOST.get(lane, MOST_FOR_CROWDS):
            return False
        seat = _seat.get()
        if seat is not None and not seat.taken:
            seat.taken = True
            self.asking += 1
        return True
