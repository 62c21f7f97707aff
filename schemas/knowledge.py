"""What can be known: tags, facts about them, and how strongly one tag brings another to mind."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue, model_validator

from schemas.calendar import WorldTime
from schemas.values import ID_PATTERN, Id, SignedUnitFloat, UnitFloat, Value

EVERYONE = "everyone"
"""In `known_by`: common knowledge."""
PLAYER = "player"
"""In `known_by`: the player's own party."""


class TagKind(StrEnum):
    """What a tag is about. Closed: a seventh kind is a change of this list, not a free string."""

    ENTITY = "entity"
    LOCATION = "location"
    CONCEPT = "concept"
    FACTION = "faction"
    EVENT_TYPE = "event_type"
    RELATION_TYPE = "relation_type"


def _or_as_text(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema, too, that a tag may be written as one string."""
    whole = dict(schema)
    kinds = "|".join(TagKind)
    schema.clear()
    schema["anyOf"] = [whole, {"type": "string", "pattern": f"^({kinds}):{ID_PATTERN.removeprefix('^')}"}]


class Tag(Value):
    """What a piece of knowledge is about. Written `kind:name` where a single string is needed."""

    model_config = ConfigDict(json_schema_extra=_or_as_text)

    kind: TagKind
    name: Id

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, str):
            kind, _, name = value.partition(":")
            return {"kind": kind, "name": name}
        return value

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


class RelationshipFact(Value):
    """How `subject` stands to `object`."""

    kind: Literal["relationship"] = "relationship"
    subject: Id
    object: Id
    relation: Id
    """`sibling`, `owes_life_to`, `grew_up_with`."""
    sentiment: SignedUnitFloat = 0.0


class EventFact(Value):
    """Something that happened."""

    kind: Literal["event"] = "event"
    event_type: Id
    participants: tuple[Id, ...] = ()
    at: WorldTime | None = None
    place: Id | None = None


class SecretFact(Value):
    """Something that its holder does not want known."""

    kind: Literal["secret"] = "secret"
    holder: Id
    severity: UnitFloat = 0.5
    """How much it would cost the holder to have it known."""
    wordings: tuple[Annotated[str, Field(min_length=1, max_length=2_000)], ...] = Field(default=(), max_length=16)
    """The same in other words or languages. No prompt holds them: the taint check knows the secret by them."""


class TraitFact(Value):
    """What somebody or something is like."""

    kind: Literal["trait"] = "trait"
    subject: Id
    trait: Id


class LoreFact(Value):
    """What is told about the world."""

    kind: Literal["lore"] = "lore"
    topic: Id


class QuestFact(Value):
    """Where a quest stands."""

    kind: Literal["quest"] = "quest"
    quest: Id
    status: Literal["offered", "started", "advanced", "completed", "failed"]


Payload = Annotated[
    RelationshipFact | EventFact | SecretFact | TraitFact | LoreFact | QuestFact, Field(discriminator="kind")
]


class FactSource(StrEnum):
    """Who says so."""

    WORLD = "world"
    GAME = "game"
    MODEL = "model"
    RULES = "rules"


class Fact(Value):
    """A piece of knowledge: a sentence, what it is about, and who knows it."""

    id: Id
    text: str = Field(min_length=1, max_length=2_000)
    payload: Payload
    tags: tuple[Tag, ...] = Field(default=(), max_length=32)
    importance: UnitFloat = 0.5
    known_by: tuple[Id, ...] = (EVERYONE,)
    """Characters, factions, `player` or `everyone`. Nobody else may find it in a prompt."""
    revealed: bool = False
    """A secret that has come out: the taint check lets it pass."""
    expires: WorldTime | None = None
    source: FactSource = FactSource.WORLD
    details: dict[str, JsonValue] = Field(default_factory=dict)
    """What the game wants to keep beside it; never shown to a model."""

    @property
    def is_secret(self) -> bool:
        """Whether it is a secret that has not come out."""
        return self.payload.kind == "secret" and not self.revealed


class AssociationKind(StrEnum):
    """Why two tags belong together."""

    DIRECT = "direct"
    CO_OCCURRENCE = "co_occurrence"
    SEMANTIC = "semantic"
    TEMPORAL = "temporal"


class Association(Value):
    """How strongly one tag brings another to mind, either way."""

    a: Tag
    b: Tag
    weight: UnitFloat
    kind: AssociationKind = AssociationKind.DIRECT

    @model_validator(mode="after")
    def _two_ends(self) -> Association:
        if self.a == self.b:
            raise ValueError(f"an association needs two different tags, not '{self.a}' twice")
        return self


class Relationship(Value):
    """How one character stands to another, as it is now."""

    character: Id
    toward: Id
    affinity: SignedUnitFloat = 0.0
    trust: SignedUnitFloat = 0.0

    @property
    def standing(self) -> float:
        """One number, -1 to 1: affinity and trust in equal parts."""
        return (self.affinity + self.trust) / 2


class MemoryEntry(Value):
    """Something that one character experienced, in its own words."""

    id: Id
    character: Id
    text: str = Field(min_length=1, max_length=4_000)
    speaker: Id | None = None
    """Who said it, where it is something that was said."""
    about: tuple[Id, ...] = ()
    """Whom and what it is about."""
    tags: tuple[Tag, ...] = ()
    importance: UnitFloat = 0.5
    emotion: UnitFloat = 0.0
    """How strongly it was felt. What moved somebody is kept longer."""
    at: WorldTime
    place: Id | None = None
    thread: str | None = Field(default=None, max_length=400)
    """The conversation, fight or negotiation that it happened in: memories of one thread are neighbours."""


class Turn(Value):
    """One line of a conversation."""

    speaker: Id
    text: str = Field(min_length=1, max_length=4_000)
    at: WorldTime
    heard_by: tuple[Id, ...] = ()
    """Who was there. Whoever joins later does not know it. Empty: nobody wrote it down, so all in the talk may know."""


class Summary(Value):
    """What the older part of a conversation came to. It stands beside the turns and never replaces them."""

    thread: str = Field(max_length=200)
    text: str = Field(min_length=1, max_length=4_000)
    turns: int = Field(ge=1)
    """How many it is made of, with those of the summaries before it."""
    upto_seq: int
    upto_number: int
    """The last turn that is in it: its moment, and its number in that."""
    heard_by: tuple[Id, ...] | None = None
    """Who was there for all of it: nobody else may know it. None: nobody wrote it down, so all in the talk may."""

    def is_known_to(self, hearer: str) -> bool:
        """Whether somebody was there for all of it."""
        return self.heard_by is None or hearer in self.heard_by


Leg = Literal["dense", "lexical", "associative"]
"""A way to find memories: by meaning, by words, by tags."""
FoundBy = Literal[Leg, "neighbour", "newest"]
"""A memory may also stand beside one that was found, or be among the newest where there was nothing to search by."""


class Recalled(Value):
    """What came to mind."""

    memories: tuple[MemoryEntry, ...] = ()
    """The one that fits best first."""
    found_by: dict[str, tuple[FoundBy, ...]] = Field(default_factory=dict)
    """How each memory and fact was found, by id."""
    facts: tuple[Fact, ...] = ()
    turns: tuple[Turn, ...] = ()
    """Oldest first."""
    summary: str | None = None
    """What was said before those turns, in short."""
    activation: dict[str, float] = Field(default_factory=dict)
    """Energy of each tag that was reached, the strongest first."""
    warnings: tuple[str, ...] = ()
    """Indexes that lagged or failed; the record answered all the same."""
