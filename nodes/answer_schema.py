"""The shape that a model is held to: the proposal, narrowed to what the scene has, and the tools it may call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, create_model

from nodes.state import JsonObject
from schemas import PROPOSALS, ToolCall, ToolSpec, Value
from tools import tool_schema

Shape = TypeVar("Shape", bound=BaseModel, covariant=True)
Choices = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class AnswerSchema(Generic[Shape]):
    """A type whose JSON Schema is narrowed, and that schema's name for the receipt."""

    type: type[Shape]
    version: str


@lru_cache(maxsize=1_024)
def _answer_schema(decides: str, choices: Choices, tools: str, limit: int) -> AnswerSchema[BaseModel]:
    specs = [ToolSpec.model_validate(spec) for spec in json.loads(tools)]
    fields: dict[str, Any] = {"content": (PROPOSALS[decides], ...)}
    if specs and limit:
        fields["tool_calls"] = (tuple[ToolCall, ...], ...)
    # Its fields have no docstrings, and pydantic would look for them through all modules: 30 ms, the first time.
    plain = create_model(
        f"{decides}Answer", __base__=Value, __cls_kwargs__={"use_attribute_docstrings": False}, **fields
    )
    schema = _narrowed(plain.model_json_schema(), dict(choices))
    if specs and limit:
        schema["properties"]["tool_calls"] = tool_schema(specs, limit)

    class Narrowed(plain):
        """The same fields; the grammar knows more about them than the type does."""

        @classmethod
        def model_json_schema(
            cls,
            *_: Any,
            **__: Any,
        ) -> dict[str, Any]:
            return schema

    Narrowed.__name__ = Narrowed.__qualname__ = plain.__name__
    digest = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:12]
    return AnswerSchema(type=cast("type[BaseModel]", Narrowed), version=f"{decides}#{digest}")


def answer_schema(decides: str, choices: Choices, specs: tuple[ToolSpec, ...], limit: int) -> AnswerSchema[BaseModel]:
    """The shape of an answer: `content` as the kind wants it, and up to `limit` tool calls where there are tools.

    Made once for each set of choices, since a fight asks for the same ones many times.
    """
    tools = json.dumps([spec.model_dump(mode="json") for spec in specs], sort_keys=True)
    return _answer_schema(decides, choices, tools, limit)


def _narrowed(schema: JsonObject, choices: dict[str, tuple[str, ...]]) -> JsonObject:
    """The schema with an enumeration wherever a property that `choices` names takes a string."""

    def walk(node: object) -> object:
        if isinstance(node, list):
            return [walk(item) for item in cast("list[object]", node)]
        if not isinstance(node, dict):
            return node
        mapping = cast("dict[str, object]", node)
        made = {key: walk(value) for key, value in mapping.items()}
        properties = made.get("properties")
        if isinstance(properties, dict):
            made["properties"] = {
                name: _choose(value, choices[name]) if name in choices else value
                for name, value in cast("dict[str, JsonObject]", properties).items()
            }
        return made

    return cast("JsonObject", walk(schema))


def _choose(field: JsonObject, legal: tuple[str, ...]) -> JsonObject:
    if field.get("type") == "array":
        return {**field, "items": _choose(field["items"], legal)}
    if field.get("type") != "string":
        return field
    return {"type": "string", "enum": list(legal), **{key: field[key] for key in ("title",) if key in field}}
