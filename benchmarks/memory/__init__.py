"""Memory: how long it takes to recall, to write, to fork and to tidy up, and how much room it takes."""

from __future__ import annotations

from benchmarks.figures import Figure
from benchmarks.memory import fading, recalling, resident, spreading, talking, writing

PARTS = (recalling, spreading, writing, fading, talking, resident)


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """All of it. With an embeddings endpoint in the tests' environment variable, recall is measured with that, too."""
    del model_url
    return [figure for part in PARTS for figure in await part.measure(quick=quick)]
