"""What comes to mind: by association, by meaning, and only what one knows."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import Commit, LexicalEmbedder, Memory
from schemas import (
    EVERYONE,
    PLAYER,
    Association,
    Character,
    Fact,
    Faction,
    ModelUnavailable,
    RevealFact,
    SecretFact,
    Tag,
    WorldInfo,
    WorldPack,
    WorldTime,
)
from tests.memory.stage import (
    INNKEEPER,
    ORPHANAGE,
    PAST,
    PRIESTESS,
    TITHE,
    VILLAIN,
    WORLD,
    call,
    decision,
    experience,
    open_memory,
    pack,
    query,
    said,
)

THREAD = f"{WORLD}/dialogue.malgar"
TALES = (
    "The smith sold me a horseshoe.",
    "Rain fell on the harvest.",
    "Ilse burned my letters in the orphanage.",
    "A goblin stole my purse at the bridge.",
    "The captain asked about the tax.",
    "I slept badly.",
    "We ate soup.",
    "A cat followed me home.",
)


async def live_through(memory: Memory, *tales: str, name: str = "m") -> None:
    for number, tale in enumerate(tales):
        entry = experience(f"{name}{number}", tale)
        await memory.commit(Commit(decision=decision(f"{name}{number}"), thread=THREAD, memory=entry))


def texts(recalled_memories: Sequence[object]) -> list[str]:
    return [str(getattr(entry, "text", entry)) for entry in recalled_memories]


async def test_the_villain_and_the_priestess_together_bring_their_past_to_mind(memory: Memory) -> None:
    recalled = await memory.recall(query("", VILLAIN, PRIESTESS))

    assert recalled.activation[str(ORPHANAGE)] == pytest.approx(0.9)
    assert [fact.id for fact in recalled.facts] == [PAST.id]


async def test_what_only_another_knows_does_not_come_to_mind(memory: Memory) -> None:
    recalled = await memory.recall(query("", VILLAIN, PRIESTESS, INNKEEPER, character="marta"))

    assert [fact.id for fact in recalled.facts] == ["good_beer"]


async def test_a_member_knows_what_her_faction_knows_until_it_is_over(memory: Memory) -> None:
    before = await memory.recall(query("", ORPHANAGE, character="ilse", at=WorldTime(day=6)))
    after = await memory.recall(query("", ORPHANAGE, character="ilse", at=WorldTime(day=7)))

    assert [fact.id for fact in before.facts] == [TITHE.id]
    assert after.facts == ()


async def test_a_revealed_secret_comes_to_the_mind_of_whoever_heard_it(memory: Memory) -> None:
    asked = query("", ORPHANAGE, character="marta")
    assert (await memory.recall(asked)).facts == ()

    reveal = RevealFact(fact=PAST.id, to=("marta",))
    await memory.commit(Commit(decision=decision(), thread=THREAD, staged=(call(0, reveal),)))

    [fact] = (await memory.recall(asked)).facts
    assert (fact.id, "marta" in fact.known_by) == (PAST.id, True)


async def test_no_more_facts_come_than_were_asked_for_and_the_weightiest_first(memory: Memory) -> None:
    recalled = await memory.recall(query("", ORPHANAGE, INNKEEPER, facts=1))

    assert [fact.id for fact in recalled.facts] == [PAST.id]


async def test_a_question_brings_the_memory_that_answers_it_before_it_is_indexed_and_after(memory: Memory) -> None:
    await live_through(memory, *TALES)
    asked = query("Who stole your purse at the bridge?", memories=2)

    waiting = await memory.recall(asked)
    await memory.settle()
    indexed = await memory.recall(asked)

    assert texts(waiting.memories)[0] == texts(indexed.memories)[0] == TALES[3]
    assert waiting.warnings == indexed.warnings == ()


async def test_without_a_question_the_newest_memories_come(memory: Memory) -> None:
    await live_through(memory, *TALES)

    assert texts((await memory.recall(query(memories=2))).memories) == [TALES[7], TALES[6]]
    assert (await memory.recall(query("purse", memories=0))).memories == ()


async def test_nobody_remembers_what_another_lived_through(memory: Memory) -> None:
    await live_through(memory, *TALES)
    await memory.settle()

    assert (await memory.recall(query(TALES[3], character="ilse"))).memories == ()


async def test_the_last_words_of_a_conversation_come_oldest_first(memory: Memory) -> None:
    for number in range(8):
        turns = said(f"Question {number}", f"Answer {number}")
        await memory.commit(Commit(decision=decision(f"d{number}"), thread=THREAD, turns=turns))

    recalled = await memory.recall(query(thread=THREAD))

    assert texts(recalled.turns)[:2] == ["Question 3", "Answer 3"]
    assert texts(recalled.turns)[-1] == "Answer 7"


async def test_when_the_index_is_deleted_the_record_answers_and_reindexing_mends_it(
    memory: Memory, tmp_path: Path
) -> None:
    await live_through(memory, *TALES)
    await memory.settle()
    asked = query("Who stole your purse at the bridge?", memories=2)
    healthy = await memory.recall(asked)
    shutil.rmtree(tmp_path / "chroma")

    broken = await memory.recall(asked)
    assert texts(broken.memories)[0] == TALES[3]
    assert broken.found_by["m3"] == ("lexical",)
    assert "is gone" in broken.warnings[0]
    assert not all(line.ok for line in await memory.health())

    await memory.reindex(WORLD)
    assert await memory.recall(asked) == healthy
    assert all(line.ok for line in await memory.health())


async def test_an_index_that_was_deleted_while_nobody_played_is_made_again(
    record_url: str | None, tmp_path: Path
) -> None:
    asked = query("Who stole your purse at the bridge?", memories=2)
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    await live_through(memory, *TALES)
    await memory.settle()
    healthy = await memory.recall(asked)
    await memory.aclose()
    shutil.rmtree(tmp_path / "chroma")

    memory = await open_memory(record_url, tmp_path)
    assert await memory.recall(asked) == healthy
    await memory.settle()
    assert await memory.recall(asked) == healthy
    await memory.aclose()


async def test_an_index_that_is_garbage_costs_recall_and_reindexing_mends_it(
    record_url: str | None, tmp_path: Path
) -> None:
    asked = query("Who stole your purse at the bridge?", memories=2)
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    await live_through(memory, *TALES)
    await memory.settle()
    healthy = await memory.recall(asked)
    await memory.aclose()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1_000)

    memory = await open_memory(record_url, tmp_path)
    broken = await memory.recall(asked)
    assert broken.memories
    assert "the dense index failed" in broken.warnings[0]
    await memory.reindex(WORLD)
    assert await memory.recall(asked) == healthy
    await memory.aclose()


async def test_an_index_that_is_started_before_anything_happened_works(memory: Memory) -> None:
    await memory.warm()
    await live_through(memory, *TALES)
    await memory.settle()

    recalled = await memory.recall(query("Who stole your purse at the bridge?", memories=1))

    assert texts(recalled.memories) == [TALES[3]]
    assert recalled.warnings == ()


class OtherEmbedder(LexicalEmbedder):
    name = "other"


async def test_vectors_of_another_embedder_are_never_compared(record_url: str | None, tmp_path: Path) -> None:
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    await live_through(memory, *TALES)
    await memory.settle()
    await memory.aclose()

    memory = await open_memory(record_url, tmp_path, OtherEmbedder())
    asked = query("Who stole your purse at the bridge?", memories=2)
    [warning] = (await memory.recall(asked)).warnings
    assert "'lexical-1'" in warning
    assert "'other'" in warning
    assert "loomwright memory reindex" in warning
    await memory.reindex(WORLD)
    assert (await memory.recall(asked)).warnings == ()
    await memory.aclose()


class SlowEmbedder(LexicalEmbedder):
    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        await asyncio.sleep(600)
        return []


class LostEmbedder(LexicalEmbedder):
    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise ModelUnavailable("Nothing answers at the endpoint.")


@pytest.mark.parametrize(
    ("embedder", "because"),
    [(SlowEmbedder(), "dense leg: no answer within 4 s"), (LostEmbedder(), "Nothing answers")],
)
async def test_an_embedder_that_is_slow_or_lost_costs_its_leg_and_no_other(
    embedder: LexicalEmbedder, because: str, tmp_path: Path
) -> None:
    memory = await open_memory(None, tmp_path, embedder)
    await memory.load_world(pack())
    await live_through(memory, *TALES)

    recalled = await memory.recall(query("Who stole your purse?", memories=2, patience=4))

    assert texts(recalled.memories)[0] == TALES[3]
    assert recalled.found_by["m3"] == ("lexical",)
    [warning] = recalled.warnings
    assert because in warning
    await memory.aclose()


NAMES = ("ada", "bo", "cy", "di")
FACTIONS = ("red", "blue")
KNOWERS = st.lists(st.sampled_from((*NAMES, *FACTIONS, PLAYER)), min_size=1, max_size=3).map(tuple)
TAGS = [Tag.model_validate(f"entity:{name}") for name in NAMES]


def test_no_secret_ever_comes_to_the_mind_of_somebody_who_may_not_know_it(tmp_path: Path) -> None:
    """Worlds of four with random allegiances, secrets, links and revelations; everybody is asked about everything."""
    with asyncio.Runner() as runner:
        memory = runner.run(open_memory(None, tmp_path))
        worlds = iter(range(1_000_000))

        @settings(max_examples=60, deadline=None)
        @given(
            sides=st.lists(st.sampled_from((*FACTIONS, None)), min_size=4, max_size=4),
            party=st.sets(st.sampled_from(NAMES)),
            secrets=st.lists(st.tuples(KNOWERS, st.sets(st.sampled_from(TAGS), min_size=1)), max_size=6),
            reveals=st.lists(st.tuples(st.integers(0, 5), KNOWERS), max_size=3),
        )
        def explore(
            sides: list[str | None],
            party: set[str],
            secrets: list[tuple[tuple[str, ...], set[Tag]]],
            reveals: list[tuple[int, tuple[str, ...]]],
        ) -> None:
            world = f"w{next(worlds)}"
            whole = WorldPack(
                info=WorldInfo(id=world, name="A world", party=tuple(sorted(party))),
                characters=tuple(
                    Character(id=name, name=name, faction=side) for name, side in zip(NAMES, sides, strict=True)
                ),
                factions=tuple(Faction(id=name, name=name) for name in FACTIONS),
                facts=tuple(
                    Fact(
                        id=f"s{number}",
                        text=f"Secret {number}.",
                        payload=SecretFact(holder=NAMES[0]),
                        known_by=known_by,
                        tags=tuple(sorted(tags, key=str)),
                    )
                    for number, (known_by, tags) in enumerate(secrets)
                ),
                associations=tuple(Association(a=TAGS[0], b=tag, weight=1.0) for tag in TAGS[1:]),
            )
            allowed = {f"s{number}": set(known_by) for number, (known_by, _) in enumerate(secrets)}
            staged = tuple(
                call(number, RevealFact(fact=f"s{which}", to=to)) for number, (which, to) in enumerate(reveals)
            )
            for which, to in reveals:
                allowed.get(f"s{which}", set()).update(to)
            runner.run(memory.load_world(whole))
            runner.run(
                memory.commit(Commit(decision=decision(character="ada", world=world), thread="t", staged=staged))
            )
            for name, side in zip(NAMES, sides, strict=True):
                aliases = {name, EVERYONE, side, PLAYER if name in party else name}
                recalled = runner.run(memory.recall(query("", *TAGS, character=name, world=world)))
                expected = {fact for fact, knowers in allowed.items() if knowers & aliases}
                assert {fact.id for fact in recalled.facts} == expected
                known = runner.run(memory.facts(world, None, knower=name))
                assert {fact.id for fact in known} == expected

        explore()
        runner.run(memory.aclose())
