"""`loomwright stats`, as an operator types it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inference import ModelRegistry, Price, RegisteredModel, Role
from memory import Commit, Statistics
from memory.statistics import Spent
from schemas import PROJECT, BadRequest, Decision
from service.cli_stats import cost
from service.since import read_since
from tests.memory.stage import WORLD, decision, open_memory, pack
from tests.support.command_line import Loomwright, Ran, typed

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)


def _decisions() -> list[Decision]:
    raw = decision("asked").model_dump(by_alias=True)
    raw["receipt"] |= {
        "source": "fallback",
        "reason": "deadline",
        "milliseconds": 312.5,
        "versions": {"graph": "d@1", "model": "nobody_knows_it"},
        "tokens": {"prompt": 900, "completion": 60},
        "validity": {"grammar": True, "schema": False, "world": None},
    }
    return [decision("plain"), Decision.model_validate(raw)]


@pytest.fixture
def loomwright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Loomwright:
    """`loomwright stats` over a home of its own: its exit code, and what it says."""
    monkeypatch.chdir(PROJECT)

    def run(*arguments: str) -> Ran:
        return typed(monkeypatch, capfd, "stats", *arguments, "--home", str(tmp_path))

    return run


@pytest.fixture
def played(tmp_path: Path) -> None:
    async def play() -> None:
        memory = await open_memory(None, tmp_path)
        await memory.load_world(pack())
        for one in _decisions():
            await memory.commit(Commit(decision=one, thread=f"{WORLD}/talk"))
        await memory.aclose()

    asyncio.run(play())


@pytest.mark.usefixtures("played")
def test_the_table_tells_of_each_kind_and_of_all(loomwright: Loomwright) -> None:
    code, out, _ = loomwright()

    assert code == 0
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["dialogue"][1] == rows["all"][1] == "2"
    assert "312.5" in rows["dialogue"]
    assert "50.0%" in rows["dialogue"]
    assert rows["dialogue"][-4:] == ["900", "+", "60", "0.0000"]
    assert "fallbacks of dialogue: deadline 1" in out
    assert "'nobody_knows_it' is not in models.toml" in out


@pytest.mark.usefixtures("played")
def test_programs_get_a_line_for_each_kind_and_one_for_all(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("--json", "--since", "1h", "--world", WORLD)

    assert code == 0
    talk, everything = (json.loads(line) for line in out.splitlines())
    assert (talk["kind"], everything["kind"]) == ("dialogue", "all")
    assert talk["sources"] == {"rules": 1, "cache": 0, "model": 0, "repaired": 0, "fallback": 1}
    assert talk["milliseconds"] == {"p50": 0.0, "p95": 312.5, "p99": 312.5}
    assert talk["validity"]["schema"] == {"asked": 1, "share": 0.0}
    assert talk["validity"]["world"] == {"asked": 0, "share": None}
    assert talk["tokens"] == {"prompt": 900, "completion": 60}
    assert {**talk, "kind": "all"} == everything


def test_an_empty_record_says_that_nothing_was_decided(loomwright: Loomwright) -> None:
    code, out, _ = loomwright()
    assert code == 0
    assert "No decision was recorded." in out

    code, out, _ = loomwright("--json")
    assert code == 0
    assert json.loads(out)["decisions"] == 0


@pytest.mark.usefixtures("played")
def test_an_unknown_world_is_an_error_with_the_nearest_name(loomwright: Loomwright) -> None:
    code, _, err = loomwright("--world", "mornin")

    assert code == 2
    assert f"Did you mean '{WORLD}'?" in err


def test_a_time_that_is_none_is_an_error_that_shows_how_one_is_written(loomwright: Loomwright) -> None:
    code, _, err = loomwright("--since", "yesterday")

    assert code == 2
    assert "'yesterday' is no time" in err


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", "2026-11-21T18:28:30+00:00"),
        ("1h", "2026-11-21T17:30:00+00:00"),
        ("1.5 H", "2026-11-21T17:00:00+00:00"),
        ("7d", "2026-11-14T18:30:00+00:00"),
        ("2w", "2026-11-07T18:30:00+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+00:00"),
        ("2026-11-20T10:00+02:00", "2026-11-20T08:00:00+00:00"),
    ],
)
def test_a_time_is_so_long_ago_or_a_date(text: str, meant: str) -> None:
    assert read_since(text, NOW) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("text", ["", "h", "1y", "-1h", "99999999999w", "2026-13-01"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="--since"):
        read_since(text, NOW)


def test_tokens_cost_what_the_registry_says() -> None:
    paid = RegisteredModel(
        name="paid", version="1", roles=(Role.NARRATOR,), context_length=8, price=Price(prompt=0.5, completion=1.5)
    )
    old, new, unknown = Spent(), Spent(), Spent()
    old.add(1_200, 80, None)
    new.add(1_200, 80, 0.25)
    unknown.add(10**9, 10**9, None)

    def costs(**tokens: Spent) -> float:
        return round(cost(Statistics(tokens=tokens), ModelRegistry(models=(paid,))), 4)

    assert costs(paid=old, unknown=unknown) == 0.0007
    assert costs(paid=new) == 0.25, "by the price of its time"
