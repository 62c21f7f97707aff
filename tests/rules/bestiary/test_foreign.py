"""Creatures of the 5e SRD API community format, all of them made up here."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Phrasebook
from rules.bestiary import as_ftl, as_toml, import_creatures
from schemas.abilities import Ability
from schemas.creatures import Action, Area, CreatureTemplate
from schemas.errors import BadWorld

BEAK = {
    "name": "Beak",
    "desc": "Melee Weapon Attack: +5 to hit, reach 10 ft., one target. Hit: 8 (1d10 + 3) piercing damage plus 3 (1d6) "
    "cold damage. If the target is a creature, it must succeed on a DC 13 Strength saving throw or be knocked prone.",
    "attack_bonus": 5,
    "damage": [{"damage_dice": "1d10+3", "damage_type": {"index": "piercing"}}],
}
LANCE = {
    "name": "Ice Lance",
    "desc": "Melee or Ranged Weapon Attack: +5 to hit, reach 5 ft. or range 30/120 ft., one target. "
    "Hit: 6 (1d6 + 3) piercing damage, or 7 (1d8 + 3) piercing damage if used with two hands to make a melee attack.",
    "attack_bonus": 5,
}
SQUALL = {
    "name": "Squall (Recharge 5-6)",
    "desc": "The heron exhales sleet in a 30-foot cone. Each creature in that area must make a DC 13 Dexterity saving "
    "throw, taking 14 (4d6) cold damage on a failed save, or half as much damage on a successful one.",
}
HERON: dict[str, Any] = {
    "name": "Rime Heron",
    "size": "Large",
    "type": "monstrosity",
    "subtype": None,
    "armor_class": [{"type": "natural", "value": 14}],
    "hit_points": 52,
    "hit_dice": "7d10",
    "hit_points_roll": "7d10+14",
    "speed": {"walk": "40 ft.", "fly": "60 ft.", "hover": True},
    "strength": 16,
    "dexterity": 14,
    "constitution": 14,
    "intelligence": 6,
    "wisdom": 12,
    "charisma": 8,
    "proficiencies": [
        {"value": 5, "proficiency": {"index": "saving-throw-str"}},
        {"value": 3, "proficiency": {"index": "skill-perception"}},
        {"value": 4, "proficiency": {"index": "tool-flute"}},
    ],
    "damage_vulnerabilities": ["fire"],
    "damage_resistances": ["bludgeoning, piercing, and slashing from nonmagical weapons that aren't silvered"],
    "damage_immunities": ["cold", "the laughter of children"],
    "condition_immunities": [{"index": "prone", "name": "Prone"}],
    "senses": {"darkvision": "60 ft.", "passive_perception": 13},
    "languages": "Auran, understands Common but can't speak it, Marsh Cant",
    "challenge_rating": 3,
    "xp": 700,
    "special_abilities": [
        {"name": "Dive", "desc": "It dives."},
        {
            "name": "Charge",
            "desc": "If the heron moves at least 20 ft. straight toward a target and then hits it with a beak attack, "
            "it takes an extra 7 (2d6) piercing damage. If the target is a creature, it must succeed on a DC 13 "
            "Strength saving throw or be knocked prone.",
        },
        {"name": "Regeneration", "desc": "It regains 5 hit points at the start of its turn. If it takes fire or acid "
         "damage, this trait doesn't function."},
    ],
    "actions": [
        {"name": "Multiattack", "desc": "The heron makes two attacks: one with its beak and one with its ice lance."},
        BEAK,
        LANCE,
        SQUALL,
    ],
    "legendary_actions": [{"name": "Peck (Costs 2 Actions)", "desc": "The heron makes one beak attack."}],
    "reactions": [{"name": "Parry", "desc": "The heron adds 3 to its AC against one melee attack that would hit it."}],
}  # fmt: skip


def brought(*monsters: dict[str, Any]) -> tuple[CreatureTemplate, list[str]]:
    imported = import_creatures(json.dumps(monsters), "own.json")
    assert not imported.faults
    return next(iter(imported.creatures.values())), [str(note) for note in imported.notes]


def acting(**action: Any) -> Action:
    creature, _ = brought(HERON | {"actions": [action], "legendary_actions": []})
    return creature.actions[0]


def test_a_monster_becomes_a_stat_block() -> None:
    heron, _ = brought(HERON)

    assert (heron.id, heron.name_key, heron.type, heron.size) == (
        "rime_heron",
        "creature-rime-heron",
        "monstrosity",
        "large",
    )
    assert (heron.armor_class, heron.hit_dice, heron.hit_points, heron.challenge) == (14, "7d10+14", 52, 3)
    assert (heron.speeds.walk, heron.speeds.fly, heron.speeds.hover) == (40, 60, True)
    assert heron.save_bonus(Ability.STRENGTH) == 5
    assert heron.damage_modifiers.nonmagical_resistances == ("bludgeoning", "piercing", "slashing")
    assert (heron.damage_modifiers.immunities, heron.damage_modifiers.vulnerabilities) == (("cold",), ("fire",))
    assert heron.languages == ("auran", "common")
    assert [action.id for action in heron.actions] == ["multiattack", "beak", "ice_lance", "squall"]
    assert heron.actions[0].sequence == ("beak", "ice_lance")


def test_sentences_give_what_fields_lack() -> None:
    heron, _ = brought(HERON)
    beak, lance, squall = heron.actions[1:]

    assert beak.save is not None
    assert squall.save is not None
    assert (beak.reach_ft, [roll.dice for roll in beak.damage], beak.save.conditions) == (
        10,
        ["1d10+3", "1d6"],
        ("prone",),
    )
    assert (lance.kind, lance.range_ft, lance.long_range_ft) == ("melee_or_ranged", 30, 120)
    assert [roll.dice for roll in lance.damage] == ["1d6+3"]
    assert (squall.area, squall.recharge, squall.save.half_on_success) == (Area(shape="cone", size_ft=30), 5, True)
    assert (squall.save.damage[0].dice, squall.save.dc, squall.targets) == ("4d6", 13, 2)


def test_traits_reactions_and_legendary_actions_carry_their_figures() -> None:
    heron, _ = brought(HERON)
    dive, charge, regeneration = heron.traits
    peck, parry = heron.legendary_actions[0], heron.reactions[0]

    assert dive.tags == ()
    assert charge.save is not None
    assert (charge.tags, charge.range_ft, charge.damage[0].dice) == (("charges",), 20, "2d6")
    assert charge.save.conditions == ("prone",)
    assert (regeneration.value, set(regeneration.damage_types)) == (5, {"acid", "fire"})
    assert (peck.id, peck.attack_bonus, peck.legendary_cost) == ("peck", 5, 2)
    assert (parry.tags, parry.value) == (("parry",), 3)


def test_nothing_is_left_out_in_silence() -> None:
    _, notes = brought(HERON | {"hit_points": 50, "xp": 701})

    assert len(notes) == 5
    assert any("hit_points: is 50, but 7d10+14 averages 52" in note for note in notes)
    assert any("xp: is 701, but challenge 3 is worth 700" in note for note in notes)
    assert any("'tool-flute' is neither a saving throw nor a skill" in note for note in notes)
    assert any("'the laughter of children' is left out" in note for note in notes)
    assert any("'marsh cant' is left out" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "conditions", "rounds", "repeats"),
    [
        ("or be frightened for 1 minute. A creature can repeat the saving throw at the end of each of its turns.",
         ("frightened",), 10, True),
        ("or be stunned until the end of its next turn. If it flees, it is blinded.", ("stunned",), 1, True),
        ("or be poisoned for 1 hour. While poisoned in this way, the target is paralyzed.",
         ("poisoned", "paralyzed"), 600, False),
        ("or begin to turn to stone and be restrained. It is petrified when it fails again.",
         ("restrained",), 10, False),
        ("or be pushed away. The frightened target can do nothing.", (), 10, True),
    ],
)  # fmt: skip
def test_conditions_and_how_long_they_last_come_out_of_the_text(
    text: str, conditions: tuple[str, ...], rounds: int, repeats: bool
) -> None:
    action = acting(name="Stare", desc=f"One creature within 60 ft. must make a DC 12 Wisdom saving throw {text}")

    assert action.save is not None
    assert (action.kind, action.range_ft, action.targets) == ("save", 60, 1)
    assert (action.save.conditions, action.save.rounds, action.save.repeats) == (conditions, rounds, repeats)


def test_what_is_magic_is_said_so_and_who_is_near_is_counted() -> None:
    charm = "One creature within 30 ft. must succeed on a DC 12 Wisdom saving throw or be magically charmed for 1 hour."
    roar = "Each creature within 60 ft. must succeed on a DC 12 Wisdom saving throw or be frightened for 1 minute."

    assert (acting(name="Charm", desc=charm).magical, acting(name="Roar", desc=roar).magical) == (True, False)
    assert (acting(name="Charm", desc=charm).targets, acting(name="Roar", desc=roar).targets) == (1, 6)


def test_fields_alone_are_enough() -> None:
    dc = {"dc_type": {"index": "con"}, "dc_value": 14, "success_type": "half"}
    claw = acting(
        name="Claw",
        attack_bonus=6,
        damage=[{"damage_dice": "2d4", "damage_bonus": 3, "damage_type": {"name": "Slashing"}}],
    )
    gas = acting(name="Gas", dc=dc, damage=[{"damage_dice": "3d6", "damage_type": {"index": "poison"}}],
                 usage={"type": "per day", "times": 2})  # fmt: skip

    assert (claw.kind, claw.attack_bonus, claw.reach_ft, claw.damage[0].dice) == ("melee", 6, 5, "2d4+3")
    assert gas.save is not None
    assert (gas.save.ability, gas.save.half_on_success, gas.uses_per_day) == ("constitution", True, 2)


def test_healing_and_a_choice_of_breaths_are_read() -> None:
    touch = acting(name="Mending Touch (3/Day)", desc="The target magically regains 11 (2d8 + 2) hit points.")
    breaths = {
        "name": "Breath Weapons",
        "desc": "One of these.\n"
        "Frost Breath. It exhales frost in a 15-foot cone. Each creature in it must make a DC 12 Constitution saving "
        "throw, taking 10 (3d6) cold damage on a failed save.\n"
        "Sleep Breath. It exhales gas in a 15-foot cone. Each creature in it must succeed on a DC 12 Constitution "
        "saving throw or fall unconscious for 1 minute.",
        "usage": {"type": "recharge on roll", "dice": "1d6", "min_value": 5},
        "options": {"choose": 1, "from": {"options": [
            {"name": "Frost Breath", "dc": {"dc_type": {"index": "con"}, "dc_value": 12, "success_type": "none"}},
            {"name": "Sleep Breath", "dc": {"dc_type": {"index": "con"}, "dc_value": 12, "success_type": "none"}},
        ]}},
    }  # fmt: skip
    drake, _ = brought(HERON | {"actions": [breaths], "legendary_actions": []})
    frost, sleep = drake.actions

    assert (touch.kind, touch.heal, touch.uses_per_day) == ("heal", "2d8+2", 3)
    assert frost.save is not None
    assert sleep.save is not None
    assert (frost.id, frost.recharge, frost.save.damage[0].dice) == ("frost_breath", 5, "3d6")
    assert (sleep.id, sleep.recharge, sleep.save.conditions) == ("sleep_breath", 5, ("unconscious",))


@pytest.mark.parametrize(
    "parts",
    [
        {"options": {"choose": 1, "from": [[{"name": "Beak", "count": 2, "type": "melee"}]]}},
        {"multiattack_type": "actions", "actions": [{"action_name": "Beak", "count": "2", "type": "melee"}]},
        {"action_options": {"from": {"options": [{"items": [{"action_name": "Beak", "count": "1d4"}]}]}}},
        {"desc": "The heron makes two attacks with its beak."},
    ],
)
def test_a_multiattack_is_read_as_it_was_and_is_written(parts: dict[str, Any]) -> None:
    heron, _ = brought(HERON | {"actions": [{"name": "Multiattack"} | parts, BEAK]})

    assert heron.actions[0].sequence == ("beak", "beak")


def test_a_caster_gets_the_spells_that_decide_fights() -> None:
    known = [("Fire Bolt", 0), ("Light", 0), ("Fireball", 3), ("Hold Person", 2), ("Cure Wounds", 1), ("Shield", 1)]
    casting = {
        "level": 6, "dc": 14, "modifier": 6, "ability": {"index": "int"}, "slots": {"1": 4, "2": 3, "3": 3},
        "spells": [{"name": name, "level": level} for name, level in known],
    }  # fmt: skip
    spellcasting = {"name": "Spellcasting", "desc": "It casts (+6 to hit with spell attacks).", "spellcasting": casting}
    sage, notes = brought(HERON | {"intelligence": 16, "actions": [BEAK], "special_abilities": [spellcasting]})
    spells = {action.id: action for action in sage.actions if action.magical}

    assert set(spells) == {"fire_bolt", "fireball", "hold_person", "cure_wounds"}
    assert (spells["fire_bolt"].attack_bonus, spells["fire_bolt"].damage[0].dice) == (6, "2d10")
    assert spells["fireball"].save is not None
    assert (spells["fireball"].save.dc, spells["fireball"].uses_per_day, spells["cure_wounds"].heal) == (14, 3, "1d8+3")
    assert any("these spells are no actions: Light, Shield" in note for note in notes)


def test_all_faults_come_at_once_with_creature_and_field_and_cost_only_their_creature() -> None:
    wrong = HERON | {"name": "Broken Heron", "armor_class": "high", "strength": None}
    worse = HERON | {"name": "Odd Heron", "type": "weather", "challenge_rating": "1/3", "hit_points_roll": "many"}
    fast = HERON | {"name": "Fast Heron", "speed": {"walk": "99999 ft."}, "senses": {"darkvision": "99999 ft."}}
    skilled = HERON | {
        "name": "Skilled Heron",
        "proficiencies": [{"value": 9999, "proficiency": {"index": "skill-arcana"}}],
    }
    cut = BEAK | {"name": "Cut", "desc": "", "attack_bonus": 99}
    clumsy = HERON | {"name": "Clumsy Heron", "actions": [BEAK, cut]}
    imported = import_creatures(json.dumps([wrong, HERON, worse, clumsy, fast, skilled, HERON, 7]))

    faults = [fault.where for fault in imported.faults]
    assert set(faults) >= {
        "Broken Heron: armor_class", "Broken Heron: strength", "Odd Heron: type", "Odd Heron: challenge_rating",
        "Odd Heron: hit_dice", "Clumsy Heron: Cut: attack_bonus", "Rime Heron", "[7]", "Fast Heron: speed: walk",
        "Fast Heron: senses: darkvision_ft", "Skilled Heron: proficiencies: bonus",
    }  # fmt: skip
    assert list(imported.creatures) == ["rime_heron"]


@pytest.mark.parametrize("text", ["", "{", "[]", "[[[[", "\x00"])
def test_what_is_no_list_of_monsters_is_a_fault_of_the_caller(text: str) -> None:
    with pytest.raises(BadWorld, match=r"own\.json"):
        import_creatures(text, "own.json")


def test_what_is_written_is_what_is_read_again() -> None:
    heron, _ = brought(HERON)

    assert CreatureTemplate.model_validate(tomllib.loads(as_toml(heron, "A heron of our own."))) == heron
    names = as_ftl({"creature-rime-heron": "Rime  Heron", "action-odd": "{ Odd }"}, "Own")
    phrasebook = Phrasebook({"en": [names]})
    assert (phrasebook.say("en", "creature-rime-heron"), phrasebook.say("en", "action-odd")) == (
        "Rime Heron",
        "{ Odd }",
    )


SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 40)
    | st.text(max_size=12)
    | st.sampled_from(["7d10", "30 ft.", "fire"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "from", "options", "index", "value", "desc", "count"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*HERON, "desc", "forms"]), SCRAPS, max_size=4))
def test_whatever_a_monster_holds_it_is_brought_or_its_faults_are_named(scraps: dict[str, Any]) -> None:
    imported = import_creatures(json.dumps([HERON | scraps, HERON | {"name": "Another"}]))

    assert "another" in imported.creatures
    assert len(imported.creatures) == 2 or imported.faults


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["actions", "special_abilities", "legendary_actions", "reactions"]),
    st.dictionaries(st.sampled_from(["desc", "damage", "dc", "usage", "options", "actions", "spellcasting"]), SCRAPS),
)
def test_whatever_an_action_holds_it_is_brought_or_its_faults_are_named(key: str, scraps: dict[str, Any]) -> None:
    imported = import_creatures(json.dumps(HERON | {key: [BEAK | scraps, {"name": "Multiattack"} | scraps]}))

    assert imported.creatures or imported.faults
