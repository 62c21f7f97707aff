"""Answers in Redis, shared by all processes that play the same worlds. When it fails, there are none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import structlog
from cachetools import LRUCache
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from inference.caching.in_process import InProcess
from inference.caching.kept import FORMAT, Kept, Vector
from inference.endpoints.breaker import Breaker
from schemas import BadSettings, Fault
from telemetry import instruments

SOME = 100
"""Answers that are read for one question: some milliseconds' work. More come in behind it."""
FAILURES, REST = 3, 2.0
"""After so many failures in a row it is left alone for so many seconds."""
T = TypeVar("T")
_log = structlog.stdlib.get_logger(__name__)


class InRedis:
    """A `Store` in a Redis, `seconds` for each answer, waited for no longer than `patience` seconds at a time.

    Likeness is compared in this process, with a copy of each drawer that is asked for: it follows a stream that every
    process adds to. What is read is validated, and what does not hold is a miss.
    """

    def __init__(
        self,
        url: str,
        *,
        entries: int,
        seconds: float,
        variants: int,
        patience: float,
        prefix: str = "loomwright",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = cast(
            "Any",  # its stubs leave open whether commands are awaited
            Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
                url, decode_responses=True, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0)
            ),
        )
        self._prefix, self._seconds, self._variants, self._entries = prefix, max(1, round(seconds)), variants, entries
        self._patience = patience
        self._breaker = Breaker(failures=FAILURES, rest=REST)
        self.copy = InProcess(entries=entries, seconds=seconds, variants=variants, now=now)
        """What this process has read of the drawers."""
        self._read_to: LRUCache[str, str] = LRUCache(entries)
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def same(self, world: str, key: str) -> list[Kept]:
        """See `Store`."""
        place = self._place("same", world, key)
        found = await self._bounded(lambda: self._redis.hgetall(place), dict[str, str]())
        kept = [one for body in found.values() if (one := _read(body, world)) is not None and one.key == key]
        return sorted(kept, key=lambda one: (one.kept_at, one.id))

    async def alike(
        self, world: str, drawer: str, vectors: Sequence[Vector], least: float, most: int
    ) -> list[tuple[float, Kept]]:
        """See `Store`."""
        place = self._place("drawer", world, drawer)
        if place not in self._reading and await self._bounded(lambda: self._follow(place, world, drawer), 0) == SOME:
            self._reading[place] = asyncio.create_task(self._read_on(place, world, drawer))
        return await self.copy.alike(world, drawer, vectors, least, most)

    async def keep(self, kept: Kept) -> None:
        """See `Store`."""
        await self._bounded(lambda: self._keep(kept, 0), None)

    async def put(self, kept: Kept, uses: int = 0) -> None:
        """See `Store`."""
        with _loud():
            await self._keep(kept, uses)

    async def not_said(self, world: str, names: Sequence[str], hearers: Sequence[str]) -> set[str]:
        """See `Store`. Where Redis does not say, all may have been said."""
        if not names or not hearers:
            return set(names)

        async def ask() -> set[str]:
            pipe = self._redis.pipeline(transaction=False)
            for name in names:
                pipe.smismember(self._place("heard", world, name), list(hearers))
            return {name for name, heard in zip(names, await pipe.execute(), strict=True) if not any(heard)}

        return await self._bounded(ask, set[str]())

    async def say(self, world: str, name: str, hearers: Sequence[str], *, again: bool = True) -> bool:
        """See `Store`. Where Redis does not say, somebody may have heard it."""

        async def tell() -> bool:
            pipe = self._redis.pipeline(transaction=False)
            heard = self._place("heard", world, name)
            if hearers:
                pipe.sadd(heard, *hearers)
                pipe.expire(heard, self._seconds)
            if again:
                pipe.hincrby(self._place("uses", world), name, 1)
            told = await pipe.execute()
            return not hearers or told[0] == len(hearers)

        return await self._bounded(tell, False)

    async def everything(self) -> AsyncIterator[tuple[Kept, int]]:
        """See `Store`."""
        uses: dict[str, Mapping[str, str]] = {}
        with _loud():
            async for place in self._redis.scan_iter(match=self._place("same", "*"), count=1_000):
                world = str(place).removeprefix(self._place("same", "")).partition(":")[0]
                if world not in uses:
                    uses[world] = await self._redis.hgetall(self._place("uses", world))
                for body in (await self._redis.hgetall(place)).values():
                    kept = _read(body, world)
                    if kept is not None:
                        yield kept, int(uses[world].get(kept.id, 0))

    async def aclose(self) -> None:
        """See `Store`."""
        for task in self._reading.values():
            task.cancel()
        await asyncio.gather(*self._reading.values(), return_exceptions=True)
        await self._redis.aclose()

    def _place(self, what: str, world: str, *more: str) -> str:
        """A key of Redis: of this version, of this world."""
        return ":".join((self._prefix, f"v{FORMAT}", what, world, *more))

    async def _keep(self, kept: Kept, uses: int) -> None:
        place, body = self._place("same", kept.world, kept.key), kept.model_dump_json()
        pipe = self._redis.pipeline(transaction=False)
        pipe.hset(place, kept.id, body)
        pipe.expire(place, self._seconds)
        pipe.hlen(place)
        if kept.drawer is not None and kept.vectors:
            drawer = self._place("drawer", kept.world, kept.drawer)
            pipe.xadd(drawer, {"kept": body}, maxlen=self._entries, approximate=True)
            pipe.expire(drawer, self._seconds)
        if uses:
            pipe.hset(self._place("uses", kept.world), kept.id, uses)
        there = (await pipe.execute())[2]
        if there > self._variants:
            found = {name: _read(body, kept.world) for name, body in (await self._redis.hgetall(place)).items()}
            oldest_first = sorted(found, key=lambda name: one.kept_at if (one := found[name]) is not None else 0.0)
            await self._redis.hdel(place, *oldest_first[: len(found) - self._variants])

    async def _follow(self, place: str, world: str, drawer: str) -> int:
        """Read what was put into a drawer since, some of it; how many there were."""
        after = self._read_to.get(place)
        news = await self._redis.xrange(place, min="-" if after is None else f"({after}", count=SOME)
        for number, fields in news:
            self._read_to[place] = number
            kept = _read(fields.get("kept", ""), world)
            if kept is not None and kept.drawer == drawer:
                self.copy.add(kept)
        return len(news)

    async def _read_on(self, place: str, world: str, drawer: str) -> None:
        """Read a long drawer to its end, behind play."""
        try:
            some = SOME
            while some == SOME:
                some = await self._bounded(lambda: self._follow(place, world, drawer), 0)
        finally:
            del self._reading[place]

    async def _bounded(self, ask: Callable[[], Awaitable[T]], instead: T) -> T:
        """What Redis says, in time; something `instead` where it does not."""
        if not self._breaker.lets_through:
            return instead
        trial = self._breaker.begin()
        try:
            async with asyncio.timeout(self._patience):
                said = await ask()
        except (RedisError, OSError, TimeoutError) as error:
            self._breaker.failed(trial)
            instruments().cache_faults.add(1, {"reason": "late" if isinstance(error, TimeoutError) else "unavailable"})
            _log.warning("cache_unavailable", because=type(error).__name__)  # its message may have the password in it
            return instead
        except BaseException:
            self._breaker.left(trial)
            raise
        self._breaker.succeeded(trial)
        return said


@contextmanager
def _loud() -> Generator[None]:
    """Whoever asks for this by hand wants to know."""
    try:
        yield
    except (RedisError, OSError) as error:
        what = f"Redis does not answer: {type(error).__name__}."
        raise BadSettings(Fault("cache.redis_url", what, "Is it running, and is this its address?")) from error


def _read(body: str, world: str) -> Kept | None:
    """What was kept; None where something else stands there, and then it is counted."""
    try:
        kept = Kept.model_validate_json(body)
    except ValidationError:
        kept = None
    if kept is None or kept.world != world:
        instruments().cache_faults.add(1, {"reason": "corrupt"})
        _log.warning("cache_entry_refused", world=world)
        return None
    return kept
