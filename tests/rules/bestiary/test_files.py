"""All creatures of ours: valid, plausible by the rules, tagged with known words, and named in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast

from rules.bestiary import RULE_TAGS, TERRAINS, THEMES, Bestiary
from schemas.abilities import Ability, Skill
from schemas.conditions import Condition
from schemas.creatures import Action, CreatureTemplate, CreatureType, Size
from schemas.items import DamageType, Rarity

CONFIG = Path(__file__).parents[3] / "config"
BOOK = Bestiary.load(CONFIG / "bestiary")

HIT_DIE = {Size.TINY: 4, Size.SMALL: 6, Size.MEDIUM: 8, Size.LARGE: 10, Size.HUGE: 12, Size.GARGANTUAN: 20}

AS_PRINTED = {
    ("bat", "bite"), ("black_bear", "bite"), ("black_bear", "claws"), ("brown_bear", "bite"), ("brown_bear", "claws"),
    ("cat", "claws"), ("chain_devil", "chain"), ("clay_golem", "slam"), ("couatl", "bite"), ("couatl", "constrict"),
    ("crab", "claw"), ("ghast", "bite"), ("ghost", "withering_touch"), ("ghoul", "bite"), ("gynosphinx", "claw"),
    ("gynosphinx", "claw_attack"), ("half_red_dragon_veteran", "heavy_crossbow"),
    ("half_red_dragon_veteran", "longsword"), ("half_red_dragon_veteran", "shortsword"), ("iron_golem", "slam"),
    ("iron_golem", "sword"), ("lemure", "fist"), ("lizard", "bite"), ("quasit", "claw"), ("rat", "bite"),
    ("sprite", "longsword"), ("violet_fungus", "rotting_touch"),
}  # fmt: skip
"""Attacks to which the reference document adds something else than practice and strength or dexterity."""
DAMAGE_AS_PRINTED = {
    ("bearded_devil", "beard"), ("glabrezu", "fist"), ("mule", "hooves"), ("saber_toothed_tiger", "bite"),
    ("saber_toothed_tiger", "claw"),
}  # fmt: skip
"""Attacks whose damage does not go with their bonus in the reference document either."""
DC_AS_PRINTED = {
    ("adult_silver_dragon", "wing_attack"), ("assassin", "light_crossbow"), ("assassin", "shortsword"),
    ("clay_golem", "slam"), ("dragon_turtle", "steam_breath"), ("dragon_turtle", "tail"), ("drow", "hand_crossbow"),
    ("giant_wasp", "sting"), ("gorgon", "petrifying_breath"), ("half_red_dragon_veteran", "fire_breath"),
    ("iron_golem", "poison_breath"), ("kraken", "ink_cloud"), ("kraken", "legendary_lightning_storm"),
    ("kraken", "lightning_storm"), ("solar", "blinding_gaze"), ("solar", "slaying_longbow"), ("tarrasque", "tail"),
}  # fmt: skip
"""Difficulty classes of poisons, and others that the reference document makes up otherwise."""


def actions() -> Iterator[tuple[CreatureTemplate, Action]]:
    for creature in BOOK.values():
        yield from ((creature, action) for action in (*creature.actions, *creature.legendary_actions))


def weapons() -> Iterator[tuple[CreatureTemplate, Action, set[int]]]:
    for creature, action in actions():
        if action.is_attack and action.kind != "spell_attack":
            strong_or_swift = (Ability.STRENGTH, Ability.DEXTERITY)
            yield creature, action, {creature.abilities.modifier(ability) for ability in strong_or_swift}


def test_every_file_is_valid_and_the_book_is_whole() -> None:
    BOOK.check()

    assert len(BOOK) > 300
    assert {page.type for page in BOOK.pages.values()} == set(CreatureType)
    assert (BOOK["commoner"].challenge, BOOK["goblin"].challenge, BOOK["tarrasque"].challenge) == (0, 0.25, 30)
    assert BOOK["adult_red_dragon"].challenge.xp == 18_000


def test_attacks_add_practice_and_strength_or_dexterity() -> None:
    odd = {
        (creature.id, action.id)
        for creature, action, modifiers in weapons()
        if action.attack_bonus not in {creature.challenge.proficiency_bonus + one for one in modifiers}
    }
    assert odd == AS_PRINTED


def test_weapons_add_to_their_first_dice_what_they_add_to_the_attack_or_nothing() -> None:
    odd = set[tuple[str, str]]()
    for creature, action, modifiers in weapons():
        dice = action.damage[0].dice if action.damage else None
        if dice is None or not dice.dice_average or (creature.id, action.id) in AS_PRINTED:
            continue
        added = dice.average - dice.dice_average
        if added not in {0, *modifiers} or (
            added and action.attack_bonus != creature.challenge.proficiency_bonus + added
        ):
            odd.add((creature.id, action.id))
    assert odd == DAMAGE_AS_PRINTED


def test_difficulty_classes_are_eight_and_practice_and_an_ability() -> None:
    odd = {
        (creature.id, action.id)
        for creature, action in actions()
        if action.save
        and action.save.dc
        not in {8 + creature.challenge.proficiency_bonus + creature.abilities.modifier(ability) for ability in Ability}
    }
    assert odd == DC_AS_PRINTED


def test_trained_saving_throws_add_practice() -> None:
    odd = {
        (creature.id, save.ability.value)
        for creature in BOOK.values()
        for save in creature.saving_throws
        if save.bonus != creature.abilities.modifier(save.ability) + creature.challenge.proficiency_bonus
    }
    assert not odd


def test_hit_dice_fit_size_and_constitution() -> None:
    for creature in BOOK.values():
        dice, *added = creature.hit_dice.terms
        extra = sum(term.sign * term.count for term in added)
        assert dice.sides == HIT_DIE[creature.size], creature.id
        assert extra == dice.count * creature.abilities.modifier(Ability.CONSTITUTION), creature.id


def test_passive_perception_is_ten_and_the_skill() -> None:
    odd = {
        creature.id
        for creature in BOOK.values()
        if creature.senses.passive_perception != 10 + creature.skill_bonus(Skill.PERCEPTION)
    }
    assert not odd


def test_legendary_creatures_spend_one_to_three() -> None:
    legendary = [creature for creature in BOOK.values() if creature.legendary_actions]

    assert len(legendary) == 30
    assert all(min(one.legendary_cost or 0 for one in creature.legendary_actions) == 1 for creature in legendary)


def test_casters_have_something_to_cast_and_so_often() -> None:
    mage, acolyte = BOOK["archmage"], BOOK["acolyte"]
    spells = [action for action in mage.actions if action.magical]

    assert {action.id for action in spells} >= {"fire_bolt", "cone_of_cold", "lightning_bolt", "banishment"}
    assert {action.uses_per_day for action in spells if action.id == "fire_bolt"} == {None}
    assert [action.heal for action in acolyte.actions if action.kind == "heal"] == ["1d8+2"]


def test_traits_speak_the_language_of_the_rules() -> None:
    said = {tag for one in BOOK.values() for trait in (*one.traits, *one.reactions) for tag in trait.tags}

    assert said <= set(RULE_TAGS)
    assert said >= {
        "advantage_with_ally",
        "regeneration",
        "advantage_on_magic_saves",
        "evasion",
        "sneak_attack",
        "parry",
    }
    for creature in BOOK.values():
        for trait in creature.traits:
            figures = trait.value or trait.damage or trait.save or trait.damage_types
            needs = {"regeneration", "relentless", "sneak_attack", "death_burst", "charges", "absorbs"} & set(
                trait.tags
            )
            assert figures or not needs, (creature.id, trait.id)


def test_creatures_are_tagged_with_a_terrain_and_known_themes() -> None:
    known = {*TERRAINS, *THEMES}
    assert {tag for page in BOOK.pages.values() for tag in page.tags} <= known
    assert not {page.id for page in BOOK.pages.values() if not set(page.tags) & set(TERRAINS)}
    assert {tag for page in BOOK.pages.values() for tag in page.tags} >= set(TERRAINS)
    assert {role for page in BOOK.pages.values() for role in page.roles} == {
        "brute",
        "skirmisher",
        "artillery",
        "controller",
        "leader",
    }


def needed_keys() -> set[str]:
    keys = {creature.name_key for creature in BOOK.values()}
    keys |= {action.name_key for _, action in actions()}
    keys |= {trait.name_key for creature in BOOK.values() for trait in (*creature.traits, *creature.reactions)}
    words = {
        "ability": Ability,
        "skill": Skill,
        "condition": Condition,
        "damage-type": DamageType,
        "size": Size,
        "creature-type": CreatureType,
        "rarity": Rarity,
    }
    return keys | {f"{prefix}-{word}".replace("_", "-") for prefix, kind in words.items() for word in kind}


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_name_is_there_in_both_languages(language: str) -> None:
    messages = list[str]()
    for name in ("srd", "bestiary", "actions", "traits"):
        resource = FluentParser().parse((CONFIG / "locales" / language / f"{name}.ftl").read_text("utf-8"))
        assert not [entry for entry in resource.body if isinstance(entry, ast.Junk)]
        messages += [entry.id.name for entry in resource.body if isinstance(entry, ast.Message)]

    assert needed_keys() == set(messages)
    assert len(messages) == len(set(messages))
