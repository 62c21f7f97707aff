"""What the sentences of a stat block say in figures (SRD 5.1, "Monsters": attacks are always worded alike)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import Area
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType

_TYPES = "|".join(DamageType)
_DICE = r"\d+d\d+(?:\s*[+-]\s*\d+)?"
_DAMAGE = re.compile(
    rf"(?:(?P<flat>\d+) )?(?:\((?P<dice>{_DICE})\) )?(?:(?P<type>{_TYPES})(?: or (?:{_TYPES}))* )?damage"
)
_OTHERWISE = re.compile(r",? or \d+ \([^)]*\) [a-z ]*damage,? (?:if|while|when|with|in)\b[^.,]*")
_LATER = re.compile(r"\d+ \([^)]*\) \w+ damage (?:at|every|for every|per)\b[^.]*")
_ATTACK = re.compile(
    r"(?P<how>Melee or Ranged|Melee|Ranged) (?P<what>Weapon|Spell) Attack: ?\+? ?(?P<bonus>-?\d+)(?: to hit)?[^,]*"
    r"(?:, reach (?P<reach>\d+) feet)?"
    r"(?:,?(?: or| and)? ranged? (?P<range>\d+)(?:(?: feet)?/(?P<long>\d+))? feet)?"
)
_SAVE = re.compile(rf"DC (?P<dc>\d+) (?P<ability>{'|'.join(one.capitalize() for one in Ability)})\b[\w ]* sav(?:ing|e)")
_HALF = re.compile(r"half (?:as much|the|of the)(?: \w+)? ?damage|only half the damage|takes half")
_CONDITION = re.compile(
    r"(?<!can't )\b(?:be|becomes?|is|are|and|or|knocked|falls?|falling|magically|also|lands) "
    rf"(?P<condition>{'|'.join(Condition)})\b"
    r"(?! (?:target|creature))"
)
_GOES_ON = re.compile(
    r"(?:Until|While|On a fail|It is|The target is|The creature is|A creature that fails|Otherwise, a|"
    r"If (?:the target|it) is )"
)
_LASTS = re.compile(r"for (?:up to )?(?P<number>\d+) (?P<unit>round|minute|hour|day)|until the (?:end|start) of")
_ROUNDS = {"round": 1, "minute": 10, "hour": 600, "day": 14_400}
_CONE = re.compile(r"(\d+)[- ]*f(?:oot|eet) cone")
_LINE = re.compile(r"(\d+)[- ]*f(?:oot|eet) line|line (?:of \w+ )?that is (\d+) feet long")
_RADIUS = re.compile(r"(\d+)[- ]*f(?:oot|eet)[- ]radius")
_CUBE = re.compile(r"(\d+)[- ]*f(?:oot|eet) cube")
_NEAR_A_POINT = re.compile(r"within (\d+) feet of that point")
_AREAS: tuple[tuple[re.Pattern[str], Literal["cone", "line", "sphere", "cube"]], ...] = (
    (_CONE, "cone"),
    (_LINE, "line"),
    (_NEAR_A_POINT, "sphere"),
    (_CUBE, "cube"),
)
_WITHIN = re.compile(r"within (\d+) feet|(?:on|targets) (?:a point|a target|one creature) .*?(\d+) feet")
_HEALS = re.compile(rf"regains? (?:\d+ )?\(?(?P<dice>{_DICE}|\d+)\)? hit points")
_SEVERAL = re.compile(
    r"\b[Ee]ach (?:[\w-]+ ){0,2}(?:creature|target|of those)|\b[Aa]ny (?:other )?creature|one or more creatures"
)
_INDIRECT = re.compile(r"\bmakes? (?:one|a|an) [\w ]*?attack (?:roll )?against\b")
_HOW_MANY = re.compile(r"\bup to (two|three|four|five|six|eight|ten)\b (?:creatures|targets)")
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}
MOST_CAUGHT = 6
"""More than that hardly ever stand together."""


@dataclass(frozen=True, slots=True)
class AttackLine:
    """What stands before the hit."""

    kind: Literal["melee", "ranged", "melee_or_ranged", "spell_attack"]
    bonus: int
    reach_ft: int | None
    range_ft: int | None
    long_range_ft: int | None


@dataclass(frozen=True, slots=True)
class SaveLine:
    """A saving throw, and what comes of failing it."""

    ability: Ability
    dc: int
    before: str
    """The text up to it: what does not hang on it."""
    after: str
    """The text behind it: what does."""


def tidy(text: str) -> str:
    """The text with its feet written out, its dashes plain and its spaces single."""
    text = re.sub(r"\s+", " ", text.replace("\u2212", "-").replace("\u2013", "-"))
    text = re.sub(r"\bft\.(?=\s+[A-Z]|$)", "feet.", text)
    return re.sub(r"\bft\b\.?", "feet", text).strip()


def attack_in(text: str) -> AttackLine | None:
    """The attack that a tidy text describes."""
    found = _ATTACK.search(text)
    if found is None:
        return None
    spell, how = found["what"] == "Spell", found["how"].lower().replace(" ", "_")
    reach, near, far = (int(found[one]) if found[one] else None for one in ("reach", "range", "long"))
    return AttackLine("spell_attack" if spell else how, int(found["bonus"]), reach, near, far)  # pyright: ignore[reportArgumentType]  # the pattern has just these


def save_in(text: str) -> SaveLine | None:
    """The first saving throw of a tidy text."""
    found = _SAVE.search(text)
    if found is None:
        return None
    return SaveLine(Ability(found["ability"].lower()), int(found["dc"]), text[: found.start()], text[found.end() :])


def hit_in(text: str) -> str:
    """What follows from a hit: the text behind `Hit:`."""
    return text.partition("Hit:")[2]


def damage_in(text: str, otherwise: DamageType | None = None) -> tuple[DamageRoll, ...]:
    """All damage that a tidy text deals at once, not turn by turn.

    Damage without a type is of the type `otherwise`, or left out.
    """
    rolls = list[DamageRoll]()
    for found in _DAMAGE.finditer(_LATER.sub("", _OTHERWISE.sub("", text))):
        dice, kind = found["dice"] or found["flat"], found["type"] or otherwise
        if dice and kind:
            rolls.append(DamageRoll(dice=DiceExpression(dice.replace(" ", "")), type=DamageType(kind)))
    return tuple(rolls)


def indirect(text: str) -> bool:
    """Whether a tidy text tells of another of its attacks (`makes one bite attack against a creature it grapples`)."""
    return _INDIRECT.search(text) is not None


def halved_in(text: str) -> bool:
    """Whether half of the damage remains for those who save."""
    return _HALF.search(text) is not None


def conditions_in(text: str) -> tuple[Condition, ...]:
    """What a tidy text inflicts: in its first sentence, and in those that go on from it."""
    found = dict.fromkeys(Condition(one["condition"]) for one in _CONDITION.finditer(gist_of(text)))
    if Condition.RESTRAINED in found:  # who turns to stone is held first
        found.pop(Condition.PETRIFIED, None)
    return tuple(found)


def rounds_in(text: str) -> int | None:
    """How long it lasts, in rounds; None where the text does not say."""
    found = _LASTS.search(gist_of(text))
    if found is None:
        return None
    return int(found["number"]) * _ROUNDS[found["unit"]] if found["number"] else 1


def repeats_in(text: str) -> bool:
    """Whether the sufferer may try again."""
    return re.search(r"repeats? the saving throw|repeat the save", text) is not None


def gist_of(text: str) -> str:
    """The first sentence of a tidy text, and those that go on from it."""
    first, *others = re.split(r"(?<=[.!]) ", text.strip())
    return " ".join([first, *(one for one in others if _GOES_ON.match(one))])


def area_in(text: str) -> Area | None:
    """The area that a tidy text fills; None where it is about whoever is near, or about single creatures."""
    for pattern, shape in _AREAS:
        found = pattern.search(text)
        if found is not None:
            return Area(shape=shape, size_ft=int(next(filter(None, found.groups()))))
    return None


def caught_in(area: Area) -> int:
    """How many an area usually catches: our own estimate, for those who do not look at places."""
    feet = {"cone": 15, "line": 30, "sphere": 5, "cube": 5}[area.shape]
    return max(1 if area.shape == "line" else 2, min(MOST_CAUGHT, area.size_ft // feet))


def targets_in(text: str) -> int:
    """How many a tidy text without an area strikes."""
    number = _HOW_MANY.search(text)
    if number is not None:
        return NUMBERS[number[1]]
    if _SEVERAL.search(text) is None:
        return 1
    return max(2, min(MOST_CAUGHT, (range_in(text) or 5) // 5))


def range_in(text: str) -> int | None:
    """How far a tidy text reaches that is no attack: a radius around itself, or the distance of whom it targets."""
    found = _RADIUS.search(text) or _WITHIN.search(text)
    return int(next(filter(None, found.groups()))) if found else None


def healing_in(text: str) -> DiceExpression | None:
    """The hit points that a tidy text gives back."""
    found = _HEALS.search(text)
    return DiceExpression(found["dice"].replace(" ", "")) if found else None
