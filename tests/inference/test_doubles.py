"""The doubles behave as the real model does, only to order."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from inference import Ask, Model, RecordedModel, RecordingModel, ScriptedModel, key_of
from schemas import BadSettings, ModelAnswerInvalid, ModelError, ModelRejected, ModelTimeout, ModelUnavailable


class Greeting(BaseModel):
    text: str = Field(min_length=1, max_length=80)
    tone: Literal["friendly", "hostile"] = "friendly"


class Treaty(BaseModel):
    days: int = Field(ge=1, le=30)
    terms: list[str] = Field(min_length=1, max_length=3)


def ask(text: str = "hello", *, seed: int = 1, timeout: float = 1.0) -> Ask:
    return Ask(messages=({"role": "user", "content": text},), max_tokens=50, seed=seed, timeout=timeout)


async def test_a_script_is_said_line_by_line_until_it_is_over() -> None:
    model = ScriptedModel([{"text": "one"}, Greeting(text="two"), '```json\n{"text": "three"}\n```'])
    assert [(await model.answer(ask(), Greeting)).content.text for _ in range(3)] == ["one", "two", "three"]
    with pytest.raises(ModelUnavailable, match="nothing left to say"):
        await model.answer(ask("last"), Greeting)
    assert [asked.messages[0]["content"] for asked in model.asked] == ["hello", "hello", "hello", "last"]


async def test_a_script_by_schema_name_repeats_a_line_and_uses_up_a_list() -> None:
    model = ScriptedModel({"Greeting": {"text": "again"}, "Treaty": [{"days": 3, "terms": ["peace"]}]})
    for _ in range(3):
        assert (await model.answer(ask(), Greeting)).content.text == "again"
    assert (await model.answer(ask(), Treaty)).content.days == 3
    with pytest.raises(ModelUnavailable, match="Treaty"):
        await model.answer(ask(), Treaty)


async def test_a_script_can_be_a_function_of_the_question() -> None:
    model = ScriptedModel(lambda asked, schema: {"text": f"{asked.messages[0]['content']} {schema.__name__}"})
    assert (await model.answer(ask("well"), Greeting)).content.text == "well Greeting"


async def test_malformed_words_fail_as_a_real_models_words_do() -> None:
    model = ScriptedModel(["no json", {"tone": "friendly"}, ModelRejected("busy", status=503)])
    with pytest.raises(ModelAnswerInvalid) as words:
        await model.answer(ask(), Greeting)
    with pytest.raises(ModelAnswerInvalid) as value:
        await model.answer(ask(), Greeting)
    with pytest.raises(ModelRejected, match="busy"):
        await model.answer(ask(), Greeting)
    assert words.value.raw == "no json"
    assert value.value.faults == ("text: field required",)


async def test_a_slow_script_runs_out_of_time() -> None:
    with pytest.raises(ModelTimeout):
        await ScriptedModel([{"text": "x"}], latency=5).answer(ask(timeout=0.01), Greeting)


async def test_an_improvised_answer_fits_and_depends_on_seed_and_question_alone() -> None:
    one, other = ScriptedModel.improvising(7), ScriptedModel.improvising(7)
    first = await one.answer(ask("a"), Treaty)
    await other.answer(ask("something in between"), Treaty)
    again = await other.answer(ask("a"), Treaty)
    assert first.raw == again.raw

    variety = {(await ScriptedModel.improvising(seed).answer(ask("a"), Treaty)).raw for seed in range(10)}
    assert len(variety) > 5


async def record(path: Path) -> list[str]:
    script = ScriptedModel(
        [
            {"text": "one"},
            {"text": "two"},
            "mumble",
            ModelTimeout("late"),
            ModelRejected("no", status=429),
            {"text": "six"},
        ]
    )
    model = RecordingModel(script, path)
    return [await outcome(model, text) for text in ("a", "a", "b", "c", "d", "e")]


async def outcome(model: Model, text: str) -> str:
    try:
        answer = await model.answer(ask(text), Greeting)
    except ModelError as error:
        extra = getattr(error, "status", getattr(error, "faults", ""))
        return f"{error.code} {error} {extra}"
    return f"{answer.content.text} {answer.model} {answer.prompt_tokens}"


async def test_a_recording_says_the_same_again_failures_included(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "one.jsonl"
    first = await record(path)
    model = RecordedModel(path, exact=True)
    assert [await outcome(model, text) for text in ("a", "a", "b", "c", "d", "e")] == first
    assert model.name == "scripted"
    assert not model.available


async def test_a_recording_finds_an_answer_by_its_question_not_by_its_place(tmp_path: Path) -> None:
    first = await record(tmp_path / "one.jsonl")
    model = RecordedModel(tmp_path / "one.jsonl")
    assert [await outcome(model, text) for text in ("e", "b", "a")] == [first[5], first[2], first[0]]


async def test_a_changed_question_gets_the_next_answer_unless_told_otherwise(tmp_path: Path) -> None:
    await record(tmp_path / "one.jsonl")
    assert (await outcome(RecordedModel(tmp_path / "one.jsonl"), "changed")).startswith("one ")
    with pytest.raises(ModelUnavailable, match=key_of(ask("changed"), Greeting)):
        await RecordedModel(tmp_path / "one.jsonl", exact=True).answer(ask("changed"), Greeting)
    with pytest.raises(ModelUnavailable, match=key_of(ask("a"), Treaty)):
        await RecordedModel(tmp_path / "one.jsonl").answer(ask("a"), Treaty)


async def test_every_part_of_a_question_makes_another_key() -> None:
    asks = [ask(), ask("other"), ask(seed=2), Ask(messages=ask().messages, max_tokens=51, seed=1, timeout=1)]
    keys = {key_of(each, Greeting) for each in asks} | {key_of(ask(), Treaty)}
    assert len(keys) == 5
    assert key_of(ask(timeout=9), Greeting) == key_of(ask(), Greeting)


def test_a_broken_recording_names_its_lines(tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text('{"key": "a", "schema_name": "B"}\nhalf a li\n{"key": 1}\n')
    with pytest.raises(BadSettings) as caught:
        RecordedModel(tmp_path / "broken.jsonl")
    assert [fault.where.rpartition(":")[2] for fault in caught.value.faults] == ["2", "3"]
    with pytest.raises(BadSettings, match="cannot be read"):
        RecordedModel(tmp_path / "missing.jsonl")
