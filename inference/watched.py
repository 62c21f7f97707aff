"""A model whose calls are told of: a span each, their tokens, what they cost, and where it is wanted their texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel

from inference.model import Answer, Ask, Content, Message, Model
from inference.passing import PassingModel
from inference.registry import ModelRegistry
from schemas import ModelAnswerInvalid, ModelError
from telemetry import CallSpan, Redaction, call_span, deciding, instruments
from telemetry.spans import BEHIND_PLAY


class WatchedModel(PassingModel):
    """Passes everything on to another model. Prices are those of the registry; who is not in it is free.

    `keep_texts`: prompts and answers go into the log of calls, without what this takes out of them; None: they do not.
    """

    def __init__(self, inner: Model, registry: ModelRegistry, *, keep_texts: Redaction | None = None) -> None:
        super().__init__(inner)
        self._redact = keep_texts
        self._known = {model.name: model for model in registry.models}

    async def answer(self, ask: Ask, schema: type[Content]) -> Answer[Content]:
        """The other model's answer or failure."""
        with call_span("chat", self.name, _asked(ask, schema)) as call:
            call.prompt = self._kept(ask.messages)
            try:
                answer = await self._inner.answer(ask, schema)
            except ModelAnswerInvalid as invalid:
                call.said = self._kept(invalid.raw)
                invalid.cost = self._spent(
                    call, self.name, invalid.endpoint, invalid.prompt_tokens, invalid.completion_tokens
                )
                raise
            except ModelError as error:
                call.endpoint = error.endpoint or ""
                raise
            call.attempts, call.said = answer.attempts, self._kept(answer.raw)
            cost = self._spent(call, answer.model, answer.endpoint, answer.prompt_tokens, answer.completion_tokens)
            known = self._known.get(answer.model)
            return replace(answer, cost=cost, version=known.version if known is not None else None)

    def _kept(self, said: str | Sequence[Message]) -> str | None:
        """As the log keeps it. Messages are redacted one by one, so that they stay JSON."""
        if self._redact is None:
            return None
        if isinstance(said, str):
            return self._redact(said)
        return json.dumps([{key: self._redact(text) for key, text in one.items()} for one in said], ensure_ascii=False)

    def _spent(self, call: CallSpan, model: str, endpoint: str | None, prompt: int, completion: int) -> float:
        call.answered(model=model, endpoint=endpoint or "", prompt_tokens=prompt, completion_tokens=completion)
        now, told = deciding(), instruments()
        of = {"kind": BEHIND_PLAY if now is None else now.kind, "model": model}
        for type_, tokens in (("input", prompt), ("output", completion)):
            if tokens:
                told.tokens.add(tokens, {**of, "type": type_})
        if model not in self._known:
            return 0.0
        call.cost = self._known[model].cost(prompt_tokens=prompt, completion_tokens=completion)
        told.cost.add(call.cost, of)
        return call.cost


def _asked(ask: Ask, schema: type[BaseModel]) -> dict[str, str | int | float]:
    asked: dict[str, str | int | float] = {
        "gen_ai.output.type": "json",
        "gen_ai.request.max_tokens": ask.max_tokens,
        "gen_ai.request.temperature": ask.temperature,
        "loomwright.schema": schema.__name__,
    }
    if ask.top_p < 1:
        asked["gen_ai.request.top_p"] = ask.top_p
    return asked if ask.seed is None else {**asked, "gen_ai.request.seed": ask.seed}
