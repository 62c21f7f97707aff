"""How lives went: what the game tells is told once, and each line of history has its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from memory import LexicalEmbedder, Memory, News
from schemas import (
    ChangeRelationship,
    Experience,
    Fact,
    LoreFact,
    Mood,
    QuestProgress,
    QuestStatus,
    RevealFact,
    UnknownThing,
    WorldTime,
)
from tests.memory.stage import NOON, PAST, WORLD, experience, full_commit, open_memory, pack, query, said


def quest(status: QuestStatus, *done: str) -> QuestProgress:
    return QuestProgress(quest="lost_ring", status=status, title="A lost ring", giver="marta", done=done, at=NOON)


def mood(valence: float) -> Mood:
    return Mood(character="marta", valence=valence, at=NOON)


def lesson(id_: str, kind: str = "combat", reward: float = 0.5) -> Experience:
    return Experience(
        id=id_,
        character="malgar",
        kind=kind,
        situation={"foes": 3},
        choice="cleave",
        outcome="won",
        reward=reward,
        at=NOON,
    )


def told(id_: str, **what: object) -> News:
    return News(world=WORLD, id=id_, **what)  # pyright: ignore[reportArgumentType]  # tests pass what they like


async def test_what_the_game_tells_is_told_once(memory: Memory) -> None:
    news = told("n1", effects=(ChangeRelationship(character="marta", toward="malgar", trust=0.25),))

    first, again = await memory.tell(news), await memory.tell(news)

    assert (first.fresh, again.fresh, again.seq) == (True, False, first.seq)
    assert (await memory.standing(WORLD, None, "marta", "malgar")).trust == 0.25


async def test_two_who_tell_the_same_at_once_tell_it_once(memory: Memory) -> None:
    news = told("n1", effects=(ChangeRelationship(character="marta", toward="malgar", trust=0.25),))

    results = await asyncio.gather(*(memory.tell(news) for _ in range(8)))

    assert sum(result.fresh for result in results) == 1
    assert (await memory.standing(WORLD, None, "marta", "malgar")).trust == 0.25


async def test_all_that_is_told_is_found_where_it_belongs(memory: Memory) -> None:
    flood = Fact(id="flood", text="The bridge was washed away.", payload=LoreFact(topic="bridge"))
    await memory.tell(
        told(
            "n1",
            facts=(flood,),
            effects=(RevealFact(fact=PAST.id, to=("ilse",)),),
            memories=(experience("m1", "I saw the bridge go."),),
            turns={"a": said("The bridge!"), "b": said("What of it?", "It is gone.")},
            quests=(quest("offered"),),
            moods=(mood(-0.5),),
            experiences=(lesson("x1"),),
        )
    )

    assert {"flood", PAST.id} <= {fact.id for fact in await memory.facts(WORLD, None, knower="ilse")}
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m1"]
    assert [turn.text for turn in await memory.turns(WORLD, None, "b")] == ["What of it?", "It is gone."]
    assert [turn.text for turn in await memory.turns(WORLD, None, "a")] == ["The bridge!"]
    assert await memory.chronicle.quests(WORLD) == [quest("offered")]
    assert await memory.chronicle.mood(WORLD, None, "marta") == mood(-0.5)
    assert await memory.chronicle.experiences(WORLD, None, "malgar") == [lesson("x1")]


async def test_a_memory_that_was_told_comes_to_mind(memory: Memory) -> None:
    lines = [f"I mended net number {number} in the harbour." for number in range(12)]
    net = [experience(f"m{number}", line) for number, line in enumerate(lines)]
    await memory.tell(told("n1", memories=(*net, experience("fox", "A fox stole a goose from the miller's yard."))))

    recalled = await memory.recall(query("who stole the goose of the miller", memories=3))

    assert recalled.memories[0].id == "fox"


async def test_the_latest_stand_of_each_quest_and_the_last_mood_count(memory: Memory) -> None:
    await memory.tell(told("n1", quests=(quest("started"),), moods=(mood(0.9),)))
    await memory.tell(told("n2", quests=(quest("advanced", "find_the_well"),), moods=(mood(-0.1),)))

    assert await memory.chronicle.quests(WORLD) == [quest("advanced", "find_the_well")]
    assert await memory.chronicle.mood(WORLD, None, "marta") == mood(-0.1)
    assert await memory.chronicle.mood(WORLD, None, "ilse") is None


async def test_a_relationship_has_a_history(memory: Memory) -> None:
    for number, trust in enumerate((0.3, -0.1)):
        change = ChangeRelationship(character="malgar", toward="ilse", trust=trust, reason=f"reason {number}")
        await memory.tell(told(f"n{number}", effects=(change,)))

    steps = await memory.chronicle.relationship(WORLD, None, "malgar", "ilse")

    assert [step.reason for step in steps] == ["world", "reason 0", "reason 1"]
    assert [round(step.trust, 9) for step in steps] == [-0.2, 0.1, 0.0]
    assert [step.seq for step in steps] == sorted(step.seq for step in steps)
    assert steps[-1].trust == (await memory.standing(WORLD, None, "malgar", "ilse")).trust


async def test_a_reputation_is_what_each_faction_thinks(memory: Memory) -> None:
    nothing = (await memory.chronicle.reputation(WORLD, None, "marta"))["order"]
    change = ChangeRelationship(character="order", toward="marta", affinity=-0.4)
    await memory.tell(told("n1", effects=(change,)))

    reputation = await memory.chronicle.reputation(WORLD, None, "marta")

    assert (nothing.affinity, nothing.trust) == (0.0, 0.0)
    assert {name: one.affinity for name, one in reputation.items()} == {"order": -0.4}


async def test_experiences_come_by_kind_and_the_last_ones_only(memory: Memory) -> None:
    for number in range(4):
        await memory.tell(told(f"n{number}", experiences=(lesson(f"x{number}", ("combat", "encounter")[number % 2]),)))

    fights = await memory.chronicle.experiences(WORLD, None, "malgar", kind="combat")
    last = await memory.chronicle.experiences(WORLD, None, "malgar", last=2)

    assert [one.id for one in fights] == ["x0", "x2"]
    assert [one.id for one in last] == ["x2", "x3"]


async def test_what_a_faction_learns_its_members_know(memory: Memory) -> None:
    await memory.tell(told("n1", effects=(RevealFact(fact=PAST.id, to=("order",)),)))

    assert PAST.id in {fact.id for fact in await memory.facts(WORLD, None, knower="ilse")}
    assert PAST.id not in {fact.id for fact in await memory.facts(WORLD, None, knower="marta")}


async def test_news_from_a_timeline_or_world_that_is_not_there_is_refused(memory: Memory) -> None:
    with pytest.raises(UnknownThing, match="timeline"):
        await memory.tell(told("n1", timeline="t9"))
    with pytest.raises(UnknownThing, match="world"):
        await memory.tell(News(world="mourning", id="n1"))


async def test_a_fact_that_was_told_outlives_the_process(record_url: str | None, tmp_path: Path) -> None:
    first = await open_memory(record_url, tmp_path, LexicalEmbedder())
    await first.load_world(pack())
    fact = Fact(id="flood", text="The bridge is gone.", payload=LoreFact(topic="bridge"), expires=WorldTime(day=9))
    await first.tell(told("n1", facts=(fact,)))
    await first.aclose()

    second = await open_memory(record_url, tmp_path, LexicalEmbedder())

    assert fact in await second.facts(WORLD, None, knower="marta")
    await second.aclose()


async def test_a_decision_and_news_share_one_clock_of_moments(memory: Memory) -> None:
    before = await memory.tell(told("n1", moods=(mood(0.1),)))
    committed = await memory.commit(full_commit(1))
    after = await memory.tell(told("n2", moods=(mood(0.2),)))

    assert before.seq + 1 == committed.seq == after.seq - 1
