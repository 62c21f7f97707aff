"""Characters with a mind of their own: what their quests, talks, bargains and moods cost. One module a subject."""

from __future__ import annotations

from benchmarks.characters import bargaining, proving
from benchmarks.figures import Figure

PARTS = (proving, bargaining)
"""To add a subject: write its module, then add it."""


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """All of it, without a model."""
    del model_url
    return [figure for part in PARTS for figure in await part.measure(quick=quick)]
