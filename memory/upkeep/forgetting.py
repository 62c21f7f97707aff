"""What is forgotten: the forgetting curve in game time, and a budget of memories. Plain functions of what there is.

Retention follows R = exp(-t / S): the simplified form of Ebbinghaus's curve ("Ueber das Gedaechtnis", 1885) that
MemoryBank brought to language models (Zhong et al., "MemoryBank", AAAI 2024), where a memory that comes to mind begins
anew (t = 0) and lasts longer (S grows). Here S comes from importance and emotion as well.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from memory.upkeep.consolidation import Held
from schemas import MINUTES_A_DAY, ForgettingSettings


def strength(importance: float, emotion: float, times_used: int, settings: ForgettingSettings) -> float:
    """How long a memory lasts: the days after which 1/e of it is left.

    S = half_life / ln 2 x (1 + importance x a) x (1 + emotion x b) x (1 + c x ln(1 + uses)), with a, b and c from
    the settings. The logarithm: the tenth time that something comes to mind adds less than the first.
    """
    return (
        settings.half_life_days
        / math.log(2)
        * (1 + settings.importance * importance)
        * (1 + settings.emotion * emotion)
        * (1 + settings.use * math.log1p(times_used))
    )


def retention(age_days: float, strength_days: float) -> float:
    """How much is left of a memory, 1 to 0. A clock that went backwards makes it fresh, never fresher than fresh."""
    return math.exp(-max(age_days, 0.0) / strength_days)


def left_of(held: Held, now: int, settings: ForgettingSettings) -> float:
    """What is left of a memory at minute `now`, since it happened or last came to mind."""
    return retention((now - _fresh_at(held)) / MINUTES_A_DAY, _strength(held, settings))


def worth(held: Held, now: int, settings: ForgettingSettings) -> float:
    """Its value times its freshness: how strong it is beside one that means nothing, times what is left of it. What
    lasts is always fresh."""
    value = _strength(held, settings) / strength(0.0, 0.0, 0, settings)
    return value * (1.0 if _lasts(held, settings) else left_of(held, now, settings))


def faded(memories: Collection[Held], now: int, settings: ForgettingSettings) -> list[Held]:
    """Those of which less is left than the threshold; what is important enough never is among them."""
    return [
        held
        for held in memories
        if not _lasts(held, settings)
        and _may_go(held, now, settings)
        and left_of(held, now, settings) < settings.threshold
    ]


def over_budget(memories: Collection[Held], now: int, settings: ForgettingSettings) -> list[Held]:
    """The least worth of those that are too many. What is too young stays, so for a while there may be more."""
    too_many = len(memories) - (settings.budget or len(memories))
    if too_many <= 0:
        return []
    may_go = [held for held in memories if _may_go(held, now, settings)]
    return sorted(may_go, key=lambda held: (worth(held, now, settings), held.minute, held.key))[:too_many]


def _strength(held: Held, settings: ForgettingSettings) -> float:
    return strength(held.entry.importance, held.entry.emotion, held.use.times, settings)


def _fresh_at(held: Held) -> int:
    return held.minute if held.use.last is None else max(held.minute, held.use.last)


def _lasts(held: Held, settings: ForgettingSettings) -> bool:
    return held.entry.importance >= settings.lasting


def _may_go(held: Held, now: int, settings: ForgettingSettings) -> bool:
    return now - held.minute >= settings.untouched_hours * 60
