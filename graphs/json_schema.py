"""JSON Schema of the YAML, so that an editor completes node names, knobs and tools, and says what each is for."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from graphs.declaration import AtMost, Cache, Declaration, Node, Retry, Waits
from nodes import Catalogue, NodeSpec
from schemas import ID_PATTERN

SCHEMA_FILE = Path(__file__).parent / "graph.schema.json"
"""Generated; `write_schema` brings it up to date."""

Json = dict[str, Any]  # JSON Schema is JSON

_DURATION: Json = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|m)$",
    "examples": ["300ms", "2s"],
}
_TARGET: Json = {"type": "string", "description": "A node of this graph, or `end`."}


def declaration_schema(catalogue: Catalogue, tools: Collection[str], contents: Collection[str]) -> Json:
    """The schema (Draft 2020-12) of a declaration over these nodes, tools and content types."""
    node: Json = {
        "type": "object",
        "additionalProperties": False,
        "required": ["use", "then"],
        "properties": {
            "use": {"oneOf": [{"const": spec.name, "description": spec.about} for spec in catalogue.values()]},
            "with": {"type": "object"},
            "then": {"description": "The next node, or a map from each outcome to a node."},
            "timeout": _DURATION | {"description": _told(Node, "timeout")},
            "retry": _part(Retry, attempts={"type": "integer", "minimum": 2, "maximum": 5}, backoff=_DURATION),
            "cache": _part(Cache, ttl=_DURATION),
            "on_error": _TARGET | {"description": _told(Node, "on_error")},
            "waits": _part(
                Waits,
                rounds={"type": "integer", "minimum": 1, "maximum": 20},
                days={"type": "integer", "minimum": 1, "maximum": 3_650},
                then=_TARGET,
            ),
            "at_most": _part(AtMost, times={"type": "integer", "minimum": 1, "maximum": 20}, then=_TARGET),
        },
        "allOf": [_knobs_and_outcomes(spec) for spec in catalogue.values()],
    }
    tool: Json = {"enum": sorted(tools)} if tools else {"type": "string"}
    content: Json = {"enum": sorted(contents)} if contents else {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Loomwright graph",
        "description": "A decision graph: nodes of the catalogue, their knobs, and where to go from each.",
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "version", "about", "decides", "deadline", "entrypoint", "nodes"],
        "properties": {
            "name": {"type": "string", "pattern": ID_PATTERN},
            "version": {"type": "integer", "minimum": 1},
            "about": {"type": "string", "minLength": 1, "description": "What the graph decides, in a sentence."},
            "decides": content | {"description": _told(Declaration, "decides")},
            "deadline": _DURATION | {"description": _told(Declaration, "deadline")},
            "reserve": _DURATION | {"description": _told(Declaration, "reserve")},
            "durability": {
                "enum": ["exit", "async", "sync"],
                "default": "exit",
                "description": _told(Declaration, "durability"),
            },
            "tools": {"type": "array", "uniqueItems": True, "items": tool},
            "entrypoint": {"type": "string", "description": "The node that comes first."},
            "nodes": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": ID_PATTERN, "not": {"const": "end"}},
                "additionalProperties": {"$ref": "#/$defs/node"},
            },
        },
        "$defs": {"node": node},
    }


def schema_text(catalogue: Catalogue, tools: Collection[str], contents: Collection[str]) -> str:
    """The schema as the file holds it."""
    return json.dumps(declaration_schema(catalogue, tools, contents), indent=2) + "\n"


def write_schema(
    catalogue: Catalogue, tools: Collection[str], contents: Collection[str], *, file: Path = SCHEMA_FILE
) -> Path:
    """Bring the generated file up to date."""
    file.write_text(schema_text(catalogue, tools, contents), encoding="utf-8")
    return file


def _knobs_and_outcomes(spec: NodeSpec) -> Json:
    """What follows once `use` names this node."""
    knobs: Json = {}
    for knob in spec.knobs.values():
        schema = knob.adapter.json_schema()
        default: Json = {"default": json.loads(knob.adapter.dump_json(knob.default))}
        knobs[knob.name] = schema | default
    then: Json = _TARGET
    if spec.outcomes:
        then = {
            "type": "object",
            "additionalProperties": False,
            "required": list(spec.outcomes),
            "properties": dict.fromkeys(spec.outcomes, _TARGET),
        }
    body: Json = {
        "properties": {"with": {"additionalProperties": False, "properties": knobs}, "then": then},
    }
    if spec.asks_model:
        body["required"] = ["on_error"]
    if spec.waits:
        body["required"] = ["waits"]
    return {"if": {"properties": {"use": {"const": spec.name}}, "required": ["use"]}, "then": body}


def _part(model: type[Retry | Cache | AtMost | Waits], **properties: Json) -> Json:
    return {
        "type": "object",
        "description": model.__doc__,
        "additionalProperties": False,
        "required": [name for name, field in model.model_fields.items() if field.is_required()],
        "properties": properties,
    }


def _told(model: type[Declaration | Node], name: str) -> str:
    return model.model_fields[name].description or ""
