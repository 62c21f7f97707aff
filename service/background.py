"""What runs behind play: tidying memories, saving, summing up. One job at a time, and never in a decision's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from inference import BEHIND_PLAY, working_for
from schemas import Account, DecisionRequest, LoomError, WorldTime

GRACE = 5.0
"""Seconds that a running job may still take when all is closed; then it is cut off. Jobs write in transactions."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a job runs now: what has been decided since it last ran, on one timeline of a world."""

    world: str
    timeline: str | None
    """None: the world's current one."""
    at: WorldTime
    """The game's clock at the last decision."""
    characters: tuple[str, ...]
    """Who decided, in the order in which they first did."""
    threads: tuple[str, ...]
    """In what conversations, fights and negotiations."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done now and then. It is due after so many decisions, or so many hours of the game, whichever is
    first; None: not by that."""

    name: str
    run: Callable[[Occasion], Awaitable[object]]
    every_decisions: int | None = None
    every_hours: float | None = None


@dataclass(slots=True)
class _Waiting:
    """What has gathered for a job on one timeline."""

    since: int
    """In minutes since the world began."""
    at: WorldTime
    decisions: int = 0
    characters: dict[str, None] = field(default_factory=dict[str, None])
    threads: dict[str, None] = field(default_factory=dict[str, None])


_Key = tuple[str, str, str | None]
"""Job, world, timeline."""


class Background:
    """Runs jobs behind play. Tell it of each decision with `after`, which costs next to nothing and never fails; close
    it before what its jobs use."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = {job.name: job for job in jobs}
        self._waiting: dict[_Key, _Waiting] = {}
        self._due: dict[_Key, None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._closed = False
        self.done: Counter[str] = Counter()
        """How often each job ran to its end."""
        self.failed: Counter[str] = Counter()
        """How often it did not."""

    def after(self, request: DecisionRequest) -> None:
        """A decision was made. What is due now is begun when the loop is free for it."""
        if self._closed:
            return
        for job in self._jobs.values():
            key = (job.name, request.world, request.timeline)
            waiting = self._waiting.get(key)
            now = request.scene.time
            if waiting is None:
                waiting = self._waiting[key] = _Waiting(now.total_minutes, now)
            waiting.at, waiting.decisions = now, waiting.decisions + 1
            waiting.since = min(waiting.since, now.total_minutes)  # the clock may have gone back
            waiting.characters[request.character] = None
            waiting.threads[request.thread_id] = None
            if _is_due(job, waiting):
                self._due[key] = None
        if self._due and self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())

    async def settle(self) -> None:
        """Return when nothing that is due by now waits or runs."""
        while self._worker is not None:
            await asyncio.wait({self._worker})

    async def aclose(self) -> None:
        """Begin nothing more, and give what runs a little time to end."""
        self._closed = True
        self._due.clear()
        if self._worker is not None:
            _, late = await asyncio.wait({self._worker}, timeout=GRACE)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self) -> None:
        """Everything that is due, one after the other, the longest due first."""
        try:
            while self._due:
                key = next(iter(self._due))
                del self._due[key]
                await self._run(key)
        finally:
            self._worker = None

    async def _run(self, key: _Key) -> None:
        job, (_, world, timeline) = self._jobs[key[0]], key
        waiting = self._waiting.pop(key)
        occasion = Occasion(world, timeline, waiting.at, tuple(waiting.characters), tuple(waiting.threads))
        self._waiting[key] = _Waiting(waiting.at.total_minutes, waiting.at)
        try:
            with working_for(Account(world, BEHIND_PLAY, "", waiting.at.day)):
                await job.run(occasion)
        except LoomError as error:
            self.failed[job.name] += 1
            log.warning("background_job_failed", job=job.name, world=world, reason=error.code, error=str(error))
        except Exception:  # whatever a job of somebody's does, play goes on, and the next job too
            self.failed[job.name] += 1
            log.exception("background_job_broke", job=job.name, world=world)
        else:
            self.done[job.name] += 1


def _is_due(job: Job, waiting: _Waiting) -> bool:
    if job.every_decisions is not None and waiting.decisions >= job.every_decisions:
        return True
    hours = (waiting.at.total_minutes - waiting.since) / 60
    return job.every_hours is not None and hours >= job.every_hours
