"""Read what tools are called and take: one JSON file each, checked against the function that does the work."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import JsonValue, TypeAdapter, ValidationError

from schemas import Fault, ToolSpec, field_path, nearest
from tools.here import ToolFunction
from tools.json_schema import JsonSchema
from tools.offer import refers_to

REFERENCES = ("known", "present", "fact")
"""What `x-refers-to` may say: something that the character can name, somebody who is there, a fact in its mind."""

_NOT_IN_A_GRAMMAR = ("multipleOf", "uniqueItems", "patternProperties", "$ref")
_JSON = TypeAdapter[dict[str, JsonValue]](dict[str, JsonValue])


def read_specs(folder: Path, functions: Mapping[str, ToolFunction]) -> tuple[dict[str, ToolSpec], list[Fault]]:
    """The tools of a folder by name, and everything that is wrong with them."""
    specs: dict[str, ToolSpec] = {}
    faults: list[Fault] = []
    named: set[str] = set()
    if not folder.is_dir():
        return {}, [Fault(str(folder), "there is no such folder of tools.")]
    for file in sorted(folder.glob("*.json")):
        named.add(file.stem)
        spec, wrong = _read(file)
        if spec is not None:
            wrong = [*wrong, *_faults(file, spec, functions)]
            specs[spec.name] = spec
        faults += wrong
    for name in sorted(functions.keys() - named):
        near = nearest(name, named - functions.keys())
        hint = f"Is '{near}.json' meant?" if near else f"Write {name}.json."
        faults.append(Fault(str(folder), f"the tool '{name}' has a function, but no file.", hint))
    return specs, faults


def references(schema: JsonValue, value: JsonValue, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """The ids in `value` that must point to something: where, to what kind, the id. `value` fits the schema."""
    kind = refers_to(schema)
    if kind is not None and isinstance(value, str):
        yield field_path(path), kind, value
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if isinstance(properties, dict) and isinstance(value, dict):
        for name, inner in properties.items():
            if name in value:
                yield from references(inner, value[name], (*path, name))
    if "items" in schema and isinstance(value, list):
        for number, item in enumerate(value):
            yield from references(schema["items"], item, (*path, number))


def _read(file: Path) -> tuple[ToolSpec | None, list[Fault]]:
    try:
        raw = _JSON.validate_python(json.loads(file.read_text(encoding="utf-8")))
        return ToolSpec.model_validate(raw), []
    except json.JSONDecodeError as error:
        return None, [Fault(f"{file.name}:{error.lineno}", f"this is not JSON: {error.msg}.")]
    except (OSError, UnicodeDecodeError) as error:
        return None, [Fault(file.name, f"it cannot be read: {error}.")]
    except ValidationError as error:
        return None, [Fault(file.name, f"{field_path(one['loc'])}: {one['msg']}.") for one in error.errors()]


def _faults(file: Path, spec: ToolSpec, functions: Mapping[str, ToolFunction]) -> Iterator[Fault]:
    if spec.name != file.stem:
        yield Fault(file.name, f"it describes the tool '{spec.name}'.", f"Call the file {spec.name}.json.")
    function = functions.get(spec.name)
    if function is None:
        near = nearest(spec.name, functions)
        yield Fault(file.name, f"no function does '{spec.name}'.", f"Did you mean '{near}'?" if near else None)
    broken = JsonSchema.faults(spec.parameters)
    for where, what in broken:
        yield Fault(file.name, f"parameters{f'.{where}' if where else ''}: {what}.")
    if broken:
        return
    yield from (Fault(file.name, what) for what in _closed(spec.parameters))
    for where, key, value in _keywords(spec.parameters, "parameters"):
        if key in _NOT_IN_A_GRAMMAR:
            yield Fault(file.name, f"{where}: a grammar cannot hold '{key}'.", "Leave it to the function.")
        if key == "x-refers-to" and value not in REFERENCES:
            yield Fault(file.name, f"{where}: '{value}' is no kind of reference.", f"Use {', '.join(REFERENCES)}.")
    marked = sum(key == "x-refers-to" for _, key, _ in _keywords(spec.parameters, ""))
    if marked != _within_reach(spec.parameters):
        yield Fault(file.name, "'x-refers-to' is only looked for under 'properties' and 'items'.")
    if function is not None:
        wanted = {p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
        for name in sorted(wanted ^ _names(spec.parameters)):
            has, lacks = ("function", "file") if name in wanted else ("file", "function")
            yield Fault(file.name, f"the {has} of '{spec.name}' has the argument '{name}', its {lacks} has not.")


def _closed(parameters: Mapping[str, JsonValue]) -> Iterator[str]:
    """A grammar may skip what is optional, so nothing is."""
    if parameters.get("type") != "object" or parameters.get("additionalProperties") is not False:
        yield "parameters: they must be an object with 'additionalProperties': false."
    required = parameters.get("required")
    for name in sorted(_names(parameters) - {str(one) for one in (required if isinstance(required, list) else ())}):
        yield f"parameters.{name}: it must be required, for a grammar may skip what is optional."


def _names(parameters: Mapping[str, JsonValue]) -> set[str]:
    properties = parameters.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _keywords(schema: JsonValue, where: str) -> Iterator[tuple[str, str, JsonValue]]:
    """Every keyword at any depth: where, its name, its value. Names of properties are not keywords."""
    if isinstance(schema, list):
        for number, item in enumerate(schema):
            yield from _keywords(item, f"{where}[{number}]")
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield where, key, value
            if key == "properties" and isinstance(value, dict):
                for name, inner in value.items():
                    yield from _keywords(inner, f"{where}.{name}")
            elif key not in ("enum", "const", "default", "examples"):
                yield from _keywords(value, f"{where}.{key}")


def _within_reach(schema: JsonValue) -> int:
    if not isinstance(schema, dict):
        return 0
    properties = schema.get("properties")
    inner = list(properties.values()) if isinstance(properties, dict) else []
    inner += [schema["items"]] if "items" in schema else []
    return (refers_to(schema) is not None) + sum(_within_reach(one) for one in inner)
