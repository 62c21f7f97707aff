"""From a YAML file to a declaration, with a line for everything that is wrong in it."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path as FilePath
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from graphs.check import check
from graphs.declaration import HOLE, AtMost, Cache, Declaration, Node, Path, Retry, Waits
from nodes import Catalogue
from rules.yaml_tree import Tree, parse
from schemas import BadDeclaration, Fault, UnknownThing, nearest

LIBRARY = FilePath(__file__).parent / "library"
"""The graphs that come along, one file each."""

_HOLES: dict[str, object] = {
    "name": HOLE,
    "version": 1,
    "about": HOLE,
    "decides": HOLE,
    "deadline": "60m",
    "entrypoint": HOLE,
    "use": HOLE,
    "then": HOLE,
}
_A_HOLE: dict[str, object] = {"use": HOLE, "then": HOLE}
_NEEDED = {
    "name": "Give the name of the file, such as `name: ambush`.",
    "version": "Start with `version: 1`.",
    "about": "Say in a sentence what the graph decides.",
    "decides": "Name the type of its decision, such as `decides: CombatDecision`.",
    "deadline": "Say when an answer is due, such as `deadline: 300ms`.",
    "entrypoint": "Name the node that comes first.",
    "nodes": "List its nodes.",
    "use": "Name a node of the catalogue, such as `use: recall`.",
    "then": "Name the next node, or `then: end`.",
    "attempts": "Say how often, the first time included, such as `attempts: 2`.",
    "ttl": "Say for how long, such as `ttl: 60s`.",
    "times": "Say how often, such as `times: 2`.",
    "rounds": "Say how often an answer is waited for, such as `rounds: 8`.",
    "days": "Say how many days of the game an answer is waited for, such as `days: 30`.",
}
_PARTS: dict[str, type[BaseModel]] = {"retry": Retry, "cache": Cache, "at_most": AtMost, "waits": Waits}


def library_names(library: FilePath = LIBRARY) -> list[str]:
    """The names of all graphs that `load` finds by name."""
    return sorted(file.stem for file in library.glob("*.yaml"))


def find(path_or_name: str | FilePath, *, library: FilePath = LIBRARY) -> FilePath:
    """The file of a graph: a bare name is looked up in the library, all else is a path.

    Raises `UnknownThing` with the nearest name when there is no such file.
    """
    text = os.fspath(path_or_name)
    is_path = isinstance(path_or_name, FilePath) or text.endswith((".yaml", ".yml")) or "/" in text or os.sep in text
    file = FilePath(text) if is_path else library / f"{text}.yaml"
    if file.is_file():
        return file
    if not is_path:
        raise UnknownThing("graph", text, library_names(library))
    beside = [str(other) for other in file.parent.glob("*.y*ml")] if file.parent.is_dir() else []
    raise UnknownThing("graph file", text, beside)


def read(path_or_name: str | FilePath, *, library: FilePath = LIBRARY) -> Declaration:
    """A declaration as far as its file can be read; `graphs.check` says what is wrong with it.

    Raises `UnknownThing` when there is no such file, and `BadDeclaration` when it is no YAML mapping.
    """
    path = find(path_or_name, library=library)
    shown = os.path.relpath(path) if path.resolve().is_relative_to(FilePath.cwd()) else str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDeclaration(Fault(f"{shown}:1", f"the file is not UTF-8 text ({error.reason}).")) from error
    except OSError as error:
        raise BadDeclaration(Fault(shown, f"the file cannot be read: {error.strerror}.")) from error
    return declare(text, file=shown)


def declare(text: str, *, file: str = "graph.yaml") -> Declaration:
    """A declaration from YAML text; `file` is what its faults are called after. Raises as `read` does."""
    tree = parse(text, file)
    content = tree.data
    if not isinstance(content, dict):
        if not tree.faults:
            empty = content is None
            what = "the file is empty." if empty else "a graph is a mapping of keys to values."
            tree.fault(1, what, "It starts with `name: ...`.")
        raise BadDeclaration(tree.faults)
    data = cast("dict[str, object]", content)
    for _ in range(2):
        try:
            return Declaration.model_validate(data).read_from(file, tree.lines, tuple(tree.faults))
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                _report(tree, tuple(problem["loc"]), problem["type"], problem["msg"], problem["input"])
                _mend(data, tuple(problem["loc"]))
    raise BadDeclaration(tree.faults)


def load(
    path_or_name: str | FilePath,
    catalogue: Catalogue,
    *,
    contents: Collection[str] | None = None,
    tools: Collection[str] | None = None,
    library: FilePath = LIBRARY,
) -> Declaration:
    """Read a graph and check it against the catalogue (and the content types and tools, where given).

    Raises `BadDeclaration` with every fault, or `UnknownThing` when there is no such graph.
    """
    declaration = read(path_or_name, library=library)
    if faults := check(declaration, catalogue, contents=contents, tools=tools):
        raise BadDeclaration(faults)
    return declaration


def _report(tree: Tree, loc: Path, kind: str, said: str, value: object) -> None:
    """Say what did not fit, in the words of the file."""
    path = loc
    while path not in tree.lines:
        path = path[:-1]
    line, key = tree.lines[path], str(loc[-1]) if loc else ""
    owner = f"node '{loc[1]}'" if len(loc) > 2 and loc[0] == "nodes" else "the graph"
    if kind == "missing":
        inside = f" under '{loc[-2]}'" if len(loc) > 3 else ""
        tree.fault(line, f"{owner} lacks '{key}'{inside}.", _NEEDED.get(key))
    elif kind == "extra_forbidden":
        close = nearest(key, _keys_at(loc))
        known = f"Did you mean '{close}'?" if close else f"Supported are {', '.join(_keys_at(loc))}."
        tree.fault(line, f"{owner} has a key '{key}', which is not supported.", known)
    else:
        named = ".".join(str(part) for part in (loc[2:] if owner != "the graph" else loc))
        text = said.removeprefix("Value error, ")
        if text == said:
            text = "is not right: " + said[0].lower() + said[1:]
        shown = f" (it says {value!r})" if isinstance(value, str | int | float | None) else ""
        tree.fault(line, f"{owner}: '{named}' {text}{shown}.")


def _keys_at(loc: Path) -> list[str]:
    model: type[BaseModel] = Declaration
    if len(loc) > 2 and loc[0] == "nodes":
        model = _PARTS.get(str(loc[2]), Node) if len(loc) > 3 else Node
    return [field.alias or name for name, field in model.model_fields.items()]


def _mend(data: dict[str, object], loc: Path) -> None:
    """Put a hole where a value does not fit, or leave it out, so that the rest can be checked."""
    holder: dict[str, Any] = data
    key = str(loc[0])
    if key == "nodes" and len(loc) > 1:
        holder, key = cast("dict[str, Any]", data["nodes"]), str(loc[1])
        if len(loc) > 2:
            holder, key = holder[key], str(loc[2])
    if holder is data and key == "nodes":
        holder[key] = {HOLE: dict(_A_HOLE)}
    elif holder is data.get("nodes"):
        holder[key] = dict(_A_HOLE)
    elif key in _HOLES:
        holder[key] = _HOLES[key]
    else:
        holder.pop(key, None)
