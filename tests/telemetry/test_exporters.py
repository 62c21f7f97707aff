"""What leaves the process: nothing by default; to a collector and Prometheus where the settings name them."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from schemas import BadSettings, Settings, TelemetrySettings
from telemetry import watched
from tests.conftest import Opening, OpenLoom


class Collector:
    """A collector that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []
        keep = self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # http.server's name
                body = self.rfile.read(int(self.headers["Content-Length"]))
                keep.append((self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
                del format, args

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def spans(self) -> list[str]:
        return [
            span.name
            for path, body in self.told
            if path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def metrics(self) -> set[str]:
        return {
            metric.name
            for path, body in self.told
            if path == "/v1/metrics"
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }


@pytest.fixture
def collector() -> Generator[Collector]:
    collector = Collector()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()
    collector.thread.join()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  # an address of this test's own
        return answer.read().decode()


def telling(settings: Settings, **told: Any) -> Settings:
    return settings.model_copy(update={"telemetry": TelemetrySettings.model_validate(told)})


async def test_a_collector_is_told_of_each_decision_and_of_the_figures(
    open_loom: OpenLoom, opening: Opening, settings: Settings, collector: Collector
) -> None:
    async with open_loom(settings=telling(settings, otlp_url=collector.url)) as loom:
        await loom.decide(opening("combat"))
        assert not watched()

    assert "invoke_agent combat" in collector.spans()
    assert "node remember" in collector.spans()
    assert "loomwright.decision.duration" in collector.metrics()
    here = len(collector.told)
    async with open_loom() as loom:
        await loom.decide(opening("combat", id="later"))
    assert len(collector.told) == here


async def test_of_no_share_of_the_decisions_spans_are_told(
    open_loom: OpenLoom, opening: Opening, settings: Settings, collector: Collector
) -> None:
    async with open_loom(settings=telling(settings, otlp_url=collector.url, trace_share=0)) as loom:
        await loom.decide(opening("combat"))

    assert collector.spans() == []
    assert "loomwright.decision.duration" in collector.metrics()


async def test_prometheus_reads_the_figures_on_a_port_of_its_own(
    open_loom: OpenLoom, opening: Opening, settings: Settings, port: int
) -> None:
    async with open_loom(settings=telling(settings, prometheus_port=port)) as loom:
        await loom.decide(opening("combat"))
        text = await asyncio.to_thread(read, f"http://127.0.0.1:{port}/metrics")

    assert 'loomwright_decision_duration_seconds_count{kind="combat",source="rules"} 1.0' in text
    assert "process_resident_memory_bytes" in text
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0


async def test_a_collector_that_is_not_there_stops_no_decision(
    open_loom: OpenLoom, opening: Opening, settings: Settings, port: int
) -> None:
    async with open_loom(settings=telling(settings, otlp_url=f"http://127.0.0.1:{port}")) as loom:
        decision = await loom.decide(opening("combat"))

    assert decision.receipt.source == "rules"
    assert not decision.receipt.warnings


async def test_a_port_that_is_taken_is_a_fault_of_the_settings(open_loom: OpenLoom, settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadSettings, match=r"telemetry\.prometheus_port"):
            async with open_loom(settings=telling(settings, prometheus_port=taken.getsockname()[1])):
                pass


def test_who_tells_nobody_does_not_import_what_it_takes_to_tell() -> None:
    script = "import sys, service; print([name for name in sys.modules if name.startswith('opentelemetry.exporter')])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=300)

    assert ran.stdout.strip() == "[]"
