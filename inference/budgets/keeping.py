"""Keeps budgets and the switch in step with the record, behind play: over restarts, and among several processes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import structlog

from inference.budgets.budgets import Budgets, Dated
from schemas import RecordError, Spending

SECONDS = 1.0
"""Between two looks at the record: for so long, a process does not know what others have spent."""

log = structlog.get_logger(__name__)


class SpendingStore(Protocol):
    """Where spending is kept, and whether the switch is on for all. Every method may raise RecordError."""

    async def add(self, spent: Mapping[Dated, Spending], today: int) -> Mapping[Dated, Spending]:
        """Add what was spent, at once with others; gives what all together have spent today."""
        ...

    async def before(self, today: int) -> Mapping[Dated, Spending]:
        """What was spent on earlier days, under any of them."""
        ...

    async def models_on(self) -> bool:
        """Whether models may be asked at all."""
        ...


class Keeping:
    """Begins with `begin`, then looks every `seconds`, and once more at the end."""

    def __init__(self, budgets: Budgets, store: SpendingStore, *, seconds: float = SECONDS) -> None:
        self._budgets, self._store, self._seconds = budgets, store, seconds
        self._task: asyncio.Task[None] | None = None
        self._troubled, self._stop = False, asyncio.Event()

    async def begin(self) -> None:
        """Learn what was spent before, and whether the switch is on. A record that fails is no reason not to begin."""
        try:
            self._budgets.switch.heard(on=await self._store.models_on())
            if self._budgets.any:
                today = self._budgets.today
                for totals in (await self._store.before(today), await self._store.add({}, today)):
                    self._budgets.heard(totals, {}, first=True)
        except RecordError as error:
            self._budgets.switch.heard(on=True)
            self._trouble(error)
        self._task = asyncio.create_task(self._look(), name="budgets")

    async def settle(self) -> None:
        """Hand over what was counted, and hear what others have spent, now."""
        self._budgets.switch.heard(on=await self._store.models_on())
        if not self._budgets.any:
            return
        handed = self._budgets.hand_over()
        try:
            totals = await self._store.add(handed, self._budgets.today)
        except RecordError:  # of it, nothing was kept
            self._budgets.keep(handed)
            raise
        self._budgets.heard(totals, handed)

    async def aclose(self) -> None:
        """Stop, and hand over what is left."""
        if self._task is None:
            return
        self._stop.set()
        await self._task
        if self._budgets.any:
            try:
                await self.settle()
            except RecordError as error:
                log.error("spending_lost", error=str(error))

    async def _look(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), self._seconds)
                return
            try:
                self._budgets.tell_uses()
                await self.settle()
            except RecordError as error:
                self._trouble(error)
            except Exception:  # whatever it was, the next look may go better
                log.exception("budgets_not_kept")
            else:
                self._troubled = False

    def _trouble(self, error: RecordError) -> None:
        """Say it once, and not every second: meanwhile this process counts by itself."""
        if not self._troubled:
            log.warning("budgets_not_kept", error=str(error))
        self._troubled = True
