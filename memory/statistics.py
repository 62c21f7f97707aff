"""What decisions were like: how many, how fast, who made them, how good the answers were, and what they cost in tokens.

Read from the record, some rows at a time, so that a world can be asked while it is played; bodies are read only of
decisions that came from a cache.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, case, func, select

from memory.record.record import Record
from memory.record.tables import DECISION, WORLD

BATCH = 5_000
"""Rows that are read in one unit of work: between two, others have their turn."""
LEVELS = ("grammar", "schema", "world")

_D = DECISION.c
_MEASURED = (
    select(
        _D.seq, _D.kind, _D.source, _D.reason, _D.milliseconds, _D.model, _D.attempts,
        _D.prompt_tokens, _D.completion_tokens, _D.cost,
        case((_D.source == "cache", _D.body)).label("kept"),
        _D.in_grammar, _D.in_schema, _D.in_world,
    )
    .where(_D.world == bindparam("world"), _D.seq > bindparam("after", type_=BigInteger))
    .order_by(_D.seq)
    .limit(BATCH)
)  # fmt: skip
_SINCE = _D.made_at >= bindparam("since", type_=BigInteger)
_MEASURED_SINCE = _MEASURED.where(_SINCE)
_FIRST = select(func.min(_D.seq)).where(_D.world == bindparam("world"), _SINCE)
_UNDATED = select(func.count()).where(_D.world == bindparam("world"), _D.made_at.is_(None))


@dataclass(slots=True)
class Right:
    """Of the decisions whose last answer was looked at on a level: how many were right."""

    asked: int = 0
    right: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1; None: nothing was asked."""
        return self.right / self.asked if self.asked else None


@dataclass(slots=True)
class Spent:
    """Tokens, as the servers counted them."""

    prompt: int = 0
    completion: int = 0
    cost: float = 0.0
    """By the prices of the time, where the record has kept it."""
    unpriced: tuple[int, int] = (0, 0)
    """Of `prompt` and `completion`: those of which it has not."""

    def add(self, prompt: int, completion: int, cost: float | None) -> None:
        """Count an answer in; None: nobody kept what it cost."""
        self.prompt += prompt
        self.completion += completion
        self.cost += cost or 0.0
        if cost is None:
            self.unpriced = self.unpriced[0] + prompt, self.unpriced[1] + completion


@dataclass(slots=True)
class Statistics:
    """What a set of decisions was like."""

    decisions: int = 0
    sources: Counter[str] = field(default_factory=Counter[str])
    """How many came from rules, cache, model, repaired, fallback."""
    fallbacks: Counter[str] = field(default_factory=Counter[str])
    """Why the fallbacks were ones, by reason code."""
    validity: dict[str, Right] = field(default_factory=lambda: {level: Right() for level in LEVELS})
    """By level, of the last answer that a decision got from a model."""
    attempts: int = 0
    """Answers that were asked of models."""
    tokens: dict[str, Spent] = field(default_factory=dict[str, Spent])
    """By model; the empty name for answers that no name came with."""
    reused: Counter[str] = field(default_factory=Counter[str])
    """How many were said again, by the cache that had them: look, exact, semantic, flight."""
    saved: dict[str, Spent] = field(default_factory=dict[str, Spent])
    """What models were spared by that, by model."""
    saved_milliseconds: float = 0.0
    """The same in time, as it took when the answers were new."""
    milliseconds: array[float] = field(default_factory=lambda: array("d"), repr=False)
    """Of each decision."""

    @property
    def hit_rate(self) -> float | None:
        """Of the answers that a model gave or would have given: how many a cache had. None: there are none."""
        hits = sum(self.reused.values())
        wanted = hits + self.sources["model"] + self.sources["repaired"]
        return hits / wanted if wanted else None

    def percentile(self, percent: int) -> float | None:
        """The milliseconds that so many percent of decisions took at most (nearest rank); None: there is none."""
        if not self.milliseconds:
            return None
        return float(np.percentile(np.frombuffer(self.milliseconds), percent, method="inverted_cdf"))

    def add(self, other: Statistics) -> None:
        """Count another set of decisions in."""
        self.decisions += other.decisions
        self.sources += other.sources
        self.fallbacks += other.fallbacks
        self.attempts += other.attempts
        for level, validity in other.validity.items():
            self.validity[level].asked += validity.asked
            self.validity[level].right += validity.right
        for model, tokens in other.tokens.items():
            spent = self.tokens.setdefault(model, Spent())
            spent.add(tokens.prompt, tokens.completion, tokens.cost)
            spent.unpriced = spent.unpriced[0] + tokens.unpriced[0], spent.unpriced[1] + tokens.unpriced[1]
        self.reused += other.reused
        for model, tokens in other.saved.items():
            self.saved.setdefault(model, Spent()).add(tokens.prompt, tokens.completion, None)
        self.saved_milliseconds += other.saved_milliseconds
        self.milliseconds.extend(other.milliseconds)

    def count(self, row: Sequence[Any]) -> None:
        """Count one decision in: a row of `_MEASURED`, without its moment and kind."""
        source, reason, milliseconds, model, attempts, prompt, completion, cost, kept, *levels = row
        self.decisions += 1
        self.sources[source] += 1
        if source == "fallback":
            self.fallbacks[reason] += 1
        self.attempts += attempts
        for level, right in zip(LEVELS, levels, strict=True):
            if right is not None and source != "cache":  # judged, too, but no answer that a model gave now
                validity = self.validity[level]
                validity.asked += 1
                validity.right += right
        if prompt or completion:
            self.tokens.setdefault(model or "", Spent()).add(prompt, completion, cost)
        if kept is not None:
            self._count_reuse(json.loads(kept)["receipt"], model or "")
        self.milliseconds.append(milliseconds)

    def _count_reuse(self, receipt: dict[str, Any], model: str) -> None:
        reused: dict[str, Any] = receipt.get("reused") or {"cache": "look"}  # before receipts said which
        self.reused[reused["cache"]] += 1
        tokens: dict[str, int] = reused.get("tokens") or {}
        if any(tokens.values()):
            self.saved.setdefault(model, Spent()).add(tokens["prompt"], tokens["completion"], None)
        self.saved_milliseconds += reused.get("milliseconds", 0.0)


@dataclass(slots=True)
class Measured:
    """What came of reading the record."""

    kinds: dict[str, Statistics]
    """By kind of decision, in the alphabet's order."""
    undated: int
    """Decisions that were left out since they are older than the record's knowledge of dates."""

    @property
    def all(self) -> Statistics:
        """All kinds together."""
        together = Statistics()
        for one in self.kinds.values():
            together.add(one)
        return together


async def measure(record: Record, world: str | None, since: int | None) -> Measured:
    """What the decisions of a world, or of all, were like, on all their timelines: each was made, and paid for.

    `since`: only those recorded at or after this moment, in milliseconds since 1970, UTC.
    """
    found: defaultdict[str, Statistics] = defaultdict(Statistics)
    undated = 0
    worlds = [world] if world is not None else await record.read(_worlds)
    for one in worlds:
        after: int | None = -1
        if since is not None:
            undated += await record.read(lambda connection, one=one: _undated(connection, one))
            after = await record.read(lambda connection, one=one: _before(connection, one, since))
        while after is not None:
            rows = await record.read(lambda connection, one=one, after=after: _some(connection, one, after, since))
            for row in rows:
                found[row[1]].count(row[2:])
            after = rows[-1][0] if len(rows) == BATCH else None
    return Measured({kind: found[kind] for kind in sorted(found)}, undated)


def _worlds(connection: Connection) -> list[str]:
    return list(connection.execute(select(WORLD.c.id).order_by(WORLD.c.id)).scalars())


def _undated(connection: Connection, world: str) -> int:
    return connection.execute(_UNDATED, {"world": world}).scalar_one()


def _before(connection: Connection, world: str, since: int) -> int | None:
    """The moment before the first that counts; None: there is none."""
    first = connection.execute(_FIRST, {"world": world, "since": since}).scalar_one_or_none()
    return None if first is None else first - 1


def _some(connection: Connection, world: str, after: int, since: int | None) -> Sequence[Sequence[Any]]:
    where: dict[str, object] = {"world": world, "after": after}
    if since is None:
        return connection.execute(_MEASURED, where).all()
    return connection.execute(_MEASURED_SINCE, where | {"since": since}).all()
