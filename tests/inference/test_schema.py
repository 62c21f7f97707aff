"""The schema that guides decoding holds what a grammar can hold, and no less than the type allows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Annotated, Literal, cast

import jsonschema
import pytest
from pydantic import BaseModel, Field

from inference import for_grammar
from inference.improvise import improvise
from schemas import Value


class Attack(Value):
    kind: Literal["attack"] = "attack"
    target: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Defend(Value):
    """Hide behind something."""

    kind: Literal["defend"] = "defend"


class Turn(Value):
    """What somebody does."""

    title: str = Field(min_length=1, max_length=20, description="Short.")
    move: Annotated[Attack | Defend, Field(discriminator="kind")]
    code: Annotated[str, Field(pattern=r"^[a-z]+$", max_length=12)]
    name: Annotated[str, Field(pattern=r"^[A-Z][a-z]*( [A-Z][a-z]*)*$", max_length=12)]
    sign: Annotated[str, Field(pattern=r"^.*\bmark\b.*$")]
    step: int = Field(multiple_of=5, ge=0, le=100)
    tags: set[str] = Field(max_length=3)
    amounts: dict[Annotated[str, Field(pattern=r"^[a-z]+$")], int]
    price: Decimal
    day: date
    hint: str | None = None


def keys_in(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {key for part in cast("list[object]", schema) for key in keys_in(part)}
    if isinstance(schema, dict):
        parts = cast("dict[str, object]", schema)
        return set(parts) | {key for part in parts.values() for key in keys_in(part)}
    return set()


def at(schema: object, *path: str) -> object:
    for step in path:
        schema = cast("dict[str, object]", schema)[step]
    return schema


def test_what_no_grammar_can_hold_is_left_to_the_validators() -> None:
    schema = for_grammar(Turn)
    assert not keys_in(schema) & {"multipleOf", "uniqueItems", "patternProperties", "default", "description"}
    assert at(schema, "properties", "amounts", "additionalProperties") == {"type": "integer"}


def test_a_pattern_takes_its_lengths_in_or_gives_way_to_them() -> None:
    schema = for_grammar(Turn)
    assert at(schema, "properties", "code") == {"type": "string", "pattern": "^[a-z]{1,12}$"}
    assert at(schema, "properties", "name") == {"type": "string", "maxLength": 12}
    assert at(schema, "properties", "sign") == {"type": "string"}
    assert at(schema, "$defs", "Attack", "properties", "target", "pattern") == r"^[a-z][a-z0-9_]{0,31}$"


def test_a_field_called_like_a_keyword_is_still_a_field() -> None:
    assert at(for_grammar(Turn), "properties", "title") == {"type": "string", "minLength": 1, "maxLength": 20}


def test_every_field_is_required_in_the_order_of_its_declaration() -> None:
    schema = for_grammar(Turn)
    assert schema["required"] == list(Turn.model_fields)
    assert list(cast("dict[str, object]", schema["properties"])) == list(Turn.model_fields)
    assert at(schema, "$defs", "Attack", "required") == ["kind", "target"]


def test_a_caller_may_change_what_it_got() -> None:
    for_grammar(Turn).clear()
    assert for_grammar(Turn)["type"] == "object"


@pytest.mark.parametrize("seed", range(20))
def test_what_the_type_allows_the_grammar_allows_too(seed: int) -> None:
    class Loose(BaseModel):
        title: str = Field(min_length=1, max_length=20)
        move: Annotated[Attack | Defend, Field(discriminator="kind")]
        level: int = Field(ge=1, le=20)
        share: float = Field(gt=0, lt=1)
        hint: str | None
        names: list[str] = Field(min_length=1, max_length=3)

    value = improvise(Loose.model_json_schema(), Random(seed))
    Loose.model_validate(value)
    jsonschema.validate(value, for_grammar(Loose))
