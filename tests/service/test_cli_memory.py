"""`loomwright memory reindex` and `consolidate`, as an operator types them."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest

from memory import News
from schemas import PROJECT
from tests.memory.stage import WORLD, open_memory, pack
from tests.memory.test_consolidation import LATER, entry, evening
from tests.memory.test_reindex import live
from tests.support.command_line import Loomwright, Ran, typed


@pytest.fixture
def loomwright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Loomwright:
    """The command line over a home in which Malgar has three memories: its exit code, and what it says."""
    monkeypatch.chdir(PROJECT)

    async def begin() -> None:
        memory = await open_memory(None, tmp_path)
        await memory.load_world(pack())
        await live(memory, "a", "b", "c")
        await memory.settle()
        await memory.aclose()

    def run(*arguments: str, command: str = "reindex") -> Ran:
        return typed(monkeypatch, capfd, "memory", command, *arguments, "--home", str(tmp_path))

    asyncio.run(begin())
    return run


def lose_a_memory(home: Path) -> None:
    index = sqlite3.connect(home / "lexical.db")
    index.execute("DELETE FROM memory WHERE key = 'main/a'")
    index.commit()
    index.close()


def test_whole_indexes_are_said_to_be_whole(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("--verify")

    assert code == 0
    assert "Nothing differs." in out


def test_what_differs_is_counted_and_the_command_that_mends_it_is_named(loomwright: Loomwright, tmp_path: Path) -> None:
    lose_a_memory(tmp_path)

    code, out, _ = loomwright("--verify", WORLD)

    assert code == 1
    assert "1 missing" in out
    assert f"Run: loomwright memory reindex {WORLD}" in out
    assert loomwright(WORLD)[0] == 0
    assert loomwright("--verify")[0] == 0


def test_an_index_that_cannot_be_used_is_a_finding_with_its_reason(loomwright: Loomwright, tmp_path: Path) -> None:
    (tmp_path / "lexical.db").write_bytes(b"garbage" * 1_000)

    code, out, _ = loomwright("--verify")

    assert code == 1
    assert "is broken (file is not a database)" in out


def test_programs_get_a_line_for_each_character_and_for_each_step(loomwright: Loomwright, tmp_path: Path) -> None:
    lose_a_memory(tmp_path)

    code, out, _ = loomwright("--verify", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [(line["index"], line["character"], line["missing"], line["ok"]) for line in lines] == [
        ("lexical", "malgar", 1, False),
        ("dense", "malgar", 0, True),
    ]

    code, out, _ = loomwright("--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert {"index": "dense", "world": WORLD, "done": 3, "total": 3} in lines


def test_a_person_sees_how_far_it_has_come(loomwright: Loomwright) -> None:
    code, out, err = loomwright()

    assert code == 0
    assert f"{WORLD}, lexical index" in err
    assert "3/3" in err
    assert "loomwright memory reindex --verify" in out


def test_a_world_that_nobody_knows_is_named_with_the_nearest(loomwright: Loomwright) -> None:
    code, _, err = loomwright("mornign")

    assert code == 2
    assert f"'{WORLD}'" in err


def test_a_conversation_of_long_ago_becomes_one_memory_once_nobody_asks_for_a_dry_run(
    loomwright: Loomwright, tmp_path: Path
) -> None:
    async def remember() -> None:
        memory = await open_memory(None, tmp_path)
        lately = entry("now", "The bells rang.", minute=LATER.total_minutes)
        await memory.tell(News(WORLD, "long ago", memories=(*evening(begin=720), lately)))
        await memory.aclose()

    def consolidate(*arguments: str) -> dict[str, object]:
        code, out, _ = loomwright(WORLD, "--json", *arguments, command="consolidate")
        assert code == 0
        return json.loads(out)

    asyncio.run(remember())

    planned = consolidate("--dry-run")
    done = consolidate()
    again = consolidate()

    assert (planned["merged"], planned["long_term"]) == (2, 1)
    assert done == planned | {"dry_run": False}
    assert (again["merged"], again["joined"], again["kept"]) == (0, 0, done["kept"])


def test_the_table_of_a_consolidation_names_the_world_and_a_dry_run_says_so(loomwright: Loomwright) -> None:
    code, out, _ = loomwright("--dry-run", command="consolidate")

    assert code == 0
    assert WORLD in out
    assert "Nothing was changed. To do it: loomwright memory consolidate" in out


def test_a_character_that_there_is_not_is_named_with_the_nearest_one(loomwright: Loomwright) -> None:
    code, _, err = loomwright("--character", "malger", command="consolidate")

    assert code != 0
    assert "malgar" in err
