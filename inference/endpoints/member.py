"""One endpoint of several: what it serves, how it is doing, and what each answer says about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiolimiter import AsyncLimiter
from pydantic import SecretStr

from inference.endpoints.breaker import Breaker, State
from inference.model import Answer, Ask, Content
from inference.vllm import VllmModel
from schemas import (
    EndpointRole,
    EndpointSettings,
    GuardSettings,
    ModelAnswerInvalid,
    ModelError,
    ModelRejected,
    ModelTimeout,
)
from telemetry import instruments

LONGEST_REST = 60.0
"""Seconds. A server that asks for more is looked at all the same."""
UNKNOWN_LATENCY = 0.05
"""Seconds after which an unanswered question counts against an endpoint whose usual latency nobody knows."""

_FAULTY = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_TIMEOUT}
"""What a server says that would say it to every question: wrong key, wrong model."""

_STATES: Mapping[State, int] = {"closed": 0, "half_open": 1, "open": 2}
"""As dashboards have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """How an endpoint is doing, for people and for dashboards."""

    name: str
    url: str
    model: str
    """As the endpoint calls it; empty until it is known."""
    roles: tuple[EndpointRole, ...]
    breaker: State
    failures: int
    """In a row, until now."""
    resting: bool
    """It asked to be left alone for a while."""
    in_flight: int
    usual_latency: float
    """Seconds; 0 while nothing is known."""


class Member:
    """An endpoint, its breaker, its places and its limit. `now` is a monotonic clock, in seconds."""

    def __init__(
        self,
        settings: EndpointSettings,
        guards: GuardSettings,
        *,
        api_key: SecretStr | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.weight, self.url = settings.name, settings.weight, settings.url
        self.settings = settings
        self.breaker = Breaker(failures=guards.failures, rest=guards.rest_seconds, now=now)
        self.in_flight = 0
        self.leaving = False
        """It is being removed: it finishes what it was asked, and is asked nothing more."""
        self.answered_at = now()
        """When it last answered anything."""
        self._model = VllmModel(
            settings.url,
            name=settings.model,
            api_key=api_key,
            priorities=settings.priorities,
            tries=1,
            cool_down=0.0,
            now=now,
        )
        self._limit = limiter(settings.per_second)
        self._now, self._rests_until = now, now()

    @property
    def usual_latency(self) -> float:
        """Seconds that it takes to answer these days; 0 while nothing is known."""
        return self._model.usual_latency

    @property
    def ready(self) -> bool:
        """Whether it may be asked: it is not known to fail, and does not want to be left alone."""
        return not self.leaving and self.breaker.lets_through and self._now() >= self._rests_until

    @property
    def free(self) -> bool:
        """Whether it has a place left."""
        return self.in_flight < self.settings.at_once and (self._limit is None or self._limit.has_capacity())

    @property
    def next_free_in(self) -> float | None:
        """Seconds until its limit lets another question pass; None: not the limit is in the way."""
        if self._limit is None or self._limit.has_capacity():
            return None
        return self._limit.time_period / self._limit.max_rate

    @property
    def model(self) -> VllmModel:
        """What speaks to it."""
        return self._model

    def without(self, role: str) -> bool:
        """Answer no more questions for a role. Whether there are other roles left to it."""
        roles = tuple(one for one in self.settings.roles if one != role)
        if roles:
            self.settings = self.settings.model_copy(update={"roles": roles})
        return bool(roles)

    def serves(self, role: str) -> bool:
        """Whether it answers questions for this role."""
        return not self.leaving and role in self.settings.roles

    def wants_probe(self, since: float) -> bool:
        """Whether it may be back, or has answered nothing since then and has nothing to answer."""
        return self.breaker.state != "closed" or (self.answered_at <= since and self.in_flight == 0)

    def state(self) -> EndpointState:
        """How it is doing."""
        return EndpointState(
            name=self.name,
            url=self._model.url,
            model=self._model.name,
            roles=self.settings.roles,
            breaker=self.breaker.state,
            failures=self.breaker.failures,
            resting=self._now() < self._rests_until,
            in_flight=self.in_flight,
            usual_latency=self.usual_latency,
        )

    def take(self) -> None:
        """One of its places is taken."""
        self.in_flight += 1
        instruments().endpoint_in_flight.add(1, {"endpoint": self.name})

    def give_back(self) -> None:
        """And is free again."""
        self.in_flight -= 1
        instruments().endpoint_in_flight.add(-1, {"endpoint": self.name})

    async def answer(self, ask: Ask, schema: type[Content], is_over: Callable[[], bool]) -> Answer[Content]:
        """Ask it once, and note what that says about it. `is_over`: somebody else has answered meanwhile."""
        if self._limit is not None:
            await self._limit.acquire()
        trial, began = self.breaker.begin(), self._now()
        try:
            answer = await self._model.answer(ask, schema)
        except ModelError as error:
            instruments().endpoint_failures.add(1, {"endpoint": self.name, "reason": error.code})
            self._note(error, trial, self._now() - began)
            raise
        except asyncio.CancelledError:
            if is_over():
                self.breaker.left(trial)
            else:
                self._unanswered(trial, self._now() - began)
            raise
        except BaseException:
            self.breaker.left(trial)
            raise
        else:
            self._answered(trial)
            return answer
        finally:
            self._tell_state()

    async def probe(self, seconds: float) -> None:
        """See how it is doing: by one token where it is on trial, by a look where it was only not asked."""
        on_trial = self.breaker.state != "closed"
        trial = self.breaker.begin()
        try:
            await (self._model.ping(seconds) if on_trial else self._model.look(seconds))
        except ModelError as error:
            self._note(error, trial, seconds)
        except BaseException:
            self.breaker.left(trial)
            raise
        else:
            if on_trial:
                self._answered(trial)
        finally:
            self._tell_state()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._model.aclose()

    def _tell_state(self) -> None:
        instruments().endpoint_state.set(_STATES[self.breaker.state], {"endpoint": self.name})

    def _answered(self, trial: bool) -> None:
        self.answered_at = self._now()
        self.breaker.succeeded(trial)

    def _unanswered(self, trial: bool, waited: float) -> None:
        """A question that was given up counts against it only when it had the time that it usually takes, twice."""
        if waited >= max(2 * self.usual_latency, UNKNOWN_LATENCY):
            self.breaker.failed(trial)
        else:
            self.breaker.left(trial)

    def _note(self, error: ModelError, trial: bool, waited: float) -> None:
        match error:
            case ModelTimeout():
                self._unanswered(trial, waited)
            case ModelRejected(status=status):
                if error.retry_after is not None:
                    self._rests_until = self._now() + min(error.retry_after, LONGEST_REST)
                if status in _FAULTY or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and error.retry_after is None):
                    self.breaker.failed(trial)
                else:
                    self._answered(trial)  # a server that refuses with reason is there
            case ModelAnswerInvalid(no_answer=False):
                self._answered(trial)  # what the model said is no fault of the server's
            case _:
                self.breaker.failed(trial)


def limiter(per_second: float | None) -> AsyncLimiter | None:
    """So many a second, and no more than a second's worth at once; None: no limit."""
    if per_second is None:
        return None
    burst = max(1.0, per_second)
    return AsyncLimiter(burst, burst / per_second)
