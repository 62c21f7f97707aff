"""A declared graph: the types of its YAML, one to one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, TypeAlias, cast

from pydantic import BeforeValidator, Field, PrivateAttr

from schemas import Fault, Value

END = "end"
"""`then: end` ends the decision; no node may have this name."""

HOLE = "?"
"""Stands where a declaration with faults lacks a value, so that the rest of it can still be checked."""

Path: TypeAlias = tuple[str | int, ...]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def seconds(value: object) -> float:
    """Seconds from `300ms`, `2s` or `1m`; a number is taken as it is only where it comes from Python."""
    if isinstance(value, float) and 0 < value <= 3600:
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    length = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < length <= 3600:
        raise ValueError("is not a duration between 1ms and 60m, written like 300ms or 2s")
    return length


def _targets(value: object) -> object:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or not value:
        raise ValueError("must be a node, 'end', or a map from each outcome to a node")
    for outcome, target in cast("dict[object, object]", value).items():
        if not isinstance(target, str):
            raise ValueError(f"must name a node for outcome '{outcome}'")
    return cast("object", value)


Duration = Annotated[float, BeforeValidator(seconds)]
"""Seconds; in YAML a number with its unit: `300ms`, `2s`, `1m`."""

Then = Annotated[str | dict[str, str], BeforeValidator(_targets)]
"""The next node, or the next node for each outcome."""


class Retry(Value):
    """Try a node again when the model or the record was busy, and only then."""

    attempts: int = Field(ge=2, le=5, strict=True)
    """Counts the first one."""
    backoff: Duration = 0.05
    """The pause before each further attempt. None is made when the pause would outlast the deadline."""


class Cache(Value):
    """Keep a node's result for requests that reach it with the same state."""

    ttl: Duration


class AtMost(Value):
    """Bounds a cycle: after `times` runs in one decision the graph goes to `then` instead."""

    times: int = Field(ge=1, le=20, strict=True)
    then: str


class Waits(Value):
    """Bounds a wait: the run stops here until somebody answers, in days of the game's clock, days or years later."""

    rounds: int = Field(ge=1, le=20, strict=True)
    """How often an answer is waited for on one thread; after that the graph goes to `then`."""
    days: int = Field(ge=1, le=3_650, strict=True)
    """How many days of the game an answer is waited for; one that comes later goes to `then`."""
    then: str


class Node(Value):
    """One node of a graph: a function of the catalogue, its knobs, and where to go from it."""

    use: str
    with_: dict[str, object] = Field(default_factory=dict[str, object], alias="with")
    then: Then
    timeout: Duration | None = None
    """For one attempt. Where there is an `on_error`, the time left until the deadline bounds the node too."""
    retry: Retry | None = None
    cache: Cache | None = None
    on_error: str | None = None
    """Where to go when the node fails or runs out of time. Without it a failure ends the run with its error."""
    at_most: AtMost | None = None
    waits: Waits | None = None
    """For a node that waits for an answer, and only for such a node."""


class Edge(NamedTuple):
    """One way from a node to the next. `label` is the outcome, where there are several."""

    source: str
    target: str
    label: str | None
    kind: Literal["then", "on_error", "at_most", "waits"]


class Declaration(Value):
    """A graph as its YAML file says it. It may still have faults: `graphs.check` finds them."""

    name: str
    version: int = Field(ge=1, strict=True)
    about: str = Field(min_length=1, strict=True)
    decides: str
    """The content type of its decision, such as `CombatDecision`."""
    deadline: Duration
    """Used where a request does not bring its own."""
    reserve: Duration = 0.02
    """Kept back from nodes with `on_error`, so that the fallback still finds time."""
    durability: Literal["exit", "async", "sync"] = "exit"
    """`exit` keeps one checkpoint a decision; `async` and `sync` keep one a step."""
    tools: tuple[str, ...] = ()
    entrypoint: str
    nodes: dict[str, Node] = Field(min_length=1)

    _file: str = PrivateAttr(default="")
    _lines: Mapping[Path, int] = PrivateAttr(default_factory=dict[Path, int])
    _faults: tuple[Fault, ...] = PrivateAttr(default=())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What did not fit these types; `HOLE` or nothing stands in those places. `graphs.check` reports them too."""
        return self._faults

    @property
    def file(self) -> str:
        """The file that it was read from, or its name."""
        return self._file or self.name

    @property
    def hash(self) -> str:
        """16 hexadecimal digits that change whenever the meaning changes (comments and order of keys do not count)."""
        content = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def read_from(self, file: str, lines: Mapping[Path, int], faults: tuple[Fault, ...]) -> Declaration:
        """Remember where it was read and what was wrong there; the loader calls this once, at its birth."""
        self._file, self._lines, self._faults = file, lines, faults
        return self

    def line(self, *path: str | int) -> int:
        """The line of a key, or of the nearest thing around it; 0 when it was not read from a file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)

    def where(self, *path: str | int) -> str:
        """`combat.yaml:14`; without a file, the path itself (`combat: nodes.think.use`)."""
        line = self.line(*path)
        return f"{self.file}:{line}" if line else f"{self.file}: {'.'.join(map(str, path))}"

    def edges(self) -> Iterator[Edge]:
        """Every way from a node to another, in the order of the file; `end` is a target like any other."""
        for name, node in self.nodes.items():
            if isinstance(node.then, str):
                yield Edge(name, node.then, None, "then")
            else:
                for outcome, target in node.then.items():
                    yield Edge(name, target, outcome, "then")
            if node.on_error is not None:
                yield Edge(name, node.on_error, "on error", "on_error")
            if node.at_most is not None:
                yield Edge(name, node.at_most.then, f"after {node.at_most.times}", "at_most")
            if node.waits is not None:
                said = f"after {node.waits.rounds} rounds or {node.waits.days} days"
                yield Edge(name, node.waits.then, said, "waits")
