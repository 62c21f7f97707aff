"""Who is told: the program's own OpenTelemetry set-up, if it has one, or whoever `told_to` names."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import Tracer, TracerProvider, get_tracer

from telemetry.instruments import Instruments

NAME = "loomwright"

_sinks: list[tuple[Tracer, Instruments]] = [(get_tracer(NAME), Instruments(get_meter(NAME)))]
"""The last one is told. The first forwards to OpenTelemetry's global providers, which do nothing until set."""


def tracer() -> Tracer:
    """Whoever makes spans now."""
    return _sinks[-1][0]


def instruments() -> Instruments:
    """Whatever counts now."""
    return _sinks[-1][1]


@contextmanager
def told_to(spans: TracerProvider, metrics: MeterProvider) -> Generator[None]:
    """Tell these two instead, for the whole process, until the end of the block."""
    sink = (spans.get_tracer(NAME), Instruments(metrics.get_meter(NAME)))
    _sinks.append(sink)
    try:
        yield
    finally:
        _sinks.remove(sink)
