"""The kill switch: while it is off, nothing is sent to any model server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from schemas import ModelSwitchedOff


class Switch:
    """On only while both agree: this process (`here`), and the record, for all processes that share it (`everywhere`).

    `known`: false where the record has not been asked yet; whoever wants to pass then waits for `heard`.
    """

    def __init__(self, *, on: bool = True, known: bool = True) -> None:
        self.here, self.everywhere = on, True
        self._known = asyncio.Event()
        if known:
            self._known.set()
        self._under_way = set[asyncio.Timeout]()

    @property
    def on(self) -> bool:
        """Whether anything may be sent."""
        return self.here and self.everywhere

    def turn(self, *, on: bool) -> None:
        """Switch this process. Off: what is under way is cut off, too, which servers see as an abort."""
        self.here = on
        self._cut_off()

    def heard(self, *, on: bool) -> None:
        """What the record says."""
        self.everywhere = on
        self._known.set()
        self._cut_off()

    @asynccontextmanager
    async def passing(self) -> AsyncGenerator[None]:
        """Whoever sends something does it in here. Raises ModelSwitchedOff: at once, or when it is switched off."""
        if not self.here:
            raise ModelSwitchedOff(_OFF)
        await self._known.wait()
        if not self.on:
            raise ModelSwitchedOff(_OFF)
        under_way = asyncio.timeout(None)
        try:
            async with under_way:
                self._under_way.add(under_way)
                try:
                    yield
                finally:
                    self._under_way.discard(under_way)
        except TimeoutError:
            if under_way.expired():
                raise ModelSwitchedOff(_OFF) from None
            raise

    def _cut_off(self) -> None:
        if self.on:
            return
        cut_off = list(self._under_way)
        self._under_way.clear()
        for one in cut_off:
            one.reschedule(0.0)


_OFF = "models are switched off: `policy.ask_models`, `loom.switch_models` or `loomwright switch`"
