"""Loading a world."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory import Commit, Memory
from schemas import BadWorld, ChangeRelationship, Character, Fact, LoreFact, UnknownThing, WorldPack
from tests.memory.stage import BEER, INNKEEPER, PAST, WORLD, call, decision, open_memory, pack


async def test_a_world_is_there_after_loading_and_after_opening_again(record_url: str | None, tmp_path: Path) -> None:
    memory = await open_memory(record_url, tmp_path)
    loaded = await memory.load_world(pack())
    await memory.aclose()

    assert (loaded.facts, loaded.associations, loaded.characters, loaded.fresh) == (3, 2, 3, True)
    memory = await open_memory(record_url, tmp_path)
    assert memory.world(WORLD).characters["ilse"].faction == "order"
    assert memory.timeline(WORLD) == "main"
    assert [world.info.id for world in await memory.worlds()] == [WORLD]
    assert [fact.id for fact in await memory.facts(WORLD, None, knower="ilse")] == ["good_beer", "tithe"]
    await memory.aclose()


async def test_loading_a_world_again_changes_nothing(memory: Memory) -> None:
    before = await memory.dump(WORLD)

    loaded = await memory.load_world(pack())

    assert (loaded.facts, loaded.associations, loaded.fresh) == (0, 0, False)
    assert await memory.dump(WORLD) == before


async def test_loading_a_newer_pack_adds_what_is_new_and_leaves_history_alone(memory: Memory) -> None:
    warmer = ChangeRelationship(character="malgar", toward="ilse", affinity=0.4)
    await memory.commit(Commit(decision=decision(), thread="t", staged=(call(0, warmer),)))
    news = Fact(id="news", text="A bridge fell.", payload=LoreFact(topic="bridge"), tags=(INNKEEPER,))
    newer = pack().model_copy(
        update={
            "characters": (*pack().characters, Character(id="brok", name="Brok")),
            "facts": (PAST, BEER.model_copy(update={"text": "The beer is thin."}), news),
        }
    )

    loaded = await memory.load_world(newer)

    assert (loaded.facts, loaded.characters) == (1, 4)
    assert "brok" in memory.world(WORLD).characters
    texts = {fact.id: fact.text for fact in await memory.facts(WORLD, None, knower=None)}
    assert texts["good_beer"] == BEER.text
    assert texts.keys() == {"shared_past", "good_beer", "tithe", "news"}
    assert (await memory.standing(WORLD, None, "malgar", "ilse")).affinity == pytest.approx(0.7)


async def test_a_world_that_points_nowhere_is_refused_whole(record_url: str | None, tmp_path: Path) -> None:
    memory = await open_memory(record_url, tmp_path)
    facts = (BEER.model_copy(update={"known_by": ("martha", "nobody")}),)
    broken: WorldPack = pack().model_copy(update={"facts": facts})

    with pytest.raises(BadWorld) as refused:
        await memory.load_world(broken)

    assert len(refused.value.faults) == 2
    assert "Did you mean 'marta'?" in str(refused.value)
    assert await memory.worlds() == []
    assert await memory.dump(WORLD) == []
    await memory.aclose()


async def test_an_unknown_world_is_named_with_its_nearest(memory: Memory) -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'morning'"):
        memory.world("mornin")
    with pytest.raises(UnknownThing):
        memory.timeline("mornin")
