"""Prompts begin with what stays the same, so that a server's prefix cache spares most of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pytest
from pydantic import BaseModel

from inference import Ask, Message, ScriptedModel
from schemas import DecisionRequest, Settings, WorldPack
from tests.conftest import OpenLoom
from tests.service.stage import KINDS, good_answer, roomy
from tests.support.playing import session
from tests.support.tiny_model import SPECIAL, tiny_tokenizer

LEAST_SHARED = 0.6
"""Of the longer prompt of two, in tokens."""


def as_sent(messages: tuple[Message, ...]) -> str:
    """The messages as a chat template puts them: the one of the tests' own model."""
    _, begin, end = SPECIAL
    return begin + "".join(f"[{one['role']}] {one['content']}{end}" for one in messages) + "[assistant] "


def common(one: list[int], other: list[int]) -> int:
    """Tokens that both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


@pytest.mark.parametrize("kind", KINDS)
async def test_any_two_prompts_of_a_character_begin_with_the_same_three_fifths(
    kind: str, open_loom: OpenLoom, settings: Settings, morning_star: WorldPack
) -> None:
    """Other days, places, weather, wounds and talk, and memories of all that was before."""
    asking: list[DecisionRequest] = []

    def line(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any]:
        del ask, schema
        return good_answer(loom, asking[-1])

    model, prompts = ScriptedModel(line), defaultdict[str, list[tuple[str, list[int]]]](list)
    tokenizer = tiny_tokenizer()
    async with open_loom(model, settings=roomy(settings)) as loom:
        for request in session(morning_star, kinds=(kind,)):
            asking.append(request)
            before = len(model.asked)
            decision = await loom.decide(request)
            if len(model.asked) == before:
                assert decision.receipt.reason == "seen_before", request.id
                continue
            assert decision.receipt.source == "model", request.id
            tokens = tokenizer.encode(as_sent(model.asked[before].messages)).ids
            prompts[request.character].append((request.id, tokens))
    for of_one in prompts.values():
        assert len(of_one) > 1
        for (first, one), (second, other) in combinations(of_one, 2):
            share = common(one, other) / max(len(one), len(other))
            assert share >= LEAST_SHARED, (
                f"{first} and {second} share {share:.0%} of {max(len(one), len(other))} tokens"
            )
