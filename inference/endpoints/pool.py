"""Many endpoints as one model: chosen, guarded, tried again elsewhere, hedged; added and removed while it runs."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace
from random import Random

from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from inference.endpoints.asking import Attempts, first_patience, hedged
from inference.endpoints.choosing import choose
from inference.endpoints.member import EndpointState, Member, limiter
from inference.endpoints.probing import Probing
from inference.endpoints.queue import Queue
from inference.endpoints.retrying import Pauses, retrying
from inference.lanes import Lane, lane_named
from inference.model import Answer, Ask, Content, Message
from inference.outlook import Outlook
from inference.tokens import estimate
from schemas import (
    BadSettings,
    EndpointSettings,
    Fault,
    GuardSettings,
    ModelBusy,
    ModelError,
    ModelRole,
    ModelSwitchedOff,
    ModelTimeout,
    ModelUnavailable,
    UnknownThing,
)
from telemetry import instruments

PROBE_SECONDS = 5.0
"""How long a probe waits for its one token."""
SWAP_SECONDS = 30.0
"""How long an endpoint may take for the token by which it shows that it can take over."""
WARM_SECONDS = 120.0
"""How long one may take to read a prompt that it does not know: the first one captures its graphs."""
WORLDS_KEPT = 1_024
"""Worlds whose limit of questions is remembered."""


class ModelPool:
    """A `Model` over several endpoints.

    A question goes to a healthy endpoint with its role: the same one for the same `affinity`, as long as that is not
    much busier than the others. What fails there is asked elsewhere, and then again after short pauses, all within
    `ask.timeout`. Whoever fails `guards.failures` times in a row is left alone until a probe, or one question, finds it
    back. Questions wait for places in a bounded queue by priority. `key_for` gives the key of an endpoint by its name;
    `now` is a monotonic clock in seconds, `sleep` waits by it, and `dice` spread the pauses.
    """

    def __init__(
        self,
        endpoints: Sequence[EndpointSettings] = (),
        guards: GuardSettings | None = None,
        *,
        key_for: Callable[[str], SecretStr | None] = lambda _: None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        dice: Random | None = None,
    ) -> None:
        self._guards = guards or GuardSettings()
        self._key_for, self._now, self._sleep, self._dice = key_for, now, sleep, dice or Random()
        self._members: dict[str, Member] = {}
        self._queue = Queue(self._guards.queue)
        self._worlds: OrderedDict[str, AsyncLimiter] = OrderedDict()
        self._waking: asyncio.TimerHandle | None = None
        self._probing = Probing(self.probe, self._guards.probe_seconds)
        self._leaving = set[asyncio.Task[None]]()
        self.gate: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
        """What each look that it takes by itself passes first: it may raise ModelSwitchedOff."""
        for settings in endpoints:
            self.add(settings)

    @property
    def name(self) -> str:
        """What the first healthy endpoint calls its model; empty until it is known."""
        return next((one.model.name for one in self._ready() if one.model.name), "")

    @property
    def available(self) -> bool:
        """Whether any endpoint may be asked."""
        return bool(self._ready())

    @property
    def usual_latency(self) -> float:
        """Seconds that the fastest healthy endpoint takes; 0 while nothing is known."""
        return self._latency(self._ready())

    @property
    def endpoints(self) -> tuple[EndpointState, ...]:
        """How each endpoint is doing."""
        return tuple(one.state() for one in self._members.values())

    @property
    def waiting(self) -> int:
        """Questions that wait for a place."""
        return len(self._queue)

    def outlook(self, role: str, priority: int, world: str = "") -> Outlook:
        """What a question of this role and priority would meet now."""
        serving = self._ready(role)
        full = bool(serving) and not any(one.free for one in serving)
        limit = self._worlds.get(world)
        over = limit is not None and not limit.has_capacity() and priority > Lane.BOSS
        latency = self._latency(serving)
        if full and latency:
            places = sum(one.settings.at_once for one in serving)
            latency += latency * (self._queue.ahead_of(priority) + 1) / places
        return Outlook(
            available=bool(serving),
            busy=over or (full and not self._queue.has_room(priority)),
            usual_latency=latency,
            models=frozenset(one.model.name for one in self._members.values() if one.serves(role)),
        )

    def add(self, settings: EndpointSettings) -> None:
        """Ask this endpoint, too, from now on. Raises BadSettings where its name is taken or its address is none."""
        if settings.name in self._members:
            raise self._taken(settings.name)
        self._members[settings.name] = self._member(settings)
        self._hand_out()

    async def remove(self, name: str) -> None:
        """Ask this endpoint nothing more, and close it once it has answered what it was asked. Raises UnknownThing."""
        member = self._members.get(name)
        if member is None:
            raise UnknownThing("endpoint", name, self._members)
        del self._members[name]
        member.leaving = True
        self._hand_out()
        if member.in_flight == 0:
            await member.aclose()

    async def swap(self, role: ModelRole, settings: EndpointSettings) -> None:
        """From the next question on, have this endpoint answer those for a role, and those that did so no more.

        It is asked for a token first: raises its ModelError, or BadSettings where it is taken or not for the role, and
        then everything is as it was. An endpoint that has no other role leaves once it has answered what it was asked.
        """
        if role not in settings.roles:
            raise BadSettings(
                Fault("endpoints", f"'{settings.name}' is not for '{role}'.", f"Give it the role {role}.")
            )
        if settings.name in self._members:
            raise self._taken(settings.name)
        member = self._member(settings)
        try:
            async with self.gate():
                await member.model.ping(SWAP_SECONDS)
        except ModelError:
            await member.aclose()
            raise
        before = [one for one in self._members.values() if one.serves(role)]
        self._members[settings.name] = member
        leaving = [one.name for one in before if not one.without(role)]
        await asyncio.gather(*(self.remove(name) for name in leaving))
        self._hand_out()

    async def warm(self, role: str, prompt: Sequence[Message], affinity: str = "") -> dict[str, int]:
        """Have the endpoints with a role read the beginning of prompts, so that they know it when they are asked.

        With an `affinity` only the one that its questions will go to. Gives the prompt's tokens by endpoint. Raises a
        ModelError: what went wrong first.
        """
        serving = self._ready(role)
        if not serving:
            raise ModelUnavailable(self._why_nobody(role))
        chosen = choose(serving, affinity) if affinity else None
        asked = [chosen] if chosen is not None else serving
        async with self.gate():
            tokens = await asyncio.gather(*(one.model.ping(WARM_SECONDS, prompt) for one in asked))
        return {one.name: count for one, count in zip(asked, tokens, strict=True)}

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """Ask for a `schema`.

        Raises ModelUnavailable, ModelBusy, ModelTimeout, ModelRejected or ModelAnswerInvalid: what came last.
        """
        began = self._now()
        self._probing.begin()

        def time_left() -> float:
            if ask.listener is not None and ask.listener.has_shown:
                return 0.0  # no other answer can go on with what somebody has heard of this one
            return ask.timeout - (self._now() - began)

        attempts = Attempts()
        pauses = Pauses(
            retries=self._guards.retries,
            time_left=time_left,
            others=lambda: self._has_others(ask.role, attempts.tried),
            anybody=lambda: bool(self._ready(ask.role)),
            dice=self._dice,
        )
        try:
            async with asyncio.timeout(ask.timeout):
                await self._wait_for_world(ask)
                async for attempt in retrying(pauses, self._sleep):
                    with attempt:
                        answer = await self._attempt(replace(ask, timeout=time_left()), schema, attempts)
                        took = (self._now() - began) * 1_000
                        return replace(answer, attempts=attempts.sent, milliseconds=took)
        except TimeoutError as error:
            if attempts.sent == 0:
                raise ModelBusy(f"no endpoint had a place for {ask.timeout:.3f} s") from error
            late = f"no endpoint answered in {ask.timeout:.3f} s"
            raise ModelTimeout(late, endpoint=attempts.last) from error
        raise AssertionError("the last attempt either returns or raises")

    async def count_tokens(self, prompt: str | Sequence[Message]) -> int:
        """Tokens of a text or a chat, as the first healthy endpoint counts them, else a safe estimate."""
        ready = self._ready()
        return await ready[0].model.count_tokens(prompt) if ready else estimate(prompt)

    async def probe(self) -> None:
        """Look after the endpoints that nobody asked for a while, and those that may be back."""
        since = self._now() - self._guards.probe_seconds
        with suppress(ModelSwitchedOff):
            async with self.gate():
                await asyncio.gather(*(one.probe(PROBE_SECONDS) for one in self._ready() if one.wants_probe(since)))
        self._hand_out()

    async def aclose(self) -> None:
        """Stop looking after endpoints, and close all connections."""
        await self._probing.aclose()
        if self._waking is not None:
            self._waking.cancel()
        members, self._members = list(self._members.values()), {}
        for member in members:
            member.leaving = True
        self._hand_out()
        await asyncio.gather(*(member.aclose() for member in members), *self._leaving)

    def _member(self, settings: EndpointSettings) -> Member:
        return Member(settings, self._guards, api_key=self._key_for(settings.name), now=self._now)

    @staticmethod
    def _taken(name: str) -> BadSettings:
        return BadSettings(
            Fault("endpoints", f"'{name}' is there already.", "Remove it first, or choose another name.")
        )

    async def _attempt(self, ask: Ask, schema: type[Content], attempts: Attempts) -> Answer[Content]:
        """One attempt: an endpoint is found, or waited for, and asked; a slow one may get a second beside it."""
        first = await self._place(ask, attempts.tried)
        others = self._has_others(ask.role, {*attempts.tried, first.name})
        patience = first_patience(ask.timeout, first.usual_latency, others=others)
        patient = replace(ask, timeout=patience, once_shown=ask.timeout)
        after = self._guards.hedge_ms
        if after is None or ask.listener is not None or ask.priority > Lane.PLAYER or not others:
            return await self._ask(first, patient, schema, attempts)
        return await hedged(
            lambda: self._ask(first, patient, schema, attempts),
            lambda: self._ask_beside(patient, schema, attempts, after / 1_000),
            after / 1_000,
        )

    async def _ask_beside(self, ask: Ask, schema: type[Content], attempts: Attempts, after: float) -> Answer[Content]:
        """The second question of a hedge: to another endpoint that has a place at once."""
        second = self._take(ask, attempts.tried)
        if second is None or isinstance(second, ModelError):
            raise ModelBusy("no other endpoint has a place")
        return await self._ask(second, replace(ask, timeout=ask.timeout - after), schema, attempts)

    async def _ask(self, member: Member, ask: Ask, schema: type[Content], attempts: Attempts) -> Answer[Content]:
        """Ask an endpoint whose place is taken already, and give the place back."""
        attempts.sent, attempts.last = attempts.sent + 1, member.url
        attempts.tried.add(member.name)
        try:
            answer = await member.answer(ask, schema, lambda: attempts.over)
            attempts.over = True
            return answer
        finally:
            self._give_back(member)

    async def _place(self, ask: Ask, tried: set[str]) -> Member:
        """A place at an endpoint that was not tried yet, else at any; waited for where all are taken."""
        if not self._has_others(ask.role, tried):
            tried.clear()
        match self._take(ask, frozenset(tried)):
            case ModelError() as error:
                raise error
            case None:
                self._wake_when_limits_allow(ask.role)
                return await self._queue.wait(ask, frozenset(tried), self._give_back)
            case member:
                return member

    def _take(self, ask: Ask, tried: frozenset[str] | set[str]) -> Member | ModelError | None:
        """A place; None where all are taken; the error where nobody could be asked."""
        serving = self._ready(ask.role)
        if not serving:
            return ModelUnavailable(self._why_nobody(ask.role))
        wanted = [one for one in serving if one.name not in tried] or serving
        chosen = choose([one for one in wanted if one.free], ask.affinity, serving)
        if chosen is not None:
            chosen.take()
        return chosen

    def _give_back(self, member: Member) -> None:
        member.give_back()
        if member.leaving and member.in_flight == 0:
            closing = asyncio.ensure_future(member.aclose())
            self._leaving.add(closing)
            closing.add_done_callback(self._leaving.discard)
        self._hand_out()

    def _hand_out(self) -> None:
        """Something changed: see who of those that wait can be served, or never will be."""
        if len(self._queue):
            self._queue.hand_out(self._take, self._can_hand_out)

    def _can_hand_out(self) -> bool:
        """Whether a place is free, or somebody waits in vain."""
        return any(one.free for one in self._ready()) or not all(self._ready(role) for role in self._queue.roles)

    def _wake_when_limits_allow(self, role: str) -> None:
        """A limit frees places without anybody giving one back."""
        waits = [seconds for one in self._ready(role) if (seconds := one.next_free_in) is not None]
        if waits and (self._waking is None or self._waking.when() <= asyncio.get_running_loop().time()):
            self._waking = asyncio.get_running_loop().call_later(min(waits), self._woken, role)

    def _woken(self, role: str) -> None:
        self._waking = None
        self._hand_out()
        if len(self._queue):
            self._wake_when_limits_allow(role)

    async def _wait_for_world(self, ask: Ask) -> None:
        """Hold a world to its limit: crowds are sent away at once, what is more urgent waits."""
        if self._guards.world_per_second is None or not ask.world:
            return
        limit = self._worlds.get(ask.world)
        if limit is None:
            limit = limiter(self._guards.world_per_second)
            assert limit is not None  # noqa: S101  # a rate was given
            self._worlds[ask.world] = limit
            if len(self._worlds) > WORLDS_KEPT:
                self._worlds.popitem(last=False)
        self._worlds.move_to_end(ask.world)
        if ask.priority > Lane.BOSS and not limit.has_capacity():
            instruments().queue_refused.add(1, {"lane": lane_named(ask.priority), "reason": "world"})
            raise ModelBusy(f"world '{ask.world}' has asked its {self._guards.world_per_second:g} questions a second")
        await limit.acquire()

    def _ready(self, role: str | None = None) -> list[Member]:
        return [one for one in self._members.values() if one.ready and (role is None or one.serves(role))]

    def _has_others(self, role: str, tried: set[str]) -> bool:
        return any(one.name not in tried for one in self._ready(role))

    def _why_nobody(self, role: str) -> str:
        serving = [one for one in self._members.values() if one.serves(role)]
        if not self._members:
            return "there is no endpoint"
        if not serving:
            return f"no endpoint has the role '{role}'"
        return "resting after failures: " + ", ".join(one.name for one in serving)

    @staticmethod
    def _latency(members: Sequence[Member]) -> float:
        return min((one.usual_latency for one in members if one.usual_latency > 0), default=0.0)
