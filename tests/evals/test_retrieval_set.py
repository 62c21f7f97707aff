"""The labelled set is sound, and a set that is not says where."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evals.retrieval_plain import Stemmer
from evals.retrieval_score import shared_words
from evals.retrieval_set import Conversation, load_set
from schemas import BadRequest, UnknownThing, WorldTime

SET = load_set()
QUESTIONS = [(conversation, question) for conversation in SET for question in conversation.questions]


def test_the_set_is_large_enough_to_tell_ways_to_search_apart() -> None:
    sessions = [session for conversation in SET for session in conversation.sessions]

    assert len(SET) >= 6
    assert len(sessions) >= 24
    assert len(QUESTIONS) >= 320
    assert all(18 <= len(session.turns) <= 30 for session in sessions)


def test_it_has_questions_of_every_kind_and_many_that_need_two_memories() -> None:
    kinds = Counter(question.kind for _, question in QUESTIONS)
    needy = sum(question.needs_more for _, question in QUESTIONS)

    assert min(kinds.values()) >= 12
    assert set(kinds) == {"single", "when", "who", "change", "two"}
    assert 0.55 <= kinds["single"] / len(QUESTIONS) <= 0.70
    assert 0.20 <= needy / len(QUESTIONS) <= 0.30
    assert all(question.needs_more for _, question in QUESTIONS if question.kind in {"two", "change"})


def test_questions_rarely_use_the_words_of_their_evidence() -> None:
    stems = Stemmer()
    shares = [
        shared_words(
            question.ask,
            [conversation.turns[line].text for line in question.evidence],
            stems,
            stems(" ".join((*conversation.names, *conversation.names.values()))),
        )
        for conversation, question in QUESTIONS
    ]

    assert sum(shares) / len(shares) < 0.25


def test_words_are_compared_by_their_stems_and_names_do_not_count() -> None:
    stems = Stemmer()

    assert shared_words("Who burned Odda's mills?", ["Odda lost the mill, it burns."], stems, stems("Odda")) == 1.0
    assert shared_words("Who burned Odda's house?", ["Odda lost the mill, it burns."], stems, stems("Odda")) == 0.5
    assert shared_words("Who was it?", ["It was me."], stems) == 0.0


@pytest.mark.parametrize("conversation", SET, ids=lambda conversation: conversation.id)
def test_a_conversation_goes_on_for_months_and_more_than_one_of_them_is_asked(conversation: Conversation) -> None:
    days = [session.at.day for session in conversation.sessions]

    assert days == sorted(days)
    assert days[-1] - days[0] > 60
    assert len(conversation.asked_ones) >= 2
    assert len({question.ask for question in conversation.questions}) == len(conversation.questions)


@pytest.mark.parametrize("conversation", SET, ids=lambda conversation: conversation.id)
def test_no_line_is_there_twice_and_questions_are_spread_over_all_sessions(conversation: Conversation) -> None:
    texts = [turn.text for turn in conversation.turns.values()]
    evidence = {line for question in conversation.questions for line in question.evidence}

    assert len(set(texts)) == len(texts)
    for session in conversation.sessions:
        assert sum(turn.id in evidence for turn in session.turns) >= 6, session.id


def small(**changes: Any) -> dict[str, Any]:
    turns = [
        {"id": "D1:1", "speaker": "Ann Lee", "text": "I keep bees."},
        {"id": "D1:2", "speaker": "Bo", "text": "Oh!"},
    ]
    sessions = [{"id": "1", "at": "2024-05-08T13:56", "turns": turns}]
    return {"id": "small", "sessions": sessions, "questions": [], **changes}


def write(folder: Path, *conversations: dict[str, Any], name: str = "set.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(json.dumps(one) for one in conversations), encoding="utf-8")
    return file


def test_a_set_of_the_real_world_has_dates_and_names_as_they_are(tmp_path: Path) -> None:
    asked = [{"ask": "Which insects?", "of": "Bo", "evidence": ["D1:1"]}]

    one, two = load_set(write(tmp_path, small(questions=asked), small(id="other")))

    assert one.sessions[0].at == WorldTime(day=739_014, minute=836)
    assert one.names == {"Ann Lee": "Ann Lee", "Bo": "Bo"}
    assert (one.questions[0].kind, two.id) == ("single", "other")


def test_two_dates_are_as_far_apart_as_they_are_in_the_real_world() -> None:
    times = [
        Conversation.model_validate(small(sessions=[{**small()["sessions"][0], "at": at}])).sessions[0].at
        for at in ("2024-02-28T23:00", "2024-03-01T03:00+02:00")
    ]

    assert times[1].total_minutes - times[0].total_minutes == 26 * 60


def test_every_fault_is_named_with_the_nearest_right_answer(tmp_path: Path) -> None:
    again = {"id": "2", "at": {"day": 1}, "turns": [{"id": "D1:1", "speaker": "Ann Lee", "text": "Hello?"}]}
    faulty = small(
        people={"Ann Lee": "Ann Lee", "Bo": "Bo Diaz"},
        sessions=[*small()["sessions"], again],
        questions=[
            {"ask": "Which?", "of": "Anne Lee", "evidence": ["D1:1"]},
            {"ask": "Which?", "of": "Bo", "evidence": ["D1:1", "D1:22"]},
        ],
    )

    with pytest.raises(BadRequest) as raised:
        load_set(write(tmp_path, faulty))

    assert [str(fault) for fault in raised.value.faults] == [
        "set.jsonl:1:sessions.2.turns.D1:1.id: there is another line 'D1:1'.",
        "set.jsonl:1:questions[0].of: there is no person 'Anne Lee'. Did you mean 'Ann Lee'?",
        "set.jsonl:1:questions[1].evidence: there is no line 'D1:22'. Did you mean 'D1:2'?",
    ]


def test_nobody_is_asked_about_what_was_said_when_they_were_not_there(tmp_path: Path) -> None:
    alone = {"id": "2", "at": {"day": 1}, "turns": [{"id": "D2:1", "speaker": "Ann Lee", "text": "Now he's gone."}]}
    asked = [{"ask": "Who has left?", "of": "Bo", "evidence": ["D2:1"]}]

    with pytest.raises(BadRequest, match="'Bo' was not there when 'D2:1' was said"):
        load_set(write(tmp_path, small(sessions=[*small()["sessions"], alone], questions=asked)))


def test_what_cannot_be_read_says_which_line_it_is(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(f"{json.dumps(small())}\n\n{{oops\n", encoding="utf-8")

    with pytest.raises(BadRequest, match=r"set\.jsonl:3: is not JSON"):
        load_set(file)


def test_a_field_that_does_not_fit_is_named_with_its_place(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = [{"ask": "Which?", "of": "Bo", "evidence": [], "sort": "single"}]

    with pytest.raises(BadRequest) as raised:
        load_set(write(tmp_path, small(questions=asked), name="set.json"))

    assert "set.json:questions[0].evidence" in str(raised.value)
    assert "set.json:questions[0].sort" in str(raised.value)


@pytest.mark.parametrize("missing", ["nowhere.yaml", "."])
def test_a_set_that_is_not_there_is_the_callers_to_mend(tmp_path: Path, missing: str) -> None:
    with pytest.raises((UnknownThing, BadRequest)):
        load_set(tmp_path / missing)


def test_two_people_whose_names_become_one_are_told_apart_by_the_author(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="'Bo!' makes no name of its own"):
        load_set(write(tmp_path, small(people={"Ann Lee": "Ann", "Bo": "Bo", "Bo!": "Bo"})))
