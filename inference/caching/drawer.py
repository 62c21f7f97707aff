"""Situations side by side: which of many is most like this one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from inference.caching.kept import Vector

_ROOM = 64
IN_A_THREAD = 2_000
"""From so many rows on the product is made in a thread: it takes a millisecond or more."""


class Drawer:
    """Rows of vectors, a block for each part of a situation. A row that is taken out gives its place to the last."""

    def __init__(self, dimensions: Sequence[int]) -> None:
        self._blocks = [np.empty((_ROOM, dimension), dtype=np.float32) for dimension in dimensions]
        self._names: list[str] = []
        self._at: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._names)

    def fits(self, vectors: Sequence[Vector]) -> bool:
        """Whether these are vectors of the same lengths."""
        return [len(vector) for vector in vectors] == [block.shape[1] for block in self._blocks]

    def put(self, name: str, vectors: Sequence[Vector]) -> None:
        """Add a row, or change it."""
        at = self._at.get(name)
        if at is None:
            at = self._at[name] = len(self._names)
            self._names.append(name)
            if at == len(self._blocks[0]):
                self._blocks = [np.concatenate([block, np.empty_like(block)]) for block in self._blocks]
        for block, vector in zip(self._blocks, vectors, strict=True):
            block[at] = vector

    def drop(self, name: str) -> None:
        """Take a row out, if it is there."""
        at = self._at.pop(name, None)
        if at is None:
            return
        last = self._names.pop()
        if last != name:
            self._names[at], self._at[last] = last, at
            for block in self._blocks:
                block[at] = block[len(self._names)]

    async def nearest(self, vectors: Sequence[Vector], least: float, most: int) -> list[tuple[float, str]]:
        """The `most` rows that are at least so much alike, the best first."""
        names, blocks = self._names, self._blocks
        if len(names) < IN_A_THREAD:
            likeness = _likeness(blocks, len(names), vectors)
        else:
            names = list(names)  # rows may move meanwhile; a wrong one is judged like any other
            likeness = await asyncio.to_thread(_likeness, blocks, len(names), vectors)
        close = np.flatnonzero(likeness >= least)
        best = close[np.argsort(-likeness[close], kind="stable")][:most]
        return [(min(float(likeness[at]), 1.0), names[at]) for at in best]


def _likeness(
    blocks: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float32]]], rows: int, vectors: Sequence[Vector]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The cosine of the part that is least alike. `einsum` works in one thread; `@` starts several, and where other
    work has the cores it waits for them: several times as long."""
    return np.min(
        [np.einsum("nd,d->n", block[:rows], vector) for block, vector in zip(blocks, vectors, strict=True)], axis=0
    )
