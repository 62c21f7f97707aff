"""Read what a timeline remembers: standings, facts, memories, turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, func, literal, or_, select

from memory.record.prepared import Prepared
from memory.record.rows import parsed
from memory.record.tables import FACT, MEMORY_ENTRY, MEMORY_FORGOTTEN, RELATIONSHIP_CHANGE, TURN, place_of
from memory.tags.mind import Mind
from memory.timelines.timelines import visible
from schemas import Fact, MemoryEntry, Relationship, Turn

_CHANGE = RELATIONSHIP_CHANGE.c
_STANDING = Prepared(
    select(_CHANGE.affinity, _CHANGE.trust)
    .where(
        visible(RELATIONSHIP_CHANGE),
        _CHANGE.character == bindparam("character"),
        _CHANGE.toward == bindparam("toward"),
    )
    .order_by(_CHANGE.seq.desc(), _CHANGE.number.desc())
    .limit(1)
)
_RANKED = (
    select(
        _CHANGE.toward,
        _CHANGE.affinity,
        _CHANGE.trust,
        func.row_number()
        .over(partition_by=_CHANGE.toward, order_by=(_CHANGE.seq.desc(), _CHANGE.number.desc()))
        .label("age"),
    )
    .where(visible(RELATIONSHIP_CHANGE), _CHANGE.character == bindparam("character"))
    .subquery()
)
_RELATIONSHIPS = select(_RANKED.c.toward, _RANKED.c.affinity, _RANKED.c.trust).where(_RANKED.c.age == 1)
# By id there is one good way in, the primary key: no other condition or order that could tempt SQLite to another.
_FACTS_BY_ID = Prepared(
    select(FACT.c.seq, FACT.c.id, FACT.c.body).where(visible(FACT), FACT.c.id.in_(bindparam("ids", expanding=True)))
)
_ENTRY = MEMORY_ENTRY.c


def remembered() -> ColumnElement[bool]:
    """Memories that the timeline `:timeline` of the world `:world` can see, and has not forgotten. What was forgotten
    after a fork, or on another branch, is still remembered here."""
    forgotten = select(literal(1)).where(
        visible(MEMORY_FORGOTTEN), MEMORY_FORGOTTEN.c.memory == _ENTRY.timeline + "/" + _ENTRY.id
    )
    return and_(visible(MEMORY_ENTRY), ~forgotten.correlate(MEMORY_ENTRY).exists())


_OF_CHARACTER = and_(remembered(), _ENTRY.character == bindparam("character"))
_NEWEST = Prepared(
    select(_ENTRY.timeline, _ENTRY.id, _ENTRY.place, _ENTRY.body)
    .where(_OF_CHARACTER, _ENTRY.place >= bindparam("since", type_=BigInteger))
    .order_by(_ENTRY.place.desc(), _ENTRY.id)
    .limit(bindparam("limit"))
)
_BY_ID = Prepared(
    select(_ENTRY.timeline, _ENTRY.id, _ENTRY.place, _ENTRY.body, _ENTRY.character).where(
        remembered(), _ENTRY.id.in_(bindparam("ids", expanding=True))
    )
)
# Inside of what was said JSON writes quotes otherwise, so this is the field and nothing that looks like it.
_HEARD = or_(TURN.c.body.not_like('%"heard/_by":["%', escape="/"), TURN.c.body.like(bindparam("hearer"), escape="/"))
_TURNS = (
    select(TURN.c.body)
    .where(visible(TURN), TURN.c.thread == bindparam("thread"), _HEARD)
    .order_by(TURN.c.seq.desc(), TURN.c.number.desc())
    .limit(bindparam("limit"))
)

MANY = 5_000
"""Names in one statement: databases have a limit."""
Key = str
"""A memory's name in an index: its timeline and id."""


def key_of(timeline: str, id_: str) -> Key:
    """The name of a memory in an index."""
    return f"{timeline}/{id_}"


def latest_standing(connection: Connection, world: str, timeline: str, character: str, toward: str) -> Relationship:
    """How a character stands to another; all zeros when nothing has happened between them."""
    who = {"world": world, "timeline": timeline, "character": character, "toward": toward}
    rows = _STANDING.rows(connection, who)
    affinity, trust = rows[0] if rows else (0.0, 0.0)
    return Relationship(character=character, toward=toward, affinity=affinity, trust=trust)


def all_standings(connection: Connection, world: str, timeline: str, character: str) -> list[Relationship]:
    """Everybody that the character has come to think something of, by name."""
    rows = connection.execute(_RELATIONSHIPS, {"world": world, "timeline": timeline, "character": character})
    return [
        Relationship(character=character, toward=toward, affinity=affinity, trust=trust)
        for toward, affinity, trust in sorted(rows)
    ]


def facts_of(connection: Connection, mind: Mind, ids: Sequence[str]) -> list[Fact]:
    """These facts in this order, as the timeline has them: with those who learned them, and revealed if they were."""
    bodies: dict[str, str] = {}
    for start in range(0, len(ids), MANY):
        where = {"world": mind.world, "timeline": mind.timeline, "ids": list(ids[start : start + MANY])}
        for _, id_, body in sorted(tuple(row) for row in _FACTS_BY_ID.rows(connection, where)):
            bodies.setdefault(id_, body)
    return [_as_known(parsed(Fact, bodies[id_]), mind) for id_ in ids if id_ in bodies]


def _as_known(fact: Fact, mind: Mind) -> Fact:
    card = mind.cards[fact.id]
    later = tuple(sorted(card.known_by.difference(fact.known_by)))
    if not later and card.revealed == fact.revealed:
        return fact
    return fact.model_copy(update={"known_by": fact.known_by + later, "revealed": card.revealed})


@dataclass(frozen=True, slots=True)
class Remembered:
    """A memory with its moment, unread until it is wanted: many are found for each that is chosen."""

    place: int
    """Where it lies in its character's life (`place_of`)."""
    body: str

    @property
    def entry(self) -> MemoryEntry:
        """What was experienced."""
        return parsed(MemoryEntry, self.body)


def newest_memories(
    connection: Connection, world: str, timeline: str, character: str, limit: int, *, since: int = -1
) -> dict[Key, Remembered]:
    """The last `limit` memories of a character after the moment `since`, the newest first."""
    who = {"world": world, "timeline": timeline, "character": character}
    return _remembered(_NEWEST.rows(connection, who | {"limit": limit, "since": place_of(since + 1)}))


def memories_by_key(
    connection: Connection, world: str, timeline: str, character: str, keys: Sequence[Key]
) -> dict[Key, Remembered]:
    """Those of these memories that the character can see on this timeline, in the order of the keys."""
    where = {"world": world, "timeline": timeline, "ids": [key.partition("/")[2] for key in keys]}
    found = _remembered([row[:4] for row in _BY_ID.rows(connection, where) if row[4] == character])
    return {key: found[key] for key in keys if key in found}


def _remembered(rows: Sequence[Sequence[Any]]) -> dict[Key, Remembered]:
    return {key_of(timeline, id_): Remembered(place, body) for timeline, id_, place, body in rows}


def last_turns(
    connection: Connection, world: str, timeline: str, thread: str, limit: int, *, hearer: str | None = None
) -> list[Turn]:
    """The last `limit` lines of a thread, oldest first: those that `hearer` was there for, or with None simply all."""
    named = "%" if hearer is None else '%"heard/_by":[%"' + hearer.replace("_", "/_") + '"%'
    where = {"world": world, "timeline": timeline, "thread": thread, "limit": limit, "hearer": named}
    bodies = connection.execute(_TURNS, where).scalars().all()
    return [parsed(Turn, body) for body in reversed(bodies)]
