"""A prompt that is too long loses what is missed least, and the receipt says what that was."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from pydantic import BaseModel

from inference import Ask, Message, ScriptedModel, estimate
from nodes.knowledge import own_and_other, said_once
from nodes.shortening import LAST_WORDS, MEMORY_LETTERS, SUMMARY_LETTERS, TURN_LETTERS, Draft, beginning, shortened
from schemas import (
    Cut,
    Decision,
    Fact,
    MemoryEntry,
    ModelUnavailable,
    Recalled,
    Settings,
    Tag,
    TagKind,
    Turn,
    WorldTime,
)
from schemas.knowledge import LoreFact
from tests.conftest import Opening, OpenLoom

AT = WorldTime(day=3)
LONG = "She paid in river pearls and would not say where she had them from. " * 12


def memory(number: int, text: str = LONG) -> MemoryEntry:
    return MemoryEntry(id=f"m{number}", character="marta", text=f"{number}: {text}", at=AT)


def turn(number: int, text: str = LONG) -> Turn:
    return Turn(speaker="tamsin_reed", text=f"{number}: {text}", at=AT)


def fact(name: str, about: str = "the_fire") -> Fact:
    tag = Tag(kind=TagKind.ENTITY, name=about)
    return Fact(id=name, text=f"It is told of {name}.", payload=LoreFact(topic="talk"), tags=(tag,))


FULL = Recalled(
    memories=tuple(memory(number) for number in range(4)),
    facts=(fact("pie", about="marta"), fact("bell"), fact("toll"), fact("fever")),
    turns=tuple(turn(number) for number in range(6)),
    summary=LONG,
)


def steps(recalled: Recalled = FULL) -> list[tuple[Draft, Cut]]:
    """Every step there is, to the last."""
    taken, draft = list[tuple[Draft, Cut]](), Draft("marta", recalled)
    while (step := shortened(draft)) is not None:
        taken.append(step)
        draft = step[0]
        assert len(taken) < 50, "it comes to an end"
    return taken


def after(what: str, how: str) -> Recalled:
    """What is left after the last step of a rule."""
    return [draft.recalled for draft, cut in steps() if (cut.what, cut.how) == (what, how)][-1]


def test_rules_follow_each_other_and_each_goes_as_far_as_it_can() -> None:
    order = list(dict.fromkeys((cut.what, cut.how) for _, cut in steps()))

    assert order == [
        ("memories", "shortened"),
        ("turns", "shortened"),
        ("turns", "dropped"),
        ("summary", "shortened"),
        ("summary", "dropped"),
        ("memories", "dropped"),
        ("facts", "dropped"),
        ("instructions", "abbreviated"),
    ]
    last, _ = steps()[-1]
    assert last == Draft("marta", Recalled(), brief=True)


def test_long_memories_keep_their_beginnings() -> None:
    shortened_ = after("memories", "shortened").memories

    assert [one.id for one in shortened_] == ["m0", "m1", "m2", "m3"]
    assert all(len(one.text) <= MEMORY_LETTERS and one.text.endswith("...") for one in shortened_)
    assert all(full.text.startswith(one.text[:-3]) for one, full in zip(shortened_, FULL.memories, strict=True))


def test_long_lines_of_the_talk_are_shortened_but_for_the_last() -> None:
    turns = after("turns", "shortened").turns

    assert all(len(one.text) <= TURN_LETTERS for one in turns[:-LAST_WORDS])
    assert turns[-LAST_WORDS:] == FULL.turns[-LAST_WORDS:]


def test_the_oldest_of_the_talk_goes_first() -> None:
    dropped = [draft.recalled.turns for draft, cut in steps() if (cut.what, cut.how) == ("turns", "dropped")]

    assert [len(turns) for turns in dropped] == [4, 2, 1, 0]
    assert dropped[1] == FULL.turns[-2:]


def test_a_summary_keeps_its_beginning_before_it_goes() -> None:
    short = after("summary", "shortened").summary or ""

    assert len(short) <= SUMMARY_LETTERS
    assert LONG.startswith(short[:-3])
    assert after("summary", "dropped").summary is None


def test_the_memories_that_are_least_to_the_point_go_first() -> None:
    kept = [draft.recalled.memories for draft, cut in steps() if (cut.what, cut.how) == ("memories", "dropped")]

    assert [[one.id for one in memories] for memories in kept] == [["m0", "m1"], ["m0"], []]


def test_what_a_character_knows_of_itself_is_the_last_fact_to_go() -> None:
    kept = [draft.recalled.facts for draft, cut in steps() if (cut.what, cut.how) == ("facts", "dropped")]

    assert [[one.id for one in facts] for facts in kept] == [["pie", "bell", "toll"], ["pie", "bell"], ["pie"], []]


def test_a_beginning_ends_with_a_whole_word_where_there_is_one() -> None:
    assert beginning("Two bowls, then, and sit.", 100) == "Two bowls, then, and sit."
    assert beginning("Two bowls, then, and sit.", 14) == "Two bowls..."
    assert beginning("a" * 50, 10) == "aaaaaaa..."


def test_what_is_said_twice_goes_in_once() -> None:
    line = "Keep your secrets. We leave at dawn, and I want a straight word."
    told = memory(0, f'Tamsin Reed said to me: "{line}"')
    partly = memory(1, f'"{line}" ' + "And then the roof came down, and nobody spoke of it again for years. " * 3)
    once = said_once(
        Recalled(
            facts=(fact("bell"), fact("toll"), fact("bell").model_copy(update={"id": "bell_again"})),
            memories=(told, partly, memory(2)),
            turns=(turn(0, "").model_copy(update={"text": line}),),
        )
    )

    assert [one.id for one in once.facts] == ["bell", "toll"]
    assert [one.id for one in once.memories] == ["m1", "m2"]
    assert line not in once.memories[0].text
    assert once.memories[0].text.startswith('1: "..." And then the roof came down')


def test_facts_about_oneself_stand_in_an_order_of_their_own() -> None:
    own = [fact(name, about="marta") for name in ("pie", "inn", "cellar")]
    one, _ = own_and_other([own[2], fact("bell"), own[0], own[1]], "marta")
    other, rest = own_and_other([own[1], own[2], fact("bell"), own[0]], "marta")

    assert one == other
    assert [fact.id for fact in rest] == ["bell"]


# --- played -----------------------------------------------------------------------------------------------------------


def unheard() -> ScriptedModel:
    """A model that hears a question out and says nothing."""

    def hear(ask: Ask, schema: type[BaseModel]) -> Exception:
        del ask, schema
        return ModelUnavailable("it only listens")

    return ScriptedModel(hear)


def tight(settings: Settings, tokens: int) -> Settings:
    return settings.model_copy(update={"model": settings.model.model_copy(update={"context_tokens": tokens})})


async def asked_within(
    tokens: int, open_loom: OpenLoom, opening: Opening, settings: Settings
) -> tuple[Sequence[Message], Decision]:
    """Marta's second answer in a talk, with room for so many tokens."""
    model = unheard()
    async with open_loom(model, settings=tight(settings, tokens)) as loom:
        await loom.decide(opening("dialogue", policy="model"))
        decision = await loom.decide(opening("dialogue", id="again", policy="model"))
    return (model.asked[-1].messages if len(model.asked) > 1 else ()), decision


@pytest.mark.parametrize("share", [0.98, 0.95, 0.9, 0.85])
async def test_a_prompt_is_cut_to_the_room_there_is_and_keeps_what_makes_the_character(
    share: float, open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    whole, before = await asked_within(
        16_000, open_loom, opening, settings.model_copy(update={"home": settings.home / "a"})
    )
    room = int(share * estimate(whole))
    messages, decision = await asked_within(room, open_loom, opening, settings)
    said = "\n".join(message["content"] for message in messages)

    assert before.receipt.cuts == ()
    assert estimate(messages) <= room
    assert decision.receipt.cuts
    lost = sum(cut.tokens for cut in decision.receipt.cuts)
    assert lost == estimate(whole) - estimate(messages)
    assert any(step.because == "shortened" for step in decision.receipt.steps)
    for kept in (
        "Twenty years behind the same bar",
        "- What is marked [secret] is not small talk",
        "and whatever you have heard",
    ):
        assert kept in said, "persona, the rules of secrets and the event stay"
    assert re.search(r"^- npc_text: ", said, re.MULTILINE)


async def test_a_prompt_that_cannot_be_short_enough_leaves_the_decision_to_the_rules(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    messages, decision = await asked_within(400, open_loom, opening, settings)

    assert messages == ()
    assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "prompt_too_long")
