from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from rules import Phrasebook, read_out
from schemas import BadSettings


@pytest.fixture(autouse=True)
def _warnings_are_heard() -> Iterator[None]:
    """The other tests keep the log quiet below errors."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


BOOK = Phrasebook({"en": ["hello = Hello, { $name }!\nbye = Bye\nonly-here = Here"], "pt": ["hello = Olá, { $name }!"]})


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Hello, Marta!"), ("pt", "Olá, Marta!"), ("pt-BR", "Olá, Marta!"), ("tlh", "Hello, Marta!")],
)
def test_a_phrase_is_looked_for_by_region_then_language_then_in_english(language: str, said: str) -> None:
    assert BOOK.say(language, "hello", name="Marta") == said


def test_what_one_language_lacks_is_said_in_english() -> None:
    assert BOOK.say("pt", "bye") == "Bye"
    assert BOOK.missing() == [("pt", "bye"), ("pt", "only-here")]


def test_a_key_that_nobody_knows_is_read_out_and_told_once() -> None:
    book = Phrasebook({"en": ["a = b"]})
    with capture_logs() as logs:
        assert [book.say("en", "old-mill_key") for _ in range(3)] == ["Old mill key"] * 3
        assert [book.say("en", "old-mill_key", name="x") for _ in range(3)] == ["Old mill key"] * 3

    assert [entry["event"] for entry in logs] == ["phrase_missing"]


def test_a_forgotten_blank_is_told_and_does_not_stop_the_talk() -> None:
    with capture_logs() as logs:
        assert "Hello" in BOOK.say("en", "hello")

    assert [entry["event"] for entry in logs] == ["phrase_incomplete"]


def test_a_later_text_overrides_an_earlier_one() -> None:
    assert Phrasebook({"en": ["a = first", "a = second"]}).say("en", "a") == "second"


def test_all_unreadable_phrases_are_named_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "talk.ftl").write_text("fine = yes\nbroken = { $x\n\nalso =\n", encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        Phrasebook.load(tmp_path)

    assert [fault.where for fault in caught.value.faults] == ["en/talk.ftl:2", "en/talk.ftl:4"]


def test_a_folder_that_is_no_language_is_named() -> None:
    with pytest.raises(BadSettings, match="not a language tag"):
        Phrasebook({"not a language": ["a = b"]})


@given(st.text(max_size=20), st.text(max_size=20), st.dictionaries(st.sampled_from(("name", "x")), st.text(max_size=5)))
def test_there_is_always_something_to_say(language: str, key: str, blanks: dict[str, str]) -> None:
    assert BOOK.say(language, key, **blanks).strip()
    assert read_out(key).strip()
