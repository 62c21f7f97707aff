"""A line that is heard while it is still being said: sentence by sentence, each checked before anybody hears it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from itertools import pairwise
from typing import cast

import structlog
from pydantic_core import from_json

from nodes.context import Context
from nodes.state import DecisionState
from nodes.taint import comes_close, hidden_now, sought_in
from rules import out_of_character
from schemas import Decision, DialogueDecision, Fact, RecordError

LONGEST = 600
"""Characters of a line, as the schema has it."""
_ENDS = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]*(?=\s+\S)")
"""Where a sentence ends: seen only once something follows, for `3.` may go on as `3.5`."""
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
log = structlog.get_logger(__name__)


class Speaking:
    """What was shown of a decision's line so far. `show` gets each piece; all pieces in a row are the line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self.shown = ""
        self.first_after: float | None = None
        """Seconds from the request to the first sentence."""
        self.cut_short = False
        """The decision's line ends with what was shown: what would have followed failed, or was refused."""

    def go_on(self, line: str) -> None:
        """Show a line up to here; what it must begin with was shown already."""
        piece = line[len(self.shown) :]
        self.shown = line
        self._show(piece)

    def kept(self, decision: Decision) -> Decision:
        """The decision with a line that begins with what was shown, whatever became of the rest."""
        content = decision.content
        if not self.shown or not isinstance(content, DialogueDecision) or content.npc_text.startswith(self.shown):
            return decision
        self.cut_short = True
        return _with(decision, self.shown, warnings=("line_cut_short",))


def _with(decision: Decision, line: str, *, warnings: tuple[str, ...]) -> Decision:
    receipt, content = decision.receipt, decision.content.model_copy(update={"npc_text": line})
    noted = receipt.model_copy(update={"warnings": tuple(dict.fromkeys((*receipt.warnings, *warnings)))})
    return decision.model_copy(update={"content": content, "receipt": noted})


SPEAKING: ContextVar[Speaking | None] = ContextVar("loomwright_speaking", default=None)


def speaking_now() -> Speaking | None:
    """Who listens to the decision that is being made; None: nobody before it is made."""
    return SPEAKING.get()


class Listener:
    """Hears a model's answer as it comes, and shows what is whole and harmless of the line in it."""

    def __init__(self, speaking: Speaking, state: DecisionState, context: Context) -> None:
        self._speaking, self._state, self._context = speaking, state, context
        self._secrets: tuple[Fact, ...] | None = None
        self._refused = ""
        """A line that may not be shown: nor may any that goes on from it."""

    @property
    def has_shown(self) -> bool:
        """Whether somebody has heard something: then no other answer can take this one's place."""
        return bool(self._speaking.shown)

    async def hear(self, raw: str) -> None:
        """The answer so far. Never fails: what cannot be checked is not shown."""
        line, whole = _line_in(raw)
        shown = self._speaking.shown
        if len(line) <= len(shown) or not line.startswith(shown) or len(line) > LONGEST:
            return
        ends = [found.end() for found in _ENDS.finditer(line) if found.end() > len(shown)]
        for end in [*ends, *([len(line)] if whole else [])]:
            sofar = line[:end]
            if sofar == self._speaking.shown or (self._refused and sofar.startswith(self._refused)):
                continue
            if not sofar.strip() or not await self._may_be_heard(sofar):
                self._refused = sofar
                return
            if self._speaking.first_after is None:
                budget: float = self._state["graph"]["budget"]
                self._speaking.first_after = max(0.0, budget - self._context.time_left(self._state))
            self._speaking.go_on(sofar)

    async def _may_be_heard(self, line: str) -> bool:
        """The same questions that `judge` will ask of the whole; a secret that a call reveals waits until then."""
        request = self._context.request(self._state)
        try:
            if self._secrets is None:
                self._secrets = await hidden_now(self._context, request)
        except RecordError as error:
            log.warning("sentence_not_checked", error=str(error))
            return False
        if out_of_character(line) or sought_in(self._context, request.world, self._secrets).told([line]):
            return False
        patience = self._context.clock.limit(max(self._context.time_left(self._state) / 2, 0.001))
        close, warnings = await comes_close(self._context, [line], self._secrets, within=patience)
        return not close and not warnings


def sentences(line: str) -> list[str]:
    """A line in pieces that end where sentences do; in a row they are the line."""
    ends = [0, *(found.end() for found in _ENDS.finditer(line)), len(line)]
    return [line[start:end] for start, end in pairwise(ends) if end > start]


def _line_in(raw: str) -> tuple[str, bool]:
    """The line in an answer that is not over, and whether the line is; empty where it has not begun."""
    spoken = _THOUGHT_ENDS.split(raw)[-1]
    if "<think" in spoken or (start := spoken.find("{")) < 0:
        return "", False
    try:
        read: object = from_json(spoken[start:], allow_partial="trailing-strings")
    except ValueError:
        return "", False
    content = cast("dict[str, object]", read).get("content") if isinstance(read, dict) else None
    if not isinstance(content, dict):
        return "", False
    fields = cast("dict[str, object]", content)
    line = fields.get("npc_text")
    return (line, next(reversed(fields)) != "npc_text") if isinstance(line, str) else ("", False)
