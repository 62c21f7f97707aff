"""Small memories become long-term ones: what is joined, what is kept apart, and what is never lost."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory import Commit, Memory, News
from memory.indexes.embedders import LexicalEmbedder, Vector
from memory.upkeep.consolidation import Consolidation, Held
from memory.upkeep.telling import invents, most_telling, repeats
from memory.upkeep.uses import Use
from memory.values import Tidied
from schemas import (
    PROJECT,
    ConsolidationSettings,
    MemoryEntry,
    ModelUnavailable,
    Tag,
    Turn,
    UpkeepSettings,
    WorldTime,
)
from tests.memory.stage import WORLD, decision, open_memory, pack, query

LATER = WorldTime(day=30)
MARTA, THREAD = Tag.model_validate("entity:marta"), f"{WORLD}/evening"
EVENING = [
    'Marta said to me: "Aldo the ferryman drowned at the old mill in spring." I answered: "That is sad."',
    'Marta said to me: "He left 40 silver under the third step." I answered: "Who else knows?"',
    'Marta said to me: "Only Pip, and he never tells." I answered: "Good."',
]
"""Three small memories of one conversation."""


def entry(id_: str, text: str, *, minute: int = 0, **fields: object) -> MemoryEntry:
    defaults: dict[str, object] = {
        "id": id_,
        "character": "malgar",
        "text": text,
        "at": WorldTime.from_minutes(minute),
        "about": ("marta",),
        "tags": (MARTA,),
        "importance": 0.4,
        "place": "lantern",
    }
    return MemoryEntry.model_validate(defaults | fields)


def evening(begin: int = 0, thread: str = THREAD, prefix: str = "e", place: str = "lantern") -> list[MemoryEntry]:
    return [
        entry(f"{prefix}{number}", text, minute=begin + 5 * number, thread=thread, place=place)
        for number, text in enumerate(EVENING)
    ]


def plain(rows: Sequence[dict[str, object]], table: str) -> list[dict[str, object]]:
    return [row for row in rows if row["table"] == table]


async def told(memory: Memory, *entries: MemoryEntry, timeline: str | None = None, id_: str = "n") -> None:
    await memory.tell(News(WORLD, id_, timeline=timeline, memories=entries))


async def test_a_conversation_becomes_one_memory_that_says_when_where_with_whom_and_what(memory: Memory) -> None:
    await told(memory, *evening(begin=720))

    report = await memory.upkeep.consolidate(WORLD, at=LATER)

    assert report == Tidied(characters=1, memories=3, merged=2, long_term=1, kept=1)
    [long_term] = await memory.memories(WORLD, None, "malgar")
    assert long_term.text == f"Day 0, 12:00 to 12:10, lantern, with marta: {' '.join(EVENING)}"
    assert (long_term.about, long_term.tags, long_term.place) == (("marta",), (MARTA,), "lantern")
    assert (long_term.thread, long_term.at) == (THREAD, WorldTime(minute=730))
    gone = plain(await memory.dump(WORLD), "memory_forgotten")
    assert {(row["memory"], row["reason"], row["into"]) for row in gone} == {
        (f"main/e{number}", "merged", f"main/{long_term.id}") for number in range(3)
    }


async def test_what_went_into_a_long_term_memory_comes_to_mind_through_it(memory: Memory) -> None:
    others = [entry(f"x{number}", f"The cat slept on chair {number}.", minute=720) for number in range(8)]
    await told(memory, *evening(begin=720), *others)
    await memory.upkeep.consolidate(WORLD, at=LATER)

    recalled = await memory.recall(query("Who drowned at the old mill?", memories=1, at=LATER))

    assert "Aldo the ferryman drowned" in recalled.memories[0].text


async def test_what_was_said_twice_is_remembered_once(memory: Memory) -> None:
    again = entry("b", "marta came in", minute=9_000, importance=0.5, emotion=0.3, tags=())
    elsewhere = entry("c", "Marta came in.", place="market")
    await told(memory, entry("a", "Marta  came in."), again, elsewhere)

    report = await memory.upkeep.consolidate(WORLD, at=LATER)

    assert (report.joined, report.kept) == (1, 2)
    joined = next(one for one in await memory.memories(WORLD, None, "malgar") if one.place == "lantern")
    assert (joined.text, joined.at, joined.importance, joined.emotion) == ("marta came in", again.at, 0.5, 0.3)
    assert joined.tags == (MARTA,)


LONG_SAYING = "Marta told me that the river rose over the lower quay and took the boats, the nets and the barrels"


@pytest.mark.parametrize(
    "other",
    [
        f"{LONG_SAYING} and 5 sheep.",
        f"{LONG_SAYING} of old Bruno.",
        LONG_SAYING.replace("that the river rose", "that the river never rose") + ".",
    ],
    ids=["another number", "another name", "a denial"],
)
async def test_what_differs_in_a_number_a_name_or_a_denial_is_not_the_same(other: str, memory: Memory) -> None:
    await told(memory, entry("a", f"{LONG_SAYING}."), entry("b", other))

    assert (await memory.upkeep.consolidate(WORLD, at=LATER)).joined == 0


async def test_what_nearly_says_the_same_is_joined_when_people_place_and_time_agree(memory: Memory) -> None:
    other = LONG_SAYING.replace("told me", "has told me") + ", all of them."
    same_day = entry("b", other, minute=600)
    next_month = entry("c", f"{LONG_SAYING}, all.", minute=20_000)
    about_another = entry("d", f"{LONG_SAYING}, really.", about=("ilse",))
    await told(memory, entry("a", f"{LONG_SAYING}."), same_day, next_month, about_another)

    report = await memory.upkeep.consolidate(WORLD, at=LATER)

    assert (report.joined, report.kept) == (1, 3)
    assert other in [one.text for one in await memory.memories(WORLD, None, "malgar")]


async def test_important_memories_young_ones_and_pairs_stay_as_they_are(memory: Memory) -> None:
    important = [one.model_copy(update={"importance": 0.9, "id": f"i{n}"}) for n, one in enumerate(evening(0, "t1"))]
    young = evening(begin=LATER.total_minutes - 60, thread="t2", prefix="y")
    pair = evening(begin=5_000, thread="t3", prefix="p")[:2]
    for number, group in enumerate((important, young, pair)):
        texts = [one.model_copy(update={"text": f"{number}: {one.text}"}) for one in group]
        await told(memory, *texts, id_=f"n{number}")

    report = await memory.upkeep.consolidate(WORLD, at=LATER)

    assert report == Tidied(characters=1, memories=8, kept=8)


async def test_a_second_run_changes_nothing(memory: Memory) -> None:
    await told(memory, *evening(), entry("a", "Marta came in."), entry("b", "Marta came in!"))
    await memory.upkeep.tidy(WORLD, at=LATER)
    once = await memory.dump(WORLD)

    report = await memory.upkeep.tidy(WORLD, at=LATER)

    assert (report.joined, report.merged, report.memories) == (0, 0, report.kept)
    assert await memory.dump(WORLD) == once


async def test_a_memory_that_repeats_later_joins_what_it_repeats(memory: Memory) -> None:
    await told(memory, entry("a", "Marta came in."), entry("b", "Marta came in!"))
    await memory.upkeep.consolidate(WORLD, at=LATER)
    await told(memory, entry("c", "Marta came in.", minute=30_000), id_="later")

    await memory.upkeep.consolidate(WORLD, at=LATER)

    [only] = await memory.memories(WORLD, None, "malgar")
    assert only.at == WorldTime.from_minutes(30_000)
    assert len(plain(await memory.dump(WORLD), "memory_entry")) == 5, "nothing is deleted"


async def test_a_long_term_memory_was_used_as_often_as_all_that_went_into_it(memory: Memory) -> None:
    await told(memory, entry("a", "Marta came in.", importance=0.0), entry("b", "Marta came in!", importance=0.0))
    for number, used in enumerate(("a", "b")):
        commit = Commit(decision=decision(f"d{number}"), thread="t", used=(used,), at=WorldTime(day=100 + number))
        await memory.commit(commit)
    await memory.upkeep.consolidate(WORLD, at=WorldTime(day=102))

    kept = await memory.upkeep.forget(WORLD, at=WorldTime(day=346))
    gone = await memory.upkeep.forget(WORLD, at=WorldTime(day=401))

    assert (kept.kept, gone.faded) == (1, 1)


async def test_a_fork_from_before_sees_the_small_memories_and_one_from_after_the_long_one(memory: Memory) -> None:
    await told(memory, *evening())
    before = await memory.world_line(WORLD).fork(stay=True)
    await memory.upkeep.consolidate(WORLD, at=LATER)
    after = await memory.world_line(WORLD).fork(stay=True)
    long_term = await memory.memories(WORLD, None, "malgar")

    assert [one.id for one in await memory.memories(WORLD, before, "malgar")] == ["e0", "e1", "e2"]
    assert await memory.memories(WORLD, after, "malgar") == long_term

    await memory.upkeep.consolidate(WORLD, timeline=before, at=LATER)
    assert [one.text for one in await memory.memories(WORLD, before, "malgar")] == [one.text for one in long_term]
    assert await memory.memories(WORLD, None, "malgar") == long_term


async def test_nothing_is_joined_across_characters(memory: Memory) -> None:
    await told(memory, entry("a", "It rained."), entry("b", "It rained.", character="ilse"))

    assert (await memory.upkeep.consolidate(WORLD, at=LATER)).joined == 0


async def test_one_character_can_be_tidied_alone_and_progress_is_told(memory: Memory) -> None:
    for number, name in enumerate(("malgar", "ilse")):
        pair = [entry(f"{name}{n}", "It rained.", character=name) for n in range(2)]
        await told(memory, *pair, id_=f"n{number}")
    steps: list[tuple[int, int]] = []

    one = await memory.upkeep.consolidate(WORLD, "ilse", at=LATER)
    both = await memory.upkeep.consolidate(WORLD, at=LATER, progress=lambda done, of: steps.append((done, of)))

    assert (one.characters, one.joined) == (1, 1)
    assert (both.characters, both.joined) == (2, 1)
    assert steps == [(1, 2), (2, 2)]


async def test_two_who_tidy_at_once_make_each_long_term_memory_once(memory: Memory) -> None:
    await told(memory, *evening(), entry("a", "Marta came in."), entry("b", "Marta came in!"))

    await asyncio.gather(*(memory.upkeep.consolidate(WORLD, at=LATER) for _ in range(4)))

    rows = await memory.dump(WORLD)
    assert len(plain(rows, "memory_forgotten")) == 5
    assert len(plain(rows, "memory_entry")) == 7
    assert len(await memory.memories(WORLD, None, "malgar")) == 2


async def test_what_one_forgets_while_another_merges_it_is_either_forgotten_or_merged(memory: Memory) -> None:
    await told(memory, *evening())
    at = WorldTime(day=900)

    await asyncio.gather(memory.upkeep.forget(WORLD, at=at), memory.upkeep.consolidate(WORLD, at=at))

    [reason] = {row["reason"] for row in plain(await memory.dump(WORLD), "memory_forgotten")}
    assert len(await memory.memories(WORLD, None, "malgar")) == (1 if reason == "merged" else 0)


async def test_a_writer_says_what_is_kept_and_a_rule_does_where_it_fails_or_invents(memory: Memory) -> None:
    for number, name in enumerate(("good", "fails", "invents")):
        await told(memory, *evening(number * 2_000, f"thread-{name}", name, f"inn_{number}"), id_=name)
    said = iter(["Marta told me of Aldo and his 40 silver.", None, "Marta told me of Aldo, Bruno and 90 silver."])
    asked: list[Sequence[Turn]] = []

    async def writer(before: str, turns: Sequence[Turn], /) -> str:
        asked.append(turns)
        text = next(said)
        if text is None:
            raise ModelUnavailable("nobody answers")
        return text

    report = await memory.upkeep.consolidate(WORLD, at=LATER, writer=writer)

    assert report.long_term == len(asked) == 3
    assert [turn.text for turn in asked[0]] == EVENING
    written, failed, invented = (one.text for one in await memory.memories(WORLD, None, "malgar"))
    assert written.endswith("with marta: Marta told me of Aldo and his 40 silver.")
    assert failed.endswith(" ".join(EVENING))
    assert invented.endswith(" ".join(EVENING))


async def test_settings_turn_each_of_it_off(memory: Memory) -> None:
    await told(memory, *evening(), entry("a", "It rained.", importance=0.0))
    memory.upkeep.settings = UpkeepSettings.model_validate(
        {"consolidation": {"enabled": False}, "forgetting": {"enabled": False}}
    )

    report = await memory.upkeep.tidy(WORLD, at=WorldTime(day=900))

    assert report == Tidied(characters=1, memories=4, kept=4)


@pytest.fixture
async def home_to_tidy(tmp_path: Path) -> Path:
    home = tmp_path / "start"
    memory = await open_memory(None, home)
    await memory.load_world(pack())
    for number in range(5):
        await told(memory, *evening(number * 2_000, f"t{number}", f"m{number}-", f"inn_{number}"), id_=f"n{number}")
    await memory.aclose()
    return home


@pytest.mark.parametrize("fatal", [2, 4, 5, 8, 10])
async def test_a_process_that_is_killed_in_a_consolidation_leaves_a_whole_record_and_ends_the_same(
    fatal: int, home_to_tidy: Path, tmp_path: Path
) -> None:
    killed = shutil.copytree(home_to_tidy, tmp_path / "killed")
    command = [sys.executable, "-m", "tests.memory.upkeep_killed", str(killed), str(fatal)]
    process = await asyncio.create_subprocess_exec(*command, cwd=PROJECT)
    assert await process.wait() == -signal.SIGKILL

    memory = await open_memory(None, killed)
    rows = await memory.dump(WORLD)
    made = [row["id"] for row in plain(rows, "memory_entry") if str(row["id"]).startswith("long.")]
    merged = [str(row["into"]) for row in plain(rows, "memory_forgotten")]
    assert sorted(merged) == sorted(f"main/{id_}" for id_ in made for _ in range(3)), "each merge is whole, or is not"
    await memory.upkeep.consolidate(WORLD, at=LATER)
    assert len(await memory.memories(WORLD, None, "malgar")) == 5
    assert len(plain(await memory.dump(WORLD), "memory_forgotten")) == 15
    await memory.aclose()


WORDS = st.sampled_from(
    ["Marta came in.", "marta came in", "It rained.", *EVENING, f"{LONG_SAYING}.", f"{LONG_SAYING} and all."]
)
PEOPLE = st.sampled_from([("marta",), ("marta", "ilse")])


@st.composite
def memories(draw: st.DrawFn) -> dict[str, Held]:
    """What one character may hold."""
    found: dict[str, Held] = {}
    for number in range(draw(st.integers(0, 16))):
        one = entry(
            f"m{number}",
            draw(WORDS),
            minute=draw(st.integers(0, 300)) * 10,
            about=draw(PEOPLE),
            speaker=draw(st.sampled_from([None, "pip"])),
            place=draw(st.sampled_from(["lantern", "market"])),
            thread=draw(st.sampled_from(["t1", None])),
            importance=draw(st.sampled_from([0.2, 0.4, 0.95])),
            tags=draw(st.lists(st.sampled_from(["concept:bell", "entity:marta"]), unique=True)),
        )
        found[f"main/{one.id}"] = Held(f"main/{one.id}", one, Use(number % 3))
    return found


def consolidated(held: dict[str, Held], now: int) -> dict[str, Held]:
    """All passes, as `memory.upkeep` runs them."""
    task = Consolidation("main", ConsolidationSettings(), now, dict(held))
    task.join_repeated()
    groups = task.nearly_alike()
    vectors: dict[str, Vector] = {
        one.key: LexicalEmbedder()._vector(one.entry.text) for group in groups for one in group
    }
    task.join_nearly_alike(groups, vectors)
    task.merge_runs(task.runs())
    task.join_repeated()
    return task.held


def people(held: Held) -> set[str]:
    return {*held.entry.about, *([held.entry.speaker] if held.entry.speaker else [])} - {"malgar"}


@settings(max_examples=300)
@given(memories(), st.integers(2_000, 6_000))
def test_nobody_no_place_no_tag_and_no_use_is_lost_and_a_second_run_finds_nothing(
    held: dict[str, Held], now: int
) -> None:
    after = consolidated(held, now)

    originals = [one.key for kept in after.values() for one in kept.originals]
    assert sorted(originals) == sorted(held), "each memory is in exactly one of those that are left"
    for kept in after.values():
        for one in kept.originals:
            assert people(one) <= people(kept)
            assert one.entry.place == kept.entry.place
            assert set(one.entry.tags) <= set(kept.entry.tags)
            assert one.entry.importance <= kept.entry.importance
            assert one.entry.at.total_minutes <= kept.minute
        assert kept.use.times == sum(one.use.times for one in kept.originals)
    read_again = {key: replace(one, made_of=()) for key, one in after.items()}
    assert consolidated(read_again, now) == read_again


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ([entry(f"m{n}", f"Marta named ship {n}.", minute=5 * n, thread=THREAD) for n in range(24)], 3),
        (
            [entry(f"m{n}", f"{LONG_SAYING}{end}", minute=1_800 * n) for n, end in enumerate((".", ", all.", ", so."))],
            2,
        ),
    ],
    ids=["runs of one evening", "sayings that drift in time"],
)
def test_a_long_term_memory_goes_into_no_other_though_it_would_fit(entries: list[MemoryEntry], left: int) -> None:
    held = {f"main/{one.id}": Held(f"main/{one.id}", one) for one in entries}

    once = consolidated(held, LATER.total_minutes)
    twice = consolidated({key: replace(one, made_of=()) for key, one in once.items()}, LATER.total_minutes)

    assert len(once) == left
    assert twice.keys() == once.keys()


@given(memories(), st.integers(0, 6_000))
def test_the_same_memories_become_the_same_whatever_order_they_are_read_in(held: dict[str, Held], now: int) -> None:
    backwards = dict(reversed(held.items()))

    assert {key: one.entry.text for key, one in consolidated(backwards, now).items()} == {
        key: one.entry.text for key, one in consolidated(held, now).items()
    }


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=8), st.integers(50, 600))
def test_a_retelling_never_takes_more_room_than_it_has_and_says_nothing_new(texts: list[str], letters: int) -> None:
    entries = [entry(f"m{number}", text) for number, text in enumerate(texts)]

    told_again = most_telling(entries, letters)

    assert len(told_again) <= letters
    assert not invents(told_again, texts)


def test_where_not_all_fits_the_most_telling_sentences_stay_with_their_speaker() -> None:
    entries = [entry("a", EVENING[0]), entry("b", EVENING[1]), entry("c", 'Marta said to me: "Yes. Yes. So it is."')]

    short = most_telling(entries, 160)

    assert "Aldo the ferryman drowned" in short
    assert "40 silver" in short
    assert "So it is" not in short
    assert short.count('"') % 2 == 0


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (LONG_SAYING, True),
        (LONG_SAYING.replace("that the river rose", "that the river never rose"), False),
        (f"{LONG_SAYING} of old Bruno", False),
        (f"{LONG_SAYING} and 5 sheep", False),
        ("Aldo the ferryman drowned at the old mill.", True),
        ("Bruno the ferryman drowned at the old mill.", False),
        ("Aldo the ferryman never drowned at the old mill.", False),
        ("Aldo the ferryman drowned at the old mill, 41 in all.", False),
        ("Good.", False),
    ],
)
def test_a_saying_repeats_a_memory_when_nearly_all_of_it_is_there(text: str, is_one: bool) -> None:
    assert repeats(text, f"{EVENING[0]} {LONG_SAYING}.") is is_one
