"""The suite `characters`: a module a subject. To add one: write it, then add it to `SUBJECTS`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from benchmarks.figures import Figure
from evals.characters.dialogue import dialogue
from evals.outcome import Asked, Outcome

Subject = Callable[[Asked], Awaitable[Sequence[Figure]]]
SUBJECTS: tuple[Subject, ...] = (dialogue,)


async def run(asked: Asked) -> Outcome:
    """All subjects, one after the other."""
    return Outcome([figure for subject in SUBJECTS for figure in await subject(asked)])
