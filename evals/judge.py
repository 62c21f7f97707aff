"""Another model's opinion: does a character stay in its role, and does it remember what it was told?

The metrics are deepeval's own; what they ask goes through our `Model` seam. It is an opinion, so it has no target.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

from deepeval.metrics import BaseConversationalMetric, KnowledgeRetentionMetric, RoleAdherenceMetric
from deepeval.models import DeepEvalBaseLLM
from deepeval.test_case import ConversationalTestCase, Turn
from pydantic import BaseModel, Field
from ruamel.yaml import YAML

from benchmarks.figures import Figure
from evals.cases import DATASETS, WORLD
from evals.report import wilson
from evals.stage import Stage
from inference import Ask, Model
from schemas import (
    Character,
    DecisionRequest,
    DialogueDecision,
    Id,
    ModelAnswerInvalid,
    ModelError,
    Scene,
    Value,
)

SECONDS = 120.0
"""For one question to the judge."""
MAX_TOKENS = 700


class Words(BaseModel):
    """What a judge says when nobody asks for a shape."""

    text: str = Field(max_length=2_000)


class LoomJudge(DeepEvalBaseLLM):
    """A judge for deepeval's metrics behind our own seam: held to the schema that deepeval passes.

    An answer that does not fit, or none at all, is a `ModelError`: counted here, and the dialogue stays unjudged.
    """

    def __init__(self, model: Model, *, max_tokens: int = MAX_TOKENS, seconds: float = SECONDS) -> None:
        self._asked, self._max_tokens, self._seconds = model, max_tokens, seconds
        self.answered, self.invalid, self.silent = 0, 0, 0
        super().__init__(model.name or "judge")  # pyright: ignore[reportUnknownMemberType]  # its bare *args

    def load_model(self, *args: object, **kwargs: object) -> DeepEvalBaseLLM:
        """There is nothing to load: whoever answers runs elsewhere."""
        return self

    def get_model_name(self, *args: object, **kwargs: object) -> str:
        """What the server calls it."""
        return self._asked.name or "judge"

    def generate(self, prompt: str, schema: type[BaseModel] | None = None) -> BaseModel | str:  # pyright: ignore[reportIncompatibleMethodOverride]  # deepeval's own judges return the schema, too
        """For callers outside of a running loop, with a model that was not used in another one."""
        return asyncio.run(self.a_generate(prompt, schema))

    async def a_generate(self, prompt: str, schema: type[BaseModel] | None = None) -> BaseModel | str:  # pyright: ignore[reportIncompatibleMethodOverride]  # the same
        """Ask, and hand back a value of the schema, or words where there is none. Raises `ModelError`."""
        ask = Ask(
            messages=({"role": "user", "content": prompt},),
            max_tokens=self._max_tokens,
            temperature=0.0,
            seed=0,
            timeout=self._seconds,
            role="judge",
        )
        try:
            content = (await self._asked.answer(ask, schema or Words)).content
        except ModelAnswerInvalid:
            self.invalid += 1
            raise
        except ModelError:
            self.silent += 1
            raise
        self.answered += 1
        return content.text if schema is None and isinstance(content, Words) else content


class Talk(Value):
    """A short dialogue: who is spoken to, where, and what the player says, line by line."""

    id: Id
    character: Id
    scene: Scene
    lines: Annotated[tuple[str, ...], Field(min_length=2)]


def load_talks(folder: Path = DATASETS) -> tuple[Talk, ...]:
    """The dialogues of `talks.yaml`."""
    read = cast("dict[str, Any]", YAML(typ="safe", pure=True).load(folder / "talks.yaml"))  # pyright: ignore[reportUnknownMemberType]  # ruamel says nothing of its types
    return tuple(Talk.model_validate(talk) for talk in read["talks"])


async def play_talk(talk: Talk, stage: Stage) -> ConversationalTestCase:
    """Say the lines one by one in one thread, and write down what the character answers."""
    timeline, turns = await stage.loom.memory.world_line(WORLD).fork(stay=True), list[Turn]()
    speaker = stage.books.world.info.party[0]
    for number, line in enumerate(talk.lines):
        turns.append(Turn(role="user", content=line))
        request = DecisionRequest.model_validate(
            {
                "id": f"{talk.id}.{number}",
                "kind": "dialogue",
                "world": WORLD,
                "character": talk.character,
                "event": {"type": "DialogueChoice", "speaker": speaker, "listener": talk.character, "text": line},
                "scene": talk.scene,
                "seed": number,
                "thread": f"talk.{talk.id}",
                "timeline": timeline,
                "policy": stage.policy,
                "deadline_ms": 60_000 if stage.model is not None else None,
            }
        )
        content = (await stage.loom.decide(request)).content
        if isinstance(content, DialogueDecision):
            turns.append(Turn(role="assistant", content=content.npc_text))
    return ConversationalTestCase(
        name=talk.id, turns=turns, chatbot_role=role_of(stage.books.world.characters[talk.character])
    )


def role_of(character: Character) -> str:
    """A character's sheet as a judge is told it."""
    return f"{character.name}, {character.occupation}. {character.persona.strip()} Speech: {character.speech_style}"


async def judge_talks(stage: Stage, model: Model, *, talks: Sequence[Talk]) -> list[Figure]:
    """Let a model judge how the dialogues went: the share that passed of those that it judged, and its own failures."""
    judge = LoomJudge(model)
    played = [await play_talk(talk, stage) for talk in talks]
    found = list[Figure]()
    for title, kind in (("role adherence", RoleAdherenceMetric), ("knowledge retention", KnowledgeRetentionMetric)):
        passed = [verdict for case in played if (verdict := await _opinion(kind(model=judge), case)) is not None]
        if not passed:
            continue
        found.append(
            Figure(
                suite="judge",
                case=title,
                value=sum(passed) / len(passed),
                unit=f"of {len(passed)} judged",
                better="higher",
                interval=wilson(sum(passed), len(passed)),
            )
        )
    asked = judge.answered + judge.invalid + judge.silent
    failures = (("invalid answers", judge.invalid), ("no answer", judge.silent))
    return found + [
        Figure(suite="judge", case=what, value=number / max(1, asked), unit=f"of {asked}") for what, number in failures
    ]


async def _opinion(metric: BaseConversationalMetric, case: ConversationalTestCase) -> bool | None:
    """Whether the judge is content; None when it gave no answer that could be used (the judge has counted it)."""
    try:
        await metric.a_measure(case, _show_indicator=False)  # pyright: ignore[reportUnknownMemberType]  # its bare *args
    except ModelError:
        return None
    return bool(metric.is_successful())
