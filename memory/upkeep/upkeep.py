"""What is done behind play: small memories are merged, old ones forgotten. `memory.upkeep` does it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, bindparam, select

from memory.indexes.embedders import Embedder, Vector
from memory.indexes.indexer import Indexer
from memory.record.history import Key, newest_memories, remembered
from memory.record.record import Record
from memory.record.rows import Fields, new_rows, parsed
from memory.record.tables import MEMORY_ENTRY, MEMORY_FORGOTTEN, TURN, place_of
from memory.summaries import Summariser
from memory.timelines.timelines import take_moment, visible
from memory.upkeep.consolidation import LONG, Consolidation, Held
from memory.upkeep.forgetting import faded, over_budget
from memory.upkeep.telling import invents
from memory.upkeep.uses import NEVER, merged_into, uses
from memory.values import Tidied, Worlds
from schemas import ConsolidationSettings, ForgettingSettings, MemoryEntry, ModelError, Turn, UpkeepSettings, WorldTime

OnCharacter = Callable[[int, int], None]
"""Told how many characters are done, and of how many."""
Rule = Callable[[Collection[Held], int, ForgettingSettings], list[Held]]

ALL = 2**31 - 1
BATCH = 200
"""Long-term memories, or forgotten ones, in one transaction."""
EMBEDDED = 256
"""Texts in one call of the embedder."""
NEWEST = 50
"""Rows that are asked what time it is."""

_log = structlog.stdlib.get_logger(__name__)
_ENTRY, _GONE = MEMORY_ENTRY.c, MEMORY_FORGOTTEN.c
_CHARACTERS = select(_ENTRY.character).where(_ENTRY.world == bindparam("world")).distinct().order_by(_ENTRY.character)
_FORGOTTEN_ALREADY = select(_GONE.memory).where(
    visible(MEMORY_FORGOTTEN), _GONE.memory.in_(bindparam("keys", expanding=True))
)
# A long-term memory is written late, of what happened early: it does not tell the time.
_LAST_MEMORIES = (
    select(_ENTRY.body).where(remembered(), _ENTRY.id.not_like(f"{LONG}%")).order_by(_ENTRY.seq.desc()).limit(NEWEST)
)
_LAST_TURNS = select(TURN.c.body).where(visible(TURN)).order_by(TURN.c.seq.desc()).limit(NEWEST)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done; None: not that."""

    consolidation: ConsolidationSettings | None
    forgetting: ForgettingSettings | None
    writer: Summariser | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What shall become of one character's memories."""

    report: Tidied
    made: list[Held]
    faded: list[Held]
    over_budget: list[Held]


class Upkeep:
    """Merges and forgets the memories of characters. Nothing is deleted: what is forgotten stays in the record, and a
    timeline that forked off before still remembers it.

    Where a `character` may be None all are meant; a `timeline`, the world's current one; `at`, now by the game's clock
    as the newest memories and words tell it. Every method may raise `RecordError`, `ModelError` of an embedder, and
    `UnknownThing`. A run that is cut off leaves a whole record, and the next one goes on.
    """

    def __init__(
        self,
        record: Record,
        worlds: Worlds,
        indexer: Indexer,
        embedder: Embedder,
        settings: UpkeepSettings,
    ) -> None:
        self._record, self._worlds, self._indexer, self._embedder = record, worlds, indexer, embedder
        self.settings = settings

    async def consolidate(
        self,
        world: str,
        character: str | None = None,
        timeline: str | None = None,
        at: WorldTime | None = None,
        *,
        writer: Summariser | None = None,
        dry_run: bool = False,
        progress: OnCharacter | None = None,
    ) -> Tidied:
        """Join memories that say the same, and merge runs of small ones into long-term memories.

        `writer`: says what happened in fewer words, for instance a model; None, or where it fails: an extract by rule.
        `dry_run`: only count.
        """
        work = _Work(self.settings.consolidation, None, writer)
        return await self._tend(work, world, character, timeline, at, dry_run=dry_run, progress=progress)

    async def forget(
        self,
        world: str,
        character: str | None = None,
        timeline: str | None = None,
        at: WorldTime | None = None,
        *,
        dry_run: bool = False,
        progress: OnCharacter | None = None,
    ) -> Tidied:
        """Forget what has faded, and what is over the budget."""
        work = _Work(None, self.settings.forgetting, None)
        return await self._tend(work, world, character, timeline, at, dry_run=dry_run, progress=progress)

    async def tidy(
        self,
        world: str,
        character: str | None = None,
        timeline: str | None = None,
        at: WorldTime | None = None,
        *,
        writer: Summariser | None = None,
        dry_run: bool = False,
        progress: OnCharacter | None = None,
    ) -> Tidied:
        """All that the settings ask for: forget what has faded, consolidate the rest, and hold it to the budget."""
        work = _Work(
            self.settings.consolidation if self.settings.consolidation.enabled else None,
            self.settings.forgetting if self.settings.forgetting.enabled else None,
            writer,
        )
        return await self._tend(work, world, character, timeline, at, dry_run=dry_run, progress=progress)

    async def _tend(
        self,
        work: _Work,
        world: str,
        character: str | None,
        timeline: str | None,
        at: WorldTime | None,
        *,
        dry_run: bool,
        progress: OnCharacter | None,
    ) -> Tidied:
        here = await self._worlds.find_timeline(world, timeline)
        who = {"world": world, "timeline": here}
        now = at or await self._record.read(lambda connection: _newest(connection, who))
        characters = (
            [character]
            if character is not None
            else await self._record.read(lambda connection: list(connection.execute(_CHARACTERS, who).scalars()))
        )
        total = Tidied()
        for number, one in enumerate(characters):
            plan = await self._plan(work, world, here, one, now.total_minutes)
            if not dry_run:
                await self._carry_out(plan, world, here)
            total += plan.report
            if progress is not None:
                progress(number + 1, len(characters))
        return total

    async def _plan(self, work: _Work, world: str, timeline: str, character: str, now: int) -> _Plan:
        held = await self._record.read(lambda connection: _held(connection, world, timeline, character))
        there = len(held)
        gone = await self._leave_out(faded, held, now, work.forgetting)
        task = Consolidation(timeline, work.consolidation or self.settings.consolidation, now, held)
        joined, merged = await self._consolidate(task, work.writer) if work.consolidation is not None else (0, 0)
        over = await self._leave_out(over_budget, held, now, work.forgetting)
        report = Tidied(
            characters=1,
            memories=there,
            joined=joined,
            merged=merged,
            long_term=len(task.made),
            faded=len(gone),
            over_budget=len(over),
            kept=len(held),
        )
        return _Plan(report, task.made, gone, over)

    async def _leave_out(
        self, rule: Rule, held: dict[Key, Held], now: int, settings: ForgettingSettings | None
    ) -> list[Held]:
        if settings is None:
            return []
        gone = await asyncio.to_thread(rule, held.values(), now, settings)
        for one in gone:
            del held[one.key]
        return gone

    async def _consolidate(self, task: Consolidation, writer: Summariser | None) -> tuple[int, int]:
        """How many memories fewer there are: by joining, and by merging runs."""
        joined = await asyncio.to_thread(task.join_repeated)
        groups = await asyncio.to_thread(task.nearly_alike)
        if groups:
            vectors = await self._vectors([one for group in groups for one in group])
            joined += await asyncio.to_thread(task.join_nearly_alike, groups, vectors)
        runs = await asyncio.to_thread(task.runs)
        told = await _written(runs, writer) if writer is not None else {}
        merged = await asyncio.to_thread(task.merge_runs, runs, told)
        return joined + await asyncio.to_thread(task.join_repeated), merged

    async def _vectors(self, memories: Sequence[Held]) -> dict[Key, Vector]:
        vectors: dict[Key, Vector] = {}
        for start in range(0, len(memories), EMBEDDED):
            batch = memories[start : start + EMBEDDED]
            embedded = await self._embedder.embed([one.entry.text for one in batch])
            vectors |= {one.key: vector for one, vector in zip(batch, embedded, strict=True)}
        return vectors

    async def _carry_out(self, plan: _Plan, world: str, timeline: str) -> None:
        """Write it, a batch in a transaction: wherever it is cut off, each merge has happened whole or not at all."""
        changes = [_Change(one, one.originals, "merged") for one in plan.made]
        changes += [_Change(None, one.originals, "faded") for one in plan.faded]
        changes += [_Change(None, one.originals, "budget") for one in plan.over_budget]
        for start in range(0, len(changes), BATCH):
            batch = changes[start : start + BATCH]
            await self._record.write(lambda connection, batch=batch: _write(connection, world, timeline, batch))
        if changes:
            self._indexer.poke(world)


@dataclass(frozen=True, slots=True)
class _Change:
    """Memories that are forgotten, and the one that takes their place."""

    made: Held | None
    gone: tuple[Held, ...]
    reason: str


def _held(connection: Connection, world: str, timeline: str, character: str) -> dict[Key, Held]:
    """All that a character remembers, with how it was used."""
    found = newest_memories(connection, world, timeline, character, ALL)
    who = {"world": world, "timeline": timeline, "character": character}
    merged = merged_into(connection, who)
    used, long_term = uses(connection, who, merged), set(merged.values())
    return {
        key: Held(key, memory.entry, used.get(key, NEVER), long_term=key in long_term)
        for key, memory in reversed(found.items())
    }


def _newest(connection: Connection, who: Mapping[str, object]) -> WorldTime:
    """What time it is in the world, as far as anybody remembers or has said."""
    times = [parsed(MemoryEntry, body).at for body in connection.execute(_LAST_MEMORIES, who).scalars()]
    times += [parsed(Turn, body).at for body in connection.execute(_LAST_TURNS, who).scalars()]
    return max(times, key=lambda at: at.total_minutes, default=WorldTime())


def _write(connection: Connection, world: str, timeline: str, changes: Sequence[_Change]) -> None:
    """Write a batch at one moment, without what somebody else has seen to in the meantime."""
    seq, _ = take_moment(connection, world)
    here: Fields = {"world": world, "timeline": timeline, "seq": seq}
    keys = [one.key for change in changes for one in change.gone]
    already = set(connection.execute(_FORGOTTEN_ALREADY, here | {"keys": keys}).scalars())
    due = [change for change in changes if already.isdisjoint(one.key for one in change.gone)]
    made = sorted((change.made.entry for change in due if change.made is not None), key=lambda one: one.at)
    new_rows(
        connection,
        MEMORY_ENTRY,
        [
            here
            | {"id": one.id, "place": place_of(seq, number), "character": one.character, "body": one.model_dump_json()}
            for number, one in enumerate(made)
        ],
    )
    new_rows(
        connection,
        MEMORY_FORGOTTEN,
        [
            here
            | {
                "memory": one.key,
                "character": one.entry.character,
                "reason": change.reason,
                "into": change.made.key if change.made is not None else None,
            }
            for change in due
            for one in change.gone
        ],
    )


async def _written(runs: Sequence[Sequence[Held]], writer: Summariser) -> dict[Key, str]:
    """What somebody made of the runs, by the key of each first; without those that failed, or were made up."""
    told: dict[Key, str] = {}
    for run in runs:
        entries = [one.entry for one in run]
        turns = [Turn(speaker=entry.speaker or entry.character, text=entry.text, at=entry.at) for entry in entries]
        try:
            text = (await writer("", turns)).strip()
        except ModelError as error:
            _log.warning("memories merged by rule", because=error.code, error=str(error))
            continue
        if text and not invents(text, (entry.text for entry in entries)):
            told[run[0].key] = text
    return told
