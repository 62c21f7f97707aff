"""How what the legs found comes into one order."""

from __future__ import annotations

import pytest

from memory.recall.fusion import Glimpse, in_order, relevance, with_neighbours
from memory.recall.named import Names
from memory.recall.recall import weights_of
from schemas import RecallSettings

ONLY_RELEVANCE = RecallSettings(named=0, recency=0, importance=0)


def said(
    number: int,
    text: str = "So it was.",
    *,
    speaker: str | None = None,
    about: tuple[str, ...] = (),
    thread: str | None = "talk",
    minute: int = 0,
    importance: float = 0.5,
) -> Glimpse:
    return Glimpse(number, text, speaker, frozenset(about), (), importance, minute, thread)


def test_a_memory_that_two_legs_find_is_before_those_that_only_one_finds() -> None:
    fits = relevance(
        {"dense": {"a": 0.9, "b": 0.8, "far": 0.1}, "lexical": {"c": 12.0, "b": 11.0}},
        {"dense": 1.0, "lexical": 1.0, "associative": 1.0},
    )

    assert max(fits, key=lambda key: fits[key]) == "b"
    assert fits["far"] == 0


def test_the_scale_of_a_legs_scores_does_not_matter() -> None:
    small = relevance({"lexical": {"a": 0.2, "b": 0.1}}, {"lexical": 1.0, "dense": 1.0, "associative": 1.0})
    large = relevance({"lexical": {"a": 200.0, "b": 100.0}}, {"lexical": 1.0, "dense": 1.0, "associative": 1.0})

    assert small == pytest.approx(large)
    assert small == pytest.approx({"a": 1.0, "b": 0.5})


def test_an_answer_gets_more_from_its_question_than_the_line_before_it() -> None:
    lines = {
        "before": said(1, "Good morning.", speaker="ilse"),
        "question": said(2, "Where did you hide the letters?", speaker="malgar"),
        "answer": said(3, "Under the stone with the hare.", speaker="ilse"),
        "elsewhere": said(4, "Under the bed.", speaker="ilse", thread="another talk"),
    }
    beside = {"question": (("before", None), ("answer", "elsewhere"))}

    given = with_neighbours({"question": 1.0}, lines, beside, 1.0)

    assert given["question"] == 1.0
    assert given["answer"] == pytest.approx(0.6)
    assert given["before"] == pytest.approx(0.2)
    assert "elsewhere" not in given


def test_without_threads_only_what_happened_at_about_the_same_time_is_near() -> None:
    lines = {
        "here": said(1, thread=None),
        "soon": said(2, thread=None, minute=30),
        "later": said(3, thread=None, minute=3_000),
    }

    given = with_neighbours({"here": 1.0}, lines, {"here": ((None, None), ("soon", "later"))}, 1.0)

    assert set(given) == {"here", "soon"}


def test_what_somebody_says_is_before_what_is_said_about_her_and_that_before_the_rest() -> None:
    lines = {
        "other": said(3, speaker="marta"),
        "about": said(2, speaker="marta", about=("ilse",)),
        "by": said(1, speaker="ilse"),
    }

    assert in_order(dict.fromkeys(lines, 1.0), lines, {"ilse"}, 0, RecallSettings(recency=0)) == [
        "by",
        "about",
        "other",
    ]


def test_a_story_that_nobody_tells_belongs_to_whom_it_is_about() -> None:
    lines = {"by": said(1, speaker="marta", about=("ilse",)), "story": said(2, about=("ilse",))}

    assert in_order(dict.fromkeys(lines, 1.0), lines, {"ilse"}, 0, RecallSettings(recency=0))[0] == "story"


def test_recency_is_counted_by_the_games_clock_and_never_below_now() -> None:
    lines = {"old": said(1, minute=0), "new": said(2, minute=600), "future": said(3, minute=9_000)}
    fits = {"old": 1.0, "new": 1.0, "future": 1.0}
    settings = RecallSettings(recency=1, importance=0, named=0)

    assert in_order(fits, lines, (), 600, settings) == ["future", "new", "old"]
    # Seen from before it all, everything is as recent as can be, and the order is that of the telling.
    assert in_order(fits | {"old": 1.01}, lines, (), 0, settings)[0] == "old"


def test_by_default_evidence_from_long_ago_is_before_something_important_of_today() -> None:
    lines = {"evidence": said(1, minute=0, importance=0.1), "today": said(2, minute=500_000, importance=1.0)}

    assert in_order({"evidence": 1.0, "today": 0.8}, lines, (), 500_000, RecallSettings())[0] == "evidence"


def test_equals_come_newest_first() -> None:
    lines = {"a": said(1), "b": said(2)}

    assert in_order({"a": 1.0, "b": 1.0}, lines, (), 0, ONLY_RELEVANCE) == ["b", "a"]


def test_an_embedder_that_compares_words_weighs_less_than_one_that_knows_meanings() -> None:
    settings = RecallSettings()

    assert weights_of(settings, "lexical-1")["dense"] < weights_of(settings, "minilm")["dense"] == settings.dense


PEOPLE = Names({"ilse": "Ilse Brand", "old_tom": "Tom", "captain_roe": "Captain Roe", "captain_dunn": "Captain Dunn"})


def test_the_name_of_a_partner_is_taken_out_of_a_question_and_others_stay() -> None:
    asked = PEOPLE.read("What did Ilse's sister say to old Tom?", {"ilse"})

    assert asked.named == {"ilse", "old_tom"}
    assert asked.text == "What did sister say to old Tom?"


def test_a_title_that_two_share_names_neither() -> None:
    assert PEOPLE.read("What does the captain want?", {"captain_roe"}).named == frozenset()
    assert PEOPLE.read("What does captain Roe want?", {"captain_roe"}).named == {"captain_roe"}


def test_a_question_that_is_nothing_but_a_name_keeps_it() -> None:
    assert PEOPLE.read("Who is Ilse Brand?", {"ilse"}).text == "Who is Ilse Brand?"
