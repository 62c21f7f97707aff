"""Which decision is being made right now: known wherever its work is done, and in each line of the log."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from structlog.contextvars import bound_contextvars

from schemas import DecisionRequest, ModelCall


@dataclass(frozen=True, slots=True)
class Deciding:
    """The decision that is being made."""

    id: str
    kind: str
    world: str
    character: str
    thread: str
    calls: list[ModelCall] = field(default_factory=list[ModelCall], compare=False)
    """What models were asked for it so far."""


_NOW: ContextVar[Deciding | None] = ContextVar("loomwright_deciding", default=None)


def deciding() -> Deciding | None:
    """The decision that the caller works for; None: for none, but behind play."""
    return _NOW.get()


def calls_made() -> tuple[ModelCall, ...]:
    """What models were asked for the decision that is being made, in order."""
    now = _NOW.get()
    return tuple(now.calls) if now is not None else ()


@contextmanager
def made_now(request: DecisionRequest) -> Generator[Deciding]:
    """What is done in here, tasks that are begun in here included, is done for this decision."""
    now = Deciding(request.id, request.kind, request.world, request.character, request.thread_id)
    token = _NOW.set(now)
    try:
        with bound_contextvars(decision=request.id):
            yield now
    finally:
        _NOW.reset(token)
