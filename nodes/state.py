"""What a decision carries from node to node: plain JSON values, small, with a version."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from typing_extensions import TypedDict

SCHEMA_VERSION: Final = 1
"""Raised whenever a key changes its meaning, so that an old checkpoint can say why it does not fit."""

JsonObject: TypeAlias = dict[str, Any]  # JSON's own looseness; pydantic checks it where it enters and leaves


class TraceEntry(TypedDict):
    """One node that ran: what it decided, why, and how long it took."""

    node: str
    outcome: str | None
    because: str | None
    ms: float


class DecisionState(TypedDict, total=False):
    """The state of one decision. The entry node sets every key, so a thread can serve many decisions in turn."""

    request: JsonObject
    """The `DecisionRequest` as JSON; the only key that the caller gives. A node that waits makes the next one."""
    deadline_at: float
    """When the answer is due, in seconds of the context's clock. Never checkpointed: a resumed run gets a new one."""
    graph: JsonObject
    """Of the graph: name, version, hash, what it `decides`, its `tools`; this decision's `budget` in seconds; and the
    `schema_version` of this state."""
    policy: str | None
    """`model` once the model was meant to decide, `rules` where it was not: what tells a fallback from a choice."""
    standing: JsonObject | None
    recalled: JsonObject | None
    study: JsonObject | None
    """What a boss has learned from its fights (`Study`), where a node looks it up."""
    aim: JsonObject | None
    """How hard an encounter is meant to be (`Aim`), where a node finds out."""
    temper: JsonObject | None
    """What the character is like now (`Temper`), where a node looks it up."""
    tidings: JsonObject | None
    """What the record knows that a quest has to heed (`Tidings`), where a node looks it up."""
    talk: JsonObject | None
    """Where a conversation stands (`Talk`), where a node looks it up."""
    place: JsonObject | None
    """Where the decision leaves it (`TalkPlace`)."""
    affairs: list[JsonObject]
    """What bears on the two factions that this is about (`Affair`), where a node looks it up."""
    talks: JsonObject | None
    """The negotiation that this is a round of (`Talks`), with what the other side has just put forward."""
    waiting: JsonObject | None
    """What is asked of the other side, where the run waits for its answer."""
    reply: JsonObject | None
    """The answer, for the node that waits; never kept."""
    messages: list[JsonObject]
    """The prompt, as OpenAI-style messages."""
    answer: JsonObject | None
    """The model's last answer: its `raw` text, the tool `calls` in it, and its `faults` in words for `repair`."""
    content: JsonObject | None
    """The content of the decision: a candidate until `judge` accepts it."""
    staged: list[JsonObject]
    """What became of the tool calls, and what they will change (`StagedCall`): for `remember` to commit."""
    decision: JsonObject | None
    """The finished `Decision` as JSON."""
    receipt: JsonObject
    """What is on the receipt so far: `nodes.notes` adds to it, and the graph its `reason` to leave a failed node."""
    trace: list[TraceEntry]


def fresh() -> DecisionState:
    """Every key that a new decision resets, with lists of its own; `request`, `graph`, `deadline_at` come besides."""
    return {
        "policy": None,
        "standing": None,
        "recalled": None,
        "study": None,
        "aim": None,
        "temper": None,
        "tidings": None,
        "talk": None,
        "place": None,
        "affairs": [],
        "talks": None,
        "waiting": None,
        "messages": [],
        "answer": None,
        "content": None,
        "staged": [],
        "decision": None,
        "receipt": {},
        "trace": [],
    }


FRESH: Final[DecisionState] = fresh()
"""The reset values, to read and compare; `fresh()` gives a set that may be kept."""
