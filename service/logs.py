"""What is said while it runs: one line an event, and no secrets in it."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from schemas import LogSettings

SECRET_WORDS = ("api_key", "authorization", "password", "secret", "token_value")


def set_up_logs(settings: LogSettings) -> None:
    """Send structlog's lines where the settings say. The command line keeps standard output for answers."""
    stream: TextIO = sys.stderr
    if settings.file is not None:
        settings.file.parent.mkdir(parents=True, exist_ok=True)
        stream = settings.file.open("a", encoding="utf-8")
    lines = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            # The default prints every local variable, players' words and all.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            hide_secrets,
            structlog.processors.format_exc_info if settings.format == "json" else _as_it_is,
            lines,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank whatever is named like a secret."""
    for name in event:
        if any(word in name.lower() for word in SECRET_WORDS):
            event[name] = "***"
    return event


def _as_it_is(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return event
