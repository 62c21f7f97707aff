"""The tools of an installation, and the guard that looks at every call before anything happens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self, cast

import structlog
from pydantic import JsonValue

from schemas import CallerError, Fault, StagedCall, ToolCall, ToolResult, ToolSpec, UnknownThing, nearest
from tools.here import Here, ToolFunction, ToolRefused
from tools.json_schema import JsonSchema
from tools.specs import read_specs, references

_LARGEST = 2**53
_LONGEST_NAME = 60
_log = cast("structlog.stdlib.BoundLogger", structlog.get_logger(__name__))


@dataclass(frozen=True, slots=True)
class _Tool:
    spec: ToolSpec
    function: ToolFunction
    schema: JsonSchema


class Toolbox:
    """What a model may ask for. Immutable: it is read once, and every call passes its guard."""

    __slots__ = ("_tools",)

    def __init__(self, tools: Mapping[str, _Tool]) -> None:
        self._tools = MappingProxyType(dict(tools))

    @classmethod
    def load(cls, folder: Path, functions: Iterable[ToolFunction]) -> Self:
        """Read `folder/*.json` and put each tool beside the function of its name.

        Raises:
            CallerError: with every fault: a file that is no JSON, a schema that is none, a file without a function or
                the reverse, arguments that only one of them has.
        """
        by_name = {function.__name__: function for function in functions}
        specs, faults = read_specs(folder, by_name)
        if faults:
            raise CallerError(faults)
        return cls({name: _Tool(spec, by_name[name], JsonSchema(spec.parameters)) for name, spec in specs.items()})

    def with_tools(self, others: Toolbox) -> Toolbox:
        """A bigger toolbox; both stay as they are. Raises CallerError where a name is taken."""
        if taken := sorted(self._tools.keys() & others._tools.keys()):
            raise CallerError([Fault(name, "there is a tool of that name already.") for name in taken])
        return Toolbox({**self._tools, **others._tools})

    @property
    def names(self) -> tuple[str, ...]:
        """Every tool, by name."""
        return tuple(self._tools)

    def spec(self, name: str) -> ToolSpec:
        """A tool as a model sees it. Raises UnknownThing."""
        if name not in self._tools:
            raise UnknownThing("tool", name, self._tools)
        return self._tools[name].spec

    def guard(
        self, calls: Sequence[ToolCall], *, allowed: Collection[str], here: Here, limit: int
    ) -> tuple[StagedCall, ...]:
        """Look at each call, in order, and stage what it would change. Never raises, whatever a model asked for.

        A call passes when the tool exists and is `allowed`, is among the first `limit`, its arguments fit, and what
        they refer to exists and is known to the character. Otherwise it is `rejected` with a reason and has no effect.
        """
        return tuple(
            self._stage(number, call, allowed=allowed, here=here, limit=limit) for number, call in enumerate(calls)
        )

    def _stage(self, number: int, call: ToolCall, *, allowed: Collection[str], here: Here, limit: int) -> StagedCall:
        speakable = _speakable(call.arguments)
        arguments = call.arguments if speakable else {}
        result = ToolResult(call=number, tool=call.tool, arguments=arguments, status="applied")
        try:
            if not speakable:
                raise ToolRefused("arguments: a number is out of range; they are not kept.")
            if number >= limit:
                raise ToolRefused(f"a decision has at most {limit} calls, this is number {number + 1}.")
            tool = self._permitted(call, allowed)
            _check(tool, call, here)
            done = tool.function(here, number, **call.arguments)
        except ToolRefused as refusal:
            return StagedCall(result=result.model_copy(update={"status": "rejected", "reason": refusal.reason}))
        # A tool is the project's own code or a designer's: a bug in it costs this call, never the decision.
        except Exception as error:  # noqa: BLE001
            _log.exception("tool_failed", tool=call.tool, call=number, decision=here.request.id)
            reason = f"the tool broke: {type(error).__name__}."
            return StagedCall(result=result.model_copy(update={"status": "failed", "reason": reason}))
        return StagedCall(result=result, effects=done.effects, triggered=done.triggered)

    def _permitted(self, call: ToolCall, allowed: Collection[str]) -> _Tool:
        tool = self._tools.get(call.tool)
        if tool is None:
            raise ToolRefused(f"there is no tool '{call.tool[:_LONGEST_NAME]}'.{_did_you_mean(call.tool, self._tools)}")
        if call.tool not in allowed:
            can = ", ".join(name for name in self._tools if name in allowed) or "none"
            raise ToolRefused(f"'{call.tool}' is not for this kind of decision; allowed: {can}.")
        return tool


def _check(tool: _Tool, call: ToolCall, here: Here) -> None:
    """Raises ToolRefused for arguments that do not fit, or that name what is not there or not known."""
    misfit = tool.schema.misfit(call.arguments)
    if misfit is not None:
        raise ToolRefused(misfit)
    for where, kind, name in references(tool.spec.parameters, call.arguments):
        known = here.reach(kind)
        if name in known and (kind == "fact" or here.exists(name)):
            continue
        short = name[:_LONGEST_NAME]
        hint = _did_you_mean(name, known)
        if kind == "fact":
            raise ToolRefused(f"{where}: no fact '{short}' came to mind.{hint}")
        if not here.exists(name):
            raise ToolRefused(f"{where}: there is no '{short}'.{hint}")
        why = "is not here" if kind == "present" else f"is nobody and nothing that '{here.character}' knows of"
        raise ToolRefused(f"{where}: '{short}' {why}.{hint}")


def _speakable(value: JsonValue) -> bool:
    """Whether every number in it is one that JSON, SQL and a printed reason can carry: finite, and within 2^53."""
    if isinstance(value, dict):
        return all(_speakable(inner) for inner in value.values())
    if isinstance(value, list):
        return all(_speakable(inner) for inner in value)
    return not isinstance(value, int | float) or abs(value) <= _LARGEST


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    near = nearest(name[:_LONGEST_NAME], known)
    return f" Did you mean '{near}'?" if near else ""
