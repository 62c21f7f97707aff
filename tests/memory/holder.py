"""Run by a test in a process of its own: takes a moment of a world and does not let go of it until its input ends.

    python -m tests.memory.holder HOME URL

URL `-` is SQLite in HOME. Says `held` when it holds the world.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sqlalchemy import Connection

from memory.record.record import Record
from memory.timelines.timelines import take_moment
from tests.memory.stage import WORLD


def hold(connection: Connection) -> None:
    """Hold the world as a commit does that takes its time."""
    take_moment(connection, WORLD)
    print("held", flush=True)  # noqa: T201  # the test waits for it
    sys.stdin.read()


async def main(home: Path, url: str) -> None:
    record = await Record.open(None if url == "-" else url, home)
    await record.write(hold)
    await record.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
