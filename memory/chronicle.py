"""How lives went: moods, traits, quests, affairs, experiences, and how people came to think of each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, Table, bindparam, func, not_, or_, select

from memory.record.moods import latest_temper
from memory.record.record import Record
from memory.record.rows import parsed
from memory.record.tables import AFFAIR_CHANGE, EXPERIENCE, FACT, MOOD_CHANGE, QUEST_CHANGE, RELATIONSHIP_CHANGE
from memory.timelines.timelines import visible
from memory.values import Worlds
from schemas import (
    TIDINGS,
    Affair,
    AffairChange,
    Experience,
    Fact,
    Mood,
    QuestProgress,
    Relationship,
    RelationshipChange,
    TraitDrift,
)

T = TypeVar("T")
_CHANGE = RELATIONSHIP_CHANGE.c
_STEPS = (
    select(
        _CHANGE.affinity_change, _CHANGE.trust_change, _CHANGE.affinity, _CHANGE.trust, _CHANGE.reason,
        _CHANGE.timeline, _CHANGE.seq,
    )
    .where(
        visible(RELATIONSHIP_CHANGE),
        _CHANGE.character == bindparam("character"),
        _CHANGE.toward == bindparam("toward"),
    )
    .order_by(_CHANGE.seq, _CHANGE.number)
)  # fmt: skip
_EXPERIENCES = (
    select(EXPERIENCE.c.body)
    .where(visible(EXPERIENCE), EXPERIENCE.c.character == bindparam("character"))
    .order_by(EXPERIENCE.c.seq.desc(), EXPERIENCE.c.id)
    .limit(bindparam("limit"))
)
_EXPERIENCES_OF_KIND = _EXPERIENCES.where(EXPERIENCE.c.kind == bindparam("kind"))
_MOOD = (
    select(MOOD_CHANGE.c.body)
    .where(visible(MOOD_CHANGE), MOOD_CHANGE.c.character == bindparam("character"))
    .order_by(MOOD_CHANGE.c.seq.desc())
    .limit(1)
)


@lru_cache(maxsize=4_096)
def _experience(body: str) -> Experience:
    """Read once, for a boss reads hundreds of them before each of its plans."""
    return parsed(Experience, body)


@lru_cache(maxsize=4_096)
def _quest(body: str) -> QuestProgress:
    """Read once: the ledger is looked through whenever something happens that could be a quest's."""
    return parsed(QuestProgress, body)


def _latest(table: Table, of: ColumnElement[str]) -> ColumnElement[int]:
    return func.row_number().over(partition_by=of, order_by=table.c.seq.desc()).label("age")


_RANKED_QUESTS = (
    select(QUEST_CHANGE.c.quest, QUEST_CHANGE.c.body, _latest(QUEST_CHANGE, QUEST_CHANGE.c.quest))
    .where(visible(QUEST_CHANGE))
    .subquery()
)
_QUESTS = select(_RANKED_QUESTS.c.body).where(_RANKED_QUESTS.c.age == 1).order_by(_RANKED_QUESTS.c.quest)
_LEDGER = (select(QUEST_CHANGE.c.quest, QUEST_CHANGE.c.body, QUEST_CHANGE.c.seq).where(visible(QUEST_CHANGE))).order_by(
    QUEST_CHANGE.c.seq, QUEST_CHANGE.c.quest
)
_HAPPENED = (
    select(FACT.c.body)
    .where(visible(FACT), or_(*(FACT.c.body.contains(f'"event_type":"{name}"', autoescape=True) for name in TIDINGS)))
    .order_by(FACT.c.seq, FACT.c.id)
)
_RANKED_AFFAIRS = (
    select(AFFAIR_CHANGE.c.affair, AFFAIR_CHANGE.c.body, _latest(AFFAIR_CHANGE, AFFAIR_CHANGE.c.affair))
    .where(
        visible(AFFAIR_CHANGE),
        or_(
            bindparam("all_talks", type_=Integer) == 1,
            not_(AFFAIR_CHANGE.c.affair.startswith("talks:")),
            AFFAIR_CHANGE.c.affair == bindparam("talks"),
        ),
    )
    .subquery()
)
_AFFAIRS = select(_RANKED_AFFAIRS.c.body).where(_RANKED_AFFAIRS.c.age == 1).order_by(_RANKED_AFFAIRS.c.affair)


@lru_cache(maxsize=16_384)
def _affair(body: str) -> Affair:
    """Read once: what is in force is asked for before each round of talks."""
    return parsed(AffairChange, body).affair


_RANKED_REGARD = (
    select(
        _CHANGE.character,
        _CHANGE.affinity,
        _CHANGE.trust,
        func.row_number()
        .over(partition_by=_CHANGE.character, order_by=(_CHANGE.seq.desc(), _CHANGE.number.desc()))
        .label("age"),
    )
    .where(visible(RELATIONSHIP_CHANGE), _CHANGE.toward == bindparam("toward"))
    .subquery()
)
_REGARD = (
    select(_RANKED_REGARD.c.character, _RANKED_REGARD.c.affinity, _RANKED_REGARD.c.trust)
    .where(_RANKED_REGARD.c.age == 1)
    .order_by(_RANKED_REGARD.c.character)
)


class Chronicle:
    """What a timeline knows of how lives went. Where a `timeline` may be None it is the world's current one.

    Every method may raise `RecordError`, and `UnknownThing` for a world or timeline that is not there.
    """

    def __init__(self, record: Record, worlds: Worlds) -> None:
        self._record, self._worlds = record, worlds

    async def relationship(
        self, world: str, timeline: str | None, character: str, toward: str
    ) -> list[RelationshipChange]:
        """Every step in how a character came to think of another, oldest first."""

        def unit(connection: Connection, here: str) -> list[RelationshipChange]:
            who = {"world": world, "timeline": here, "character": character, "toward": toward}
            steps = connection.execute(_STEPS, who).mappings()
            return [RelationshipChange(character=character, toward=toward, **step) for step in steps]

        return await self._read(world, timeline, unit)

    async def reputation(self, world: str, timeline: str | None, of: str) -> dict[str, Relationship]:
        """What factions think of somebody, by faction: all zeros where nothing has happened between them."""
        factions = self._worlds.world(world).factions

        def unit(connection: Connection, here: str) -> dict[str, Relationship]:
            rows = connection.execute(_REGARD, {"world": world, "timeline": here, "toward": of})
            regard = {character: (affinity, trust) for character, affinity, trust in rows}
            return {
                faction: Relationship(
                    character=faction,
                    toward=of,
                    affinity=regard.get(faction, (0.0, 0.0))[0],
                    trust=regard.get(faction, (0.0, 0.0))[1],
                )
                for faction in sorted(factions)
            }

        return await self._read(world, timeline, unit)

    async def quests(self, world: str, timeline: str | None = None) -> list[QuestProgress]:
        """How each quest stands now, by id."""

        def unit(connection: Connection, here: str) -> list[QuestProgress]:
            bodies = connection.execute(_QUESTS, {"world": world, "timeline": here}).scalars()
            return [parsed(QuestProgress, body) for body in bodies]

        return await self._read(world, timeline, unit)

    async def affairs(self, world: str, timeline: str | None = None, *, thread: str | None = None) -> list[Affair]:
        """How each thing between factions stands now: treaties, promises, wars and talks, by their keys.

        `thread`: of all talks only those; others are many after a while.
        """
        here = await self._worlds.find_timeline(world, timeline)

        def unit(connection: Connection) -> list[Affair]:
            which = {"all_talks": int(thread is None), "talks": f"talks:{thread}"}
            bodies = connection.execute(_AFFAIRS, {"world": world, "timeline": here, **which}).scalars()
            return [_affair(body) for body in bodies]

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def ledger(self, world: str, timeline: str | None = None) -> list[QuestProgress]:
        """How each quest stands now, in the order in which they were offered."""
        here = await self._worlds.find_timeline(world, timeline)

        def unit(connection: Connection) -> list[QuestProgress]:
            latest = dict[str, str]()
            for quest, body, _ in connection.execute(_LEDGER, {"world": world, "timeline": here}):
                latest[quest] = body  # a key that is there already keeps its place
            return [_quest(body) for body in latest.values()]

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def quest_history(self, world: str, timeline: str | None, quest: str) -> list[QuestProgress]:
        """Every step of a quest, oldest first; none: this timeline knows no such quest."""

        def unit(connection: Connection, here: str) -> list[QuestProgress]:
            rows = connection.execute(_LEDGER, {"world": world, "timeline": here})
            return [_quest(body) for name, body, _ in rows if name == quest]

        return await self._read(world, timeline, unit)

    async def tidings(self, world: str, timeline: str | None = None) -> list[Fact]:
        """The facts that tell of deaths, of places that are gone, and of things that changed hands; oldest first."""
        here = await self._worlds.find_timeline(world, timeline)

        def unit(connection: Connection) -> list[Fact]:
            bodies = connection.execute(_HAPPENED, {"world": world, "timeline": here}).scalars()
            return [parsed(Fact, body) for body in bodies]

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def mood(self, world: str, timeline: str | None, character: str) -> Mood | None:
        """The mood that a character was last seen in; None: none was ever recorded."""

        def unit(connection: Connection, here: str) -> Mood | None:
            who = {"world": world, "timeline": here, "character": character}
            body = connection.execute(_MOOD, who).scalar_one_or_none()
            return None if body is None else parsed(Mood, body)

        return await self._read(world, timeline, unit)

    async def temper(self, world: str, timeline: str | None, character: str) -> tuple[Mood | None, TraitDrift | None]:
        """The mood that a character was last seen in, and how far life has moved its traits; None: not at all."""
        here = await self._worlds.find_timeline(world, timeline)

        def unit(connection: Connection) -> tuple[Mood | None, TraitDrift | None]:
            return latest_temper(connection, world, here, character)

        at_once = self._record.at_once(unit, writes=False)
        return at_once[0] if at_once is not None else await self._record.read(unit)

    async def experiences(
        self, world: str, timeline: str | None, character: str, *, kind: str | None = None, last: int = 1_000
    ) -> list[Experience]:
        """The last experiences of a character, of one kind or of all, oldest first.

        The same ones come as the same objects while they are asked for: leave them as they are.
        """

        def unit(connection: Connection, here: str) -> list[Experience]:
            who: dict[str, object] = {"world": world, "timeline": here, "character": character, "limit": last}
            if kind is not None:
                who["kind"] = kind
            bodies = connection.execute(_EXPERIENCES if kind is None else _EXPERIENCES_OF_KIND, who).scalars().all()
            return [_experience(body) for body in reversed(bodies)]

        return await self._read(world, timeline, unit)

    async def _read(self, world: str, timeline: str | None, unit: Callable[[Connection, str], T]) -> T:
        here = await self._worlds.find_timeline(world, timeline)
        return await self._record.read(lambda connection: unit(connection, here))
