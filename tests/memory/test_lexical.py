"""The lexical index by itself: the same over FTS5 and over PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.indexes.index import IndexFailed, IndexHindered
from memory.indexes.lexical import LexicalIndex, lexical_index
from memory.indexes.lexical_sqlite import SqliteLexicalIndex
from memory.indexes.terms import MOST_TERMS, asked_terms
from memory.record.record import Record

TALES = {
    "main/m0": "The smith sold me a horseshoe.",
    "main/m1": "A goblin was stealing my purse at the bridge.",
    "main/m2": "Rain fell on the bridge, and on the harvest.",
    "main/m3": "Zoë Müller drank no coffee in the old_mill.",
}


@pytest.fixture
async def record(record_url: str | None, tmp_path: Path) -> AsyncGenerator[Record]:
    record = await Record.open(record_url, tmp_path)
    yield record
    await record.aclose()


@pytest.fixture
async def index(record: Record, tmp_path: Path) -> AsyncGenerator[LexicalIndex]:
    index = lexical_index(record, tmp_path)
    await index.check()
    yield index
    await index.aclose()


async def keys(index: LexicalIndex, text: str, *, character: str = "malgar", best: int = 10) -> list[str]:
    return [key for key, _ in await index.search("w", character, text, best)]


async def test_the_memory_with_the_rarest_words_of_a_question_comes_first(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))

    found = await index.search("w", "malgar", "Who stole the purse at the bridge?", 10)

    assert [key for key, _ in found] == ["main/m1", "main/m2"]
    assert found[0][1] > found[1][1] > 0
    assert await keys(index, "purse bridge", best=1) == ["main/m1"]


@pytest.mark.parametrize(
    ("question", "key"),
    [("Did she steal?", "main/m1"), ("HORSESHOES", "main/m0"), ("zoe mueller muller", "main/m3"), ("mills", "main/m3")],
)
async def test_words_are_found_inflected_in_capitals_and_without_their_accents(
    question: str, key: str, index: LexicalIndex
) -> None:
    await index.add("w", "malgar", list(TALES.items()))

    assert await keys(index, question) == [key]


@pytest.mark.parametrize("question", ["", "   ", "\0", "?!", "who was it that did that to you", '"', "🐉", "\ud800"])
async def test_a_question_without_a_telling_word_finds_nothing(question: str, index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))

    assert await keys(index, question) == []


@pytest.mark.parametrize(
    "question",
    ['purse"', "purse AND", "NEAR(purse", "purse*", "words:purse", "-purse", "^purse", "pur\0se purse", "(purse)'; --"],
)
async def test_what_means_something_to_the_database_is_a_word_like_any_other(
    question: str, index: LexicalIndex
) -> None:
    await index.add("w", "malgar", list(TALES.items()))

    assert await keys(index, question) == ["main/m1"]


async def test_a_question_as_long_as_a_book_is_asked_with_its_beginning(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))

    assert await keys(index, "purse " + "of a thousand words " * 50_000) == ["main/m1"]
    assert len(asked_terms(" ".join(f"word{number}" for number in range(1_000)))) == MOST_TERMS
    assert await keys(index, "x" * 1_000_000) == []


async def test_nobody_finds_what_another_remembers(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    await index.add("w2", "malgar", [("main/x", "Another purse, in another world.")])
    await index.add("w", "ilse", [("main/y", "The purse was empty.")])

    assert await keys(index, "purse", character="ilse") == ["main/y"]
    assert await keys(index, "purse", character="marta") == []
    assert await keys(index, "purse") == ["main/m1"]


async def test_how_rare_a_word_is_in_the_life_of_one_says_nothing_of_anothers(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    before = await index.search("w", "malgar", "purse bridge", 10)

    await index.add("w", "ilse", [(f"main/i{number}", "My purse, again.") for number in range(200)])

    assert await index.search("w", "malgar", "purse bridge", 10) == before


async def test_a_memory_that_is_put_in_again_has_its_newest_words_and_stands_there_once(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    await index.add("w", "malgar", list(TALES.items()))
    await index.add("w", "malgar", [("main/m1", "A troll took my hat."), ("main/m1", "A troll took my coat.")])

    assert await keys(index, "troll coat") == ["main/m1"]
    assert await keys(index, "purse hat") == []
    assert await index.held("w", "malgar") == set(TALES)


async def test_what_is_taken_out_is_not_found_and_counts_no_more(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    first = await index.search("w", "malgar", "bridge harvest", 10)
    await index.add("w", "malgar", [(f"main/n{number}", "A bridge.") for number in range(300)])

    await index.remove("w", {"malgar": [f"main/n{number}" for number in range(300)], "nobody": ["main/m1"]})

    assert dict(await index.search("w", "malgar", "bridge harvest", 10)) == pytest.approx(dict(first))
    assert await index.misfits("w", "malgar") == set()


async def test_who_is_forgotten_leaves_nothing_behind(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    await index.add("w", "ilse", list(TALES.items()))

    await index.forget("w", ["malgar", "nobody"])

    assert await index.characters("w") == ["ilse"]
    assert await keys(index, "purse") == []
    assert await keys(index, "purse", character="ilse") == ["main/m1"]


async def test_an_index_that_is_begun_anew_is_empty_and_has_another_name(index: LexicalIndex) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    before = await index.check()

    after = await index.renew()

    assert after.id != before.id
    assert (await index.check()).id == after.id
    assert await keys(index, "purse") == []
    await index.add("w", "malgar", list(TALES.items()))
    assert await keys(index, "purse") == ["main/m1"]


async def test_another_process_that_begins_it_anew_is_noticed(
    record: Record, index: LexicalIndex, tmp_path: Path
) -> None:
    await index.add("w", "malgar", list(TALES.items()))
    other = lexical_index(record, tmp_path)
    await other.check()

    renewed = await other.renew()
    await other.add("w", "malgar", [("main/z", "A purse of silk.")])

    assert (await index.check()).id == renewed.id
    assert await keys(index, "purse") == ["main/z"]
    await other.aclose()


async def test_two_who_write_at_once_both_get_through(record: Record, index: LexicalIndex, tmp_path: Path) -> None:
    other = lexical_index(record, tmp_path)
    await other.check()

    await asyncio.gather(
        *(
            (index, other)[number % 2].add("w", "malgar", [(f"main/{number}", f"Purse number {number}.")])
            for number in range(40)
        )
    )

    assert len(await index.held("w", "malgar")) == 40
    assert await index.misfits("w", "malgar") == set()
    await other.aclose()


def test_no_text_at_all_breaks_it(tmp_path: Path) -> None:
    """Any text can be kept and asked; a text with a telling word is found by itself."""
    with asyncio.Runner() as runner:
        index = SqliteLexicalIndex(tmp_path / "lexical.db")
        numbers = count()

        @settings(max_examples=150, deadline=None)
        @given(kept=st.dictionaries(st.sampled_from(list(TALES)), st.text(max_size=60), max_size=4))
        def explore(kept: dict[str, str]) -> None:
            who = f"c{next(numbers)}"
            runner.run(index.add("w", who, list(kept.items())))
            for key, text in kept.items():
                found = {found for found, _ in runner.run(index.search("w", who, text, 10))}
                assert (key in found) == bool(asked_terms(text))

        explore()
        runner.run(index.aclose())


async def test_a_file_that_is_garbage_says_so_and_can_be_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "lexical.db"
    file.write_bytes(b"garbage" * 1_000)
    index = SqliteLexicalIndex(file)

    with pytest.raises(IndexFailed, match=r"is broken .*`loomwright memory reindex`"):
        await index.check()

    await index.renew()
    await index.add("w", "malgar", list(TALES.items()))
    assert await keys(index, "purse") == ["main/m1"]
    await index.aclose()


async def test_a_file_that_was_deleted_while_it_was_open_is_gone(tmp_path: Path) -> None:
    index = SqliteLexicalIndex(tmp_path / "lexical.db")
    await index.add("w", "malgar", list(TALES.items()))
    (tmp_path / "lexical.db").unlink()

    for asked in (index.check, lambda: keys(index, "purse"), lambda: index.add("w", "malgar", [("k", "x")])):
        with pytest.raises(IndexFailed, match="is gone"):
            await asked()
    assert not (tmp_path / "lexical.db").exists()
    await index.aclose()


async def test_a_file_that_another_holds_can_be_searched_and_says_why_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memory.indexes.lexical_sqlite.PATIENCE", 0.05)
    index = SqliteLexicalIndex(tmp_path / "lexical.db")
    await index.add("w", "malgar", list(TALES.items()))
    other = sqlite3.connect(tmp_path / "lexical.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(IndexHindered, match="held by another process"):
        await index.add("w", "malgar", [("main/new", "A new purse.")])
    assert await keys(index, "purse") == ["main/m1"]

    other.execute("ROLLBACK")
    other.close()
    await index.add("w", "malgar", [("main/new", "A new purse.")])
    assert len(await keys(index, "purse")) == 2
    await index.aclose()


async def test_a_full_disk_says_so_and_loses_nothing_that_was_there(tmp_path: Path) -> None:
    index = SqliteLexicalIndex(tmp_path / "lexical.db")
    await index.add("w", "malgar", list(TALES.items()))
    connection = index._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(IndexHindered, match="cannot be read or written: database or disk is full"):
        await index.add("w", "malgar", [(f"main/n{number}", f"word{number} " * 30) for number in range(2_000)])

    assert await keys(index, "purse") == ["main/m1"]
    await index.aclose()


async def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = SqliteLexicalIndex(tmp_path / "lexical.db")
    await index.aclose()
    await index.aclose()

    with pytest.raises(IndexFailed, match="closed"):
        await index.search("w", "malgar", "purse", 1)


async def test_tables_that_somebody_dropped_are_gone_until_they_are_made_anew(
    postgres_url: str, tmp_path: Path
) -> None:
    record = await Record.open(postgres_url, tmp_path)
    index = lexical_index(record, tmp_path)
    await index.check()
    await index.add("w", "malgar", list(TALES.items()))
    await record.write(lambda connection: connection.exec_driver_sql("DROP TABLE lexical_posting, lexical_label"))

    for asked in (index.check, lambda: keys(index, "purse")):
        with pytest.raises(IndexFailed, match="is gone"):
            await asked()
    await index.renew()
    assert await keys(index, "purse") == []
    await record.aclose()
