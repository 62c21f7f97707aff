"""The book of creatures: one TOML file each, looked up by name, challenge, type or tag, and read when it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Self, TypeVar, overload

from rules.bestiary.pages import Page, page_of, read_creature, read_page
from rules.bestiary.shelf import Stamp, read_index, stamps_of, write_index
from rules.bestiary.vocabulary import TERRAINS
from schemas.creatures import CreatureTemplate, CreatureType
from schemas.errors import BadWorld, Fault, UnknownThing

Other = TypeVar("Other")


class Bestiary(Mapping[str, CreatureTemplate]):
    """An immutable mapping from a creature's id to its stat block, in the order of ids.

    Loading reads what creatures are found by (`pages`); a stat block is read and validated when it is first asked for,
    and kept. `check` reads all of them.
    """

    def __init__(self, creatures: Iterable[CreatureTemplate] = ()) -> None:
        self._creatures = {one.id: one for one in creatures}
        self._pages = {name: page_of(self._creatures[name]) for name in sorted(self._creatures)}
        self._folder = Path()
        self._kept: tuple[Path, tuple[Stamp, ...]] | None = None
        self.checked = True
        """Whether every stat block is known to be valid."""

    @classmethod
    def load(cls, folder: Path, *, index: Path | None = None) -> Self:
        """Open `folder/<type>/<id>.toml`. `index`: a file that keeps the pages, so that the next opening is quick.

        A fault in the head of any file raises one `BadWorld` with all faults of all files, each with file and field.
        Where all heads are right, faults further down come with `check`, or when the creature is asked for.
        """
        if not folder.is_dir():
            raise BadWorld(Fault(where=str(folder), what="there is no such folder of creatures."))
        files = stamps_of(folder)
        known = read_index(index, folder, files) if index is not None else None
        book = cls()
        book._folder = folder
        book._kept = (index, files) if index is not None else None
        book.checked = known is not None and known.checked
        book._pages = {page.id: page for page in (known.pages if known is not None else _read_pages(folder, files))}
        if known is None:
            book._keep()
        return book

    @property
    def pages(self) -> Mapping[str, Page]:
        """What each creature is found by, in the order of ids; reads no stat block."""
        return MappingProxyType(self._pages)

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """What each creature is found by in a theme or a terrain: its id, type, subtypes and tags."""
        return {name: page.labels for name, page in self._pages.items()}

    @cached_property
    def kin(self) -> Mapping[str, frozenset[str]]:
        """What each creature may have in common with others: its labels, without its name and where it lives."""
        return {name: labels.difference(TERRAINS, (name,)) for name, labels in self.labels.items()}

    def __getitem__(self, creature_id: str) -> CreatureTemplate:
        found = self._creatures.get(creature_id)
        if found is None:
            if creature_id not in self._pages:
                raise UnknownThing("creature", creature_id, self._pages)
            read = read_creature(self._folder / self._pages[creature_id].type / f"{creature_id}.toml")
            if not isinstance(read, CreatureTemplate):
                raise BadWorld(read)
            found = self._creatures[creature_id] = read
        return found

    @overload
    def get(self, key: str, /) -> CreatureTemplate | None: ...
    @overload
    def get(self, key: str, /, default: CreatureTemplate | Other) -> CreatureTemplate | Other: ...
    def get(self, key: str, /, default: object = None) -> object:
        """The creature of that id, or `default`; `book[id]` raises `UnknownThing` and names the nearest one."""
        return self[key] if key in self._pages else default

    def __contains__(self, creature_id: object) -> bool:
        return creature_id in self._pages

    def __iter__(self) -> Iterator[str]:
        return iter(self._pages)

    def __len__(self) -> int:
        return len(self._pages)

    def check(self) -> None:
        """Read every stat block. All faults of all files come in one `BadWorld`, each with file and field."""
        faults = list[Fault]()
        for name in self._pages:
            try:
                _ = self[name]
            except BadWorld as bad:
                faults += bad.faults
        if faults:
            raise BadWorld(faults)
        self.checked = True
        self._keep()

    def find_pages(
        self,
        challenge: tuple[float, float] = (0, 30),
        type: CreatureType | str | None = None,  # noqa: A002  # SRD 5.1 calls it "type", and so do the files
        tags: Iterable[str] = (),
    ) -> tuple[Page, ...]:
        """What `find` finds, without reading a stat block."""
        low, high = challenge
        wanted = frozenset(tags)
        found = (
            page
            for page in self._pages.values()
            if low <= page.challenge <= high
            and (type is None or page.type == type)
            and (not wanted or wanted.intersection(page.tags))
        )
        return tuple(sorted(found, key=lambda page: (page.challenge, page.id)))

    def find(
        self,
        challenge: tuple[float, float] = (0, 30),
        type: CreatureType | str | None = None,  # noqa: A002  # as above
        tags: Iterable[str] = (),
    ) -> tuple[CreatureTemplate, ...]:
        """Creatures of a challenge from low to high (both included), of a type, with *any* of the tags.

        No type or no tags stands for all of them. The easiest come first, and those of one challenge by name.
        """
        return tuple(self[page.id] for page in self.find_pages(challenge, type, tags))

    def without(self, *creature_ids: str) -> Bestiary:
        """The same book with some pages torn out."""
        book = Bestiary()
        book._folder, book.checked = self._folder, self.checked
        book._pages = {name: page for name, page in self._pages.items() if name not in creature_ids}
        book._creatures = {name: one for name, one in self._creatures.items() if name in book._pages}
        return book

    def _keep(self) -> None:
        if self._kept is not None:
            index, files = self._kept
            write_index(index, self._folder, files, tuple(self._pages.values()), checked=self.checked)


def _read_pages(folder: Path, files: Iterable[Stamp]) -> list[Page]:
    paths = [folder / place for place, *_ in files]
    pages = [page for page in map(read_page, paths) if isinstance(page, Page)]
    if len(pages) < len(paths):
        raise BadWorld([fault for bad in map(read_creature, paths) if isinstance(bad, list) for fault in bad])
    return sorted(pages, key=lambda page: page.id)
