"""A stat block as TOML, as somebody would write it by hand: the head line by line, then a table for each action."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

from schemas.creatures import CreatureTemplate

_TABLES = ("damage_modifiers",)
_LISTS_OF_TABLES = ("actions", "legendary_actions", "traits", "reactions")


def as_toml(creature: CreatureTemplate, comment: str | None = None) -> str:
    """The file of a creature: all that is not as usual, in the order of the schema; a comment goes on top."""
    fields = creature.model_dump(mode="json", exclude_defaults=True)
    fields |= {"speeds": {"walk": creature.speeds.walk, **fields.get("speeds", {})}}
    fields |= {"abilities": creature.abilities.model_dump(mode="json")}
    fields |= {"senses": {**fields.get("senses", {}), "passive_perception": creature.senses.passive_perception}}
    fields["challenge"] = str(creature.challenge) if creature.challenge % 1 else int(creature.challenge)
    head = [f"# {line}" for line in (comment or "").splitlines()]
    head += [
        f"{name} = {_value(fields[name])}"
        for name in CreatureTemplate.model_fields
        if name in fields and name not in (*_TABLES, *_LISTS_OF_TABLES)
    ]
    parts = ["\n".join(head)]
    parts += [_table(f"[{name}]", fields[name]) for name in _TABLES if name in fields]
    parts += [_table(f"[[{name}]]", one) for name in _LISTS_OF_TABLES for one in fields.get(name, ())]
    return "\n\n".join(parts) + "\n"


def as_ftl(names: Mapping[str, str], title: str) -> str:
    """The file of displayed names: a line for each locale key, in their order."""
    lines = (f"{key} = {_phrase(name)}" for key, name in sorted(names.items()))
    return f"### {title}\n\n" + "\n".join(lines) + "\n"


def _phrase(name: str) -> str:
    """A name on one line; braces are quoted, as Fluent wants it."""
    return re.sub(r"[{}]", r'{"\g<0>"}', " ".join(name.split()))


def _table(header: str, fields: Mapping[str, object]) -> str:
    return "\n".join([header, *_lines(fields)])


def _lines(fields: Mapping[str, object]) -> Iterator[str]:
    for name, value in fields.items():
        yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            inner = cast("Mapping[str, object]", value)
            return f"{{ {', '.join(_lines(inner))} }}"
        case _:
            return f"[{', '.join(map(_value, cast('list[object]', value)))}]"
