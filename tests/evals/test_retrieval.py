"""What `python -m evals retrieval` counts, on examples that a reader can count along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.outcome import Asked, Outcome
from evals.retrieval import WAYS, _misses, _warned, run
from evals.retrieval_plain import PlainChroma, PlainWords
from evals.retrieval_played import EmbedsOnce, Played, news_of
from evals.retrieval_score import Found, bootstrap, figures
from evals.retrieval_set import Conversation, load_set
from memory import LexicalEmbedder
from schemas import PROJECT, BadRequest, ModelUnavailable, RecallSettings, load_settings

LINES = {
    "a": "The ferry is chained up.",
    "b": "My goose is called Corporal.",
    "c": "He pays for the barrow with his name on it.",
}
TALK = Conversation.model_validate(
    {
        "id": "Talk",
        "sessions": [
            {
                "id": "one",
                "at": {"day": 3, "minute": 600},
                "place": "The Mill",
                "turns": [{"id": id_, "speaker": "Ann Lee", "text": text} for id_, text in LINES.items()],
            },
            {"id": "two", "at": {"day": 9}, "turns": [{"id": "d", "speaker": "Bo", "text": "The ferry runs again!"}]},
        ],
        "questions": [
            {"ask": "What is the goose called?", "of": "Ann Lee", "evidence": ["b"]},
            {"ask": "Does the ferry run?", "of": "Bo", "evidence": ["d"], "kind": "change"},
        ],
    }
)


def in_order(lines: str, evidence: set[str]) -> Found:
    """Single letters for lines, the same however many are asked for."""
    return Found({depth: list(lines) for depth in (*range(1, 7), 10, 20)}, evidence)


def test_recall_is_the_share_of_the_evidence_that_came_to_mind_in_time() -> None:
    found = in_order("xayzub", {"a", "b"})

    assert [found.recall(depth) for depth in (1, 2, 5, 6, 20)] == [0.0, 0.5, 0.5, 1.0, 1.0]
    assert in_order("", {"a"}).recall(5) == 0.0


def test_each_depth_is_judged_by_the_answer_to_a_question_for_so_many() -> None:
    found = Found({5: ["x", "y"], 10: ["a", "x", "b"], 20: ["b", "x", "y"]}, {"a", "b"})

    assert [found.recall(depth) for depth in (5, 10, 20)] == [0.0, 1.0, 0.5]


def test_an_answer_that_is_longer_than_was_asked_for_is_cut() -> None:
    assert Found({5: list("uvwxyab")}, {"a", "b"}).recall(5) == 0.0


def test_figures_are_means_over_questions_and_those_that_need_two_are_counted_by_themselves() -> None:
    found = [
        in_order("ab", {"a"}),
        in_order("bc", {"a"}),
        in_order("ab", {"a", "c"}),
        in_order("ac", {"a", "c"}),
    ]

    by_case = {figure.case: figure for figure in figures("fusion", found, targets=True)}

    assert by_case["fusion, recall@5"].value == pytest.approx(2.5 / 4)
    assert by_case["fusion, recall@5"].unit == "of 4"
    assert by_case["fusion, recall@5"].holds is False
    assert by_case["fusion, recall@5, two memories"].value == pytest.approx(0.75)
    assert by_case["fusion, recall@5, two memories"].unit == "of 2"
    assert {case: figure.target for case, figure in by_case.items() if figure.target} == {
        "fusion, recall@5": 0.70,
        "fusion, recall@10": 0.82,
    }
    assert {figure.target for figure in figures("fusion", found, targets=False)} == {None}


def test_an_interval_is_seeded_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = [0.0, 1.0] * 10, [0.0, 1.0] * 200

    assert bootstrap(few) == bootstrap(few)
    assert bootstrap(few) != bootstrap(few, seed=1)
    low, high = bootstrap(few)
    assert 0.25 <= low < 0.5 < high <= 0.75
    assert bootstrap(many)[1] - bootstrap(many)[0] < (high - low) / 2
    assert bootstrap([1.0, 1.0]) == (1.0, 1.0)
    assert bootstrap([]) == (0.0, 1.0)


def test_the_bootstrap_agrees_with_the_normal_interval_where_that_is_right() -> None:
    values = [1.0] * 140 + [0.0] * 60

    half = 1.96 * (0.7 * 0.3 / 200) ** 0.5
    assert bootstrap(values) == pytest.approx((0.7 - half, 0.7 + half), abs=0.01)


def test_plain_bm25_finds_by_stems_and_nothing_for_words_that_say_nothing() -> None:
    words = PlainWords(LINES)

    assert words.search(["Who chains the ferries?", "What is it?", "Whose name?"], 5) == [["a"], [], ["c"]]
    assert words.search(['"; DROP TABLE line; -- goose'], 5) == [["b"]]


def test_plain_bm25_puts_first_what_shares_the_most() -> None:
    words = PlainWords(LINES)

    answers = words.search(["Is the ferry chained, or the barrow?", "Who pays for the barrow, or the ferry?"], 2)

    assert answers == [["a", "c"], ["c", "a"]]


async def test_plain_chroma_brings_the_nearest_first_and_no_more_than_there_are() -> None:
    chroma = PlainChroma(LINES, LexicalEmbedder())

    [[first, *rest]] = await chroma.search(["goose called Corporal"], 20)

    assert first == "b"
    assert sorted(rest) == ["a", "c"]


class Counting(LexicalEmbedder):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        return await super().embed(texts)


async def test_a_text_is_embedded_once_and_keeps_its_place() -> None:
    counting = Counting()
    once = EmbedsOnce(counting)

    first = await once.embed(["bees", "geese", "bees"])
    second = await once.embed(["geese", "bees"])

    assert counting.asked == ["bees", "geese"]
    assert first == [*reversed(second), first[0]]
    assert second == await LexicalEmbedder().embed(["geese", "bees"])


def test_only_those_who_were_there_remember_a_line() -> None:
    heard = {memory.text: memory for news in news_of(TALK) for memory in news.memories}

    assert {text: memory.character for text, memory in heard.items()} == {
        **dict.fromkeys(LINES.values(), "ann_lee"),
        "The ferry runs again!": "bo",
    }
    assert [memory.at.total_minutes for memory in heard.values()] == [4_920, 4_921, 4_922, 12_960]
    assert heard[LINES["b"]].thread == heard[LINES["a"]].thread != heard["The ferry runs again!"].thread
    assert (heard[LINES["b"]].speaker, heard[LINES["b"]].place) == ("ann_lee", "the_mill")


async def test_every_way_answers_with_lines_that_the_one_who_is_asked_has_heard() -> None:
    async with Played.open(TALK, LexicalEmbedder(), RecallSettings()) as played:
        answers = {way: await played.ask(20, legs) for way, legs in WAYS.items()}

    for way, answer in answers.items():
        of_ann, of_bo = answer.lines
        assert answer.warnings == frozenset(), way
        assert set(of_ann) <= set(LINES), way
        assert of_bo == ["d"], way


async def test_the_fusion_puts_the_right_line_first_where_words_are_the_same() -> None:
    async with Played.open(TALK, LexicalEmbedder(), RecallSettings()) as played:
        answers = await played.ask(1, WAYS["fusion"])

    assert answers.lines == [["b"], ["d"]]


async def test_a_leg_that_is_asked_alone_answers_otherwise_than_the_others() -> None:
    """So the rows of the table are not one row four times."""
    whole = load_set()[0]
    few = whole.model_copy(update={"questions": whole.questions[:8]})

    async with Played.open(few, LexicalEmbedder(), RecallSettings()) as played:
        answers = [(await played.ask(5, legs)).lines for legs in WAYS.values()]

    assert all(one != other for number, one in enumerate(answers) for other in answers[:number])


async def outcome_of(folder: Path, conversation: dict[str, Any], **options: Any) -> Outcome:
    file = folder / "set.json"
    file.write_text(json.dumps(conversation), encoding="utf-8")
    usual = {"set": file, "embedder": "lexical", "embedder_url": None, "embedder_name": None, "misses": False}
    return await run(Asked(["retrieval"], load_settings(), quick=False, options=Namespace(**{**usual, **options})))


@pytest.mark.parametrize(("others", "where"), [(9, None), (10, "a comes as number 11"), (20, "a does not come at all")])
def test_a_miss_is_what_does_not_come_among_the_first_ten(others: int, where: str | None) -> None:
    asks = [{"ask": "Does the ferry run?", "of": "Ann Lee", "evidence": ["a"]}]
    talk = Conversation.model_validate({**TALK.model_dump(mode="json"), "questions": asks})
    lines = [*(f"other {number}" for number in range(others)), "a"][:20]

    misses = [(miss.case, miss.reason) for miss in _misses(talk, [lines])]

    case, said = "Talk, Ann Lee: Does the ferry run?", "(Ann Lee: The ferry is chained up.)"
    assert misses == ([(case, f"{where} {said}")] if where else [])


async def test_misses_are_listed_for_the_fusion_where_they_are_asked_for(tmp_path: Path) -> None:
    talk = TALK.model_dump(mode="json")
    turns = [{"id": f"t{number}", "speaker": "Ann Lee", "text": f"I feed goose {number}."} for number in range(30)]
    talk["sessions"][0]["turns"] += turns
    talk["questions"] = [{"ask": "Which goose do you feed?", "of": "Ann Lee", "evidence": ["a"]}]

    outcome = await outcome_of(tmp_path, talk, misses=True)

    assert [miss.metric for miss in outcome.failed] == ["answered"]
    assert (await outcome_of(tmp_path, talk)).failed == []


async def test_a_set_without_questions_is_the_callers_to_mend(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="have no questions"):
        await outcome_of(tmp_path, {**TALK.model_dump(mode="json"), "questions": []})


async def test_an_endpoint_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="needs --embedder-url and --embedder-name"):
        await outcome_of(tmp_path, TALK.model_dump(mode="json"), embedder="endpoint")


async def test_an_endpoint_that_does_not_answer_is_named(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/v1"

    with pytest.raises(ModelUnavailable, match="at http://127"):
        await outcome_of(
            tmp_path, TALK.model_dump(mode="json"), embedder="endpoint", embedder_url=url, embedder_name="minilm"
        )


class Failing(LexicalEmbedder):
    """Stops working when told to."""

    is_down = False

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self.is_down:
            raise ModelUnavailable("the embedder is down")
        return await super().embed(texts)


async def test_a_leg_that_fails_while_it_is_asked_is_said_beside_the_figures() -> None:
    embedder = Failing()
    asks = [{"ask": "What is the goose called?", "of": "Ann Lee", "evidence": ["b"]}]
    talk = Conversation.model_validate({**TALK.model_dump(mode="json"), "questions": asks})

    async with Played.open(talk, embedder, RecallSettings()) as played:
        embedder.is_down = True
        answers = await played.ask(1, ("dense",))

    [verdict] = _warned("Talk, dense alone,", [answers, answers])
    assert (verdict.case, verdict.metric, verdict.passed) == ("Talk, dense alone,", "whole", False)
    assert "the embedder is down" in verdict.reason


def test_the_command_prints_every_row_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOOMWRIGHT_")}
    command = [sys.executable, "-m", "evals", "retrieval", "--quick", "--json", "--embedder", "lexical"]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    asks = sum(len(conversation.questions[::2]) for conversation in load_set()[:2])
    assert {line["suite"] for line in lines} == {"retrieval"}
    assert {line["case"].split(", ")[0] for line in lines[1:]} == {"plain Chroma", "plain BM25", *WAYS}
    assert len(lines) == 1 + 6 * 6
    assert {line["unit"] for line in lines[1:] if "two memories" not in line["case"]} == {f"of {asks}"}
    assert all(line["target"] is None and 0 <= line["interval"][0] <= line["value"] for line in lines)
    assert list(tmp_path.iterdir()) == []
