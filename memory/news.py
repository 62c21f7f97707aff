"""What the game tells: facts, memories, talk, quests, moods, affairs and experiences, at one moment and once."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from memory.record.commits import affair_rows, apply, experience_rows, quest_rows
from memory.record.rows import Fields, new_rows
from memory.record.tables import (
    AFFAIR_CHANGE,
    EXPERIENCE,
    FACT,
    MEMORY_ENTRY,
    MOOD_CHANGE,
    NEWS,
    QUEST_CHANGE,
    TURN,
    place_of,
)
from memory.timelines.timelines import take_moment, visible
from memory.values import News, Told

_TOLD = select(NEWS.c.seq).where(visible(NEWS), NEWS.c.id == bindparam("id"))


class AlreadyTold(Exception):
    """It was told before. Rolls the unit back, so that its moment is not lost."""

    def __init__(self, seq: int) -> None:
        self.told = Told(seq, fresh=False)
        super().__init__(seq)


def tell(connection: Connection, news: News) -> Told:
    """Write what is told at one moment. See `Memory.tell`.

    Raises:
        AlreadyTold: this timeline has heard it before.
        UnknownThing: the world is not in the record.
    """
    seq, current = take_moment(connection, news.world)
    here: Fields = {"world": news.world, "timeline": news.timeline or current, "seq": seq}
    known = connection.execute(_TOLD, {"world": news.world, "timeline": here["timeline"], "id": news.id}).first()
    if known is not None:
        raise AlreadyTold(known[0])
    new_rows(connection, NEWS, [here | {"id": news.id}])
    new_rows(connection, FACT, [here | {"id": fact.id, "body": fact.model_dump_json()} for fact in news.facts])
    for number, effect in enumerate(news.effects):
        apply(connection, here, number, effect)
    new_rows(
        connection,
        MEMORY_ENTRY,
        [
            here
            | {
                "id": entry.id,
                "place": place_of(seq, number),
                "character": entry.character,
                "body": entry.model_dump_json(),
            }
            for number, entry in enumerate(news.memories)
        ],
    )
    new_rows(connection, TURN, [here | row for row in _turn_rows(news)])
    new_rows(
        connection,
        QUEST_CHANGE,
        quest_rows(news.quests, here),
    )
    new_rows(
        connection,
        MOOD_CHANGE,
        [here | {"character": mood.character, "body": mood.model_dump_json()} for mood in news.moods],
    )
    new_rows(connection, AFFAIR_CHANGE, affair_rows(news.affairs, here))
    new_rows(connection, EXPERIENCE, experience_rows(news.experiences, here))
    return Told(seq, fresh=True)


def _turn_rows(news: News) -> list[Fields]:
    said = [(thread, turn) for thread, turns in news.turns.items() for turn in turns]
    return [
        {"thread": thread, "number": number, "body": turn.model_dump_json()}
        for number, (thread, turn) in enumerate(said)
    ]
