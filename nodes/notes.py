"""What nodes put on the receipt while a decision is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nodes.state import DecisionState, JsonObject

MOST_FAULTS = 12
"""Faults that are told at once; a model mends no more."""


def note(
    state: DecisionState, *, warnings: Sequence[str] = (), corrections: Sequence[str] = (), **fields: Any
) -> JsonObject:
    """The receipt so far with more on it: lists grow, everything else is replaced."""
    receipt = {**state["receipt"], **fields}
    for name, added in (("warnings", warnings), ("corrections", corrections)):
        if added:
            receipt[name] = [*receipt.get(name, ()), *added]
    return receipt


def validity(state: DecisionState, *, world: bool | None) -> dict[str, bool | None]:
    """The three levels as they stand, with the world's verdict."""
    so_far: dict[str, bool | None] = state["receipt"].get("validity") or {}
    return {**so_far, "world": world}
