"""Nobody finds keys or people in a log."""

from __future__ import annotations

import pytest

from telemetry import Redaction


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Write to jo.doe+game@mail.example.org, please.", "Write to [email], please."),
        ("My key is sk-abcdefghijklmnop1234, keep it.", "My key is [key], keep it."),
        ("Authorization: Bearer abc.def-123456", "Authorization: [key]"),
        ("Look at http://jo:hunter2@example.org/x", "Look at http://[login]@example.org/x"),
        ("I am at 203.0.113.7 now.", "I am at [address] now."),
        ("Call +49 170 1234567!", "Call [number]!"),
        ("My card: 4111 1111 1111 1111.", "My card: [number]."),
    ],
)
def test_what_leads_to_a_person_or_opens_a_door_is_taken_out(said: str, kept: str) -> None:
    assert Redaction()(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "Marta asks 12 gold for 3 nights; 1,250 in all, or 1d8+3 apiece.",
        "The Drowned Lantern, on 14 Mirtul 1492 at 18:30.",
        '{"target": "goblin_12", "amount": 12345678, "odds": 0.123456789}',
        "Meet me @ the mill. Skeletons ahead: sk-ull?",
    ],
)
def test_what_games_are_full_of_stays(said: str) -> None:
    assert Redaction()(said) == said


def test_words_and_patterns_of_the_settings_are_taken_out_too() -> None:
    redact = Redaction([r"\b[A-Z]{2}\d{4}\b"], ["hunter2", "hunter"])

    assert redact("AB1234 said hunter2, the hunter.") == "[redacted] said [key], the [key]."


def test_an_empty_word_takes_nothing_out() -> None:
    assert Redaction([], [""])("As it was.") == "As it was."
