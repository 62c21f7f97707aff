"""The stream of decisions of a soak: all kinds, at a steady rate, whether those before are answered or not."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import structlog

from benchmarks.soak.turns import waited
from schemas import DecisionRequest
from service import Loom

OFTEN = {"dialogue": 4, "combat": 4, "description": 2, "encounter": 1, "quest": 1, "diplomacy": 1, "tactics": 1}
"""How often each kind is asked for, relative to the others."""
PATIENT = 0.5
"""Of the decisions: who may take `PATIENCE` times as long as their kind does, so that a slow answer is used, too."""
PATIENCE = 10
BY_MODEL = 0.8
"""Of the decisions: whose request asks for the model. The others leave it to their graph."""
PER_THREAD = 12
"""Decisions that a conversation or a fight has, before another one begins."""

log = structlog.get_logger(__name__)


@dataclass
class Tally:
    """What became of the decisions so far."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0
    in_time_of_ours: int = 0
    """The same, where what the loop waited for a processor meanwhile is the machine's fault."""
    worst_ms: float = float("-inf")
    """The latest after its deadline; negative: before it."""
    sources: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    """Of fallbacks."""
    endpoints: Counter[str] = field(default_factory=Counter[str])
    """Who answered."""
    netted: int = 0
    """By the last resort, since their graph did not end in time."""


class Play:
    """Asks a Loom `rate` decisions a second on the average, at moments and of kinds that a seed draws.

    `grace_ms`: so much after its deadline a decision is still in time.
    """

    def __init__(
        self, loom: Loom, openings: Sequence[DecisionRequest], *, rate: float, seed: int, grace_ms: float
    ) -> None:
        self.tally = Tally()
        self._loom, self._rate, self._grace_ms = loom, rate, grace_ms
        self._openings = {opening.kind: opening for opening in openings}
        self._dice = Random(f"{seed}/play")
        self._free: dict[str, list[str]] = {kind: [] for kind in self._openings}
        """Threads in which nobody is asked at the moment: decisions of one wait for each other."""
        self._had = Counter[str]()
        self._running = set[asyncio.Task[None]]()

    async def go_on(self) -> None:
        """Ask until cancelled."""
        due = time.perf_counter()
        while True:
            due += self._dice.expovariate(self._rate)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            one = asyncio.create_task(self._one(self._request()))
            self._running.add(one)
            one.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Wait for all that were asked."""
        while self._running:
            await asyncio.wait(self._running)

    def _request(self) -> DecisionRequest:
        self.tally.asked += 1
        number, dice = self.tally.asked, self._dice
        kinds = list(self._openings)
        kind = dice.choices(kinds, [OFTEN.get(kind, 1) for kind in kinds])[0]
        opening = self._openings[kind]
        patience = PATIENCE if dice.random() < PATIENT else 1
        changes = {
            "id": f"soak.{number}",
            "thread": self._thread(kind, number),
            "seed": number,
            "policy": "model" if dice.random() < BY_MODEL else "auto",
            "deadline_ms": round(self._loom.declaration(kind).deadline * 1_000 * patience),
        }
        return opening.model_copy(update=changes)

    def _thread(self, kind: str, number: int) -> str:
        free = self._free[kind]
        return free.pop(0) if free else f"soak.{kind}.{number}"

    def _leave(self, kind: str, thread: str) -> None:
        """Another decision may be asked for in it, until there were enough."""
        self._had[thread] += 1
        if self._had[thread] < PER_THREAD:
            self._free[kind].append(thread)
        else:
            del self._had[thread]

    async def _one(self, request: DecisionRequest) -> None:
        assert request.deadline_ms is not None  # noqa: S101  # each has its own
        tally, began, kept = self.tally, time.perf_counter(), waited()
        try:
            decision = await self._loom.decide(request)
        except Exception:  # whatever it is, it lost a decision: that is what is counted here
            log.exception("soak_lost_a_decision", decision=request.id, kind=request.kind)
            return
        finally:
            self._leave(request.kind, request.thread or request.id)
        late, idle = (time.perf_counter() - began) * 1_000 - request.deadline_ms, (waited() - kept) * 1_000
        receipt = decision.receipt
        if late > self._grace_ms:
            steps = {step.node: round(step.milliseconds) for step in receipt.steps}
            about = {"kind": request.kind, "reason": receipt.reason, "of": request.deadline_ms, "steps": steps}
            log.error("soak_late", ms=round(late), waited_ms=round(idle), decision=request.id, **about)
        tally.answered += 1
        tally.in_time += late <= self._grace_ms
        tally.in_time_of_ours += late - idle <= self._grace_ms
        tally.worst_ms = max(tally.worst_ms, late)
        tally.sources[receipt.source] += 1
        if receipt.source == "fallback":
            tally.reasons[receipt.reason] += 1
            tally.netted += not receipt.steps
        elif receipt.endpoint is not None:
            tally.endpoints[receipt.endpoint] += 1
