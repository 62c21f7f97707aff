from __future__ import annotations

import pytest
from deepeval.test_case import ConversationalTestCase, Turn
from pydantic import BaseModel

from evals.cases import KINDS
from evals.judge import LoomJudge, Words, judge_talks, load_talks, role_of
from evals.stage import Stage
from inference import Line, Script, ScriptedModel, VllmModel
from schemas import Character, ModelAnswerInvalid, ModelTimeout, load_settings

IN_CHARACTER: dict[str, Line] = {
    "OutOfCharacterResponseVerdicts": {"verdicts": []},
    "RoleAdherenceScoreReason": {"reason": "She never leaves her bar."},
    "Knowledge": {"data": {"name": "Tamsin"}},
    "KnowledgeRetentionVerdict": {"verdict": "no", "reason": "She remembers."},
    "KnowledgeRetentionScoreReason": {"reason": "Nothing was forgotten."},
}
OUT_OF_CHARACTER: dict[str, Line] = {
    **IN_CHARACTER,
    "OutOfCharacterResponseVerdicts": {
        "verdicts": [{"index": n, "reason": "Paris?", "ai_message": None} for n in (1, 3, 5)]
    },
    "KnowledgeRetentionVerdict": {"verdict": "yes", "reason": "She asks again."},
}


class Mark(BaseModel):
    points: int


async def test_a_judge_answers_in_the_schema_that_it_is_given() -> None:
    judge = LoomJudge(ScriptedModel({"Mark": {"points": 7}, "Words": {"text": "Well played."}}, name="solomon"))

    assert await judge.a_generate("How many?", schema=Mark) == Mark(points=7)
    assert await judge.a_generate("How was it?") == "Well played."
    assert judge.get_model_name() == "solomon"
    assert (judge.answered, judge.invalid, judge.silent) == (2, 0, 0)


def test_a_judge_can_be_asked_outside_of_a_loop() -> None:
    assert LoomJudge(ScriptedModel({"Words": Words(text="Yes.")})).generate("Well?") == "Yes."


async def test_a_judge_that_babbles_is_counted() -> None:
    judge = LoomJudge(ScriptedModel(["{{{", ModelTimeout("late")]))

    with pytest.raises(ModelAnswerInvalid):
        await judge.a_generate("How many?", schema=Mark)
    with pytest.raises(ModelTimeout):
        await judge.a_generate("How many?", schema=Mark)

    assert (judge.answered, judge.invalid, judge.silent) == (0, 1, 1)


@pytest.mark.parametrize(("script", "share"), [(IN_CHARACTER, 1.0), (OUT_OF_CHARACTER, 0.0)])
async def test_dialogues_are_played_and_judged(script: Script, share: float) -> None:
    talks = load_talks()[:1]
    async with Stage.open(load_settings()) as stage:
        found = await judge_talks(stage, ScriptedModel(script), talks=talks)

    by_name = {figure.case: figure.value for figure in found}
    assert by_name == {"role adherence": share, "knowledge retention": share, "invalid answers": 0, "no answer": 0}


async def test_a_judge_without_a_usable_answer_leaves_the_dialogues_unjudged() -> None:
    async with Stage.open(load_settings()) as stage:
        found = await judge_talks(stage, ScriptedModel(lambda ask, schema: "noise"), talks=load_talks()[:2])

    assert {figure.case: figure.value for figure in found} == {"invalid answers": 1.0, "no answer": 0.0}


async def test_a_judge_hears_who_the_character_is() -> None:
    marta = Character(id="marta", name="Marta", occupation="innkeeper", persona="Quick.", speech_style="Teasing.")
    case = ConversationalTestCase(turns=[Turn(role="user", content="Hello")], chatbot_role=role_of(marta))

    assert case.chatbot_role == "Marta, innkeeper. Quick. Speech: Teasing."


def test_the_talks_ask_for_what_was_said_before() -> None:
    talks = load_talks()

    assert len(talks) >= 3
    assert all(len(talk.lines) >= 3 for talk in talks)
    assert "dialogue" in KINDS


@pytest.mark.vllm
async def test_a_real_server_that_talks_noise_judges_nothing_and_breaks_nothing(vllm_url: str) -> None:
    model = VllmModel(vllm_url)
    async with Stage.open(load_settings()) as stage:
        found = await judge_talks(stage, model, talks=load_talks()[:1])
    await model.aclose()

    failures = {figure.case: figure for figure in found}
    assert failures["invalid answers"].unit != "of 0"
    assert all(0 <= figure.value <= 1 for figure in found)
