"""How tools are offered to a model: as one JSON Schema that a grammar can hold it to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

from schemas import ToolSpec


def tool_schema(specs: Sequence[ToolSpec], limit: int = 3) -> dict[str, JsonValue]:
    """The JSON Schema of a list of at most `limit` calls, each of one of the tools and with its arguments.

    No tools, or a `limit` of 0: only the empty list fits.
    """
    if not specs or limit <= 0:
        return {"type": "array", "items": {"type": "object"}, "maxItems": 0}
    return {"type": "array", "items": {"anyOf": [_call(spec) for spec in specs]}, "maxItems": limit}


def _call(spec: ToolSpec) -> JsonValue:
    return {
        "type": "object",
        "description": spec.description,
        "properties": {"tool": {"const": spec.name}, "arguments": _for_grammar(spec.parameters)},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


def _for_grammar(schema: JsonValue) -> JsonValue:
    """Without our own keywords (`x-refers-to`), which are the guard's business."""
    if isinstance(schema, dict):
        return {key: _for_grammar(value) for key, value in schema.items() if not key.startswith("x-")}
    return [_for_grammar(item) for item in schema] if isinstance(schema, list) else schema


def refers_to(schema: JsonValue) -> str | None:
    """What the id at this place of a schema must point to: `known`, `present`, `fact`, or None: it is no reference."""
    return cast("str | None", schema.get("x-refers-to")) if isinstance(schema, dict) else None
