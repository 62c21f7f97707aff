"""A text of the 5e SRD API community format becomes stat blocks of ours, and a list of what could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from rules.bestiary.foreign.creature import Translation
from rules.bestiary.foreign.form import ForeignMonster
from rules.bestiary.foreign.gather import Gatherer, Remark
from schemas.creatures import CreatureTemplate
from schemas.errors import BadWorld, Fault


@dataclass
class Imported:
    """What came of a text."""

    creatures: dict[str, CreatureTemplate] = field(default_factory=dict[str, CreatureTemplate])
    names: dict[str, str] = field(default_factory=dict[str, str])
    """The displayed text of each locale key that the creatures use."""
    faults: list[Fault] = field(default_factory=list[Fault])
    """Why a creature is not there: all reasons, each with creature and field."""
    notes: list[Fault] = field(default_factory=list[Fault])
    """What was left out of a creature that is there, or looks wrong in it."""


def import_creatures(text: str, source: str = "") -> Imported:
    """Read the monsters of a JSON text: a list of them, or one. `source` names the text in errors.

    A creature that cannot be read costs only itself: the others are there. A text that is not of the format at all
    raises `BadWorld`.
    """
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise BadWorld(Fault(source, f"this is not JSON: {broken}.")) from None
    monsters = cast("list[object]", read) if isinstance(read, list) else [read]
    if not monsters:
        raise BadWorld(Fault(source, "there is no monster in it."))
    imported = Imported()
    for number, monster in enumerate(monsters):
        if isinstance(monster, dict):
            _import(cast("Mapping[str, object]", monster), number, imported)
        else:
            imported.faults.append(Fault(f"[{number}]", "a monster is a JSON object."))
    return imported


def _import(raw: Mapping[str, object], number: int, imported: Imported) -> None:
    name, gatherer = str(raw.get("name") or f"[{number}]"), Gatherer()
    monster = gatherer.attempt("", lambda: ForeignMonster.model_validate(raw))
    translation = Translation(monster, gatherer) if monster is not None else None
    creature = translation.creature() if translation is not None else None
    if creature is None or translation is None:
        imported.faults += _faults(name, gatherer.faults)
    elif creature.id in imported.creatures:
        imported.faults.append(Fault(name, f"there is another creature with the id '{creature.id}'."))
    else:
        imported.creatures[creature.id] = creature
        imported.names |= translation.names
        imported.notes += _faults(name, gatherer.notes)


def _faults(name: str, remarks: Iterable[Remark]) -> list[Fault]:
    return [Fault(f"{name}: {where}" if where else name, what) for where, what in remarks]
