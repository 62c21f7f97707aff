"""The golden cases under deepeval's own runner: `deepeval test run evals/`, or `pytest evals`.

Rules decide, unless the settings name an endpoint (`LOOMWRIGHT_MODEL__URL`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest
from deepeval import assert_test  # pyright: ignore[reportUnknownVariableType]  # deepeval leaves a part of it untyped

from evals.cases import KINDS, Case, load_cases
from evals.metrics import METRICS
from evals.report import ALWAYS
from evals.stage import Stage
from schemas import load_settings

CASES = [case for kind in KINDS for case in load_cases(kind)]


@pytest.fixture(scope="module")
def runner() -> Generator[asyncio.Runner]:
    """One event loop for all cases; deepeval measures outside of it."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def stage(runner: asyncio.Runner) -> Generator[Stage]:
    settings = load_settings()
    opening = Stage.open(settings, policy="auto" if settings.servers else "rules")
    yield runner.run(opening.__aenter__())
    runner.run(opening.__aexit__(None, None, None))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.request.kind}:{case.id}")
def test_a_golden_case_is_played_well(case: Case, stage: Stage, runner: asyncio.Runner) -> None:
    metrics = METRICS if stage.model is None or case.says is not None else ALWAYS
    played = runner.run(stage.play(case))

    assert_test(played, [metric(stage.books) for metric in metrics], run_async=False)
