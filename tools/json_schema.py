"""JSON Schema, Draft 2020-12: the one place where jsonschema is used, since it comes without types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from typing import Protocol, cast

from jsonschema import Draft202012Validator as _Validator
from pydantic import JsonValue

from schemas import field_path

_LONGEST = 160


class _Path(Iterable[str | int], Sized, Protocol): ...


class _Error(Protocol):
    message: str
    absolute_path: _Path


class _Checks(Protocol):
    def iter_errors(self, instance: object) -> Iterable[_Error]: ...


class JsonSchema:
    """A schema, compiled once."""

    def __init__(self, schema: Mapping[str, JsonValue]) -> None:
        self._checks = cast("_Checks", _Validator(dict(schema)))

    @staticmethod
    def faults(schema: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
        """What is wrong with a schema itself, as pairs of where and what."""
        meta = cast("_Checks", _Validator(_Validator.META_SCHEMA))
        return [(field_path(error.absolute_path), _short(error.message)) for error in meta.iter_errors(dict(schema))]

    def misfit(self, value: JsonValue) -> str | None:
        """The way in which a value does not fit, as `path: what`; None when it fits. Of several, the outermost."""
        best = min(self._checks.iter_errors(value), key=lambda error: len(error.absolute_path), default=None)
        if best is None:
            return None
        return f"{field_path(best.absolute_path) or 'arguments'}: {_short(best.message)}"


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}..."
