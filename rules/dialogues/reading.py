"""From YAML files to dialogue trees, with a line for everything that is wrong in them.

dialogue: marta_at_the_bar
character: marta
about: What Marta tells about the bell.
start: welcome
nodes:
  welcome:
    line: marta-bar-welcome             # a key of the locales
    choices:
      - { id: ask, say: { en: "What rings?", de: "Was läutet da?" }, to: bell }
      - { id: leave, say: marta-bar-leave, to: end }
  bell:
    line: { en: "Nothing that I would name.", de: "Nichts, was ich beim Namen nenne." }
    then: welcome
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from types import MappingProxyType

from pydantic import BaseModel, ValidationError

from rules.dialogues.checking import Known, check
from rules.yaml_tree import Path, Tree, parse
from schemas.dialogues import DialogueTree, Jump, TreeChoice, TreeEffect, TreeNode, When
from schemas.errors import BadWorld, Fault, UnknownThing, nearest
from schemas.values import as_fields

_EXAMPLES = {
    "dialogue": "Give the name of the file, such as `dialogue: marta_at_the_bar`.",
    "character": "Say who speaks, such as `character: marta`.",
    "about": "Say in a sentence what it is about.",
    "start": "Name the node that comes first.",
    "nodes": "List its nodes.",
    "id": "Give the choice a name of its own, such as `id: ask`.",
    "say": "Write what the player says: a key of the locales, or the words by language.",
    "to": "Name a node, or `end`.",
    "tool": "Name the tool, such as `tool: modify_relationship`.",
    "arguments": "Give its arguments, as a model would.",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A tree, and where it was written."""

    tree: DialogueTree
    file: str
    lines: Mapping[Path, int]

    def fault(self, path: Path, what: str, hint: str | None = None) -> Fault:
        """What is wrong at a place; of a place that is not in the file the next one around it is told."""
        while path not in self.lines:
            path = path[:-1]
        return Fault(f"{self.file}:{self.lines[path]}", what, hint)


def read_tree(file: FilePath, *, shown: str | None = None) -> Written:
    """One tree as its file tells it, unchecked but for its form.

    Raises:
        UnknownThing: there is no such file.
        BadWorld: it cannot be read, with every fault.
    """
    if not file.is_file():
        beside = [str(other) for other in file.parent.glob("*.yaml")] if file.parent.is_dir() else []
        raise UnknownThing("dialogue file", str(file), beside)
    shown = shown or str(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadWorld(Fault(f"{shown}:1", f"the file is not UTF-8 text ({error.reason}).")) from error
    except OSError as error:
        raise BadWorld(Fault(shown, f"the file cannot be read: {error.strerror}.")) from error
    return declare_tree(text, shown)


def declare_tree(text: str, file: str) -> Written:
    """A tree from YAML text; `file` is what its faults are called after. Raises `BadWorld` as `read_tree` does."""
    read = parse(text, file, of="dialogue")
    fields = as_fields(read.data)
    if fields is None:
        if not read.faults:
            what = "the file is empty." if read.data is None else "a dialogue is a mapping of keys to values."
            read.fault(1, what, "It starts with `dialogue: ...`.")
        raise BadWorld(read.faults)
    try:
        tree = DialogueTree.model_validate(fields)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            _report(read, tuple(problem["loc"]), problem["type"], problem["msg"])
        raise BadWorld(read.faults) from None
    if read.faults:
        raise BadWorld(read.faults)
    return Written(tree, file, MappingProxyType(read.lines))


def load_trees(folder: FilePath, known: Known) -> tuple[DialogueTree, ...]:
    """All trees of a folder in the order of their files, checked. A folder that is not there has none.

    Raises `BadWorld` with every fault of every file.
    """
    trees, faults = list[DialogueTree](), list[Fault]()
    for file in sorted(folder.glob("*.yaml")):
        shown = f"{folder.parent.name}/{folder.name}/{file.name}"
        try:
            written = read_tree(file, shown=shown)
        except BadWorld as broken:
            faults += broken.faults
            continue
        if written.tree.dialogue != file.stem:
            what = f"'{written.tree.dialogue}' is not the file's name, '{file.stem}'."
            faults.append(written.fault(("dialogue",), what))
        faults += check(written, known)
        trees.append(written.tree)
    if faults:
        raise BadWorld(faults)
    return tuple(trees)


def _report(read: Tree, loc: Path, kind: str, said: str) -> None:
    """Say what did not fit, in the words of the file. A value that may have one of two shapes fits neither: once."""
    path = loc
    while path not in read.lines:
        path = path[:-1]
    line, key = read.lines[path], str(loc[-1]) if loc else ""
    owner = f"node '{loc[1]}'" if len(loc) > 1 and loc[0] == "nodes" else "the dialogue"
    if kind == "missing":
        read.fault(line, f"{owner} lacks '{key}'{_inside(loc)}.", _EXAMPLES.get(key))
    elif kind == "extra_forbidden":
        supported = _keys_at(loc)
        close = nearest(key, supported)
        hint = f"Did you mean '{close}'?" if close else f"Supported are {', '.join(supported)}."
        what = "condition" if "when" in loc[:-1] or "begins_when" in loc[:-1] else "key"
        read.fault(line, f"{owner} has a {what} '{key}'{_inside(loc)}, which is not supported.", hint)
    elif len(path) < len(loc) and kind != "value_error":
        what = f"{owner}: '{path[-1] if path else key}' has no shape that fits here."
        read.fault(line, what, "Write a key of the locales, or the words by language." if _says(path) else None)
    else:
        named = ".".join(str(part) for part in (loc[2:] if owner != "the dialogue" else loc))
        text = said.removeprefix("Value error, ")
        told = text if text != said else f"is not right: {said[0].lower()}{said[1:]}"
        read.fault(line, f"{owner}: '{named or 'nodes'}': {told}.")


def _says(path: Path) -> bool:
    return bool(path) and path[-1] in ("line", "say", "hint", "or_else")


def _inside(loc: Path) -> str:
    names = [str(part) for part in loc[2:-1] if isinstance(part, str)]
    return f" under '{names[-1]}'" if names else ""


def _keys_at(loc: Path) -> Collection[str]:
    around = [part for part in loc[:-1] if isinstance(part, str)]
    model: type[BaseModel] = DialogueTree
    if around and around[-1] in ("when", "begins_when"):
        model = When
    elif "effects" in around:
        model = TreeEffect
    elif "choices" in around:
        model = TreeChoice
    elif "then" in around:
        model = Jump
    elif around:
        model = TreeNode
    return list(model.model_fields)
