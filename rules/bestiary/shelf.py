"""The index on disk: which files the pages came from, so that an unchanged folder need not be read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import ValidationError

import schemas
from rules.bestiary.pages import Page
from schemas.values import Value

log = structlog.get_logger(__name__)

FORMAT = 1
"""Raised when the index is written in another way."""

Stamp = tuple[str, int, int]
"""A file's place in its folder, when it was changed (ns), and its bytes."""


class Index(Value):
    """What is kept of a folder of creatures."""

    format: int
    folder: str
    files: tuple[Stamp, ...]
    code: tuple[Stamp, ...]
    """The modules that say what a creature is: what they accepted once, a newer version may refuse."""
    checked: bool
    """Whether every file was read to its end and found valid."""
    pages: tuple[Page, ...]


def stamps_of(folder: Path, ending: str = ".toml") -> tuple[Stamp, ...]:
    """All files `<type>/<id>.toml` of a folder, in the order of their names."""
    found = list[Stamp]()
    for shelf in os.scandir(folder):
        if shelf.is_dir():
            found += (_stamp(f"{shelf.name}/{one.name}", one) for one in os.scandir(shelf) if one.name.endswith(ending))
    return tuple(sorted(found))


def read_index(file: Path, folder: Path, files: Sequence[Stamp]) -> Index | None:
    """The index that was kept of just these files, or None; one that cannot be read is logged and made anew."""
    try:
        index = Index.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as broken:
        log.warning("bestiary_index_unreadable", file=str(file), because=str(broken).splitlines()[0])
        return None
    now = (FORMAT, str(folder.resolve()), tuple(files), _code())
    return index if (index.format, index.folder, index.files, index.code) == now else None


def write_index(file: Path, folder: Path, files: Sequence[Stamp], pages: Sequence[Page], *, checked: bool) -> None:
    """Keep the index; a place that cannot be written to is logged, and costs only time."""
    index = Index(
        format=FORMAT,
        folder=str(folder.resolve()),
        files=tuple(files),
        code=_code(),
        checked=checked,
        pages=tuple(pages),
    )
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(index.model_dump_json(exclude_defaults=True), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        log.warning("bestiary_index_not_written", file=str(file), because=error.strerror)


def _code() -> tuple[Stamp, ...]:
    return tuple(sorted(_stamp(one.name, one) for one in os.scandir(schemas.__path__[0]) if one.name.endswith(".py")))


def _stamp(name: str, entry: os.DirEntry[str]) -> Stamp:
    state = entry.stat()
    return (name, state.st_mtime_ns, state.st_size)
