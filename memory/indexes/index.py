"""What every index promises: it can fail, be thrown away, and be made again from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from memory.record.history import Key

MEND = "rebuild it with `loomwright memory reindex`"
"""What to do about an index that cannot be used."""


class IndexFailed(Exception):
    """The index cannot be used. The sentence goes to the receipt; the record answers all the same."""


class IndexHindered(IndexFailed):
    """The index is whole, but cannot be used now: another process holds it, or the disk is full. It is not to be thrown
    away for that."""


class Labelled(Protocol):
    """What is written on an index. Its `id` is new whenever the index is begun anew, so that no mark outlives it."""

    @property
    def id(self) -> str:
        """The index's own name for itself."""
        ...


class Index(Protocol):
    """What following the record asks of an index. Every method may raise `IndexFailed`."""

    @property
    def is_open(self) -> bool:
        """Whether it has been started."""
        ...

    async def check(self) -> Labelled:
        """The label of an index that is there, begun if it was never there; it costs next to nothing."""
        ...

    async def characters(self, world: str) -> list[str]:
        """Everybody of a world of whom it has something."""
        ...

    async def held(self, world: str, character: str) -> set[Key]:
        """All keys of a character."""
        ...

    async def misfits(self, world: str, character: str) -> set[Key]:
        """Keys under which something lies that can never be found, such as a vector of another length."""
        ...

    async def remove(self, world: str, keys: Mapping[str, Sequence[Key]]) -> None:
        """Take these keys of each character out; what is not there already is nothing new."""
        ...

    async def forget(self, world: str, characters: Sequence[str]) -> None:
        """Take all that these characters have out."""
        ...

    async def renew(self) -> Labelled:
        """Throw it away, whatever state it is in, and begin a new one."""
        ...
