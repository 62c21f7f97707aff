"""A line is heard while it is being said: in time, checked, and never taken back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from inference import ModelPool, RecordedModel, RecordingModel, ScriptedModel, VllmModel
from memory import News
from nodes import SystemClock
from nodes.speaking import LONGEST
from schemas import (
    Decision,
    DecisionMade,
    DecisionRequest,
    DialogueDecision,
    EndpointSettings,
    Fact,
    GuardSettings,
    LineWithdrawn,
    ModelTimeout,
    SecretFact,
    Settings,
    SpokenSentence,
    StreamItem,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import KINDS, good_answer, roomy, says
from tests.service.test_real_model import GENERATED, busy, figure, idle
from tests.support.command_line import Loomwright
from tests.support.faulty_server import Exchange, FaultyServer, hangs_before_headers
from tests.support.waiting import PATIENCE, until

LINE = "Two bowls, then, and sit by the stove. What they say of that bell keeps nobody warm. Eat!"
PIECES = ["Two bowls, then, and sit by the stove.", " What they say of that bell keeps nobody warm.", " Eat!"]


def answer(line: str = LINE, **more: Any) -> dict[str, Any]:
    variants = [
        {"text": "Who says it, Marta?", "tone": "neutral", "consequence_hint": None},
        {"text": "Then let us talk of the soup.", "tone": "joyful", "consequence_hint": None},
    ]
    content = {"npc_text": line, "tone": "friendly", "player_variants": variants, **more}
    return {"content": content, "tool_calls": []}


async def heard(loom: Loom, request: DecisionRequest) -> tuple[list[str], Decision]:
    items = [item async for item in loom.stream(request)]
    *said, last = items
    assert isinstance(last, DecisionMade)
    return [item.text for item in said if isinstance(item, SpokenSentence)], last.decision


def line_of(decision: Decision) -> str:
    assert isinstance(decision.content, DialogueDecision)
    return decision.content.npc_text


def chunk(words: str, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": words}, "finish_reason": None, **more}
    data = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "faulty", "choices": [choice]}
    return f"data: {json.dumps(data)}\n\n".encode()


def streams(
    *parts: str, between: Callable[[int], Awaitable[object]] | None = None, breaks: bool = False
) -> Callable[[Exchange], Awaitable[None]]:
    """Writes parts of an answer as vLLM streams them; `between` is awaited after each."""

    async def behave(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n")
        await exchange.send(b"content-length: 999999\r\n\r\n" if breaks else b"\r\n")
        for number, part in enumerate(parts):
            await exchange.send(chunk(part))
            if between is not None:
                await between(number)
        if not breaks:
            usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
            await exchange.send(chunk("", finish_reason="stop"))
            await exchange.send(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n".encode())

    return behave


def halves(whole: dict[str, Any]) -> tuple[str, str]:
    """An answer, cut in the middle of its second sentence."""
    raw = json.dumps(whole)
    at = raw.index("What they") + 4
    return raw[:at], raw[at:]


async def test_sentences_come_one_by_one_and_are_the_decisions_line(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says(answer())) as loom:
        said, decision = await heard(loom, opening("dialogue", policy="model"))

    assert said == PIECES
    assert line_of(decision) == LINE
    assert decision.receipt.source == "model"
    assert decision.receipt.first_sentence_milliseconds is not None


async def test_a_sentence_is_heard_before_the_answer_is_complete(open_loom: OpenLoom, opening: Opening) -> None:
    go_on = asyncio.Event()

    async def half_way(number: int) -> None:
        if number == 0:
            await go_on.wait()

    async with (
        FaultyServer(streams(*halves(answer()), between=half_way)) as server,
        open_loom(VllmModel(server.url, name="faulty")) as loom,
    ):
        said = list[StreamItem]()
        stream = loom.stream(opening("dialogue", policy="model"))
        said.append(await asyncio.wait_for(anext(stream), PATIENCE))
        go_on.set()  # only now does the server write the rest
        said += [item async for item in stream]

    assert [item.text for item in said if isinstance(item, SpokenSentence)] == PIECES
    last = said[-1]
    assert isinstance(last, DecisionMade)
    assert last.decision.receipt.tokens.prompt == 7
    assert server.asked[0].json["stream"] is True


async def test_a_secret_in_the_second_sentence_is_never_heard(open_loom: OpenLoom, opening: Opening) -> None:
    brandy = "The smugglers unload their brandy barrels under the old lighthouse at midnight."
    told = f"Two bowls, then, and sit by the stove. {brandy} Eat!"
    model = ScriptedModel([answer(told), answer(told)])
    async with open_loom(model) as loom:
        await hide(loom, brandy)
        said, decision = await heard(loom, opening("dialogue", policy="model"))

    assert said == [PIECES[0]]
    assert line_of(decision) == PIECES[0]
    assert decision.receipt.source == "fallback"
    assert decision.receipt.withheld == 2
    assert "line_cut_short" in decision.receipt.warnings
    assert "begin with these words" in model.asked[1].messages[-1]["content"]


async def test_a_repair_goes_on_from_what_was_heard(open_loom: OpenLoom, opening: Opening) -> None:
    same = [{"text": "Soup.", "tone": "neutral", "consequence_hint": None}] * 2
    mended = "Two bowls, then, and sit by the stove. Eat first."
    async with open_loom(ScriptedModel([answer(PIECES[0], player_variants=same), answer(mended)])) as loom:
        said, decision = await heard(loom, opening("dialogue", policy="model"))

    assert said == [PIECES[0], " Eat first."]
    assert (line_of(decision), decision.receipt.source) == (mended, "repaired")


async def test_what_was_heard_stays_when_the_server_breaks_off(open_loom: OpenLoom, opening: Opening) -> None:
    async with FaultyServer(streams(halves(answer())[0], breaks=True)) as server:
        pool = ModelPool([EndpointSettings(name=name, url=server.url) for name in ("one", "two")])
        async with open_loom(pool) as loom:
            request = opening("dialogue", policy="model")
            said, decision = await heard(loom, request)
            asked = len(server.asked)
            turns = await loom.memory.turns(request.world, None, request.thread_id)
            again = await loom.decide(request)
        await pool.aclose()

    assert said == [PIECES[0]]
    assert line_of(decision) == line_of(again) == PIECES[0]
    assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "model_unavailable")
    assert turns[-1].text == PIECES[0], "it was said, and is remembered as said"
    assert asked == 1, "nobody else is asked once something was heard"


async def test_another_server_is_asked_as_long_as_nothing_was_heard(open_loom: OpenLoom, opening: Opening) -> None:
    async with (
        FaultyServer(streams('{"content": {"npc_text": "Two', breaks=True)) as broken,
        FaultyServer(streams(json.dumps(answer()))) as well,
    ):
        first = EndpointSettings(name="broken", url=broken.url, weight=1_000)
        pool = ModelPool([first, EndpointSettings(name="well", url=well.url)], GuardSettings(probe_seconds=0))
        async with open_loom(pool) as loom:
            said, decision = await heard(loom, opening("dialogue", policy="model"))
        await pool.aclose()

    assert said == PIECES
    assert decision.receipt.source == "model"
    assert len(broken.asked) == len(well.asked) == 1


async def test_a_line_that_somebody_else_decided_meanwhile_is_taken_back(open_loom: OpenLoom, opening: Opening) -> None:
    request, go_on = opening("dialogue"), asyncio.Event()

    async def half_way(number: int) -> None:
        if number == 0:
            await go_on.wait()

    async with (
        FaultyServer(streams(*halves(answer()), between=half_way)) as server,
        open_loom(VllmModel(server.url, name="faulty")) as loom,
        open_loom(None) as other,
    ):
        stream = loom.stream(request.model_copy(update={"policy": "model"}))
        said = [await asyncio.wait_for(anext(stream), PATIENCE)]
        made = await other.decide(request)
        go_on.set()
        said += [item async for item in stream]

    at = next(place for place, item in enumerate(said) if isinstance(item, LineWithdrawn))
    shown, withdrawn, anew, last = said[:at], said[at], said[at + 1 : -1], said[-1]
    assert shown[0] == SpokenSentence(text=PIECES[0])
    assert withdrawn == LineWithdrawn(text="".join(item.text for item in shown if isinstance(item, SpokenSentence)))
    assert "".join(item.text for item in anew if isinstance(item, SpokenSentence)) == line_of(made)
    assert isinstance(last, DecisionMade)
    assert last.decision.content == made.content


@pytest.mark.parametrize("begun", [False, True])
async def test_a_server_that_hangs_does_not_keep_the_decision(
    open_loom: OpenLoom, opening: Opening, *, begun: bool
) -> None:
    async def forever(_: int) -> None:
        await asyncio.Event().wait()

    behaviour = streams(halves(answer())[0], between=forever) if begun else hangs_before_headers()
    async with (
        FaultyServer(behaviour) as server,
        open_loom(VllmModel(server.url, name="faulty"), clock=SystemClock()) as loom,
    ):
        said, decision = await heard(loom, opening("dialogue", policy="model", deadline_ms=3_000))
        await until(lambda: server.hung_up, "the server sees that nobody waits any more")

    assert decision.receipt.source == "fallback"
    assert "".join(said) == line_of(decision)
    assert said == [PIECES[0]] if begun else said


async def test_whoever_stops_listening_stops_the_server_and_the_decision(open_loom: OpenLoom, opening: Opening) -> None:
    async def forever(_: int) -> None:
        await asyncio.Event().wait()

    request = opening("dialogue", policy="model")
    async with (
        FaultyServer(streams(halves(answer())[0], between=forever)) as server,
        open_loom(VllmModel(server.url, name="faulty")) as loom,
    ):
        stream = loom.stream(request)
        assert await anext(stream) == SpokenSentence(text=PIECES[0])
        await stream.aclose()
        await until(lambda: server.hung_up, "the server sees an abort")
        assert await loom.memory.decision(request.world, request.id) is None
        server.will(streams(json.dumps(answer())))
        assert (await heard(loom, request))[0] == PIECES, "it can be asked anew"


async def test_what_was_recorded_is_said_again(open_loom: OpenLoom, opening: Opening, tmp_path: Path) -> None:
    request, file = opening("dialogue", policy="model"), tmp_path / "said.jsonl"
    async with open_loom(RecordingModel(says(answer()), file)) as loom:
        first = await heard(loom, request)
    async with open_loom(RecordedModel(file)) as loom:
        again = await heard(loom, request.model_copy(update={"id": "again"}))

    assert again[0] == first[0] == PIECES
    assert again[1].content == first[1].content


async def test_a_decision_that_was_made_before_is_told_again(open_loom: OpenLoom, opening: Opening) -> None:
    request = opening("dialogue", policy="model")
    async with open_loom(ScriptedModel([answer(), answer("Something else. Entirely.")])) as loom:
        first = await loom.decide(request)
        said, decision = await heard(loom, request)

    assert decision.content == first.content
    assert said == PIECES, "and nothing of another answer is heard"


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_ends_with_its_decision(open_loom: OpenLoom, opening: Opening, kind: str) -> None:
    request = opening(kind, policy="model")
    async with open_loom() as scout:
        by_rules_said, by_rules = await heard(scout, request)
        model = says(good_answer(scout, request))
    async with open_loom(model) as loom:
        said, decision = await heard(loom, request.model_copy(update={"id": "by-model"}))

    assert by_rules.receipt.source in ("rules", "fallback")
    assert decision.kind == kind
    for pieces, made in ((by_rules_said, by_rules), (said, decision)):
        assert "".join(pieces) == (line_of(made) if kind == "dialogue" else "")


async def test_a_model_that_fails_at_once_leaves_the_rules_line(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(ScriptedModel([ModelTimeout("late")])) as loom:
        said, decision = await heard(loom, opening("dialogue", policy="model"))

    assert decision.receipt.source == "fallback"
    assert "".join(said) == line_of(decision)
    assert decision.receipt.first_sentence_milliseconds is None


def test_the_command_line_shows_it(loomwright: Loomwright, settings: Settings, tmp_path: Path) -> None:
    event = settings.config / "worlds" / "morning_star" / "opening" / "1_dialogue.json"
    home = str(tmp_path / "home")
    assert loomwright("demo", "--home", home, "--json").code == 0
    ran = loomwright("decide", "dialogue", "--event", str(event), "--home", home, "--stream", "--json")
    *said, last = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["item"] for one in said] == ["sentence"] * len(said)
    assert "".join(one["text"] for one in said) == last["decision"]["content"]["npc_text"]
    assert last["item"] == "decision"


async def hide(loom: Loom, text: str) -> None:
    """A secret that Marta alone knows."""
    secret = Fact(id="brandy", text=text, payload=SecretFact(holder="marta"), known_by=("marta",))
    await loom.memory.tell(News(world="morning_star", id="brandy", facts=(secret,)))


@pytest.mark.vllm
async def test_a_real_server_is_heard_while_it_writes_and_stops_when_nobody_listens(
    vllm_url: str, open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = VllmModel(vllm_url)
    async with open_loom(model, settings=roomy(settings), clock=SystemClock()) as loom:
        early = list[Decision]()
        for seed in range(10):  # its words are noise, and not every noise may be heard
            request = opening("dialogue", id=f"noise-{seed}", seed=seed, policy="model", deadline_ms=60_000)
            said, decision = await heard(loom, request)
            assert "".join(said) == line_of(decision)
            assert decision.receipt.tokens.completion > 0
            first = decision.receipt.first_sentence_milliseconds
            if first is not None and first < decision.receipt.milliseconds:
                early.append(decision)
        assert early

        before = await figure(vllm_url, GENERATED)
        stream = loom.stream(opening("dialogue", id="left", policy="model", deadline_ms=60_000))
        leaving = asyncio.ensure_future(anext(stream))
        await busy(vllm_url, before)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        await stream.aclose()
        await idle(vllm_url)
    await model.aclose()


def test_no_more_is_shown_of_a_line_than_its_schema_allows() -> None:
    assert DialogueDecision.model_json_schema()["properties"]["npc_text"]["maxLength"] == LONGEST
