"""Saves, the log, and how two points differ."""

from __future__ import annotations

import pytest

from memory import Commit, Memory, News
from schemas import (
    AddFact,
    BadRequest,
    ChangeRelationship,
    QuestProgress,
    RevealFact,
    SavesSettings,
    UnknownThing,
    War,
    WorldTime,
)
from tests.memory.stage import BEER, NOON, PAST, WORLD, call, decision, experience, full_commit, said

THREAD = f"{WORLD}/dialogue.malgar"


def at(day: int, minute: int = 0) -> WorldTime:
    return WorldTime(day=day, minute=minute)


async def decide(memory: Memory, number: int, when: WorldTime, timeline: str | None = None) -> int:
    commit = full_commit(number)
    done = await memory.commit(
        Commit(commit.decision, THREAD, timeline, commit.staged, commit.memory, turns=commit.turns, at=when)
    )
    return done.seq


async def test_an_old_save_is_loaded_and_the_world_goes_on_from_there(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    moment = await decide(memory, 0, NOON)
    made = await world.save("before the feast", "Nobody is drunk yet.")
    for number in range(1, 5):
        await decide(memory, number, at(4))

    assert await world.load("before the feast") == "t2"

    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m0"]
    assert (made.timeline, made.seq, made.at, made.about) == ("main", moment, NOON, "Nobody is drunk yet.")
    assert await world.saves() == [made]
    await decide(memory, 9, at(4))
    assert await world.load("before the feast") == "t3"
    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m0"]
    assert len(await memory.memories(WORLD, "main", "malgar")) == 5


async def test_a_save_can_be_loaded_from_any_timeline(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    await world.save("opening")
    await world.fork()
    await decide(memory, 1, NOON)
    await world.save("told a rumour")
    await world.load("opening")
    assert await memory.memories(WORLD, None, "malgar") == []

    await world.load("told a rumour")

    assert [entry.id for entry in await memory.memories(WORLD, None, "malgar")] == ["m1"]


async def test_a_decision_that_is_recorded_after_a_save_is_not_in_it(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    await world.save("early")
    await decide(memory, 0, NOON)

    await world.load("early")
    await decide(memory, 1, NOON, "main")

    assert await memory.memories(WORLD, None, "malgar") == []


async def test_a_name_that_is_taken_is_only_given_again_when_that_is_meant(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    first = await world.save("quick")
    moment = await decide(memory, 0, NOON)

    with pytest.raises(BadRequest, match="there is one of that name"):
        await world.save("quick")
    assert await world.saves() == [first]
    again = await world.save("quick", replace=True)

    assert again.seq == moment
    assert await world.saves() == [again]


@pytest.mark.parametrize("name", ["main", "t2", "41", "t2@41", "auto-1", "", " before", "a/b", "a\nb", "x" * 81])
async def test_a_name_that_means_something_else_is_no_name_for_a_save(name: str, memory: Memory) -> None:
    with pytest.raises(BadRequest, match="name"):
        await memory.world_line(WORLD).save(name)


async def test_a_save_that_is_not_there_is_an_unknown_thing(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    await world.save("before the feast")

    with pytest.raises(UnknownThing, match=r"no save 'before the fest'\. Did you mean 'before the feast'"):
        await world.load("before the fest")
    with pytest.raises(UnknownThing, match=r"no save, timeline or moment 'before'"):
        await world.diff("before", "main")
    assert await world.current() == "main"


async def test_autosaves_are_made_as_the_games_time_passes_and_the_oldest_is_given_up(memory: Memory) -> None:
    world, settings = memory.world_line(WORLD), SavesSettings(autosave_minutes=30, keep=2)
    made = [await world.autosave(at(0, minute), None, settings) for minute in range(0, 120, 10)]

    assert [save.name if save else None for save in made] == [
        None, None, None, "auto-1", None, None, "auto-2", None, None, "auto-3", None, None,
    ]  # fmt: skip
    assert [(save.name, save.at) for save in await world.saves()] == [("auto-2", at(0, 60)), ("auto-3", at(0, 90))]
    assert await world.autosave(at(9), None, SavesSettings()) is None


async def test_a_loaded_save_begins_to_count_at_its_own_time(memory: Memory) -> None:
    world, settings = memory.world_line(WORLD), SavesSettings(autosave_minutes=60)
    await world.save("evening", at=at(2, 1_200))

    timeline = await world.load("evening")

    assert await world.autosave(at(2, 1_230), timeline, settings) is None
    assert (await world.autosave(at(2, 1_260), timeline, settings)) is not None


async def test_a_clock_that_goes_backwards_makes_no_flood_of_autosaves(memory: Memory) -> None:
    world, settings = memory.world_line(WORLD), SavesSettings(autosave_minutes=60)
    assert await world.autosave(at(5), None, settings) is not None

    made = [await world.autosave(at(1, minute), None, settings) for minute in range(0, 130, 10)]

    assert [save.name for save in made if save] == ["auto-2", "auto-3"]


async def test_the_log_tells_of_each_moment_what_happened(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    seq = await decide(memory, 1, NOON)
    await memory.tell(
        News(
            world=WORLD,
            id="hunt",
            quests=(QuestProgress(quest="dragon_hunt", status="started", at=at(4)),),
            affairs=(War(sides=("crown", "hand"), on=True, at=at(4)),),
        )
    )
    await world.save("hunting", "The dogs are loose.")
    await world.rewind(seq)

    moments = await world.log()

    assert [moment.seq for moment in moments] == [4, 2, 1]
    assert [(one.kind, one.text) for one in moments[0].happened] == [("timeline", "t2 began, from main@2")]
    happened = [(one.kind, one.text) for one in moments[1].happened]
    assert ("decision", "dialogue by malgar: d1 (rules, rules_by_share)") in happened
    assert ("fact", "rumour_1: Rumour 1.") in happened
    assert ("fact_known", "ilse learned shared_past") in happened
    assert ("relationship_change", "malgar toward marta: affinity +0.00, trust +0.01") in happened
    assert ("turn", "malgar: Have you heard rumour 1?") in happened
    assert (moments[1].at, moments[1].timeline) == (NOON, "main")
    on_main = await world.log("main", limit=2)
    assert [[(one.kind, one.text) for one in moment.happened] for moment in on_main] == [
        [("timeline", "t2 began, from main@2")],
        [
            ("news", "the game told 'hunt'"),
            ("quest_change", "dragon_hunt: started"),
            ("affair_change", "war:crown:hand: on"),
            ("save", "'hunting': The dogs are loose."),
        ],
    ]
    assert on_main[1].at == at(4)


async def test_the_log_says_how_many_more_there_were(memory: Memory) -> None:
    turns = said(*(f"Line {number}." for number in range(10)))
    await memory.commit(Commit(decision=decision(), thread=THREAD, turns=turns))

    [moment] = await memory.world_line(WORLD).log(limit=1)

    assert [one.text for one in moment.happened if one.kind == "turn"] == [
        "malgar: Line 0.", "malgar: Line 1.", "malgar: Line 2.", "and 7 more",
    ]  # fmt: skip


async def test_two_points_differ_in_what_happened_since_they_parted(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    fork = await decide(memory, 0, NOON)
    await world.save("crossroads")
    hates = ChangeRelationship(character="malgar", toward="ilse", affinity=-0.5)
    lore = BEER.model_copy(update={"id": "sour_beer", "text": "The beer is sour."})
    await memory.commit(
        Commit(
            decision=decision("left"),
            thread=THREAD,
            staged=(call(0, hates, AddFact(fact=lore), RevealFact(fact=PAST.id, to=("ilse", "player"))),),
            memory=experience("left", "I went left."),
            turns=said("Left!"),
        )
    )
    await world.load("crossroads")
    quest = QuestProgress(quest="dragon_hunt", status="started", at=NOON)
    await memory.tell(News(world=WORLD, id="right", quests=(quest,), memories=(experience("right", "I went right."),)))

    found = await world.diff("main", "t2")

    assert str(found.since) == f"main@{fork}"
    assert [fact.id for fact in found.a.facts] == ["sour_beer"]
    assert (found.a.learned, found.a.revealed) == ((("ilse", PAST.id), ("player", PAST.id)), (PAST.id,))
    assert [entry.id for entry in found.a.memories] == ["left"]
    assert [(thread, turn.text) for thread, turn in found.a.turns] == [(THREAD, "Left!")]
    assert [tie.affinity for tie in found.a.relationships] == [pytest.approx(-0.2)]
    assert [tie.affinity for tie in found.b.relationships] == [pytest.approx(0.3)]
    assert [entry.id for entry in found.b.memories] == ["right"]
    assert (found.a.quests, found.b.quests) == ((), (quest,))
    assert not found.b.facts
    text = str(found)
    assert f"Both have what happened up to main@{fork}." in text
    assert "  fact sour_beer: The beer is sour." in text
    assert "  quest dragon_hunt: started" in text


async def test_a_point_and_a_later_one_of_the_same_line_differ_in_what_lies_between(memory: Memory) -> None:
    world = memory.world_line(WORLD)
    first = await decide(memory, 0, NOON)
    await decide(memory, 1, NOON)
    await world.fork()
    await decide(memory, 2, NOON)

    found = await world.diff(first, "t2")

    assert list(found.a.in_words()) == ["malgar toward marta: affinity +0.00, trust +0.01"]
    assert [entry.id for entry in found.b.memories] == ["m1", "m2"]
    assert str(await world.diff("t2", "t2")).count("nothing") == 2
    with pytest.raises(BadRequest, match="999 is no moment"):
        await world.diff(first, "t2@999")
