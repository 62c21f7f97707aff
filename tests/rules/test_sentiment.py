"""How kindly something was said."""

from __future__ import annotations

import pytest

from rules.sentiment import FELT_FROM, MOST_STANDING, valence_of, valence_of_words, warmed_by
from schemas import DialogueChoice, DialogueStarted


def said(text: str, tone: str | None = None) -> DialogueChoice:
    return DialogueChoice(speaker="hero", listener="marta", text=text, tone=tone)


def test_kind_and_harsh_english_is_told_apart() -> None:
    kind, plain, harsh = (
        valence_of(said(text), "en")
        for text in ("Thank you, Marta, you are wonderful.", "Who set the fire?", "You lying thief, I hate you!")
    )
    assert kind is not None
    assert plain is not None
    assert harsh is not None
    assert kind > FELT_FROM > abs(plain)
    assert harsh < -FELT_FROM


def test_german_words_are_not_read_for_english_would_mistake_its_articles() -> None:
    assert valence_of_words("Die Frau, die hier war, ist die beste.", "de") is None
    assert valence_of_words("Die Frau, die hier war, ist die beste.", "en") == pytest.approx(-0.95, abs=0.02)
    assert valence_of(said("Danke, du bist wunderbar."), "de-AT") is None


def test_in_every_language_the_tone_that_was_chosen_speaks() -> None:
    assert (valence_of(said("Danke dir.", "friendly"), "de") or 0) > FELT_FROM
    assert (valence_of(said("Geh mir aus dem Weg.", "hostile"), "de") or 0) < -FELT_FROM


def test_irony_in_friendly_words_is_still_irony() -> None:
    assert (valence_of(said("What a wonderful welcome.", "sarcastic"), "en") or 0) < 0.1


def test_who_says_nothing_is_not_read() -> None:
    assert valence_of(DialogueStarted(speaker="hero", listener="marta"), "en") is None
    assert valence_of(said("Hm.", "no_such_tone"), "de") is None


@pytest.mark.parametrize("valence", [None, 0.0, FELT_FROM - 0.01, -FELT_FROM + 0.01])
def test_small_talk_moves_nobody(valence: float | None) -> None:
    assert warmed_by(valence) == 0.0


@pytest.mark.parametrize("valence", [-1.0, -0.6, 0.55, 1.0])
def test_words_move_standing_a_little_and_in_their_direction(valence: float) -> None:
    assert 0 < abs(warmed_by(valence)) <= MOST_STANDING
    assert warmed_by(valence) * valence > 0
