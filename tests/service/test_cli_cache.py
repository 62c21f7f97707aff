"""`loomwright cache`, as an operator types it; and what `loomwright stats` says of answers that were said again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from inference import read_answers
from memory import read_world
from schemas import PROJECT, Settings, load_settings
from service import Loom
from tests.conftest import Opening
from tests.service.test_caches import ALIKE, Teller, talk
from tests.support.command_line import Loomwright
from tests.support.redis_server import RedisServer

WORLD = PROJECT / "config" / "worlds" / "morning_star"


def play(opening: Opening, settings: Settings, *players: str, said: str = ALIKE) -> int:
    """Let players talk to Pip; how often the model was asked."""

    async def talking() -> int:
        model = Teller()
        async with Loom.open(settings, model=model) as loom:
            await loom.memory.load_world(read_world(WORLD))
            for number, player in enumerate(players):
                await loom.decide(talk(opening, player, said, deadline_ms=60_000, days=9 * number))
        return model.times

    return asyncio.run(talking())


def test_answers_go_from_one_installation_to_another(
    loomwright: Loomwright, opening: Opening, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOOMWRIGHT_CACHE__STORE", "memory")
    monkeypatch.setenv("LOOMWRIGHT_CACHE__FILE", str(tmp_path / "old.jsonl"))
    play(opening, load_settings(home=tmp_path / "a"), "ann", "bob")
    play(opening, load_settings(home=tmp_path / "b"), "cyd", said="What is it like to sweep the floors here?")
    taken = loomwright("cache", "export", "worth.jsonl")
    monkeypatch.setenv("LOOMWRIGHT_CACHE__FILE", str(tmp_path / "new.jsonl"))
    warmed = loomwright("cache", "warm", "worth.jsonl")

    assert taken.code == warmed.code == 0
    assert "1 of 2 answers" in taken.out, "the other was never said again"
    assert [one.uses for one in read_answers(tmp_path / "worth.jsonl")] == [1]
    assert play(opening, load_settings(home=tmp_path / "c"), "dan") == 0


def test_a_redis_is_warmed_and_read_out(
    loomwright: Loomwright,
    opening: Opening,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    redis_server: RedisServer,
) -> None:
    monkeypatch.setenv("LOOMWRIGHT_CACHE__STORE", "redis")
    monkeypatch.setenv("LOOMWRIGHT_CACHE__REDIS_URL", redis_server.url)
    monkeypatch.setenv("LOOMWRIGHT_CACHE__PATIENCE_MS", "5000")
    play(opening, load_settings(home=tmp_path / "a"), "ann", "bob")
    taken = loomwright("cache", "export", "worth.jsonl")
    redis_server.client.flushall()
    warmed = loomwright("cache", "warm", "worth.jsonl")
    asked = play(opening, load_settings(home=tmp_path / "b"), "cyd")
    redis_server.stop()

    assert taken.code == warmed.code == 0
    assert "1 of 1 answers" in taken.out
    assert asked == 0
    refused = loomwright("cache", "warm", "worth.jsonl")
    assert refused.code == 2
    assert "Redis does not answer" in refused.err


def test_what_is_no_answer_is_not_taken(loomwright: Loomwright, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"uses": 1}\nnothing\n', encoding="utf-8")
    refused = loomwright("cache", "warm", "bad.jsonl")
    (tmp_path / "bad.jsonl").write_text("", encoding="utf-8")
    nowhere = loomwright("cache", "warm", "bad.jsonl")

    assert refused.code == nowhere.code == 2
    assert "bad.jsonl:1" in refused.err
    assert "bad.jsonl:2" in refused.err
    assert "kept nowhere" in nowhere.err


def test_stats_say_what_was_said_again_and_what_it_saved(
    loomwright: Loomwright, opening: Opening, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LOOMWRIGHT_CACHE__STORE", "memory")
    play(opening, load_settings(home=tmp_path / "a"), "ann", "bob", "cyd", "dan")
    told = loomwright("stats", "--home", str(tmp_path / "a"))
    every = loomwright("stats", "--json", "--home", str(tmp_path / "a")).lines

    assert "said again of dialogue: 75.0% of its answers (semantic 3)" in told.out
    for one in every:
        assert one["cache"]["rate"] == 0.75
        assert one["cache"]["hits"] == {"semantic": 3}
        assert one["cache"]["saved"]["tokens"]["prompt"] == 3 * one["tokens"]["prompt"] > 0
