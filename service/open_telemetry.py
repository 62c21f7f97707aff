"""OpenTelemetry's SDK and exporters, set up as the settings say. Imported only where something is to leave."""

from __future__ import annotations

from collections.abc import Callable
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

PATIENCE = 3.0
"""Seconds that a collector has for each delivery, and for the last one when all is closed."""


class Export:
    """Spans and metrics on their way out of this process, until it is closed.

    Raises:
        BadSettings: the port is taken.
    """

    def __init__(self, settings: TelemetrySettings) -> None:
        self._closing: list[Callable[[], object]] = []
        self.spans, self.metrics = get_tracer_provider(), get_meter_provider()
        about = {"service.name": settings.service_name, "service.version": version("loomwright")}
        resource, readers = Resource.create(about), list[MetricReader]()
        if settings.prometheus_port is not None:
            readers.append(_serve(settings.prometheus_host, settings.prometheus_port, self._closing))
        if settings.otlp_url is not None:
            base = settings.otlp_url.rstrip("/")
            sampler = ParentBased(TraceIdRatioBased(settings.trace_share))
            spans = self.spans = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
            exporter = OTLPSpanExporter(f"{base}/v1/traces", timeout=PATIENCE)
            spans.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=8_192))
            self._closing.append(spans.shutdown)
            every = settings.metrics_seconds * 1_000
            to_collector = OTLPMetricExporter(f"{base}/v1/metrics", timeout=PATIENCE)
            readers.append(PeriodicExportingMetricReader(to_collector, export_interval_millis=every))
        metrics = self.metrics = MeterProvider(readers, resource=resource, shutdown_on_exit=False)
        self._closing.append(metrics.shutdown)

    def close(self) -> None:
        """Send what waits, for a few seconds at the most."""
        for close in self._closing:
            close()


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
