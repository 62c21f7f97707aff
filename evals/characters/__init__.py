"""The suite `characters`: a module a subject, each held against a checker of its own.

To add one: write it, then add it to `SUBJECTS`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from benchmarks.figures import Figure
from evals.characters import bargains, quests
from evals.characters.dialogue import dialogue
from evals.outcome import Asked, Outcome

Subject = Callable[[Asked], Awaitable[Sequence[Figure] | Outcome]]
"""What measures one subject: its figures, and where there are any the cases that failed."""
SUBJECTS: tuple[Subject, ...] = (dialogue, quests.run, bargains.measure)


async def run(asked: Asked) -> Outcome:
    """All subjects, one after the other."""
    found = [await subject(asked) for subject in SUBJECTS]
    outcomes = [one if isinstance(one, Outcome) else Outcome(one) for one in found]
    return Outcome(
        [figure for outcome in outcomes for figure in outcome.figures],
        [verdict for outcome in outcomes for verdict in outcome.failed],
    )
