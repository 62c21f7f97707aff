"""A world in a file: written on one machine, read on another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memory import Commit, Memory, News
from memory.record.tables import INDEX_MARK, LINEAGE, MODEL_CALL, MODEL_SWITCH, SPENDING, Row
from memory.timelines.portable import HISTORY, TABLES, WHOLE, as_line
from schemas import BadRequest, BadWorld, Mood, Peace, QuestProgress, Treaty
from tests.memory.stage import NOON, PAST, WORLD, decision, experience, full_commit, open_memory, pack, query, said
from tests.memory.test_timelines import dragons, everything

THREAD = f"{WORLD}/dialogue.malgar"
Lines = list[dict[str, Any]]


async def play(memory: Memory) -> None:
    """A history with two branches, a late write, saves, and odd characters."""
    world = memory.world_line(WORLD)
    await memory.commit(full_commit(0))
    await world.save("crossroads", "„Was nun?“")
    await dragons(memory, None)
    await world.load("crossroads")
    await memory.commit(full_commit(1))
    await dragons(memory, "main", 12)
    odd = '\0 \u202e \U0001f9d9 \u2028 \x85 «» \\ " \x7f'
    await memory.commit(
        Commit(decision=decision("odd", says="Ä\0"), thread=THREAD, memory=experience("odd", odd), at=NOON)
    )
    moods, quests = (Mood(character="marta", at=NOON),), (QuestProgress(quest="q", status="offered", at=NOON),)
    affairs = (Treaty(id="river", parties=("houses", "league"), terms=(Peace(kind="peace", days=30),), at=NOON),)
    turns = {THREAD: said("Äpfel!")}
    await memory.tell(News(world=WORLD, id="n", moods=moods, quests=quests, affairs=affairs, turns=turns))
    await world.save("later")


@pytest.fixture
async def played(memory: Memory) -> Memory:
    await play(memory)
    return memory


def lines_of(file: Path) -> Lines:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "part" in path.name]


def without_world(dump: list[dict[str, object]]) -> list[str]:
    return [json.dumps(row, sort_keys=True).replace("evening", WORLD) for row in dump]


async def test_a_world_comes_back_out_of_its_file_as_it_went_in(
    played: Memory, record_url: str | None, tmp_path: Path
) -> None:
    header = await played.world_line(WORLD).export(tmp_path / "world.jsonl")
    before, remembered = await played.dump(WORLD), await everything(played, None)
    other = await open_memory(None, tmp_path / "elsewhere")

    imported = await other.import_world(tmp_path / "world.jsonl")

    assert (imported.world, imported.rows, imported.replaced) == (WORLD, header.rows, False)
    assert await other.dump(WORLD) == before
    await other.settle()
    await played.settle()
    assert (await everything(other, None))[:-2] == remembered[:-2]
    found = await other.recall(query("rumour"))
    assert found.memories
    assert not found.warnings
    await other.world_line(WORLD).export(tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "world.jsonl").read_bytes()
    await other.aclose()


async def test_a_world_moves_from_sqlite_to_postgresql(postgres_url: str, tmp_path: Path) -> None:
    here = await open_memory(None, tmp_path / "here")
    await here.load_world(pack())
    await play(here)
    await here.world_line(WORLD).export(tmp_path / "world.jsonl")
    there = await open_memory(postgres_url, tmp_path / "there")

    await there.import_world(tmp_path / "world.jsonl")

    assert await there.dump(WORLD) == await here.dump(WORLD)
    assert (await there.commit(full_commit(50))).seq == (await here.commit(full_commit(50))).seq
    await here.aclose()
    await there.aclose()


async def test_the_file_can_be_read_by_people(played: Memory, tmp_path: Path) -> None:
    await played.world_line(WORLD).export(tmp_path / "world.jsonl")

    header, world, *rows = lines_of(tmp_path / "world.jsonl")

    assert (header["format"], header["version"], header["world"], header["name"]) == (
        "loomwright-world", 1, WORLD, "Morning",
    )  # fmt: skip
    assert sum(header["rows"].values()) == len(rows) + 1
    assert world["sheet"]["info"]["id"] == WORLD
    fact = next(row for row in rows if row["table"] == "fact")
    assert fact["body"]["text"]
    history = [row["seq"] for row in rows if row["table"] not in ("timeline", "save")]
    assert history == sorted(history)
    assert "Äpfel!" in (tmp_path / "world.jsonl").read_text(encoding="utf-8")
    assert not left_over(tmp_path)


async def test_a_save_is_written_as_one_line_of_history(played: Memory, tmp_path: Path) -> None:
    await played.settle()
    remembered = (await everything(played, None))[:-2]
    header = await played.world_line(WORLD).export(tmp_path / "later.jsonl", "later")
    await played.world_line(WORLD).export(tmp_path / "early.jsonl", "crossroads")
    assert "dragon" not in (tmp_path / "later.jsonl").read_text()
    other = await open_memory(None, tmp_path / "elsewhere")

    await other.import_world(tmp_path / "later.jsonl")
    await other.import_world(tmp_path / "early.jsonl", name="evening")

    assert str(header.of).startswith("t2@")
    assert [timeline.id for timeline in await other.world_line(WORLD).timelines()] == ["main"]
    assert [save.name for save in await other.world_line(WORLD).saves()] == ["crossroads", "later"]
    found = (await everything(other, None))[:-2]
    assert found[:6] == remembered[:6]
    assert found[7] == remembered[7]
    assert [entry.id for entry in await other.memories("evening", None, "malgar")] == ["m0"]
    assert (await other.commit(full_commit(7))).fresh
    await other.aclose()


async def test_a_world_is_imported_under_another_name(played: Memory, tmp_path: Path) -> None:
    await played.world_line(WORLD).export(tmp_path / "world.jsonl")

    await played.import_world(tmp_path / "world.jsonl", name="evening")

    assert without_world(await played.dump("evening")) == without_world(await played.dump(WORLD))
    there = await played.turns("evening", None, "evening/dialogue.malgar")
    assert there == await played.turns(WORLD, None, THREAD)
    recorded = await played.decision("evening", "d0")
    assert recorded is not None
    assert recorded.world == "evening"
    with pytest.raises(BadRequest, match="cannot name a world"):
        await played.import_world(tmp_path / "world.jsonl", name="The Evening")


async def test_a_world_that_is_there_is_replaced_only_when_that_is_meant(played: Memory, tmp_path: Path) -> None:
    await played.settle()
    await played.world_line(WORLD).export(tmp_path / "world.jsonl")
    before = await played.dump(WORLD)
    await played.commit(
        Commit(decision=decision("new"), thread=THREAD, memory=experience("new", "A rumour, brand new."))
    )
    after = await played.dump(WORLD)

    with pytest.raises(BadRequest, match=r"has a world 'morning' already\. .*--as NAME.*--replace"):
        await played.import_world(tmp_path / "world.jsonl")
    assert await played.dump(WORLD) == after
    imported = await played.import_world(tmp_path / "world.jsonl", replace=True)

    assert imported.replaced
    assert await played.dump(WORLD) == before
    assert "new" not in {entry.id for entry in (await played.recall(query("rumour", memories=9))).memories}
    assert (await played.commit(full_commit(60))).fresh


def cut_off(lines: Lines) -> None:
    del lines[-1]


def change(number: int, **fields: object) -> Callable[[Lines], None]:
    def mend(lines: Lines) -> None:
        lines[number].update(fields)

    return mend


def twice(lines: Lines) -> None:
    row = next(row for row in lines if row.get("table") == "fact")
    lines.append(row)
    lines[0]["rows"]["fact"] += 1


def without(name: str) -> Callable[[Lines], None]:
    def mend(lines: Lines) -> None:
        del lines[4][name]

    return mend


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (cut_off, r"world\.jsonl:1: the header says 2 rows of 'save', and there are 1\..*export the world again"),
        (change(0, format="other"), r"world\.jsonl:1: this is no world"),
        (change(0, version=2), r"the file has version 2, and this Loomwright reads 1\. Update"),
        (change(0, world="other"), r"the sheet of 'morning', not of 'other'"),
        (change(4, table="facts"), r"world\.jsonl:5: there is no table 'facts'\. Did you mean 'fact'\?"),
        (change(4, sek=1), r"world\.jsonl:5: a row of 'fact' has no 'sek'\. Did you mean 'seq'\?"),
        (change(4, timeline="mainn"), r"world\.jsonl:5: there is no timeline 'mainn'\. Did you mean 'main'\?"),
        (change(4, seq=10_000), r"world\.jsonl:5: the moment 10000 is none of the world's"),
        (change(4, seq="1"), r"world\.jsonl:5: 'seq' has to be a whole number"),
        (change(4, body={"id": "x"}), r"world\.jsonl:5: body\.text: Field required"),
        (change(3, parent="t9"), r"world\.jsonl:4: there is no timeline 't9' that it could branch off"),
        (without("id"), r"world\.jsonl:5: a row of 'fact' needs 'id'"),
        (twice, r"the same row of 'fact' is there twice"),
    ],
)
async def test_a_file_that_was_spoilt_is_refused_as_a_whole(
    spoil: Callable[[Lines], None], told: str, tmp_path: Path
) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await play(memory)
    file = tmp_path / "world.jsonl"
    await memory.world_line(WORLD).export(file)
    lines = lines_of(file)
    spoil(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = await memory.dump(WORLD)

    with pytest.raises(BadWorld, match=told):
        await memory.import_world(file, replace=True)

    assert await memory.dump(WORLD) == before
    await memory.aclose()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]\n", b"{", b"[" * 100_000, bytes(range(255, 128, -1))])
async def test_a_file_that_is_no_world_at_all_is_refused(content: bytes, tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    (tmp_path / "world.jsonl").write_bytes(content)

    with pytest.raises(BadWorld, match=r"world\.jsonl:1: "):
        await memory.import_world(tmp_path / "world.jsonl")
    with pytest.raises(BadRequest, match="cannot be read: No such file"):
        await memory.import_world(tmp_path / "nowhere.jsonl")
    await memory.aclose()


async def test_all_faults_are_told_at_once_but_not_thousands(played: Memory, tmp_path: Path) -> None:
    file = tmp_path / "world.jsonl"
    await played.world_line(WORLD).export(file)
    lines = lines_of(file)
    for line in lines[4:]:
        line["table"] = "tabel"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    with pytest.raises(BadWorld) as refused:
        await played.import_world(file, name="evening")

    assert len(refused.value.faults) == 20
    assert "evening" not in {world.info.id for world in await played.worlds()}


async def test_a_file_that_cannot_be_written_leaves_nothing_behind(played: Memory, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be written"):
        await played.world_line(WORLD).export(tmp_path / "nowhere" / "world.jsonl")
    (tmp_path / "taken").mkdir()
    with pytest.raises(BadRequest, match="cannot be written"):
        await played.world_line(WORLD).export(tmp_path / "taken")

    assert not left_over(tmp_path)


def test_the_file_holds_every_table_of_the_record() -> None:
    stays = {LINEAGE.name, INDEX_MARK.name}  # what is worked out again,
    stays |= {MODEL_CALL.name, SPENDING.name, MODEL_SWITCH.name}  # and what is the machine's own
    assert {table.name for table in Row.metadata.tables.values()} - stays == set(TABLES)
    assert {table.name for table in TABLES.values() if {"body", "sheet"} & set(table.c.keys())} == set(WHOLE)
    assert all({"world", "timeline", "seq"} <= set(table.c.keys()) for table in HISTORY)


def test_a_line_leaves_out_what_is_empty() -> None:
    row = {"world": WORLD, "timeline": "main", "seq": 3, "fact": PAST.id, "knower": None}

    assert as_line("fact_known", row) == '{"table": "fact_known", "timeline": "main", "seq": 3, "fact": "shared_past"}'
