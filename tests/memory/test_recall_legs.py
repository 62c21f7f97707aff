"""Memories are found by meaning, by words and by tags, together or alone, whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from inference import EndpointReranker
from memory import Commit, LexicalEmbedder, Memory, News, RecallQuery, Reranker
from schemas import (
    Leg,
    MemoryEntry,
    ModelUnavailable,
    Recalled,
    RecallSettings,
    RerankSettings,
    SecretFact,
    Tag,
    WorldTime,
)
from tests.memory.stage import NOON, PAST, VILLAIN, WORLD, decision, pack, query

BRIDGE = Tag.model_validate("location:bridge")
MEADOW = Tag.model_validate("location:meadow")
TALK = f"{WORLD}/talk"
LINES = (
    ("ilse", "Good evening, Malgar, did you sleep?", ()),
    ("malgar", "Badly. Where have you hidden the ledger?", ()),
    ("ilse", "Beneath the third beehive.", ()),
    ("malgar", "Nobody will look among bees.", ()),
    ("marta", "The soup is nearly done.", ()),
    ("malgar", "Then bring bread as well.", ()),
    ("ilse", "I have sold my horse to a miller.", ()),
    ("marta", "I have sold my horse to a miller.", ()),
    (None, "The toll keeper waved me through.", (BRIDGE,)),
    (None, "Clouds all day.", (MEADOW,)),
    (None, "Nothing happened.", ()),
)


def line(number: int, *, character: str = "malgar") -> MemoryEntry:
    speaker, text, tags = LINES[number]
    thread = TALK if number < 6 else f"{WORLD}/other-{number}"
    return MemoryEntry(
        id=f"m{number}", character=character, text=text, speaker=speaker, tags=tags, at=NOON, thread=thread
    )


async def open_with(
    home: Path,
    settings: RecallSettings | None = None,
    *,
    url: str | None = None,
    embedder: LexicalEmbedder | None = None,
    reranker: Reranker | None = None,
) -> Memory:
    memory = await Memory.open(
        url, home, embedder or LexicalEmbedder(), settings or RecallSettings(), reranker=reranker
    )
    await memory.load_world(pack())
    await memory.tell(News(id="lines", world=WORLD, memories=tuple(line(number) for number in range(len(LINES)))))
    await memory.settle()
    return memory


@pytest.fixture
async def talked(record_url: str | None, tmp_path: Path) -> AsyncGenerator[Memory]:
    memory = await open_with(tmp_path, url=record_url)
    yield memory
    await memory.aclose()


def ids(recalled: Recalled) -> list[str]:
    return [entry.id for entry in recalled.memories]


def by(asked: RecallQuery, *legs: Leg) -> RecallQuery:
    return replace(asked, legs=legs)


@pytest.mark.parametrize(
    ("leg", "text", "tags", "found"),
    [
        ("dense", "Who lives beneath beehives?", (), "m2"),
        ("lexical", "Who has a horse for the miller?", (), "m7"),
        ("associative", "What about it?", (BRIDGE,), "m8"),
    ],
)
async def test_each_leg_finds_alone_and_the_answer_says_which(
    talked: Memory, leg: Leg, text: str, tags: tuple[Tag, ...], found: str
) -> None:
    recalled = await talked.recall(by(query(text, *tags, memories=2), leg))

    assert found in ids(recalled)
    assert recalled.found_by[found] == (leg,)
    assert recalled.warnings == ()


async def test_all_legs_together_say_all_that_found_a_memory(talked: Memory) -> None:
    recalled = await talked.recall(query("Who waved at the toll keeper?", BRIDGE, memories=1))

    assert recalled.found_by == {"m8": ("dense", "lexical", "associative")}


async def test_a_leg_that_is_switched_off_finds_nothing(tmp_path: Path) -> None:
    memory = await open_with(tmp_path, RecallSettings(dense=0, associative=0))

    recalled = await memory.recall(query("Who waved at the toll keeper?", BRIDGE, memories=5))

    legs = {leg for found in recalled.found_by.values() for leg in found}
    assert legs <= {"lexical", "neighbour"}
    nothing = await memory.recall(by(query("Who waved at the toll keeper?", memories=2), "dense"))
    assert nothing.found_by == {"m10": ("newest",), "m9": ("newest",)}
    await memory.aclose()


async def test_words_and_tags_that_the_index_does_not_have_yet_are_found_all_the_same(
    record_url: str | None, tmp_path: Path
) -> None:
    memory = await Memory.open(record_url, tmp_path, LexicalEmbedder(), RecallSettings())
    await memory.load_world(pack())
    await memory.tell(News(id="lines", world=WORLD, memories=tuple(line(number) for number in range(len(LINES)))))

    by_words = await memory.recall(by(query("Is there a horse for millers?", memories=3), "lexical"))
    by_tags = await memory.recall(by(query("What about it?", BRIDGE, memories=1), "associative"))

    assert {"m6", "m7"} <= set(ids(by_words))
    assert ids(by_tags) == ["m8"]
    await memory.aclose()


async def test_what_somebody_said_is_preferred_when_the_question_names_her(talked: Memory) -> None:
    asked = "Who bought the horse of {}, a miller?"

    assert ids(await talked.recall(query(asked.format("Ilse"), memories=1))) == ["m6"]
    assert ids(await talked.recall(query(asked.format("Marta"), memories=1))) == ["m7"]


async def test_an_answer_is_found_by_the_question_before_it(tmp_path: Path) -> None:
    asked = by(query("Where is the hidden ledger?", memories=2), "lexical")
    memory = await open_with(tmp_path)
    alone = await open_with(tmp_path / "alone", RecallSettings(neighbours=0))

    recalled = await memory.recall(asked)

    assert ids(recalled) == ["m1", "m2"]
    assert recalled.found_by == {"m1": ("lexical",), "m2": ("neighbour",)}
    assert "m2" not in ids(await alone.recall(asked))
    await memory.aclose()
    await alone.aclose()


async def test_a_question_from_before_the_memories_is_answered_too(talked: Memory) -> None:
    asked = query("Who waved at the toll keeper?", memories=1)

    assert ids(await talked.recall(replace(asked, at=WorldTime()))) == ids(await talked.recall(asked)) == ["m8"]


async def test_a_fork_finds_what_was_before_it_and_nothing_of_the_branch_it_left(talked: Memory) -> None:
    fork = await talked.world_line(WORLD).fork(stay=True)
    late = MemoryEntry(
        id="late",
        character="malgar",
        text="The toll keeper waved a red flag.",
        tags=(BRIDGE,),
        at=NOON,
        thread=TALK,
    )
    await talked.tell(News(id="late", world=WORLD, memories=(late,)))
    await talked.settle()
    asked = query("Who waved at the toll keeper?", BRIDGE, memories=3)

    assert "late" in ids(await talked.recall(asked))
    before = await talked.recall(replace(asked, timeline=fork))
    assert ids(before)[0] == "m8"
    assert "late" not in ids(before)
    assert "late" not in before.found_by


@pytest.mark.parametrize("leg", ["dense", "lexical", "associative"])
async def test_no_leg_brings_what_another_lived_through_or_a_secret_of_hers(talked: Memory, leg: Leg) -> None:
    assert isinstance(PAST.payload, SecretFact)
    own = MemoryEntry(
        id="own", character="ilse", text=f"I remember: {PAST.text}", tags=(BRIDGE, VILLAIN), at=NOON, thread=TALK
    )
    await talked.tell(News(id="own", world=WORLD, memories=(own,)))
    await talked.settle()
    asked = query(PAST.text, BRIDGE, VILLAIN, memories=20)

    hers = await talked.recall(by(replace(asked, character="ilse", memories=0), leg))
    assert PAST.id not in {fact.id for fact in hers.facts}
    his = await talked.recall(by(replace(asked, memories=5), leg))
    assert PAST.id in {fact.id for fact in his.facts}
    assert "own" not in ids(his)
    assert "own" not in his.found_by


@pytest.mark.parametrize("leg", ["dense", "lexical", "associative"])
async def test_more_is_looked_for_where_most_was_on_another_branch(leg: Leg, tmp_path: Path) -> None:
    memory = await open_with(tmp_path)
    rambling = MemoryEntry(
        id="rambling",
        character="malgar",
        text="On a long grey morning full of rain and mud and other people's carts a traveller met the toll keeper.",
        tags=(BRIDGE,),
        at=NOON,
    )
    await memory.tell(News(id="rambling", world=WORLD, memories=(rambling,)))
    fork = await memory.world_line(WORLD).fork(stay=True)
    copies = tuple(
        MemoryEntry(
            id=f"c{number}", character="malgar", text=f"Toll keeper, traveller {number}.", tags=(BRIDGE,), at=NOON
        )
        for number in range(100)
    )
    await memory.tell(News(id="copies", world=WORLD, memories=copies))
    await memory.settle()

    asked = replace(query("Which traveller met a toll keeper?", BRIDGE, memories=2), timeline=fork)
    recalled = await memory.recall(by(asked, leg))

    assert recalled.found_by == {"m8": (leg,), "rambling": (leg,)}
    await memory.aclose()


async def test_a_broken_lexical_index_costs_its_legs_and_no_other(tmp_path: Path) -> None:
    memory = await open_with(tmp_path)
    (tmp_path / "lexical.db").unlink()

    recalled = await memory.recall(query("Who waved at the toll keeper?", BRIDGE, memories=1))

    assert ids(recalled) == ["m8"]
    assert recalled.found_by["m8"] == ("dense",)
    [warning] = recalled.warnings
    assert "lexical index" in warning
    await memory.aclose()


class ShyReranker:
    """Prefers short texts; or fails, or never comes back."""

    def __init__(self, error: Exception | None = None, seconds: float = 0.0) -> None:
        self._error, self._seconds = error, seconds
        self.asked: list[str] = []

    async def rank(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked = list(texts)
        await asyncio.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return [-float(len(text)) for text in texts]


async def test_a_reranker_reads_the_best_ones_and_has_the_last_word(tmp_path: Path) -> None:
    reranker = ShyReranker()
    memory = await open_with(tmp_path, RecallSettings(rerank=RerankSettings(candidates=4)), reranker=reranker)

    recalled = await memory.recall(query("Who has sold a horse to a miller?", memories=2))

    assert len(reranker.asked) == 4
    assert [len(f"{one.speaker}: {one.text}" if one.speaker else one.text) for one in recalled.memories] == sorted(
        map(len, reranker.asked)
    )[:2]
    await memory.aclose()


@pytest.mark.parametrize(
    ("reranker", "because"),
    [
        (ShyReranker(ModelUnavailable("nobody answered")), "nobody answered"),
        (ShyReranker(seconds=600), "reranker: no answer within 4 s"),
    ],
)
async def test_a_reranker_that_fails_or_is_late_leaves_the_order_as_it_was(
    reranker: ShyReranker, because: str, tmp_path: Path
) -> None:
    asked = query("Who has sold a horse to a miller?", memories=3, patience=4)
    plain = await open_with(tmp_path / "plain")
    memory = await open_with(tmp_path / "reranked", reranker=reranker)

    recalled = await memory.recall(asked)

    assert ids(recalled) == ids(await plain.recall(asked))
    assert because in recalled.warnings[0]
    await memory.aclose()
    await plain.aclose()


@pytest.mark.vllm
async def test_a_real_endpoint_reranks_by_meaning(tmp_path: Path, embeddings_url: str) -> None:
    reranker = EndpointReranker(embeddings_url, name="minilm", seconds=30)
    memory = await open_with(tmp_path, RecallSettings(rerank=RerankSettings(candidates=11)), reranker=reranker)

    recalled = await memory.recall(query("What was the weather like?", memories=1, patience=30))

    assert ids(recalled) == ["m9"]
    assert recalled.warnings == ()
    await memory.aclose()
    await reranker.aclose()


async def test_a_memory_of_one_decision_is_next_to_that_of_the_next(memory: Memory) -> None:
    for number in range(len(LINES)):
        await memory.commit(Commit(decision=decision(f"d{number}"), thread=TALK, memory=line(number)))
    await memory.settle()

    recalled = await memory.recall(by(query("Where is the hidden ledger?", memories=2), "lexical"))

    assert ids(recalled) == ["m1", "m2"]
