"""What one decision leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from memory import Commit, Memory
from schemas import ChangeRelationship, RevealFact, UnknownThing
from tests.memory.stage import PAST, WORLD, call, decision, experience, full_commit, said

THREAD = f"{WORLD}/dialogue.malgar"


async def test_a_decision_leaves_facts_feelings_memories_and_words_behind(memory: Memory) -> None:
    done = await memory.commit(full_commit(1))

    assert done.fresh
    assert await memory.decision(WORLD, "d1") == done.decision
    assert [fact.id for fact in await memory.facts(WORLD, None, knower="marta")] == ["good_beer", "rumour_1"]
    assert (await memory.standing(WORLD, None, "malgar", "marta")).trust == pytest.approx(0.01)
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m1"]
    assert [turn.text for turn in await memory.turns(WORLD, None, THREAD)] == ["Have you heard rumour 1?", "No."]


async def test_a_decision_that_is_committed_twice_happens_once(memory: Memory) -> None:
    first = await memory.commit(full_commit(1))
    before = await memory.dump(WORLD)

    other_words = Commit(decision=decision("d1", says="Something else."), thread=THREAD, turns=said("Again?"))
    again = await memory.commit(other_words)

    assert again.decision == first.decision
    assert (again.seq, again.fresh) == (first.seq, False)
    assert await memory.dump(WORLD) == before


async def test_a_decision_that_many_commit_at_once_happens_once(memory: Memory) -> None:
    done = await asyncio.gather(*(memory.commit(full_commit(1)) for _ in range(8)))

    assert [one.fresh for one in done].count(True) == 1
    assert {one.seq for one in done} == {done[0].seq}
    assert len(await memory.turns(WORLD, None, THREAD)) == 2


async def test_moments_follow_each_other_without_gaps(memory: Memory) -> None:
    done = await asyncio.gather(*(memory.commit(full_commit(number)) for number in range(12)))

    moments = sorted(one.seq for one in done)
    assert moments == list(range(moments[0], moments[0] + 12))


async def test_feelings_add_up_within_their_bounds_and_keep_their_reasons(memory: Memory) -> None:
    hatred = ChangeRelationship(character="malgar", toward="ilse", affinity=-0.9, trust=-0.9, reason="betrayal")
    await memory.commit(Commit(decision=decision(), thread=THREAD, staged=(call(0, hatred, hatred),)))

    now = await memory.standing(WORLD, None, "malgar", "ilse")
    assert (now.affinity, now.trust) == (-1.0, -1.0)
    assert await memory.relationships(WORLD, None, "malgar") == [now]
    changes = [row for row in await memory.dump(WORLD) if row["table"] == "relationship_change"]
    assert [(row["affinity_change"], row["reason"]) for row in changes] == [
        (0.3, "world"),
        (-0.9, "betrayal"),
        (-0.9, "betrayal"),
    ]


async def test_two_who_never_met_stand_at_zero(memory: Memory) -> None:
    standing = await memory.standing(WORLD, None, "marta", "malgar")

    assert (standing.affinity, standing.trust) == (0.0, 0.0)


async def test_a_secret_that_is_revealed_is_known_to_those_who_heard_it_only(memory: Memory) -> None:
    reveal = RevealFact(fact=PAST.id, to=("ilse",))
    await memory.commit(Commit(decision=decision(), thread=THREAD, staged=(call(0, reveal),)))

    [known] = [fact for fact in await memory.facts(WORLD, None, knower="ilse") if fact.id == PAST.id]
    assert not known.revealed, "it is out when the player's side has heard it"
    assert known.known_by == ("malgar", "ilse")
    assert PAST.id not in {fact.id for fact in await memory.facts(WORLD, None, knower="marta")}


async def test_a_fact_told_again_under_its_name_neither_changes_nor_spreads(memory: Memory) -> None:
    forged = (
        full_commit(1)
        .staged[0]
        .effects[0]
        .model_copy(update={"fact": PAST.model_copy(update={"text": "Everybody may know.", "known_by": ("everyone",)})})
    )
    await memory.commit(Commit(decision=decision(), thread=THREAD, staged=(call(0, forged),)))

    assert PAST.id not in {fact.id for fact in await memory.facts(WORLD, None, knower="marta")}
    [kept] = [fact for fact in await memory.facts(WORLD, None, knower="malgar") if fact.id == PAST.id]
    assert kept == PAST


async def test_revealing_what_nobody_told_reveals_nothing(memory: Memory) -> None:
    nothing = RevealFact(fact="not_told_yet", to=("marta",))
    await memory.commit(Commit(decision=decision(), thread=THREAD, staged=(call(0, nothing),)))

    assert not [row for row in await memory.dump(WORLD) if row["table"] in ("fact_known", "fact_revealed")]


async def test_a_decision_of_an_unknown_world_or_timeline_says_which(memory: Memory) -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'morning'"):
        await memory.commit(Commit(decision=decision(world="mourning"), thread="t"))
    with pytest.raises(UnknownThing, match=r"no timeline 'mains'\. Did you mean 'main'"):
        await memory.commit(Commit(decision=decision(), thread="t", timeline="mains"))


async def test_a_commit_whose_caller_gives_up_is_whole_or_not_there(memory: Memory) -> None:
    for number in range(20):
        task = asyncio.create_task(memory.commit(full_commit(number)))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    rows = await memory.dump(WORLD)
    for number in range(20):
        leaves = {row["table"] for row in rows if row.get("id") in (f"d{number}", f"m{number}", f"rumour_{number}")}
        assert leaves in ({"decision", "memory_entry", "fact"}, set())


async def test_odd_characters_and_long_texts_are_kept_as_they_are(memory: Memory) -> None:
    odd = "\0 \u202e \U0001f9d9 " + "x" * 3_900
    change = ChangeRelationship(character="malgar", toward="marta", reason="nul\0nul")
    await memory.commit(
        Commit(decision=decision(), thread=THREAD, memory=experience("m1", odd), staged=(call(0, change),))
    )

    [kept] = await memory.memories(WORLD, None, "malgar")
    assert kept.text == odd
