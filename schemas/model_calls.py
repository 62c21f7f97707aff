"""What is kept of a call of a model: numbers and names; its texts only where the settings say so. Never a key."""

from __future__ import annotations

from pydantic import Field

from schemas.values import Value


class ModelCall(Value):
    """One question to a model, and what came of it."""

    at: int
    """When it was asked, by the clock on the wall: milliseconds since 1970, UTC."""
    milliseconds: float = Field(ge=0)
    asked_for: str
    """The name of the schema that the answer was held to."""
    model: str
    """As the endpoint calls it; empty where nobody answered and no name was set."""
    endpoint: str
    """Its address, without user and password; empty where nobody was found."""
    outcome: str
    """`answered`, or the code of the error: `model_timeout`, `model_answer_invalid`, ..."""
    attempts: int = Field(default=1, ge=0)
    """Requests that were sent for it."""
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cost: float = Field(default=0.0, ge=0)
    """By the price that `models.toml` had then."""
    prompt: str | None = None
    """The messages as JSON, redacted; None: texts are not kept."""
    answer: str | None = None
    """What the model said, redacted; None: nothing, or texts are not kept."""
    trace: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    """OpenTelemetry's id of the trace that tells of it; None: nobody watched."""
    span: str | None = Field(default=None, pattern=r"^[0-9a-f]{16}$")


class LoggedCall(ModelCall):
    """A call as the record has it: on its timeline, at its moment."""

    world: str
    timeline: str
    seq: int
    number: int
    """Its place among the calls of its decision, from 0."""
    decision: str
    kind: str
