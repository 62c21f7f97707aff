"""Moods and traits in the record: what moves them is written with the decision, once, and each line has its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from memory import Commit, LexicalEmbedder, Memory, News
from schemas import MOST_DRIFT, MOST_STEP, Affect, Mood, Stirring, TraitDrift, TraitStep, WorldTime
from tests.memory.stage import NOON, WORLD, decision, open_memory, pack

WHO = "marta"


def hours_after(hours: float) -> WorldTime:
    return WorldTime.from_minutes(NOON.total_minutes + round(60 * hours))


def stirring(at: WorldTime = NOON, valence: float = 0.0, **traits: float) -> Stirring:
    return Stirring(character=WHO, at=at, mood=Affect(valence=valence), traits=TraitStep(**traits), half_life=360)


def stirred(number: int, what: Stirring, timeline: str | None = None) -> Commit:
    return Commit(decision=decision(f"d{number}"), thread=f"{WORLD}/x", timeline=timeline, stirred=what)


async def mood(memory: Memory, timeline: str | None = None) -> Mood:
    found, _ = await memory.chronicle.temper(WORLD, timeline, WHO)
    assert found is not None
    return found


async def drift(memory: Memory, timeline: str | None = None) -> TraitDrift:
    _, found = await memory.chronicle.temper(WORLD, timeline, WHO)
    assert found is not None
    return found


async def test_nothing_is_known_of_somebody_to_whom_nothing_has_happened(memory: Memory) -> None:
    assert await memory.chronicle.temper(WORLD, None, WHO) == (None, None)


async def test_what_is_decided_again_under_its_id_stirs_nobody_twice(memory: Memory) -> None:
    once = stirred(1, stirring(valence=0.3, openness=0.01))

    first, again = await memory.commit(once), await memory.commit(once)

    assert (first.fresh, again.fresh) == (True, False)
    assert (await mood(memory)).valence == pytest.approx(0.3)
    assert (await drift(memory)).openness == pytest.approx(0.01)


async def test_a_feeling_is_added_to_what_has_not_yet_faded(memory: Memory) -> None:
    await memory.commit(stirred(1, stirring(valence=-0.4)))
    await memory.commit(stirred(2, stirring(hours_after(6), valence=0.1)))

    assert (await mood(memory)).valence == pytest.approx(-0.4 / 2 + 0.1)
    assert (await mood(memory)).at == hours_after(6)


async def test_of_many_at_once_none_is_lost(memory: Memory) -> None:
    await asyncio.gather(
        *(memory.commit(stirred(number, stirring(valence=0.05, neuroticism=0.002))) for number in range(12))
    )

    assert (await mood(memory)).valence == pytest.approx(0.6)
    assert (await drift(memory)).neuroticism == pytest.approx(0.024)


async def test_a_long_life_moves_a_trait_only_so_far(memory: Memory) -> None:
    for number in range(12):
        await memory.commit(stirred(number, stirring(agreeableness=-MOST_STEP)))

    assert (await drift(memory)).agreeableness == -MOST_DRIFT
    await memory.commit(stirred(99, stirring(agreeableness=MOST_STEP)))
    assert (await drift(memory)).agreeableness == pytest.approx(MOST_STEP - MOST_DRIFT)


async def test_what_nobody_would_notice_leaves_no_row(memory: Memory) -> None:
    await memory.commit(stirred(1, stirring(valence=0.001)))

    assert await memory.chronicle.temper(WORLD, None, WHO) == (None, None)


async def test_a_fork_goes_on_from_the_mood_that_there_was(memory: Memory) -> None:
    await memory.commit(stirred(1, stirring(valence=0.2, openness=0.01)))
    aside = await memory.world_line(WORLD).fork(stay=True)

    await memory.commit(stirred(2, stirring(valence=-0.5, openness=0.02), timeline="main"))
    await memory.commit(stirred(3, stirring(valence=0.3), timeline=aside))

    assert ((await mood(memory, "main")).valence, (await mood(memory, aside)).valence) == pytest.approx((-0.3, 0.5))
    assert ((await drift(memory, "main")).openness, (await drift(memory, aside)).openness) == pytest.approx(
        (0.03, 0.01)
    )


async def test_two_points_differ_in_how_somebody_feels_and_has_become(memory: Memory) -> None:
    aside = await memory.world_line(WORLD).fork(stay=True)
    await memory.commit(stirred(1, stirring(valence=-0.5, openness=0.02), timeline="main"))

    told = str(await memory.world_line(WORLD).diff("main", aside))

    assert "mood of marta: valence -0.50, arousal +0.00, dominance +0.00" in told
    assert "traits of marta: openness +0.02" in told


async def test_the_log_says_how_somebody_feels(memory: Memory) -> None:
    await memory.commit(stirred(1, stirring(valence=-0.5, neuroticism=0.01)))

    [moment, *_] = await memory.world_line(WORLD).log()

    said = {one.kind: one.text for one in moment.happened}
    assert said["mood_change"] == "marta: valence -0.50"
    assert said["trait_change"] == "marta: neuroticism +0.01"


async def test_moods_and_traits_travel_in_the_portable_file(memory: Memory, tmp_path: Path) -> None:
    await memory.commit(stirred(1, stirring(valence=-0.5, neuroticism=0.01)))
    before = await memory.chronicle.temper(WORLD, None, WHO)
    await memory.world_line(WORLD).export(tmp_path / "world.jsonl")

    await memory.import_world(tmp_path / "world.jsonl", name="elsewhere")

    assert await memory.chronicle.temper("elsewhere", None, WHO) == before


async def test_they_outlive_the_process(record_url: str | None, tmp_path: Path) -> None:
    first = await open_memory(record_url, tmp_path, LexicalEmbedder())
    await first.load_world(pack())
    await first.commit(stirred(1, stirring(valence=-0.5, neuroticism=0.01)))
    before = await first.chronicle.temper(WORLD, None, WHO)
    await first.aclose()

    second = await open_memory(record_url, tmp_path, LexicalEmbedder())

    assert await second.chronicle.temper(WORLD, None, WHO) == before
    await second.aclose()


async def test_what_the_game_says_of_a_mood_holds(memory: Memory) -> None:
    await memory.commit(stirred(1, stirring(valence=-0.5)))
    told = Mood(character=WHO, valence=0.9, at=NOON)

    await memory.tell(News(world=WORLD, id="n", moods=(told,)))

    assert await mood(memory) == told
    await memory.commit(stirred(2, stirring(valence=-0.1)))
    assert (await mood(memory)).valence == pytest.approx(0.8)
