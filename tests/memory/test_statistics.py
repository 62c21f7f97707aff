"""What decisions were like, counted from the record."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from memory import Commit, LexicalEmbedder, Memory, Statistics, statistics
from schemas import PROJECT, Decision, RecallSettings, Source, UnknownThing
from tests.memory.stage import WORLD, decision, open_memory, pack

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Wall:
    """A clock on the wall that somebody sets."""

    def __init__(self) -> None:
        self.at = NOON.timestamp()

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def played(record_url: str | None, tmp_path: Path, wall: Wall) -> AsyncGenerator[Memory]:
    memory = await Memory.open(record_url, tmp_path, LexicalEmbedder(), RecallSettings(), wall_clock=wall)
    await memory.load_world(pack())
    yield memory
    await memory.aclose()


def made(id_: str, source: Source = "rules", **receipt: Any) -> Decision:
    """A decision with a receipt like that."""
    plain = decision(id_).model_dump(by_alias=True)
    plain["receipt"] |= {"source": source, "milliseconds": 5.0} | receipt
    return Decision.model_validate(plain)


def by_model(id_: str, source: Source = "model", *, model: str = "tiny", **receipt: Any) -> Decision:
    """A decision that a model was asked about, at 100 + 10 tokens."""
    asked: dict[str, Any] = {
        "versions": {"graph": "d@1", "model": model},
        "attempts": 1,
        "tokens": {"prompt": 100, "completion": 10},
        "validity": {"grammar": True, "schema": True, "world": True},
    }
    return made(id_, source, **asked | receipt)


async def record(memory: Memory, *decisions: Decision) -> None:
    for one in decisions:
        await memory.commit(Commit(decision=one, thread=f"{one.world}/talk"))


async def test_a_record_in_which_nothing_was_decided_has_no_kinds(played: Memory) -> None:
    measured = await played.statistics()

    assert measured.kinds == {}
    assert measured.all.decisions == 0
    assert measured.all.percentile(50) is None


async def test_decisions_are_counted_by_kind_source_and_reason(played: Memory) -> None:
    await record(
        played,
        made("a"),
        made("b").model_copy(update={"kind": "combat"}),
        by_model("c"),
        by_model("d", "repaired", attempts=2, tokens={"prompt": 250, "completion": 25}),
        by_model("e", "fallback", reason="deadline", validity={"grammar": True, "schema": False, "world": None}),
        made("f", "fallback", reason="model_unavailable", versions={"graph": "d@1", "model": "big"}),
    )

    kinds = (await played.statistics()).kinds

    assert list(kinds) == ["combat", "dialogue"]
    assert kinds["combat"].decisions == 1
    talk = kinds["dialogue"]
    assert talk.decisions == 5
    assert talk.sources == {"rules": 1, "model": 1, "repaired": 1, "fallback": 2}
    assert talk.fallbacks == {"deadline": 1, "model_unavailable": 1}
    assert talk.attempts == 4
    assert {model: (spent.prompt, spent.completion) for model, spent in talk.tokens.items()} == {"tiny": (450, 45)}
    shares = {level: (right.right, right.asked) for level, right in talk.validity.items()}
    assert shares == {"grammar": (3, 3), "schema": (2, 3), "world": (2, 2)}


async def test_percentiles_are_the_nearest_rank(played: Memory) -> None:
    await record(played, *(made(f"d{number}", milliseconds=float(number)) for number in range(1, 201)))

    talk = (await played.statistics()).kinds["dialogue"]

    assert [talk.percentile(percent) for percent in (50, 95, 99, 100)] == [100.0, 190.0, 198.0, 200.0]


async def test_a_time_leaves_out_what_was_recorded_before_it(played: Memory, wall: Wall) -> None:
    await record(played, made("before"))
    wall.at += 60
    await record(played, made("just_then"), made("after"))

    since = datetime.fromtimestamp(NOON.timestamp() + 60, tz=UTC)

    assert (await played.statistics(since=since)).all.decisions == 2
    assert (await played.statistics(since=NOON)).all.decisions == 3
    wall.at += 60
    assert (await played.statistics(since=datetime.fromtimestamp(wall.at, tz=UTC))).all.decisions == 0


async def test_a_clock_that_was_set_back_hides_no_decision(played: Memory, wall: Wall) -> None:
    wall.at += 60
    await record(played, made("early"))
    wall.at -= 120
    await record(played, made("set_back"))
    wall.at += 120
    await record(played, made("late"))

    assert (await played.statistics(since=NOON)).all.decisions == 2


async def test_a_world_is_counted_on_its_own_and_all_of_them_together(played: Memory) -> None:
    await played.load_world(pack("evening"))
    await record(played, made("a"), made("b").model_copy(update={"world": "evening"}))

    assert (await played.statistics("evening")).all.decisions == 1
    assert (await played.statistics()).all.decisions == 2
    with pytest.raises(UnknownThing, match="Did you mean 'evening'"):
        await played.statistics("evenin")


async def test_what_was_decided_on_an_abandoned_timeline_was_paid_for_all_the_same(played: Memory) -> None:
    await record(played, by_model("a"), by_model("b"))
    await played.world_line(WORLD).rewind(1)
    await record(played, by_model("b"))

    assert (await played.statistics()).all.tokens["tiny"].prompt == 300


async def test_more_decisions_than_are_read_at_once_are_all_counted(
    played: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await record(played, *(made(f"d{number}") for number in range(7)))
    whole = (await played.statistics()).all.decisions
    limited = {name: getattr(statistics, name).limit(3) for name in ("_MEASURED", "_MEASURED_SINCE")}
    monkeypatch.setattr(statistics, "BATCH", 3)
    for name, statement in limited.items():
        monkeypatch.setattr(statistics, name, statement)

    assert (await played.statistics()).all.decisions == whole == 7
    assert (await played.statistics(since=NOON)).all.decisions == 7


async def test_a_decision_that_was_imported_counts_as_it_did_at_home(played: Memory, tmp_path: Path) -> None:
    await record(played, by_model("a"), made("b", "fallback", reason="deadline"))
    await played.world_line(WORLD).export(tmp_path / "world.jsonl")
    await played.import_world(tmp_path / "world.jsonl", name="evening")

    at_home, away = (await played.statistics(WORLD)).all, (await played.statistics("evening", since=NOON)).all

    assert away == at_home
    assert "prompt_tokens" not in (tmp_path / "world.jsonl").read_text(encoding="utf-8")


async def test_a_record_from_before_dates_is_counted_and_says_how_many_have_none(
    record_url: str | None, tmp_path: Path
) -> None:
    _old_record(
        record_url, tmp_path, made("a", reason="odd\0"), by_model("b"), made("c", "fallback", reason="deadline")
    )

    memory = await open_memory(record_url, tmp_path)
    found = await memory.statistics()
    since = await memory.statistics(since=NOON)
    await memory.aclose()

    assert found.undated == 0
    assert found.all.sources == {"rules": 1, "model": 1, "fallback": 1}
    assert found.all.tokens["tiny"].prompt == 100
    assert found.all.validity["world"].share == 1.0
    assert since == statistics.Measured({}, undated=3)


def _old_record(record_url: str | None, home: Path, *decisions: Decision) -> None:
    """A record as the migration before this one left it."""
    engine = create_engine(make_url(record_url) if record_url else f"sqlite:///{home / 'record.db'}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(PROJECT / "memory" / "record" / "migrations"))
        command.upgrade(config, "0002")
        sheet = pack().model_dump_json()
        world = "INSERT INTO world (id, sheet, current_timeline, seq) VALUES (:id, :sheet, 'main', 9)"
        connection.execute(text(world), {"id": WORLD, "sheet": sheet})
        connection.execute(text("INSERT INTO timeline (world, id, seq) VALUES (:world, 'main', 0)"), {"world": WORLD})
        for seq, one in enumerate(decisions, start=1):
            row = {
                "world": WORLD,
                "id": one.id,
                "seq": seq,
                "body": one.model_dump_json(by_alias=True),
                "source": one.receipt.source,
                "reason": one.receipt.reason.replace("\0", ""),
            }
            connection.execute(text(_OLD_DECISION), row)
    engine.dispose()


_OLD_DECISION = (
    "INSERT INTO decision (world, id, timeline, seq, kind, character, thread, body, source, reason, milliseconds) "
    "VALUES (:world, :id, 'main', :seq, 'dialogue', 'malgar', 'talk', :body, :source, :reason, 5.0)"
)


def test_nothing_is_a_percentile_of_nothing() -> None:
    assert Statistics().percentile(99) is None
