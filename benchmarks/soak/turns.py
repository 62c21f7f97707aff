"""Who gets a processor first: what is measured here goes before what elsewhere would have a machine of its own."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

BEHIND = 6
"""Niceness."""

_SCHEDULER = Path(f"/proc/self/task/{os.getpid()}/schedstat")
"""Of this process's main thread: nanoseconds run, nanoseconds waited, turns."""


def to_the_front() -> None:
    """Go before others, as far as the system lets us: whoever else is busy on this machine is not what is measured."""
    with suppress(OSError, AttributeError):  # not on Linux, or not for everybody
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def behind(process: int) -> None:
    """Let a process that leads a session go after others, with all of its session."""
    with suppress(OSError, AttributeError):
        os.sched_setscheduler(process, os.SCHED_OTHER, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, process, BEHIND)
        # Linux shares processors out between sessions first, and within one by niceness.
        Path(f"/proc/{process}/autogroup").write_text(str(BEHIND))


def waited() -> float:
    """Seconds that the thread of this process's loop was ready to run, and did not. Where it is not Linux: 0."""
    return int(_SCHEDULER.read_text().split()[1]) / 1e9 if _SCHEDULER.is_file() else 0.0
