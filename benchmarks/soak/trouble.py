"""Trouble, from a seed: now one server, now another, now both, for as long as it is let."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random

from benchmarks.soak.proxy import MANNERS, Proxy
from benchmarks.soak.servers import Server

QUIET = (2.0, 10.0)
"""Seconds between two faults of one endpoint."""
LASTS = (1.0, 8.0)
"""Seconds that a fault lasts."""
FROZEN = "is stopped (SIGSTOP)"
KILLED = "is killed (SIGKILL)"


@dataclass
class Line:
    """One endpoint: the proxy that it is asked through, and its server, where that is ours to break."""

    name: str
    proxy: Proxy
    server: Server | None

    def heal(self) -> None:
        """Let it be well from now on."""
        self.proxy.manner = "passes"
        if self.server is not None:
            self.server.thaw()


class Trouble:
    """Breaks endpoints, each on its own, and mends them again. The same seed gives the same faults in the same order.

    `kill_every`: seconds that lie at least between two kills, of whichever server: one that starts takes the machine.
    """

    def __init__(self, lines: list[Line], seed: int, *, kill_every: float) -> None:
        self.done: Counter[str] = Counter()
        """How often there was each fault."""
        self._lines, self._seed, self._kill_every = lines, seed, kill_every
        self._starting = asyncio.Lock()
        self._dead: list[Server] = []

    async def stir(self) -> None:
        """Make trouble until cancelled."""
        async with asyncio.TaskGroup() as group:
            for line in self._lines:
                group.create_task(self._break(line, Random(f"{self._seed}/{line.name}")))
            group.create_task(self._kill(Random(f"{self._seed}/kill")))

    async def end(self) -> None:
        """Let all be well again; returns when all servers are up."""
        for line in self._lines:
            line.heal()
        for server in list(self._dead):
            await self._restart(server)

    async def _break(self, line: Line, dice: Random) -> None:
        while True:
            await asyncio.sleep(dice.uniform(*QUIET))
            fault = dice.choice((*MANNERS, FROZEN, FROZEN))
            lasts = dice.uniform(*LASTS)
            if fault == FROZEN:
                if line.server is None:
                    continue
                line.server.freeze()
            else:
                line.proxy.manner = fault
            self.done[fault] += 1
            try:
                await asyncio.sleep(lasts)
            finally:
                line.heal()

    async def _kill(self, dice: Random) -> None:
        while ours := [line.server for line in self._lines if line.server is not None]:
            await asyncio.sleep(self._kill_every * dice.uniform(0.5, 1.5))
            server = dice.choice(ours)
            self.done[KILLED] += 1
            server.kill()
            self._dead.append(server)
            await asyncio.sleep(dice.uniform(*LASTS))
            await asyncio.shield(asyncio.ensure_future(self._restart(server)))

    async def _restart(self, server: Server) -> None:
        async with self._starting:
            if server in self._dead:
                await server.start()
                self._dead.remove(server)
