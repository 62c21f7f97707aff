"""Who is told of what happens in here: a collector, and Prometheus, as the settings say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from schemas import TelemetrySettings
from telemetry import told_to


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
    from service.open_telemetry import Export  # most of a second to import, for those who want it

    export = Export(settings)
    try:
        with told_to(export.spans, export.metrics):
            yield
    finally:
        await asyncio.to_thread(export.close)
