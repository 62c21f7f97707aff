"""Two hundred broken answers through each graph: whatever a model says, a legal decision comes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any, cast

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from nodes.happened import happened
from schemas import Decision, DecisionRequest, Settings
from tests.conftest import Opening, OpenLoom
from tests.service.stage import ANSWERS, KINDS, good_answer, misfits, objections, roomy, situation

RUNS = 220
AT_ONCE = 4
NOWHERE = "summon_dragon"

Json = dict[str, Any]
Mutation = Callable[[Random, Json], str]


def said(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def spots(value: object) -> list[tuple[Any, Any]]:
    """Every place of a value: the container, and the key or index in it."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs: list[tuple[Any, Any]] = list(cast("Json", value).items())
    elif isinstance(value, list):
        pairs = list(enumerate(cast("list[Any]", value)))
    else:
        return found
    for key, inner in pairs:
        found.append((cast("Any", value), key))
        found += spots(inner)
    return found


def cut(dice: Random, answer: Json) -> str:
    text = said(answer)
    return text[: dice.randrange(len(text))]


def doubled(dice: Random, answer: Json) -> str:
    return said(answer) * dice.choice((2, 3))


def a_hole_in_it(dice: Random, answer: Json) -> str:
    text = said(answer)
    start = dice.randrange(len(text))
    return text[:start] + text[start + dice.randint(1, 40) :]


def wrong_type(dice: Random, answer: Json) -> str:
    holder, key = dice.choice(spots(answer))
    odd: list[Any] = [None, True, -1, 3.5, "", [], {}, [[]], "seven", 10**400, ["a"] * 50, {"a": {"b": "c"}}]
    holder[key] = dice.choice(odd)
    return said(answer)


def without_a_field(dice: Random, answer: Json) -> str:
    holder, key = dice.choice(spots(answer))
    del holder[key]
    return said(answer)


def with_fields_of_its_own(dice: Random, answer: Json) -> str:
    holder = dice.choice([answer, answer["content"]])
    extra = ("xp", "source", "receipt", "damage", "id", "difficulty")
    holder[dice.choice(extra)] = dice.choice((9_999, "model", {"source": "model"}))
    return said(answer)


def with_duplicate_keys(dice: Random, answer: Json) -> str:
    text = said(answer["content"])
    other = dice.choice(('"content": null', '"content": {}', f'"content": {text}'))
    rest = "".join(f", {said(name)}: {said(value)}" for name, value in answer.items() if name != "content")
    pair = [f'"content": {text}', other]
    dice.shuffle(pair)
    return "{" + ", ".join(pair) + rest + "}"


def not_a_number(dice: Random, answer: Json) -> str:
    marked = deepcopy(answer)
    holder, key = dice.choice(spots(marked))
    holder[key] = "@@"
    return said(marked).replace('"@@"', dice.choice(("NaN", "Infinity", "-Infinity", "1e999", "-1e-999")), 1)


def a_megabyte(dice: Random, answer: Json) -> str:
    holder, key = dice.choice([spot for spot in spots(answer) if isinstance(spot[0][spot[1]], str)])
    holder[key] = dice.choice(("x", "word ", "ß", "\n")) * 500_000
    return said(answer)


def huge_lists(dice: Random, answer: Json) -> str:
    lists = [spot for spot in spots(answer) if isinstance(spot[0][spot[1]], list) and spot[0][spot[1]]]
    if not lists:
        return said({**answer, "content": [answer["content"]] * 500})
    holder, key = dice.choice(lists)
    holder[key] = holder[key] * 2_000
    return said(answer)


def nothing_much(dice: Random, answer: Json) -> str:
    del answer
    return dice.choice(("", " \n\t ", "null", "[]", "{}", "0", '""', "true", "```json\n```", '{"content": {}}'))


def no_json(dice: Random, answer: Json) -> str:
    text = said(answer)
    return dice.choice(
        (
            "I am sorry, but as an AI language model I cannot do that.",
            f"Sure! Here you are:\n```json\n{text}\n```\nAnything else?",
            f"<think>{{ should I? {text[:40]} }}</think>{text}",
            f"<think>{text}",
            text.replace('"', "'"),
            "<decision>" + text.replace("{", "<").replace("}", ">") + "</decision>",
            "content:\n  npc_text: hello\n  tone: friendly\n",
            "\ufeff" + text,
            "".join(chr(dice.randrange(0x20, 0x3000)) for _ in range(300)),
        )
    )


def another_language(dice: Random, answer: Json) -> str:
    words = dice.choice(("Я не знаю, что это значит.", "鐘の音のことは話せない。", "لا أعرف شيئا عن ذلك", "🐉🔥" * 9))
    for holder, key in spots(answer["content"]):
        if isinstance(holder[key], str) and " " in holder[key]:
            holder[key] = words
    return said(answer)


def control_characters(dice: Random, answer: Json) -> str:
    holder, key = dice.choice([spot for spot in spots(answer) if isinstance(spot[0][spot[1]], str)])
    odd = dice.choice(("\x00", "\x1b[2J", "\u202e", "\ud800", "\x7f\x85", "\u200b"))
    holder[key] = odd + holder[key] if dice.random() < 0.5 else odd * 5
    text = json.dumps(answer, ensure_ascii=dice.random() < 0.5)
    return text.replace(" ", "\x00", 1) if dice.random() < 0.3 else text


def two_thousand_deep(dice: Random, answer: Json) -> str:
    deep = "[" * 2_000 + "]" * 2_000
    other = '{"a":' * 2_000 + "1" + "}" * 2_000
    marked = deepcopy(answer)
    holder, key = dice.choice(spots(marked))
    holder[key] = "@@"
    if "tool_calls" in answer and dice.random() < 0.5:
        marked = {**answer, "tool_calls": [{"tool": "add_knowledge_fact", "arguments": {"text": "@@"}}]}
    return said(marked).replace('"@@"', dice.choice((deep, other)), 1)


def calls_to_nowhere(dice: Random, answer: Json) -> str:
    names = (NOWHERE, "os.system", "", "../../etc/passwd", "ADD_KNOWLEDGE_FACT", "x" * 128, "x" * 129, "reveal_secret")
    calls = [{"tool": dice.choice(names), "arguments": {"who": "marta"}} for _ in range(dice.randint(1, 6))]
    return said({**answer, "tool_calls": calls})


def absurd_arguments(dice: Random, answer: Json) -> str:
    good: Json = {
        "text": "The bell rang.", "kind": "event", "topic": "bell", "about": ["tamsin_reed"], "importance": 0.5,
        "known_by": [],
    }  # fmt: skip
    absurd: list[tuple[str, object]] = [
        ("about", ["nobody_at_all"]), ("about", []), ("about", ["tamsin_reed"] * 99), ("importance", 10**300),
        ("importance", -1), ("importance", True), ("text", ""), ("text", "x" * 50_000), ("topic", "Bell Topic!"),
        ("known_by", ["queen_maerwyn"]), ("kind", "spell"), ("timeline", "other"), ("about", [["tamsin_reed"]]),
        ("text", "\x00\u202e"), ("importance", "0.5"), ("known_by", ["everyone"]), ("text", {"$ref": "#"}),
    ]  # fmt: skip
    calls: list[Json] = []
    for _ in range(dice.randint(1, 5)):
        name, value = dice.choice(absurd)
        calls.append({"tool": "add_knowledge_fact", "arguments": {**good, name: value}})
    calls.append({"tool": "modify_relationship", "arguments": {"toward": "tamsin_reed", "affinity": 99, "trust": 0}})
    dice.shuffle(calls)
    return said({**answer, "tool_calls": calls})


def strange_ids(dice: Random, answer: Json) -> str:
    ids = [
        spot for spot in spots(answer["content"]) if isinstance(spot[0][spot[1]], str) and " " not in spot[0][spot[1]]
    ]
    for holder, key in dice.sample(ids, dice.randint(1, len(ids))):
        holder[key] = dice.choice(
            ("nobody", "tamsin_reed", "vexal", "the_crown", "x" * 128, "Tamsin Reed", "wolf", "-")
        )
    return said(answer)


def absurd_numbers(dice: Random, answer: Json) -> str:
    numbers = [spot for spot in spots(answer) if isinstance(spot[0][spot[1]], int | float)]
    for holder, key in numbers:
        holder[key] = dice.choice((0, -5, 10**9, 2**63, 1.5, 19, 20, 0.1))
    return said(answer)


def as_it_is(dice: Random, answer: Json) -> str:
    del dice
    return said(answer)


MUTATIONS: tuple[Mutation, ...] = (
    cut, doubled, a_hole_in_it, wrong_type, without_a_field, with_fields_of_its_own, with_duplicate_keys, not_a_number,
    a_megabyte, huge_lists, nothing_much, no_json, another_language, control_characters, two_thousand_deep,
    calls_to_nowhere, absurd_arguments, strange_ids, absurd_numbers, as_it_is,
)  # fmt: skip


def garbled(answers: dict[str, Json], heard: dict[int, str]) -> ScriptedModel:
    """A model whose answer number N, by the request's seed, is a good one with mutation N worked on it."""
    times: dict[int, int] = {}

    def line(ask: Ask, schema: type[BaseModel]) -> str:
        number = ask.seed or 0
        times[number] = times.get(number, -1) + 1
        mutation = MUTATIONS[(number + 7 * times[number]) % len(MUTATIONS)]
        dice = Random(f"{schema.__name__} {number} {times[number]}")
        heard[number] = mutation.__name__
        return mutation(dice, deepcopy(answers[ANSWERS[schema.__name__]]))

    return ScriptedModel(line)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "description"])  # one good answer is kept
async def test_two_hundred_mutated_answers_all_end_in_a_legal_decision(
    kind: str, open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    heard: dict[int, str] = {}
    answers: dict[str, Json] = {}
    fallbacks: dict[str, str] = {}
    async with open_loom(garbled(answers, heard), settings=roomy(settings)) as loom:
        answers[kind] = good_answer(loom, opening(kind))
        allowed = loom.declaration(kind).tools

        async def run(number: int) -> tuple[DecisionRequest, Decision]:
            request = opening(kind, id=f"mutated-{number}", thread=f"thread-{number}", seed=number, policy="model")
            return request, await loom.decide(request)

        made: list[tuple[DecisionRequest, Decision]] = []
        for start in range(0, RUNS, AT_ONCE):
            made += await asyncio.gather(*(run(number) for number in range(start, min(start + AT_ONCE, RUNS))))

        for number, (request, decision) in enumerate(made):
            mutation, receipt = heard[number], decision.receipt
            why = f"answer {number}, {mutation}: {receipt.source}, {receipt.reason}"
            assert await objections(loom, request, decision) == [], why
            line = decision.model_dump_json(by_alias=True)
            assert misfits(line) == [], why
            assert decision.receipt.source in {"model", "repaired", "fallback"}, why
            assert decision.receipt.reason not in {"node_failed", "graph_failed", "error"}, why
            assert decision.receipt.warnings == () or set(decision.receipt.warnings) <= {"index_lags"}, why
            assert len(line) < 100_000, why
            for result in decision.tool_results:
                assert result.status != "failed", f"{why}: {result}"
                if result.status == "applied":
                    assert result.tool in allowed, why
                    assert result.tool != "add_knowledge_fact" or result.arguments["about"] == ["tamsin_reed"], why
                else:
                    assert result.reason, why
            if decision.receipt.source == "fallback":
                assert decision.tool_results == (), why
            assert await loom.memory.decision(request.world, request.id) == without_checkpoint(decision), why

        assert heard.keys() == set(range(RUNS)), "the model was asked every time"
        sources = [decision.receipt.source for _, decision in made]
        assert sources.count("fallback") > RUNS / 4
        assert sources.count("fallback") < RUNS
        for request, decision in made:
            if decision.receipt.source == "fallback":
                fallbacks[decision.id] = happened(situation(loom, request))
        await nothing_but_the_models_own_words_is_remembered([decision for _, decision in made], fallbacks, loom.memory)
        last = await loom.decide(
            opening(kind, id="afterwards", thread="afterwards", seed=RUNS * 20 - 1, policy="model")
        )
        assert last.receipt.source == "model"


def without_checkpoint(decision: Decision) -> Decision:
    """As it was recorded: the checkpoint's id is stamped on afterwards."""
    return decision.model_copy(update={"receipt": decision.receipt.model_copy(update={"checkpoint": None})})


async def nothing_but_the_models_own_words_is_remembered(
    made: list[Decision], fallbacks: dict[str, str], memory: Any
) -> None:
    """`fallbacks`: what happened before each of them; of those decisions nothing else is remembered."""
    first = made[0]
    for entry in await memory.memories(first.world, None, first.character):
        assert entry.id not in fallbacks or entry.text == fallbacks[entry.id]
    applied = sum(result.status == "applied" for decision in made for result in decision.tool_results)
    ids = {f"{decision.id}." for decision in made}
    told = [fact for fact in await memory.facts(first.world, None, knower=None) if fact.id.startswith(tuple(ids))]
    calls = [
        result
        for decision in made
        for result in decision.tool_results
        if result.status == "applied" and result.tool == "add_knowledge_fact"
    ]
    assert len(told) == len(calls)
    assert len(calls) <= applied
