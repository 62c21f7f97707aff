"""Python's garbage collector leaves alone what lives as long as a Loom does.

A full collection looks at all that a process holds, a quarter of a second for the libraries alone, and holds up every
decision meanwhile. None of that is garbage before the Loom closes.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

_blocks = 0
"""How many are under way in this process."""


@contextmanager
def left_alone() -> Generator[None]:
    """In this block, what there is by now is not looked at any more; after the last such block it is again."""
    global _blocks  # the collector is the process's, and so is this count
    _blocks += 1
    gc.freeze()
    try:
        yield
    finally:
        _blocks -= 1
        if not _blocks:
            gc.unfreeze()
