"""Make up a value that fits a schema, from a seed: for demos with no model, and for tests that want variety."""

from __future__ import annotations

import re
from random import Random
from typing import cast

from inference.schema import JsonObject

SENTENCES = (
    "The fire is low and so are our voices.",
    "Ask me again when the rain has stopped.",
    "I have seen that mark before, on a door that is no longer there.",
    "Keep your coin; bring me news from the north instead.",
    "There is a debt between us, and tonight it is due.",
    "Not here. The walls of this town have ears and a purse.",
)
WORDS = ("ash", "marta", "river-gate", "old_key", "lantern", "en", "1d6", "1", "A", "2026-01-01", "12:00:00")
"""Short names to try where a pattern must be met."""

_DEEPEST = 8


def improvise(schema: JsonObject, dice: Random) -> object:
    """A JSON value for a schema that pydantic wrote. The same dice give the same value.

    Meets types, choices, lengths, sizes and ranges; a pattern when one of `WORDS` does; knows nothing of validators.
    """
    return _Improviser(cast("dict[str, JsonObject]", schema.get("$defs", {})), dice).value(schema, 0)


class _Improviser:
    def __init__(self, defs: dict[str, JsonObject], dice: Random) -> None:
        self._defs, self._dice = defs, dice

    def value(self, schema: JsonObject, depth: int) -> object:
        if "$ref" in schema:
            return self.value(self._defs[str(schema["$ref"]).rpartition("/")[2]], depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._dice.choice(cast("list[object]", schema["enum"]))
        for union in ("anyOf", "oneOf", "allOf"):
            if union in schema:
                return self.value(self._one_of(cast("list[JsonObject]", schema[union]), depth), depth + 1)
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                return self._string(schema)
            case "integer":
                low, high = _range(schema, 1)
                return self._dice.randint(round(low), max(round(low), round(high)))
            case "number":
                low, high = _range(schema, 0.01)
                return round(self._dice.uniform(low, high), 2)
            case "boolean":
                return self._dice.random() < 0.5
            case _:
                return None

    def _one_of(self, branches: list[JsonObject], depth: int) -> JsonObject:
        """Any branch; deep down one that ends, if there is one."""
        if depth >= _DEEPEST:
            return min(branches, key=lambda branch: ("$ref" in branch, branch.get("type") in {"object", "array"}))
        return self._dice.choice(branches)

    def _object(self, schema: JsonObject, depth: int) -> dict[str, object]:
        properties = cast("dict[str, JsonObject]", schema.get("properties", {}))
        return {name: self.value(part, depth + 1) for name, part in properties.items()}

    def _array(self, schema: JsonObject, depth: int) -> list[object]:
        if isinstance(fixed := schema.get("prefixItems"), list):
            return [self.value(part, depth + 1) for part in cast("list[JsonObject]", fixed)]
        least = cast("int", schema.get("minItems", 0))
        most = min(cast("int", schema.get("maxItems", least + 2)), least + 2)
        size = least if depth >= _DEEPEST else self._dice.randint(least, most)
        item = cast("JsonObject", schema.get("items", {}))
        return [self.value(item, depth + 1) for _ in range(size)]

    def _string(self, schema: JsonObject) -> str:
        least = cast("int", schema.get("minLength", 0))
        most = cast("int | None", schema.get("maxLength"))
        if isinstance(pattern := schema.get("pattern"), str):
            fitting = [word for word in WORDS if re.search(pattern, word) and len(word) >= least]
            return self._dice.choice(fitting or list(WORDS))
        text = self._dice.choice(SENTENCES)
        while len(text) < least:
            text += " " + self._dice.choice(SENTENCES)
        return text if most is None else text[:most].rstrip().ljust(least, ".")


def _range(schema: JsonObject, step: float) -> tuple[float, float]:
    """The least and greatest number allowed; where there is no bound, a span of ten."""

    def bound(inclusive: str, exclusive: str, inward: float) -> float | None:
        if inclusive in schema:
            return cast("float", schema[inclusive])
        return cast("float", schema[exclusive]) + inward if exclusive in schema else None

    low, high = bound("minimum", "exclusiveMinimum", step), bound("maximum", "exclusiveMaximum", -step)
    if low is None:
        low = 0.0 if high is None else min(0.0, high - 10)
    return low, low + 10 if high is None else high
