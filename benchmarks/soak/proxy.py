"""What stands between us and a server, and does to the line what networks and failing servers do."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Literal, Self, TypeAlias

Manner: TypeAlias = Literal[
    "passes", "hangs", "drips", "stalls", "resets", "sends garbage", "answers 500", "answers 429"
]
"""What is done to whatever comes along: `hangs` takes questions and keeps them, `stalls` sends half of an answer."""

MANNERS: tuple[Manner, ...] = (
    "hangs",
    "drips",
    "stalls",
    "resets",
    "sends garbage",
    "answers 500",
    "answers 429",
)
"""All that are faults."""
GARBAGE = b"\x00\xff\x17\x03 no such protocol \r\n\r\n\xfe"
PIECE = 65_536
DRIP_SECONDS = 0.2

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Proxy:
    """Passes bytes on to a port of this machine, and back, in the `manner` that it has at the moment.

    A connection that was hung or stalled stays so until its client leaves, whatever the manner is by then.
    """

    def __init__(self, port: int) -> None:
        self.manner: Manner = "passes"
        self._target = port
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            for serving, writer in list(self._open.items()):
                writer.transport.abort()
                serving.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        if self._server is None:
            raise RuntimeError("the proxy is not open")
        return int(self._server.sockets[0].getsockname()[1])

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.ensure_future(self._serve(reader, writer))
        self._open[serving] = writer
        serving.add_done_callback(lambda done: self._open.pop(done, None))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: both directions, until either end has closed."""
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()  # nobody there: to a client as good as refused
            return
        ways = [
            asyncio.ensure_future(self._questions(reader, writer, onward)),
            asyncio.ensure_future(self._answers(there, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)  # a broken line is what this is about
            for end in (writer, onward):
                end.close()

    async def _questions(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, onward: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(PIECE):
            match self.manner:
                case "hangs":
                    await _until_gone(reader)
                    return
                case "resets":
                    writer.transport.abort()
                    return
                case "sends garbage":
                    await _whole(piece, reader)
                    await _send(writer, GARBAGE)
                    return
                case "answers 500" | "answers 429" as says:
                    await _whole(piece, reader)
                    await _send(writer, _refusal(int(says[-3:])))
                    return
                case _:
                    await _send(onward, piece)

    async def _answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await there.read(PIECE):
            match self.manner:
                case "hangs":
                    await asyncio.Event().wait()
                case "stalls":
                    await _send(writer, piece[: len(piece) // 2])
                    await asyncio.Event().wait()
                case "drips":
                    for at in range(len(piece)):
                        await _send(writer, piece[at : at + 1])
                        await asyncio.sleep(DRIP_SECONDS)
                case _:
                    await _send(writer, piece)


async def _send(writer: asyncio.StreamWriter, piece: bytes) -> None:
    writer.write(piece)
    await writer.drain()


async def _until_gone(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(PIECE):
            pass


async def _whole(piece: bytes, reader: asyncio.StreamReader) -> None:
    """Take the rest of an HTTP request: who is answered while it still speaks sees a reset and no answer."""
    head, found, body = piece.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = int(length[1]) - len(body) if found and length else 0
    while missing > 0 and (more := await reader.read(PIECE)):
        missing -= len(more)


def _refusal(status: int) -> bytes:
    body = b'{"error": {"message": "not today", "type": "error"}}'
    wait = b"retry-after: 1\r\n" if status == 429 else b""
    start = f"HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n".encode()
    return start + wait + b"connection: close\r\n\r\n" + body
