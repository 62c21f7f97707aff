"""Read a world from its folder: TOML for what there is, JSON for what happens first.

    world.toml            its title page (WorldInfo)
    characters/ID.toml    one character a file
    factions.toml         [id] tables
    places.toml           [id] tables
    facts.toml            [id] tables
    relationships.toml    [character] tables: toward = { affinity, trust }
    associations.toml     kind = [[tag, tag, weight], ...]
    opening/*.json        requests, in the order of their file names

    dialogues/ID.yaml     scripted dialogues: no part of the record, like phrases (`rules.dialogues` reads them)

`locales/`, `examples/` and `README.md` may lie beside them; anything else is a fault, for it is most likely a slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from memory.worlds.world_text import FieldPath, Thing, WorldText
from schemas import (
    ID_PATTERN,
    Association,
    AssociationKind,
    BadWorld,
    Character,
    DecisionRequest,
    Fact,
    Faction,
    Fault,
    Place,
    Relationship,
    UnknownThing,
    WorldInfo,
    WorldPack,
    as_fields,
    nearest,
)

_TABLES = ("factions.toml", "places.toml", "facts.toml", "relationships.toml", "associations.toml")
_FILES = ("world.toml", *_TABLES, "README.md")
_FOLDERS = {"characters": ".toml", "opening": ".json", "dialogues": ".yaml", "locales": None, "examples": None}


def world_folders(config: Path) -> dict[str, Path]:
    """Every world under `config/worlds/`, by the name of its folder."""
    return {file.parent.name: file.parent for file in sorted((config / "worlds").glob("*/world.toml"))}


def read_world(folder: Path) -> WorldPack:
    """A world as its files tell it.

    Raises:
        UnknownThing: there is no such folder.
        BadWorld: with every fault of every file: what cannot be read, what does not fit, what points nowhere.
    """
    if not folder.is_dir():
        siblings = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
        raise UnknownThing("world", folder.name, siblings)
    return _Reader(folder).pack()


class _Reader:
    """Reads one folder. Remembers where each thing was written, so that a reference to nowhere can say where it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = WorldText(folder)
        self._written: dict[str, tuple[str, FieldPath]] = {}

    def pack(self) -> WorldPack:
        self._strangers()
        page = self._files.toml("world.toml")
        info = self._files.value("world.toml", (), WorldInfo, page) if page is not None else None
        if info is not None and info.id != self._folder.name:
            self._files.fault("world.toml", ("id",), f"'{info.id}' is not the folder's name, '{self._folder.name}'.")
        pack = WorldPack(
            info=info or WorldInfo(id="unreadable", name="unreadable"),
            characters=tuple(self._characters()),
            factions=tuple(self._tables("factions", Faction, lambda name: Faction(id=name, name=name))),
            places=tuple(self._tables("places", Place, lambda name: Place(id=name, name=name))),
            facts=tuple(self._tables("facts", Fact)),
            associations=tuple(self._associations()),
            relationships=tuple(self._relationships()),
            opening=tuple(self._opening(info)),
        )
        if info is not None:  # without the title page nobody knows which concepts and items there are
            for fault in pack.faults():
                self._locate(fault)
        if self._files.faults:
            raise BadWorld(self._files.faults)
        return pack

    def _strangers(self) -> None:
        known = [*_FILES, *_FOLDERS]
        for path in sorted(self._folder.iterdir()):
            if path.name not in known and not path.name.startswith("."):
                near = nearest(path.name, known)
                hint = f"Did you mean '{near}'?" if near else None
                self._files.fault(path.name, (), "no such file belongs to a world.", hint)
        for name, suffix in _FOLDERS.items():
            inside = sorted((self._folder / name).glob("*")) if suffix else []
            for path in inside:
                if path.suffix != suffix and not path.name.startswith("."):
                    self._files.fault(f"{name}/{path.name}", (), f"only {suffix} files belong here.")

    def _characters(self) -> Iterator[Character]:
        for path in sorted((self._folder / "characters").glob("*.toml")):
            file, name = f"characters/{path.name}", path.stem
            table = self._files.toml(file)
            if table is not None and table.get("id", name) != name:
                self._files.fault(file, ("id",), f"'{table['id']}' is not the file's name, '{name}'.")
            raw = None if table is None else {**table, "id": name}
            found = self._files.value(file, (), Character, raw) if raw is not None else None
            yield from self._known(f"characters.{name}", file, (), found)
            if found is None and re.match(ID_PATTERN, name):
                yield Character(id=name, name=name)  # what refers to it is not at fault

    def _tables(self, kind: str, type_: type[Thing], stand_in: Callable[[str], Thing] | None = None) -> Iterator[Thing]:
        file = f"{kind}.toml"
        for name, raw in (self._files.toml(file, optional=True) or {}).items():
            table = self._files.table(file, name, raw)
            found = None if table is None else self._files.value(file, (name,), type_, {**table, "id": name})
            yield from self._known(f"{kind}.{name}", file, (name,), found)
            if found is None and stand_in is not None and re.match(ID_PATTERN, name):
                yield stand_in(name)

    def _relationships(self) -> Iterator[Relationship]:
        file, count = "relationships.toml", 0
        for who, raw in (self._files.toml(file, optional=True) or {}).items():
            for toward, figures in (self._files.table(file, who, raw) or {}).items():
                inner = as_fields(figures)
                tie = figures if inner is None else {**inner, "character": who, "toward": toward}
                found = self._files.value(file, (who, toward), Relationship, tie)
                yield from self._known(f"relationships[{count}]", file, (who, toward), found)
                count += found is not None

    def _associations(self) -> Iterator[Association]:
        file, count = "associations.toml", 0
        for kind, links in (self._files.toml(file, optional=True) or {}).items():
            if kind not in list(AssociationKind):
                near = nearest(kind, list(AssociationKind))
                hint = f"Did you mean '{near}'?" if near else f"Use {', '.join(AssociationKind)}."
                self._files.fault(file, (kind,), f"'{kind}' is no kind of association.", hint)
                continue
            for number, link in enumerate([links] if (rows := _items(links)) is None else rows):
                parts = _items(link) or []
                if len(parts) != 3:
                    hint = 'Write ["entity:one", "concept:other", 0.5].'
                    self._files.fault(file, (kind, number), "a link is two tags and a weight.", hint)
                    continue
                raw = {"a": parts[0], "b": parts[1], "weight": parts[2], "kind": kind}
                found = self._files.value(file, (kind, number), Association, raw)
                yield from self._known(f"associations[{count}]", file, (kind, number), found)
                count += found is not None

    def _opening(self, info: WorldInfo | None) -> Iterator[DecisionRequest]:
        for path in sorted((self._folder / "opening").glob("*.json")):
            file = f"opening/{path.name}"
            raw = self._files.json(file)
            found = self._files.value(file, (), DecisionRequest, raw) if raw is not None else None
            if found is not None and info is not None and found.world != info.id:
                self._files.fault(file, ("world",), f"'{found.world}' is not this world, '{info.id}'.")
            yield from self._known(f"opening.{found.id}" if found else "", file, (), found)

    def _known(self, key: str, file: str, path: FieldPath, found: Thing | None) -> Iterator[Thing]:
        """Hand on what was found, and note where it was written."""
        if found is not None:
            self._written[key] = (file, path)
            yield found

    def _locate(self, fault: Fault) -> None:
        """Note a fault of the pack, which names things by id or number, at the file that they come from."""
        where = fault.where
        found = [key for key in self._written if where == key or where.startswith((f"{key}.", f"{key}["))]
        if not found:
            self._files.faults.append(fault)
            return
        key = max(found, key=len)
        file, path = self._written[key]
        rest = where.removeprefix(key).removeprefix(".")
        self._files.fault(file, (*path, *(rest.split(".") if rest else ())), fault.what, fault.hint)


def _items(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None
