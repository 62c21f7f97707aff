"""What the traits of a stat block do in an arena, by the tags of `rules.bestiary.RULE_TAGS`.

Not played here, and so worth nothing in a fight: what needs sunlight, hiding or disguise (`ambusher`), being invisible
all the time, walls to walk through (`incorporeal`), and being grappled (`damage_on_grapple`: nobody grapples by
choice).
Magic weapons are in the actions themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from schemas.conditions import Condition
from schemas.creatures import CreatureTemplate, Size, Trait

if TYPE_CHECKING:
    from rules.arena.sheet import Sheet

LEGENDARY_RESISTANCES = 3
"""How often a day a legendary creature turns a failed saving throw into a success, where nothing else is said."""
REGENERATION = 10
"""Hit points that a creature with regeneration has back at the start of its turn, where nothing else is said."""
PARRY = 2
"""What a parry adds to the armour class, where nothing else is said."""

_STEADY: dict[str, tuple[Condition, ...]] = {
    "advantage_against_charmed": (Condition.CHARMED,),
    "advantage_against_frightened": (Condition.FRIGHTENED,),
    "advantage_against_poisoned": (Condition.POISONED,),
    "advantage_against_paralyzed": (Condition.PARALYZED,),
    "advantage_against_stunned": (Condition.STUNNED, Condition.UNCONSCIOUS),
    "advantage_against_prone": (Condition.PRONE,),
}

_KEEN = {
    "advantage_against_wounded": "wounded",
    "advantage_against_grappled": "grappled",
    "advantage_against_surprised": "fresh",
}
_SPLITS = {Size.MEDIUM: 1, Size.LARGE: 2, Size.HUGE: 3, Size.GARGANTUAN: 4}
"""How often something can be cut in two before it is small (SRD 5.1, "Split")."""


def endow(sheet: Sheet, template: CreatureTemplate) -> None:
    """Give a sheet what the traits and reactions of its stat block say."""
    traits = _tagged((*template.traits, *template.reactions))
    sheet.pack_tactics = "advantage_with_ally" in traits
    for tag in ("extra_damage_with_ally", "sneak_attack"):
        if tag in traits:
            sheet.extra_damage, sheet.sneaky = traits[tag].damage, tag == "sneak_attack"
    sheet.charge = traits.get("charges")
    sheet.magic_resistance = "advantage_on_magic_saves" in traits
    sheet.steady = frozenset(one for tag, held in _STEADY.items() if tag in traits for one in held)
    sheet.evasion = "evasion" in traits
    sheet.legendary_resistances = _value(traits, "legendary_resistance", LEGENDARY_RESISTANCES)
    sheet.regeneration = _value(traits, "regeneration", REGENERATION)
    if sheet.regeneration:
        sheet.regeneration_stops = frozenset(traits["regeneration"].damage_types)
    sheet.fortitude = "clings_to_life" in traits
    sheet.relentless = _value(traits, "relentless", 0)
    sheet.absorbs = frozenset(traits["absorbs"].damage_types) if "absorbs" in traits else frozenset()
    sheet.aura = traits.get("aura")
    sheet.on_touch = traits["damage_on_touch"].damage if "damage_on_touch" in traits else ()
    sheet.parry = _value(traits, "parry", PARRY)
    sheet.flyby = "flyby" in traits
    sheet.keen = frozenset(against for tag, against in _KEEN.items() if tag in traits)
    sheet.reckless = "reckless" in traits
    sheet.deadly_surprise = "critical_on_surprise" in traits
    sheet.surprise_damage = traits["damage_on_surprise"].damage if "damage_on_surprise" in traits else ()
    if "bonus_attack_on_kill" in traits:
        sheet.rampage = next((deed for deed in sheet.deeds if deed.id == "bite"), sheet.opportunity)
    sheet.mental_magic_resistance = "advantage_on_mental_magic_saves" in traits
    sheet.spell_immunity = "spell_immunity" in traits
    sheet.swarm = "swarm" in traits
    sheet.splits = _SPLITS.get(template.size, 0) if "split" in traits else 0
    sheet.burst = traits.get("death_burst")
    sheet.transfers = "damage_transfer" in traits
    sheet.nimble = "nimble" in traits or "cunning" in traits
    sheet.rushes = "aggressive" in traits or "cunning" in traits
    sheet.swift = "reaction_each_turn" in traits


def _tagged(traits: Iterable[Trait]) -> dict[str, Trait]:
    """The trait behind each tag."""
    return {tag: trait for trait in traits for tag in trait.tags}


def _value(traits: dict[str, Trait], tag: str, usual: int) -> int:
    """The figure of a trait; `usual` where it names none, 0 without such a trait."""
    trait = traits.get(tag)
    return 0 if trait is None else usual if trait.value is None else trait.value
