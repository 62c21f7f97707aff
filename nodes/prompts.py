"""The prompts: templates from `config/prompts/`, checked when they are read, and read again when they change."""

from __future__ import annotations

import hashlib
import os
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import structlog
from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from schemas import CallerError, Fault, UnknownThing, nearest

VALUES: Final = frozenset(
    {
        "request", "character", "faction", "world", "place", "surroundings", "scene", "study", "stances", "own",
        "recalled", "standing", "tidings", "tools", "choices", "language", "brief", "voice", "mood", "lines", "talks",
        "treaties",
    }
)  # fmt: skip
"""What a template may use. `character`, `faction`, `place` and `standing` may be None.

`surroundings` (what stays as it is in a place), `scene`, `study` (what a boss has learned), `stances`, `talks` (how far
a negotiation has come) and `treaties` (what binds the faction) are sequences of lines. `own` are the facts about the
character itself, `recalled` holds the others. `brief`: the prompt is too long, so what can be told in fewer words
should be. `choices` maps what is to be chosen to the names that may be chosen. `voice` are lines of the character that
fit everywhere, `lines` those that fit this moment; `mood` says in a word how it feels, and is None where that is as
usual. `language` is a language's name in English (`German`). The rest are values of `schemas`: DecisionRequest,
Character, Faction, WorldInfo, Place, Recalled, Relationship, Tidings and a sequence of ToolSpec.
"""

_BLOCKS = ("system", "user")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]+")
_GAP = re.compile(r"\n{3,}")
_WRONG_VALUES = (
    TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RecursionError
)  # fmt: skip
_log = cast("structlog.stdlib.BoundLogger", structlog.get_logger(__name__))


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked, and which template it was asked with."""

    messages: tuple[dict[str, str], ...]
    """OpenAI style, `{"role": ..., "content": ...}`: one system and one user message."""
    version: str
    """`name#hash`: another hash, another template or another of its parts."""


def as_data(value: object) -> object:
    """Whatever a template prints, on one line and without angle brackets.

    So no value, be it a player's line or a name, can end the `<tag>` that it stands in or open one of its own.
    """
    if not isinstance(value, str):
        return value
    if not value.isprintable():
        value = _BLANK.sub(" ", value).strip()
    return value.replace("<", "\u2039").replace(">", "\u203a")


@dataclass(frozen=True, slots=True)
class _Edition:
    """All templates as they were at one moment."""

    stamp: object
    environment: ImmutableSandboxedEnvironment
    prompts: Mapping[str, tuple[Template, str]]


class PromptLibrary:
    """The prompts of one folder: `NAME.j2`, made of blocks `system` and `user`, with shared parts in `parts/`.

    Raises CallerError with every fault of every template. A file that changes later is read again before the next
    prompt; if it is broken then, the fault is logged and the last good edition stays, for the game is running.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._edition = _read(folder, _stamp(folder))
        self._refused: object = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every prompt there is."""
        return tuple(self._edition.prompts)

    def render(self, name: str, values: Mapping[str, object], *, fresh: bool = True) -> Prompt:
        """The prompt `name` with `values` (see `VALUES`); `fresh`: as its files are now, else as they were last read.

        Raises UnknownThing for a name that is not there, CallerError for values that the template cannot use.
        """
        if fresh:
            self._reread()
        found = self._edition.prompts.get(name)
        if found is None:
            raise UnknownThing("prompt", name, self._edition.prompts, where=str(self._folder))
        template, version = found
        try:
            context = template.new_context(dict(values))
            said = {block: _text(template, block, context) for block in _BLOCKS}
        except _WRONG_VALUES as error:
            what = f"it cannot be rendered: {str(error).rstrip('.')}."
            raise CallerError(Fault(self._raised_at(error, name), what)) from error
        return Prompt(tuple({"role": role, "content": content} for role, content in said.items()), version)

    def opening(self, name: str, values: Mapping[str, object]) -> str:
        """How the prompt `name` begins for a character: its system part, which needs no more values than that uses.

        Raises as `render` does.
        """
        self._reread()
        found = self._edition.prompts.get(name)
        if found is None:
            raise UnknownThing("prompt", name, self._edition.prompts, where=str(self._folder))
        try:
            return _text(found[0], "system", found[0].new_context(dict(values)))
        except _WRONG_VALUES as error:
            what = f"it cannot be rendered: {str(error).rstrip('.')}."
            raise CallerError(Fault(self._raised_at(error, name), what)) from error

    def _reread(self) -> None:
        stamp = _stamp(self._folder)
        if stamp in (self._edition.stamp, self._refused):
            return
        try:
            self._edition = _read(self._folder, stamp)
        except CallerError as error:
            self._refused = stamp
            _log.error("prompts_not_reread", faults=[str(fault) for fault in error.faults])

    def _raised_at(self, error: Exception, name: str) -> str:
        """File and line of the innermost template frame; Python's own lines are those of the compiled template."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
        if not frames:
            return f"{name}.j2"
        part = Path(frames[-1].filename).relative_to(self._folder).as_posix()
        line = self._edition.environment.get_template(part).get_corresponding_lineno(frames[-1].lineno or 1)
        return f"{part}:{line}"


def _text(template: Template, block: str, context: Context) -> str:
    """What a block says, with at most one empty line in a row."""
    return _GAP.sub("\n\n", "".join(template.blocks[block](context))).strip()


def _stamp(folder: Path) -> object:
    """Changes when a template does: names, times and sizes. Some 50 microseconds."""
    found: list[tuple[str, int, int]] = []
    for place in (folder, folder / "parts"):
        with suppress(OSError), os.scandir(place) as entries:  # a folder that is missing has no templates
            for entry in entries:
                if entry.name.endswith(".j2"):
                    stat = entry.stat()
                    found.append((entry.path, stat.st_mtime_ns, stat.st_size))
    return sorted(found)


def _read(folder: Path, stamp: object) -> _Edition:
    """Read, check and compile every template. Raises CallerError with all faults."""
    faults: list[Fault] = []
    sources: dict[str, str] = {}
    for file in sorted((*folder.glob("*.j2"), *folder.glob("parts/*.j2"))):
        try:
            sources[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(str(file), f"it cannot be read: {error}."))
    if not any("/" not in name for name in sources):
        faults.append(Fault(str(folder), "there are no prompts here."))
    environment = _environment(folder, sources)
    included: dict[str, set[str]] = {}
    for name, source in sources.items():
        try:
            tree = environment.parse(source, name)
            environment.get_template(name)  # compiled now and kept, parts too: no decision waits for it
        except TemplateSyntaxError as error:
            faults.append(Fault(f"{error.name or name}:{error.lineno}", f"{(error.message or 'a slip').rstrip('.')}."))
            continue
        included[name] = {part for part in meta.find_referenced_templates(tree) if part is not None}
        faults += _faults(name, tree, sources)
    if faults:
        raise CallerError(faults)
    prompts = {
        name.removesuffix(".j2"): (environment.get_template(name), _version(name, sources, included))
        for name in sources
        if "/" not in name
    }
    return _Edition(stamp, environment, prompts)


def _environment(folder: Path, sources: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    def load(name: str) -> tuple[str, str, None] | None:
        return (sources[name], str(folder / name), None) if name in sources else None

    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        finalize=as_data,
        autoescape=False,  # prompts are not HTML; `finalize` sees to what values may hold
        trim_blocks=True,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _faults(name: str, tree: nodes.Template, sources: Mapping[str, str]) -> Iterator[Fault]:
    used = meta.find_undeclared_variables(tree)
    for variable in sorted(used - VALUES):
        line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == variable)
        near = nearest(variable, VALUES)
        hint = f"Did you mean '{near}'?" if near else f"There are {', '.join(sorted(VALUES))}."
        yield Fault(f"{name}:{line}", f"there is no value '{variable}'.", hint)
    for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        part: object = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(part, str) or not isinstance(node, nodes.Include):
            hint = 'Write {% include "parts/_name.j2" %}.'
            yield Fault(f"{name}:{node.lineno}", "only a part of that very name can be used here.", hint)
        elif part not in sources:
            near = nearest(part, sources)
            yield Fault(f"{name}:{node.lineno}", f"there is no '{part}'.", f"Did you mean '{near}'?" if near else None)
    if "/" not in name:
        blocks = {block.name for block in tree.find_all(nodes.Block)}
        for block in sorted(set(_BLOCKS) - blocks):
            yield Fault(f"{name}:1", f"it has no block '{block}'.", f"Write {{% block {block} %}}...{{% endblock %}}.")


def _version(name: str, sources: Mapping[str, str], included: Mapping[str, set[str]]) -> str:
    """`name#hash` over a template and all parts that it includes, however deep."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        part = ahead.pop()
        if part not in reached:
            reached.add(part)
            ahead += included[part]
    text = "\0".join(f"{part}\0{sources[part]}" for part in sorted(reached))
    return f"{name.removesuffix('.j2')}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"
