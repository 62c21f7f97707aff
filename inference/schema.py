"""The schema as a grammar can hold it: what xgrammar knows is sent, the rest is left to the validators."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from typing import cast

from pydantic import BaseModel

JsonObject = dict[str, object]

_PROSE = {
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "discriminator",
    "readOnly",
    "writeOnly",
    "$comment",
}
"""Says nothing about which texts fit; a shorter schema is a quicker one."""

_BEYOND_GRAMMAR = {
    "multipleOf", "uniqueItems", "contains", "minContains", "maxContains", "propertyNames", "patternProperties",
    "minProperties", "maxProperties", "if", "then", "else", "not", "dependentRequired", "dependentSchemas",
    "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
"""What xgrammar 0.2 refuses or skips (vLLM 0.32 answers 400 to some of it)."""

_FORMATS = {"email", "date", "time", "date-time", "duration", "ipv4", "ipv6", "hostname", "uuid", "uri"}
_BEYOND_REGEX = ("(?", r"\b", r"\B", r"\p", r"\P", r"\A", r"\z", r"\Z")
"""Lookarounds, boundaries and classes that no grammar can express."""

_ONE_CLASS = re.compile(r"\^(?P<letters>\[[^\[\]\\]+\])(?P<times>[*+])\$")
"""`^[a-z]*$`: a pattern that can take the lengths into itself."""

_MAPS_OF_SCHEMAS = {"properties", "$defs"}
_LITERALS = {"const", "enum", "required", "$ref", "type"}


def for_grammar(model_type: type[BaseModel]) -> JsonObject:
    """The JSON Schema that guides decoding of a `model_type`.

    Looser than the type itself, never tighter, with one exception: every field is required, since a grammar that may
    skip a field often does. Fields keep the order of their declaration, which is the order they are written in.
    """
    return deepcopy(_for_grammar(model_type))


@lru_cache(maxsize=256)
def _for_grammar(model_type: type[BaseModel]) -> JsonObject:
    return cast("JsonObject", _loosen(model_type.model_json_schema()))


def _loosen(schema: object) -> object:
    if isinstance(schema, list):
        return [_loosen(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast("JsonObject", schema)
    loose: JsonObject = {}
    for key, value in given.items():
        if key in _MAPS_OF_SCHEMAS:
            loose[key] = {name: _loosen(part) for name, part in cast("JsonObject", value).items()}
        elif key in _LITERALS:
            loose[key] = value
        elif key not in _PROSE and key not in _BEYOND_GRAMMAR:
            loose[key] = _loosen(value)
    if "properties" in loose:
        loose["required"] = list(cast("JsonObject", loose["properties"]))
    if isinstance(patterns := given.get("patternProperties"), dict):
        values = list(cast("JsonObject", patterns).values())
        loose["additionalProperties"] = _loosen(values[0]) if len(values) == 1 else True
    _loosen_string(loose)
    return loose


def _loosen_string(schema: JsonObject) -> None:
    """Of pattern, format and length keep what works together: length wins, so that every text comes to an end."""
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and (one_class := _ONE_CLASS.fullmatch(pattern)):
        least = max(cast("int", schema.pop("minLength", 0)), 1 if one_class["times"] == "+" else 0)
        schema["pattern"] = f"^{one_class['letters']}{{{least},{schema.pop('maxLength', '')}}}$"
        return
    bounded = "minLength" in schema or "maxLength" in schema
    if isinstance(pattern, str) and (bounded or any(mark in pattern for mark in _BEYOND_REGEX)):
        del schema["pattern"]
    wanted = schema.get("format")
    if isinstance(wanted, str) and (bounded or wanted not in _FORMATS):
        del schema["format"]
