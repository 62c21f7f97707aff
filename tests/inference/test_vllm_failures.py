"""Whatever the endpoint does, an answer or a ModelError comes back in time."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

from inference import Ask, VllmModel
from schemas import (
    BadSettings,
    ModelAnswerInvalid,
    ModelError,
    ModelRejected,
    ModelTimeout,
    ModelUnavailable,
)
from tests.support.faulty_server import (
    Behaviour,
    FaultyServer,
    after,
    closes,
    completion,
    hangs_before_headers,
    hangs_in_the_body,
    rejects,
    resets,
    says,
    sends,
    sends_garbage,
    sends_half_a_line,
)
from tests.support.ports import closed_port
from tests.support.waiting import PATIENCE, until


class Greeting(BaseModel):
    text: str = Field(min_length=1)

    @field_validator("text")
    @classmethod
    def _is_for_somebody_here(cls, text: str, info: ValidationInfo) -> str:
        context = cast("dict[str, list[str]]", info.context or {})
        if "present" in context and text not in context["present"]:
            raise ValueError(f"{text} is not here")
        return text


def ask(text: str = "hello", *, timeout: float = 60.0, **others: object) -> Ask:
    return Ask(messages=({"role": "user", "content": text},), max_tokens=50, timeout=timeout, **others)  # pyright: ignore[reportArgumentType] - tests pass what they like


@asynccontextmanager
async def facing(*behaviours: Behaviour, **settings: object) -> AsyncGenerator[tuple[VllmModel, FaultyServer]]:
    async with FaultyServer(*behaviours) as server:
        model = VllmModel(server.url, **settings)  # pyright: ignore[reportArgumentType] - the same
        try:
            yield model, server
        finally:
            await model.aclose()


async def test_a_good_answer_costs_one_request_and_says_what_it_cost() -> None:
    async with facing(says({"text": "well met"})) as (model, server):
        answer = await model.answer(ask(), Greeting)
        again = await model.answer(ask(), Greeting)

    assert answer.content == Greeting(text="well met")
    assert (answer.model, answer.endpoint) == ("faulty", server.url)
    assert (answer.prompt_tokens, answer.completion_tokens, answer.attempts) == (7, 5, 1)
    assert 0 < answer.milliseconds < 5000
    assert again.content == answer.content
    assert [request.path for request in server.requests] == [
        "/v1/models",
        "/v1/chat/completions",
        "/v1/chat/completions",
    ]


async def test_a_request_carries_grammar_seed_and_limits_and_no_priority_unless_asked_to() -> None:
    async with facing(says({"text": "x"}), name="given") as (model, server):
        await model.answer(ask(seed=11, priority=3, temperature=0.2), Greeting)
    sent = server.asked[0].json

    assert (sent["model"], sent["seed"], sent["max_tokens"], sent["temperature"]) == ("given", 11, 50, 0.2)
    assert "priority" not in sent
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": "Greeting",
            "schema": {
                "type": "object",
                "properties": {"text": {"type": "string", "minLength": 1}},
                "required": ["text"],
            },
        },
    }
    assert len(server.requests) == 1


async def test_a_server_that_schedules_by_priority_is_told_it() -> None:
    async with facing(says({"text": "x"}), priorities=True) as (model, server):
        await model.answer(ask(priority=3), Greeting)
    assert server.asked[0].json["priority"] == 3


async def test_what_a_player_types_between_braces_is_sent_as_typed() -> None:
    typed = "{{ 7 * 7 }} {% for x in present %}{{ x }}{% endfor %}"
    async with facing(says({"text": "marta"})) as (model, server):
        await model.answer(ask(typed, context={"present": ["marta"]}), Greeting)
    assert server.asked[0].json["messages"] == [{"role": "user", "content": typed}]


async def test_half_a_surrogate_pair_does_not_stop_a_question() -> None:
    async with facing(says({"text": "x"})) as (model, server):
        await model.answer(ask("a\ud800b"), Greeting)
    assert server.asked[0].json["messages"] == [{"role": "user", "content": "a?b"}]


async def test_validators_see_the_context_of_the_ask() -> None:
    async with facing(says({"text": "ghost"})) as (model, _):
        with pytest.raises(ModelAnswerInvalid) as caught:
            await model.answer(ask(context={"present": ["marta"]}), Greeting)
    assert caught.value.faults == ("text: ghost is not here",)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_nobody_there_is_unavailable_and_stays_so_for_the_cool_down(host: str) -> None:
    clock = [100.0]
    model = VllmModel(f"http://{host}:{closed_port()}/v1", name="any", cool_down=5.0, now=lambda: clock[0])
    assert model.available
    with pytest.raises(ModelUnavailable, match=host):
        await model.answer(ask(), Greeting)

    assert not model.available
    clock[0] += 4.9
    assert not model.available
    clock[0] += 0.2
    assert model.available
    await model.aclose()


async def test_a_connection_that_was_refused_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at its port until the first try was refused."""
    late = socket.socket()
    late.bind(("127.0.0.1", 0))
    model = VllmModel(f"http://127.0.0.1:{late.getsockname()[1]}/v1", name="late")
    servers, send = list[asyncio.Server](), model._send

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = completion('{"text": "just in time"}')
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async def sent(*question: Any) -> Any:
        try:
            return await send(*question)
        except Exception:
            servers.append(await asyncio.start_server(connect, sock=late))
            raise

    monkeypatch.setattr(model, "_send", sent)
    answer = await model.answer(ask(timeout=60), Greeting)
    assert (answer.content.text, answer.attempts) == ("just in time", 2)
    await model.aclose()
    [server] = servers
    server.close()


@pytest.mark.parametrize("behaviour", [hangs_before_headers(), hangs_in_the_body()], ids=["headers", "body"])
async def test_a_server_that_hangs_is_left_when_the_time_is_up(behaviour: Behaviour) -> None:
    async with facing(behaviour, name="slow") as (model, server):
        with pytest.raises(ModelTimeout):
            await asyncio.wait_for(model.answer(ask(timeout=2), Greeting), PATIENCE)
        await until(lambda: server.hung_up == 1, "the client hangs up")
        assert len(server.asked) == 1


async def test_a_server_that_trickles_is_left_when_the_time_is_up() -> None:
    async with facing(after(90, says({"text": "late"})), name="slow") as (model, server):
        with pytest.raises(ModelTimeout):
            await model.answer(ask(timeout=2), Greeting)
        await until(lambda: server.hung_up == 1, "the client hangs up")


async def test_no_time_left_asks_nobody() -> None:
    async with facing(says({"text": "x"}), name="any") as (model, server):
        with pytest.raises(ModelTimeout):
            await model.answer(ask(timeout=0.0), Greeting)
        assert server.requests == []


async def test_a_cancelled_question_hangs_up_and_stays_cancelled() -> None:
    async with facing(hangs_before_headers(), name="slow") as (model, server):
        asking = asyncio.create_task(model.answer(ask(timeout=600), Greeting))
        await until(lambda: server.asked, "the question is with the server")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until(lambda: server.hung_up == 1, "the client hangs up")


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (sends_half_a_line(), ModelUnavailable),
        (sends_garbage(), ModelUnavailable),
        (closes(), ModelUnavailable),
        (resets(), ModelUnavailable),
        (sends(b"{ not json"), ModelAnswerInvalid),
        (sends(b"\xff\xfe\xfa\x00"), ModelAnswerInvalid),
        (sends(b"[" * 100_000), ModelAnswerInvalid),
        (sends(b"null"), ModelAnswerInvalid),
        (sends(b"[]"), ModelAnswerInvalid),
        (sends(b'"words"'), ModelAnswerInvalid),
        (sends(b""), ModelAnswerInvalid),
        (sends(b"<html>busy</html>", kind="text/html"), ModelAnswerInvalid),
        (sends(b'{"choices": []}'), ModelAnswerInvalid),
        (sends(b'{"choices": null}'), ModelAnswerInvalid),
        (sends(b'{"choices": [null]}'), ModelAnswerInvalid),
        (sends(b'{"choices": [{"index": 0}]}'), ModelAnswerInvalid),
        (sends(b'{"choices": [{"message": {"content": 5}, "finish_reason": "stop"}]}'), ModelAnswerInvalid),
        (sends(b'{"choices": [{"message": null, "finish_reason": "length"}]}'), ModelAnswerInvalid),
        (says(None), ModelAnswerInvalid),
        (says(""), ModelAnswerInvalid),
        (says("I would rather not."), ModelAnswerInvalid),
        (says('{"text": "he', finish_reason="length"), ModelAnswerInvalid),
        (says({"words": 1}), ModelAnswerInvalid),
        (rejects(400), ModelRejected),
        (rejects(401), ModelRejected),
        (rejects(404), ModelRejected),
        (rejects(409), ModelRejected),
        (rejects(429), ModelRejected),
        (rejects(500), ModelRejected),
        (rejects(503), ModelRejected),
        (sends(b"<html>bad gateway</html>", status=502, kind="text/html"), ModelRejected),
    ],
)
async def test_every_failure_has_its_name_and_costs_one_request(
    behaviour: Behaviour, expected: type[ModelError]
) -> None:
    async with facing(behaviour, name="faulty") as (model, server):
        with pytest.raises(ModelError) as caught:
            await model.answer(ask(), Greeting)
        assert type(caught.value) is expected
        assert caught.value.endpoint == server.url
        assert len(server.requests) == 1
        assert model.available


@pytest.mark.parametrize("usage", ["null", "{}", '"much"', '{"prompt_tokens": "many"}'])
async def test_a_server_that_does_not_count_is_still_heard(usage: str) -> None:
    choice = (
        b'{"index": 0, "message": {"role": "assistant", "content": "{\\"text\\": \\"x\\"}"}, "finish_reason": "stop"}'
    )
    body = b'{"choices": [%s], "usage": %s}' % (choice, usage.encode())
    async with facing(sends(body)) as (model, _):
        answer = await model.answer(ask(), Greeting)
    assert (answer.content.text, answer.prompt_tokens, answer.completion_tokens) == ("x", 0, 0)


async def test_a_rejection_carries_status_and_reason() -> None:
    async with facing(rejects(429, "too many askers")) as (model, _):
        with pytest.raises(ModelRejected, match=r"429.*too many askers") as caught:
            await model.answer(ask(), Greeting)
    assert caught.value.status == 429


@pytest.mark.parametrize(
    "listing",
    [b'{"data": []}', b'{"data": [{}]}', b"{}", b"[]", b"what"],
)
async def test_an_endpoint_that_lists_no_model_is_a_model_error(listing: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" + listing)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        model = VllmModel(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        with pytest.raises(ModelAnswerInvalid):
            await model.answer(ask(), Greeting)
        await model.aclose()


async def test_an_answer_that_was_cut_off_says_so_to_the_model() -> None:
    async with facing(says('{"text": "he', finish_reason="length")) as (model, _):
        with pytest.raises(ModelAnswerInvalid) as caught:
            await model.answer(ask(), Greeting)
    assert caught.value.raw == '{"text": "he'
    assert caught.value.faults == ("the answer was cut off before its JSON was complete; say it shorter",)


async def test_a_whole_object_at_the_token_limit_still_counts() -> None:
    async with facing(says('{"text": "done"}   ', finish_reason="length")) as (model, _):
        assert (await model.answer(ask(), Greeting)).content.text == "done"


async def test_the_key_is_sent_and_found_nowhere_else(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "from-the-environment")
    caplog.set_level(logging.DEBUG)
    secret = SecretStr("hush-hush")
    async with facing(rejects(401, "wrong key: hush-hush"), api_key=secret) as (model, server):
        with pytest.raises(ModelRejected) as caught:
            await model.answer(ask(), Greeting)
        assert server.asked[0].headers["authorization"] == "Bearer hush-hush"
    assert "hush-hush" not in f"{caught.value} {caught.value!r} {model!r} {vars(model)}"
    assert "hush-hush" not in "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")

    async with facing(says({"text": "x"})) as (model, server):
        await model.answer(ask(), Greeting)
        assert "from-the-environment" not in json.dumps(dict(server.asked[0].headers))


async def test_usual_latency_follows_the_answers() -> None:
    async with facing(after(0.1, says({"text": "x"})), name="slow") as (model, _):
        assert model.usual_latency == 0
        await model.answer(ask(), Greeting)
        assert 0.09 < model.usual_latency < 1


async def test_sixty_four_questions_at_once_get_each_their_own_answer() -> None:
    async with facing(after(0.05, says({"text": "x"}))) as (model, server):
        answers = await asyncio.gather(*(model.answer(ask(str(n)), Greeting) for n in range(64)))
        assert len(answers) == 64
        assert len(server.requests) == 65


@pytest.mark.parametrize(
    "address", ["http://[half/v1", "localhost:8000/v1", "", "ftp://host/v1", "http://host:notaport/v1", "http:///v1"]
)
def test_an_address_that_is_none_is_the_settings_fault(address: str) -> None:
    with pytest.raises(BadSettings, match="not the address"):
        VllmModel(address)
