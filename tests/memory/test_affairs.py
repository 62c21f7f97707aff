"""Affairs between factions in the record: the last word of each counts, on its own line of history, and once."""

from __future__ import annotations

from dataclasses import replace

from memory import Memory, News
from schemas import ChangeRelationship, Peace, Promise, Treaty, War, WorldTime
from tests.memory.stage import NOON, WORLD, full_commit

PEACE = Treaty(id="river", parties=("houses", "league"), terms=(Peace(kind="peace", days=30),), at=NOON)
WAR = War(sides=("houses", "league"), on=True, at=NOON)


async def test_of_each_affair_the_last_word_counts(memory: Memory) -> None:
    broken = PEACE.model_copy(update={"broken_at": WorldTime(day=9), "broken_by": "league"})
    await memory.tell(News(world=WORLD, id="signed", affairs=(PEACE, WAR)))
    await memory.tell(News(world=WORLD, id="struck", affairs=(broken,)))

    assert await memory.chronicle.affairs(WORLD) == [broken, WAR]


async def test_an_old_save_knows_nothing_of_a_treaty_that_came_later(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    await memory.tell(News(world=WORLD, id="fight", affairs=(WAR,)))
    await world.save("before")
    await memory.tell(News(world=WORLD, id="signed", affairs=(PEACE,)))
    await world.load("before")

    assert await memory.chronicle.affairs(WORLD) == [WAR]
    assert await memory.chronicle.affairs(WORLD, "main") == [PEACE, WAR]
    found = await world.diff("main", "before")
    assert (found.a.affairs, found.b.affairs) == ((PEACE,), ())
    assert "  treaty:river: concluded" in str(found)


async def test_what_follows_from_a_treaty_happens_once_though_both_sides_conclude_it(memory: Memory) -> None:
    warmer = (ChangeRelationship(character="houses", toward="league", affinity=0.2, trust=0.1),)
    kept = Promise(
        id="river.peace", treaty="river", by="league", toward="houses", term="peace", outcome="kept", at=NOON
    )
    over = WAR.model_copy(update={"on": False})
    first = replace(full_commit(1), affairs=(PEACE, over), effects=warmer)
    second = replace(full_commit(2), affairs=(PEACE, WAR, kept), effects=warmer)

    await memory.commit(first)
    await memory.commit(second)
    await memory.commit(second)

    assert (await memory.standing(WORLD, None, "houses", "league")).affinity == 0.2
    assert await memory.chronicle.affairs(WORLD) == [kept, PEACE, over]
