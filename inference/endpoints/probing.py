"""The watch behind play: looks after endpoints every few seconds, for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


class Probing:
    """Calls `probe` every `seconds` (0: never), from `begin` on."""

    def __init__(self, probe: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._probe, self._seconds = probe, seconds
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin, where it has not begun yet in this loop."""
        if self._seconds <= 0:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._watch(), name="endpoint probes")

    async def aclose(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._probe()
            except Exception:  # noqa: BLE001  # whatever it was, the next look may go better
                _log.exception("endpoint_probe_failed")
