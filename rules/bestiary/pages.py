"""The index of the book: what creatures are found by, read from the head of each file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from schemas.creatures import ChallengeRating, CreatureRole, CreatureTemplate, CreatureType, Size
from schemas.errors import Fault, field_path
from schemas.values import Id, LocaleKey, Value

Kind = TypeVar("Kind", "Page", CreatureTemplate)


class Page(Value, extra="ignore"):
    """What a creature is found by; `Bestiary[page.id]` is its whole stat block."""

    id: Id
    name_key: LocaleKey
    type: CreatureType
    subtypes: tuple[Id, ...] = ()
    size: Size
    challenge: ChallengeRating
    tags: tuple[Id, ...] = ()
    roles: Annotated[tuple[CreatureRole, ...], Field(min_length=1)]

    @property
    def labels(self) -> frozenset[str]:
        """What it is found by in a theme or a terrain: its id, type, subtypes and tags."""
        return frozenset((self.id, self.type.value, *self.tags, *self.subtypes))


def page_of(creature: CreatureTemplate) -> Page:
    """The page of a stat block that comes from no file."""
    return Page.model_validate({name: getattr(creature, name) for name in Page.model_fields})


def read_page(file: Path) -> Page | list[Fault]:
    """The page of a creature's file, or all that is wrong with the part of it that was read.

    Only what stands before the first table is read, where that alone is TOML: all that a page needs has to stand there,
    and it is a third of the file.
    """
    return _read(file, "head", Page)


def read_creature(file: Path) -> CreatureTemplate | list[Fault]:
    """The whole stat block of a file, or all that is wrong with it."""
    return _read(file, "whole", CreatureTemplate)


def _read(file: Path, part: Literal["head", "whole"], kind: type[Kind]) -> Kind | list[Fault]:
    where = f"{file.parent.name}/{file.name}"
    try:
        made = kind.model_validate(_toml(file.read_text(encoding="utf-8"), part))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        return [Fault(where=where, what=f"this is not TOML: {broken}.")]
    except OSError as unreadable:
        return [Fault(where=where, what=f"this file cannot be read: {unreadable.strerror}.")]
    except ValidationError as invalid:
        return list(faults_of(where, invalid))
    faults = list[Fault]()
    if made.id != file.stem:
        faults.append(Fault(where=f"{where}:id", what=f"the file is named '{file.stem}', but the id is '{made.id}'."))
    if made.type != file.parent.name:
        faults.append(Fault(where=f"{where}:type", what=f"a {made.type} belongs into the folder '{made.type}'."))
    return faults or made


def _toml(text: str, part: Literal["head", "whole"]) -> dict[str, object]:
    """The file's content. A head that is no TOML by itself (a line in a list may start with `[`) needs the whole."""
    end = text.find("\n[") if part == "head" else -1
    if end >= 0:
        try:
            return tomllib.loads(text[: end + 1])
        except tomllib.TOMLDecodeError:
            pass
    return tomllib.loads(text)


def faults_of(where: str, invalid: ValidationError) -> Iterable[Fault]:
    """Each complaint of a schema, with file (or whatever it came from) and field."""
    for error in invalid.errors(include_url=False, include_context=False, include_input=False):
        path = field_path(error["loc"])
        yield Fault(where=f"{where}:{path}" if path else where, what=f"{error['msg']}.")
