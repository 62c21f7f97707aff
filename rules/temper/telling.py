"""A mood in one word."""

from __future__ import annotations

from typing import Final

from schemas.temper import Affect

SLIGHT, FULL = 1 / 3, 2 / 3
"""Up to where a mood is slight, and from where it is full, as parts of the way from the middle to a corner."""
NOTABLE: Final = 0.12
"""A mood nearer to the usual one than this on every axis is none."""
WORDS: Final[dict[tuple[bool, bool, bool], str]] = {
    (True, True, True): "exuberant",
    (True, True, False): "dependent",
    (True, False, True): "relaxed",
    (True, False, False): "docile",
    (False, False, False): "bored",
    (False, False, True): "disdainful",
    (False, True, False): "anxious",
    (False, True, True): "hostile",
}
"""By whether valence, arousal and dominance are above the middle: Mehrabian (1996), the eight octants."""


def mood_word(mood: Affect, swing: Affect) -> str | None:
    """`slightly anxious`, `hostile`, `very relaxed`; None where `swing`, the difference from the usual, is not notable.

    How strong it is follows Gebhard (2005): the distance from the middle in thirds.
    """
    if swing.strength < NOTABLE:
        return None
    valence, arousal, dominance = mood.axes
    word = WORDS[valence > 0, arousal > 0, dominance > 0]
    distance = (sum(axis * axis for axis in mood.axes) / 3) ** 0.5
    return f"slightly {word}" if distance < SLIGHT else f"very {word}" if distance > FULL else word
