"""A point in the past, as an operator types it: `90m`, `24h`, `7d`, or a date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from schemas import BadRequest, Fault

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_since(text: str, now: datetime | None = None) -> datetime:
    """The moment that is meant, in UTC. A date without a zone is one of UTC, as the times in the log are.

    Raises:
        BadRequest: it is neither so long ago nor a date.
    """
    now = now or datetime.now(UTC)
    try:
        if ago := _AGO.fullmatch(text.strip().lower()):
            return now - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
        read = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        hint = "Write how long ago, `90m`, `24h`, `7d`, `2w`, or a date, `2026-11-21` or `2026-11-21T18:30`."
        raise BadRequest(Fault("--since", f"'{text}' is no time.", hint)) from None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
