"""Several endpoints that do the same work, such as embedding: whoever is well does it, and who fails is left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from inference.endpoints.breaker import Breaker
from inference.endpoints.choosing import choose
from inference.endpoints.probing import Probing
from inference.endpoints.retrying import may_differ
from schemas import EndpointSettings, GuardSettings, ModelError, ModelTimeout, ModelUnavailable


class Closes(Protocol):
    """What speaks to one endpoint."""

    async def aclose(self) -> None:
        """Close the connections."""
        ...


Client = TypeVar("Client", bound=Closes)
Work = TypeVar("Work")


@dataclass(slots=True)
class _Post(Generic[Client]):
    """One endpoint: who speaks to it, and how it is doing."""

    name: str
    weight: float
    client: Client
    breaker: Breaker
    in_flight: int = 0


class Relay(Generic[Client]):
    """Hands each piece of work to one of several endpoints, and to the next where that one fails.

    `seconds` bounds one piece of work, shared evenly among those that may still be asked. An endpoint that failed
    `guards.failures` times in a row is left alone until a `trial`, a small piece of work, is done again there; where
    all rest, work fails at once. `now` is a monotonic clock, in seconds.
    """

    def __init__(
        self,
        endpoints: Sequence[tuple[EndpointSettings, Client]],
        trial: Callable[[Client], Awaitable[object]],
        *,
        seconds: float,
        guards: GuardSettings | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        kept = guards or GuardSettings()
        self._posts = [
            _Post(one.name, one.weight, client, Breaker(failures=kept.failures, rest=kept.rest_seconds, now=now))
            for one, client in endpoints
        ]
        self._trial, self._seconds, self._now = trial, seconds, now
        self._probing = Probing(self.probe, kept.probe_seconds)
        self.gate: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
        """What the trials of endpoints that may be back go through; whoever hands over work sees to that itself."""

    async def hand(self, work: Callable[[Client], Awaitable[Work]]) -> Work:
        """Have a piece of work done. Raises a ModelError: the last."""
        self._probing.begin()
        due, tried = self._now() + self._seconds, set[str]()
        resting = ", ".join(post.name for post in self._posts)
        failure: ModelError = ModelUnavailable(f"resting after failures: {resting}")
        while (left := self._left(tried)) and (time_left := due - self._now()) > 0:
            post = choose(left, "")
            assert post is not None  # noqa: S101  # somebody is left
            tried.add(post.name)
            try:
                return await self._do(post, work, time_left / len(left))
            except ModelError as error:
                failure = error
                if not may_differ(error):
                    raise
        raise failure

    async def probe(self) -> None:
        """Try those that are left alone, whose rest is over."""
        due = [post for post in self._posts if post.breaker.state == "half_open"]
        if not due:
            return
        async with self.gate():
            await asyncio.gather(*(self._do(post, self._trial, self._seconds) for post in due), return_exceptions=True)

    @property
    def well(self) -> tuple[str, ...]:
        """The names of the endpoints that are given work."""
        return tuple(post.name for post in self._posts if post.breaker.state == "closed")

    async def aclose(self) -> None:
        """Stop trying endpoints, and close all connections."""
        await self._probing.aclose()
        await asyncio.gather(*(post.client.aclose() for post in self._posts))

    def _left(self, tried: set[str]) -> list[_Post[Client]]:
        """Who may be asked yet: those that are well, and when nobody is, those that may be back."""
        well = [post for post in self._posts if post.breaker.state == "closed"]
        return [post for post in well or self._posts if post.breaker.lets_through and post.name not in tried]

    async def _do(self, post: _Post[Client], work: Callable[[Client], Awaitable[Work]], seconds: float) -> Work:
        trial = post.breaker.begin()
        post.in_flight += 1
        try:
            async with asyncio.timeout(seconds):
                done = await work(post.client)
        except TimeoutError as error:
            post.breaker.failed(trial)
            raise ModelTimeout(f"endpoint '{post.name}' did nothing in {seconds:.3f} s", endpoint=post.name) from error
        except ModelError as error:
            if may_differ(error):
                post.breaker.failed(trial)
            else:
                post.breaker.succeeded(trial)  # a server that refuses with reason is there
            raise
        except BaseException:
            post.breaker.left(trial)
            raise
        finally:
            post.in_flight -= 1
        post.breaker.succeeded(trial)
        return done
