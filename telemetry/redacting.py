"""What is taken out of a text before it is kept: keys, what leads to a person, and what the settings name."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ALWAYS = {
    "login": r"(?<=://)[^\s/@]+(?=@)",
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "key": r"(?i:\bbearer\s+)[\w.~+/=-]{8,}|\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[-_]?[A-Za-z0-9_-]{16,}",
    "address": r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    "number": r"(?<![\w.])\+?\d(?:[ -]?\d){8,18}(?!\w|\.\d)",
}
"""By what a reader sees in its place. `login`: user and password within a URL; `address`: IPv4; `number`: 9 to 19
digits in a row, as telephones and payment cards have them."""


class Redaction:
    """Takes out of texts what nobody should find in a log, and says in its place what kind of thing it was.

    `patterns`: regular expressions of one's own; `secrets`: words that are taken out wherever they stand. It knows
    forms, no meaning: a name or a street that a player types stays.
    """

    def __init__(self, patterns: Iterable[str | re.Pattern[str]] = (), secrets: Iterable[str] = ()) -> None:
        words = "|".join(re.escape(word) for word in sorted(secrets, key=len, reverse=True) if word)
        ways = ({"key": words} if words else {}).items()
        self._ways = [
            *((name, re.compile(way)) for name, way in ways),
            *(("redacted", re.compile(way)) for way in patterns),
            *((name, re.compile(way)) for name, way in _ALWAYS.items()),
        ]

    def __call__(self, text: str) -> str:
        """The text without them."""
        for name, way in self._ways:
            text = way.sub(f"[{name}]", text)
        return text
