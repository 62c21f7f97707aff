"""A port at which nobody answers."""

from __future__ import annotations

import socket
from functools import cache

_held: list[socket.socket] = []


@cache
def closed_port() -> int:
    """A port that refuses every connection: bound, so that nobody else gets it, and never listened at."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    _held.append(taken)
    return int(taken.getsockname()[1])
