"""What a suite is asked for, and what comes of it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Figure
from schemas import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """One run: which suites, with what."""

    suites: Sequence[str]
    """Of those that a runner knows, the ones that are wanted."""
    settings: Settings
    quick: bool
    options: Namespace
    """All that the command line was given; each runner reads its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one metric said of one case."""

    suite: str
    case: str
    metric: str
    passed: bool
    reason: str

    def as_json(self) -> str:
        """One line, for a case that failed."""
        return json.dumps({"suite": self.suite, "failed": self.case, "metric": self.metric, "reason": self.reason})


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures, and the cases that explain those that miss their target."""

    figures: Sequence[Figure]
    failed: Sequence[Verdict] = ()


def _no_options(_: ArgumentParser) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs one suite, or several that share what is costly to open."""

    suites: tuple[str, ...]
    """Their names on the command line."""
    run: Callable[[Asked], Awaitable[Outcome]]
    """May raise `CallerError` for what the caller can mend."""
    add_options: Callable[[ArgumentParser], None] = field(default=_no_options)
    by_default: bool = True
    """Whether it runs when no suite is named."""
