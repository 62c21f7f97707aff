"""When a question is asked again: only for what may pass, only while the deadline allows, and nowhere else but here."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from random import Random

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from schemas import ModelAnswerInvalid, ModelRejected, ModelTimeout, ModelUnavailable

PAUSES = (0.05, 0.1, 0.2)
"""Seconds before the same endpoints are asked again, give or take half."""

_ELSEWHERE = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
"""What the same server would say again, but another may not."""
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
"""What may pass."""


def may_pass(error: BaseException) -> bool:
    """Whether the same server may answer the same question a moment later."""
    match error:
        case ModelUnavailable():
            return True
        case ModelRejected(status=status):
            return status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        case ModelAnswerInvalid():
            return error.no_answer
        case _:
            return False


def may_differ(error: BaseException) -> bool:
    """Whether another server may answer what this one did not."""
    if isinstance(error, ModelRejected):
        return error.status in _ELSEWHERE or may_pass(error)
    return isinstance(error, ModelTimeout) or may_pass(error)


class Pauses:
    """How long to wait before another attempt, and when to stop."""

    def __init__(
        self,
        *,
        retries: int,
        time_left: Callable[[], float],
        others: Callable[[], bool],
        anybody: Callable[[], bool],
        dice: Random,
    ) -> None:
        self._pauses = iter(PAUSES[:retries])
        self._time_left, self._others, self._anybody, self._dice = time_left, others, anybody, dice

    def before_next(self, state: RetryCallState) -> float:
        """Seconds: none where another endpoint can be asked, infinitely many where nothing is gained by waiting."""
        error = state.outcome.exception() if state.outcome is not None else None
        if self._others():
            return 0.0
        if error is None or not may_pass(error) or (pause := next(self._pauses, None)) is None:
            return math.inf
        asked_for = error.retry_after if isinstance(error, ModelRejected) else None
        if asked_for is None and not self._anybody():
            return math.inf  # its breaker has opened: a pause as short as ours does not close it
        return max(pause * self._dice.uniform(0.5, 1.5), asked_for or 0.0)

    def is_over(self, state: RetryCallState) -> bool:
        """Whether the wait would outlast the time."""
        return state.upcoming_sleep >= self._time_left() or state.upcoming_sleep == math.inf


def retrying(pauses: Pauses, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> AsyncRetrying:
    """The attempts at one question. The last failure is raised as it is."""
    return AsyncRetrying(
        retry=retry_if_exception(may_differ),
        wait=pauses.before_next,
        stop=pauses.is_over,
        sleep=sleep,
        reraise=True,
    )
