from __future__ import annotations

import json

import pytest

from benchmarks.figures import show
from evals.metrics import METRICS
from evals.outcome import Verdict
from evals.report import figures, wilson


def verdict(metric: str, *, passed: bool, case: str = "a-case") -> Verdict:
    return Verdict("combat", case, metric, passed, "no fault" if passed else "it misses")


@pytest.mark.parametrize(
    ("passed", "of", "low", "high"),
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (0, 0, 0, 1)],
)
def test_an_interval_is_wilsons(passed: int, of: int, low: float, high: float) -> None:
    assert wilson(passed, of) == pytest.approx((low, high), abs=1e-4)


def test_every_interval_holds_its_share() -> None:
    for of in range(1, 40):
        for passed in range(of + 1):
            low, high = wilson(passed, of)
            assert 0 <= low <= passed / of <= high <= 1


def test_one_case_that_fails_misses_the_target(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [verdict("legal", passed=True), verdict("legal", passed=False, case="another")]

    holds = show(figures(verdicts, rules_alone=True), as_json=True)

    line = json.loads(capsys.readouterr().out)
    assert not holds
    assert line["value"] == 0.5
    assert line["target"] == 1.0
    assert line["holds"] is False


def test_what_a_model_makes_of_it_is_a_finding_and_no_gate() -> None:
    verdicts = [verdict(metric.title, passed=True) for metric in METRICS]

    targets = {figure.case: figure.target for figure in figures(verdicts, rules_alone=False)}

    assert targets == {
        "legal": 1.0, "complete": 1.0, "grounded": None, "tools correct": 1.0, "in time": 1.0, "sensible": None,
    }  # fmt: skip
    assert {figure.target for figure in figures(verdicts, rules_alone=True)} == {1.0}


def test_a_case_that_failed_is_one_line_of_json() -> None:
    line = json.loads(verdict("legal", passed=False).as_json())

    assert line == {"suite": "combat", "failed": "a-case", "metric": "legal", "reason": "it misses"}
