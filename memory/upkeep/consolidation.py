"""Which memories of a character become one: those that say the same, and runs of small ones. Plain functions of what
there is; `memory.upkeep` reads and writes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.indexes.embedders import Vector
from memory.record.history import Key, key_of
from memory.upkeep.telling import head, most_telling, normalised, particulars
from memory.upkeep.uses import NEVER, Use
from schemas import ConsolidationSettings, MemoryEntry

LONG = "long."
"""What the ids of long-term memories begin with."""
MOST_LETTERS = 4_000
"""Of a memory's text."""


@dataclass(frozen=True, slots=True)
class Held:
    """A memory as upkeep looks at it."""

    key: Key
    entry: MemoryEntry
    use: Use = NEVER
    long_term: bool = False
    """Others were merged into it."""
    made_of: tuple[Held, ...] = ()
    """What it was merged from just now; empty: it is in the record."""

    @property
    def minute(self) -> int:
        """When, in minutes since the world began."""
        return self.entry.at.total_minutes

    @property
    def originals(self) -> tuple[Held, ...]:
        """The memories of the record that are in it."""
        return tuple(one for part in self.made_of for one in part.originals) if self.made_of else (self,)


@dataclass(slots=True)
class Consolidation:
    """Brings the memories of one character on one timeline together, one pass after the other.

    What becomes one is always of one place; nobody, nothing and no tag of it is lost. A long-term memory takes in
    exact repetitions of itself later on, and nothing else: so a second run over the same memories finds nothing.
    """

    timeline: str
    settings: ConsolidationSettings
    now: int
    """In minutes since the world began."""
    held: dict[Key, Held]
    """What there is, and after each pass what there would be."""

    @property
    def made(self) -> list[Held]:
        """The long-term memories that are to be written."""
        return [one for one in self.held.values() if one.made_of]

    def join_repeated(self) -> int:
        """Make one of those that say the same in the same words, of the same people in the same place. Returns how
        many memories there are fewer."""
        alike: dict[object, list[Held]] = defaultdict(list)
        for one in self._settled():
            entry = one.entry
            alike[entry.speaker, frozenset(entry.about), entry.place, normalised(entry.text)].append(one)
        return self._join(group for group in alike.values() if len(group) > 1)

    def nearly_alike(self) -> list[list[Held]]:
        """Memories that may say nearly the same: of the same people in the same place, with the same numbers, names
        and denials, and not far from each other in time. Their vectors tell."""
        alike: dict[object, list[Held]] = defaultdict(list)
        for one in self._settled():
            entry = one.entry
            if not one.long_term:
                alike[entry.speaker, frozenset(entry.about), entry.place, particulars(entry.text)].append(one)
        within = self.settings.alike_hours * 60
        return [group for several in alike.values() for group in _apart(several, within) if len(group) > 1]

    def join_nearly_alike(self, groups: Iterable[Sequence[Held]], vectors: Mapping[Key, Vector]) -> int:
        """Make one of those whose vectors are close. Returns how many memories there are fewer."""
        return self._join(
            cluster
            for group in groups
            for cluster in _clusters(group, vectors, self.settings.alike, self.settings.alike_hours * 60)
            if len(cluster) > 1
        )

    def runs(self) -> list[list[Held]]:
        """Small memories of one thread and place that follow each other, at least `least` and at most `most`."""
        threads: dict[object, list[Held]] = defaultdict(list)
        for one in self.held.values():
            entry = one.entry
            if entry.thread is not None and entry.importance < self.settings.small and not one.long_term:
                threads[entry.thread, entry.place].append(one)
        found: list[list[Held]] = []
        for several in threads.values():
            for run in _apart(several, self.settings.pause_hours * 60):
                if self._is_settled(run[-1]):  # one that may still go on is left alone
                    found += _pieces(run, self.settings.least, self.settings.most)
        return found

    def merge_runs(self, runs: Iterable[Sequence[Held]], told: Mapping[Key, str] | None = None) -> int:
        """Make one of each run, with its most telling sentences, or with what `told` has under the key of its first.
        Returns how many memories there are fewer."""
        fewer = 0
        for run in runs:
            entries = [one.entry for one in run]
            about = _people(entries)
            begin = head(entries, about)
            text = (told or {}).get(run[0].key) or most_telling(entries, self.settings.letters)
            fewer += self._replace(run, f"{begin} {text}"[:MOST_LETTERS])
        return fewer

    def _settled(self) -> Iterator[Held]:
        return (one for one in self.held.values() if self._is_settled(one))

    def _is_settled(self, one: Held) -> bool:
        return self.now - one.minute >= self.settings.settled_hours * 60

    def _join(self, groups: Iterable[Sequence[Held]]) -> int:
        return sum(self._replace(group, _best(group).entry.text) for group in groups)

    def _replace(self, group: Sequence[Held], text: str) -> int:
        """Put one in the place of many."""
        for one in group:
            del self.held[one.key]
        merged = _merged(group, text, self.timeline)
        self.held[merged.key] = merged
        return len(group) - 1


def _apart(several: Iterable[Held], most: float) -> Iterator[list[Held]]:
    """Them in the order of time, parted where more than `most` minutes lie between two."""
    part: list[Held] = []
    for one in sorted(several, key=lambda one: (one.minute, one.key)):
        if part and one.minute - part[-1].minute > most:
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _pieces(run: Sequence[Held], least: int, most: int) -> Iterator[list[Held]]:
    for start in range(0, len(run), most):
        piece = list(run[start : start + most])
        if len(piece) >= least:
            yield piece


def _clusters(group: Sequence[Held], vectors: Mapping[Key, Vector], alike: float, within: float) -> list[list[Held]]:
    """Each with the first before it that it is closest to, if they are alike; `group` is in the order of time."""
    clusters: list[list[Held]] = []
    firsts: list[NDArray[np.float64]] = []
    open_from = 0
    for one in group:
        vector = _unit(vectors[one.key])
        while open_from < len(clusters) and one.minute - clusters[open_from][0].minute > within:
            open_from += 1
        if open_from < len(clusters):
            cosines = np.stack(firsts[open_from:]) @ vector
            closest = int(cosines.argmax())
            if cosines[closest] >= alike:
                clusters[open_from + closest].append(one)
                continue
        clusters.append([one])
        firsts.append(vector)
    return clusters


def _unit(vector: Vector) -> NDArray[np.float64]:
    raw = np.asarray(vector, dtype=np.float64)
    length = float(np.linalg.norm(raw))
    return raw / length if length else raw


def _best(group: Sequence[Held]) -> Held:
    """Whose words are kept: the most important one's, of those the longest, of those the last."""
    return max(group, key=lambda one: (one.entry.importance, len(one.entry.text), one.minute, one.key))


def _merged(group: Sequence[Held], text: str, timeline: str) -> Held:
    """One memory of many: as important and as moving as the greatest of them, and as fresh as the last."""
    entries = [one.entry for one in sorted(group, key=lambda one: (one.minute, one.key))]
    last = entries[-1]
    speakers, threads = {entry.speaker for entry in entries}, {entry.thread for entry in entries}
    sources = sorted(one.key for part in group for one in part.originals)
    entry = MemoryEntry(
        id=LONG + hashlib.blake2b("\n".join(sources).encode(), digest_size=16).hexdigest(),
        character=last.character,
        text=text,
        speaker=last.speaker if len(speakers) == 1 else None,
        about=_people(entries),
        tags=tuple(dict.fromkeys(tag for entry in entries for tag in entry.tags)),
        importance=max(entry.importance for entry in entries),
        emotion=max(entry.emotion for entry in entries),
        at=last.at,
        place=last.place,
        thread=last.thread if len(threads) == 1 else None,
    )
    use = sum((one.use for one in group), NEVER)
    return Held(key_of(timeline, entry.id), entry, use, long_term=True, made_of=tuple(group))


def _people(entries: Sequence[MemoryEntry]) -> tuple[str, ...]:
    """Whom and what they are about, and who spoke where not always the same did."""
    speakers = {entry.speaker: None for entry in entries}
    spoke = [speaker for speaker in speakers if speaker and len(speakers) > 1 and speaker != entries[0].character]
    return tuple(dict.fromkeys([name for entry in entries for name in entry.about] + spoke))
