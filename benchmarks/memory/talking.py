"""How long it takes to cut a conversation to its budget, and whether the cut ever fails to hold."""

from __future__ import annotations

import random
import time

from benchmarks.figures import Figure
from benchmarks.memory.lives import p95, saying
from inference import estimate
from memory import fit
from schemas import Turn, WorldTime


async def measure(*, quick: bool) -> list[Figure]:
    """Random conversations: up to 40 turns of any length and script, budgets from nothing to 4,096 tokens."""
    count = 1_000 if quick else 10_000
    dice, overflows, took = random.Random(19), 0, list[float]()
    known: dict[str, int] = {}

    def tokens(text: str) -> int:
        if text not in known:
            known[text] = estimate(text)
        return known[text]

    for _ in range(count):
        turns = [Turn(speaker="a", text=_anything(dice), at=WorldTime(day=1)) for _ in range(dice.randrange(0, 41))]
        for turn in turns:
            tokens(turn.text)  # a running conversation has counted its turns before
        budget = dice.choice((0, 50, 256, 1_024, 4_096))
        began = time.perf_counter()
        window = fit(turns, _anything(dice) if dice.random() < 0.5 else None, budget=budget, count=tokens)
        took.append((time.perf_counter() - began) * 1_000)
        needed = sum(estimate(turn.text) for turn in window.turns) + (estimate(window.summary) if window.summary else 0)
        overflows += needed > budget
    return [
        Figure("memory", "a conversation cut to its budget, p95", p95(took), "ms", 1),
        Figure("memory", f"budgets broken in {count:,} random conversations", overflows, "overflows", 0),
    ]


def _anything(dice: random.Random) -> str:
    match dice.randrange(4):
        case 0:
            return saying(dice)
        case 1:
            return " ".join(saying(dice) for _ in range(dice.randrange(1, 20)))[:4_000]
        case 2:
            return "".join(chr(dice.randrange(0x20, 0xD7FF)) for _ in range(dice.randrange(1, 300)))
        case _:
            return "x" * dice.randrange(1, 4_000)
