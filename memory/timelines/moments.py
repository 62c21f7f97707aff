"""The log of a timeline: its moments, newest first, and what happened at each."""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, func, or_, select

from memory.record.tables import (
    AFFAIR_CHANGE,
    DECISION,
    EXPERIENCE,
    FACT,
    FACT_KNOWN,
    FACT_REVEALED,
    LINEAGE,
    MEMORY_ENTRY,
    MEMORY_FORGOTTEN,
    MOOD_CHANGE,
    NEWS,
    QUEST_CHANGE,
    RELATIONSHIP_CHANGE,
    SAVE,
    SUMMARY,
    TALK_PLACE,
    TIMELINE,
    TOOL_CALL,
    TRAIT_CHANGE,
    TURN,
    Row,
)
from memory.timelines.timelines import visible
from schemas import Affect, TraitStep, Value, WorldTime

SHOWN = 3
"""Things of one kind that are told of a moment; of the others only how many there are."""
AT_ONCE = 500
"""Moments that are read in one statement."""
LETTERS = 120
"""Of a longer text the beginning is told."""

Said = Mapping[str, Any]
"""A row, its body read."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    kind: str
    """The record's word for it: `decision`, `fact`, `turn`, `save`, ..."""
    text: str


@dataclass(slots=True)
class Moment:
    """Everything that happened at one moment."""

    seq: int
    timeline: str
    at: WorldTime | None = None
    """By the game's clock; None: nothing of it tells the time."""
    happened: list[Happening] = field(default_factory=list[Happening])


def _place(body: Said) -> str:
    """Where a talk stands, in short."""
    where = f"{body['tree']}, {body['node']}" if body.get("node") else "free talk"
    return f"{where}, cut short" if body.get("heard") is not None else where


_SAYS: dict[str, Callable[[Said], str]] = {
    DECISION.name: lambda row: f"{row['kind']} by {row['character']}: {row['id']} ({row['source']}, {row['reason']})",
    TOOL_CALL.name: lambda row: f"{row['body']['result']['tool']}: {row['body']['result']['status']}",
    NEWS.name: lambda row: f"the game told '{row['id']}'",
    FACT.name: lambda row: f"{row['id']}: {row['body']['text']}",
    FACT_KNOWN.name: lambda row: f"{row['knower']} learned {row['fact']}",
    FACT_REVEALED.name: lambda row: f"{row['fact']} came out",
    RELATIONSHIP_CHANGE.name: lambda row: (
        f"{row['character']} toward {row['toward']}: affinity {row['affinity_change']:+.2f}, "
        f"trust {row['trust_change']:+.2f}" + (f" ({row['reason']})" if row["reason"] else "")
    ),
    MEMORY_ENTRY.name: lambda row: f"{row['character']}: {row['body']['text']}",
    MEMORY_FORGOTTEN.name: lambda row: f"{row['character']} forgot {row['memory']} ({row['reason']})",
    TURN.name: lambda row: f"{row['body']['speaker']}: {row['body']['text']}",
    SUMMARY.name: lambda row: f"{row['thread']}: {row['body']['text']}",
    TALK_PLACE.name: lambda row: f"{row['thread']}: {_place(row['body'])}",
    QUEST_CHANGE.name: lambda row: f"{row['quest']}: {row['status']}",
    AFFAIR_CHANGE.name: lambda row: f"{row['affair']}: {row['status']}",
    MOOD_CHANGE.name: lambda row: f"{row['character']}: {_figures(row['body'], Affect)}",
    TRAIT_CHANGE.name: lambda row: f"{row['character']}: {_figures(row['body'], TraitStep)}",
    EXPERIENCE.name: lambda row: f"{row['character']}: {row['body']['choice']}",
}
"""What is told of a row, in the order in which it is told of a moment."""
_TIMES = (
    DECISION.name,
    MEMORY_ENTRY.name,
    TURN.name,
    QUEST_CHANGE.name,
    MOOD_CHANGE.name,
    EXPERIENCE.name,
    TRAIT_CHANGE.name,
    TALK_PLACE.name,
)


def log(connection: Connection, world: str, timeline: str, upto: int, limit: int) -> list[Moment]:
    """The last `limit` moments that a timeline sees, from moment `upto` back."""
    here = {"world": world, "timeline": timeline}
    marks = list(_marks(connection, here))
    newest = [seq for seq, *_ in marks if seq <= upto]
    for name in _SAYS:
        newest += connection.execute(_NEWEST[name], here | {"upto": upto, "limit": limit}).scalars()
    chosen = heapq.nlargest(limit, set(newest))
    moments: dict[int, Moment] = {}
    for start in range(0, len(chosen), AT_ONCE):
        for name, says in _SAYS.items():
            rows = connection.execute(_ROWS[name], here | {"moments": chosen[start : start + AT_ONCE]})
            _tell(moments, name, says, [_read(dict(row)) for row in rows.mappings()])
    for seq, where, happening, at in marks:
        if seq in chosen:
            moment = moments.setdefault(seq, Moment(seq, where))
            moment.happened.append(happening)
            moment.at = moment.at or at
    return [moments[seq] for seq in chosen]


def _tell(moments: dict[int, Moment], kind: str, says: Callable[[Said], str], rows: Sequence[Said]) -> None:
    by_moment: dict[int, list[Said]] = defaultdict(list)
    for row in rows:
        by_moment[row["seq"]].append(row)
    for seq, those in by_moment.items():
        moment = moments.setdefault(seq, Moment(seq, those[0]["timeline"]))
        moment.happened += [Happening(kind, _short(says(row))) for row in those]
        more = those[0]["total"] - len(those)
        if more:
            moment.happened.append(Happening(kind, f"and {more} more"))
        if moment.at is None and kind in _TIMES:
            moment.at = _time(those[0])


def _marks(
    connection: Connection, here: Mapping[str, object]
) -> Iterator[tuple[int, str, Happening, WorldTime | None]]:
    """Saves on this line, and timelines that began on it or from it: moment, timeline, what to say, when."""
    saves = select(SAVE.c.name, SAVE.c.timeline, SAVE.c.seq, SAVE.c.body).where(visible(SAVE)).order_by(SAVE.c.name)
    for name, timeline, seq, body in connection.execute(saves, here):
        note = json.loads(body)
        about = f": {note['about']}" if note.get("about") else ""
        yield seq, timeline, Happening("save", _short(f"'{name}'{about}")), _as_time(note.get("at"))
    began = (
        select(TIMELINE.c.id, TIMELINE.c.parent, TIMELINE.c.forked_at, TIMELINE.c.seq)
        .distinct()
        .join(LINEAGE, LINEAGE.c.world == TIMELINE.c.world)
        .where(
            LINEAGE.c.world == bindparam("world"),
            LINEAGE.c.timeline == bindparam("timeline"),
            LINEAGE.c.upto >= TIMELINE.c.seq,
            TIMELINE.c.parent.is_not(None),
            or_(LINEAGE.c.ancestor == TIMELINE.c.id, LINEAGE.c.ancestor == TIMELINE.c.parent),
        )
        .order_by(TIMELINE.c.seq)
    )
    for id_, parent, at, seq in connection.execute(began, here):
        yield seq, id_, Happening("timeline", f"{id_} began, from {parent}@{at}"), None


def _read(row: Mapping[str, Any]) -> Said:
    return {**row, "body": json.loads(row["body"])} if "body" in row else row


def _figures(body: Said, of: type[Value]) -> str:
    """`valence -0.30, arousal +0.20`: what is not nothing."""
    said = [f"{name} {body[name]:+.2f}" for name in of.model_fields if body.get(name)]
    return ", ".join(said) or "as usual"


def _time(row: Said) -> WorldTime | None:
    if "at" in row:
        return WorldTime.from_minutes(row["at"]) if row["at"] is not None else None
    return _as_time(row["body"].get("at"))


def _as_time(at: dict[str, int] | None) -> WorldTime | None:
    return WorldTime.model_validate(at) if at else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LETTERS else f"{line[: LETTERS - 1]}…"


def _newest(name: str) -> Any:
    seq = Row.metadata.tables[name].c.seq
    return (
        select(seq)
        .where(visible(Row.metadata.tables[name]), seq <= bindparam("upto", type_=BigInteger))
        .distinct()
        .order_by(seq.desc())
        .limit(bindparam("limit"))
    )


def _rows(name: str) -> Any:
    table = Row.metadata.tables[name]
    order = [column for column in table.primary_key.columns if column.name not in ("world", "seq")]
    ranked = (
        select(
            *[column for column in table.columns if column.name != "world"],
            func.row_number().over(partition_by=table.c.seq, order_by=order).label("rank"),
            func.count().over(partition_by=table.c.seq).label("total"),
        )
        .where(visible(table), table.c.seq.in_(bindparam("moments", expanding=True)))
        .subquery()
    )
    return select(ranked).where(ranked.c.rank <= SHOWN).order_by(ranked.c.seq, ranked.c.rank)


_NEWEST = {name: _newest(name) for name in _SAYS}
_ROWS = {name: _rows(name) for name in _SAYS}
