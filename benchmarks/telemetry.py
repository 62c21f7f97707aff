"""What it costs a decision to be watched: the same decisions with a collector and without, in the same run."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider

from benchmarks.figures import Figure
from memory import read_world
from schemas import DecisionRequest, TelemetrySettings, load_settings
from service import Loom
from service.exporters import exporting
from telemetry import told_to

KIND = "dialogue"
TARGET = 1.0
"""Milliseconds that a decision may take longer."""
SENT = 0.5
"""Seconds after which a round's spans are sent."""
_COLLECTOR = """
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
_numbers = count()


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """What a decision takes longer while spans and metrics go to a collector, which is a process of its own: by the
    clock; of the processor; and of the processor with all that is sent behind it."""
    del model_url
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "200"  # milliseconds: so that a round's spans are sent within it
    rounds, runs = (5, 20) if quick else (20, 40)
    alone, watched = _Taken(), _Taken()
    with _collector() as url:
        async with _opened() as (loom, opening), exporting(TelemetrySettings(otlp_url=url, metrics_seconds=1.0)):
            for _ in range(10):
                await _decide(loom, opening, _Taken())
            gc.collect()
            for _ in range(rounds):
                for taken, listener in ((alone, _nobody), (watched, nullcontext)):
                    began = time.process_time()
                    for _ in range(runs):
                        with listener():
                            await _decide(loom, opening, taken)
                    await asyncio.sleep(SENT)  # what is sent behind it belongs to it
                    taken.with_sending.append((time.process_time() - began) / runs)
    return [
        Figure("telemetry", "longer with a collector: by the clock", _longer(watched.clock, alone.clock), "ms", TARGET),
        Figure(
            "telemetry", "longer with a collector: of the processor",
            _longer(watched.processor, alone.processor), "ms", TARGET,
        ),
        Figure(
            "telemetry", "longer with a collector: of the processor, sending included",
            _longer(watched.with_sending, alone.with_sending), "ms", TARGET,
        ),
        Figure("telemetry", "a decision that nobody watches", statistics.median(alone.clock) * 1_000, "ms"),
    ]  # fmt: skip


@dataclass(slots=True)
class _Taken:
    """Seconds a decision."""

    clock: list[float] = field(default_factory=list[float])
    processor: list[float] = field(default_factory=list[float])
    """Of the loop's thread."""
    with_sending: list[float] = field(default_factory=list[float])
    """Of the process, a round each."""


def _longer(watched: list[float], alone: list[float]) -> float:
    return (statistics.median(watched) - statistics.median(alone)) * 1_000


def _nobody() -> AbstractContextManager[None]:
    return told_to(NoOpTracerProvider(), NoOpMeterProvider())


async def _decide(loom: Loom, opening: DecisionRequest, taken: _Taken) -> None:
    request = opening.model_copy(update={"id": f"bench.{next(_numbers)}", "policy": "rules"})
    clock, processor = time.perf_counter(), time.thread_time()
    await loom.decide(request)
    taken.clock.append(time.perf_counter() - clock)
    taken.processor.append(time.thread_time() - processor)


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[Loom, DecisionRequest]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder), encounters={"fights": 0})
        pack = read_world(settings.config / "worlds" / "morning_star")
        async with Loom.open(settings, model=None) as loom:
            await loom.memory.load_world(pack)
            await loom.memory.settle()
            yield loom, next(request for request in pack.opening if request.kind == KIND)


@contextmanager
def _collector() -> Generator[str]:
    process = subprocess.Popen([sys.executable, "-c", _COLLECTOR], stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
