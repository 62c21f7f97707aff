"""How many model servers so many characters need: a formula, and what it assumes where nobody has measured."""

from __future__ import annotations

import math

from pydantic import Field

from schemas import UnitFloat, Value


class Load(Value):
    """What is asked of the servers, and what one of them does. All defaults are assumptions: put your figures there."""

    characters: int = Field(ge=1)
    """Who decide at the same time: those near a player, and those of whom the story goes on."""
    per_minute: float = Field(default=4.0, gt=0)
    """Decisions of one character in a minute."""
    share: UnitFloat = 0.05
    """Of the decisions: how many a model makes (`loomwright stats` tells it)."""
    prompt: float = Field(default=1_500.0, gt=0)
    """Tokens of a prompt (`loomwright stats`)."""
    cached: UnitFloat = 0.6
    """Of a prompt: how much the server's prefix cache holds (`python -m benchmarks inference`)."""
    answer: float = Field(default=150.0, gt=0)
    """Tokens of an answer (`loomwright stats`)."""
    reads: float = Field(default=10_000.0, gt=0)
    """Tokens of prompts that one server computes in a second, when that is all it does (`vllm bench throughput`)."""
    writes: float = Field(default=1_500.0, gt=0)
    """Tokens of answers that one server writes in a second, to many at once (`vllm bench throughput`)."""
    alone: float = Field(default=60.0, gt=0)
    """Tokens that one answer gets in a second (`loomwright models check`, less under load)."""
    busy: float = Field(default=0.5, gt=0, le=1)
    """How busy a server may be on average, so that peaks find room and nobody queues past a deadline."""


class Sizing(Value):
    """What comes out."""

    asked: float
    """Questions to models in a second."""
    work: float
    """Seconds of one server's time for one question."""
    servers: int
    at_once: float
    """Answers under way at the same time, on all servers."""


def size(load: Load) -> Sizing:
    """How many servers a load needs.

    asked = characters x per_minute / 60 x share. work = prompt x (1 - cached) / reads + answer / writes.
    servers = asked x work / busy, rounded up, and at least one where anything is asked. at_once = asked x the seconds
    of one answer, prompt x (1 - cached) / reads + answer / alone (Little's law).
    """
    asked = load.characters * load.per_minute / 60 * load.share
    reading = load.prompt * (1 - load.cached) / load.reads
    work = reading + load.answer / load.writes
    servers = math.ceil(round(asked * work / load.busy, 9))
    return Sizing(asked=asked, work=work, servers=servers, at_once=asked * (reading + load.answer / load.alone))
