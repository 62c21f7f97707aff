"""The emotions of Ortony, Clore and Collins: what each does to a mood, and what a strong one leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from schemas.temper import Affect


class Emotion(StrEnum):
    """Those of "The Cognitive Structure of Emotions" (1988) that our events can give rise to."""

    JOY = "joy"
    """Something good befell me."""
    DISTRESS = "distress"
    HOPE = "hope"
    """Something good may befall me."""
    FEAR = "fear"
    SATISFACTION = "satisfaction"
    """What I was after has come about."""
    DISAPPOINTMENT = "disappointment"
    HAPPY_FOR = "happy_for"
    """Something good befell somebody I like."""
    PITY = "pity"
    RESENTMENT = "resentment"
    """Something good befell somebody I dislike."""
    GLOATING = "gloating"
    PRIDE = "pride"
    """I did what I approve of."""
    SHAME = "shame"
    ADMIRATION = "admiration"
    """Somebody else did what I approve of."""
    REPROACH = "reproach"
    GRATITUDE = "gratitude"
    """Somebody did something good for me."""
    ANGER = "anger"


def _affect(valence: float, arousal: float, dominance: float) -> Affect:
    return Affect(valence=valence, arousal=arousal, dominance=dominance)


AFFECTS: Mapping[Emotion, Affect] = {
    Emotion.JOY: _affect(0.4, 0.2, 0.1),
    Emotion.DISTRESS: _affect(-0.4, -0.2, -0.5),
    Emotion.HOPE: _affect(0.2, 0.2, -0.1),
    Emotion.FEAR: _affect(-0.64, 0.6, -0.43),
    Emotion.SATISFACTION: _affect(0.3, -0.2, 0.4),
    Emotion.DISAPPOINTMENT: _affect(-0.3, 0.1, -0.4),
    Emotion.HAPPY_FOR: _affect(0.4, 0.2, 0.2),
    Emotion.PITY: _affect(-0.4, -0.2, -0.5),
    Emotion.RESENTMENT: _affect(-0.2, -0.3, -0.2),
    Emotion.GLOATING: _affect(0.3, -0.3, -0.1),
    Emotion.PRIDE: _affect(0.4, 0.3, 0.3),
    Emotion.SHAME: _affect(-0.3, 0.1, -0.6),
    Emotion.ADMIRATION: _affect(0.5, 0.3, -0.2),
    Emotion.REPROACH: _affect(-0.3, -0.1, 0.4),
    Emotion.GRATITUDE: _affect(0.4, 0.2, -0.3),
    Emotion.ANGER: _affect(-0.51, 0.59, 0.25),
}
"""Where each lies: Gebhard (2005), "ALMA: A Layered Model of Affect", table 2."""

MOULDS: Mapping[Emotion, Mapping[str, float]] = {
    Emotion.JOY: {"extraversion": 0.3, "neuroticism": -0.3},
    Emotion.DISTRESS: {"extraversion": -0.2, "neuroticism": 0.4},
    Emotion.HOPE: {"neuroticism": -0.1},
    Emotion.FEAR: {"openness": -0.2, "neuroticism": 0.5},
    Emotion.SATISFACTION: {"conscientiousness": 0.5, "neuroticism": -0.2},
    Emotion.DISAPPOINTMENT: {"conscientiousness": -0.3, "neuroticism": 0.2},
    Emotion.HAPPY_FOR: {"agreeableness": 0.3},
    Emotion.PITY: {"agreeableness": 0.2, "neuroticism": 0.1},
    Emotion.RESENTMENT: {"agreeableness": -0.3},
    Emotion.GLOATING: {"agreeableness": -0.4},
    Emotion.PRIDE: {"extraversion": 0.2, "conscientiousness": 0.3},
    Emotion.SHAME: {"extraversion": -0.3, "neuroticism": 0.2},
    Emotion.ADMIRATION: {"openness": 0.3, "agreeableness": 0.2},
    Emotion.REPROACH: {"agreeableness": -0.2},
    Emotion.GRATITUDE: {"agreeableness": 0.5},
    Emotion.ANGER: {"agreeableness": -0.5, "neuroticism": 0.1},
}
"""Which way each moves the traits, as shares of the most that one event may (`schemas.MOST_STEP`). Our own figures:
wins and kindness settle people, losses and betrayal sour them."""
