"""Conversations: the window that always fits, and the summaries of what was dropped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference import estimate
from memory import Memory, News, fit, in_extracts
from schemas import ModelUnavailable, Turn
from tests.memory.stage import NOON, WORLD, query, said

THREAD = f"{WORLD}/dialogue.marta"
WORDS = st.text(min_size=1, max_size=400)


def turns(*texts: str) -> tuple[Turn, ...]:
    return tuple(Turn(speaker="marta", text=text, at=NOON) for text in texts)


def letters(text: str) -> int:
    return len(text)


@given(st.lists(WORDS, max_size=14), st.none() | WORDS, st.integers(-5, 900))
def test_a_window_never_overflows(texts: list[str], summary: str | None, budget: int) -> None:
    for count in (letters, estimate):
        window = fit(turns(*texts), summary, budget=budget, count=count)

        needed = sum(16 + count(turn.text) for turn in window.turns)
        needed += 16 + count(window.summary) if window.summary else 0
        assert needed == window.tokens <= max(budget, 0)


@given(st.lists(WORDS, min_size=1, max_size=14), st.integers(0, 900))
def test_what_is_kept_is_the_newest_without_a_gap(texts: list[str], budget: int) -> None:
    spoken = turns(*texts)
    window = fit(spoken, None, budget=budget, count=letters)

    if window.turns and window.turns[0] in spoken:
        assert window.turns == spoken[-len(window.turns) :]
    if len(window.turns) < len(spoken) and window.turns:
        dropped = spoken[-len(window.turns) - 1]
        assert window.tokens + 16 + letters(dropped.text) > budget or window.turns[0] not in spoken


def test_all_turns_stay_when_they_fit() -> None:
    spoken = turns("One.", "Two.", "Three.")

    assert fit(spoken, "Before.", budget=4_096, count=letters).turns == spoken


def test_of_a_line_that_is_too_long_the_beginning_is_kept() -> None:
    window = fit(turns("Hear me out, traveller: " + "it is a long story " * 200), None, budget=60, count=letters)

    assert window.turns[0].text.startswith("Hear me out, traveller:")
    assert window.turns[0].text.endswith("...")


def test_a_summary_takes_a_quarter_at_most() -> None:
    window = fit(turns("Yes."), "long " * 400, budget=400, count=letters)

    assert window.summary is not None
    assert 16 + len(window.summary) <= 100
    assert window.turns == turns("Yes.")


async def test_a_summary_keeps_what_is_telling_and_drops_the_chatter() -> None:
    talk = turns(
        "Well, well, well.", "Yes indeed.", "The bell of Saint Orrin was stolen on the 3rd by Corin Ashe.",
        "Oh, you know how it is.", "It is what it is.", "Oh, it is.", "Yes, yes.", "Well, indeed.",
        "So it is, you know.", "I promised Tamsin 40 silver for its return.",
    )  # fmt: skip

    text = await in_extracts("", talk)

    assert "marta: The bell of Saint Orrin was stolen on the 3rd by Corin Ashe." in text
    assert "marta: I promised Tamsin 40 silver for its return." in text
    assert len(text.splitlines()) <= 8


async def test_a_summary_says_nothing_twice() -> None:
    text = await in_extracts(
        "", turns("The bell of Orrin was stolen.", "Stolen was the bell of Orrin!", "Marta weeps.")
    )

    assert text.count("bell") == 1


async def _talk(memory: Memory, first: int, last: int) -> None:
    for number in range(first, last):
        lines = said(f"Line {number} speaks of chest {number}.", f"Answer {number}.", speaker="marta")
        await memory.tell(News(world=WORLD, id=f"talk{number}", turns={THREAD: lines}))


async def test_a_conversation_is_summarised_when_enough_was_dropped(memory: Memory) -> None:
    await _talk(memory, 0, 9)
    assert await memory.conversation.summarise(WORLD, None, THREAD) is None  # 18 turns: 8 are older than the last ten

    await _talk(memory, 9, 10)
    summary = await memory.conversation.summarise(WORLD, None, THREAD)

    assert summary is not None
    assert summary.turns == 10
    assert "chest 0" in summary.text
    assert "chest 5" not in summary.text  # still among the last ten
    assert await memory.conversation.summary(WORLD, None, THREAD) == summary


async def test_a_summary_goes_on_from_the_one_before_and_replaces_no_turn(memory: Memory) -> None:
    heard: list[tuple[str, list[str]]] = []

    async def summariser(before: str, told: Sequence[Turn], /) -> str:
        heard.append((before, [turn.text for turn in told]))
        return f"Summary {len(heard)}."

    await _talk(memory, 0, 10)
    await memory.conversation.summarise(WORLD, None, THREAD, summariser=summariser)
    await _talk(memory, 10, 15)
    second = await memory.conversation.summarise(WORLD, None, THREAD, summariser=summariser)

    assert heard[1][0] == "Summary 1."
    assert heard[1][1][0] == "Line 5 speaks of chest 5."
    assert second is not None
    assert (second.text, second.turns) == ("Summary 2.", 20)
    assert len(await memory.turns(WORLD, None, THREAD)) == 30


async def test_whoever_joins_later_is_not_told_the_summary_of_what_was_said_before(memory: Memory) -> None:
    alone = Turn(speaker="marta", text="Malgar burned the mill.", at=NOON, heard_by=("marta", "ilse"))
    await memory.tell(News(world=WORLD, id="alone", turns={THREAD: (alone,) * 10}))
    joined = Turn(speaker="marta", text="Good day, Malgar.", at=NOON, heard_by=("marta", "ilse", "malgar"))
    await memory.tell(News(world=WORLD, id="joined", turns={THREAD: (joined,) * 10}))
    await memory.conversation.summarise(WORLD, None, THREAD)

    told = {who: await memory.recall(query("?", character=who, thread=THREAD)) for who in ("ilse", "malgar")}

    assert "burned the mill" in (told["ilse"].summary or "")
    assert told["malgar"].summary is None


async def test_what_is_summarised_after_a_fork_is_not_known_before_it(memory: Memory) -> None:
    await _talk(memory, 0, 5)
    line = memory.world_line(WORLD)
    old = await line.current()
    new = await line.fork()
    for number in range(5, 12):
        lines = said(f"Line {number} speaks of chest {number}.", f"Answer {number}.", speaker="marta")
        await memory.tell(News(world=WORLD, id=f"talk{number}", turns={THREAD: lines}, timeline=old))
    assert await memory.conversation.summarise(WORLD, old, THREAD) is not None

    assert await memory.conversation.summary(WORLD, new, THREAD) is None
    assert await memory.conversation.summarise(WORLD, new, THREAD) is None


async def test_a_summariser_that_fails_leaves_everything_as_it_was(memory: Memory) -> None:
    async def broken(_before: str, _turns: Sequence[Turn], /) -> str:
        raise ModelUnavailable("gone")

    await _talk(memory, 0, 10)
    with pytest.raises(ModelUnavailable):
        await memory.conversation.summarise(WORLD, None, THREAD, summariser=broken)

    assert await memory.conversation.summary(WORLD, None, THREAD) is None


async def test_two_that_summarise_at_once_leave_one_summary(memory: Memory) -> None:
    await _talk(memory, 0, 10)

    async def inner(_before: str, _turns: Sequence[Turn], /) -> str:
        return "Inner."

    async def outer(_before: str, _turns: Sequence[Turn], /) -> str:
        await memory.conversation.summarise(WORLD, None, THREAD, summariser=inner)
        return "Outer."

    assert await memory.conversation.summarise(WORLD, None, THREAD, summariser=outer) is None
    summary = await memory.conversation.summary(WORLD, None, THREAD)
    assert summary is not None
    assert summary.text == "Inner."
