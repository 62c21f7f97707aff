"""Answers in a file, one JSON object a line: to begin with what another run learned."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, ValidationError

from inference.caching.kept import Kept
from schemas import BadRequest, Fault, Value


class Exported(Value):
    """One line."""

    uses: int = Field(default=0, ge=0)
    """How often it was said again."""
    kept: Kept


def read_answers(path: Path) -> list[Exported]:
    """All answers of a file. Raises BadRequest with every line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadRequest(Fault(str(path), f"the answers cannot be read: {error}.")) from None
    found: list[Exported] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Exported.model_validate_json(line))
        except ValidationError as error:
            faults.append(Fault(f"{path}:{number}", f"is no kept answer: {error.errors()[0]['msg']}."))
    if faults:
        raise BadRequest(faults)
    return found


def write_answers(path: Path, answers: Iterable[Exported]) -> int:
    """Write answers, those that were said again most often first; how many there were. Raises BadRequest."""
    lines = [one.model_dump_json() + "\n" for one in sorted(answers, key=lambda one: (-one.uses, one.kept.id))]
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(lines), encoding="utf-8")
        beside.replace(path)  # whoever is stopped meanwhile leaves the old file
    except OSError as error:
        raise BadRequest(Fault(str(path), f"cannot be written: {error.strerror or error}.")) from None
    return len(lines)
