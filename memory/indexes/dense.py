"""Find memories by meaning: vectors in Chroma, one collection for each character.

No query can reach another character's memories, for they are in another collection. What may be seen on a timeline is
the record's to say: here are only keys and vectors, and all of it can be made again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import uuid4

import numpy as np

from memory.indexes.embedders import Embedder, Vector
from memory.indexes.index import MEND, IndexFailed, IndexHindered
from memory.record.history import Key

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

T = TypeVar("T")
_BATCH = 1_000
"""Vectors in one call of Chroma's."""
_STARTING = threading.Lock()
"""Chroma keeps one system a folder in the process, and two that start it at once trip over each other."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is written on the folder: whose vectors are in it. `id` is new with each folder."""

    id: str
    embedder: str
    dimension: int
    started: bool = False
    """Whether Chroma has ever been started here: from then on its own file must be there as well."""


class DenseIndex:
    """An embedded Chroma in a folder of its own, used from one thread. Opened when it is first needed: importing
    Chroma takes a second."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder, self._embedder = folder, embedder
        self._label_file = folder / "loomwright-index.json"
        self._label_read: tuple[int, int] | None = None
        """Inode and time of the label that was read: another process may begin the folder anew."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dense-index")
        self._client: Client | None = None
        self._opened: str | None = None
        """The id of the folder that Chroma has open."""
        self._collections: dict[str, Collection] = {}
        self._stale = False
        """Whether the label was written by another process since the collections were looked for."""
        self._closed = False
        self.label: Label | None = None

    @property
    def is_open(self) -> bool:
        """Whether Chroma has been started."""
        return self._client is not None

    async def check(self) -> Label:
        """The label of a folder that is still there, or of one that is begun now; costs two looks at the file system.

        Raises:
            IndexFailed: it is not there any more, cannot be written, or its vectors are another embedder's.
        """
        return self._check()

    def _check(self) -> Label:
        try:
            if self.label is None or self._seen() != self._label_read:
                self.label = self._open_label()
                self._stale = True
            if self.label.started and not (self._folder / "chroma.sqlite3").exists():
                raise IndexFailed(f"the dense index in {self._folder} is gone: {MEND}")
        except (OSError, ValueError, TypeError) as error:
            raise IndexFailed(f"the dense index in {self._folder} cannot be read ({error}): {MEND}") from error
        return self.label

    def _open_label(self) -> Label:
        if not self._label_file.exists():
            if self.label is not None:
                raise IndexFailed(f"the dense index in {self._folder} is gone: {MEND}")
            return self._begin()
        read_at = self._seen()
        label = Label(**json.loads(self._label_file.read_text()))
        mine = (self._embedder.name, self._embedder.dimension)
        if (label.embedder, label.dimension) != mine:
            raise IndexFailed(
                f"the dense index was made with the embedder '{label.embedder}' ({label.dimension} dimensions), not "
                f"'{mine[0]}' ({mine[1]} dimensions): {MEND}"
            )
        self._label_read = read_at
        return label

    def _seen(self) -> tuple[int, int] | None:
        try:
            found = self._label_file.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns

    async def add(self, world: str, character: str, keys: Sequence[Key], vectors: Sequence[Vector]) -> None:
        """Put vectors in, in place of those that have the same keys.

        Raises:
            IndexFailed: Chroma could not keep them.
        """

        def work() -> None:
            for vector in vectors:
                self._fits(vector)
            collection = self._collection(world, character)
            for start in range(0, len(keys), _BATCH):
                part = slice(start, start + _BATCH)
                collection.upsert(ids=list(keys[part]), embeddings=np.asarray(vectors[part], dtype=np.float32))

        if keys:
            await self._in_thread(work)

    async def search(self, world: str, character: str, vector: Vector, count: int) -> list[tuple[Key, float]]:
        """The `count` nearest memories of a character, each with the cosine of the angle between (-1 to 1), the
        nearest first.

        Raises:
            IndexFailed: Chroma could not answer.
        """

        def work() -> list[tuple[Key, float]]:
            self._fits(vector)
            found = self._collection(world, character).query(
                query_embeddings=np.asarray([vector], dtype=np.float32), n_results=count, include=["distances"]
            )
            distances = found["distances"]
            return [
                (key, 1.0 - distance)
                for key, distance in zip(found["ids"][0], distances[0] if distances else (), strict=True)
            ]

        return await self._in_thread(work)

    async def characters(self, world: str) -> list[str]:
        """Everybody of a world of whom there are vectors.

        Raises:
            IndexFailed: Chroma could not say.
        """
        return await self._in_thread(lambda: list(self._collections_of(world)))

    async def held(self, world: str, character: str) -> set[Key]:
        """The keys of all vectors of a character.

        Raises:
            IndexFailed: Chroma could not say.
        """

        def work() -> set[Key]:
            collection = self._collections_of(world).get(character)
            return set(collection.get(include=[])["ids"]) if collection is not None else set()

        return await self._in_thread(work)

    async def misfits(self, world: str, character: str) -> set[Key]:
        """Keys whose vector has another length than the embedder's, or is not there.

        Raises:
            IndexFailed: Chroma could not say.
        """

        def work() -> set[Key]:
            collection = self._collections_of(world).get(character)
            if collection is None:
                return set()
            wrong: set[Key] = set()
            for start in range(0, collection.count(), _BATCH):
                page = collection.get(include=["embeddings"], limit=_BATCH, offset=start)
                vectors = page["embeddings"] if page["embeddings"] is not None else []
                wrong |= set(page["ids"])
                wrong -= {key for key, one in zip(page["ids"], vectors, strict=False) if self._is_whole(len(one))}
            return wrong

        return await self._in_thread(work)

    async def remove(self, world: str, keys: Mapping[str, Sequence[Key]]) -> None:
        """Take these keys of each character out.

        Raises:
            IndexFailed: Chroma could not.
        """

        def work() -> None:
            there = self._collections_of(world)
            for character, gone in keys.items():
                for start in range(0, len(gone) if character in there else 0, _BATCH):
                    there[character].delete(ids=list(gone[start : start + _BATCH]))

        if keys:
            await self._in_thread(work)

    async def forget(self, world: str, characters: Sequence[str]) -> None:
        """Take these characters' vectors out.

        Raises:
            IndexFailed: Chroma could not.
        """

        def work() -> None:
            there = self._collections_of(world)
            for character in characters:
                if character in there:
                    self._open().delete_collection(_name(world, character))
                    self._collections.pop(_name(world, character), None)
            # Chroma takes vectors for a collection that another process has deleted, and loses them without a word:
            # a label that was written again tells the others to look for theirs anew.
            self.label = self._write(self._check())

        await self._in_thread(work)

    async def renew(self) -> Label:
        """Throw the folder away, whatever state it is in, and begin a new one.

        Raises:
            IndexFailed: the folder cannot be written.
        """

        def work() -> Label:
            self._close()
            self.label = self._begin()
            return self.label

        return await self._in_thread(work)

    async def warm(self) -> None:
        """Start Chroma now, so that no decision waits for it.

        Raises:
            IndexFailed: it does not start.
        """
        await self._in_thread(self._open)

    async def aclose(self) -> None:
        """Let the running call end, and close."""
        if self._closed:
            return
        self._closed = True
        await asyncio.wrap_future(self._thread.submit(self._close))
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise IndexFailed("the dense index is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], T]) -> T:
        from chromadb.errors import ChromaError, NotFoundError

        try:
            try:
                return work()
            except NotFoundError:  # thrown away by another process, after it was listed here
                self._collections.clear()
                return work()
        except (ChromaError, OSError, ValueError, RuntimeError) as error:
            self._collections.clear()  # another process may have thrown one away
            raise _failed(error) from error
        except BaseException as error:
            # A panic in Chroma's Rust arrives as an exception outside of `Exception`, of a class without a module.
            if type(error).__name__ != "PanicException":
                raise
            raise _failed(error) from error

    def _open(self) -> Client:
        label = self._check()  # a folder that is to be made anew must not be under an open Chroma
        if self._client is not None and self._opened != label.id:
            self._close()
        if self._stale:
            self._collections.clear()
            self._stale = False
        if self._client is None:
            try:
                self._client = _start(self._folder)
            except AttributeError:
                # A start that failed leaves a half-made system behind; the next one (Chroma 1.5) trips over it, and
                # clears it away by that.
                self._client = _start(self._folder)
            self._opened = label.id
            if not label.started:
                self.label = self._write(replace(label, started=True))
        return self._client

    def _close(self) -> None:
        self._collections.clear()
        if self._client is not None:
            self._client.close()
            self._client = None

    def _collection(self, world: str, character: str) -> Collection:
        name, client = _name(world, character), self._open()
        if name not in self._collections:
            self._collections[name] = client.get_or_create_collection(
                name,
                embedding_function=None,  # vectors are ours; Chroma's default would download a model
                metadata={"world": world, "character": character},
                configuration={"hnsw": {"space": "cosine"}},
            )
        return self._collections[name]

    def _collections_of(self, world: str) -> dict[str, Collection]:
        """A world's collections, by character."""
        found = {
            str((collection.metadata or {}).get("character")): collection
            for collection in self._open().list_collections()
            if (collection.metadata or {}).get("world") == world
        }
        return {character: one for character, one in found.items() if one.name == _name(world, character)}

    def _is_whole(self, dimensions: int) -> bool:
        return dimensions == self._embedder.dimension

    def _fits(self, vector: Vector) -> None:
        if not self._is_whole(len(vector)):
            raise IndexHindered(
                f"the embedder '{self._embedder.name}' gave a vector of {len(vector)} dimensions, and promised "
                f"{self._embedder.dimension}"
            )

    def _begin(self) -> Label:
        self._label_file.unlink(missing_ok=True)  # first: a folder that is half deleted must not look like a whole one
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._write(Label(uuid4().hex, self._embedder.name, self._embedder.dimension))

    def _write(self, label: Label) -> Label:
        half_written = self._label_file.with_suffix(f".{uuid4().hex}")  # two processes may write at once
        half_written.write_text(json.dumps(asdict(label)))
        half_written.replace(self._label_file)
        self._label_read = self._seen()
        return label


def _failed(error: BaseException) -> IndexFailed:
    if "disk is full" in str(error) or isinstance(error, OSError):
        return IndexHindered(f"the dense index cannot be written: {error}")
    return IndexFailed(f"the dense index failed ({error}): {MEND}")


def _start(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with _STARTING:
        return cast("Client", chromadb.PersistentClient(path=str(folder), settings=settings))


def _name(world: str, character: str) -> str:
    """Chroma's names are short and plain, ids need not be: so a hash. Its metadata says whose it is."""
    return "m-" + hashlib.sha256(f"{world}\0{character}".encode()).hexdigest()[:40]
