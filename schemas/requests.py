"""What the game asks, and what it gets."""

from __future__ import annotations

from typing import Literal
from uuid import uuid4

from pydantic import Field, model_validator

from schemas.calls import ToolResult
from schemas.decisions import CONTENTS, Content
from schemas.events import EVENTS, GameEvent
from schemas.receipts import Receipt
from schemas.scene import Scene
from schemas.values import Id, LanguageTag, Value, as_fields

Policy = Literal["auto", "model", "rules"]


class DecisionRequest(Value):
    """One question to one character."""

    id: Id = Field(default_factory=lambda: uuid4().hex)
    """The decision's identity: asked twice, it happens once."""
    kind: Id
    """The graph that decides; filled from the event when it is left out."""
    world: Id
    character: Id
    event: GameEvent
    scene: Scene
    deadline_ms: int | None = Field(default=None, ge=1, le=600_000)
    """Milliseconds; None: the graph's own."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    language: LanguageTag = "en"
    thread: Id | None = None
    """One conversation, fight or negotiation; None: one for each kind and character."""
    timeline: Id | None = None
    """None: the world's current one."""
    policy: Policy = "auto"

    @model_validator(mode="before")
    @classmethod
    def _kind_from_event(cls, value: object) -> object:
        fields = as_fields(value)
        if fields is None or fields.get("kind") is not None:
            return value
        event = fields.get("event")
        name = str((as_fields(event) or {}).get("type", type(event).__name__))
        if name not in EVENTS:
            return {**fields, "kind": "unknown"}  # the event's own fault is the one worth telling
        kind = EVENTS[name].answered_by
        if kind is None:
            raise ValueError(f"the event '{name}' asks for no decision by itself: name the `kind` that shall answer")
        return {**fields, "kind": kind}

    @property
    def thread_id(self) -> str:
        """LangGraph's thread: a world's threads never meet another's."""
        return f"{self.world}/{self.thread or f'{self.kind}.{self.character}'}"


class Decision(Value):
    """The answer: typed, checked, and with its receipt."""

    id: Id
    kind: Id
    decides: str
    """The name of the content's type."""
    world: Id
    character: Id
    content: Content
    tool_results: tuple[ToolResult, ...] = ()
    triggered_events: tuple[GameEvent, ...] = ()
    receipt: Receipt

    @model_validator(mode="before")
    @classmethod
    def _content_by_name(cls, value: object) -> object:
        fields = as_fields(value)
        content = as_fields(fields.get("content")) if fields else None
        if fields is None or content is None or fields.get("decides") not in CONTENTS:
            return value
        return {**fields, "content": CONTENTS[str(fields["decides"])].model_validate(content)}
