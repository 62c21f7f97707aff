"""The history of a world from the command line: save, load, fork, rewind, look, and carry it elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.service.test_cli import OPENING
from tests.support.command_line import Loomwright


@pytest.fixture
def played(loomwright: Loomwright) -> Loomwright:
    """The example world, with one decision of its history."""
    assert loomwright("world", "load", "morning_star").code == 0
    assert loomwright("decide", "combat", "--event", str(OPENING / "2_combat.json"), "--json").code == 0
    return loomwright


def test_a_save_is_made_listed_and_loaded(played: Loomwright) -> None:
    assert played("world", "save", "before the fight", "--about", "All are well.").code == 0
    [save] = played("world", "saves", "--json").lines
    assert (save["name"], save["timeline"], save["about"]) == ("before the fight", "main", "All are well.")

    assert played("world", "load", "before the fight", "--json").lines == [{"timeline": "t2"}]

    assert [line["current"] for line in played("world", "timelines", "--json").lines] == [False, True]
    taken = played("world", "save", "before the fight")
    assert (taken.code, taken.out) == (2, "")
    assert "there is one of that name" in taken.err
    assert played("world", "save", "before the fight", "--replace", "--json").lines[0]["timeline"] == "t2"
    assert "before the fight" in played("world", "saves").out


def test_a_name_that_is_a_save_and_a_world_is_not_guessed_at(played: Loomwright) -> None:
    assert played("world", "save", "morning_star").code == 0

    unclear = played("world", "load", "morning_star")

    assert (unclear.code, unclear.out) == (2, "")
    assert "is a save of 'morning_star', and a world's files too. Say which one you mean: `--save` or" in unclear.err
    assert "was there already" in played("world", "load", "morning_star", "--files").out
    assert "timeline t2" in played("world", "load", "morning_star", "--save").out
    assert played("world", "load", "morning_star", "--save", "--files").code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("load", "evenin"), "there is no save or world 'evenin'. Did you mean 'evening'?"),
        (("load", "evenin", "--save"), "there is no save 'evenin'. Did you mean 'evening'?"),
        (("load", "morning_sta"), "there is no save or world 'morning_sta'. Did you mean 'morning_star'?"),
        (("rewind", "999"), "999 is no moment of 'morning_star'"),
        (("fork", "--timeline", "mian"), "there is no timeline 'mian'. Did you mean 'main'?"),
        (("diff", "evenig", "main"), "there is no save, timeline or moment 'evenig'. Did you mean 'evening'?"),
        (("log", "t9"), "there is no timeline 't9'"),
        (("log", "--world", "morning_sta"), "there is no world 'morning_sta'. Did you mean 'morning_star'?"),
        (("save", "t7"), "the name means a timeline, a moment or an autosave"),
        (("export", "nowhere/x.jsonl"), "nowhere/x.jsonl: cannot be written: No such file or directory"),
        (("export", "x.jsonl", "--save", "evening", "--timeline", "main"), "`--timeline` or `--save`"),
        (("import", "nowhere.jsonl"), "nowhere.jsonl: cannot be read: No such file or directory"),
    ],
)
def test_what_can_be_mended_is_said_in_one_line(arguments: tuple[str, ...], told: str, played: Loomwright) -> None:
    played("world", "save", "evening")

    ran = played("world", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_fork_and_a_rewind_go_on_elsewhere_and_the_tree_shows_it(played: Loomwright) -> None:
    assert played("world", "fork", "--stay", "--json").lines == [{"timeline": "t2"}]
    assert "back at moment 1: timeline t3" in played("world", "rewind", "1").out
    assert played("world", "fork", "--at", "2", "--timeline", "main").code == 0

    tree = played("world", "timelines").out

    assert [line.split(" begun")[0] for line in tree.splitlines()] == [
        "main",
        "├── t2 from moment 2,",
        "├── t3 from moment 1,",
        "└── t4 from moment 2,",
    ]
    assert "current" in tree.splitlines()[-1]


def test_the_log_and_the_differences_tell_what_happened(played: Loomwright) -> None:
    played("world", "rewind", "1")

    newest, *_ = played("world", "log", "--json").lines
    first, *_ = played("world", "log", "main", "--limit", "2", "--json").lines[1:]
    read = played("world", "log", "main").out

    assert newest["happened"] == [{"kind": "timeline", "text": "t2 began, from main@1"}]
    assert first["happened"][0]["kind"] == "decision"
    assert "combat by grelda_thorn" in first["happened"][0]["text"]
    assert "combat by grelda_thorn" in read
    assert "Both have what happened up to main@1." in played("world", "diff", "main", "t2").out
    found = json.loads(played("world", "diff", "main", "t2", "--json").out)
    assert (found["since"], found["a"]["point"], found["b"]["memories"]) == ("main@1", "main@3", [])


def test_a_world_is_carried_to_another_home_in_a_file(played: Loomwright, tmp_path: Path) -> None:
    played("world", "save", "now")
    assert "rows written to all.jsonl" in played("world", "export", "all.jsonl").out
    played("world", "rewind", "1")
    assert played("world", "export", "now.jsonl", "--save", "now", "--json").lines[0]["of"] == "main@2"

    assert "rows imported" in played("world", "import", "all.jsonl", "--home", "elsewhere").out
    again = played("world", "import", "all.jsonl", "--home", "elsewhere")
    assert again.code == 2
    assert "has a world 'morning_star' already. Import it under another name (--as NAME)" in again.err
    assert (
        played("world", "import", "now.jsonl", "--home", "elsewhere", "--as", "evening", "--json").lines[0]["world"]
        == "evening"
    )
    assert played("world", "import", "now.jsonl", "--home", "elsewhere", "--replace").code == 0
    assert {line["id"] for line in played("world", "list", "--home", "elsewhere", "--json").lines} == {
        "evening",
        "morning_star",
    }
    assert len(played("world", "timelines", "--home", "elsewhere", "--json").lines) == 1
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".jsonl"} == {"all.jsonl", "now.jsonl"}
