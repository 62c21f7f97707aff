"""How long one endpoint is waited for, and how a second one is asked beside a slow first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from inference.model import Answer, Content

EARLY = 1.5
"""An endpoint is left for another at half of the time only when it usually answers so many times sooner."""


@dataclass(slots=True)
class Attempts:
    """What became of one question so far."""

    sent: int = 0
    tried: set[str] = field(default_factory=set[str])
    """Endpoints that were asked in this round."""
    last: str = ""
    """The address asked last."""
    over: bool = False
    """It was answered: whoever is still asked is only in the way."""


def first_patience(time_left: float, usual_latency: float, *, others: bool) -> float:
    """Seconds that one endpoint gets: all there is, or half of it where another could be asked with the rest.

    One that usually takes most of the time gets all of it, for a second would come too late just the same.
    """
    half = time_left / 2
    return time_left if not others or usual_latency * EARLY > half else half


async def hedged(
    first: Callable[[], Awaitable[Answer[Content]]],
    second: Callable[[], Awaitable[Answer[Content]]],
    after: float,
) -> Answer[Content]:
    """The first good answer of two, the second asked `after` seconds where the first is not there by then.

    The other one is cancelled. Raises what the first raised where both fail.
    """
    running = [asyncio.ensure_future(first())]
    try:
        await asyncio.wait(running, timeout=after)
        if not running[0].done():
            running.append(asyncio.ensure_future(second()))
        waited_for = set(running)
        while waited_for:
            done, waited_for = await asyncio.wait(waited_for, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                if one.exception() is None:
                    return one.result()
        return running[0].result()
    finally:
        for one in running:
            one.cancel()
        # What the slower one came to is nobody's business any more.
        await asyncio.gather(*running, return_exceptions=True)
