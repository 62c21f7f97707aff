"""`loomwright calls`: the log of what models were asked. Names and numbers; texts where the settings keep them."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, TextIO, TypeAlias

import typer

from schemas import BadRequest, Fault, LoggedCall, Settings
from service.since import read_since
from service.terminal import Home, err, open_memory, plain, settings_for

app = typer.Typer(help="What models were asked for decisions, and what came of it.", no_args_is_help=True)

COLUMNS = tuple(LoggedCall.model_fields)
Write: TypeAlias = Callable[[LoggedCall], object]
Format: TypeAlias = Literal["json", "csv", "otlp"]


@app.callback()
def calls() -> None:
    """Keep `export` a command of its own."""


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to. Default: standard output.")] = None,
    *,
    format_: Annotated[
        Format, typer.Option("--format", help="json: an object a line | csv | otlp: spans for a collector, as JSON.")
    ] = "json",
    since: Annotated[
        str | None, typer.Option(help="Only since then: `90m`, `24h`, `7d`, or a date such as `2026-11-21` (UTC).")
    ] = None,
    world: Annotated[str | None, typer.Option(help="Only of this world. Default: all of the record.")] = None,
    home: Home = None,
) -> None:
    """Write the log of calls: when, for which decision, of which model, how long, how many tokens, what came of it."""
    settings = settings_for(home)
    start = read_since(since) if since is not None else None
    with _opened(file) as out:
        written = asyncio.run(_export(settings, world, start, _WRITERS[format_](out)))
    if file is not None:
        err.print(f"{written} calls written to {plain(str(file))}")


async def _export(settings: Settings, world: str | None, since: datetime | None, write: Write) -> int:
    written = 0
    async with open_memory(settings) as memory:
        found: AsyncIterator[LoggedCall] = memory.calls(world, since=since)
        async for call in found:
            write(call)
            written += 1
    return written


@contextmanager
def _opened(file: Path | None) -> Generator[TextIO]:
    if file is None:
        yield sys.stdout
        return
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise BadRequest(Fault(str(file), f"cannot be written: {error.strerror or error}.")) from None


def _as_json(out: TextIO) -> Write:
    return lambda call: out.write(call.model_dump_json() + "\n")


def _as_csv(out: TextIO) -> Write:
    table = csv.DictWriter(out, COLUMNS)
    table.writeheader()
    return lambda call: table.writerow(call.model_dump())


def _as_otlp(out: TextIO) -> Write:
    return lambda call: out.write(json.dumps(as_span(call)) + "\n")


_WRITERS: Mapping[Format, Callable[[TextIO], Write]] = {"json": _as_json, "csv": _as_csv, "otlp": _as_otlp}


def as_span(call: LoggedCall) -> dict[str, object]:
    """A call as OTLP's JSON has it (`TracesData`): the span that a collector would have been told of, or the same one.

    Where nobody watched when it was made, its ids come of the decision's: written twice, they are the same.
    """
    attributes: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": call.model,
        "gen_ai.usage.input_tokens": call.prompt_tokens,
        "gen_ai.usage.output_tokens": call.completion_tokens,
        "loomwright.decision": call.decision,
        "loomwright.kind": call.kind,
        "loomwright.world": call.world,
        "loomwright.timeline": call.timeline,
        "loomwright.seq": call.seq,
        "loomwright.schema": call.asked_for,
        "loomwright.endpoint": call.endpoint,
        "loomwright.attempts": call.attempts,
    }
    if call.prompt is not None:
        attributes["gen_ai.input.messages"] = _messages(json.loads(call.prompt))
    if call.answer is not None:
        attributes["gen_ai.output.messages"] = _messages([{"role": "assistant", "content": call.answer}])
    failed = call.outcome != "answered"
    if failed:
        attributes["error.type"] = call.outcome
    named = f"{call.world}/{call.timeline}/{call.decision}"
    span: dict[str, object] = {
        "traceId": call.trace or sha256(named.encode()).hexdigest()[:32],
        "spanId": call.span or sha256(f"{named}/{call.seq}/{call.number}".encode()).hexdigest()[:16],
        "name": f"chat {call.model}".strip(),
        "kind": 3,
        "startTimeUnixNano": str(call.at * 1_000_000),
        "endTimeUnixNano": str(call.at * 1_000_000 + round(call.milliseconds * 1_000_000)),
        "attributes": [_attribute(name, value) for name, value in attributes.items()],
        "status": {"code": 2} if failed else {},
    }
    about = [_attribute("service.name", "loomwright")]
    return {
        "resourceSpans": [
            {"resource": {"attributes": about}, "scopeSpans": [{"scope": {"name": "loomwright"}, "spans": [span]}]}
        ]
    }


def _messages(said: Sequence[Mapping[str, str]]) -> str:
    """As the semantic conventions want them: each with its parts."""
    parts = [{"role": one["role"], "parts": [{"type": "text", "content": one["content"]}]} for one in said]
    return json.dumps(parts, ensure_ascii=False)


def _attribute(name: str, value: str | int) -> dict[str, object]:
    return {"key": name, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
