"""One asks, the rest wait: equal questions at once are one question."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    landed: asyncio.Future[T | None]
    hearers: set[str] = field(default_factory=set[str])


class Flights(Generic[T]):
    """The questions that are being asked now, by their keys."""

    def __init__(self) -> None:
        self._under_way: dict[str, _Flight[T]] = {}
        self.waiting = 0
        """How many wait for somebody else's answer now."""

    async def once(
        self,
        key: str,
        hearers: Collection[str],
        ask: Callable[[], Awaitable[T]],
        *,
        worth: Callable[[T], bool],
        within: float,
    ) -> tuple[T, bool]:
        """The answer, and whether somebody else asked for it.

        Whoever comes first asks. The others wait, each `within` seconds of its own; where the first gets nothing that
        is `worth` sharing, fails, or is called off, each asks for itself. No two share an answer who have a hearer in
        common: nobody shall hear the same words twice. Raises TimeoutError, and whatever `ask` raises.
        """
        flight = self._under_way.get(key)
        if flight is None:
            return await self._lead(key, hearers, ask, worth), False
        if not flight.hearers.isdisjoint(hearers):
            return await ask(), False
        flight.hearers.update(hearers)
        self.waiting += 1
        try:
            async with asyncio.timeout(None if within == math.inf else within):
                landed = await asyncio.shield(flight.landed)
        finally:
            self.waiting -= 1
        return (await ask(), False) if landed is None else (landed, True)

    async def _lead(
        self, key: str, hearers: Collection[str], ask: Callable[[], Awaitable[T]], worth: Callable[[T], bool]
    ) -> T:
        flight = self._under_way[key] = _Flight[T](asyncio.get_running_loop().create_future(), set(hearers))
        try:
            answer = await ask()
            flight.landed.set_result(answer if worth(answer) else None)
            return answer
        finally:
            del self._under_way[key]
            if not flight.landed.done():
                flight.landed.set_result(None)
