"""What fades, what lasts, and what a budget leaves."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory import Commit, Memory, News
from memory.upkeep.consolidation import Held
from memory.upkeep.forgetting import faded, left_of, over_budget, retention, strength, worth
from memory.upkeep.uses import Use
from schemas import MINUTES_A_DAY, ForgettingSettings, MemoryEntry, UpkeepSettings, WorldTime
from tests.memory.stage import WORLD, decision, query

SETTINGS = ForgettingSettings()
UNIT = st.floats(min_value=0, max_value=1)
AGES = st.floats(min_value=-1_000, max_value=100_000)


def a_memory(
    id_: str,
    *,
    day: int = 0,
    importance: float = 0.4,
    emotion: float = 0.0,
    text: str | None = None,
    character: str = "malgar",
) -> MemoryEntry:
    return MemoryEntry(
        id=id_,
        character=character,
        text=text or f"I saw {id_}.",
        importance=importance,
        emotion=emotion,
        at=WorldTime(day=day, minute=600),
    )


def held(entry: MemoryEntry, times: int = 0, last_day: int | None = None) -> Held:
    last = None if last_day is None else last_day * MINUTES_A_DAY
    return Held(f"main/{entry.id}", entry, Use(times, last))


@st.composite
def helds(draw: st.DrawFn) -> Held:
    """A memory of any worth and age."""
    entry = a_memory(
        f"m{draw(st.integers(0, 10**9))}", day=draw(st.integers(0, 500)), importance=draw(UNIT), emotion=draw(UNIT)
    )
    return held(entry, draw(st.integers(0, 50)), draw(st.none() | st.integers(0, 600)))


MANY = st.lists(helds(), max_size=40, unique_by=lambda one: one.key)


@given(AGES, AGES, st.floats(min_value=0.01, max_value=10_000))
def test_the_older_a_memory_the_less_is_left_of_it(one: float, other: float, strength_days: float) -> None:
    younger, older = sorted((one, other))

    assert 0 <= retention(older, strength_days) <= retention(younger, strength_days) <= 1


@given(UNIT, UNIT, st.integers(0, 1_000), UNIT, UNIT, st.integers(0, 1_000))
def test_what_matters_moves_or_is_used_more_is_never_weaker(
    importance: float, emotion: float, times: int, more: float, stronger: float, oftener: int
) -> None:
    less = strength(min(importance, more), min(emotion, stronger), min(times, oftener), SETTINGS)
    most = strength(max(importance, more), max(emotion, stronger), max(times, oftener), SETTINGS)

    assert less <= most


def test_half_of_what_means_nothing_is_left_after_its_half_life() -> None:
    days = SETTINGS.half_life_days

    assert retention(days, strength(0, 0, 0, SETTINGS)) == pytest.approx(0.5)
    assert strength(1, 0, 0, SETTINGS) == pytest.approx(4 * strength(0, 0, 0, SETTINGS))
    assert strength(0, 1, 0, SETTINGS) == pytest.approx(2 * strength(0, 0, 0, SETTINGS))
    assert strength(0, 0, 9, SETTINGS) == pytest.approx((1 + math.log(10)) * strength(0, 0, 0, SETTINGS))


def test_what_came_to_mind_lately_is_fresh_again() -> None:
    now = 300 * MINUTES_A_DAY
    entry = a_memory("old", importance=0.0)

    assert left_of(held(entry, 1, last_day=299), now, SETTINGS) > 0.9
    assert [one.key for one in faded([held(entry), held(a_memory("used", importance=0.0), 1, 299)], now, SETTINGS)] == [
        "main/old"
    ]


def test_a_clock_that_goes_backwards_makes_nothing_fade() -> None:
    future = held(a_memory("tomorrow", day=900, importance=0.0))

    assert left_of(future, 0, SETTINGS) == 1.0
    assert faded([future], 0, SETTINGS) == []


@given(MANY, st.integers(0, 2_000))
def test_what_lasts_or_is_young_never_fades(memories: list[Held], day: int) -> None:
    now = day * MINUTES_A_DAY

    for one in faded(memories, now, SETTINGS):
        assert one.entry.importance < SETTINGS.lasting
        assert now - one.minute >= SETTINGS.untouched_hours * 60
        assert left_of(one, now, SETTINGS) < SETTINGS.threshold


@given(MANY, st.integers(1, 30), st.integers(0, 2_000))
def test_a_budget_keeps_the_best_and_what_is_too_young_to_judge(memories: list[Held], budget: int, day: int) -> None:
    now, settings = day * MINUTES_A_DAY, SETTINGS.model_copy(update={"budget": budget})

    gone = over_budget(memories, now, settings)
    kept = [one for one in memories if one not in gone]

    young = [one for one in memories if now - one.minute < settings.untouched_hours * 60]
    assert len(kept) <= max(budget, len(young))
    assert not {one.key for one in young} & {one.key for one in gone}
    worst_kept = min((worth(one, now, settings) for one in kept if one not in young), default=math.inf)
    assert all(worth(one, now, settings) <= worst_kept for one in gone)


async def told(memory: Memory, id_: str, *entries: MemoryEntry, timeline: str | None = None) -> None:
    await memory.tell(News(WORLD, id_, timeline=timeline, memories=entries))


async def ids_of(memory: Memory, timeline: str | None = None, character: str = "malgar") -> list[str]:
    return [entry.id for entry in await memory.memories(WORLD, timeline, character)]


async def test_what_has_faded_no_longer_comes_to_mind_and_stays_in_the_record(memory: Memory) -> None:
    await told(memory, "n", a_memory("small_talk", importance=0.1), a_memory("the_fire", importance=0.95))
    before = [row for row in await memory.dump(WORLD) if row["table"] == "memory_entry"]

    report = await memory.upkeep.forget(WORLD, at=WorldTime(day=400))

    assert (report.memories, report.faded, report.kept) == (2, 1, 1)
    assert await ids_of(memory) == ["the_fire"]
    recalled = await memory.recall(query("small talk", at=WorldTime(day=400)))
    assert [entry.id for entry in recalled.memories] == ["the_fire"]
    rows = await memory.dump(WORLD)
    assert [row for row in rows if row["table"] == "memory_entry"] == before
    assert [(row["memory"], row["reason"]) for row in rows if row["table"] == "memory_forgotten"] == [
        ("main/small_talk", "faded")
    ]


async def test_a_fork_from_before_still_remembers_what_was_forgotten_after_it(memory: Memory) -> None:
    await told(memory, "n", a_memory("small_talk", importance=0.1))
    fork = await memory.world_line(WORLD).fork(stay=True)

    await memory.upkeep.forget(WORLD, at=WorldTime(day=400))
    after = await memory.world_line(WORLD).fork(stay=True)

    assert await ids_of(memory) == []
    assert await ids_of(memory, after) == []
    assert await ids_of(memory, fork) == ["small_talk"]


async def test_forgetting_on_a_fork_takes_nothing_from_the_line_it_left(memory: Memory) -> None:
    await told(memory, "n", a_memory("small_talk", importance=0.1))
    fork = await memory.world_line(WORLD).fork(stay=True)

    await memory.upkeep.forget(WORLD, timeline=fork, at=WorldTime(day=400))

    assert await ids_of(memory, fork) == []
    assert await ids_of(memory) == ["small_talk"]


async def test_a_memory_that_is_used_is_kept_longer_and_only_where_it_was_used(memory: Memory) -> None:
    await told(memory, "n", a_memory("the_song", importance=0.0), a_memory("the_rain", importance=0.0))
    fork = await memory.world_line(WORLD).fork(stay=True)
    await memory.commit(
        Commit(
            decision=decision("d"),
            thread="t",
            used=("the_song", "the_song", "never_heard_of"),
            at=WorldTime(day=200),
        )
    )

    await memory.upkeep.forget(WORLD, at=WorldTime(day=250))
    await memory.upkeep.forget(WORLD, timeline=fork, at=WorldTime(day=250))

    used = [row for row in await memory.dump(WORLD) if row["table"] == "memory_used"]
    assert [(row["memory"], row["character"], row["at"]) for row in used] == [
        ("main/the_song", "malgar", 200 * MINUTES_A_DAY)
    ]
    assert await ids_of(memory) == ["the_song"]
    assert await ids_of(memory, fork) == []


async def test_what_time_it_is_the_newest_memories_tell(memory: Memory) -> None:
    await told(memory, "n", a_memory("small_talk", importance=0.1), a_memory("now", day=400, character="marta"))

    await memory.upkeep.forget(WORLD)

    assert await ids_of(memory) == []
    assert await ids_of(memory, character="marta") == ["now"]


async def test_a_dry_run_only_counts(memory: Memory) -> None:
    await told(memory, "n", a_memory("small_talk", importance=0.1))
    before = await memory.dump(WORLD)

    report = await memory.upkeep.tidy(WORLD, at=WorldTime(day=400), dry_run=True)

    assert report.faded == 1
    assert await memory.dump(WORLD) == before


async def test_a_budget_is_kept_for_each_character(memory: Memory) -> None:
    entries = [a_memory(f"m{number}", importance=number / 20) for number in range(10)]
    others = [a_memory(f"o{number}", character="marta") for number in range(2)]
    await told(memory, "n", *entries, *others)
    memory.upkeep.settings = UpkeepSettings(forgetting=ForgettingSettings(budget=4))

    report = await memory.upkeep.forget(WORLD, at=WorldTime(day=5))

    assert (report.over_budget, report.kept) == (6, 6)
    assert await ids_of(memory) == ["m6", "m7", "m8", "m9"]
    assert len(await ids_of(memory, character="marta")) == 2
