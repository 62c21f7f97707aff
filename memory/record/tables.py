"""The record's tables. Every row that is remembered says on which timeline and at which moment (`seq`) it happened.

A moment is one unit of work: all rows of one decision carry the same `seq`, so a fork can never cut a decision in two.
Rows are only ever added. What is a value elsewhere (a fact, a decision) is kept whole, as JSON, in `body`.
"""

from __future__ import annotations

import re

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, MetaData, Table, Text
from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

NOW = 2**62
"""Where a timeline's own history ends: not yet."""
AT_ONCE = 2**20
"""Memories of one moment whose order is kept."""


class Row(SQLModel):
    """What all tables share: one set of them, and names in snake case."""

    metadata = MetaData()

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  # pyright: ignore[reportIncompatibleVariableOverride]  # SQLModel's way
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__.removesuffix("Row")).lower()


def _on_a_timeline(*indexes: Index) -> tuple[ForeignKeyConstraint | Index, ...]:
    return (ForeignKeyConstraint(["world", "timeline"], ["timeline.world", "timeline.id"]), *indexes)


class WorldRow(Row, table=True):
    """A world: who and what there is in it, and how far its clock of moments has come."""

    id: str = Field(primary_key=True)
    sheet: str = Field(sa_type=Text)
    """The `WorldPack` of its characters, factions and places."""
    current_timeline: str
    seq: int = Field(sa_type=BigInteger)
    """The last moment that was taken."""


class TimelineRow(Row, table=True):
    """One line of history."""

    world: str = Field(primary_key=True, foreign_key="world.id")
    id: str = Field(primary_key=True)
    parent: str | None = None
    forked_at: int | None = Field(default=None, sa_type=BigInteger)
    """The last moment of its parent that it sees."""
    seq: int = Field(sa_type=BigInteger)
    """The moment at which it began: what happens on it comes later."""


class LineageRow(Row, table=True):
    """What a timeline can see: itself, and each ancestor up to a moment. Derived from `timeline`, so that a fork copies
    no history and a query asks one table."""

    __table_args__ = _on_a_timeline()

    world: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    ancestor: str = Field(primary_key=True)
    upto: int = Field(sa_type=BigInteger)


class FactRow(Row, table=True):
    """A piece of knowledge as it was first told."""

    __table_args__ = _on_a_timeline(Index("fact_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    body: str = Field(sa_type=Text)


class FactKnownRow(Row, table=True):
    """Somebody learned a fact later than it was told."""

    __table_args__ = _on_a_timeline(Index("fact_known_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    knower: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class FactRevealedRow(Row, table=True):
    """A secret came out."""

    __table_args__ = _on_a_timeline(Index("fact_revealed_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    fact: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class AssociationRow(Row, table=True):
    """A link between two tags, `a` before `b` in the alphabet."""

    __table_args__ = _on_a_timeline()

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    a: str = Field(primary_key=True)
    b: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    timeline: str
    weight: float


class RelationshipChangeRow(Row, table=True):
    """Somebody came to think better or worse of somebody: by how much, and where that left them."""

    __table_args__ = _on_a_timeline(
        Index("relationship_change_latest", "world", "character", "toward", "seq", "number"),
    )

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    number: int = Field(primary_key=True)
    timeline: str
    character: str
    toward: str
    affinity_change: float
    trust_change: float
    affinity: float
    trust: float
    reason: str = Field(sa_type=Text)


class MemoryEntryRow(Row, table=True):
    """What one character experienced."""

    __table_args__ = _on_a_timeline(
        Index("memory_entry_of_character", "world", "character", "place"),
        Index("memory_entry_by_moment", "world", "seq"),
    )

    world: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    place: int = Field(sa_type=BigInteger)
    """Where it lies in its character's life (`place_of`): one number, so that an index finds its neighbours in time."""
    character: str
    body: str = Field(sa_type=Text)


class TurnRow(Row, table=True):
    """One line of a conversation."""

    __table_args__ = _on_a_timeline(Index("turn_of_thread", "world", "thread", "seq", "number"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    number: int = Field(primary_key=True)
    timeline: str
    thread: str
    body: str = Field(sa_type=Text)


class DecisionRow(Row, table=True):
    """A decision that was made. No timeline sees two under one id: that is what makes it happen once, and what was
    decided on an abandoned branch can be decided anew on another."""

    __table_args__ = _on_a_timeline(
        Index("decision_by_moment", "world", "seq"),
        Index("decision_by_time", "world", "made_at"),
    )

    world: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    at: int | None = Field(default=None, sa_type=BigInteger)
    """When, in minutes since the world began: a save made after it says so."""
    kind: str
    character: str
    thread: str
    body: str = Field(sa_type=Text)
    source: str
    reason: str
    milliseconds: float
    made_at: int | None = Field(default=None, sa_type=BigInteger)
    """When it was recorded, by the clock on the wall: milliseconds since 1970, UTC. None: before that was kept."""
    model: str | None = None
    """From here on what is in `body` too, so that statistics need not read all of it."""
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    """None: before that was kept."""
    in_grammar: int | None = None
    """The three levels of validity: 1 it was, 0 it was not, None it was not asked."""
    in_schema: int | None = None
    in_world: int | None = None


class ModelCallRow(Row, table=True):
    """A call of a model for a decision. A log of the machine, no history of the world: it does not travel with it."""

    __table_args__ = _on_a_timeline(Index("model_call_by_time", "world", "at"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    number: int = Field(primary_key=True)
    timeline: str
    decision: str
    kind: str
    at: int = Field(sa_type=BigInteger)
    """When it was asked: milliseconds since 1970, UTC."""
    milliseconds: float
    asked_for: str
    model: str
    endpoint: str
    outcome: str
    attempts: int
    prompt_tokens: int
    completion_tokens: int
    cost: float = 0.0
    prompt: str | None = None
    answer: str | None = None
    trace: str | None = None
    span: str | None = None


class ToolCallRow(Row, table=True):
    """A tool call that passed the guard, under the key that makes its effects happen once."""

    __table_args__ = _on_a_timeline(Index("tool_call_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    thread: str = Field(primary_key=True)
    decision: str = Field(primary_key=True)
    call: int = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    body: str = Field(sa_type=Text)


class MemoryUsedRow(Row, table=True):
    """A memory came to mind when a decision was made: what is used is kept longer."""

    __table_args__ = _on_a_timeline(Index("memory_used_of_character", "world", "character", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    memory: str = Field(primary_key=True)
    """The memory's key: its timeline and id."""
    timeline: str
    character: str
    at: int | None = Field(default=None, sa_type=BigInteger)
    """When, in minutes since the world began: what came to mind is fresh again."""


class MemoryForgottenRow(Row, table=True):
    """A memory was forgotten: it stays in the record, and no longer comes to mind. A fork from before still has it."""

    __table_args__ = _on_a_timeline(Index("memory_forgotten_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    memory: str = Field(primary_key=True)
    """The memory's key: its timeline and id. Before the timeline, so that the primary key answers the question that
    each recall asks of each memory: was it forgotten anywhere?"""
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    character: str
    reason: str
    into: str | None = None
    """The key of the memory that it was merged into."""


class SummaryRow(Row, table=True):
    """What the older part of a conversation came to. It stands beside the turns and never replaces them."""

    __table_args__ = _on_a_timeline(Index("summary_of_thread", "world", "thread", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    thread: str = Field(primary_key=True)
    timeline: str
    body: str = Field(sa_type=Text)


class ExperienceRow(Row, table=True):
    """How a decision turned out, to learn from."""

    __table_args__ = _on_a_timeline(
        Index("experience_of_character", "world", "character", "seq"),
        Index("experience_by_moment", "world", "seq"),
    )

    world: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    character: str
    kind: str
    body: str = Field(sa_type=Text)


class QuestChangeRow(Row, table=True):
    """A quest went on: how it stands from this moment."""

    __table_args__ = _on_a_timeline(Index("quest_change_latest", "world", "quest", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    quest: str = Field(primary_key=True)
    timeline: str
    status: str
    body: str = Field(sa_type=Text)


class MoodChangeRow(Row, table=True):
    """A character's mood from this moment."""

    __table_args__ = _on_a_timeline(Index("mood_change_latest", "world", "character", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    character: str = Field(primary_key=True)
    timeline: str
    body: str = Field(sa_type=Text)


class AffairChangeRow(Row, table=True):
    """Something between factions went on: a treaty, a promise, a war, talks. How it stands from this moment."""

    __table_args__ = _on_a_timeline(Index("affair_change_latest", "world", "affair", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    affair: str = Field(primary_key=True)
    """What it is, and its name: `treaty:river`, `war:houses:league`."""
    timeline: str
    status: str
    body: str = Field(sa_type=Text)


class TraitChangeRow(Row, table=True):
    """How far a character's traits have moved from its sheet, from this moment."""

    __table_args__ = _on_a_timeline(Index("trait_change_latest", "world", "character", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    character: str = Field(primary_key=True)
    timeline: str
    body: str = Field(sa_type=Text)


class TalkPlaceRow(Row, table=True):
    """Where a conversation stands from this moment: in its script, and in a line that was cut short."""

    __table_args__ = _on_a_timeline(Index("talk_place_latest", "world", "thread", "seq"))

    world: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    thread: str = Field(primary_key=True)
    timeline: str
    body: str = Field(sa_type=Text)


class NewsRow(Row, table=True):
    """The game told something under this id: what makes it happen once."""

    __table_args__ = _on_a_timeline(Index("news_by_moment", "world", "seq"))

    world: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    timeline: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)


class SaveRow(Row, table=True):
    """A name for a point of a timeline. Saves belong to the world, not to a timeline: all can be loaded from any.

    A name is no history: it can be given to another point, and old autosaves are given up.
    """

    __table_args__ = _on_a_timeline()

    world: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    timeline: str
    seq: int = Field(sa_type=BigInteger)
    body: str = Field(sa_type=Text)
    """When it was made, by the game's clock, and why."""


class SpendingRow(Row, table=True):
    """What was decided and what went to models on one day of the clock on the wall. The machine's, not a world's."""

    day: int = Field(primary_key=True)
    """Since 1970, in UTC."""
    world: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    rank: str = Field(primary_key=True)
    game_day: int = Field(primary_key=True, sa_type=BigInteger)
    decisions: int = Field(sa_type=BigInteger)
    asked: int = Field(sa_type=BigInteger)
    tokens: int = Field(sa_type=BigInteger)
    cost: float


class ModelSwitchRow(Row, table=True):
    """Whether models may be asked by those who share this record. One row, or none: they may."""

    id: int = Field(primary_key=True)
    models_on: int
    at: int = Field(sa_type=BigInteger)
    """When it was switched last: milliseconds since 1970, UTC."""


class IndexMarkRow(Row, table=True):
    """How far an index has followed a world. The mark is the record's, so a backup of it takes its indexes back too."""

    index: str = Field(primary_key=True)
    """The index's own name for itself: made anew with its folder, so a folder that was lost has no mark."""
    world: str = Field(primary_key=True, foreign_key="world.id")
    seq: int = Field(sa_type=BigInteger)


def place_of(seq: int, number: int = 0) -> int:
    """The place of the memory with this number among those of its moment, counted from 0."""
    return seq * AT_ONCE + min(number, AT_ONCE - 1)


def _table(name: str) -> Table:
    return Row.metadata.tables[name]


WORLD = _table("world")
TIMELINE = _table("timeline")
LINEAGE = _table("lineage")
FACT = _table("fact")
FACT_KNOWN = _table("fact_known")
FACT_REVEALED = _table("fact_revealed")
ASSOCIATION = _table("association")
RELATIONSHIP_CHANGE = _table("relationship_change")
MEMORY_ENTRY = _table("memory_entry")
TURN = _table("turn")
DECISION = _table("decision")
MODEL_CALL = _table("model_call")
TOOL_CALL = _table("tool_call")
MEMORY_USED = _table("memory_used")
MEMORY_FORGOTTEN = _table("memory_forgotten")
SUMMARY = _table("summary")
EXPERIENCE = _table("experience")
QUEST_CHANGE = _table("quest_change")
MOOD_CHANGE = _table("mood_change")
AFFAIR_CHANGE = _table("affair_change")
TRAIT_CHANGE = _table("trait_change")
TALK_PLACE = _table("talk_place")
NEWS = _table("news")
SAVE = _table("save")
INDEX_MARK = _table("index_mark")
SPENDING = _table("spending")
MODEL_SWITCH = _table("model_switch")
