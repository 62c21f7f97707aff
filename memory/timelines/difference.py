"""How two points of a world's history differ: what each has that the other has not since they parted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Connection, Table, bindparam, func, select

from memory.record.rows import parsed
from memory.record.tables import (
    AFFAIR_CHANGE,
    FACT,
    FACT_KNOWN,
    FACT_REVEALED,
    MEMORY_ENTRY,
    MEMORY_FORGOTTEN,
    MOOD_CHANGE,
    QUEST_CHANGE,
    RELATIONSHIP_CHANGE,
    TRAIT_CHANGE,
    TURN,
    Row,
)
from memory.timelines.points import Point
from memory.timelines.timelines import line_of, visible
from schemas import (
    Affair,
    AffairChange,
    Affect,
    Fact,
    MemoryEntry,
    Mood,
    QuestProgress,
    Relationship,
    TraitDrift,
    TraitStep,
    Turn,
    Value,
)

V = TypeVar("V", bound=Value)
_HERE = ("timeline", "seq")


@dataclass(frozen=True, slots=True)
class Side:
    """What one point has and the other has not."""

    point: Point
    facts: tuple[Fact, ...] = ()
    learned: tuple[tuple[str, str], ...] = ()
    """Who learned which fact that was told before: knower and fact."""
    revealed: tuple[str, ...] = ()
    """Secrets that came out, by id."""
    relationships: tuple[Relationship, ...] = ()
    """How those stand here whose relationship went another way there."""
    memories: tuple[MemoryEntry, ...] = ()
    forgotten: tuple[str, ...] = ()
    """Keys of memories that no longer come to mind."""
    quests: tuple[QuestProgress, ...] = ()
    """How those stand here that went another way there."""
    affairs: tuple[Affair, ...] = ()
    """How those stand here that went another way there: treaties, promises, wars, talks."""
    moods: tuple[Mood, ...] = ()
    """Of those who feel otherwise there."""
    drifts: tuple[TraitDrift, ...] = ()
    """Of those whose traits went another way there."""
    turns: tuple[tuple[str, Turn], ...] = ()
    """Thread, and what was said."""

    def in_words(self) -> Iterator[str]:
        """A line for each thing."""
        for fact in self.facts:
            yield f"fact {fact.id}: {fact.text}"
        for knower, fact in self.learned:
            yield f"{knower} learned {fact}"
        for fact in self.revealed:
            yield f"{fact} came out"
        for tie in self.relationships:
            yield f"{tie.character} toward {tie.toward}: affinity {tie.affinity:+.2f}, trust {tie.trust:+.2f}"
        for memory in self.memories:
            yield f"{memory.character} remembers {memory.id}: {memory.text}"
        for memory in self.forgotten:
            yield f"forgotten: {memory}"
        for quest in self.quests:
            yield f"quest {quest.quest}: {quest.status}"
        for affair in self.affairs:
            yield f"{affair.key}: {affair.status}"
        for mood in self.moods:
            yield f"mood of {mood.character}: {_figures(mood, Affect)}"
        for drift in self.drifts:
            yield f"traits of {drift.character}: {_figures(drift, TraitStep)}"
        for thread, turn in self.turns:
            yield f"{thread}: {turn.speaker}: {turn.text}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two points, and the last moment that both have."""

    since: Point
    a: Side
    b: Side

    def __str__(self) -> str:
        parts = [f"Both have what happened up to {self.since}."]
        for side in (self.a, self.b):
            lines = [f"  {line}" for line in side.in_words()]
            parts += [f"Only {side.point} has:", *(lines or ["  nothing"])]
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Own:
    """What one point sees and the other does not: of each timeline the moments after one and up to another."""

    point: Point
    spans: Mapping[str, tuple[int, int]]


def diff(connection: Connection, world: str, a: Point, b: Point) -> Difference:
    """Compare two points. What both have is the same history, so nothing of it is read."""
    sees_a, sees_b = _sees(connection, world, a), _sees(connection, world, b)
    common = {name: min(sees_a[name], sees_b[name]) for name in sees_a.keys() & sees_b.keys()}
    since, at = max(common.items(), key=lambda shared: shared[1], default=(a.timeline, 0))
    own_a, own_b = _own(a, sees_a, common, at), _own(b, sees_b, common, at)
    ties = {pair for own in (own_a, own_b) for pair in _changed(connection, world, own, RELATIONSHIP_CHANGE, *_TIE)}
    quests = {quest for own in (own_a, own_b) for quest in _changed(connection, world, own, QUEST_CHANGE, "quest")}
    affairs = {key for own in (own_a, own_b) for key in _changed(connection, world, own, AFFAIR_CHANGE, "affair")}
    moods, drifts = (
        {who for own in (own_a, own_b) for who in _changed(connection, world, own, table, "character")}
        for table in (MOOD_CHANGE, TRAIT_CHANGE)
    )
    changed = _Changed(ties, quests, affairs, moods, drifts)
    return Difference(
        Point(since, at), _side(connection, world, own_a, changed), _side(connection, world, own_b, changed)
    )


_TIE = ("character", "toward")
_Keys = set[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Changed:
    """What changed on either side since they parted: of each the key."""

    ties: _Keys
    quests: _Keys
    affairs: _Keys
    moods: _Keys
    drifts: _Keys


def _figures(value: Value, of: type[Value]) -> str:
    return ", ".join(f"{name} {getattr(value, name):+.2f}" for name in of.model_fields)


def _sees(connection: Connection, world: str, point: Point) -> dict[str, int]:
    return {name: min(upto, point.seq) for name, upto in line_of(connection, world, point.timeline).items()}


def _own(point: Point, sees: Mapping[str, int], common: Mapping[str, int], since: int) -> _Own:
    """A timeline that only one of the two sees began after they parted."""
    spans = {name: (common.get(name, since), upto) for name, upto in sees.items()}
    return _Own(point, {name: span for name, span in spans.items() if span[0] < span[1]})


def _side(connection: Connection, world: str, own: _Own, changed: _Changed) -> Side:
    def new(table: Table) -> list[dict[str, Any]]:
        return _rows(connection, world, own, table)

    standings = _latest(connection, world, own.point, RELATIONSHIP_CHANGE, _TIE)
    stands = _latest(connection, world, own.point, QUEST_CHANGE, ("quest",))
    between = _latest(connection, world, own.point, AFFAIR_CHANGE, ("affair",))
    moods = _latest(connection, world, own.point, MOOD_CHANGE, ("character",))
    drifts = _latest(connection, world, own.point, TRAIT_CHANGE, ("character",))
    told = new(FACT)
    fresh = {row["id"] for row in told}
    return Side(
        point=own.point,
        facts=tuple(parsed(Fact, row["body"]) for row in told),
        learned=tuple((row["knower"], row["fact"]) for row in new(FACT_KNOWN) if row["fact"] not in fresh),
        revealed=tuple(row["fact"] for row in new(FACT_REVEALED)),
        relationships=tuple(
            Relationship(character=who, toward=toward, affinity=row["affinity"], trust=row["trust"])
            if (row := standings.get((who, toward)))
            else Relationship(character=who, toward=toward)
            for who, toward in sorted(changed.ties)
        ),
        memories=tuple(parsed(MemoryEntry, row["body"]) for row in new(MEMORY_ENTRY)),
        forgotten=tuple(row["memory"] for row in new(MEMORY_FORGOTTEN)),
        quests=tuple(parsed(QuestProgress, stands[key]["body"]) for key in sorted(changed.quests) if key in stands),
        affairs=tuple(
            parsed(AffairChange, between[key]["body"]).affair for key in sorted(changed.affairs) if key in between
        ),
        moods=tuple(parsed(Mood, moods[who]["body"]) for who in sorted(changed.moods) if who in moods),
        drifts=tuple(parsed(TraitDrift, drifts[who]["body"]) for who in sorted(changed.drifts) if who in drifts),
        turns=tuple((row["thread"], parsed(Turn, row["body"])) for row in new(TURN)),
    )


def _changed(connection: Connection, world: str, own: _Own, table: Table, *names: str) -> set[tuple[str, ...]]:
    return {tuple(row[name] for name in names) for row in _rows(connection, world, own, table)}


def _rows(connection: Connection, world: str, own: _Own, table: Table) -> list[dict[str, Any]]:
    """The rows that only this point sees, in their order."""
    if not own.spans:
        return []
    after, upto = min(span[0] for span in own.spans.values()), max(span[1] for span in own.spans.values())
    where = {"world": world, "timeline": own.point.timeline, "after": after, "upto": upto}
    found = connection.execute(_BETWEEN[table.name], where).mappings()
    return [
        dict(row) for row in found if row["timeline"] in own.spans and _within(row["seq"], own.spans[row["timeline"]])
    ]


def _within(seq: int, span: tuple[int, int]) -> bool:
    return span[0] < seq <= span[1]


def _latest(
    connection: Connection, world: str, point: Point, table: Table, of: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """The last row of each subject that a point sees."""
    where = {"world": world, "timeline": point.timeline, "upto": point.seq}
    rows = connection.execute(_LAST[table.name], where).mappings()
    return {tuple(row[name] for name in of): dict(row) for row in rows}


def _between(table: Table) -> Any:
    return (
        select(table)
        .where(
            visible(table),
            table.c.seq > bindparam("after", type_=BigInteger),
            table.c.seq <= bindparam("upto", type_=BigInteger),
        )
        .order_by(table.c.seq, *[column for column in table.primary_key.columns if column.name not in _HERE])
    )


def _last(table: Table, of: tuple[str, ...]) -> Any:
    order = [table.c.seq.desc(), *([table.c.number.desc()] if "number" in table.c else [])]
    ranked = (
        select(table, func.row_number().over(partition_by=[table.c[name] for name in of], order_by=order).label("age"))
        .where(visible(table), table.c.seq <= bindparam("upto", type_=BigInteger))
        .subquery()
    )
    return select(ranked).where(ranked.c.age == 1)


_LAST = {
    RELATIONSHIP_CHANGE.name: _last(RELATIONSHIP_CHANGE, _TIE),
    QUEST_CHANGE.name: _last(QUEST_CHANGE, ("quest",)),
    AFFAIR_CHANGE.name: _last(AFFAIR_CHANGE, ("affair",)),
    MOOD_CHANGE.name: _last(MOOD_CHANGE, ("character",)),
    TRAIT_CHANGE.name: _last(TRAIT_CHANGE, ("character",)),
}
_BETWEEN = {
    table.name: _between(table)
    for table in Row.metadata.tables.values()
    if table.name
    in {FACT.name, FACT_KNOWN.name, FACT_REVEALED.name, RELATIONSHIP_CHANGE.name, MEMORY_ENTRY.name}
    | {MEMORY_FORGOTTEN.name, QUEST_CHANGE.name, AFFAIR_CHANGE.name, TURN.name, MOOD_CHANGE.name, TRAIT_CHANGE.name}
}
