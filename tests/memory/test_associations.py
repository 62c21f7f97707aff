"""What is learned from facts: which tags belong together, and who learns it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import Memory, News
from memory.tags.associations import CROWD, FULL, NAMESAKES, NEAR, PAIRED
from schemas import (
    EVERYONE,
    AddFact,
    BadRequest,
    Character,
    EventFact,
    Fact,
    Faction,
    FactSource,
    LoreFact,
    RevealFact,
    Tag,
    UnknownThing,
    WorldInfo,
    WorldPack,
    WorldTime,
)
from tests.memory.stage import NOON, ORPHANAGE, VILLAIN, WORLD, open_memory, pack, query


def fact(
    id_: str,
    *tags: str,
    importance: float = 0.8,
    known_by: tuple[str, ...] = (EVERYONE,),
    at: WorldTime | None = None,
    source: FactSource = FactSource.GAME,
) -> Fact:
    return Fact(
        id=id_,
        text=f"The tale of {id_}.",
        payload=EventFact(event_type="feast", at=at) if at else LoreFact(topic="tale"),
        tags=tuple(Tag.model_validate(tag) for tag in tags),
        importance=importance,
        known_by=known_by,
        source=source,
    )


async def tell(memory: Memory, *facts: Fact, timeline: str | None = None) -> None:
    await memory.tell(News(world=WORLD, id=f"told_{facts[0].id}", timeline=timeline, facts=facts))


async def kinds(memory: Memory, a: str, b: str, knower: str | None = None) -> dict[str, float]:
    """Why two tags belong together, to somebody's mind."""
    around = await memory.neighbourhood(WORLD, None, a, knower=knower, depth=1, threshold=0.0)
    return dict(around.edges[a, b]["kinds"]) if around.has_edge(a, b) else {}


async def test_tags_of_one_fact_belong_together_the_less_the_more_it_is_about(memory: Memory) -> None:
    await tell(memory, fact("duel", "entity:brok", "concept:honour"))
    await tell(memory, fact("feast", "entity:ada", "concept:ale", "concept:song", "concept:moon", "concept:oak"))

    assert await kinds(memory, "entity:brok", "concept:honour") == pytest.approx({"co_occurrence": 0.8})
    assert await kinds(memory, "concept:song", "concept:oak") == pytest.approx({"co_occurrence": 0.4})


async def test_what_is_seen_together_again_has_the_mean_of_its_weights(memory: Memory) -> None:
    for number, importance in enumerate((0.9, 0.3, 0.3)):
        await tell(memory, fact(f"duel_{number}", "entity:brok", "concept:honour", importance=importance))

    together = await kinds(memory, "entity:brok", "concept:honour")
    assert together["co_occurrence"] == pytest.approx(0.5)


async def test_an_association_that_was_told_keeps_its_weight_beside_what_is_learned(memory: Memory) -> None:
    await tell(memory, fact("cell", str(VILLAIN), str(ORPHANAGE), importance=0.2))

    recalled = await memory.recall(query("", VILLAIN))
    assert recalled.activation[str(ORPHANAGE)] == pytest.approx(0.45)


async def test_facts_that_are_told_one_after_the_other_belong_together_the_less_the_more_lies_between(
    memory: Memory,
) -> None:
    await tell(memory, fact("first", "concept:ash", importance=1.0))
    await tell(memory, fact("second", "concept:bell", importance=0.8))
    await tell(memory, fact("third", "concept:crown", importance=0.8))

    assert await kinds(memory, "concept:ash", "concept:bell") == pytest.approx({"temporal": 0.4})
    assert await kinds(memory, "concept:ash", "concept:crown") == pytest.approx({"temporal": 0.2})


async def test_events_are_placed_by_the_game_s_clock_and_not_by_when_they_were_told(memory: Memory) -> None:
    await tell(memory, fact("dawn", "concept:ash", at=WorldTime(day=4, minute=100)))
    await tell(memory, fact("long_ago", "concept:bell", at=WorldTime(day=1)))
    for number in range(6):
        await tell(memory, fact(f"between_{number}", "concept:crown"))
    await tell(memory, fact("soon_after", "concept:elm", at=WorldTime(day=4, minute=120)))

    assert await kinds(memory, "concept:ash", "concept:bell") == {}
    assert await kinds(memory, "concept:ash", "concept:elm") == pytest.approx({"temporal": 0.4})
    assert await kinds(memory, "concept:elm", "concept:crown") == {}


async def test_a_world_that_is_loaded_was_not_told_one_fact_after_the_other(memory: Memory) -> None:
    await tell(
        memory,
        fact("ash", "concept:ash", source=FactSource.WORLD),
        fact("bell", "concept:bell", source=FactSource.WORLD),
    )
    await tell(memory, *(fact(f"many_{number}", f"concept:crowd_{number}") for number in range(CROWD + 1)))

    assert await kinds(memory, "concept:ash", "concept:bell") == {}
    assert "temporal" not in await kinds(memory, "concept:crowd_0", "concept:crowd_1")


async def test_names_that_share_most_of_their_words_are_alike(memory: Memory) -> None:
    tags = ("concept:tin_star", "entity:tin_star_oath", "concept:smuggling", "entity:the_smugglers", "entity:tin_man")
    for number, tag in enumerate(tags):
        await tell(memory, fact(f"f{number}", tag, at=WorldTime(day=10 * number)))

    assert await kinds(memory, "concept:tin_star", "entity:tin_star_oath") == pytest.approx({"semantic": 2 / 6**0.5})
    assert await kinds(memory, "concept:smuggling", "entity:the_smugglers") == pytest.approx({"semantic": 1.0})
    assert await kinds(memory, "concept:tin_star", "entity:tin_man") == {}


async def test_no_fact_and_no_tag_takes_more_links_than_it_may(memory: Memory) -> None:
    wide = [f"concept:wide{chr(97 + number)}" for number in range(20)]
    await tell(memory, fact("wide", *wide))
    hub = [fact(f"h{number}", "entity:hub", f"concept:x{number}") for number in range(FULL + 40)]
    await tell(memory, *hub)
    await tell(memory, *(fact(f"g{number}", f"entity:guard_guard_{number}") for number in range(3 * NAMESAKES)))

    around = await memory.neighbourhood(WORLD, None, wide[0], depth=1, threshold=0.0)
    assert {tag for tag in around if tag in wide} == set(wide[:PAIRED])
    assert len(await memory.neighbourhood(WORLD, None, "entity:hub", depth=1, threshold=0.0)) == FULL + 1
    last = await memory.neighbourhood(WORLD, None, f"entity:guard_guard_{3 * NAMESAKES - 1}", depth=1, threshold=0.0)
    assert len(last) <= NAMESAKES + 1


async def test_a_fact_is_linked_with_no_more_than_its_nearest_in_time(memory: Memory) -> None:
    crowd = [fact(f"e{number}", f"concept:e{number}", at=WorldTime(day=4, minute=number)) for number in range(40)]
    await tell(memory, *crowd)
    await tell(memory, fact("mid", "concept:mid", at=WorldTime(day=4, minute=20)))

    around = await memory.neighbourhood(WORLD, None, "concept:mid", depth=1, threshold=0.0)
    assert set(around) == {"concept:mid", "concept:e19", "concept:e20", "concept:e21"}
    assert len(around) == NEAR + 1


async def test_only_those_who_know_a_fact_learn_from_it_and_who_hears_of_it_later_learns_then(memory: Memory) -> None:
    await tell(memory, fact("poison", "entity:brok", "concept:poison", known_by=("order",)))

    assert await kinds(memory, "entity:brok", "concept:poison", knower="ilse") == pytest.approx({"co_occurrence": 0.8})
    for stranger in ("marta", "malgar", None):
        with pytest.raises(UnknownThing):
            await kinds(memory, "entity:brok", "concept:poison", knower=stranger)

    await memory.tell(News(world=WORLD, id="out", effects=(RevealFact(fact="poison", to=("marta",)),)))
    assert await kinds(memory, "entity:brok", "concept:poison", knower="marta") == pytest.approx({"co_occurrence": 0.8})
    with pytest.raises(UnknownThing):
        await kinds(memory, "entity:brok", "concept:poison", knower="malgar")


async def test_nothing_that_is_learned_is_recorded_and_who_reads_the_record_at_once_learns_the_same(
    record_url: str | None, tmp_path: Path
) -> None:
    memory = await open_memory(record_url, tmp_path)
    await memory.load_world(pack())
    asked = query("", Tag.model_validate("concept:t0"), ORPHANAGE)
    bit_by_bit: dict[str, float] = {}
    for number in range(12):
        tags = [f"concept:t{number % 4}", f"entity:t{number % 3}_star", f"location:l{number % 5}"]
        at = WorldTime(day=3, minute=number * 7 % 60) if number % 2 else None
        await tell(memory, fact(f"f{number}", *tags, importance=(number % 9) / 9, at=at, known_by=(EVERYONE, "malgar")))
        bit_by_bit = (await memory.recall(asked)).activation
    dumped = str(await memory.dump(WORLD))
    await memory.aclose()

    memory = await open_memory(record_url, tmp_path)
    at_once = (await memory.recall(asked)).activation
    await memory.aclose()

    assert len(at_once) > 8
    assert list(at_once.items()) == list(bit_by_bit.items())
    assert not {"co_occurrence", "temporal", "semantic"} & set(dumped.replace("'", " ").replace('"', " ").split())


async def test_a_fork_learns_from_what_it_sees_and_from_nothing_else(memory: Memory) -> None:
    await tell(memory, fact("duel", "entity:brok", "concept:honour"))
    fork = await memory.world_line(WORLD).fork(stay=True)
    await tell(memory, fact("main", "entity:brok", "concept:shame"))
    await tell(memory, fact("fork", "entity:brok", "concept:glory"), timeline=fork)

    there = set(await memory.neighbourhood(WORLD, fork, "brok"))
    here = set(await memory.neighbourhood(WORLD, "main", "brok"))

    assert {"concept:honour", "concept:glory"} <= there
    assert "concept:shame" not in there
    assert {"concept:honour", "concept:shame"} <= here
    assert "concept:glory" not in here


async def test_a_query_may_spread_further_than_the_settings_say(memory: Memory) -> None:
    wide = replace(query("", VILLAIN), initial_energy=2.0, decay=1.0, depth=1, threshold=1.5)

    recalled = await memory.recall(wide)

    assert recalled.activation == pytest.approx({str(VILLAIN): 2.0, str(ORPHANAGE): 1.8})


async def test_a_neighbourhood_says_how_strongly_and_over_how_many_links(memory: Memory) -> None:
    around = await memory.neighbourhood(WORLD, None, "malgar", threshold=0.0)

    assert isinstance(around, nx.Graph)
    assert list(around.nodes(data=True)) == [
        ("entity:malgar", {"energy": 1.0, "level": 0}),
        ("location:orphanage", {"energy": pytest.approx(0.45), "level": 1}),
        ("entity:ilse", {"energy": pytest.approx(0.2025), "level": 2}),
    ]
    assert around.edges["entity:ilse", "location:orphanage"] == {"weight": 0.9, "kinds": {"direct": 0.9}}


async def test_a_tag_that_nobody_knows_is_named_with_the_nearest_and_one_of_several_must_be_chosen(
    memory: Memory,
) -> None:
    await tell(memory, fact("ale", "concept:marta", "entity:brok"))

    with pytest.raises(UnknownThing, match="Did you mean 'malgar'"):
        await memory.neighbourhood(WORLD, None, "malgr")
    with pytest.raises(UnknownThing, match="Did you mean 'entity:malgar'"):
        await memory.neighbourhood(WORLD, None, "entity:malgr")
    with pytest.raises(BadRequest, match="'marta' may be concept:marta or entity:marta"):
        await memory.neighbourhood(WORLD, None, "marta")
    with pytest.raises(UnknownThing, match=r"there is no character 'mlgar'\. Did you mean 'malgar'"):
        await memory.neighbourhood(WORLD, None, "malgar", knower="mlgar")


PEOPLE = ("ada", "bo", "cy")
TAGS = [f"concept:{name}" for name in ("ash", "ash_bell", "bell", "crown", "dawn")]
OPEN = st.tuples(st.just((EVERYONE,)), st.sets(st.sampled_from(TAGS), min_size=1), st.booleans())
SECRET = st.tuples(
    st.lists(st.sampled_from((*PEOPLE, "red")), min_size=1, max_size=2).map(tuple),
    st.sets(st.sampled_from(TAGS), min_size=1),
    st.booleans(),
)


def test_what_one_does_not_know_changes_nothing_that_comes_to_ones_mind(tmp_path: Path) -> None:
    """Two worlds with the same history, but for what one character does not know: its facts are about other things."""
    with asyncio.Runner() as runner:
        memory = runner.run(open_memory(None, tmp_path))
        worlds = (f"w{number}" for number in range(1_000_000))

        async def live(history: list[tuple[tuple[str, ...], set[str], bool]], who: str) -> dict[str, float]:
            world = next(worlds)
            people = tuple(Character(id=name, name=name, faction="red" if name == "bo" else None) for name in PEOPLE)
            await memory.load_world(
                WorldPack(
                    info=WorldInfo(id=world, name="A world"),
                    characters=people,
                    factions=(Faction(id="red", name="red"),),
                )
            )
            for number, (known_by, tags, dated) in enumerate(history):
                told = fact(f"f{number}", *sorted(tags), known_by=known_by, at=NOON if dated else None)
                await memory.tell(News(world=world, id=f"n{number}", effects=(AddFact(fact=told),)))
            seeds = [Tag.model_validate(tag) for tag in TAGS[:2]]
            asked = replace(query("", *seeds, character=who, world=world), threshold=0.0, depth=3)
            return (await memory.recall(asked)).activation

        @settings(max_examples=40, deadline=None)
        @given(
            history=st.lists(OPEN | SECRET, min_size=1, max_size=6),
            other=st.lists(st.sets(st.sampled_from([*TAGS, "concept:elsewhere"]), min_size=1), min_size=6, max_size=6),
            who=st.sampled_from(PEOPLE),
        )
        def explore(history: list[tuple[tuple[str, ...], set[str], bool]], other: list[set[str]], who: str) -> None:
            names = {EVERYONE, who, "red" if who == "bo" else who}
            changed = [
                told if names & set(told[0]) else (told[0], tags, not told[2])
                for told, tags in zip(history, other, strict=False)
            ]
            assert runner.run(live(history, who)) == runner.run(live(changed, who))

        explore()
        runner.run(memory.aclose())
