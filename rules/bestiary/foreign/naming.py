"""Names of the format, and what they become: ids, locale keys, and what stands in brackets behind a name."""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = re.compile(r"\s*\([^)]*\)")
_RECHARGE = re.compile(r"\(Recharge (\d)(?:\s*[-\u2013]\s*6)?\)", re.IGNORECASE)
_USES = re.compile(r"\((\d+)\s*/\s*Day", re.IGNORECASE)
_RESTS = re.compile(r"\(Recharges? after", re.IGNORECASE)
_COSTS = re.compile(r"\(Costs (\d) Actions?\)", re.IGNORECASE)


def plain_name(name: str) -> str:
    """The name without what stands in brackets: `Fire Breath (Recharge 5-6)` is `Fire Breath`."""
    return _BRACKETS.sub("", name).strip(" .")


def slug(name: str) -> str:
    """An id: `Will-o'-Wisp` is `will_o_wisp`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain.replace("'s", "s")).strip("_")


def locale_key(prefix: str, name: str) -> str:
    """The locale key of a name: `trait-pack-tactics`."""
    return f"{prefix}-{slug(name).replace('_', '-')}"


def recharge_in_name(name: str) -> int | None:
    """5 for `(Recharge 5-6)`."""
    found = _RECHARGE.search(name)
    return int(found[1]) if found else None


def uses_in_name(name: str) -> int | None:
    """3 for `(3/Day)`, 1 for what comes back after a rest."""
    found = _USES.search(name)
    return int(found[1]) if found else 1 if _RESTS.search(name) else None


def cost_in_name(name: str) -> int:
    """2 for `(Costs 2 Actions)`, else 1."""
    found = _COSTS.search(name)
    return int(found[1]) if found else 1
