"""Forks: they see what was, and nothing later."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from memory import Commit, Memory, News
from schemas import (
    Affect,
    BadRequest,
    ChangeRelationship,
    Mood,
    QuestProgress,
    RevealFact,
    Stirring,
    TraitStep,
    UnknownThing,
    WorldTime,
)
from tests.memory.stage import (
    NOON,
    ORPHANAGE,
    PAST,
    WORLD,
    call,
    decision,
    experience,
    full_commit,
    open_memory,
    pack,
    query,
    said,
)

THREAD = f"{WORLD}/dialogue.malgar"


async def everything(memory: Memory, timeline: str | None) -> tuple[object, ...]:
    return (
        await memory.facts(WORLD, timeline, knower=None),
        await memory.memories(WORLD, timeline, "malgar"),
        await memory.turns(WORLD, timeline, THREAD),
        await memory.relationships(WORLD, timeline, "malgar"),
        await memory.chronicle.quests(WORLD, timeline),
        await memory.chronicle.mood(WORLD, timeline, "malgar"),
        await memory.chronicle.temper(WORLD, timeline, "malgar"),
        await memory.chronicle.relationship(WORLD, timeline, "malgar", "ilse"),
        await memory.conversation.summary(WORLD, timeline, THREAD),
        await memory.recall(query("rumour", ORPHANAGE, timeline=timeline, thread=THREAD)),
        await memory.recall(query("the dragon burned a village", ORPHANAGE, timeline=timeline, thread=THREAD)),
    )


async def dragons(memory: Memory, timeline: str | None, first: int = 0) -> None:
    """Everything that can be remembered, on a branch that will be abandoned."""
    await memory.tell(
        News(
            world=WORLD,
            id=f"dragons_{first}",
            timeline=timeline,
            quests=(QuestProgress(quest="dragon_hunt", status="failed", at=NOON),),
            moods=(Mood(character="malgar", valence=-0.9, at=NOON),),
        )
    )
    for number in range(first, first + 12):
        await memory.commit(
            Commit(
                decision=decision(f"dragon_{number}"),
                thread=THREAD,
                timeline=timeline,
                staged=(
                    *full_commit(100 + number).staged,
                    call(2, ChangeRelationship(character="malgar", toward="ilse", affinity=-0.1, reason="dragons")),
                ),
                memory=experience(f"dragon_{number}", f"The dragon burned village {number}."),
                turns=said(f"The dragon burned village {number}.", "Again!"),
                stirred=Stirring(
                    character="malgar", at=NOON, mood=Affect(valence=-0.1), traits=TraitStep(neuroticism=0.01)
                ),
            )
        )
    await memory.conversation.summarise(WORLD, timeline, THREAD)


async def test_a_fork_is_where_the_world_goes_on_unless_it_shall_stay(memory: Memory) -> None:
    world = memory.world_line(WORLD)

    aside = await world.fork(stay=True)
    assert await world.current() == "main"
    onward = await world.fork()

    assert (aside, onward) == ("t2", "t3")
    assert (await world.current(), memory.timeline(WORLD)) == ("t3", "t3")
    await memory.commit(full_commit(0))
    assert [entry.id for entry in await memory.memories(WORLD, "t3", "malgar")] == ["m0"]
    assert await memory.memories(WORLD, "main", "malgar") == []


async def test_a_fork_sees_what_was_and_nothing_that_is_written_later(memory: Memory) -> None:
    await memory.commit(full_commit(0))
    before = await everything(memory, None)
    timeline = await memory.world_line(WORLD).fork(stay=True)

    for number in range(1, 8):
        await memory.commit(full_commit(number))
    await memory.settle()

    assert await everything(memory, timeline) == before
    assert await everything(memory, None) != before


async def test_a_fork_at_a_moment_sees_just_so_much(memory: Memory) -> None:
    done = [await memory.commit(full_commit(number)) for number in range(4)]

    timeline = await memory.world_line(WORLD).rewind(done[1].seq)

    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m0", "m1"]
    assert (await memory.standing(WORLD, timeline, "malgar", "marta")).trust == pytest.approx(0.02)


async def test_nothing_of_an_abandoned_branch_comes_to_mind_not_even_what_is_written_late(memory: Memory) -> None:
    moment = 0
    for number in range(8):
        moment = (await memory.commit(full_commit(number))).seq
    await memory.settle()
    before = await everything(memory, None)
    await dragons(memory, None)
    await memory.settle()

    await memory.world_line(WORLD).rewind(moment)
    await memory.settle()
    assert await everything(memory, None) == before

    await dragons(memory, "main", 12)  # decisions that had begun before, and a summary that took its time
    await memory.settle()
    assert await everything(memory, None) == before
    assert len(await memory.memories(WORLD, "main", "malgar")) == 32


async def test_what_happens_on_a_fork_stays_there(memory: Memory) -> None:
    timeline = await memory.world_line(WORLD).fork(stay=True)
    before = await everything(memory, None)
    await memory.commit(
        Commit(
            decision=decision("other"),
            thread=THREAD,
            timeline=timeline,
            staged=(
                call(0, RevealFact(fact=PAST.id, to=("marta",))),
                call(1, ChangeRelationship(character="malgar", toward="ilse", affinity=0.5)),
            ),
            memory=experience("only_here", "I told her."),
            turns=said("Listen."),
        )
    )

    assert await everything(memory, None) == before
    assert PAST.id in {fact.id for fact in await memory.facts(WORLD, timeline, knower="marta")}
    assert (await memory.standing(WORLD, timeline, "malgar", "ilse")).affinity == pytest.approx(0.8)


async def test_the_index_gives_away_nothing_of_another_timeline(memory: Memory) -> None:
    """The abandoned branch has a hundred better matches; not one of them comes."""
    for number in range(8):
        entry = experience(f"old_{number}", f"I walked the road, mile {number}.")
        await memory.commit(Commit(decision=decision(f"old_{number}"), thread=THREAD, memory=entry))
    timeline = await memory.world_line(WORLD).fork(stay=True)
    for number in range(100):
        entry = experience(f"new_{number}", f"The dragon burned village {number}.")
        await memory.commit(Commit(decision=decision(f"new_{number}"), thread=THREAD, memory=entry))
    await memory.settle()

    recalled = await memory.recall(query("the dragon burned a village", timeline=timeline))

    assert len(recalled.memories) == 5
    assert all(entry.id.startswith("old_") for entry in recalled.memories)
    assert not recalled.warnings


async def test_what_was_decided_on_an_abandoned_branch_is_decided_anew(memory: Memory) -> None:
    await memory.commit(full_commit(0))
    abandoned = await memory.commit(full_commit(1))
    await memory.world_line(WORLD).rewind(abandoned.seq - 1)
    assert await memory.decision(WORLD, "d1") is None

    other = Commit(
        decision=decision("d1", says="This time I stay silent."), thread=THREAD, staged=full_commit(1).staged
    )
    anew = await memory.commit(other)

    assert anew.fresh
    assert await memory.decision(WORLD, "d1") == other.decision
    assert await memory.decision(WORLD, "d1", "main") == abandoned.decision
    again = await memory.commit(other)
    assert (again.fresh, again.seq) == (False, anew.seq)
    calls = [str(row["timeline"]) for row in await memory.dump(WORLD) if row["table"] == "tool_call"]
    assert sorted(calls) == ["main"] * 4 + ["t2"] * 2


async def test_what_was_decided_before_a_fork_stays_decided_on_it(memory: Memory) -> None:
    first = await memory.commit(full_commit(0))
    await memory.world_line(WORLD).fork()

    again = await memory.commit(Commit(decision=decision("d0", says="Something else."), thread=THREAD))

    assert (again.fresh, again.decision) == (False, first.decision)


async def test_a_fork_of_a_moment_that_never_was_is_refused(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    for moment in (-1, 999):
        with pytest.raises(BadRequest, match="is no moment of 'morning'"):
            await world.fork(moment)
    with pytest.raises(UnknownThing, match=r"no timeline 'mainn'\. Did you mean 'main'"):
        await world.fork(timeline="mainn")
    with pytest.raises(UnknownThing, match="Did you mean 'morning'"):
        memory.world_line("mourning")
    assert [timeline.id for timeline in await world.timelines()] == ["main"]


async def test_going_back_to_one_moment_again_and_again_makes_siblings(memory: Memory) -> None:
    moment = (await memory.commit(full_commit(0))).seq
    world = memory.world_line(WORLD)
    for number in range(1, 20):
        await world.rewind(moment)
        await memory.commit(full_commit(number))

    made = await world.timelines()

    assert {(timeline.parent, timeline.forked_at) for timeline in made[1:]} == {("main", moment)}
    assert [timeline.current for timeline in made] == [False] * 19 + [True]
    ours = [row for row in await memory.dump(WORLD) if row["table"] == "lineage" and row["timeline"] == "t20"]
    assert sorted(str(row["ancestor"]) for row in ours) == ["main", "t20"]
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m0", "m19"]


async def test_a_fork_of_a_fork_sees_both(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    for number in range(4):
        await memory.commit(full_commit(number))
        await world.fork()
        await memory.commit(full_commit(10 + number))
        await world.rewind((await world.log(limit=1))[0].seq)

    remembered = [entry.id for entry in await memory.memories(WORLD, None, "malgar")]

    assert remembered == ["m0", "m10", "m1", "m11", "m2", "m12", "m3", "m13"]


async def test_a_switch_by_another_process_is_seen_at_once(record_url: str | None, tmp_path: Path) -> None:
    one = await open_memory(record_url, tmp_path)
    await one.load_world(pack())
    other = await open_memory(record_url, tmp_path / "elsewhere" if record_url else tmp_path)
    await one.commit(full_commit(0))
    assert await other.find_timeline(WORLD, None) == "main"

    moment = (await one.commit(full_commit(1))).seq - 1
    timeline = await one.world_line(WORLD).rewind(moment)

    assert await other.find_timeline(WORLD, None) == timeline
    assert [entry.id for entry in await other.memories(WORLD, None, "malgar")] == ["m0"]
    await other.commit(full_commit(2))
    assert [entry.id for entry in await one.memories(WORLD, None, "malgar")] == ["m0", "m2"]
    await one.aclose()
    await other.aclose()


async def test_many_forks_and_commits_at_once_all_happen(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    work = [world.fork() if number % 3 == 0 else memory.commit(full_commit(number)) for number in range(24)]

    await asyncio.gather(*work)

    assert [timeline.id for timeline in await world.timelines()] == ["main", *(f"t{number}" for number in range(2, 10))]
    rows = await memory.dump(WORLD)
    assert len([row for row in rows if row["table"] == "decision"]) == 16
    moments = [row["seq"] for row in rows if row["table"] in ("decision", "timeline")]
    assert len(set(moments)) == len(moments)


async def test_a_clock_that_goes_backwards_changes_no_order(memory: Memory) -> None:
    for number in range(3):
        entry = experience(f"m{number}", f"Number {number}.").model_copy(update={"at": WorldTime(day=9 - number)})
        commit = Commit(
            decision=decision(f"d{number}"), thread=THREAD, memory=entry, at=entry.at, turns=said(f"{number}")
        )
        await memory.commit(commit)

    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m0", "m1", "m2"]
    assert [turn.text for turn in await memory.turns(WORLD, None, THREAD)] == ["0", "1", "2"]
    assert [str(moment.at) for moment in await memory.world_line(WORLD).log(limit=3)] == [
        "day 7, 00:00",
        "day 8, 00:00",
        "day 9, 00:00",
    ]
