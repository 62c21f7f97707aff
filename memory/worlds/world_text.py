"""The files of a world as text: what they say, where they say it, and what is wrong with them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from schemas import Fault, Value, as_fields, field_path, nearest

_SAID_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")

FieldPath = tuple[str | int, ...]
Thing = TypeVar("Thing", bound=Value)


@dataclass
class WorldText:
    """Reads the files of one folder, and keeps every fault that it meets."""

    folder: Path
    faults: list[Fault] = field(default_factory=list[Fault])
    _texts: dict[str, str] = field(default_factory=dict[str, str])

    def toml(self, file: str, *, optional: bool = False) -> Mapping[str, object] | None:
        """The tables of a file; None when it cannot be read, or when it may be missing and is."""
        text = self._text(file, optional=optional)
        try:
            return None if text is None else tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = _SAID_AT.search(str(error))
            line = int(at[1]) if at and at[1] else self._texts[file].count("\n") + 1
            self._unreadable(file, line, f"this is not TOML: {_SAID_AT.sub('', str(error))}.")
        return None

    def json(self, file: str) -> object | None:
        """What a file says; None when it cannot be read."""
        text = self._text(file)
        try:
            return None if text is None else json.loads(text)
        except json.JSONDecodeError as error:
            self._unreadable(file, error.lineno, f"this is not JSON: {error.msg}.")
        return None

    def table(self, file: str, name: str, raw: object) -> Mapping[str, object] | None:
        """A table within a file; None when it is something else."""
        found = as_fields(raw)
        if found is None:
            self.fault(file, (name,), f"'{name}' must be a table.", f"Write [{name}].")
        return found

    def value(self, file: str, at: FieldPath, type_: type[Thing], raw: object) -> Thing | None:
        """What is written at a place, as a value; None when it does not fit."""
        try:
            return type_.model_validate(raw)
        except ValidationError as error:
            for one in error.errors():
                what, hint = f"{one['msg']}.", None
                if one["type"] == "extra_forbidden":
                    name = str(one["loc"][-1])
                    near = nearest(name, type_.model_fields) if len(one["loc"]) == 1 else None
                    what, hint = f"there is no field '{name}'.", f"Did you mean '{near}'?" if near else None
                self.fault(file, (*at, *one["loc"]), what, hint)
        return None

    def fault(self, file: str, path: FieldPath, what: str, hint: str | None = None) -> None:
        """Note what is wrong at a field; the line is told where it can be."""
        line = _toml_line(self._texts.get(file, ""), path) if file.endswith(".toml") else None
        place = f"{self.folder.name}/{file}{f':{line}' if line else ''}"
        self.faults.append(Fault(f"{place}, {field_path(path)}" if path else place, what, hint))

    def _text(self, file: str, *, optional: bool = False) -> str | None:
        path = self.folder / file
        if not path.exists():
            if not optional:
                self.fault(file, (), "it is missing.")
            return None
        try:
            self._texts[file] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.fault(file, (), f"it cannot be read: {error}.")
        return self._texts.get(file)

    def _unreadable(self, file: str, line: int, what: str) -> None:
        self.faults.append(Fault(f"{self.folder.name}/{file}:{line}", what))


def _toml_line(text: str, path: FieldPath) -> int | None:
    """The line of a field, counted from 1: its own, or that of the innermost table or list which is found."""
    lines, found, start = text.splitlines(), None, 0
    for part in path:
        if isinstance(part, int):
            rows = (number for number in range(start, len(lines)) if lines[number].lstrip().startswith("["))
            number = next((row for count, row in enumerate(rows) if count == part), None)
        else:
            key = rf'"?{re.escape(part)}"?'
            names = re.compile(rf"\s*(?:\[{key}[\].]|{key}\s*=)")
            number = next((at for at in range(start, len(lines)) if names.match(lines[at])), None)
            if found is not None and any(line.startswith("[") for line in lines[start:number]):
                number = None  # that is another table's
        if number is None:
            break
        found, start = number + 1, number + 1
    return found
