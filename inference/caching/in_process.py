"""Answers in this process: the last so many, for a while."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from cachetools import TTLCache

from inference.caching.drawer import Drawer
from inference.caching.kept import Kept, Vector


@dataclass(slots=True)
class _Held:
    kept: Kept
    heard_by: set[str] = field(default_factory=set[str])
    uses: int = 0


class InProcess:
    """A `Store` of `entries` answers, each for `seconds`; whichever was not said for longest goes first.

    `variants` is how many answers one question may have. `now` counts seconds.
    """

    def __init__(
        self, *, entries: int, seconds: float, variants: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._held: TTLCache[str, _Held] = TTLCache(entries, seconds, timer=now)
        self._variants = variants
        self._same: dict[tuple[str, str], list[str]] = {}
        self._drawers: dict[tuple[str, str], Drawer] = {}

    def __len__(self) -> int:
        return len(self._held)

    async def same(self, world: str, key: str) -> list[Kept]:
        """See `Store`."""
        names = self._same.get((world, key), ())
        return [held.kept for name in names if (held := self._held.get(name)) is not None]

    async def alike(
        self, world: str, drawer: str, vectors: Sequence[Vector], least: float, most: int
    ) -> list[tuple[float, Kept]]:
        """See `Store`."""
        rows = self._drawers.get((world, drawer))
        if rows is None or not rows.fits(vectors):
            return []
        found = await rows.nearest(vectors, least, most)
        return [(likeness, held.kept) for likeness, name in found if (held := self._held.get(name)) is not None]

    async def keep(self, kept: Kept) -> None:
        """See `Store`."""
        self.add(kept)

    async def put(self, kept: Kept, uses: int = 0) -> None:
        """See `Store`."""
        self.add(kept, uses)

    def add(self, kept: Kept, uses: int = 0) -> None:
        """The same, at once."""
        self._make_room()
        name = kept.id
        known = self._held.get(name)
        if known is not None:
            self._forget(name, known.kept)
            self._held.pop(name)
        self._held[name] = _Held(kept, known.heard_by if known else set(), known.uses if known else uses)
        names = self._same.setdefault((kept.world, kept.key), [])
        names.append(name)
        if kept.drawer is not None and kept.vectors:
            vectors = kept.unpacked()
            rows = self._drawers.setdefault((kept.world, kept.drawer), Drawer([len(vector) for vector in vectors]))
            if rows.fits(vectors):
                rows.put(name, vectors)
        if len(names) > self._variants:
            oldest = names[0]
            self._forget(oldest, self._held.pop(oldest).kept)

    async def not_said(self, world: str, names: Sequence[str], hearers: Sequence[str]) -> set[str]:
        """See `Store`."""
        del world
        held = {name: self._held.get(name) for name in names}
        return {name for name, one in held.items() if one is None or one.heard_by.isdisjoint(hearers)}

    async def say(self, world: str, name: str, hearers: Sequence[str], *, again: bool = True) -> bool:
        """See `Store`."""
        del world
        held = self._held.get(name)
        if held is None:
            return True
        fresh = held.heard_by.isdisjoint(hearers)
        held.heard_by.update(hearers)
        held.uses += again
        return fresh

    async def everything(self) -> AsyncIterator[tuple[Kept, int]]:
        """See `Store`."""
        for held in [self._held[name] for name in list(self._held)]:
            yield held.kept, held.uses

    async def aclose(self) -> None:
        """Nothing to let go of."""

    def _make_room(self) -> None:
        for name, held in self._held.expire():
            self._forget(name, held.kept)
        while len(self._held) >= self._held.maxsize:
            name, held = self._held.popitem()
            self._forget(name, held.kept)

    def _forget(self, name: str, kept: Kept) -> None:
        """What is held no longer is found no longer."""
        same = (kept.world, kept.key)
        if name in self._same.get(same, ()):
            self._same[same].remove(name)
            if not self._same[same]:
                del self._same[same]
        place = (kept.world, kept.drawer or "")
        if place in self._drawers:
            self._drawers[place].drop(name)
            if not self._drawers[place]:
                del self._drawers[place]
