"""Two processes on one world, and a process that is killed while it goes back in history."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from memory import Memory
from memory.record.record import PATIENCE
from schemas import PROJECT, RecordBusy
from tests.memory.killed_history import OTHER, history
from tests.memory.stage import WORLD, full_commit, open_memory, pack

Dump = list[dict[str, object]]


async def test_of_two_processes_on_one_world_the_second_waits_and_then_says_so(
    memory: Memory, record_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "tests.memory.holder", str(tmp_path), record_url or "-"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:  # noqa: ASYNC220  # a thread waits for it
        assert other.stdin is not None
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == "held\n"
        began = time.monotonic()
        for work in (memory.commit(full_commit(0)), memory.world_line(WORLD).fork()):
            with pytest.raises(RecordBusy, match="Another writer holds the record and did not let go in time"):
                await work
        assert time.monotonic() - began >= 2 * PATIENCE * 0.9
        assert len(await memory.facts(WORLD, None, knower=None)) == 3, "reading goes on"

        monkeypatch.setattr("memory.record.record.PATIENCE", 60.0)  # from here on nobody shall give up
        waiting = asyncio.create_task(memory.commit(full_commit(0)))
        await asyncio.sleep(PATIENCE / 4)
        assert not waiting.done()
        other.stdin.close()
        assert (await waiting).fresh

    seqs = [row["seq"] for row in await memory.dump(WORLD) if row["table"] == "decision"]
    assert seqs == [3], "its moment came, and what was refused left none"
    assert await memory.world_line(WORLD).fork() == "t2"


@dataclass(frozen=True)
class Undisturbed:
    """The history as it goes when nobody is killed: every state between two steps, and how many statements it takes."""

    file: Path
    states: list[tuple[Dump, Dump]]
    statements: int


async def _dumps(memory: Memory) -> tuple[Dump, Dump]:
    return await memory.dump(WORLD), await memory.dump(OTHER)


async def _states(folder: Path, file: Path) -> list[tuple[Dump, Dump]]:
    memory = await open_memory(None, folder)
    await memory.load_world(pack())
    await memory.world_line(WORLD).export(file)
    states = [await _dumps(memory) async for _ in history(memory, file)]
    await memory.aclose()
    return states


def _play(home: Path, url: str | None, file: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.memory.killed_history", str(home), url or "-", str(file), str(fatal)]
    return subprocess.run(command, cwd=PROJECT, check=False, timeout=600, capture_output=True, text=True)


async def _loaded(home: Path, url: str | None) -> None:
    memory = await open_memory(url, home)
    await memory.load_world(pack())
    await memory.aclose()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Played once: it is the same on both databases."""
    folder, counting = tmp_path_factory.mktemp("undisturbed"), tmp_path_factory.mktemp("counting")
    states = asyncio.run(_states(folder, folder / "world.jsonl"))
    asyncio.run(_loaded(counting, None))
    played = _play(counting, None, folder / "world.jsonl", 0)
    assert played.returncode == 0, played.stderr
    return Undisturbed(folder / "world.jsonl", states, int(played.stdout))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4, 0.6, 0.75, 0.9])
async def test_a_process_that_is_killed_while_it_goes_back_in_history_leaves_a_whole_record(
    share: float, undisturbed: Undisturbed, record_url: str | None, tmp_path: Path
) -> None:
    await _loaded(tmp_path, record_url)

    killed = _play(tmp_path, record_url, undisturbed.file, max(1, int(undisturbed.statements * share)))

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    memory = await open_memory(record_url, tmp_path)
    assert await _dumps(memory) in undisturbed.states
    made = await memory.world_line(WORLD).fork()
    assert await memory.world_line(WORLD).current() == made
    assert (await memory.commit(full_commit(50))).fresh
    await memory.import_world(undisturbed.file, name=OTHER, replace=True)
    await memory.aclose()
