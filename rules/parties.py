"""Parties of heroes: one TOML file each, and their sheets at any level."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from rules.arena.sheet import Sheet, figures
from schemas.abilities import Ability, proficiency_bonus
from schemas.creatures import Action
from schemas.errors import BadWorld, Fault, UnknownThing, field_path
from schemas.items import DamageRoll, DamageType
from schemas.parties import MOST_LEVEL, Hero, HeroAction, Party, at_level


def load_party(file: Path) -> Party:
    """Read one party. All that is wrong comes in one `BadWorld`, with file and field."""
    try:
        return Party.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise BadWorld(Fault(file.name, f"this is not TOML: {broken}.")) from None
    except OSError as unreadable:
        raise BadWorld(Fault(str(file), f"this file cannot be read: {unreadable.strerror}.")) from None
    except ValidationError as invalid:
        raise BadWorld(
            [Fault(f"{file.name}:{field_path(error['loc'])}".rstrip(":"), error["msg"]) for error in invalid.errors()]
        ) from None


def load_parties(folder: Path) -> Mapping[str, Party]:
    """Read `folder/<id>.toml`, by id. All faults of all files come in one `BadWorld`."""
    found, faults = dict[str, Party](), list[Fault]()
    for file in sorted(folder.glob("*.toml")):
        try:
            party = load_party(file)
        except BadWorld as wrong:
            faults += wrong.faults
            continue
        if party.id != file.stem:
            faults.append(Fault(f"{file.name}:id", f"the file is named '{file.stem}', but the id is '{party.id}'."))
        found[party.id] = party
    if faults:
        raise BadWorld(faults)
    return found


def find_party(name: str, folder: Path) -> Party:
    """The party of that name in the folder, or the one in the file of that name. Neither raises `UnknownThing`."""
    if name.endswith(".toml"):
        return load_party(Path(name))
    parties = load_parties(folder)
    if name not in parties:
        raise UnknownThing("party", name, parties)
    return parties[name]


def party_sheets(party: Party, level: int) -> tuple[Sheet, ...]:
    """The members' sheets at a level from 1 to 20; another raises `ValueError`."""
    return tuple(hero_sheet(member, level) for member in party.members)


def hero_sheet(hero: Hero, level: int) -> Sheet:
    """A hero at a level from 1 to 20; another raises `ValueError`."""
    if not 1 <= level <= MOST_LEVEL:
        raise ValueError(f"there is no level {level}; levels are 1 to {MOST_LEVEL}")
    scores = hero.scores(level)
    made = figures(
        hero.id,
        [action for each in hero.actions for action in _at(each, level, scores.modifier(each.ability))],
        armor_class=at_level(hero.armor_class, level) or 10,
        hit_points=hero.hit_points(level),
        speed_ft=at_level(hero.speed_ft, level) or 0,
    )
    practice = proficiency_bonus(level)
    made.saves = {one: scores.modifier(one) + (practice if one in hero.saves else 0) for one in Ability}
    made.initiative = scores.modifier(Ability.DEXTERITY)
    made.modifiers = hero.damage_modifiers
    extra = at_level(hero.ally_damage, level)
    made.sneaky = True
    made.extra_damage = () if extra is None else (DamageRoll(dice=extra, type=DamageType.PIERCING),)
    made.hero = True
    return made


def _at(action: HeroAction, level: int, modifier: int) -> list[Action]:
    """The action, and the multiattack that goes with it."""
    one, times = action.at(level, modifier), at_level(action.attacks, level) or 1
    if one is None:
        return []
    if times == 1:
        return [one]
    several = Action(
        id=f"{one.id}_{times}", name_key=one.name_key, kind="multiattack", sequence=(one.id,) * times, bonus=one.bonus
    )
    return [one, several]
