"""For whom models are asked right now: known wherever the work is done."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from schemas import Account
from telemetry.spans import BEHIND_PLAY

__all__ = ["BEHIND_PLAY", "account_now", "working_for"]

_NOW: ContextVar[Account | None] = ContextVar("loomwright_account", default=None)


def account_now() -> Account | None:
    """The account that calls of models are charged to; None: nobody said."""
    return _NOW.get()


@contextmanager
def working_for(account: Account) -> Generator[None]:
    """What is asked of models in here, in tasks that are begun in here too, is charged to this account."""
    token = _NOW.set(account)
    try:
        yield
    finally:
        _NOW.reset(token)
