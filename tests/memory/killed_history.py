"""Run by a test in a process of its own: forks, rewinds, saves, loads and imports, and kills itself before a statement.

    python -m tests.memory.killed_history HOME URL FILE STATEMENT

URL `-` is SQLite in HOME. FILE is a portable file of the world, imported under another name. STATEMENT counts what is
sent to the database, commits among it; 0 never kills, and prints how many there were.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from math import inf
from pathlib import Path

from sqlalchemy import event

from memory import Memory
from memory.record import record
from schemas import SavesSettings, WorldTime
from tests.memory.killed import sqlite_of
from tests.memory.stage import WORLD, full_commit, open_memory

OTHER = "evening"


async def history(memory: Memory, file: Path) -> AsyncIterator[None]:
    """Go back and forth; a step ends at each yield."""
    world = memory.world_line(WORLD)
    yield
    await world.save("start")
    yield
    await memory.commit(full_commit(0))
    yield
    await world.fork()
    yield
    await memory.commit(full_commit(1))
    yield
    await world.autosave(WorldTime(day=9), None, SavesSettings(autosave_minutes=1, keep=1))
    yield
    await world.rewind(2)
    yield
    await world.autosave(WorldTime(day=10), None, SavesSettings(autosave_minutes=1, keep=1))
    yield
    await world.load("start")
    yield
    await memory.import_world(file, name=OTHER)
    yield


async def main(home: Path, url: str, file: Path, fatal: int) -> None:
    record.SLOW = inf  # however slow the machine: commits stay on the connection that is listened to
    memory = await open_memory(None if url == "-" else url, home)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = memory._record._engine
    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    if url == "-":  # what goes to SQLite behind SQLAlchemy's back
        memory._record.at_once(lambda _: None, writes=True)
        sqlite_of(memory).set_trace_callback(count)
    async for _ in history(memory, file):
        pass
    await memory.settle()  # what the indexes still do is counted each time
    print(statements)  # noqa: T201  # what the test asks for


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
