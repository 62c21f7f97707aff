"""Files of a game's own creatures: stat blocks as TOML, and their names as phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rules import Phrasebook
from rules.bestiary import as_ftl, as_toml, import_creatures
from schemas import BadRequest, Fault


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import wrote, and what it could not read."""

    files: tuple[Path, ...]
    names: Path
    phrases: int
    faults: tuple[Fault, ...]
    """Creatures that are not there, and why."""
    notes: tuple[Fault, ...]
    """What creatures that are there lack."""

    def as_json(self) -> Mapping[str, object]:
        """For programs."""
        return {
            "files": [str(file) for file in self.files],
            "names": str(self.names),
            "phrases": self.phrases,
            "faults": [str(fault) for fault in self.faults],
            "notes": [str(note) for note in self.notes],
        }


def bring_in(
    text: str, source: str, folder: Path, language: str, *, phrasebook: Phrasebook, force: bool = False
) -> Brought:
    """Import creatures of the 5e SRD API format into `folder/<type>/<id>.toml`.

    Names that the phrasebook does not know go to `locales/<language>/<source's name>.ftl` beside the folder. A creature
    that is there already is a fault, unless `force` is given; a text that is not of the format raises `BadWorld`, and a
    place that cannot be written to `BadRequest`.
    """
    imported, faults, files = import_creatures(text, source), list[Fault](), list[Path]()
    names = folder.parent / "locales" / language / f"{Path(source).stem}.ftl"
    fresh = {key: name for key, name in imported.names.items() if not phrasebook.has(key, language)}
    try:
        for creature in imported.creatures.values():
            file = folder / creature.type.value / f"{creature.id}.toml"
            if file.exists() and not force:
                faults.append(Fault(str(file), "is there already.", "`--force` replaces it."))
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(as_toml(creature), encoding="utf-8")
            files.append(file)
        if fresh:
            names.parent.mkdir(parents=True, exist_ok=True)
            names.write_text(as_ftl(fresh, f"Names from {Path(source).name}."), encoding="utf-8")
    except OSError as error:
        raise BadRequest(Fault(str(error.filename), f"cannot be written: {error.strerror}.")) from None
    return Brought(tuple(files), names, len(fresh), (*imported.faults, *faults), tuple(imported.notes))
