"""The indexes follow the record, and can be made again from it: what somebody remembers is in, nothing else is."""

from __future__ import annotations

import asyncio
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select

from memory import LexicalEmbedder, Memory, News, Progress, Verified
from memory.indexes.index import IndexHindered
from memory.record import history
from memory.record.history import Key
from memory.record.record import Record
from memory.record.rows import Fields, new_rows
from memory.record.tables import INDEX_MARK, MEMORY_FORGOTTEN
from memory.timelines.timelines import take_moment
from schemas import PROJECT, ModelUnavailable, RecordError
from tests.memory.stage import WORLD, experience, open_memory, pack

CHROMA_WITH_ALL = 40
"""Memories of a world whose Chroma is started for them."""


async def live(memory: Memory, *ids: str, character: str = "malgar", world: str = WORLD, name: str = "") -> None:
    """One moment in which a character has these experiences."""
    entries = tuple(experience(id_, f"I saw thing {id_} at the bridge.", character=character) for id_ in ids)
    await memory.tell(News(world=world, id=name or f"news-{character}-{ids[0]}", memories=entries))


async def forget(memory: Memory, *ids: str, timeline: str = "main", world: str = WORLD) -> None:
    """One moment in which Malgar forgets memories of the timeline `main`, on a timeline."""
    await forget_keys(memory, [f"main/{id_}" for id_ in ids], timeline=timeline, world=world)


async def forget_keys(memory: Memory, keys: Sequence[Key], *, timeline: str, world: str) -> None:
    def unit(connection: Connection) -> None:
        seq, _ = take_moment(connection, world)
        here: Fields = {"world": world, "timeline": timeline, "seq": seq, "character": "malgar", "reason": "faded"}
        new_rows(connection, MEMORY_FORGOTTEN, [here | {"memory": key} for key in keys])

    await memory._record.write(unit)
    memory._indexer.poke(world)


async def indexed(memory: Memory, character: str = "malgar", world: str = WORLD) -> dict[str, set[Key]]:
    """What each index has of a character when it has followed."""
    await memory.settle()
    return {one.name: await one.index.held(world, character) for one in memory._indexer.followers}


def both(*ids: str) -> dict[str, set[Key]]:
    keys = {f"main/{id_}" for id_ in ids}
    return {"lexical": keys, "dense": keys}


def in_all(lines: Sequence[Verified]) -> tuple[int, int, int, int]:
    """Lag, missing, surplus and misfits, over all."""
    assert [line.trouble for line in lines if line.trouble] == []
    return (
        sum(line.lag for line in lines),
        sum(line.missing for line in lines),
        sum(line.surplus for line in lines),
        sum(line.misfits for line in lines),
    )


async def test_what_is_told_is_in_both_indexes_and_nothing_differs(memory: Memory) -> None:
    await live(memory, "a", "b", "c")
    await live(memory, "d", character="ilse")

    assert await indexed(memory) == both("a", "b", "c")
    lines = await memory.verify(WORLD)

    assert [(line.index, line.character, line.expected, line.held) for line in lines] == [
        ("lexical", "ilse", 1, 1),
        ("lexical", "malgar", 3, 3),
        ("dense", "ilse", 1, 1),
        ("dense", "malgar", 3, 3),
    ]
    assert all(line.ok for line in lines)


async def test_what_nobody_remembers_any_more_leaves_the_indexes(memory: Memory) -> None:
    await live(memory, "a", "b", "c")
    await indexed(memory)

    await forget(memory, "a", "c")

    assert await indexed(memory) == both("b")
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["b"]


async def test_what_was_forgotten_before_it_was_indexed_never_gets_in(memory: Memory) -> None:
    await live(memory, "a", "b")
    await forget(memory, "a")

    assert await indexed(memory) == both("b")


async def test_what_a_fork_from_before_still_remembers_stays_in_the_indexes(memory: Memory) -> None:
    await live(memory, "a", "b")
    line = memory.world_line(WORLD)
    fork = await line.fork(stay=True)
    await forget(memory, "a")

    assert await indexed(memory) == both("a", "b")
    assert [entry.id for entry in await memory.memories(WORLD, "main", "malgar")] == ["b"]
    assert [entry.id for entry in await memory.memories(WORLD, fork, "malgar")] == ["a", "b"]

    await forget(memory, "a", timeline=fork)
    assert await indexed(memory) == both("b")
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)


async def test_what_a_fork_forgets_its_ancestor_still_remembers(memory: Memory) -> None:
    await live(memory, "a", "b")
    fork = await memory.world_line(WORLD).fork()
    await forget(memory, "a", timeline=fork)

    assert await indexed(memory) == both("a", "b")
    assert [entry.id for entry in await memory.memories(WORLD, fork, "malgar")] == ["b"]


async def test_going_back_to_before_the_forgetting_brings_a_memory_back_into_the_indexes(memory: Memory) -> None:
    await live(memory, "a", "b")
    before, _ = await memory._now(WORLD)
    await forget(memory, "a")
    assert await indexed(memory) == both("b")

    await memory.world_line(WORLD).rewind(before)

    assert await indexed(memory) == both("a", "b")
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["a", "b"]
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["live", "forget", "fork", "rewind", "settle"]), st.integers(0, 99)), max_size=14
)


def test_the_indexes_have_what_some_timeline_remembers_whatever_happens(tmp_path: Path) -> None:
    """Random lives, forgettings, forks and returns; what belongs in is asked of each timeline by itself."""
    with asyncio.Runner() as runner:
        memory = runner.run(open_memory(None, tmp_path))
        worlds = iter(range(1_000_000))

        async def play(actions: list[tuple[str, int]]) -> None:
            world = f"w{next(worlds)}"
            await memory.load_world(pack(world))
            line, timelines = memory.world_line(world), ["main"]
            for number, (action, choice) in enumerate(actions):
                last, here = await memory._now(world)
                match action:
                    case "live":
                        await live(memory, f"m{number}", world=world, name=f"n{number}")
                    case "fork":
                        timelines.append(await line.fork(stay=choice % 2 == 0))
                    case "rewind":
                        timelines.append(await line.rewind(choice % (last + 1)))
                    case "forget":
                        seen = await memory.memories(world, here, "malgar")
                        keys = [key for key in await _keys_of(memory, world) if key.partition("/")[2] in _ids(seen)]
                        await forget_keys(memory, keys[: choice % 3], timeline=here, world=world)
                    case _:
                        await memory.settle()
            wanted = {
                key
                for timeline in timelines
                for key in await _keys_of(memory, world)
                if key.partition("/")[2] in _ids(await memory.memories(world, timeline, "malgar"))
            }
            assert await indexed(memory, world=world) == {"lexical": wanted, "dense": wanted}
            assert in_all(await memory.verify(world)) == (0, 0, 0, 0)

        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ACTIONS)
        def explore(actions: list[tuple[str, int]]) -> None:
            runner.run(play(actions))

        explore()
        runner.run(memory.aclose())


def _ids(entries: Sequence[object]) -> set[str]:
    return {str(getattr(entry, "id", "")) for entry in entries}


async def _keys_of(memory: Memory, world: str) -> list[Key]:
    return sorted(
        f"{row['timeline']}/{row['id']}" for row in await memory.dump(world) if row["table"] == "memory_entry"
    )


async def test_verifying_tells_what_is_late_from_what_is_wrong(memory: Memory) -> None:
    await live(memory, "a", "b", "c")
    await indexed(memory)
    lexical = memory._indexer.lexical
    await lexical.index.remove(WORLD, {"malgar": ["main/a"]})
    await memory._lexical.add(WORLD, "malgar", [("main/nonsense", "Never happened.")])
    memory._indexer.lexical._closing = True  # it no longer follows
    await live(memory, "d")

    [line] = [line for line in await memory.verify(WORLD) if line.index == "lexical"]

    assert (line.lag, line.missing, line.surplus, line.ok) == (1, 1, 1, False)
    await memory.reindex(WORLD)
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)


async def test_reindexing_says_how_far_it_has_come(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memory.indexes.follower.BATCH", 2)
    for number in range(5):
        await live(memory, f"m{number}")
    heard: list[Progress] = []

    await memory.reindex(WORLD, heard.append)

    for index in ("lexical", "dense"):
        told = [progress.done for progress in heard if progress.index == index]
        assert told == sorted(told)
        assert (told[0], told[-1]) == (0, 5)
    assert await indexed(memory) == both("m0", "m1", "m2", "m3", "m4")


class MoodyEmbedder(LexicalEmbedder):
    """Answers so many times, and then no more."""

    left = 1_000

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if not self.left:
            raise ModelUnavailable("Nothing answers at the endpoint.")
        self.left -= 1
        return await super().embed(texts)


async def test_a_rebuild_that_was_cut_short_goes_on_where_it_was(
    record_url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memory.indexes.follower.BATCH", 2)
    embedder = MoodyEmbedder()
    memory = await open_memory(record_url, tmp_path, embedder)
    await memory.load_world(pack())
    for number in range(9):
        await live(memory, f"m{number}")
    await memory.settle()
    embedder.left = 3

    with pytest.raises(RecordError, match="Nothing answers"):
        await memory.reindex(WORLD)
    lag, *drift = in_all(await memory.verify(WORLD))
    assert lag > 0
    assert drift == [0, 0, 0]

    embedder.left = 1_000
    done = 1_000 - embedder.left
    heard: list[Progress] = []
    await memory.reindex(WORLD, heard.append)

    assert done + next(one.total for one in heard if one.index == "dense") < 9
    assert await indexed(memory) == both(*(f"m{number}" for number in range(9)))
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


@pytest.mark.parametrize("fatal", [1, 2, 3, 4, 6, 8, 10, 13, 16, 19])
async def test_a_rebuild_that_is_killed_leaves_at_most_lag_and_the_next_one_ends_it(fatal: int, tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    for number in range(30):
        await live(memory, f"m{number}", character=("malgar", "ilse")[number % 2])
    await memory.settle()
    await memory.aclose()

    command = [sys.executable, "-m", "tests.memory.reindexing", str(tmp_path), str(fatal)]
    run = partial(subprocess.run, command, cwd=PROJECT, check=False, timeout=600, capture_output=True, text=True)
    done = await asyncio.to_thread(run)
    assert done.returncode == -signal.SIGKILL, done.stderr

    memory = await open_memory(None, tmp_path)
    assert in_all(await memory.verify(WORLD))[1:] == (0, 0, 0)
    await memory.reindex(WORLD)
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


@pytest.mark.parametrize("what", ["chroma", "chroma/chroma.sqlite3", "lexical.db"])
async def test_an_index_that_was_deleted_is_noticed_and_made_again(what: str, tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await live(memory, "a", "b")
    await memory.settle()
    gone = tmp_path / what
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()

    broken = [line for line in await memory.verify(WORLD) if not line.ok]
    assert len(broken) == 1
    assert "is gone: rebuild it with `loomwright memory reindex`" in str(broken[0].trouble)
    assert [line.detail for line in await memory.health() if not line.ok] == [broken[0].trouble]

    await memory.reindex(WORLD)
    assert await indexed(memory) == both("a", "b")
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


@pytest.mark.parametrize("what", ["chroma/chroma.sqlite3", "lexical.db"])
async def test_an_index_that_was_broken_while_nobody_played_is_noticed_and_made_again(
    what: str, tmp_path: Path
) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await live(memory, *(f"m{number}" for number in range(CHROMA_WITH_ALL)))
    await memory.settle()
    await memory.aclose()
    (tmp_path / what).write_bytes(b"garbage" * 1_000)

    memory = await open_memory(None, tmp_path)
    broken = [line for line in await memory.verify(WORLD) if not line.ok]
    assert [line.index for line in broken] == ["dense" if "chroma" in what else "lexical"]
    assert "`loomwright memory reindex`" in str(broken[0].trouble)
    await memory.reindex(WORLD)
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


async def test_an_index_that_turns_out_to_be_broken_while_it_is_filled_is_made_anew_as_a_whole(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    for world in (WORLD, "evening"):
        await memory.load_world(pack(world))
        await live(memory, "a", "b", world=world)
    await memory.settle()
    index = sqlite3.connect(tmp_path / "lexical.db")
    index.execute("CREATE TRIGGER broken BEFORE INSERT ON memory BEGIN SELECT nonsense(); END")
    index.commit()
    index.close()

    await memory.reindex(WORLD)

    for world in (WORLD, "evening"):
        assert await indexed(memory, world=world) == both("a", "b")
        assert in_all(await memory.verify(world)) == (0, 0, 0, 0)
    await memory.aclose()


async def test_an_index_that_lost_its_place_in_the_record_follows_from_the_beginning(memory: Memory) -> None:
    await live(memory, "a", "b")
    await indexed(memory)
    await memory._record.write(lambda connection: connection.execute(delete(INDEX_MARK)))
    for follower in memory._indexer.followers:
        follower._label = None

    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    assert await indexed(memory) == both("a", "b")
    marks = await memory._record.read(lambda connection: connection.execute(select(INDEX_MARK.c.index)).all())
    assert len(marks) == 4


class LongerEmbedder(LexicalEmbedder):
    """The same name, twice the numbers."""

    dimension = 512


class LyingEmbedder(LexicalEmbedder):
    """Gives other vectors than it promises."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0, 2.0, 3.0] for _ in texts]


async def test_vectors_of_another_length_under_the_same_name_are_never_compared(
    record_url: str | None, tmp_path: Path
) -> None:
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    await live(memory, "a", "b")
    await memory.settle()
    await memory.aclose()

    memory = await open_memory(record_url, tmp_path, LongerEmbedder())
    [broken] = [line for line in await memory.verify(WORLD) if not line.ok]
    assert "'lexical-1' (256 dimensions), not 'lexical-1' (512 dimensions)" in str(broken.trouble)
    assert "`loomwright memory reindex`" in str(broken.trouble)
    assert any(line.detail == broken.trouble for line in await memory.health())
    await memory.reindex(WORLD)
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


async def test_an_embedder_that_breaks_its_promise_is_named_and_breaks_nothing(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await live(memory, "a")
    await memory.settle()
    await memory.aclose()

    memory = await open_memory(None, tmp_path, LyingEmbedder())
    await live(memory, "b")
    await memory.settle()

    sentence = "the embedder 'lexical-1' gave a vector of 3 dimensions, and promised 256"
    assert memory._indexer.dense.troubles[WORLD] == sentence
    with pytest.raises(IndexHindered, match="promised 256"):
        await memory._dense.search(WORLD, "malgar", [1.0, 2.0, 3.0], 5)
    with pytest.raises(RecordError, match="promised 256"):
        await memory.reindex(WORLD)
    assert in_all(await memory.verify(WORLD))[1:] == (0, 0, 0)
    await memory.aclose()


async def test_one_index_that_fails_does_not_hold_the_other_up(tmp_path: Path) -> None:
    embedder = MoodyEmbedder()
    memory = await open_memory(None, tmp_path, embedder)
    await memory.load_world(pack())
    embedder.left = 0
    await live(memory, "a", "b")

    assert await indexed(memory) == {"lexical": {"main/a", "main/b"}, "dense": set()}
    assert "Nothing answers" in memory._indexer.dense.troubles[WORLD]
    assert WORLD not in memory._indexer.lexical.troubles
    await memory.aclose()


async def test_two_processes_on_one_home_lose_nothing_between_them(record_url: str | None, tmp_path: Path) -> None:
    one = await open_memory(record_url, tmp_path)
    await one.load_world(pack())
    other = await open_memory(record_url, tmp_path)
    await other.worlds()

    for number in range(10):
        await asyncio.gather(live(one, f"o{number}"), live(other, f"t{number}"))
        if number == 5:
            await asyncio.gather(one.reindex(WORLD), other.settle())
    await asyncio.gather(one.settle(), other.settle())
    await other.aclose()
    await one.aclose()

    memory = await open_memory(record_url, tmp_path)
    assert in_all(await memory.verify(WORLD))[1:] == (0, 0, 0)
    await memory.settle()
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


async def test_two_who_throw_the_same_away_at_once_both_find_it_gone(tmp_path: Path) -> None:
    one, other = await open_memory(None, tmp_path), await open_memory(None, tmp_path)
    await one.load_world(pack())
    await live(one, *(f"m{number}" for number in range(CHROMA_WITH_ALL)))
    await one.settle()
    mine, theirs = one._dense, other._dense
    listed = mine._collections_of

    def quicker(world: str) -> dict[str, Any]:
        found = listed(world)
        for collection in found.values():
            theirs._open().delete_collection(collection.name)
        return found

    mine._collections_of = quicker  # pyright: ignore[reportAttributeAccessIssue]  # what another process does meanwhile
    await mine.forget(WORLD, ["malgar"])

    assert await theirs.characters(WORLD) == []
    await other.aclose()
    await one.aclose()


async def test_a_world_can_be_reindexed_by_another_process_while_it_is_played(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await live(memory, *(f"m{number}" for number in range(CHROMA_WITH_ALL)))
    await memory.settle()

    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.memory.reindexing", str(tmp_path), "0"), cwd=PROJECT, stdout=subprocess.DEVNULL
    )
    played = 0
    while other.returncode is None:
        await live(memory, f"p{played}")
        played += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(other.wait(), 0.2)
    assert other.returncode == 0
    await memory.settle()
    assert memory._indexer.dense.troubles == memory._indexer.lexical.troubles == {}
    await memory.aclose()

    memory = await open_memory(None, tmp_path)
    await memory.settle()
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    assert len((await indexed(memory))["dense"]) == CHROMA_WITH_ALL + played
    await memory.aclose()


async def test_a_disk_that_is_full_costs_the_index_and_not_the_record(tmp_path: Path) -> None:
    """The limit on the size of a file stands in for the disk; the record is elsewhere and smaller."""
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await memory.settle()
    index = memory._indexer.lexical.index
    await index.check()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    grown = (tmp_path / "lexical.db-wal").stat().st_size
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown, hard))
    try:
        with pytest.raises(IndexHindered, match="cannot be read or written"):
            await memory._lexical.add(WORLD, "malgar", [(f"main/{n}", f"word{n} " * 50) for n in range(3_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    await live(memory, "a")
    assert await indexed(memory) == both("a")
    assert in_all(await memory.verify(WORLD)) == (0, 0, 0, 0)
    await memory.aclose()


async def test_a_record_that_is_put_back_from_a_backup_takes_its_indexes_back_too(tmp_path: Path) -> None:
    memory = await open_memory(None, tmp_path)
    await memory.load_world(pack())
    await live(memory, "a")
    await memory.settle()
    await memory.aclose()
    backup = sqlite3.connect(tmp_path / "backup.db")
    source = sqlite3.connect(tmp_path / "record.db")
    source.backup(backup)
    source.close()
    memory = await open_memory(None, tmp_path)
    await live(memory, "lost")
    await memory.settle()
    await memory.aclose()
    for ending in ("-wal", "-shm"):
        (tmp_path / f"record.db{ending}").unlink(missing_ok=True)
    backup.close()
    shutil.copy(tmp_path / "backup.db", tmp_path / "record.db")

    memory = await open_memory(None, tmp_path)
    await live(memory, "b")
    await memory.settle()

    lag, missing, surplus, misfits = in_all(await memory.verify(WORLD))
    assert (lag, missing, surplus, misfits) == (0, 0, 2, 0)  # what the backup does not know, once an index
    await memory.reindex(WORLD)
    assert await indexed(memory) == both("a", "b")
    await memory.aclose()


async def test_the_condition_on_forgetting_asks_the_primary_key(tmp_path: Path) -> None:
    record = await Record.open(None, tmp_path)

    def plan(connection: Connection) -> list[str]:
        asked = history._NEWEST._text
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", ("?",) * asked.count("?"))
        return [str(row[-1]) for row in rows]

    lines = [line for line in await record.read(plan) if "memory_forgotten" in line]
    assert lines
    assert all("(world=? AND memory=?" in line for line in lines)
    await record.aclose()
