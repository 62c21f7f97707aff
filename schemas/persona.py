"""What somebody is after, and how they sound: the parts of a character's sheet that have a form of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, cast

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from schemas.decisions import EmotionalTone
from schemas.errors import Fault
from schemas.knowledge import Tag
from schemas.values import Id, Value


def _or_its_text(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema, too, that its text alone will do."""
    whole = dict(schema)
    schema.clear()
    schema["anyOf"] = [whole, {"type": "string", "minLength": 1}]


class Worded(Value):
    """Something that is written as its text alone where there is nothing more to say of it."""

    model_config = ConfigDict(json_schema_extra=_or_its_text)

    text: str = Field(min_length=1, max_length=400)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    @model_serializer(mode="wrap")
    def _as_text(self, whole: SerializerFunctionWrapHandler) -> object:
        """What was written as a text is written as one again."""
        told = cast("dict[str, object]", whole(self))
        return self.text if all(getattr(self, name) == field.default for name, field in self._besides) else told

    @property
    def _besides(self) -> Sequence[tuple[str, Any]]:
        return [(name, field) for name, field in type(self).model_fields.items() if name != "text"]

    def __str__(self) -> str:
        return self.text


class Goal(Worded):
    """What somebody is after: in words, and, where events shall count for it, with the tags that it is about."""

    for_: Annotated[tuple[Tag, ...], Field(max_length=8, alias="for")] = ()
    """Whose good it wants (`entity:`, `faction:`), and what is to come about (`concept:`, `event_type:`)."""
    against: Annotated[tuple[Tag, ...], Field(max_length=8)] = ()
    """Whose harm it wants, and what is not to come about."""
    weight: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How much it is to them."""

    model_config = ConfigDict(json_schema_extra=_or_its_text, populate_by_name=True, serialize_by_alias=True)

    @property
    def ends(self) -> frozenset[Tag]:
        """All that it is about."""
        return frozenset((*self.for_, *self.against))


class SampleLine(Worded):
    """A line in somebody's voice, and where it would be said: what it has in common with the moment, brings it up."""

    tones: Annotated[tuple[EmotionalTone, ...], Field(max_length=9)] = ()
    topics: Annotated[tuple[Id, ...], Field(max_length=12)] = ()
    """Names of whom and what it is about, and of ideas: `hollow_bell`, `pip`."""
    events: Annotated[tuple[Id, ...], Field(max_length=12)] = ()
    """Types of events, as tags have them: `dialogue_choice`, `combat_started`."""


def contradictions(where: str, goals: Sequence[Goal]) -> Iterator[Fault]:
    """Every pair of goals, or goal, that is for and against the same thing; `where` is the place of all goals."""
    for number, goal in enumerate(goals):
        for other_number, other in enumerate(goals[: number + 1]):
            both: set[Tag] = set(goal.for_) & set(other.against) | set(goal.against) & set(other.for_)
            for tag in sorted(both, key=str):
                at = f"{where}.{number}"
                if other is goal:
                    yield Fault(at, f"'{goal}' is for and against {tag}.", "Keep it in `for` or in `against`.")
                else:
                    what = f"'{goal}' and goal {other_number}, '{other}', are for and against {tag}."
                    yield Fault(at, what, f"Take {tag} out of one of them, or give it a tag of its own.")
