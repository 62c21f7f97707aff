"""What things were described as, by how they looked: the last ones, in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from nodes.state import JsonObject

MOST = 1_024
"""Looks that are kept; whoever was not looked at for longest goes first."""


@dataclass(slots=True)
class Looks:
    """A small book of descriptions."""

    _kept: OrderedDict[str, JsonObject] = field(default_factory=OrderedDict[str, JsonObject])

    def get(self, key: str) -> JsonObject | None:
        """What was kept under this key."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: str, content: Mapping[str, object]) -> None:
        """Keep a description under this key, in place of the last one."""
        self._kept[key] = dict(content)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
