"""From played cases to figures: what share passed, how sure that is, and which cases did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import sqrt

from deepeval.test_case import LLMTestCase

from benchmarks.figures import Figure
from evals.metrics import Complete, CountingMetric, Grounded, InTime, Legal, Sensible, ToolsCorrect
from evals.outcome import Verdict
from schemas import Decision

ALWAYS: tuple[type[CountingMetric], ...] = (Legal, Complete, ToolsCorrect, InTime)
"""What holds whoever decides: all cases must pass."""
BY_RULES: tuple[type[CountingMetric], ...] = (Grounded, Sensible)
"""What rules must always keep; of a model it is a finding."""


def own_share(suite: str, played: Sequence[LLMTestCase]) -> Figure:
    """How many decisions were the model's own, repaired ones included; the rest are rules' and fallbacks."""
    receipts = [Decision.model_validate_json(one.actual_output or "").receipt for one in played]
    number = sum(receipt.source in ("model", "repaired") for receipt in receipts)
    return Figure(
        suite=suite,
        case="by the model",
        value=number / max(1, len(played)),
        unit=f"of {len(played)}",
        better="higher",
        interval=wilson(number, len(played)),
    )


def wilson(passed: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share, honest at its ends and for few cases (Wilson 1927); (0, 1) for none."""
    if of == 0:
        return 0.0, 1.0
    share, spread = passed / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def figures(verdicts: Iterable[Verdict], *, rules_alone: bool) -> Iterator[Figure]:
    """A figure for each suite and metric: the share that passed. Suites and metrics keep their order."""
    must = {metric.title for metric in (*ALWAYS, *(BY_RULES if rules_alone else ()))}
    found: dict[tuple[str, str], list[bool]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.suite, verdict.metric), []).append(verdict.passed)
    for (suite, metric), passed in found.items():
        yield Figure(
            suite=suite,
            case=metric,
            value=sum(passed) / len(passed),
            unit=f"of {len(passed)}",
            target=1.0 if metric in must else None,
            better="higher",
            interval=wilson(sum(passed), len(passed)),
        )
