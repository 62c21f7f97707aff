"""Special abilities and reactions: which rule a name stands for, and the figures that its sentences give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from rules.bestiary.foreign.form import ForeignAbility
from rules.bestiary.foreign.naming import locale_key, plain_name, slug, uses_in_name
from rules.bestiary.foreign.saves import effect_of
from rules.bestiary.foreign.wording import damage_in, range_in, tidy
from schemas.creatures import Trait
from schemas.items import DamageType

MEANINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aggressive": ("aggressive",),
        "ambusher": ("advantage_against_surprised",),
        "angelic_weapons": ("magic_weapons",),
        "assassinate": ("advantage_against_surprised", "critical_on_surprise"),
        "blood_frenzy": ("advantage_against_wounded",),
        "brave": ("advantage_against_frightened",),
        "charge": ("charges",),
        "cunning_action": ("cunning",),
        "damage_transfer": ("damage_transfer",),
        "dark_devotion": ("advantage_against_charmed", "advantage_against_frightened"),
        "death_burst": ("death_burst",),
        "death_throes": ("death_burst",),
        "duergar_resilience": (
            "advantage_against_charmed",
            "advantage_against_paralyzed",
            "advantage_against_poisoned",
        ),
        "evasion": ("evasion",),
        "false_appearance": ("ambusher",),
        "fear_aura": ("aura",),
        "fey_ancestry": ("advantage_against_charmed",),
        "fire_absorption": ("absorbs",),
        "fire_aura": ("aura",),
        "fire_form": ("damage_on_touch",),
        "acid_absorption": ("absorbs",),
        "flyby": ("flyby",),
        "gnome_cunning": ("advantage_on_mental_magic_saves",),
        "grappler": ("advantage_against_grappled",),
        "heated_body": ("damage_on_touch",),
        "barbed_hide": ("damage_on_grapple",),
        "hellish_weapons": ("magic_weapons",),
        "horrific_appearance": ("aura",),
        "incorporeal_movement": ("incorporeal",),
        "air_form": ("incorporeal",),
        "invisibility": ("invisible",),
        "legendary_resistance": ("legendary_resistance",),
        "lightning_absorption": ("absorbs",),
        "limited_magic_immunity": ("spell_immunity", "advantage_on_magic_saves"),
        "magic_resistance": ("advantage_on_magic_saves",),
        "magic_weapons": ("magic_weapons",),
        "martial_advantage": ("extra_damage_with_ally",),
        "multiple_heads": ("advantage_against_charmed", "advantage_against_frightened", "advantage_against_stunned"),
        "nimble_escape": ("nimble",),
        "pack_tactics": ("advantage_with_ally",),
        "parry": ("parry",),
        "petrifying_gaze": ("aura",),
        "pounce": ("charges",),
        "rampage": ("bonus_attack_on_kill",),
        "reactive": ("reaction_each_turn",),
        "reckless": ("reckless",),
        "regeneration": ("regeneration",),
        "relentless": ("relentless",),
        "sneak_attack": ("extra_damage_with_ally", "sneak_attack"),
        "split": ("split",),
        "steadfast": ("advantage_against_frightened",),
        "stench": ("aura",),
        "sunlight_sensitivity": ("sunlight_sensitivity",),
        "sunlight_weakness": ("sunlight_weakness",),
        "sure_footed": ("advantage_against_prone",),
        "surprise_attack": ("damage_on_surprise",),
        "swarm": ("swarm",),
        "trampling_charge": ("charges",),
        "two_headed": ("advantage_against_charmed", "advantage_against_frightened", "advantage_against_stunned"),
        "two_heads": ("advantage_against_charmed", "advantage_against_frightened", "advantage_against_stunned"),
        "undead_fortitude": ("clings_to_life",),
        "water_form": ("incorporeal",),
    }
)
"""By the id of a trait. What its tags mean is in `RULE_TAGS`."""

_VALUES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "regeneration": re.compile(r"regains (\d+) hit points"),
        "parry": re.compile(r"adds (\d+) to its AC"),
        "relentless": re.compile(r"takes (\d+) damage or less"),
        "spell_immunity": re.compile(r"spells of (\d+)\w+ level or lower"),
    }
)
_RUN_UP = re.compile(r"moves? at least (\d+) feet")
_WITH_RANGE = frozenset({"aura", "death_burst", "damage_on_touch"})
_WITH_DAMAGE = frozenset(
    {
        "aura", "charges", "damage_on_grapple", "damage_on_surprise", "damage_on_touch", "death_burst",
        "extra_damage_with_ally",
    }
)  # fmt: skip
_WITH_SAVE = frozenset({"aura", "charges", "death_burst"})
_STOPPED = re.compile(rf"takes? ((?:(?:{'|'.join(DamageType)})(?:, | or |, or )?)+) damage")
_TYPES = re.compile("|".join(DamageType))


def trait_of(ability: ForeignAbility, weapon: DamageType | None) -> Trait:
    """The trait or reaction: its tags, and those of its figures that the tags read.

    `weapon`: the type of extra damage that the text gives no type of.
    """
    name, text = plain_name(ability.name), tidy(ability.desc)
    tags = MEANINGS.get(slug(name), ())
    effect = effect_of(ability, text) if _WITH_SAVE.intersection(tags) else None
    damage = damage_in(text, weapon)[:1] if _WITH_DAMAGE.intersection(tags) else ()
    return Trait(
        id=slug(name),
        name_key=locale_key("trait", name),
        tags=tags,
        value=_value(ability, text, tags),
        range_ft=_range(text, tags),
        damage=() if effect is not None and effect.damage else damage,
        save=effect,
        damage_types=_damage_types(text, tags),
    )


def _value(ability: ForeignAbility, text: str, tags: tuple[str, ...]) -> int | None:
    if "legendary_resistance" in tags:
        return (ability.usage.times if ability.usage else None) or uses_in_name(ability.name) or 3
    found = next((_VALUES[tag].search(text) for tag in tags if tag in _VALUES), None)
    return int(found[1]) if found else None


def _range(text: str, tags: tuple[str, ...]) -> int | None:
    if "charges" in tags:
        run_up = _RUN_UP.search(text)
        return int(run_up[1]) if run_up else None
    return range_in(text) or 5 if _WITH_RANGE.intersection(tags) else None


def _damage_types(text: str, tags: tuple[str, ...]) -> tuple[DamageType, ...]:
    if "regeneration" in tags:
        stopped = _STOPPED.search(text)
        return tuple(DamageType(one) for one in _TYPES.findall(stopped[1])) if stopped else ()
    return tuple(dict.fromkeys(DamageType(one) for one in _TYPES.findall(text))) if "absorbs" in tags else ()
