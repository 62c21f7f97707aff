"""Run by a test in a process of its own: consolidates, and kills itself before a given SQL statement.

    python -m tests.memory.upkeep_killed HOME STATEMENT

STATEMENT counts what the write lane executes from the beginning of the consolidation on; 0 never kills.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import Connection

from memory.upkeep import upkeep
from tests.memory.stage import WORLD, open_memory
from tests.memory.test_consolidation import LATER


async def main(home: Path, fatal: int) -> None:
    upkeep.BATCH = 2
    memory = await open_memory(None, home)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_trace_callback(count)

    await memory._record.write(watch)
    await memory.upkeep.consolidate(WORLD, at=LATER)
    await memory.aclose()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
