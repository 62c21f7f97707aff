"""Let a cross-encoder look at the best memories once more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """Whoever can say how well texts answer a question, by reading both together."""

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text, in their order; higher is better.

        Raises:
            ModelError: nothing could be scored.
        """
        ...
