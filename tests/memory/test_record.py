"""The record under pressure: killed, locked, old, and opened twice."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from memory import Memory
from memory.record.migrate import HEAD, version_of
from memory.record.record import Record
from memory.record.tables import Row
from schemas import PROJECT, BadSettings, RecordBusy, RecordError
from tests.memory.killed import COMMITS
from tests.memory.stage import WORLD, full_commit, open_memory, pack


def play(home: Path, fatal: int) -> int:
    command = [sys.executable, "-m", "tests.memory.killed", str(home), str(fatal)]
    return subprocess.run(command, cwd=PROJECT, check=False, timeout=600).returncode


@pytest.fixture
async def loaded_home(tmp_path: Path) -> Path:
    home = tmp_path / "start"
    memory = await open_memory(None, home)
    await memory.load_world(pack())
    await memory.aclose()
    return home


@pytest.mark.parametrize("fatal", [1, 3, 6, 9, 12])
async def test_a_process_that_is_killed_in_a_commit_leaves_a_whole_record_and_ends_the_same(
    fatal: int, loaded_home: Path, tmp_path: Path
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    shutil.copytree(loaded_home, undisturbed)
    shutil.copytree(loaded_home, killed)
    memory = await open_memory(None, undisturbed)
    prefixes = [await memory.dump(WORLD)]
    for number in range(COMMITS):
        await memory.commit(full_commit(number))
        prefixes.append(await memory.dump(WORLD))
    await memory.aclose()

    assert play(killed, fatal) == -signal.SIGKILL

    memory = await open_memory(None, killed)
    assert await memory.dump(WORLD) in prefixes[2:-1]
    for number in range(COMMITS):
        await memory.commit(full_commit(number))
    assert await memory.dump(WORLD) == prefixes[-1]
    await memory.aclose()


async def test_a_locked_record_says_so_in_time_and_can_still_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = 5.0
    monkeypatch.setattr("memory.record.record.PATIENCE", patience)
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    other = sqlite3.connect(tmp_path / "record.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    began = time.monotonic()
    commits = [asyncio.create_task(memory.commit(full_commit(number))) for number in range(5)]
    await asyncio.sleep(0.05)
    assert (await memory.standing(WORLD, None, "malgar", "ilse")).affinity == pytest.approx(0.3)
    assert not any(commit.done() for commit in commits), "reading waits for no writer"
    outcomes = await asyncio.gather(*commits, return_exceptions=True)

    assert time.monotonic() - began < patience * (len(commits) - 1), "they wait together, not one after the other"
    assert {type(outcome) for outcome in outcomes} == {RecordBusy}
    other.execute("ROLLBACK")
    other.close()
    assert (await memory.commit(full_commit(0))).fresh
    await memory.aclose()


async def test_two_who_open_a_new_record_at_once_both_get_it(record_url: str | None, tmp_path: Path) -> None:
    both = await asyncio.gather(*(Record.open(record_url, tmp_path) for _ in range(4)))

    for record in both:
        assert await record.read(version_of) == HEAD
        await record.aclose()


async def test_the_migrations_make_just_the_tables_that_are_declared(record_url: str | None, tmp_path: Path) -> None:
    record = await Record.open(record_url, tmp_path)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Row.metadata))

    assert await record.read(differences) == []
    await record.aclose()


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(PROJECT / "memory" / "record" / "migrations"))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_record_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    await (await open_memory(None, tmp_path)).aclose()
    other = sqlite3.connect(tmp_path / "record.db")
    other.execute("UPDATE alembic_version SET version_num = '9999'")
    other.commit()
    other.close()

    with pytest.raises(RecordError, match="written by a newer Loomwright"):
        await open_memory(None, tmp_path)


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "sqlite://", "nonsense"])
async def test_a_url_that_cannot_keep_a_record_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="record_url"):
        await open_memory(url, tmp_path)


async def test_a_record_that_is_no_database_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "record.db").write_bytes(b"garbage" * 1_000)

    with pytest.raises(RecordError, match="not a database"):
        await open_memory(None, tmp_path)


async def test_a_row_that_cannot_be_read_is_an_error_of_the_record(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    other = sqlite3.connect(tmp_path / "record.db")
    other.execute("UPDATE fact SET body = '{}' WHERE id = 'tithe'")
    other.commit()
    other.close()

    with pytest.raises(RecordError, match="a Fact that cannot be read"):
        await memory.facts(WORLD, None, knower=None)
    await memory.aclose()


async def test_a_server_that_does_not_answer_is_an_error_that_hides_the_password(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as refused:
        await open_memory("postgresql://me:hush@127.0.0.1:1/none", tmp_path)

    assert "hush" not in str(refused.value)


async def test_a_closed_record_says_so(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await memory.aclose()
    await memory.aclose()

    with pytest.raises(RecordError, match="closed"):
        await memory.commit(full_commit(0))


async def test_two_processes_on_one_world_see_each_others_moments(record_url: str | None, tmp_path: Path) -> None:
    one = await open_memory(record_url, tmp_path)
    await one.load_world(pack())
    other = await open_memory(record_url, tmp_path / "elsewhere" if record_url else tmp_path)
    assert len(await other.facts(WORLD, None, knower=None)) == 3

    await asyncio.gather(*((one, other)[number % 2].commit(full_commit(number)) for number in range(10)))

    assert await one.dump(WORLD) == await other.dump(WORLD)
    assert len(await other.facts(WORLD, None, knower=None)) == 13
    assert await one.facts(WORLD, None, knower="marta") == await other.facts(WORLD, None, knower="marta")
    await one.aclose()
    await other.aclose()


async def test_the_doctor_is_told_what_there_is(memory: Memory) -> None:
    lines = await memory.health()

    assert [line.name for line in lines] == ["record", "embedder", "lexical index of morning", "dense index of morning"]
    assert all(line.ok for line in lines)


async def test_after_a_slow_unit_the_next_go_to_a_thread_for_a_while_and_the_other_way_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = await Record.open(None, tmp_path)
    monkeypatch.setattr("memory.record.record.SLOW", 0.0)

    assert record.at_once(version_of, writes=False) == (HEAD,)
    assert record.at_once(version_of, writes=False) is None
    assert record.at_once(version_of, writes=True) == (HEAD,)
    assert await record.read(version_of) == HEAD
    await record.aclose()
