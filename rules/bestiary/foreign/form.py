"""The JSON of the 5e SRD API community format, old and new, brought to one form.

The format has changed over the years: an armour class is a number or a list of them, a choice holds its options in a
list or in an object, a multiattack is told in `options` or in `actions`. All of them are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, TypeAlias, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.dice import DiceExpression

Raw: TypeAlias = Mapping[str, object]

_FEET = re.compile(r"\s*(\d+)\s*(?:feet|foot|ft\.?)?")


class Form(BaseModel):
    """A part of the format; what is not needed is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


def _as_raw(value: object) -> Raw:
    return cast("Raw", value) if isinstance(value, Mapping) else {}


def _as_list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _options(choice: object) -> list[object]:
    """The options of a choice: `{"from": [..]}`, or `{"from": {"options": [..]}}`."""
    among = _as_raw(choice).get("from")
    return _as_list(_as_raw(among).get("options")) or _as_list(among)


def _first_of_choices(value: object) -> object:
    """A list in which each choice has become the first of its options."""
    if not isinstance(value, list):
        return value
    return [(_options(one) or [one])[0] for one in cast("list[object]", value)]


def _word(value: object) -> object:
    """A reference (`{"index": "con", "name": "CON"}`) or a plain word, as a word in small letters."""
    raw = _as_raw(value)
    return str(raw.get("index") or raw.get("name") or value).lower() if raw or isinstance(value, str) else value


def _feet(value: object) -> object:
    """A distance such as `30 ft.`."""
    found = _FEET.match(value) if isinstance(value, str) else None
    return int(found.group(1)) if found else value


def _armor_class(value: object) -> object:
    """A number, or the first of several."""
    first = value[0] if isinstance(value, list) and value else value  # pyright: ignore[reportUnknownVariableType]  # JSON
    return _as_raw(first).get("value", first)  # pyright: ignore[reportUnknownArgumentType]


def _count(value: object) -> object:
    """A number, or the average of dice, rounded down."""
    try:
        return int(DiceExpression(value).average) if isinstance(value, str) else value
    except ValueError:
        return None


Word = Annotated[str, BeforeValidator(_word)]
Distance = Annotated[int, BeforeValidator(_feet)]


class ForeignDamage(Form):
    """Dice of one type; the plain number is in the dice, or beside them."""

    damage_dice: str | None = None
    damage_bonus: int = 0
    damage_type: Word | None = None


class ForeignSave(Form):
    """A difficulty class."""

    dc_type: Word
    dc_value: int
    success_type: str = "none"


class ForeignUsage(Form):
    """How often something can be used."""

    type: str
    times: int | None = None
    min_value: int | None = None


class ForeignSpell(Form):
    """A spell that somebody knows."""

    name: str
    level: int = 0
    usage: ForeignUsage | None = None


class ForeignSpellcasting(Form):
    """What somebody casts, and how well."""

    ability: Word | None = None
    dc: int | None = None
    modifier: int | None = None
    level: int | None = None
    slots: dict[str, int] | None = None
    spells: tuple[ForeignSpell, ...] = ()


class ForeignStep(Form):
    """One part of a multiattack."""

    name: str
    count: Annotated[int | None, BeforeValidator(_count)] = 1
    """How often: the average where dice say it, None for other words."""
    notes: str | None = None


class ForeignAbility(Form):
    """A trait, an action, a legendary action or a reaction."""

    name: str
    desc: str = ""
    attack_bonus: int | None = None
    damage: Annotated[tuple[ForeignDamage, ...], BeforeValidator(_first_of_choices)] = ()
    dc: ForeignSave | None = None
    usage: ForeignUsage | None = None
    spellcasting: ForeignSpellcasting | None = None
    ways: tuple[tuple[ForeignStep, ...], ...] = ()
    """A multiattack: what it is made of, each way of it."""
    choices: tuple[ForeignAbility, ...] = ()
    """One use, to be chosen among these: the two breaths of a dragon."""

    @model_validator(mode="before")
    @classmethod
    def _one_form(cls, value: object) -> object:
        raw = dict(_as_raw(value))
        if isinstance(raw.get("desc"), list):
            raw["desc"] = "\n".join(map(str, _as_list(raw["desc"])))
        raw["ways"] = [way for way in _ways(raw) if way]
        options = _options(raw.get("attack_options")) or _options(raw.get("options")) or _as_list(raw.get("attacks"))
        raw["choices"] = [one for one in options if {"dc", "damage"} & set(_as_raw(one))]
        if not raw.get("attack_bonus"):
            raw["attack_bonus"] = None  # the format has 0 where there is no attack
        return raw


def _ways(raw: Raw) -> Iterator[list[Raw]]:
    """The ways of a multiattack."""
    yield [_step(one) for one in _as_list(raw.get("actions"))]
    for choice in (raw.get("options"), raw.get("action_options")):
        for option in _options(choice):
            steps = _as_list(_as_raw(option).get("items")) or _as_list(option) or [option]
            yield [_step(one) for one in steps if {"count", "action_name"} & set(_as_raw(one))]


def _step(value: object) -> Raw:
    raw = _as_raw(value)
    return {**raw, "name": raw.get("action_name") or raw.get("name")}


class ForeignProficiency(Form):
    """A saving throw or a skill that somebody is trained in."""

    proficiency: Word
    value: int


class ForeignMonster(Form):
    """A creature of the format."""

    name: str
    size: str
    type: str
    subtype: str | None = None
    armor_class: Annotated[int, BeforeValidator(_armor_class)]
    hit_points: int
    hit_dice: str
    hit_points_roll: str | None = None
    speed: dict[str, object] = Field(default_factory=dict[str, object])
    strength: int
    dexterity: int
    constitution: int
    intelligence: int
    wisdom: int
    charisma: int
    proficiencies: tuple[ForeignProficiency, ...] = ()
    damage_vulnerabilities: tuple[str, ...] = ()
    damage_resistances: tuple[str, ...] = ()
    damage_immunities: tuple[str, ...] = ()
    condition_immunities: tuple[Word, ...] = ()
    senses: dict[str, Distance] = Field(default_factory=dict[str, int])
    languages: str = ""
    challenge_rating: float | str
    xp: int | None = None
    special_abilities: tuple[ForeignAbility, ...] = ()
    actions: tuple[ForeignAbility, ...] = ()
    legendary_actions: tuple[ForeignAbility, ...] = ()
    reactions: tuple[ForeignAbility, ...] = ()
