"""Who may know what, in every leg of recall; and what has not come out yet."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from memory import Commit, Embedder, LexicalEmbedder, Memory
from memory.secrets import Secrets
from memory.values import News
from schemas import (
    PLAYER,
    AddFact,
    Fact,
    LoreFact,
    ModelUnavailable,
    RevealFact,
    SecretFact,
    Turn,
    UnknownThing,
)
from tests.memory.stage import (
    INNKEEPER,
    NOON,
    ORPHANAGE,
    PAST,
    PRIESTESS,
    VILLAIN,
    WORLD,
    call,
    decision,
    experience,
    pack,
    query,
)

THREAD = f"{WORLD}/square"
EVERY_TAG = (ORPHANAGE, VILLAIN, PRIESTESS, INNKEEPER)
LEDGER = Fact(
    id="ledger",
    text="Marta waters the beer, and writes it down in a ledger.",
    payload=SecretFact(holder="marta", wordings=("Die Wirtin streckt das Bier.",)),
    tags=(INNKEEPER,),
    known_by=("marta", "order"),
)


async def hidden(memory: Memory, timeline: str | None = None, party: Sequence[str] = ()) -> list[str]:
    return [fact.id for fact in await memory.secrets.unrevealed(WORLD, timeline, party)]


async def past(memory: Memory) -> Fact:
    return next(fact for fact in await memory.facts(WORLD, None, knower="malgar") if fact.id == PAST.id)


async def add(memory: Memory, *facts: Fact, id_: str = "d1", timeline: str | None = None) -> None:
    staged = tuple(call(number, AddFact(fact=fact)) for number, fact in enumerate(facts))
    await memory.commit(Commit(decision=decision(id_), thread=THREAD, timeline=timeline, staged=staged))


async def reveal(memory: Memory, *to: str, id_: str = "d2", timeline: str | None = None) -> None:
    staged = (call(0, RevealFact(fact=PAST.id, to=to)),)
    await memory.commit(Commit(decision=decision(id_), thread=THREAD, timeline=timeline, staged=staged))


# What may enter whose prompt


@pytest.mark.parametrize("character", ["marta", "ilse", "nobody_we_know"])
async def test_a_secret_comes_to_no_mind_that_does_not_know_it_however_it_is_asked_for(
    memory: Memory, character: str
) -> None:
    for text in ("", PAST.text, "Did Malgar grow up in the orphanage, with Ilse?"):
        recalled = await memory.recall(query(text, *EVERY_TAG, character=character, thread=THREAD))
        assert PAST.text not in recalled.model_dump_json()


async def test_a_secret_of_a_faction_comes_to_the_mind_of_its_members_and_of_nobody_else(memory: Memory) -> None:
    await add(memory, LEDGER)

    async def knows(character: str) -> bool:
        recalled = await memory.recall(query(LEDGER.text, *EVERY_TAG, character=character))
        return LEDGER.id in {fact.id for fact in recalled.facts}

    assert [await knows(one) for one in ("marta", "ilse", "malgar")] == [True, True, False]


async def test_nobody_remembers_what_somebody_else_experienced(memory: Memory) -> None:
    for number, character in enumerate(("malgar", "ilse")):
        entry = experience(f"m{number}", f"I told {character} that I burned the orphanage.", character=character)
        made = decision(f"d{number}", character=character)
        await memory.commit(Commit(decision=made, thread=THREAD, memory=entry))
    await memory.settle()

    recalled = await memory.recall(query("Who burned the orphanage?", *EVERY_TAG, character="ilse"))

    assert [entry.character for entry in recalled.memories] == ["ilse"]


async def test_whoever_joins_a_talk_knows_only_what_was_said_in_their_presence(memory: Memory) -> None:
    def line(text: str, *heard_by: str) -> Turn:
        return Turn(speaker="malgar", text=text, at=NOON, heard_by=heard_by)

    alone = line('I burned it. Say "marta" and it is ["heard_by":["marta"]].', "malgar", "ilse")
    later, noted_by_nobody = line("Good evening, Marta.", "malgar", "ilse", "marta"), line("It rains.")
    turns = (alone, later, noted_by_nobody)
    await memory.commit(Commit(decision=decision(), thread=THREAD, turns=turns))

    for hearer, heard in (("marta", turns[1:]), ("ilse", turns), ("mart_", turns[2:]), ("mar", turns[2:])):
        assert (await memory.recall(query(character=hearer, thread=THREAD))).turns == heard
    assert tuple(await memory.turns(WORLD, None, THREAD)) == turns


# What has not come out


async def test_a_secret_is_hidden_until_the_players_side_hears_it(memory: Memory) -> None:
    assert await hidden(memory) == [PAST.id]

    await reveal(memory, "marta", id_="to-marta")
    assert await hidden(memory) == [PAST.id], "Marta is not the player"
    assert not (await past(memory)).revealed

    await reveal(memory, PLAYER, id_="to-the-player")
    assert await hidden(memory) == []
    assert (await past(memory)).revealed


async def test_what_somebody_of_the_players_side_knows_is_hidden_from_nobody(memory: Memory) -> None:
    await add(memory, LEDGER)

    assert await hidden(memory) == [PAST.id, LEDGER.id]
    assert await hidden(memory, party=("malgar",)) == [LEDGER.id]
    assert await hidden(memory, party=("ilse",)) == [PAST.id], "her order knows of the ledger"


async def test_a_secret_that_is_added_later_counts_at_once_and_only_the_first_telling_does(memory: Memory) -> None:
    assert await hidden(memory) == [PAST.id]
    public = LEDGER.model_copy(update={"known_by": (PLAYER,)})
    lore = Fact(id="plain", text='It says "kind":"secret" on the door.', payload=LoreFact(topic="door"), known_by=())

    await add(memory, LEDGER, lore)
    await add(memory, public, id_="again")

    [_, kept] = await memory.secrets.unrevealed(WORLD, None)
    assert kept == LEDGER


async def test_what_came_out_on_one_branch_is_hidden_on_the_other(memory: Memory) -> None:
    branch = await memory.world_line(WORLD).fork(stay=True)
    await reveal(memory, PLAYER)
    await add(memory, LEDGER, id_="there", timeline=branch)

    assert await hidden(memory) == []
    assert await hidden(memory, timeline=branch) == [PAST.id, LEDGER.id]
    with pytest.raises(UnknownThing, match="timeline"):
        await hidden(memory, timeline="t99")


async def test_a_secret_that_its_author_calls_revealed_is_not_hidden(memory: Memory) -> None:
    await add(memory, LEDGER.model_copy(update={"revealed": True}))

    assert await hidden(memory) == [PAST.id]


async def test_many_ask_at_once_and_all_get_the_same_answer(memory: Memory) -> None:
    await add(memory, *(LEDGER.model_copy(update={"id": f"s{number}"}) for number in range(30)))

    answers = await asyncio.gather(*(hidden(memory) for _ in range(20)))

    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 31


# How close words come


class Named:
    """An embedder of another name, that answers with what it is given."""

    name, dimension = "named", 2

    def __init__(self, vectors: dict[str, list[float]] | None) -> None:
        self.vectors, self.asked = vectors, list[str]()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        if self.vectors is None:
            raise ModelUnavailable("nobody is there")
        return [self.vectors.get(text, [0.0, 1.0]) for text in texts]


def secrets(memory: Memory, embedder: Embedder) -> Secrets:
    return Secrets(memory._record, memory, embedder)  # pyright: ignore[reportPrivateUsage]  # the same record, another embedder


SAID = {"ledger": (LEDGER.text, "Die Wirtin streckt das Bier.")}


@pytest.mark.parametrize(
    ("text", "close"),
    [
        ("Marta writes down in her ledger how she waters the beer.", True),
        ("Well, well. Marta waters the beer, and her ledger knows it. Another round?", True),
        ("A fine beer. Marta brews it herself, and the river brings the rest of it.", False),
        ("Beer!", False),
        ("", False),
    ],
)
async def test_a_sentence_close_to_a_secret_is_recognised_by_its_words(memory: Memory, text: str, close: bool) -> None:
    near = await secrets(memory, LexicalEmbedder()).close([text], SAID, within=60)

    assert near == (frozenset({"ledger"}) if close else frozenset())


async def test_a_sentence_that_means_the_same_is_recognised_by_the_configured_embedder(memory: Memory) -> None:
    german = SAID["ledger"][1]
    meaning = Named(
        {LEDGER.text: [1.0, 0.0], german: [0.5, -0.5], "What she pours there is mostly the river.": [0.9, 0.3]}
    )
    book = secrets(memory, meaning)

    assert await book.close(["What she pours there is mostly the river."], SAID, within=60) == {"ledger"}
    assert await book.close(["The roof of the inn is quite new."], SAID, within=60) == frozenset()
    assert meaning.asked.count(LEDGER.text) == 1, "the vectors of secrets are kept"


async def test_a_secret_that_is_strewn_in_crumbs_among_other_words_is_recognised(memory: Memory) -> None:
    book, ways = secrets(memory, LexicalEmbedder()), {"ledger": (LEDGER.text,)}
    crumbs = ["Marta, you see", "and the beer that she waters", "it is written down", "all in a ledger of hers"]
    filler = ["The road was long today.", "Sit by the stove, then.", "A room is two coppers.", "Mind the step."]
    strewn = [text for pair in zip(crumbs, filler, strict=True) for text in pair]

    assert await book.close(strewn, ways, within=60) == {"ledger"}
    assert await book.close([*crumbs[:1], *filler], ways, within=60) == frozenset()


async def test_an_embedder_that_fails_says_so(memory: Memory) -> None:
    with pytest.raises(ModelUnavailable):
        await secrets(memory, Named(None)).close(["The roof of the inn is new."], SAID, within=60)


async def test_an_embedder_that_is_slow_goes_on_and_the_next_who_asks_gets_an_answer(memory: Memory) -> None:
    at_last = asyncio.Event()

    class Slow(Named):
        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            if LEDGER.text in texts:
                await at_last.wait()
            return await super().embed(texts)

    book = secrets(memory, Slow({LEDGER.text: [1.0, 0.0], "What she pours there is the river.": [0.9, 0.3]}))
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await book.close(["What she pours there is the river."], SAID, within=0.01)
    at_last.set()

    assert await book.close(["What she pours there is the river."], SAID, within=60) == {"ledger"}
    await book.aclose()


async def test_closing_stops_what_is_still_being_embedded(memory: Memory) -> None:
    class Endless(Named):
        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            if LEDGER.text in texts:
                await asyncio.Event().wait()
            return await super().embed(texts)

    book = secrets(memory, Endless({}))
    with pytest.raises(TimeoutError):
        await book.close(["The roof of the inn is new."], SAID, within=0.01)

    await asyncio.wait_for(book.aclose(), timeout=60)


async def test_what_the_game_tells_the_party_is_hidden_from_it_no_more(memory: Memory) -> None:
    await memory.tell(News(world=WORLD, id="n1", effects=(RevealFact(fact=PAST.id, to=(PLAYER,)),)))

    assert await hidden(memory) == []


def test_a_secret_that_everyone_knows_is_a_fault_of_the_worlds_files() -> None:
    careless = LEDGER.model_copy(update={"known_by": ("everyone",)})
    [fault] = pack().model_copy(update={"facts": (careless,)}).faults()
    assert (fault.where, fault.what) == ("facts.ledger.known_by", "a secret that everyone knows is none.")

    out = careless.model_copy(update={"revealed": True})
    assert pack().model_copy(update={"facts": (out,)}).faults() == []
