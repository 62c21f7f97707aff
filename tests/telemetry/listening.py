"""Somebody who listens in this process: the spans and the metrics of what a test does, and of nothing else."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from telemetry import told_to


class Heard:
    """What was told so far."""

    def __init__(self) -> None:
        self._exporter, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.spans_to = TracerProvider(shutdown_on_exit=False)
        self.spans_to.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.metrics_to = MeterProvider([self._reader], shutdown_on_exit=False)

    @property
    def spans(self) -> list[ReadableSpan]:
        """In the order in which they ended."""
        return list(self._exporter.get_finished_spans())

    def named(self, beginning: str) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name.startswith(beginning)]

    def counted(self, name: str) -> list[tuple[dict[str, object], float]]:
        """The points of a metric: attributes, and the value or how often it was recorded."""
        found: list[tuple[dict[str, object], float]] = []
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data is not None else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    if metric.name == name:
                        for point in metric.data.data_points:
                            of: dict[str, object] = dict(point.attributes or {})
                            found.append((of, _value(point)))
        return found


def _value(point: object) -> float:
    if isinstance(point, HistogramDataPoint):
        return point.count
    assert isinstance(point, NumberDataPoint)
    return point.value


@contextmanager
def listening() -> Generator[Heard]:
    heard = Heard()
    with told_to(heard.spans_to, heard.metrics_to):
        yield heard
    heard.spans_to.shutdown()
    heard.metrics_to.shutdown()
