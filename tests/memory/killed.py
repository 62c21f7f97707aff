"""Run by a test in a process of its own: commits decisions, and kills itself before a given statement.

    python -m tests.memory.killed HOME STATEMENT

STATEMENT counts SQL statements from the third commit on; 0 never kills.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from math import inf
from pathlib import Path
from typing import cast

from memory import Memory
from memory.record import record
from tests.memory.stage import full_commit, open_memory

COMMITS = 5


async def main(home: Path, fatal: int) -> None:
    record.SLOW = inf  # however slow the machine: commits stay on the connection that is listened to
    memory = await open_memory(None, home)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    for number in range(COMMITS):
        if number == 2:
            sqlite_of(memory).set_trace_callback(count)
        await memory.commit(full_commit(number))
    sqlite_of(memory).set_trace_callback(None)
    await memory.aclose()


def sqlite_of(memory: Memory) -> sqlite3.Connection:
    """The connection that commits run on: SQLite itself tells of each statement, `COMMIT` among them."""
    connection = memory._record._at_once[True]._connection
    assert connection is not None
    return cast("sqlite3.Connection", connection.connection.driver_connection)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
