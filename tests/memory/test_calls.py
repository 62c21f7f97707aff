"""The log of what models were asked: beside the history of a world, and no part of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory import Commit, Memory, calls
from schemas import LoggedCall, ModelCall, UnknownThing
from tests.memory.stage import WORLD, decision, pack

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT = round(NOON.timestamp() * 1_000)


def asked(seconds: int = 0, **more: object) -> ModelCall:
    """A call so many seconds after noon."""
    fields: dict[str, object] = {
        "at": AT + seconds * 1_000,
        "milliseconds": 12.5,
        "asked_for": "DialogueDecisionAnswer",
        "model": "tiny",
        "endpoint": "http://127.0.0.1:8000/v1",
        "outcome": "answered",
        "prompt_tokens": 100,
        "completion_tokens": 10,
    }
    return ModelCall.model_validate(fields | more)


async def decided(memory: Memory, id_: str, *made: ModelCall, world: str = WORLD) -> None:
    await memory.commit(Commit(decision=decision(id_, world=world), thread=f"{world}/talk", calls=made))


async def logged(memory: Memory, world: str | None = None, since: datetime | None = None) -> list[LoggedCall]:
    return [call async for call in memory.calls(world, since=since)]


async def test_a_call_is_kept_with_its_decision_on_its_timeline(memory: Memory) -> None:
    failed = asked(1, outcome="model_timeout", prompt_tokens=0, completion_tokens=0, trace="a" * 32, span="b" * 16)
    await decided(memory, "a", failed, asked(2))
    await decided(memory, "plain")

    first, second = await logged(memory)

    assert (first.decision, first.kind, first.timeline, first.number) == ("a", "dialogue", "main", 0)
    assert first.model_dump(include=set(ModelCall.model_fields)) == failed.model_dump()
    assert (second.number, second.outcome, second.trace) == (1, "answered", None)
    assert first.seq == second.seq


async def test_calls_are_found_by_world_and_by_time(memory: Memory) -> None:
    await memory.load_world(pack("evening"))
    await decided(memory, "early", asked(-60))
    await decided(memory, "late", asked(60))
    await decided(memory, "elsewhere", asked(60), world="evening")

    assert [call.decision for call in await logged(memory, since=NOON)] == ["elsewhere", "late"]
    assert [call.decision for call in await logged(memory, WORLD)] == ["early", "late"]
    with pytest.raises(UnknownThing, match="Did you mean 'evening'"):
        await logged(memory, "evenin")


async def test_more_calls_than_are_read_at_once_all_come(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        await decided(memory, f"d{number}", *(asked(second) for second in range(3)))
    monkeypatch.setattr(calls, "BATCH", 2)

    found = [(call.decision, call.number) for call in await logged(memory)]

    assert found == [(f"d{number}", place) for number in range(3) for place in range(3)]


async def test_the_log_is_no_history_it_neither_travels_nor_tells_two_worlds_apart(
    memory: Memory, tmp_path: Path
) -> None:
    await decided(memory, "a", asked())
    file = tmp_path / "world.jsonl"
    await memory.world_line(WORLD).export(file)

    assert "model_call" not in file.read_text(encoding="utf-8")
    assert not [row for row in await memory.dump(WORLD) if row["table"] == "model_call"]
    await memory.import_world(file, replace=True)
    assert await logged(memory) == []
