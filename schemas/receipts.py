"""How a decision came about."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.knowledge import FoundBy
from schemas.values import Id, UnitFloat, Value

Source = Literal["rules", "cache", "model", "repaired", "fallback"]


class Versions(Value):
    """What made the decision: enough to make it again."""

    graph: str
    """`name@version#hash` of the declaration."""
    prompt: str | None = None
    """`name#hash` of the rendered template's source."""
    schema_: str | None = Field(default=None, alias="schema", serialization_alias="schema")
    """`name#hash` of the JSON Schema that the model was held to."""
    model: str | None = None
    """As its endpoint calls it."""
    weights: str | None = None
    """The version of that model, by `config/models.toml`."""


class Tokens(Value):
    """As the server counted them."""

    prompt: int = Field(default=0, ge=0)
    completion: int = Field(default=0, ge=0)


class Validity(Value):
    """The three levels, counted over all attempts; None: was not asked."""

    grammar: bool | None = None
    """The last answer was JSON."""
    schema_: bool | None = Field(default=None, alias="schema", serialization_alias="schema")
    """It fitted its schema."""
    world: bool | None = None
    """It was legal in the world."""


class StepTaken(Value):
    """One node of the way that was taken."""

    node: Id
    milliseconds: float = Field(ge=0)
    outcome: str | None = None
    because: str | None = None


class Cut(Value):
    """What a prompt lost, so that it fits."""

    what: Literal["turns", "summary", "memories", "facts", "instructions"]
    how: Literal["dropped", "shortened", "abbreviated"]
    count: int = Field(ge=1)
    """So many of them."""
    tokens: int = Field(default=0, ge=0)
    """By how much that made the prompt shorter, as the server counts, or by an estimate on the safe side."""


class Reuse(Value):
    """An answer that no model was asked for now, and where it came from."""

    cache: Literal["look", "exact", "semantic", "flight"]
    """A description of the same look; an answer to the same question; to one like it; to one that was being asked."""
    answer: str | None = None
    """The name of the answer that was kept."""
    age_seconds: float | None = Field(default=None, ge=0)
    """Since it was kept."""
    likeness: UnitFloat | None = None
    """How alike the situations are, where they are not the same."""
    tokens: Tokens = Tokens()
    """What it took then, and was saved now."""
    milliseconds: float = Field(default=0.0, ge=0)
    """The same in time."""


class Receipt(Value):
    """How a decision came about. For designers and debuggers; nothing of it is for players."""

    source: Source
    reason: str
    """A stable code: `rules_by_share`, `deadline`, `model_unavailable`, ..."""
    versions: Versions
    seed: int
    language: str
    timeline: str
    checkpoint: str | None = None
    retrieved: tuple[str, ...] = ()
    """Ids of the memories and facts that were recalled."""
    found_by: dict[str, tuple[FoundBy, ...]] = Field(default_factory=dict)
    """Which leg of recall found each of them; more than one may have."""
    reused: Reuse | None = None
    """Which answer was said again; None: none was."""
    endpoint: str | None = None
    attempts: int = Field(default=0, ge=0)
    """Answers that were asked of a model."""
    tokens: Tokens = Tokens()
    cost: float = Field(default=0.0, ge=0)
    """What models cost, by the prices of `models.toml`, in their currency; to a millionth."""
    validity: Validity = Validity()
    cuts: tuple[Cut, ...] = ()
    """What was left out of the prompt that was sent last, or told in fewer words, because it was too long."""
    withheld: int = Field(default=0, ge=0)
    """How often its words would have told a secret, and were asked for anew or replaced. Never which one."""
    corrections: tuple[str, ...] = ()
    """What rules changed in a proposal."""
    warnings: tuple[str, ...] = ()
    """What went wrong without stopping the decision: a record that could not be written, an index that lags."""
    milliseconds: float = Field(default=0.0, ge=0)
    first_sentence_milliseconds: float | None = Field(default=None, ge=0)
    """Of a stream: until the first sentence was shown; None: none was before the decision."""
    steps: tuple[StepTaken, ...] = ()
