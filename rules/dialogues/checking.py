"""Is this dialogue sound? All its faults at once, each with file and line and the nearest right answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Protocol

from rules.phrasebook import Phrasebook
from rules.yaml_tree import Path
from schemas.dialogues import (
    END,
    LETTERS_OF_A_CHOICE,
    LETTERS_OF_A_LINE,
    MOST_CHOICES,
    DialogueTree,
    TreeNode,
    When,
    Wording,
)
from schemas.errors import Fault, nearest
from schemas.worlds import World

BLANKS = ("name", "other", "place")
"""What a line may leave to be filled in: who speaks, with whom, and where."""
_BLANK = re.compile(r"\{\s*\$?([^}\s]*)\s*\}")
ROOM = 40
"""Letters that a filled blank is taken to need."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a tree may name. What is None is not checked."""

    phrasebook: Phrasebook | None = None
    languages: Collection[str] = ("en",)
    """Those in which all has to be said."""
    world: World | None = None
    facts: Collection[str] | None = None
    tools: Mapping[str, Collection[str]] | None = None
    """Tools that the graph may use, each with the names of its arguments."""


class Source(Protocol):
    """A tree, and where each thing in it was written."""

    @property
    def tree(self) -> DialogueTree:
        """What was written."""
        ...

    def fault(self, path: Path, what: str, hint: str | None = None) -> Fault:
        """A fault at a place of the file."""
        ...


@dataclass(frozen=True, slots=True)
class _Case:
    source: Source
    known: Known
    ways: Mapping[str, tuple[tuple[str, Path], ...]] = field(default_factory=dict[str, tuple[tuple[str, Path], ...]])
    """From each node to where it leads, and where that is written."""

    @property
    def tree(self) -> DialogueTree:
        return self.source.tree


def check(source: Source, known: Known | None = None) -> list[Fault]:
    """Everything that is wrong with a tree, in the order of its lines."""
    ways = {name: tuple(_ways(name, node)) for name, node in source.tree.nodes.items()}
    case = _Case(source, known or Known(), ways)
    found = dict.fromkeys(fault for rule in _RULES for fault in rule(case))
    return sorted(found, key=lambda fault: int(fault.where.rpartition(":")[2]))


def _ways(name: str, node: TreeNode) -> Iterator[tuple[str, Path]]:
    for number, choice in enumerate(node.choices):
        yield choice.to, ("nodes", name, "choices", number, "to")
    several = not isinstance(node.then, str)
    for number, jump in enumerate(node.jumps):
        yield jump.to, ("nodes", name, "then", number, "to") if several else ("nodes", name, "then")


def _jumps(case: _Case) -> Iterator[Fault]:
    nodes = case.tree.nodes
    targets = [*nodes, END]
    for target, path in ((case.tree.start, ("start",)), *(way for ways in case.ways.values() for way in ways)):
        if target not in nodes and (target != END or path == ("start",)):
            near = nearest(target, targets)
            hint = f"Did you mean '{near}'?" if near else f"There are {', '.join(sorted(nodes))}."
            yield case.source.fault(path, f"the jump to '{target}' leads nowhere.", hint)


def _ends(case: _Case) -> Iterator[Fault]:
    if END in case.tree.nodes:
        yield case.source.fault(("nodes", END), "no node can be called 'end': that is where a talk ends.")
    nodes = case.tree.nodes
    forward = {name: [to for to, _ in ways if to in nodes] for name, ways in case.ways.items()}
    reached = _reachable([case.tree.start], forward) if case.tree.start in nodes else set(nodes)
    for name in nodes:
        if name not in reached:
            yield case.source.fault(("nodes", name), f"node '{name}' is never reached.", "Lead to it, or drop it.")
    backward: dict[str, list[str]] = {name: [] for name in nodes}
    ending = [name for name, ways in case.ways.items() if any(to == END for to, _ in ways)]
    for name, targets in forward.items():
        for target in targets:
            backward[target].append(name)
    ends = _reachable(ending, backward)
    for name in nodes:
        if name in reached and name not in ends:
            what = f"from node '{name}' there is no way to an end."
            yield case.source.fault(("nodes", name), what, "Give one of its ways `end`.")


def _circles(case: _Case) -> Iterator[Fault]:
    """A talk that goes round without the player's having a say would never stop."""
    nodes = case.tree.nodes
    silent = {name: [jump.to for jump in node.jumps if jump.to in nodes] for name, node in nodes.items()}
    try:
        TopologicalSorter(silent).prepare()
    except CycleError as error:
        trip: list[str] = list(reversed(error.args[1]))
        story = " -> ".join(trip)
        hint = "Give one of them choices."
        yield case.source.fault(("nodes", trip[0]), f"{story} goes round without a choice of the player's.", hint)


def _stuck(case: _Case) -> Iterator[Fault]:
    """Where all that goes on is under a condition, somebody may be left with nothing."""
    for name, node in case.tree.nodes.items():
        ids = [choice.id for choice in node.choices]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            number = len(ids) - 1 - ids[::-1].index(twice)
            path = ("nodes", name, "choices", number, "id")
            yield case.source.fault(path, f"node '{name}' has two choices called '{twice}'.")
        if node.choices and all(not choice.when.always or choice.once for choice in node.choices):
            what = f"node '{name}' may have no choice left: each has a condition, or is offered once."
            yield case.source.fault(("nodes", name, "choices"), what, "Add one that is always there.")
        free = [number for number, choice in enumerate(node.choices) if choice.when.always and not choice.once]
        if len(free) > MOST_CHOICES:
            what = f"node '{name}' always has {len(free)} choices; a player is offered {MOST_CHOICES} at most."
            yield case.source.fault(("nodes", name, "choices", free[MOST_CHOICES]), what)
        if node.choices and node.then is not None:
            what = f"node '{name}' has choices and goes on by itself."
            yield case.source.fault(("nodes", name, "then"), what, "Keep one of them.")
        jumps = node.jumps
        if len(jumps) > 1 or (jumps and not isinstance(node.then, str | None)):
            if not jumps[-1].when.always:
                what = f"node '{name}': no jump is left when no condition holds."
                yield case.source.fault(("nodes", name, "then"), what, "Let the last one have no `when`.")
            for number, jump in enumerate(jumps[:-1]):
                if jump.when.always:
                    what = f"node '{name}': jumps after one without a condition never come."
                    yield case.source.fault(("nodes", name, "then", number), what)
        if node.line is None and node.or_else:
            yield case.source.fault(("nodes", name, "or_else"), f"node '{name}' has other lines, and no first one.")
        if node.line is None and node.choices:
            what = f"node '{name}' offers choices, and says nothing."
            yield case.source.fault(("nodes", name), what, "Give it a `line`.")
    start = case.tree.nodes.get(case.tree.start)
    if start is not None and start.line is None:
        yield case.source.fault(("nodes", case.tree.start), "the first node says nothing.", "Give it a `line`.")


def _flags(case: _Case) -> Iterator[Fault]:
    """A flag that nothing sets never holds."""
    set_ = {flag for node in case.tree.nodes.values() for flag in node.sets}
    for when, path in _conditions(case.tree):
        for flag in (*when.flags, *when.without):
            if flag not in set_:
                near = nearest(flag, set_)
                hint = f"Did you mean '{near}'?" if near else "Let a node set it: `sets: [...]`."
                yield case.source.fault(path, f"no node sets the flag '{flag}'.", hint)


def _names(case: _Case) -> Iterator[Fault]:
    world, facts = case.known.world, case.known.facts
    if world is not None and case.tree.character not in world.characters:
        yield case.source.fault(("character",), *_unknown("character", case.tree.character, world.characters))
    if facts is None:
        return
    for when, path in _conditions(case.tree):
        for fact in (*when.knows, *when.unknown, *when.player_knows):
            if fact not in facts:
                yield case.source.fault(path, *_unknown("fact", fact, facts))


def _effects(case: _Case) -> Iterator[Fault]:
    tools = case.known.tools
    if tools is None:
        return
    for name, node in case.tree.nodes.items():
        for number, effect in enumerate(node.effects):
            path = ("nodes", name, "effects", number)
            if effect.tool not in tools:
                yield case.source.fault((*path, "tool"), *_unknown("tool", effect.tool, tools))
                continue
            wanted = set(tools[effect.tool])
            for argument in sorted(wanted ^ set(effect.arguments)):
                where = (*path, "arguments")
                if argument in wanted:
                    yield case.source.fault(where, f"the tool '{effect.tool}' needs the argument '{argument}'.")
                else:
                    what, hint = _unknown("argument", argument, wanted)
                    yield case.source.fault((*where, argument), what, hint)


def _words(case: _Case) -> Iterator[Fault]:
    for name, node in case.tree.nodes.items():
        path: Path = ("nodes", name)
        for wording, where in _lines(node, path):
            yield from _wording(case, wording, where, LETTERS_OF_A_LINE)
        for number, choice in enumerate(node.choices):
            yield from _wording(case, choice.say, (*path, "choices", number, "say"), LETTERS_OF_A_CHOICE)
            if choice.hint is not None:
                yield from _wording(case, choice.hint, (*path, "choices", number, "hint"), 120)


def _wording(case: _Case, wording: Wording, path: Path, most: int) -> Iterator[Fault]:
    book = case.known.phrasebook
    for language in case.known.languages:
        if isinstance(wording, str):
            if book is None:
                return
            if not book.knows(wording, language):
                what = f"the phrase '{wording}' is not there in '{language}'."
                near = nearest(wording, book.keys(language))
                yield case.source.fault(path, what, f"Did you mean '{near}'?" if near else "Write it into the locales.")
                continue
            text = book.say(language, wording, **dict.fromkeys(BLANKS, "x" * ROOM))
        elif language not in wording:
            yield case.source.fault(path, f"this has no words in '{language}'.", f"Add `{language}: ...`.")
            continue
        else:
            text = wording[language]
            for blank in _BLANK.findall(text):
                if blank not in BLANKS:
                    known = ", ".join(f"{{ ${one} }}" for one in BLANKS)
                    yield case.source.fault(path, f"'{blank}' is nothing that can be filled in.", f"Use {known}.")
            text = _BLANK.sub("x" * ROOM, text)
        if len(text) > most:
            what = f"with its blanks filled in this has {len(text)} letters in '{language}'; {most} is the most."
            yield case.source.fault(path, what)


def _lines(node: TreeNode, path: Path) -> Iterator[tuple[Wording, Path]]:
    if node.line is not None:
        yield node.line, (*path, "line")
    for number, wording in enumerate(node.or_else):
        yield wording, (*path, "or_else", number)


def _conditions(tree: DialogueTree) -> Iterator[tuple[When, Path]]:
    yield tree.begins_when, ("begins_when",)
    for name, node in tree.nodes.items():
        for number, choice in enumerate(node.choices):
            yield choice.when, ("nodes", name, "choices", number, "when")
        for number, jump in enumerate(node.jumps):
            yield jump.when, ("nodes", name, "then", number, "when")


def _reachable(start: Iterable[str], ways: Mapping[str, Iterable[str]]) -> set[str]:
    found, to_see = set[str](), list(start)
    while to_see:
        name = to_see.pop()
        if name not in found:
            found.add(name)
            to_see += ways.get(name, ())
    return found


def _unknown(kind: str, name: str, known: Iterable[str]) -> tuple[str, str | None]:
    near = nearest(name, known)
    return f"there is no {kind} '{name}'.", f"Did you mean '{near}'?" if near else None


_RULES: tuple[Callable[[_Case], Iterable[Fault]], ...] = (
    _jumps,
    _ends,
    _circles,
    _stuck,
    _flags,
    _names,
    _effects,
    _words,
)
