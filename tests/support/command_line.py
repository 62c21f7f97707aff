"""The command line in this process, typed on a screen so wide that no path of any machine breaks a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import pytest

from service.cli import main

WIDE = "1000"
"""`COLUMNS` for every test that reads what was printed: tables and messages are cut and folded by it."""


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it printed with `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]


Loomwright: TypeAlias = Callable[..., Ran]


def typed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run `loomwright` with these arguments."""
    monkeypatch.setenv("COLUMNS", WIDE)
    monkeypatch.setattr(sys, "argv", ["loomwright", *arguments])
    capfd.readouterr()
    with pytest.raises(SystemExit) as left:
        main()
    said = capfd.readouterr()
    code = left.value.code
    return Ran(code if isinstance(code, int) else 0 if code is None else 1, said.out, said.err)
