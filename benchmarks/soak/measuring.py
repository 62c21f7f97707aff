"""A soak: endpoints, trouble, a stream of decisions, and the figures in the end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.figures import Figure
from benchmarks.soak.playing import Play
from benchmarks.soak.proxy import Proxy
from benchmarks.soak.servers import Scripted, Server, TinyVllm
from benchmarks.soak.trouble import Line, Trouble
from benchmarks.soak.turns import to_the_front
from benchmarks.soak.watching import Watch
from inference import ModelPool
from memory import read_world
from schemas import EndpointSettings, GuardSettings, load_settings
from service import Loom

MINUTES = 5.0
QUICK_SECONDS = 25.0
RATE = 3.0
GRACE_MS = 20.0
"""What an answer may take beyond its deadline."""
FLAT = 1.05
FLAT_FROM = 180.0
"""Seconds: a shorter run is all warm-up, and its memory is shown without a target."""
CALM_WITHIN = 120.0
"""Seconds that endpoints have to be back in use once all is well again."""
NAMES = ("one", "two")


async def measure(
    *,
    quick: bool = False,
    model_url: str | None = None,
    minutes: float | None = None,
    rate: float = RATE,
    seed: int = 1,
    scripted: bool = False,
) -> list[Figure]:
    """Play for so many minutes over two endpoints that break all the time, then let all be well and look.

    The endpoints are tiny vLLMs, or servers that make their answers up (`scripted`), started for this; or whoever
    answers at `model_url`, whose line breaks then, and whose process is left alone. Prints `loomwright stats`, too.
    """
    seconds = minutes * 60 if minutes is not None else QUICK_SECONDS if quick else MINUTES * 60
    with tempfile.TemporaryDirectory() as folder:
        async with _lines(model_url, scripted=scripted) as lines:
            to_the_front()
            figures = await _soak(lines, Path(folder), seconds, rate, seed)
        _print_stats(Path(folder))
    return figures


@asynccontextmanager
async def _lines(model_url: str | None, *, scripted: bool) -> AsyncGenerator[list[Line]]:
    """Two endpoints behind a proxy each, with their servers where those are ours."""
    async with AsyncExitStack() as stack:
        servers: list[Server] = [] if model_url else [Scripted() if scripted else TinyVllm() for _ in NAMES]
        for server in servers:
            stack.push_async_callback(server.stop)
        await asyncio.gather(*(server.start() for server in servers))
        port = urlsplit(model_url).port if model_url else None
        lines = list[Line]()
        for number, name in enumerate(NAMES):
            server = servers[number] if servers else None
            proxy = await stack.enter_async_context(Proxy(server.port if server else port or 80))
            lines.append(Line(name, proxy, server))
        yield lines


async def _soak(lines: list[Line], home: Path, seconds: float, rate: float, seed: int) -> list[Figure]:
    settings = load_settings(home=home, model={"context_tokens": 8_192})
    pack = read_world(settings.config / "worlds" / "morning_star")
    pool = ModelPool([_endpoint(line) for line in lines], GuardSettings())
    trouble = Trouble(lines, seed, kill_every=max(15.0, seconds / 12))
    async with Loom.open(settings, model=pool) as loom:
        await loom.memory.load_world(pack)
        await loom.memory.warm()
        play = Play(loom, pack.opening, rate=rate, seed=seed, grace_ms=GRACE_MS)
        watch = Watch(seconds, lambda: _told(play, pool))
        async with _going(play.go_on()):
            async with _going(trouble.stir()), _going(watch.look()), _going(watch.beat()):
                await asyncio.sleep(seconds)
            await trouble.end()
            back = await _back(play, pool)
        await play.settle()
        await loom.memory.settle()
        recorded = (await loom.memory.statistics(pack.info.id)).all.decisions
    closed = sum(one.breaker == "closed" for one in pool.endpoints)
    await pool.aclose()
    return _figures(play, watch, trouble, seconds, recorded=recorded, closed=closed, back=back)


def _endpoint(line: Line) -> EndpointSettings:
    """Given by name: an endpoint that is asked for its name first is one thing more that may hang."""
    model = line.server.model if line.server is not None else None
    url = f"http://127.0.0.1:{line.proxy.port}/v1"
    return EndpointSettings(name=line.name, url=url, model=model)


@asynccontextmanager
async def _going(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Something that goes on behind, until the block ends; should it end before by itself, that is an error."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        failed = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if failed:
            task.result()


async def _back(play: Play, pool: ModelPool) -> int:
    """How many endpoints answer again, now that nothing is wrong any more."""
    before, since = play.tally.endpoints.copy(), time.monotonic()
    while time.monotonic() - since < CALM_WITHIN:
        answering = sum(1 for one in pool.endpoints if play.tally.endpoints[one.url] > before[one.url])
        if answering == len(NAMES) and all(one.breaker == "closed" for one in pool.endpoints):
            break
        await asyncio.sleep(0.2)
    return sum(1 for one in pool.endpoints if play.tally.endpoints[one.url] > before[one.url])


def _told(play: Play, pool: ModelPool) -> str:
    tally, open_ = play.tally, [one.name for one in pool.endpoints if one.breaker != "closed"]
    shares = ", ".join(f"{count} by {source}" for source, count in tally.sources.most_common())
    return (
        f"{tally.answered} of {tally.asked} answered ({shares}), {tally.answered - tally.in_time} late, "
        f"worst {tally.worst_ms:+.0f} ms, breakers not closed: {', '.join(open_) or 'none'}"
    )


def _figures(
    play: Play, watch: Watch, trouble: Trouble, seconds: float, *, recorded: int, closed: int, back: int
) -> list[Figure]:
    tally, name = play.tally, "soak"
    answered = max(tally.answered, 1)
    figures = [
        Figure(name, "time", seconds / 60, "min"),
        Figure(name, "decisions", tally.asked, ""),
        Figure(name, "faults", trouble.done.total(), ""),
        Figure(name, "answered", tally.answered / max(tally.asked, 1) * 100, "%", 100, "higher"),
        Figure(name, f"within {GRACE_MS:.0f} ms of its deadline", tally.in_time / answered * 100, "%", 100, "higher"),
        Figure(
            name, "the same without waits for a processor", tally.in_time_of_ours / answered * 100, "%", 100, "higher"
        ),
        Figure(name, "the latest after its deadline", tally.worst_ms, "ms", GRACE_MS),
        Figure(name, "the longest that it waited for a processor", watch.kept_waiting_ms, "ms"),
        Figure(name, "recorded", recorded / answered * 100, "%", 100, "higher"),
        Figure(name, "breakers closed at the end", closed, f"of {len(NAMES)}", len(NAMES), "higher"),
        Figure(name, "endpoints that answer again at the end", back, f"of {len(NAMES)}", len(NAMES), "higher"),
        Figure(
            name,
            "memory, last third over first, after warm-up",
            watch.growth,
            "x",
            FLAT if seconds >= FLAT_FROM else None,
        ),
        Figure(name, "memory, growth after warm-up", watch.slope, "MB/h"),
        Figure(name, "memory, most", watch.most, "MB"),
        Figure(name, "by the last resort", tally.netted / answered * 100, "%"),
    ]
    figures += [Figure(name, f"by {one}", n / answered * 100, "%") for one, n in tally.sources.most_common()]
    figures += [Figure(name, f"fallback: {one}", n / answered * 100, "%") for one, n in tally.reasons.most_common()]
    return figures + [Figure(name, f"times an endpoint {one}", n, "") for one, n in trouble.done.most_common()]


def _print_stats(home: Path) -> None:
    """The table of `loomwright stats`, on standard error: what is printed for programs stays theirs."""
    command = [sys.executable, "-c", "from service.cli import main; main()", "stats", "--home", str(home)]
    wide = {**os.environ, "COLUMNS": "180"}
    table = subprocess.run(command, capture_output=True, text=True, check=False, env=wide)  # noqa: S603  # our own
    sys.stderr.write(table.stdout + table.stderr)
