"""What of a conversation fits into a prompt: its last lines, and a summary of what was said before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from langchain_core.messages import BaseMessage, HumanMessage, trim_messages  # pyright: ignore[reportUnknownVariableType]  # one of its options has no types
from sqlalchemy import BigInteger, Connection, bindparam, select, tuple_

from memory.record.record import Record
from memory.record.rows import Fields, new_rows, parsed
from memory.record.tables import SUMMARY, TURN
from memory.summaries import Summariser, in_extracts
from memory.timelines.timelines import take_moment, visible
from memory.values import Worlds
from schemas import Summary, Turn

Count = Callable[[str], int]
"""How many tokens a text comes to, at the most."""

A_TURN = 16
"""Tokens that a prompt's template puts around one line: who said it, and the marks of it."""
SUMMARY_SHARE = 4
"""The summary may take one part in so many of the budget."""

_SUMMARY = (
    select(SUMMARY.c.body)
    .where(visible(SUMMARY), SUMMARY.c.thread == bindparam("thread"))
    .order_by(SUMMARY.c.seq.desc())
    .limit(1)
)
_AFTER = (
    select(TURN.c.seq, TURN.c.number, TURN.c.body)
    .where(
        visible(TURN),
        TURN.c.thread == bindparam("thread"),
        tuple_(TURN.c.seq, TURN.c.number)
        > tuple_(bindparam("seq", type_=BigInteger), bindparam("number", type_=BigInteger)),
    )
    .order_by(TURN.c.seq, TURN.c.number)
)


@dataclass(frozen=True, slots=True)
class Window:
    """What of a conversation goes into a prompt."""

    turns: tuple[Turn, ...]
    """Oldest first."""
    summary: str | None
    """What was said before, in short."""
    tokens: int
    """What both come to, at the most."""


def fit(turns: Sequence[Turn], summary: str | None, *, budget: int, count: Count) -> Window:
    """The newest turns that fit into `budget` tokens, the oldest dropped first; the summary takes a quarter at most.

    Of a line that does not even fit alone, the beginning is kept. The window never comes to more than the budget,
    whatever the turns are; with a budget below 1 it is empty.
    """
    short = _cut(summary, budget // SUMMARY_SHARE, count) if summary else None
    spent = A_TURN + count(short) if short else 0
    kept = trim_messages(
        [HumanMessage(turn.text) for turn in turns],
        max_tokens=max(budget - spent, 0),
        token_counter=partial(_tokens, count=count),
        strategy="last",
    )
    window = tuple(turns[len(turns) - len(kept) :])
    if turns and not window and (words := _cut(turns[-1].text, budget - spent, count)):
        window = (turns[-1].model_copy(update={"text": words}),)
    return Window(window, short, spent + sum(A_TURN + count(turn.text) for turn in window))


def _tokens(messages: Sequence[BaseMessage], *, count: Count) -> int:
    return sum(A_TURN + count(str(message.text)) for message in messages)


def _cut(text: str, budget: int, count: Count) -> str | None:
    """As many whole words from the beginning as fit; None when none does."""
    if A_TURN + count(text) <= budget:
        return text
    words = text.split()
    low, high = 0, len(words) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if A_TURN + count(" ".join((*words[:middle], "..."))) <= budget:
            low = middle
        else:
            high = middle - 1
    return " ".join((*words[:low], "...")) if low > 0 else None


class Conversation:
    """A world's conversations: `memory.conversation`.

    Every method may raise `RecordError`, and `UnknownThing` for a world or timeline that is not there.
    """

    def __init__(self, record: Record, worlds: Worlds) -> None:
        self._record, self._worlds = record, worlds

    async def summary(self, world: str, timeline: str | None, thread: str) -> Summary | None:
        """What the older part of a conversation came to; None: nobody has summarised it yet."""
        here = await self._worlds.find_timeline(world, timeline)
        return await self._record.read(lambda connection: latest_summary(connection, world, here, thread))

    async def summarise(
        self,
        world: str,
        timeline: str | None,
        thread: str,
        *,
        keep: int = 10,
        at_least: int = 10,
        summariser: Summariser = in_extracts,
    ) -> Summary | None:
        """Summarise what is older than the last `keep` turns, when `at_least` of them are not in a summary yet.

        The new summary is made from the one before and the turns since; it stands beside them in the record, on the
        timeline of the conversation, and replaces nothing. Returns it; None: there was not enough to summarise.

        Raises:
            ModelError: the summariser could not.
        """
        here = await self._worlds.find_timeline(world, timeline)
        before, rows = await self._record.read(lambda connection: _older(connection, world, here, thread, keep))
        if len(rows) < max(at_least, 1):
            return None
        turns = [parsed(Turn, body) for *_, body in rows]
        text = await summariser(before.text if before else "", turns)
        if not text.strip():
            return None
        summary = Summary(
            thread=thread,
            text=text[:SUMMARY_LENGTH],
            turns=(before.turns if before else 0) + len(turns),
            upto_seq=rows[-1][0],
            upto_number=rows[-1][1],
            heard_by=_heard_by_all(before, turns),
        )
        kept = await self._record.write(lambda connection: _keep(connection, world, here, summary))
        return summary if kept else None


SUMMARY_LENGTH = 4_000
"""Letters of the longest summary that is kept."""


def _heard_by_all(before: Summary | None, turns: Sequence[Turn]) -> tuple[str, ...] | None:
    """Who was there for the summary before and for each turn, as far as it was written down; None: it never was."""
    written = [turn.heard_by for turn in turns if turn.heard_by]
    if before is not None and before.heard_by is not None:
        written.append(before.heard_by)
    if not written:
        return None
    return tuple(sorted(frozenset(written[0]).intersection(*written)))


def latest_summary(connection: Connection, world: str, timeline: str, thread: str) -> Summary | None:
    """The newest summary of a thread that the timeline can see."""
    where = {"world": world, "timeline": timeline, "thread": thread}
    body = connection.execute(_SUMMARY, where).scalar_one_or_none()
    return None if body is None else parsed(Summary, body)


def _older(
    connection: Connection, world: str, timeline: str, thread: str, keep: int
) -> tuple[Summary | None, list[tuple[int, int, str]]]:
    """The summary that there is, and the turns since then but for the last `keep`: moment, number, body."""
    before = latest_summary(connection, world, timeline, thread)
    since = {"seq": before.upto_seq, "number": before.upto_number} if before else {"seq": -1, "number": -1}
    rows = connection.execute(_AFTER, {"world": world, "timeline": timeline, "thread": thread} | since).all()
    return before, [(seq, number, body) for seq, number, body in rows[: max(len(rows) - keep, 0)]]


def _keep(connection: Connection, world: str, timeline: str, summary: Summary) -> bool:
    """Write a summary, unless one that goes as far was written meanwhile."""
    there = latest_summary(connection, world, timeline, summary.thread)
    if there is not None and (there.upto_seq, there.upto_number) >= (summary.upto_seq, summary.upto_number):
        return False
    seq, _ = take_moment(connection, world)
    row: Fields = {"world": world, "timeline": timeline, "seq": seq, "thread": summary.thread}
    new_rows(connection, SUMMARY, [row | {"body": summary.model_dump_json()}])
    return True
