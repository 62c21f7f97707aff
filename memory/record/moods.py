"""What characters feel and have become: the last mood and drift that a timeline has seen, and what moves them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, literal, select, union_all

from memory.record.prepared import Prepared
from memory.record.rows import Fields, new_rows, parsed
from memory.record.tables import MOOD_CHANGE, TRAIT_CHANGE
from memory.timelines.timelines import visible
from schemas import Mood, Stirring, TraitDrift


def _latest(table: Table) -> Select[Any, Any]:
    newest = (
        select(literal(table.name).label("what"), table.c.body.label("body"))
        .where(visible(table), table.c.character == bindparam("character"))
        .order_by(table.c.seq.desc())
        .limit(1)
        .subquery()
    )
    return select(newest.c.what, newest.c.body)


_TEMPER = Prepared(union_all(_latest(MOOD_CHANGE), _latest(TRAIT_CHANGE)))


def latest_temper(
    connection: Connection, world: str, timeline: str, character: str
) -> tuple[Mood | None, TraitDrift | None]:
    """The mood that a character was last seen in, and how far its traits have moved; None: nothing of it happened."""
    rows = _TEMPER.rows(connection, {"world": world, "timeline": timeline, "character": character})
    found = {str(what): str(body) for what, body in rows}
    mood, drift = found.get(MOOD_CHANGE.name), found.get(TRAIT_CHANGE.name)
    return (
        None if mood is None else parsed(Mood, mood),
        None if drift is None else parsed(TraitDrift, drift),
    )


def stir(connection: Connection, here: Fields, stirring: Stirring) -> None:
    """Write what something does to a character at the moment of `here`: added to what it feels and is by then."""
    who = stirring.character
    mood, drift = latest_temper(connection, str(here["world"]), str(here["timeline"]), who)
    if stirring.moves_mood:
        body = stirring.after(mood).model_dump_json()
        new_rows(connection, MOOD_CHANGE, [here | {"character": who, "body": body}])
    if stirring.traits:
        body = stirring.traits.after(drift, who, stirring.at).model_dump_json()
        new_rows(connection, TRAIT_CHANGE, [here | {"character": who, "body": body}])
