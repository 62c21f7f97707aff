"""Fixtures of the service's tests."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from tests.support.command_line import Loomwright, typed


@pytest.fixture
def loomwright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Loomwright:
    """The command line in a folder of its own, in this process: `loomwright("graph", "list")`."""
    for name in [name for name in os.environ if name.startswith("LOOMWRIGHT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOOMWRIGHT_LOG__LEVEL", "warning")
    return partial(typed, monkeypatch, capfd)
