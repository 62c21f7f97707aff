"""Have a conversation said in fewer words by the model; where it cannot, the rule does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import structlog
from pydantic import StringConstraints

from inference import Ask, Lane, Model
from memory import Summariser, in_extracts
from nodes.prompts import PromptLibrary
from rules import out_of_character
from schemas import ModelError, Recalled, Turn, Value

SECONDS = 30.0
"""How long the model may take: nobody waits for a summary."""
_log = structlog.stdlib.get_logger(__name__)


class ConversationSummary(Value):
    """The older part of a conversation, in short."""

    summary: Annotated[str, StringConstraints(min_length=1, max_length=1_200)]


def summariser_of(model: Model, prompts: PromptLibrary) -> Summariser:
    """Whoever sums up with this model: after all that players wait for, and by the rule where the model fails."""

    async def summarise(before: str, turns: Sequence[Turn], /) -> str:
        prompt = prompts.render("summary", {"recalled": Recalled(turns=tuple(turns), summary=before or None)})
        question = Ask(
            messages=prompt.messages, max_tokens=500, temperature=0.2, seed=0, timeout=SECONDS, priority=Lane.BACKGROUND
        )
        try:
            text = (await model.answer(question, ConversationSummary)).content.summary
        except ModelError as error:
            _log.warning("summary by rule", because=error.code, error=str(error))
            return await in_extracts(before, turns)
        return await in_extracts(before, turns) if out_of_character(text) else text

    return summarise
