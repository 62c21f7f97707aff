"""How kindly something was said: from the tone that was chosen, and from the words where they can be read.

Words are read by VADER (Hutto and Gilbert, 2014), which knows English only. In German it would take the articles `die`
and `das` and the verb `war` for what they are in English, so no other language is read by it: there the tone speaks
alone, and without one nothing is known (docs/decisions/0014).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from schemas.decisions import EmotionalTone
from schemas.events import DialogueChoice, DialogueStarted, GameEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

READ_IN = frozenset({"en"})
"""Languages whose words can be read."""
FELT_FROM = 0.5
"""A valence that moves nobody is nearer to 0: VADER reads -0.34 out of "Who set the fire?"."""
MOST_STANDING = 0.05
"""What words alone do to affinity in one decision, at the most."""

_T = EmotionalTone
OF_TONES: Mapping[EmotionalTone, float] = {
    _T.NEUTRAL: 0.0,
    _T.FRIENDLY: 0.55,
    _T.JOYFUL: 0.6,
    _T.MYSTERIOUS: 0.0,
    _T.SAD: -0.1,
    _T.FEARFUL: -0.1,
    _T.SARCASTIC: -0.4,
    _T.HOSTILE: -0.7,
    _T.THREATENING: -0.8,
}
"""How each tone is taken by the one it is spoken to, -1 to 1."""


def valence_of(event: GameEvent, language: str) -> float | None:
    """How kindly the character was spoken to, -1 (with hatred) to 1 (with love); None: nothing was said, or nobody can
    tell.

    A tone was chosen, so it weighs twice what the words do: irony is said in friendly words.
    """
    if not isinstance(event, DialogueStarted | DialogueChoice) or not event.text:
        return None
    tone = event.tone if isinstance(event, DialogueChoice) else None
    chosen = OF_TONES[EmotionalTone(tone)] if tone in OF_TONES else None
    words = valence_of_words(event.text, language)
    if chosen is None or words is None:
        return chosen if words is None else words
    return (2 * chosen + words) / 3


def valence_of_words(text: str, language: str) -> float | None:
    """VADER's compound score, -1 to 1; None in a language that it does not know."""
    if language.partition("-")[0] not in READ_IN:
        return None
    return float(_analyser().polarity_scores(text)["compound"])


def warmed_by(valence: float | None) -> float:
    """What words do to affinity, -0.05 to 0.05, in proportion; nothing, where they move nobody."""
    if valence is None or abs(valence) < FELT_FROM:
        return 0.0
    return round(MOST_STANDING * max(-1.0, min(1.0, valence)), 4)


@lru_cache(maxsize=1)
def _analyser() -> Any:
    """Read once a process, and only where somebody speaks English: its lexicon takes 20 ms."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # pyright: ignore[reportMissingTypeStubs]

    return SentimentIntensityAnalyzer()
