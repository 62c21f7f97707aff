"""How a model is asked to speak for somebody: the more excitable and curious they are, the freer."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.temper import Temper

COOLEST, HOTTEST = 0.1, 1.3
NARROWEST = 0.5
STEP = 0.05
"""Finer differences would only keep answers from being used again."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a server samples with."""

    temperature: float
    top_p: float
    """1: from all tokens."""


def sampling(temperature: float, temper: Temper | None) -> Sampling:
    """The sampling for a temper, from the temperature that the graph or the settings ask for.

    temperature x (1 + 0.4 (openness - 0.5) + 0.2 (neuroticism - 0.5) - 0.2 (conscientiousness - 0.5) + 0.15 a), kept
    within 0.1 and 1.3, where a is by how much the mood is more aroused than usual; top_p = 1 - 0.6 (conscientiousness -
    0.5), at most 1 and at least 0.5. Both go in steps of 0.05. Whoever is middling in a usual mood, or of whom nothing
    is known, is asked for as before; and 0, which asks for the likeliest word, stays 0.
    """
    if temper is None or temperature == 0:
        return Sampling(temperature, 1.0)
    traits, aroused = temper.traits, temper.swing.arousal
    factor = (
        1
        + 0.4 * (traits.openness - 0.5)
        + 0.2 * (traits.neuroticism - 0.5)
        - 0.2 * (traits.conscientiousness - 0.5)
        + 0.15 * aroused
    )
    top_p = max(NARROWEST, min(1.0, 1 - 0.6 * (traits.conscientiousness - 0.5)))
    warmer = max(min(COOLEST, temperature), min(max(HOTTEST, temperature), temperature * factor))
    return Sampling(temperature if factor == 1 else _stepped(warmer), _stepped(top_p))


def _stepped(value: float) -> float:
    return round(round(value / STEP) * STEP, 2)
