"""Find the JSON in what a model said, and hold it against the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from inference.model import Content
from schemas import ModelAnswerInvalid

LONGEST = 100_000
"""Characters. More than that is no decision, whatever it says."""

MOST_FAULTS = 12
"""A model is told this many at most; with more it is better off starting anew."""

_MARKS = re.compile(r'["{}\\]')
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>", re.IGNORECASE)


def hear(
    raw: str,
    schema: type[Content],
    context: Mapping[str, object],
    *,
    cut_off: bool = False,
    endpoint: str | None = None,
) -> Content:
    """The value in `raw`: bare JSON, or the outermost object behind thoughts, in fences or among chatter.

    `cut_off` says that the server stopped at the token limit. Raises ModelAnswerInvalid with faults that a model can
    act on, such as `npc_text: field required`.
    """

    def invalid(*faults: str) -> ModelAnswerInvalid:
        return ModelAnswerInvalid(
            f"not a {schema.__name__}: {'; '.join(faults)}", raw=raw, faults=faults, endpoint=endpoint
        )

    if len(raw) > LONGEST:
        raise invalid(f"the answer is {len(raw)} characters long")
    spoken = _THOUGHT_ENDS.split(raw)[-1].strip()
    if not spoken:
        raise invalid("the answer was cut off before it began" if cut_off else "the answer is empty")
    first: ValidationError | None = None
    for candidate in _objects(spoken):
        try:
            return schema.model_validate_json(candidate, context=dict(context))
        except ValidationError as error:
            if not _is_no_json(error):
                raise invalid(*faults_of(error)) from error
            first = first or error
    if cut_off:
        raise invalid("the answer was cut off before its JSON was complete; say it shorter")
    if first is not None:
        raise invalid(*faults_of(first)) from first
    if "{" in spoken:
        raise invalid("the JSON object is never closed")
    raise invalid("the answer has no JSON object in it")


def faults_of(error: ValidationError) -> tuple[str, ...]:
    """A validation error as short lines, `path.to.field: what is wrong`, the most important first."""
    lines: list[str] = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(step) for step in fault["loc"])
        what = fault["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
        what = what[:1].lower() + what[1:]
        lines.append(f"{path}: {what}" if path else what)
    left = len(lines) - MOST_FAULTS
    return (*lines[:MOST_FAULTS], f"and {left} more") if left > 0 else tuple(lines)


def _is_no_json(error: ValidationError) -> bool:
    return error.errors(include_url=False, include_context=False, include_input=False)[0]["type"] == "json_invalid"


def _objects(text: str) -> Iterator[str]:
    """Every outermost `{...}` of the text, in order, told apart from braces inside strings; in one pass."""
    depth = start = 0
    position = 0
    in_string = False
    while mark := _MARKS.search(text, position):
        position = mark.end()
        character = mark.group()
        if character == "\\":
            position += 1 if in_string else 0
        elif character == '"':
            in_string = depth > 0 and not in_string
        elif in_string:
            continue
        elif character == "{":
            start = mark.start() if depth == 0 else start
            depth += 1
        elif depth > 0:
            depth -= 1
            if depth == 0:
                yield text[start : mark.end()]
