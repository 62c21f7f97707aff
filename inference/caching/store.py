"""Where answers are kept: what any such place can do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from inference.caching.kept import Kept, Vector


class Store(Protocol):
    """Keeps answers for a while, and may lose any of them at any time.

    While play goes on nothing raises: what fails is a miss.
    """

    async def same(self, world: str, key: str) -> list[Kept]:
        """All answers to this question, the oldest first."""
        ...

    async def alike(
        self, world: str, drawer: str, vectors: Sequence[Vector], least: float, most: int
    ) -> list[tuple[float, Kept]]:
        """The `most` answers of a drawer whose situations are at least so much alike, with how much; the best first.

        Likeness is the cosine, 0 to 1, of the part that is least alike.
        """
        ...

    async def keep(self, kept: Kept) -> None:
        """Keep an answer; the oldest to the same question gives way when there are enough of them."""
        ...

    async def put(self, kept: Kept, uses: int = 0) -> None:
        """Keep an answer that was said again so often already. This and `everything` raise BadSettings on failure."""
        ...

    async def not_said(self, world: str, names: Sequence[str], hearers: Sequence[str]) -> set[str]:
        """Which of these answers, by their names, none of the hearers has heard."""
        ...

    async def say(self, world: str, name: str, hearers: Sequence[str], *, again: bool = True) -> bool:
        """Note that all these hear an answer now, `again` or for the first time. False: one of them knew it."""
        ...

    def everything(self) -> AsyncIterator[tuple[Kept, int]]:
        """All answers, with how often each was said again."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
