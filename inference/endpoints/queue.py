"""Questions that wait for a place: bounded, the most urgent first."""

from __future__ import annotations

import asyncio
import time
from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from inference.endpoints.member import Member
from inference.lanes import lane_named, share_of_queue
from inference.model import Ask
from schemas import ModelBusy, ModelError
from telemetry import instruments


@dataclass(slots=True)
class Waiting:
    """One question in the queue; `place` becomes the endpoint that has room for it."""

    ask: Ask
    tried: frozenset[str]
    number: int
    place: asyncio.Future[Member] = field(repr=False)


class Queue:
    """A bounded queue with lanes. The fuller it is, the more urgent a question must be to be let in."""

    def __init__(self, longest: int) -> None:
        self._longest, self._numbers = longest, count()
        self._waiting: list[Waiting] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def has_room(self, priority: int) -> bool:
        """Whether a question of this priority would be let in."""
        return len(self._waiting) < self._longest * share_of_queue(priority)

    def ahead_of(self, priority: int) -> int:
        """How many would go first."""
        return sum(one.ask.priority <= priority for one in self._waiting)

    async def wait(self, ask: Ask, tried: frozenset[str], give_back: Callable[[Member], None]) -> Member:
        """Wait for a place. Raises ModelBusy when the queue is too full for this priority, and whatever ends the wait.

        A place that comes while its asker is being cancelled is given back.
        """
        lane = {"lane": lane_named(ask.priority)}
        if not self.has_room(ask.priority):
            instruments().queue_refused.add(1, {**lane, "reason": "full"})
            raise ModelBusy(f"{len(self._waiting)} questions wait for a place already")
        waiting = Waiting(ask, tried, next(self._numbers), asyncio.get_running_loop().create_future())
        insort(self._waiting, waiting, key=lambda one: (one.ask.priority, one.number))
        began = time.monotonic()
        self._tell_depth(lane)
        try:
            return await waiting.place
        except asyncio.CancelledError:
            if waiting.place.done() and not waiting.place.cancelled() and waiting.place.exception() is None:
                give_back(waiting.place.result())
            raise
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            self._tell_depth(lane)
            instruments().queue_wait.record(time.monotonic() - began, lane)

    def _tell_depth(self, lane: dict[str, str]) -> None:
        waiting = sum(lane_named(one.ask.priority) == lane["lane"] for one in self._waiting)
        instruments().queue_depth.set(waiting, lane)

    @property
    def roles(self) -> set[str]:
        """What is waited for."""
        return {one.ask.role for one in self._waiting}

    def hand_out(
        self, take: Callable[[Ask, frozenset[str]], Member | ModelError | None], worth_it: Callable[[], bool]
    ) -> None:
        """Give places to those who wait, in order, as long as it is `worth_it`.

        `take` gives a place, the reason why there will be none, or None.
        """
        for waiting in list(self._waiting):
            if not worth_it():
                return
            if waiting.place.done():
                continue
            match take(waiting.ask, waiting.tried):
                case None:
                    continue
                case ModelError() as error:
                    waiting.place.set_exception(error)
                case member:
                    waiting.place.set_result(member)
            self._waiting.remove(waiting)
