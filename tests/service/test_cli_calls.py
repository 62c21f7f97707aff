"""`loomwright calls export`, and what a decision leaves in the log of calls."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from pydantic import SecretStr

from inference import ScriptedModel
from memory import Commit
from schemas import (
    PROJECT,
    BadSettings,
    CallsSettings,
    LoggedCall,
    ModelAnswerInvalid,
    ModelUnavailable,
    Settings,
    load_settings,
)
from service.cli_calls import as_span
from tests.conftest import Opening, OpenLoom
from tests.memory.stage import WORLD, decision, open_memory, pack
from tests.memory.test_calls import asked
from tests.service.stage import good_answer
from tests.support.command_line import Ran, typed
from tests.telemetry.listening import listening

Exported = Callable[..., Ran]


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Exported:
    """`loomwright calls export` over a home with two calls of one decision."""

    async def play() -> None:
        memory = await open_memory(None, tmp_path)
        await memory.load_world(pack())
        made = (asked(outcome="model_timeout", prompt_tokens=0, completion_tokens=0), asked(1))
        await memory.commit(Commit(decision=decision("d.1"), thread=f"{WORLD}/talk", calls=made))
        await memory.aclose()

    asyncio.run(play())
    monkeypatch.chdir(PROJECT)
    return lambda *more: typed(monkeypatch, capfd, "calls", "export", *more, "--home", str(tmp_path))


def test_json_is_an_object_a_line(exported: Exported) -> None:
    ran = exported()

    assert ran.code == 0
    first, second = (LoggedCall.model_validate_json(line) for line in ran.out.splitlines())
    assert (first.outcome, second.outcome) == ("model_timeout", "answered")
    assert (second.decision, second.prompt_tokens) == ("d.1", 100)


def test_csv_has_a_head_and_a_line_for_each_call(exported: Exported) -> None:
    ran = exported("--format", "csv")

    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["outcome"] for row in rows] == ["model_timeout", "answered"]
    assert rows[1]["decision"] == "d.1"
    assert list(rows[0]) == list(LoggedCall.model_fields)


def test_otlp_is_what_a_collector_reads(exported: Exported, tmp_path: Path) -> None:
    file = tmp_path / "calls.otlp"
    ran = exported(str(file), "--format", "otlp")

    assert "2 calls written to" in ran.err
    failed, answered = (span_of(line) for line in file.read_text(encoding="utf-8").splitlines())
    assert failed.status.code == 2
    assert answered.name == "chat tiny"
    assert answered.end_time_unix_nano - answered.start_time_unix_nano == 12_500_000
    said = {one.key: one.value for one in answered.attributes}
    assert said["gen_ai.usage.input_tokens"].int_value == 100
    assert said["loomwright.decision"].string_value == "d.1"
    assert answered.trace_id == failed.trace_id
    assert answered.span_id != failed.span_id


def span_of(line: str) -> Any:
    """OTLP's JSON writes ids in hex, where that of protobuf has base64."""
    read = json.loads(line)
    span = read["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    for name in ("traceId", "spanId"):
        span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    parsed = cast("Any", json_format.ParseDict(read, TracesData()))
    return parsed.resource_spans[0].scope_spans[0].spans[0]


def test_a_time_and_a_world_leave_out_the_rest(exported: Exported) -> None:
    assert len(exported("--since", "2026-11-21T12:00:01").out.splitlines()) == 1
    ran = exported("--world", "mornin")
    assert ran.code == 2
    assert f"Did you mean '{WORLD}'?" in ran.err


def test_a_file_that_cannot_be_written_is_an_error_that_names_it(exported: Exported, tmp_path: Path) -> None:
    ran = exported(str(tmp_path / "nowhere" / "calls.json"))

    assert ran.code == 2
    assert "cannot be written" in ran.err


async def test_each_question_of_a_decision_is_logged_with_what_came_of_it(
    open_loom: OpenLoom, opening: Opening
) -> None:
    request = opening("dialogue", policy="model")
    async with open_loom() as scout:
        good = good_answer(scout, request)
    invalid = ModelAnswerInvalid("no JSON", raw="quartz heron", endpoint="http://user:word@127.0.0.1:1/v1")
    invalid.prompt_tokens = 7
    with listening() as heard:
        async with open_loom(ScriptedModel([invalid, good])) as loom:
            decision = await loom.decide(request)
            calls = [call async for call in loom.memory.calls(request.world)]

    assert decision.receipt.source == "repaired"
    assert [call.outcome for call in calls] == ["model_answer_invalid", "answered"]
    assert [call.decision for call in calls] == [request.id, request.id]
    assert calls[0].prompt_tokens == 7
    assert calls[0].endpoint == "http://127.0.0.1:1/v1"
    assert calls[1].asked_for == "DialogueDecisionAnswer"
    spans = [format(span.get_span_context().span_id, "016x") for span in heard.named("chat")]  # pyright: ignore[reportOptionalMemberAccess]
    assert [call.span for call in calls] == spans
    for text in ("heron", good["content"]["npc_text"][:20], "word@"):
        assert text not in "".join(call.model_dump_json() + json.dumps(as_span(call)) for call in calls)


async def test_a_call_of_a_decision_that_fell_back_is_logged_too(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(ScriptedModel([ModelUnavailable("gone", endpoint="script")])) as loom:
        await loom.decide(opening("dialogue", policy="model"))
        (call,) = [call async for call in loom.memory.calls()]

    assert (call.outcome, call.endpoint, call.trace) == ("model_unavailable", "script", None)


async def test_a_workshop_keeps_prompts_and_answers_without_what_leads_to_a_person(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    request = opening("dialogue", policy="model")
    typed = "Mail me at jo@example.org, key hunter2hunter2, ticket AB1234."
    request = request.model_copy(update={"event": request.event.model_copy(update={"text": typed})})
    workshop = settings.model_copy(
        update={
            "calls": CallsSettings.model_validate({"texts": True, "redact": [r"\b[A-Z]{2}\d{4}\b"]}),
            "api_key": SecretStr("hunter2hunter2"),
        }
    )
    async with open_loom() as scout:
        good = good_answer(scout, request)
    invalid = ModelAnswerInvalid("no JSON", raw="quartz heron of jo@example.org", endpoint="script")
    async with open_loom(ScriptedModel([invalid, good]), settings=workshop) as loom:
        decision = await loom.decide(request)
        failed, answered = [call async for call in loom.memory.calls(request.world)]

    assert decision.receipt.source == "repaired"
    messages = json.loads(failed.prompt or "")
    assert messages[0]["role"] == "system"
    assert "Mail me at [email], key [key], ticket [redacted]." in messages[-1]["content"]
    assert failed.answer == "quartz heron of [email]"
    assert good["content"]["npc_text"] in (answered.answer or "")
    said = {one["key"]: one["value"]["stringValue"] for one in attributes_of(answered) if "stringValue" in one["value"]}
    assert json.loads(said["gen_ai.output.messages"])[0]["parts"][0]["content"] == answered.answer
    assert len(json.loads(said["gen_ai.input.messages"])) == len(json.loads(answered.prompt or ""))


def attributes_of(call: LoggedCall) -> list[dict[str, Any]]:
    return cast("Any", as_span(call))["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]


def test_a_pattern_that_is_none_is_a_fault_of_the_settings() -> None:
    with pytest.raises(BadSettings, match=r"calls.redact.0"):
        load_settings(calls={"redact": ["("]})
