"""What memory is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Protocol

from schemas import (
    Affair,
    Decision,
    Effect,
    Experience,
    Fact,
    Leg,
    MemoryEntry,
    ModelCall,
    Mood,
    QuestProgress,
    StagedCall,
    Stirring,
    Tag,
    TalkPlace,
    Turn,
    World,
    WorldTime,
)


class Worlds(Protocol):
    """What the parts of memory must know of worlds; `Memory` knows it."""

    def world(self, world_id: str) -> World:
        """Its sheet."""
        ...

    async def find_timeline(self, world: str, timeline: str | None) -> str:
        """The timeline that is meant."""
        ...


@dataclass(frozen=True, slots=True)
class RecallQuery:
    """What shall come to mind, to whom, and how much of it."""

    world: str
    timeline: str | None
    """None: the world's current one."""
    character: str
    text: str
    """What memories are compared with. Empty: the newest ones come."""
    tags: tuple[Tag, ...]
    """Where activation starts."""
    thread: str | None
    """Whose turns are wanted; None: no turns."""
    at: WorldTime
    """Now, by the game's clock: what has expired by then is not recalled."""
    memories: int = 5
    """At most so many."""
    facts: int = 20
    turns: int = 10
    """The last so many lines of the thread."""
    depth: int | None = None
    """Links to follow; None, here and below: as the settings say."""
    decay: float | None = None
    """What is left of the energy after one link."""
    threshold: float | None = None
    """What a tag must have to be brought to mind."""
    initial_energy: float | None = None
    """Of each of `tags`."""
    legs: tuple[Leg, ...] | None = None
    """The only legs to find memories with, of those that the settings have; None: all of them."""
    patience: float = 2.0
    """Seconds that the indexes may take before the record answers without it."""


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything that one decision leaves behind."""

    decision: Decision
    thread: str
    timeline: str | None = None
    """None: the world's current one."""
    staged: tuple[StagedCall, ...] = ()
    """Calls that passed the guard; their effects happen with this commit."""
    memory: MemoryEntry | None = None
    overheard: tuple[MemoryEntry, ...] = ()
    """What others who were there remember of it, each their own."""
    turns: tuple[Turn, ...] = ()
    """What was said, oldest first."""
    talk: TalkPlace | None = None
    """Where that leaves the conversation; None: where it was."""
    used: tuple[str, ...] = ()
    """Ids of the character's memories that came to mind: what is used is kept longer."""
    experiences: tuple[Experience, ...] = ()
    """What there is to learn from it."""
    quests: tuple[QuestProgress, ...] = ()
    """Quests that it offers."""
    affairs: tuple[Affair, ...] = ()
    """How things between factions stand after it."""
    effects: tuple[Effect, ...] = ()
    """What follows from it beside tool calls. Where a treaty among `affairs` is there already, all that follows from
    its conclusion has happened, and neither these nor wars are written again."""
    stirred: Stirring | None = None
    """What it does to whoever decided."""
    at: WorldTime | None = None
    """When it was made, by the game's clock."""
    calls: tuple[ModelCall, ...] = ()
    """What models were asked for it, in order: for the log of calls."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The decision as the record has it."""

    decision: Decision
    seq: int
    """Its moment."""
    fresh: bool
    """False: it had been recorded before, and nothing was written now."""


@dataclass(frozen=True, slots=True)
class News:
    """What the game tells of its world: it becomes known, remembered and recorded without a decision of ours."""

    world: str
    id: str
    """Told again under the same id, nothing happens."""
    timeline: str | None = None
    """None: the world's current one."""
    facts: tuple[Fact, ...] = ()
    effects: tuple[Effect, ...] = ()
    """Relationships that change, secrets that come out."""
    memories: tuple[MemoryEntry, ...] = ()
    turns: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict[str, tuple[Turn, ...]])
    """What was said, by thread, oldest first."""
    quests: tuple[QuestProgress, ...] = ()
    moods: tuple[Mood, ...] = ()
    """What they are from now on, whatever they were."""
    experiences: tuple[Experience, ...] = ()
    affairs: tuple[Affair, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What came of telling."""

    seq: int
    """Its moment."""
    fresh: bool
    """False: it had been told before, and nothing was written now."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of loading a world."""

    world: str
    facts: int
    """Newly written."""
    associations: int
    """Newly written."""
    characters: int
    """On the sheet."""
    fresh: bool
    """False: the world was there already."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What became of memories: all that there were are `joined`, `merged`, `faded`, `over_budget` or `kept`."""

    characters: int = 0
    """Whose memories were looked at."""
    memories: int = 0
    """That there were."""
    joined: int = 0
    """Fewer, because others say the same."""
    merged: int = 0
    """Fewer, because small ones of one thread went into a longer one."""
    long_term: int = 0
    """Newly written, and kept."""
    faded: int = 0
    over_budget: int = 0
    kept: int = 0
    """That there are now."""

    def __add__(self, other: Tidied) -> Tidied:
        return Tidied(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild has come."""

    index: str
    """`lexical` or `dense`."""
    world: str
    done: int
    total: int
    """Memories, as far as is known by now."""


@dataclass(frozen=True, slots=True)
class Verified:
    """One index of one character's memories, compared with the record."""

    index: str
    """`lexical` or `dense`."""
    world: str
    character: str
    """Empty: the index as a whole cannot be used."""
    expected: int = 0
    """Memories that somebody remembers."""
    held: int = 0
    """Keys that the index has."""
    lag: int = 0
    """To be put in or taken out still, as the index's mark says: no fault."""
    missing: int = 0
    """Keys that should be there, as the mark says, and are not."""
    surplus: int = 0
    """Keys that the record does not know, or that nobody remembers."""
    misfits: int = 0
    """Keys that are there, but cannot be found: a vector of another length, words that were lost."""
    trouble: str | None = None
    """Why the index cannot be used."""

    @property
    def ok(self) -> bool:
        """Whether the index does what it says: lag is no drift."""
        return not (self.missing or self.surplus or self.misfits or self.trouble)


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `loomwright doctor`."""

    name: str
    ok: bool
    detail: str
