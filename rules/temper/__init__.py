"""What characters feel about events, their mood in a word, and what of their temper reaches a model."""

from rules.temper.appraisal import Feeling, appraise, stirring_of
from rules.temper.emotions import AFFECTS, MOULDS, Emotion
from rules.temper.lines import fitting_lines, plain_lines
from rules.temper.sampling import sampling
from rules.temper.telling import mood_word

__all__ = [
    "AFFECTS",
    "MOULDS",
    "Emotion",
    "Feeling",
    "appraise",
    "fitting_lines",
    "mood_word",
    "plain_lines",
    "sampling",
    "stirring_of",
]
