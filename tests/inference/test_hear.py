"""What is heard in a model's words, and what it is told when nothing is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from inference import hear
from inference.hear import LONGEST, MOST_FAULTS
from schemas import ModelAnswerInvalid


class Line(BaseModel):
    text: str
    tone: str = "neutral"


class Talk(BaseModel):
    npc_text: str
    variants: list[Line] = Field(default=[], max_length=2)
    mood: float = Field(default=0.0, ge=-1, le=1)


TALK = '{"npc_text": "hi {you}", "variants": [{"text": "a \\" } b"}]}'


@pytest.mark.parametrize(
    "raw",
    [
        TALK,
        f"  \n{TALK}\n\n",
        f"```json\n{TALK}\n```",
        f"```\n{TALK}\n```\nAnything else?",
        f'<think>\nMaybe {{"npc_text": "no"}}? No.\n</think>\n{TALK}',
        f"so she thinks</think>{TALK}",
        f"<thinking>hm</thinking>{TALK}",
        f'Here is what "she" says: {TALK} I hope {{it}} helps.',
        f"As {{character}} in {{place}} I say {TALK}",
        f"Don't {TALK}",
    ],
)
def test_the_outermost_object_is_heard_through_fences_thoughts_and_chatter(raw: str) -> None:
    talk = hear(raw, Talk, {})
    assert (talk.npc_text, talk.variants[0].text) == ("hi {you}", 'a " } b')


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        ("", "the answer is empty"),
        (" \n\t", "the answer is empty"),
        ("<think>for ever</think>", "the answer is empty"),
        ("I will not say.", "the answer has no JSON object in it"),
        ("[1, 2]", "the answer has no JSON object in it"),
        ('{"npc_text": "hi"', "the JSON object is never closed"),
        ('{"npc_text": "hi}', "the JSON object is never closed"),
        ('{"variants": []}', "npc_text: field required"),
        ('{"npc_text": "hi", "variants": [{"text": "a"}, {}]}', "variants.1.text: field required"),
        ('{"npc_text": "hi", "mood": 2}', "mood: input should be less than or equal to 1"),
        ('{"npc_text": 5}', "npc_text: input should be a valid string"),
    ],
)
def test_a_fault_names_the_field_and_what_is_wrong(raw: str, fault: str) -> None:
    with pytest.raises(ModelAnswerInvalid) as caught:
        hear(raw, Talk, {})
    assert fault in caught.value.faults
    assert fault in str(caught.value)
    assert caught.value.raw == raw


def test_a_truncated_object_is_not_mistaken_for_the_small_one_inside_it() -> None:
    with pytest.raises(ModelAnswerInvalid) as caught:
        hear('{"npc_text": "hi", "variants": [{"text": "a"}, {"te', Line, {}, cut_off=True)
    assert caught.value.faults == ("the answer was cut off before its JSON was complete; say it shorter",)


def test_a_model_is_told_a_dozen_faults_at_most() -> None:
    raw = '{"npc_text": "hi", "variants": [' + ", ".join(["{}"] * 2) + "]}"
    many = '{"names": [' + ", ".join(["1"] * 40) + "]}"

    class Names(BaseModel):
        names: list[str]

    with pytest.raises(ModelAnswerInvalid) as few:
        hear(raw, Talk, {})
    with pytest.raises(ModelAnswerInvalid) as caught:
        hear(many, Names, {})
    assert len(few.value.faults) == 2
    assert len(caught.value.faults) == MOST_FAULTS + 1
    assert caught.value.faults[-1] == f"and {40 - MOST_FAULTS} more"


@pytest.mark.parametrize(
    "raw",
    ["x" * (LONGEST + 1), "{" * LONGEST, "{}" * (LONGEST // 2), '{"' * (LONGEST // 2), '{"npc_text":' + "[" * 500_000],
    ids=["chatter", "open", "pairs", "quotes", "deep"],
)
def test_a_monstrous_answer_is_refused_quickly(raw: str) -> None:
    began = time.monotonic()
    with pytest.raises(ModelAnswerInvalid):
        hear(raw, Talk, {})
    assert time.monotonic() - began < 60, "the work grows with the square of the length"


@given(st.text(alphabet='{}[]",:\\ anpc_tex0\n\ud800<think>/`', max_size=200))
def test_any_text_is_heard_or_refused_and_nothing_else(raw: str) -> None:
    try:
        heard = hear(raw, Talk, {})
    except ModelAnswerInvalid as refused:
        assert refused.faults  # noqa: PT017 - both ends are right, each with its own promise
    else:
        assert isinstance(heard, Talk)
