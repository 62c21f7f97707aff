"""OpenTelemetry's own works, set up as the settings say: a collector that is told, an address that Prometheus reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack, asynccontextmanager
from importlib.metadata import version
from threading import Thread
from wsgiref.simple_server import WSGIServer

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import get_meter_provider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import get_tracer_provider
from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

from schemas import BadSettings, Fault, TelemetrySettings
from telemetry import told_to

PATIENCE = 3.0
"""Seconds that a collector has for each delivery, and for the last one when all is closed."""


@asynccontextmanager
async def exporting(settings: TelemetrySettings) -> AsyncGenerator[None]:
    """Tell the collector and show Prometheus what happens in here; neither, as long as the settings name neither.

    What is not set up here stays with the program's own OpenTelemetry set-up, if it has one. A collector that does not
    answer costs nothing but what it should have been told.

    Raises:
        BadSettings: the port is taken.
    """
    if settings.otlp_url is None and settings.prometheus_port is None:
        yield
        return
    closing = list[Callable[[], object]]()
    try:
        with ExitStack() as told:
            resource = Resource.create(
                {"service.name": settings.service_name, "service.version": version("loomwright")}
            )
            readers = list[MetricReader]()
            if settings.prometheus_port is not None:
                readers.append(_serve(settings.prometheus_host, settings.prometheus_port, closing))
            spans, metrics = get_tracer_provider(), get_meter_provider()
            if settings.otlp_url is not None:
                base = settings.otlp_url.rstrip("/")
                sampler = ParentBased(TraceIdRatioBased(settings.trace_share))
                spans = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
                spans.add_span_processor(
                    BatchSpanProcessor(OTLPSpanExporter(f"{base}/v1/traces", timeout=PATIENCE), max_queue_size=8_192)
                )
                exporter = OTLPMetricExporter(f"{base}/v1/metrics", timeout=PATIENCE)
                every = settings.metrics_seconds * 1_000
                readers.append(PeriodicExportingMetricReader(exporter, export_interval_millis=every))
                closing.append(spans.shutdown)
            metrics = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
            closing.append(metrics.shutdown)
            told.enter_context(told_to(spans, metrics))
            yield
    finally:
        await asyncio.to_thread(_close, closing)


def _serve(host: str, port: int, closing: list[Callable[[], object]]) -> MetricReader:
    """`/metrics` for Prometheus, on a port of its own: with the metrics, this process's memory and time."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except (OSError, OverflowError) as error:
        what = f"nothing can be served at {host}:{port}: {error}."
        raise BadSettings(Fault("telemetry.prometheus_port", what, "Choose another port.")) from None
    closing.append(lambda: _stop(server, thread))
    return reader


def _stop(server: WSGIServer, thread: Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join()


def _close(closing: list[Callable[[], object]]) -> None:
    for close in closing:
        close()
