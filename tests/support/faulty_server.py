"""A model server that misbehaves on request: raw TCP on loopback, one behaviour for each request.

    async with FaultyServer(rejects(503), says({"text": "hello"})) as server:
        model = VllmModel(server.url)

Behaviours are taken in order, and the last one stays. They answer only `/v1/chat/completions` and `/v1/embeddings`;
`/v1/models` lists the model `faulty`, and all else is 404, so that a test counts what it means to count.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeAlias, cast

MODEL = "faulty"


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        return cast("dict[str, object]", json.loads(self.body))


@dataclass(slots=True)
class Exchange:
    """What a behaviour writes to; `gone` is set once the client has hung up."""

    request: Request
    writer: asyncio.StreamWriter
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, data: bytes) -> None:
        """Write and flush."""
        self.writer.write(data)
        await self.writer.drain()

    async def respond(
        self, body: bytes, *, status: int = 200, kind: str = "application/json", also: tuple[str, ...] = ()
    ) -> None:
        """A whole HTTP response; `also`: further header lines."""
        await self.send(head(len(body), status=status, kind=kind, also=also) + body)


Behaviour: TypeAlias = Callable[[Exchange], Awaitable[None]]


def head(length: int, *, status: int = 200, kind: str = "application/json", also: tuple[str, ...] = ()) -> bytes:
    """The status line and headers of a response of `length` bytes; each connection serves one request."""
    lines = (
        f"HTTP/1.1 {status} Answer",
        f"content-type: {kind}",
        f"content-length: {length}",
        "connection: close",
        *also,
    )
    return "\r\n".join([*lines, "", ""]).encode()


def completion(content: str | None, *, finish_reason: str = "stop") -> bytes:
    """A chat completion as vLLM sends it, with `content` for its words."""
    message = {"role": "assistant", "content": content}
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
    }).encode()  # fmt: skip


def says(content: object, *, finish_reason: str = "stop") -> Behaviour:
    """Answers well: with words as they are, or with a value as JSON."""
    words = content if content is None or isinstance(content, str) else json.dumps(content)

    async def behave(exchange: Exchange) -> None:
        await exchange.respond(completion(words, finish_reason=finish_reason))

    return behave


def sends(body: bytes, *, status: int = 200, kind: str = "application/json", also: tuple[str, ...] = ()) -> Behaviour:
    """Any body at all, as a whole and proper HTTP response."""

    async def behave(exchange: Exchange) -> None:
        await exchange.respond(body, status=status, kind=kind, also=also)

    return behave


def rejects(status: int, message: str = "not today", *, retry_after: str | None = None) -> Behaviour:
    """An error of the server's own, in OpenAI's form; `retry_after` is that header."""
    body = json.dumps({"error": {"message": message, "type": "error", "code": status}}).encode()
    return sends(body, status=status, also=(f"retry-after: {retry_after}",) if retry_after is not None else ())


def hangs_before_headers() -> Behaviour:
    """Takes the request and says nothing until the client hangs up."""

    async def behave(exchange: Exchange) -> None:
        await exchange.gone.wait()

    return behave


def hangs_in_the_body() -> Behaviour:
    """Sends headers and half the body, then nothing until the client hangs up."""

    async def behave(exchange: Exchange) -> None:
        body = completion('{"text": "hello"}')
        await exchange.send(head(len(body)) + body[: len(body) // 2])
        await exchange.gone.wait()

    return behave


def drips(content: object, *, pause: float = 0.5) -> Behaviour:
    """Answers well, one byte at a time, with so many seconds after each."""

    async def behave(exchange: Exchange) -> None:
        body = completion(json.dumps(content))
        await exchange.send(head(len(body)))
        for byte in body:
            await exchange.send(bytes([byte]))
            await asyncio.sleep(pause)

    return behave


def sends_half_a_line() -> Behaviour:
    """Promises a body, sends half of it and closes."""

    async def behave(exchange: Exchange) -> None:
        body = completion('{"text": "hello"}')
        await exchange.send(head(len(body)) + body[: len(body) // 2])

    return behave


def sends_garbage() -> Behaviour:
    """Bytes that are not HTTP."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(b"\x00\xff\x17\x03 no such protocol \r\n\r\n\xfe")

    return behave


def closes() -> Behaviour:
    """Reads the request and closes without a word."""

    async def behave(exchange: Exchange) -> None:
        del exchange

    return behave


def resets() -> Behaviour:
    """Reads the request and resets the connection."""

    async def behave(exchange: Exchange) -> None:
        connection = cast("socket.socket", exchange.writer.get_extra_info("socket"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        exchange.writer.transport.abort()

    return behave


def after(seconds: float, behaviour: Behaviour) -> Behaviour:
    """Another behaviour, late."""

    async def behave(exchange: Exchange) -> None:
        await asyncio.sleep(seconds)
        await behaviour(exchange)

    return behave


class FaultyServer:
    """The server; see the module. `asked` holds the requests that behaviours answered, `requests` all of them.

    `port`: where it listens; 0 takes one that is free. `serves`: the models that it lists, each with the length of its
    context as vLLM tells it (None: untold). `reranks`: it has `/rerank`, too.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        port: int = 0,
        serves: Mapping[str, int | None] | None = None,
        reranks: bool = False,
    ) -> None:
        self._port = port
        self._answers = ("/chat/completions", "/embeddings", *(("/rerank",) if reranks else ()))
        listed = {MODEL: None} if serves is None else serves
        self._models = [{"id": name} | ({"max_model_len": length} if length else {}) for name, length in listed.items()]
        self._behaviours = list(behaviours) or [says("{}")]
        self._server: asyncio.Server | None = None
        self._url = ""
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self.requests: list[Request] = []
        self.asked: list[Request] = []
        self.connections = 0
        """All that were ever opened, whether anything was asked or not."""
        self.hung_up = 0
        """Requests whose client went away before it had its answer."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await asyncio.gather(*self._open.values())
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """The address of its API, with `/v1`."""
        return self._url

    def will(self, *behaviours: Behaviour) -> None:
        """Behave like this from now on."""
        self._behaviours = list(behaviours)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open[writer] = asyncio.ensure_future(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client is gone, which is what many of these tests are about
        finally:
            del self._open[writer]
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        request = await _read(reader)
        if request is None:
            return
        self.requests.append(request)
        exchange = Exchange(request, writer)
        if request.path.endswith("/models"):
            await exchange.respond(json.dumps({"object": "list", "data": self._models}).encode())
        elif not request.path.endswith(self._answers):
            await rejects(404)(exchange)
        else:
            self.asked.append(request)
            behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
            await self._behave(behaviour, exchange, reader)

    async def _behave(self, behaviour: Behaviour, exchange: Exchange, reader: asyncio.StreamReader) -> None:
        """Run a behaviour, with an eye on whether the client waits for it."""
        answering = asyncio.ensure_future(behaviour(exchange))
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            self.hung_up += 1
            exchange.gone.set()
            answering.cancel()
        leaving.cancel()
        for task in (answering, leaving):
            await asyncio.gather(task, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request, or None when the client has nothing more to say."""
    start = await reader.readline()
    if not start:
        return None
    method, path, _ = start.decode().split(" ", 2)
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)
