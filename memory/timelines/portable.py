"""The portable file of a world: JSON lines that people can read. The first says what it is, each other is one row.

    {"format": "loomwright-world", "version": 1, "world": "morning", "name": "Morning", "of": null, "rows": {"fact": 3}}
    {"table": "world", "seq": 1, "current_timeline": "main", "sheet": {"info": {"id": "morning"}}}
    {"table": "timeline", "id": "main", "seq": 0}
    {"table": "fact", "timeline": "main", "seq": 1, "id": "good_beer", "body": {"text": "The beer is good."}}

After the world come its timelines, then its history moment by moment, then its saves. What can be worked out again (the
lineages, the indexes) is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, NonNegativeInt
from sqlalchemy import Table

from memory.record.tables import (
    AFFAIR_CHANGE,
    ASSOCIATION,
    DECISION,
    EXPERIENCE,
    FACT,
    FACT_KNOWN,
    FACT_REVEALED,
    MEMORY_ENTRY,
    MEMORY_FORGOTTEN,
    MEMORY_USED,
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
    WORLD,
)
from memory.timelines.saves import SaveNote
from schemas import (
    AffairChange,
    Decision,
    Experience,
    Fact,
    Id,
    MemoryEntry,
    Mood,
    QuestProgress,
    StagedCall,
    Summary,
    TalkPlace,
    TraitDrift,
    Turn,
    Value,
    WorldPack,
)

FORMAT = "loomwright-world"
VERSION = 1

_ONE_LINE = {number: f"\\u{number:04x}" for number in (0x85, 0x2028, 0x2029)}
"""What JSON may leave as it is, and some who read lines take for the end of one."""

HISTORY: tuple[Table, ...] = (
    NEWS,
    DECISION,
    TOOL_CALL,
    FACT,
    FACT_KNOWN,
    FACT_REVEALED,
    ASSOCIATION,
    RELATIONSHIP_CHANGE,
    MEMORY_ENTRY,
    MEMORY_USED,
    MEMORY_FORGOTTEN,
    TURN,
    SUMMARY,
    TALK_PLACE,
    QUEST_CHANGE,
    MOOD_CHANGE,
    AFFAIR_CHANGE,
    TRAIT_CHANGE,
    EXPERIENCE,
)
"""What happens, in the order in which a moment's rows are written."""
TABLES: Mapping[str, Table] = {table.name: table for table in (WORLD, TIMELINE, *HISTORY, SAVE)}
WHOLE: Mapping[str, type[Value]] = {
    WORLD.name: WorldPack,
    DECISION.name: Decision,
    TOOL_CALL.name: StagedCall,
    FACT.name: Fact,
    MEMORY_ENTRY.name: MemoryEntry,
    TURN.name: Turn,
    SUMMARY.name: Summary,
    TALK_PLACE.name: TalkPlace,
    QUEST_CHANGE.name: QuestProgress,
    MOOD_CHANGE.name: Mood,
    AFFAIR_CHANGE.name: AffairChange,
    TRAIT_CHANGE.name: TraitDrift,
    EXPERIENCE.name: Experience,
    SAVE.name: SaveNote,
}
"""What the `body` of a table's rows holds, or the `sheet` of a world."""
REPEATED: Mapping[str, frozenset[str]] = {
    DECISION.name: frozenset(
        {"model", "attempts", "prompt_tokens", "completion_tokens", "cost", "in_grammar", "in_schema", "in_world"}
    )
}
"""Columns that only repeat what a whole value says: they are filled in when a file is read."""
KEYS = (MEMORY_USED.c.memory, MEMORY_FORGOTTEN.c.memory, MEMORY_FORGOTTEN.c.into)
"""Columns that name a memory by its timeline and id."""


class Header(Value):
    """The first line."""

    format: Literal["loomwright-world"]
    version: Literal[1]
    world: Id
    name: str
    """What people call it."""
    of: str | None
    """The point whose history was written, as one line; None: the whole world with all its timelines."""
    rows: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """How many rows of each table follow."""


def whole_column(table: str) -> str | None:
    """The column in which a row keeps a value as a whole."""
    return None if table not in WHOLE else "sheet" if table == WORLD.name else "body"


def as_line(table: str, row: Mapping[str, Any]) -> str:
    """A row as a line of the file: without the world, which the header names, and without what is empty."""
    whole = whole_column(table)
    kept = {
        name: json.loads(value) if name == whole else value
        for name, value in row.items()
        if name != "world" and value is not None and name not in REPEATED.get(table, ())
    }
    if table == WORLD.name:
        del kept["id"]
    return json.dumps({"table": table, **kept}, ensure_ascii=False).translate(_ONE_LINE)


def as_text(table: str, value: Value) -> str:
    """A whole value as the record keeps it."""
    return value.model_dump_json(by_alias=table == DECISION.name)
