"""Wait for something to be so, and not for a time: a machine may be slow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which nobody believes any more that it will come: far more than any of it takes."""


async def until(holds: Callable[[], object], what: str, *, within: float = PATIENCE) -> None:
    """Return once `holds()` is true. Fails with `what` after `within` seconds."""
    give_up = time.monotonic() + within
    while not holds():
        assert time.monotonic() < give_up, f"after {within:.0f} s still not so: {what}"
        await asyncio.sleep(0.01)
