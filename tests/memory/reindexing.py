"""Run by a test in a process of its own: rebuilds the indexes of a home, and kills itself at a given step.

    python -m tests.memory.reindexing HOME STEP

A step is a move of a mark, or one before or after a call of an index. 0 never kills, and prints the number of steps.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from memory import LexicalEmbedder, Memory
from memory.indexes import follower, marks
from tests.memory.stage import WORLD, open_memory

steps = 0
fatal = 0


def step() -> None:
    """The next step; perhaps the last."""
    global steps
    steps += 1
    if steps == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def counted(call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A call with a step before it and one after it."""

    async def around(*given: Any, **named: Any) -> Any:
        step()
        done = await call(*given, **named)
        step()
        return done

    return around


def moved(*given: Any) -> bool:
    """A mark that moves, and dies before its transaction ends."""
    done = marks_moved(*given)
    step()
    return done


marks_moved = marks.move_mark


async def main(home: Path) -> None:
    memory: Memory = await open_memory(None, home, LexicalEmbedder())
    await memory.settle()
    for one in memory._indexer.followers:
        for name in ("forget", "add", "renew"):
            setattr(one.index, name, counted(getattr(one.index, name)))
    marks.move_mark = moved
    await memory.reindex(WORLD)
    await memory.aclose()
    sys.stdout.write(f"{steps}\n")


if __name__ == "__main__":
    follower.BATCH = 8
    fatal = int(sys.argv[2])
    asyncio.run(main(Path(sys.argv[1])))
