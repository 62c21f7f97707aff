"""What asking a model costs besides the model: our own overhead, many at once, and deadlines while all servers hang."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from openai import AsyncOpenAI
from pydantic import Field

from benchmarks.figures import Figure
from benchmarks.prefixes import prefix_hits
from inference import Ask, ModelPool, for_grammar
from memory import read_world
from schemas import EndpointSettings, GuardSettings, Value, load_settings
from service import Loom
from tests.support.faulty_server import FaultyServer, completion, hangs_before_headers
from tests.support.tiny_vllm import VLLM_URL, running_vllm

AT_ONCE = 64
MAX_TOKENS = 60
LONG = 120.0
"""Seconds: nobody is cut off here."""
DEADLINE_MS = 500

Asking: TypeAlias = Callable[[int], Awaitable[object]]


class Line(Value):
    """A short spoken line, held to a grammar."""

    text: Annotated[str, Field(min_length=1, max_length=60)]
    tone: Literal["neutral", "friendly", "angry"]


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """Our overhead and deadlines against servers of our own, throughput against vLLM (none given: the tiny one).

    In one run, so that a machine that is busy is busy for all.
    """
    figures = [*await _overhead(40 if quick else 400), *await _deadlines(10 if quick else 40)]
    url = model_url or os.environ.get(VLLM_URL)
    if url is not None:
        return [*figures, *await _asking(url, quick=quick)]
    with running_vllm() as started:
        return [*figures, *await _asking(started, quick=quick)]


async def _asking(url: str, *, quick: bool) -> list[Figure]:
    """What a real server is asked for; the play session first, for it is about what the server knows already."""
    return [*await prefix_hits(url, quick=quick), *await _throughput(url, quick=quick)]


async def _overhead(runs: int) -> list[Figure]:
    """Milliseconds of a call over those of the bare request on a socket, to a server that answers at once.

    By the clock and by the processor: on a machine that is busy only the second says what it costs.
    """
    async with await asyncio.start_server(_at_once, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        pool, plain = _pool(url, "at_once"), AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
        by_socket = await _by_socket(url)
        ways = [by_socket, _by_pool(pool), _by_sdk(plain, "at_once")]
        clock: list[list[float]] = [[] for _ in ways]
        processor: list[list[float]] = [[] for _ in ways]
        for way in ways:
            for number in range(5):
                await way(number)
        gc.collect()
        for number in range(runs):
            for way, seconds, worked in zip(ways, clock, processor, strict=True):
                began, before = time.perf_counter(), time.process_time()
                await way(number)
                seconds.append((time.perf_counter() - began) * 1_000)
                worked.append((time.process_time() - before) * 1_000)
        await pool.aclose()
        await plain.close()
    bare, ours, sdk = (statistics.median(taken) for taken in clock)
    bare_work, our_work, sdk_work = (statistics.median(taken) for taken in processor)
    return [
        Figure("inference", "own overhead of a call, p50", ours - bare, "ms", 3.0),
        Figure("inference", "the same, time of the processor", our_work - bare_work, "ms"),
        Figure("inference", "overhead of AsyncOpenAI alone, p50", sdk - bare, "ms"),
        Figure("inference", "the same, time of the processor", sdk_work - bare_work, "ms"),
        Figure("inference", "the bare request, p50", bare, "ms"),
    ]


async def _at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that has its answer ready, and keeps its connections as vLLM does."""
    body = completion(json.dumps({"text": "Two bowls, then.", "tone": "friendly"}))
    answer = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            writer.write(answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()  # the client has no more to ask


async def _deadlines(count: int) -> list[Figure]:
    """How late decisions are while both servers hang: of a dialogue, one after the other, and as many at once."""
    async with FaultyServer(hangs_before_headers()) as one, FaultyServer(hangs_before_headers()) as other:
        given = [EndpointSettings(name=name, url=at.url, model="m") for name, at in (("one", one), ("other", other))]
        pool = ModelPool(given, GuardSettings(failures=100, probe_seconds=0))
        with tempfile.TemporaryDirectory() as folder:
            settings = load_settings(home=Path(folder), model={"context_tokens": 8_192})
            pack = read_world(settings.config / "worlds" / "morning_star")
            opening = next(request for request in pack.opening if request.kind == "dialogue")
            async with Loom.open(settings, model=pool) as loom:
                await loom.memory.load_world(pack)
                await loom.memory.warm()

                async def late(name: str) -> float:
                    changes = {"id": name, "thread": name, "policy": "model", "deadline_ms": DEADLINE_MS}
                    asked = opening.model_copy(update=changes)
                    began = time.perf_counter()
                    await loom.decide(asked)
                    return (time.perf_counter() - began) * 1_000 - DEADLINE_MS

                await late("warm")
                alone = [await late(f"alone.{number}") for number in range(count)]
                together = await asyncio.gather(*(late(f"together.{number}") for number in range(count)))
        await pool.aclose()
    return [
        Figure("inference", "all servers hang: latest decision after its deadline", max(alone), "ms", 20),
        Figure("inference", f"the same, {count} at once", max(together), "ms", 20),
    ]


async def _throughput(url: str, *, quick: bool) -> list[Figure]:
    """Answers a second: one at a time, many at once, and as many by the SDK alone, in turns."""
    alone, together, rounds = (4, AT_ONCE, 1) if quick else (12, 3 * AT_ONCE, 3)
    plain = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    name = (await plain.models.list()).data[0].id
    pool = _pool(url, name)
    ours, sdk = _by_pool(pool), _by_sdk(plain, name)
    await _rate(ours, AT_ONCE, AT_ONCE)
    await _rate(sdk, AT_ONCE, AT_ONCE)
    one = await _rate(ours, alone, 1)
    by_us, by_sdk = list[float](), list[float]()
    for _ in range(rounds):
        by_us.append(await _rate(ours, together, AT_ONCE))
        by_sdk.append(await _rate(sdk, together, AT_ONCE))
    await pool.aclose()
    await plain.close()
    many, theirs = statistics.median(by_us), statistics.median(by_sdk)
    return [
        Figure("inference", f"{AT_ONCE} at once over one at a time", many / one, "x", 12, "higher"),
        Figure("inference", f"{AT_ONCE} at once over AsyncOpenAI alone", many / theirs * 100, "%", 90, "higher"),
        Figure("inference", "one at a time", one, "answers/s", better="higher"),
        Figure("inference", f"{AT_ONCE} at once", many, "answers/s", better="higher"),
    ]


async def _rate(ask: Asking, count: int, at_once: int) -> float:
    """Answers a second."""
    places = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with places:
            await ask(number)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - began)


def _pool(url: str, name: str) -> ModelPool:
    return ModelPool([EndpointSettings(name="only", url=url, model=name, at_once=AT_ONCE)])


def _messages(number: int) -> list[dict[str, str]]:
    told = "You are Marta, who keeps the Drowned Lantern, an inn by the river. " * 8
    return [{"role": "system", "content": told}, {"role": "user", "content": f"Guest {number} asks for soup."}]


def _body(number: int, name: str) -> dict[str, object]:
    form = {"type": "json_schema", "json_schema": {"name": "Line", "schema": for_grammar(Line)}}
    return {
        "model": name,
        "messages": _messages(number),
        "response_format": form,
        "max_tokens": MAX_TOKENS,
        "temperature": 0.7,
        "seed": number,
    }


def _by_pool(pool: ModelPool) -> Asking:
    async def ask(number: int) -> object:
        asked = Ask(
            messages=tuple(_messages(number)),
            max_tokens=MAX_TOKENS,
            seed=number,
            timeout=LONG,
            affinity=f"guest_{number % 8}",
        )
        return (await pool.answer(asked, Line)).content

    return ask


def _by_sdk(client: AsyncOpenAI, name: str) -> Asking:
    async def ask(number: int) -> object:
        said = await client.chat.completions.create(**_body(number, name), timeout=LONG)  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownMemberType, reportUnknownVariableType]  # plain JSON, as it goes over the wire
        return Line.model_validate_json(said.choices[0].message.content or "")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # the same

    return ask


async def _by_socket(url: str) -> Asking:
    """HTTP by hand on one connection: what nobody can do without."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)

    async def ask(number: int) -> object:
        body = json.dumps(_body(number, "at_once")).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode()
        writer.write(head + body)
        said = await reader.readuntil(b"\r\n\r\n")
        return await reader.readexactly(int(said.split(b"content-length: ")[1].split(b"\r\n")[0]))

    return ask
