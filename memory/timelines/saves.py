"""Saves: names for points of a world's history. Making one writes one row, loading one branches off there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select

from memory.record.prepared import Prepared
from memory.record.rows import Fields, new_rows, parsed
from memory.record.tables import DECISION, SAVE
from memory.timelines.points import RESERVED
from memory.timelines.timelines import fork, now, visible
from schemas import BadRequest, Fault, UnknownThing, Value, WorldTime

NAME = re.compile(r"[^\x00-\x1f\x7f@/\\]{1,80}")
AUTOMATIC = re.compile(r"auto-([0-9]{1,18})")
"""Names of autosaves: the highest number is the newest."""


class SaveNote(Value):
    """What a save says of itself."""

    at: WorldTime | None = None
    """When it was made, by the game's clock; None: the game had not told its time yet."""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Save:
    """A name for a point of a timeline."""

    name: str
    timeline: str
    seq: int
    at: WorldTime | None
    """When it was made, by the game's clock."""
    about: str


_SAVES = select(SAVE.c.name, SAVE.c.timeline, SAVE.c.seq, SAVE.c.body).where(SAVE.c.world == bindparam("world"))
_IN_ORDER = _SAVES.order_by(SAVE.c.seq, SAVE.c.name)
_NEWEST_SEEN = _SAVES.where(visible(SAVE)).order_by(SAVE.c.seq.desc(), SAVE.c.name.desc()).limit(1)
_LAST_SEEN = Prepared(
    select(DECISION.c.at).where(visible(DECISION), DECISION.c.at.is_not(None)).order_by(DECISION.c.seq.desc()).limit(1)
)


def saves_of(connection: Connection, world: str) -> list[Save]:
    """All saves of a world, in the order of the moments that they name."""
    return [_save(*row) for row in connection.execute(_IN_ORDER, {"world": world})]


def keep(
    connection: Connection, world: str, timeline: str, name: str, note: SaveNote, *, replace: bool = False
) -> Save:
    """Name the point at which a timeline is now.

    Raises:
        BadRequest: the name is taken, and not to be replaced.
    """
    last, _ = now(connection, world)
    if note.at is None:
        note = note.model_copy(update={"at": game_time(connection, world, timeline)})
    if replace:
        give_up(connection, world, [name])
    row: Fields = {"world": world, "name": name, "timeline": timeline, "seq": last, "body": note.model_dump_json()}
    if not new_rows(connection, SAVE, [row]):
        raise BadRequest(Fault(f"save '{name}'", "there is one of that name.", "Take another name, or replace it."))
    return Save(name, timeline, last, note.at, note.about)


def load(connection: Connection, world: str, name: str) -> str:
    """Begin a timeline at the point that a save names, make it the current one, and return its name.

    Raises:
        UnknownThing: there is no such save.
    """
    saves = {save.name: save for save in saves_of(connection, world)}
    if name not in saves:
        raise UnknownThing("save", name, saves)
    return fork(connection, world, saves[name].timeline, saves[name].seq, stay=False)


def give_up(connection: Connection, world: str, names: list[str]) -> None:
    """Forget names. What they named stays in the record."""
    connection.execute(delete(SAVE).where(SAVE.c.world == world, SAVE.c.name.in_(names)))


def autosave(connection: Connection, world: str, timeline: str, at: WorldTime, *, every: int, kept: int) -> Save | None:
    """Make the next autosave, unless somebody made a save of this line in the last `every` minutes of the game; of all
    autosaves of the world the newest `kept` stay."""
    newest = newest_save(connection, world, timeline)
    if newest is not None and newest.at is not None and 0 <= _minutes_between(newest.at, at) < every:
        return None
    numbers = sorted(int(found[1]) for save in saves_of(connection, world) if (found := AUTOMATIC.fullmatch(save.name)))
    number = numbers[-1] + 1 if numbers else 1
    made = keep(connection, world, timeline, f"auto-{number}", SaveNote(at=at))
    give_up(connection, world, [f"auto-{old}" for old in [*numbers, number][:-kept]])
    return made


def newest_save(connection: Connection, world: str, timeline: str) -> Save | None:
    """The last save that lies on a timeline's line of history."""
    rows = connection.execute(_NEWEST_SEEN, {"world": world, "timeline": timeline})
    return next((_save(*row) for row in rows), None)


def game_time(connection: Connection, world: str, timeline: str) -> WorldTime | None:
    """The game's time at the last decision of a timeline; None: nothing was decided yet."""
    rows = _LAST_SEEN.rows(connection, {"world": world, "timeline": timeline})
    return WorldTime.from_minutes(rows[0][0]) if rows else None


def checked_name(name: str) -> str:
    """A name that a player can give to a save.

    Raises:
        BadRequest: it cannot be given.
    """
    if RESERVED.fullmatch(name) or AUTOMATIC.fullmatch(name):
        what = "the name means a timeline, a moment or an autosave."
        raise BadRequest(Fault(f"save '{name}'", what, "Name it after what happened."))
    if not NAME.fullmatch(name) or name != name.strip():
        what = "a name has 1 to 80 letters, without line breaks, slashes and `@`, and no spaces around it."
        raise BadRequest(Fault(f"save '{name[:80]}'", what))
    return name


def _minutes_between(before: WorldTime, after: WorldTime) -> int:
    return after.total_minutes - before.total_minutes


def _save(name: str, timeline: str, seq: int, body: str) -> Save:
    note = parsed(SaveNote, body)
    return Save(name, timeline, seq, note.at, note.about)
