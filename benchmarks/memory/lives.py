"""Made-up lives to remember: seeded, so that every run remembers the same."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from memory import Embedder, LexicalEmbedder, Memory, News, RecallQuery
from schemas import (
    Character,
    Fact,
    LoreFact,
    MemoryEntry,
    RecallSettings,
    Tag,
    TagKind,
    WorldInfo,
    WorldPack,
    WorldTime,
)

WORLD = "bench"
BATCH = 1_000
MEGABYTE = 1e6
_WHO = (
    "the miller", "a rider of the queen", "old Pip", "the ferryman", "my sister", "a hooded stranger", "the abbot",
    "two soldiers",
)  # fmt: skip
_DID = (
    "sold", "stole", "promised", "buried", "burned", "found", "carried", "hid", "begged for", "broke", "painted",
    "counted",
)  # fmt: skip
_WHAT = (
    "a silver bell", "three sacks of barley", "the toll ledger", "a grey lantern", "letters from the coast",
    "a lame horse", "wine", "a map", "the chapel's candles", "a child's shoe", "salt", "an oar", "a wolf's pelt",
    "the orphans' register", "honey", "a broken sword",
)  # fmt: skip
_WHERE = (
    "by the river", "at the market", "behind the mill", "in the Ashwood", "on the north road", "under the bridge",
    "at the inn",
)  # fmt: skip
_WHEN = (
    "before dawn", "at noon", "in the rain", "during the fair", "after the burial", "when the bells rang",
    "on the longest night",
)  # fmt: skip


def saying(dice: random.Random) -> str:
    """A sentence about who did what, where and when, and a number that makes it its own."""
    parts = (dice.choice(_WHO), dice.choice(_DID), dice.choice(_WHAT), dice.choice(_WHERE), dice.choice(_WHEN))
    return f"I saw how {' '.join(parts)}, for {dice.randrange(1, 2_000)} silver."


def question(dice: random.Random) -> str:
    """Seven words or so that such a sentence could answer."""
    return f"Who {dice.choice(_DID)} {dice.choice(_WHAT)} {dice.choice(_WHERE)} {dice.choice(_WHEN)}?"


def memories(character: str, count: int, dice: random.Random) -> Iterator[MemoryEntry]:
    """So many memories of a character, one every ten minutes of game time."""
    for number in range(count):
        yield MemoryEntry(
            id=f"{character}.{number}",
            character=character,
            text=saying(dice),
            about=(f"person_{dice.randrange(40)}",),
            tags=(Tag(kind=TagKind.CONCEPT, name=f"matter_{dice.randrange(200)}"),),
            importance=round(dice.random(), 2),
            at=WorldTime(day=1 + number // 144, minute=number % 144 * 10),
            thread=f"{WORLD}/dialogue.{number // 20}",
        )


def facts(count: int, dice: random.Random, prefix: str = "fact") -> Iterator[Fact]:
    """So many facts, each about three matters."""
    for number in range(count):
        yield Fact(
            id=f"{prefix}.{number}",
            text=saying(dice),
            payload=LoreFact(topic="bench"),
            tags=tuple(Tag(kind=TagKind.CONCEPT, name=f"matter_{dice.randrange(200)}") for _ in range(3)),
            importance=round(dice.random(), 2),
        )


def asking(character: str, dice: random.Random) -> RecallQuery:
    """What a decision asks of memory, with all three legs: five memories, no talk."""
    return RecallQuery(
        world=WORLD,
        timeline=None,
        character=character,
        text=question(dice),
        tags=tuple(Tag(kind=TagKind.CONCEPT, name=f"matter_{dice.randrange(200)}") for _ in range(2)),
        thread=None,
        at=WorldTime(day=80),
        memories=5,
        facts=5,
    )


@asynccontextmanager
async def lived(characters: int, each: int, embedder: Embedder | None = None) -> AsyncGenerator[tuple[Memory, Path]]:
    """A memory in a folder of its own, with characters `c0`, `c1`, ... that remember `each` things, all indexed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        memory = await Memory.open(None, home, embedder or LexicalEmbedder(), RecallSettings())
        try:
            cast = tuple(Character(id=f"c{number}", name=f"Person {number}") for number in range(characters))
            await memory.load_world(WorldPack(info=WorldInfo(id=WORLD, name="Bench"), characters=cast))
            dice = random.Random(7)
            for character in cast:
                entries = tuple(memories(character.id, each, dice))
                for start in range(0, len(entries), BATCH):
                    part = entries[start : start + BATCH]
                    await memory.tell(News(world=WORLD, id=f"{character.id}.{start}", memories=part))
            await memory.settle()
            yield memory, home
        finally:
            await memory.aclose()


async def timed(work: Callable[[], Awaitable[object]], times: int) -> list[float]:
    """Milliseconds of each of so many runs, one after the other."""
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1_000)
    return took


def p95(took: list[float]) -> float:
    """What 95 of 100 runs keep below."""
    return float(np.percentile(took, 95))


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
