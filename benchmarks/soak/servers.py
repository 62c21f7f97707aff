"""Model servers as processes of their own, which can be killed, stopped, continued and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from benchmarks.soak.turns import behind
from tests.support import scripted_server, tiny_vllm

STARTS_WITHIN = 900.0
"""Seconds until nobody believes any more that a server will come up."""
ENDS_WITHIN = 30.0
"""Seconds that a killed server's script has to see that it is gone."""


class Server(Protocol):
    """One server, at one port for as long as it lives."""

    @property
    def port(self) -> int:
        """Where it answers."""
        ...

    @property
    def model(self) -> str:
        """What its model is called."""
        ...

    async def start(self) -> None:
        """Start it; ready when this returns."""
        ...

    def kill(self) -> None:
        """SIGKILL: nothing is said any more."""
        ...

    def freeze(self) -> None:
        """SIGSTOP: connections stay, nobody moves."""
        ...

    def thaw(self) -> None:
        """SIGCONT."""
        ...

    async def stop(self) -> None:
        """End it, whatever state it is in."""
        ...


class _Child(ABC):
    """A server started by a script that prints a line once it is ready, and ends when its server does."""

    model = ""
    _starter: Sequence[str] = ()

    def __init__(self) -> None:
        self.port = _free_port()
        self._script: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, again where it was killed; ready when this returns. Raises RuntimeError where it does not start."""
        await self._ended()
        command = (sys.executable, *self._starter, "--port", str(self.port))
        self._script = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, start_new_session=True
        )
        assert self._script.stdout is not None  # noqa: S101  # it was asked for
        behind(self._script.pid)
        ready = asyncio.ensure_future(self._script.stdout.readline())
        async with asyncio.timeout(STARTS_WITHIN):
            while not ready.done():
                await asyncio.wait({ready}, timeout=0.5)
                self._let_pass()
        if not ready.result():
            raise RuntimeError(f"the server at port {self.port} did not start; it ended with {await self._ended()}")

    def kill(self) -> None:
        """SIGKILL: nothing is said any more."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """SIGSTOP: connections stay, nobody moves."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it, whatever state it is in."""
        self.kill()
        await self._ended()

    async def _ended(self) -> int | None:
        """Wait for the end of a server that was killed; its script is cut off where it does not see that end."""
        if self._script is None:
            return None
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                return await self._script.wait()
        except TimeoutError:
            self._script.kill()
            return await self._script.wait()

    def _let_pass(self) -> None:  # noqa: B027  # a server that is its script's own process has no more
        """Have all of it go behind whoever asks."""

    @abstractmethod
    def _signal(self, number: signal.Signals) -> None:
        """Send it to all of the server."""


class TinyVllm(_Child):
    """A tiny vLLM (tests/support/tiny_vllm.py)."""

    model = "tiny"
    _starter = (tiny_vllm.__file__, "serve")

    def _let_pass(self) -> None:
        leader = tiny_vllm.leader(self.port)
        if leader is not None:
            behind(leader)

    def _signal(self, number: signal.Signals) -> None:
        leader = tiny_vllm.leader(self.port)
        if leader is not None:
            with suppress(ProcessLookupError):
                os.killpg(leader, number)


class Scripted(_Child):
    """A server that makes its answers up (tests/support/scripted_server.py): up in a second, and cheap."""

    model = scripted_server.MODEL
    _starter = ("-m", scripted_server.__name__)

    def _signal(self, number: signal.Signals) -> None:
        if self._script is not None and self._script.returncode is None:
            with suppress(ProcessLookupError):
                self._script.send_signal(number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
