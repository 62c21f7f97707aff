"""What stands at the top of a stat block: armour, hit points, speeds, skills, senses, languages, immunities."""

from __future__ import annotations

import re
from math import floor

from rules.bestiary.foreign.form import ForeignMonster
from rules.bestiary.foreign.gather import Gatherer
from rules.bestiary.foreign.naming import slug
from schemas.abilities import Ability, AbilityScores, SavingThrowBonus, Skill, SkillBonus
from schemas.conditions import Condition
from schemas.creatures import CreatureType, DamageModifiers, Senses, Speeds
from schemas.dice import DiceExpression
from schemas.items import DamageType

_SHORT = {one[:3]: one for one in Ability}
_CONDITIONS = frozenset(Condition)
_TYPE = re.compile("|".join(DamageType))
_FEET = re.compile(r"\d+")
_SWARM = re.compile(r"swarm of (?:\w+ )?(\w+)", re.IGNORECASE)
_SINGULAR = {"beasts": "beast"}
_TELEPATHY = re.compile(r"telepathy")
_NO_LANGUAGE = frozenset({"", "-", "\u2014", "none"})
LANGUAGES = (
    "abyssal", "aquan", "auran", "celestial", "common", "deep speech", "draconic", "druidic", "dwarvish", "elvish",
    "giant", "gnomish", "gnoll", "goblin", "halfling", "ignan", "infernal", "orc", "primordial", "sylvan", "terran",
    "undercommon",
)  # fmt: skip
"""SRD 5.1, "Languages", and those that its creatures have to themselves."""


def type_of(monster: ForeignMonster) -> tuple[CreatureType, tuple[str, ...]]:
    """The type and the subtypes: a `swarm of Tiny beasts` is a beast of the subtype `swarm`. Others: `ValueError`."""
    swarm = _SWARM.fullmatch(monster.type.strip())
    words = _SINGULAR.get(swarm[1].lower(), swarm[1].lower()) if swarm else monster.type.strip().lower()
    main, _, more = words.partition("(")
    subtypes = [*re.split(r"[,)]", more), *re.split(r",", monster.subtype or "")]
    named = [slug(one) for one in subtypes if slug(one) not in ("", "none")]
    return CreatureType(main.strip()), tuple(dict.fromkeys([*(["swarm"] if swarm else []), *named]))


def abilities_of(monster: ForeignMonster) -> AbilityScores:
    """The six scores."""
    return AbilityScores.model_validate({one.value: getattr(monster, one.value) for one in Ability})


def hit_dice_of(monster: ForeignMonster, gatherer: Gatherer) -> DiceExpression:
    """The hit dice with what constitution adds to each (SRD 5.1, "Hit Points"); a note where hit points do not fit."""
    dice = DiceExpression((monster.hit_points_roll or monster.hit_dice).replace(" ", ""))
    added = dice.terms[0].count * abilities_of(monster).modifier(Ability.CONSTITUTION)
    if len(dice.terms) == 1 and added:
        dice = DiceExpression(f"{dice}{added:+d}")
    average = max(1, floor(dice.average))
    if average != monster.hit_points:
        gatherer.note("hit_points", f"is {monster.hit_points}, but {dice} averages {average}, which is taken")
    return dice


def speeds_of(monster: ForeignMonster) -> Speeds:
    """In feet; a word without a number is none, but for hovering."""
    ways = {name: int(found[0]) for name, text in monster.speed.items() if (found := _FEET.search(str(text)))}
    hover = str(monster.speed.get("hover", "")).lower() == "true" or "hover" in str(monster.speed.get("fly", ""))
    return Speeds.model_validate(
        {"walk": 0, **{w: f for w, f in ways.items() if w in Speeds.model_fields}, "hover": hover}
    )


def training_of(monster: ForeignMonster, gatherer: Gatherer) -> tuple[list[SavingThrowBonus], list[SkillBonus]]:
    """Saving throws and skills with practice."""
    saves, skills = list[SavingThrowBonus](), list[SkillBonus]()
    for one in monster.proficiencies:
        kind, _, name = one.proficiency.replace(": ", "-").replace(" ", "-").partition("-")
        what = slug(name.removeprefix("throw-"))
        if kind == "saving" and what[:3] in _SHORT:
            saves.append(SavingThrowBonus(ability=_SHORT[what[:3]], bonus=one.value))
        elif kind == "skill" and what in set(Skill):
            skills.append(SkillBonus(skill=Skill(what), bonus=one.value))
        else:
            gatherer.note("proficiencies", f"'{one.proficiency}' is neither a saving throw nor a skill")
    return saves, skills


def modifiers_of(monster: ForeignMonster, gatherer: Gatherer) -> DamageModifiers:
    """What it shrugs off. Silvered and adamantine weapons are not told from other nonmagical ones."""
    parts = dict[str, list[DamageType]]()
    for kind in ("resistances", "immunities", "vulnerabilities"):
        for phrase in getattr(monster, f"damage_{kind}"):
            for part in re.split(r";", phrase):
                types = [DamageType(one) for one in _TYPE.findall(part.lower())]
                mundane = "nonmagical" in part.lower() or "non magical" in part.lower()
                if not types or (kind == "vulnerabilities" and " from " in part):
                    gatherer.note(f"damage_{kind}", f"'{part.strip()}' is left out: rules do not know it")
                    continue
                parts.setdefault(f"nonmagical_{kind}" if mundane else kind, []).extend(types)
    known = dict.fromkeys(Condition(one) for one in monster.condition_immunities if one in _CONDITIONS)
    for one in monster.condition_immunities:
        if one not in _CONDITIONS:
            gatherer.note("condition_immunities", f"'{one}' is no condition")
    return DamageModifiers.model_validate({**parts, "condition_immunities": tuple(known)})


def senses_of(monster: ForeignMonster) -> Senses:
    """How far it notices what eyes do not show."""
    far = {f"{name}_ft": feet for name, feet in monster.senses.items() if f"{name}_ft" in Senses.model_fields}
    return Senses.model_validate({**far, "passive_perception": monster.senses.get("passive_perception", 10)})


def languages_of(monster: ForeignMonster, gatherer: Gatherer) -> list[str]:
    """What it speaks or understands, as ids; a note for words that are none of the languages."""
    found = list[str]()
    for phrase in re.split(r"[,;]| and | or ", monster.languages.lower()):
        plain = phrase.strip()
        if plain in _NO_LANGUAGE:
            continue
        known = [slug(one) for one in LANGUAGES if re.search(rf"\b{one}\b", plain)]
        if _TELEPATHY.search(plain):
            known = ["telepathy"]
        elif plain == "all":
            known = ["all"]
        if not known:
            gatherer.note("languages", f"'{plain}' is left out: it names no language")
        found += known
    return list(dict.fromkeys(found))
