"""YAML as plain data with a line for every key. What other readers would read differently is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)

from schemas.errors import Fault

Path = tuple[str | int, ...]
"""Where a value is: keys and numbers of items, from the outside in."""
MAX_CHARACTERS = 200_000
MAX_DEPTH = 12

_YAML_1_1_BOOLEANS = frozenset({"y", "n", "yes", "no", "on", "off"})
_TAB = re.compile(r" *\t\s*\S")
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class Unreadable(Exception):
    """The text cannot be read any further; why is among the faults already. Never leaves this module."""


@dataclass
class Tree:
    """What was read: the data, the line of each key and item, and the faults. `data` is None when nothing could be."""

    file: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    faults: list[Fault] = field(default_factory=list[Fault])
    of: str = "graph"
    """What the file is meant to hold, for the words of its faults."""

    def fault(self, line: int, what: str, hint: str | None = None) -> None:
        """Note a fault once."""
        found = Fault(where=f"{self.file}:{line}", what=what, hint=hint)
        if found not in self.faults:
            self.faults.append(found)


def parse(text: str, file: str, *, of: str = "graph") -> Tree:
    """Read one YAML document. Never raises for what the text says: faults are in the tree.

    `of`: what the file is meant to hold, for the words of its faults.
    """
    tree = Tree(file, of=of)
    if len(text) > MAX_CHARACTERS:
        tree.fault(1, f"the file has {len(text)} characters; a {of} has at most {MAX_CHARACTERS}.")
        return tree
    for number, line in enumerate(text.split("\n"), start=1):
        if _TAB.match(line):
            tree.fault(number, "the line is indented with a tab.", "YAML wants spaces, two a level.")
    if tree.faults:
        return tree
    try:
        # ruamel's events carry no type arguments worth keeping; here they become ours
        events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))  # pyright: ignore[reportUnknownMemberType]
        _Builder(tree, events).document()
    except MarkedYAMLError as error:
        line, said = _told(error)
        tree.fault(line, f"this is not YAML: {said}.")
    except YAMLError as error:
        tree.fault(1, f"this is not YAML: {str(error).splitlines()[0]}.")
    except Unreadable:
        pass
    else:
        return tree
    tree.data = None
    return tree


class _Builder:
    """Builds plain data from YAML events, one document."""

    def __init__(self, tree: Tree, events: Iterator[Event]) -> None:
        self.tree, self.events = tree, events

    def document(self) -> None:
        started = False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    self.tree.fault(_line(event), f"a second document starts here; a file holds one {self.tree.of}.")
                    raise Unreadable
                started = True
            elif isinstance(event, NodeEvent):
                self.tree.data = self.node(event, ())
            elif isinstance(event, StreamStartEvent):
                continue

    def node(self, event: Event, path: Path) -> object:
        self.tree.lines.setdefault(path, _line(event))
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            self.tree.fault(
                _line(event),
                f"anchors and aliases (`&`, `*`) are not for {self.tree.of}s.",
                "Write the value where it is used.",
            )
            if isinstance(event, AliasEvent):
                return None
        tag: object = getattr(event, "tag", None)
        if tag is not None:
            self.tree.fault(_line(event), f"the tag {tag} is not for {self.tree.of}s.", "Use plain values.")
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if len(path) >= MAX_DEPTH:
            self.tree.fault(_line(event), f"this is nested more than {MAX_DEPTH} deep.")
            raise Unreadable
        return self.mapping(path) if isinstance(event, MappingStartEvent) else self.sequence(event, path)

    def mapping(self, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key, line = self.key(event), _line(event)
            value_event = next(self.events)
            if key is None or key in found:
                if key is not None:
                    first = self.tree.lines[(*path, key)]
                    self.tree.fault(line, f"'{key}' is given twice (first in line {first}).", "Keep one of them.")
                lines, self.tree.lines = self.tree.lines, {}
                self.node(value_event, path)  # read on, for the faults inside
                self.tree.lines = lines
                continue
            self.tree.lines[(*path, key)] = line
            found[key] = self.node(value_event, (*path, key))
        return found

    def sequence(self, event: Event, path: Path) -> list[object]:
        found: list[object] = []
        if isinstance(event, SequenceStartEvent):
            for item in self.events:
                if isinstance(item, SequenceEndEvent):
                    break
                found.append(self.node(item, (*path, len(found))))
        return found

    def key(self, event: Event) -> str | None:
        line = _line(event)
        if not isinstance(event, ScalarEvent):
            self.tree.fault(line, "a key must be a word.")
            self.node(event, (0,) * (MAX_DEPTH - 2))
            return None
        text = _text(event)
        if text == "<<":
            self.tree.fault(
                line, f"merge keys (`<<`) are not for {self.tree.of}s.", "Write the values where they are used."
            )
            return None
        if _plain(event) and text.lower() in _YAML_1_1_BOOLEANS | {"true", "false"}:
            self.tree.fault(
                line,
                f"'{text}' as a key is a boolean to YAML 1.1 readers, not a word.",
                f'Choose another word, or quote it: "{text}".',
            )
        elif _plain(event) and not isinstance(self.resolve(text), str):
            self.tree.fault(line, f"'{text}' as a key is not a word.", f'Quote it: "{text}".')
        return text

    def scalar(self, event: ScalarEvent) -> object:
        text = _text(event)
        if not _plain(event):
            return text
        if text.lower() in _YAML_1_1_BOOLEANS:
            meant = "true" if text.lower() in {"y", "yes", "on"} else "false"
            self.tree.fault(
                _line(event), f"'{text}' is a boolean to YAML 1.1 readers.", f'Write {meant}, or quote it: "{text}".'
            )
        return self.resolve(text)

    def resolve(self, text: str) -> object:
        """A plain scalar by the core schema of YAML 1.2 (decimal numbers only)."""
        if text in {"", "~", "null", "Null", "NULL"}:
            return None
        if text.lower() in {"true", "false"} and text in {text.lower(), text.upper(), text.title()}:
            return text.lower() == "true"
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text


def _told(error: MarkedYAMLError) -> tuple[int, str]:
    """Line and sentence of a syntax error; ruamel leaves their types open."""
    mark: object = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    said: object = getattr(error, "problem", None) or getattr(error, "context", None)
    return int(getattr(mark, "line", 0)) + 1, str(said)


def _text(event: ScalarEvent) -> str:
    value: object = getattr(event, "value", "")
    return str(value)


def _plain(event: ScalarEvent) -> bool:
    return not getattr(event, "style", None)


def _line(event: Event) -> int:
    mark: object = getattr(event, "start_mark", None)
    return int(getattr(mark, "line", 0)) + 1
