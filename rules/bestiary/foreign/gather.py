"""Faults are gathered, not raised one by one: who mends a file wants to see all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from schemas.errors import field_path

Made = TypeVar("Made")
Remark = tuple[str, str]
"""Where in the creature, and what of it."""


@dataclass
class Gatherer:
    """What is wrong with a creature, and what of it was left out."""

    faults: list[Remark] = field(default_factory=list[Remark])
    notes: list[Remark] = field(default_factory=list[Remark])

    def attempt(self, where: str, make: Callable[[], Made]) -> Made | None:
        """What `make` makes; None where it cannot, and then the reasons are among the faults."""
        try:
            return make()
        except ValidationError as invalid:
            self.faults += _remarks(where, invalid)
        except ValueError as wrong:
            self.faults.append((where, f"{wrong}."))
        return None

    def note(self, where: str, what: str) -> None:
        """Something that was left out or looks wrong."""
        self.notes.append((where, f"{what}."))


def _remarks(where: str, invalid: ValidationError) -> Iterator[Remark]:
    for error in invalid.errors(include_url=False, include_context=False, include_input=False):
        yield (": ".join(part for part in (where, field_path(error["loc"])) if part), f"{error['msg']}.")
