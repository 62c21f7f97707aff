from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.__main__ import _parser
from evals.cases import KINDS
from evals.metrics import METRICS
from evals.suites import named
from schemas import PROJECT
from tests.support.command_line import WIDE


def evals(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    return subprocess.run(
        [sys.executable, "-m", "evals", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_a_quick_run_prints_one_object_a_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ran = evals("--quick", "--json", folder=tmp_path)

    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    found = [line for line in lines if "failed" not in line]
    timed = {"in time"}  # how fast this machine is at the moment is for the figures, not for a test
    assert {line["suite"] for line in found} == set(KINDS)
    assert len(found) == len(KINDS) * len(METRICS)
    assert [line for line in found if not line["holds"] and line["case"] not in timed] == [], ran.stdout
    assert ran.returncode == (0 if all(line["holds"] for line in found) else 1), ran.stdout + ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_whoever_names_combat_is_told_of_turns_and_of_fights(tmp_path: Path) -> None:
    ran = evals("combat", "--fights", "1", "--quick", "--json", folder=tmp_path)

    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["suite"] for line in lines if "failed" not in line][:: len(METRICS)][:2] == ["combat", "fights"]
    assert "tactical ahead of greedy, all archetypes" in {line.get("case") for line in lines}


@pytest.mark.parametrize(
    ("arguments", "suites"),
    [(["combat"], ["combat", "fights"]), (["combat", "--fights", "0"], ["combat"]), (["quest"], ["quest"]), ([], [])],
)
def test_only_combat_brings_a_suite_along(arguments: list[str], suites: list[str]) -> None:
    given = _parser().parse_args(arguments)

    assert named(given.suites, given) == suites


def test_a_suite_that_there_is_not_is_named(tmp_path: Path) -> None:
    ran = evals("cooking", folder=tmp_path)

    assert ran.returncode == 2
    assert "there is no suite cooking; there are dialogue, combat" in ran.stderr


def test_deepeval_neither_reports_home_nor_looks_for_a_newer_self(tmp_path: Path) -> None:
    """In a process of its own, in which nothing but the suites' own import says so."""
    (tmp_path / ".env").write_text("DEEPEVAL_TELEMETRY_OPT_OUT=0\nCONFIDENT_API_KEY=stray\n", encoding="utf-8")
    looks = (
        "import os, evals.metrics; from deepeval import update_warning_opt_in; "
        "from deepeval.telemetry import telemetry_opt_out; "
        "print(telemetry_opt_out(), update_warning_opt_in(), 'CONFIDENT_API_KEY' in os.environ)"
    )
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DEEPEVAL_", "CONFIDENT_"))
    }
    ran = subprocess.run(
        [sys.executable, "-c", looks],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert ran.stdout.split() == ["True", "False", "False"], ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_deepevals_own_runner_plays_the_same_cases(tmp_path: Path) -> None:
    """Although the ordinary tests keep its plugin out (`-p no:deepeval`), its runner brings it in again."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    quiet = {"DEEPEVAL_TELEMETRY_OPT_OUT": "1", "DEEPEVAL_CACHE_FOLDER": str(tmp_path / "deepeval")}
    ran = subprocess.run(
        [
            Path(sys.executable).with_name("deepeval"),
            "test",
            "run",
            "evals/",
            "-k",
            "nobody-knows-it or a-first-errand",
        ],
        cwd=PROJECT,
        env={**environment, **quiet, "HOME": str(tmp_path), "COLUMNS": WIDE},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 total tests" in ran.stdout
    assert "Pass Rate: 100.0%" in ran.stdout
