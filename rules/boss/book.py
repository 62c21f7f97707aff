"""The stances that there are: read from `config/tactics.toml`, checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from schemas.errors import BadWorld, Fault, field_path, nearest
from schemas.tactics import Stance
from schemas.values import as_fields


def load_stances(file: Path) -> Mapping[str, Stance]:
    """Read one file with a table `[id]` a stance, in their order. All that is wrong comes in one `BadWorld`, with file
    and field."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise BadWorld(Fault(file.name, f"this is not TOML: {broken}.")) from None
    except OSError as unreadable:
        raise BadWorld(Fault(str(file), f"this file cannot be read: {unreadable.strerror}.")) from None
    stances, faults = list[Stance](), list[Fault]()
    for name, table in tables.items():
        fields = as_fields(table)
        try:
            stances.append(Stance.model_validate(table if fields is None else {"id": name, **fields}))
        except ValidationError as invalid:
            faults += [
                Fault(f"{file.name}:{field_path((name, *error['loc']))}", error["msg"]) for error in invalid.errors()
            ]
    faults += [Fault(f"{file.name}:{where}", what, hint) for where, what, hint in _at_odds(stances, tables)]
    if faults:
        raise BadWorld(faults)
    return MappingProxyType({one.id: one for one in stances})


def _at_odds(stances: Iterable[Stance], known: Iterable[str]) -> Iterator[tuple[str, str, str | None]]:
    """What does not fit between stances: where, what, and perhaps what was meant."""
    ids = set(known)
    for stance in stances:
        for other in stance.against:
            if other == stance.id:
                yield f"{stance.id}.against", "a stance cannot be against itself.", None
            elif other not in ids:
                near = nearest(other, ids)
                yield f"{stance.id}.against", f"there is no stance '{other}'.", near and f"Did you mean '{near}'?"
