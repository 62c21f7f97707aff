from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.abilities import Ability, AbilityScores, Skill, proficiency_bonus, proficiency_bonus_for_challenge
from schemas.conditions import Condition, ConditionState, Duration
from schemas.creatures import (
    Action,
    ChallengeRating,
    CreatureTemplate,
    CreatureType,
    DamageModifiers,
    HitPoints,
    Size,
)
from schemas.items import DamageType, Equipment, EquipmentSlot, Hands, Item

SCIMITAR: dict[str, Any] = {
    "id": "scimitar",
    "name_key": "action-scimitar",
    "kind": "melee",
    "attack_bonus": 4,
    "reach_ft": 5,
    "damage": [{"dice": "1d6+2", "type": "slashing"}],
}
GOBLIN: dict[str, Any] = {
    "id": "goblin",
    "name_key": "creature-goblin",
    "type": "humanoid",
    "size": "small",
    "armor_class": 15,
    "hit_dice": "2d6",
    "hit_points": 7,
    "challenge": "1/4",
    "abilities": {"strength": 8, "dexterity": 14},
    "actions": [SCIMITAR],
    "roles": ["skirmisher"],
}


def test_the_closed_lists_are_as_long_as_the_reference_document_says() -> None:
    lengths = [len(kind) for kind in (Ability, Skill, Condition, DamageType, CreatureType, Size)]

    assert lengths == [6, 18, 15, 13, 14, 6]
    assert {skill.ability for skill in Skill} == set(Ability) - {Ability.CONSTITUTION}


@pytest.mark.parametrize(("score", "modifier"), [(1, -5), (9, -1), (10, 0), (11, 0), (12, 1), (20, 5), (30, 10)])
def test_a_score_gives_its_modifier(score: int, modifier: int) -> None:
    assert AbilityScores(wisdom=score).modifier(Ability.WISDOM) == modifier


@pytest.mark.parametrize("score", [0, 31, "strong"])
def test_a_score_outside_one_to_thirty_is_refused(score: object) -> None:
    with pytest.raises(ValidationError):
        AbilityScores.model_validate({"strength": score})


def test_each_ability_reads_its_own_score() -> None:
    scores = AbilityScores(strength=1, dexterity=2, constitution=3, intelligence=4, wisdom=5, charisma=6)

    assert [scores.score(ability) for ability in Ability] == [1, 2, 3, 4, 5, 6]


def test_practice_grows_with_level_and_challenge() -> None:
    assert [proficiency_bonus(level) for level in (1, 4, 5, 8, 9, 13, 17, 20)] == [2, 2, 3, 3, 4, 5, 6, 6]
    assert [proficiency_bonus_for_challenge(cr) for cr in (0, 0.5, 4, 5, 8, 9, 17, 21, 30)] == [
        2,
        2,
        2,
        3,
        3,
        4,
        6,
        7,
        9,
    ]
    with pytest.raises(ValueError, match="levels are 1 to 20"):
        proficiency_bonus(0)


@pytest.mark.parametrize(("text", "xp"), [("1/8", 25), ("1/4", 50), (0.5, 100), (0, 10), (5, 1800), (17, 18_000)])
def test_a_challenge_gives_its_experience(text: str | float, xp: int) -> None:
    assert ChallengeRating(text).xp == xp


@pytest.mark.parametrize("rating", [0.3, -1, 31, "1/3", "hard", float("nan"), None])
def test_a_challenge_that_is_not_in_the_table_is_refused(rating: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ChallengeRating).validate_python(rating)


def test_a_challenge_is_read_as_a_fraction_and_travels_as_a_number() -> None:
    goblin = CreatureTemplate.model_validate(GOBLIN)

    assert str(goblin.challenge) == "1/4"
    assert json.loads(goblin.model_dump_json())["challenge"] == 0.25
    assert CreatureTemplate.model_validate_json(goblin.model_dump_json()) == goblin


@pytest.mark.parametrize(
    "state",
    [{"condition": "exhaustion"}, {"condition": "exhaustion", "level": 7}, {"condition": "prone", "level": 1}],
)
def test_exhaustion_alone_has_levels(state: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ConditionState.model_validate(state)


def test_the_stunned_and_the_utterly_exhausted_do_not_act() -> None:
    assert ConditionState(condition=Condition.STUNNED).incapacitating
    assert ConditionState(condition=Condition.EXHAUSTION, level=6).incapacitating
    assert not ConditionState(condition=Condition.EXHAUSTION, level=5).incapacitating
    assert not ConditionState(condition=Condition.PRONE).incapacitating


def test_a_duration_is_counted_or_it_is_not() -> None:
    assert Duration(unit="minutes", amount=1).rounds == 10
    assert Duration(unit="until_rest").rounds is None
    with pytest.raises(ValidationError, match="needs an amount"):
        Duration(unit="rounds")
    with pytest.raises(ValidationError, match="has no amount"):
        Duration(unit="permanent", amount=3)


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 50), st.integers(-10, 2000))
def test_hit_points_stay_between_nought_and_their_maximum(maximum: int, lost: int, temporary: int, damage: int) -> None:
    before = HitPoints(current=max(0, maximum - lost), maximum=maximum, temporary=temporary)
    after = before.hurt(damage)

    total = before.current + before.temporary
    assert after.current + after.temporary == max(0, total - max(0, damage))
    assert after.healed(damage).current <= maximum
    assert after.current == before.current or after.temporary == 0


def test_more_hit_points_than_the_maximum_are_refused() -> None:
    with pytest.raises(ValidationError, match="exceed the maximum"):
        HitPoints(current=8, maximum=7)


def test_hit_points_that_do_not_fit_the_hit_dice_are_refused() -> None:
    with pytest.raises(ValidationError, match="2d6 averages 7"):
        CreatureTemplate.model_validate(GOBLIN | {"hit_points": 8})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"attack_bonus": None}, "needs attack_bonus"),
        ({"damage": []}, "needs damage"),
        ({"reach_ft": None}, "needs reach_ft"),
        ({"kind": "ranged"}, "needs range_ft"),
        ({"kind": "utility"}, "only attacks"),
        ({"kind": "save", "attack_bonus": None, "damage": []}, "needs 'save'"),
        ({"kind": "multiattack", "attack_bonus": None, "damage": []}, "needs 'sequence'"),
        ({"range_ft": 60, "long_range_ft": 30}, "shorter than range_ft"),
        ({"legendary_cost": 4}, "less than or equal to 3"),
        ({"recharge": 7}, "less than or equal to 6"),
    ],
)
def test_an_action_without_what_its_kind_needs_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Action.model_validate(SCIMITAR | changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"actions": []}, "at least 1 item"),
        ({"actions": [SCIMITAR, SCIMITAR]}, "more than one action"),
        ({"actions": [SCIMITAR | {"legendary_cost": 1}]}, "not among legendary_actions"),
        ({"legendary_actions": [SCIMITAR | {"id": "swift"}]}, "needs a legendary_cost"),
        (
            {"actions": [{"id": "multi", "name_key": "action-multi", "kind": "multiattack", "sequence": ["claw"]}]},
            "not there: claw",
        ),
        ({"weight": 12}, "Extra inputs"),
    ],
)
def test_a_stat_block_that_does_not_hang_together_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        CreatureTemplate.model_validate(GOBLIN | changes)


def test_an_untrained_saving_throw_is_the_ability_alone() -> None:
    goblin = CreatureTemplate.model_validate(GOBLIN | {"skills": [{"skill": "stealth", "bonus": 6}]})

    assert goblin.save_bonus(Ability.DEXTERITY) == 2
    assert goblin.skill_bonus(Skill.STEALTH) == 6
    assert goblin.skill_bonus(Skill.ATHLETICS) == -1


def test_damage_is_halved_doubled_or_stopped() -> None:
    werewolf = DamageModifiers(
        nonmagical_immunities=(DamageType.SLASHING,),
        resistances=(DamageType.COLD, DamageType.FIRE),
        vulnerabilities=(DamageType.RADIANT, DamageType.FIRE),
    )

    assert werewolf.factor(DamageType.SLASHING) == 0
    assert werewolf.factor(DamageType.SLASHING, magical=True) == 1
    assert [werewolf.factor(kind) for kind in (DamageType.COLD, DamageType.RADIANT, DamageType.FIRE)] == [0.5, 2, 1]
    with pytest.raises(ValidationError, match="also resistant or vulnerable"):
        DamageModifiers(immunities=(DamageType.FIRE,), vulnerabilities=(DamageType.FIRE,))


def test_hands_hold_one_of_four_ways() -> None:
    hands: TypeAdapter[Any] = TypeAdapter(Hands)

    assert hands.validate_python({"kind": "two_handed", "main": "greataxe"}).items == ("greataxe",)
    for third_hand in ({"kind": "three"}, {"kind": "empty", "main": "dagger"}, {"kind": "one"}):
        with pytest.raises(ValidationError):
            hands.validate_python(third_hand)


def test_two_hats_do_not_fit_one_head() -> None:
    hat = {"slot": "head", "item": "hat"}

    assert Equipment.model_validate({"worn": [hat]}).in_slot(EquipmentSlot.HEAD) == "hat"
    with pytest.raises(ValidationError, match="worn at: head"):
        Equipment.model_validate({"worn": [hat, hat]})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"damage": []}, "needs damage"),
        ({"kind": "tool"}, "only weapons"),
        ({"properties": ["thrown"]}, "needs range_ft"),
        ({"properties": ["versatile"]}, "go together"),
        ({"kind": "armour", "properties": []}, "needs an armor_class"),
        ({"weight_lb": -1}, "greater than or equal to 0"),
    ],
)
def test_an_item_that_is_not_what_it_says_is_refused(changes: dict[str, Any], fault: str) -> None:
    dagger: dict[str, Any] = {
        "id": "dagger",
        "name_key": "item-dagger",
        "kind": "weapon",
        "properties": ["finesse", "light"],
        "damage": [{"dice": "1d4", "type": "piercing"}],
    }
    assert Item.model_validate(dagger).damage
    with pytest.raises(ValidationError, match=fault):
        Item.model_validate(dagger | changes)
