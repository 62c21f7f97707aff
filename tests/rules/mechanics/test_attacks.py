from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice, hit_chance
from rules.mechanics import Cover, Plight, attack, attack_roll, best_cover, lands, reaches, spoiled, way_of
from schemas import Action, Condition

JAVELIN: dict[str, Any] = {
    "id": "javelin",
    "name_key": "action-javelin",
    "kind": "melee_or_ranged",
    "attack_bonus": 5,
    "reach_ft": 5,
    "range_ft": 30,
    "long_range_ft": 120,
    "damage": [{"dice": "1d6+3", "type": "piercing"}],
}
javelin = Action.model_validate(JAVELIN)
glaive = Action.model_validate(
    JAVELIN | {"id": "glaive", "kind": "melee", "reach_ft": 10, "range_ft": None, "long_range_ft": None}
)
SLEEPER = Plight.under({Condition.UNCONSCIOUS})


def test_a_javelin_is_a_blow_from_near_and_a_throw_from_afar() -> None:
    assert [way_of(javelin, feet) for feet in (5, 10, 120, 121)] == ["melee", "ranged", "ranged", None]
    assert [way_of(glaive, feet) for feet in (10, 15)] == ["melee", None]
    assert (reaches(javelin), reaches(glaive)) == (120, 10)


def test_long_range_and_the_press_spoil_a_throw_but_not_a_blow() -> None:
    assert [spoiled(javelin, feet) for feet in (5, 30, 31)] == [False, False, True]
    assert spoiled(javelin, 30, crowded=True)
    assert not spoiled(javelin, 5, crowded=True)


def test_a_natural_twenty_hits_anything_and_a_natural_one_nothing() -> None:
    assert lands(20, -5, 30)
    assert not lands(1, 30, 5)
    assert attack_roll(0, 30, LoadedDice([20])).critical


@pytest.mark.parametrize(("cover", "hit"), [(Cover.NONE, True), (Cover.HALF, True), (Cover.THREE_QUARTERS, False)])
def test_cover_makes_a_target_harder_to_hit(cover: Cover, hit: bool) -> None:
    assert attack_roll(5, 14, LoadedDice([12]), cover=cover).hit is hit


def test_nothing_hits_who_is_wholly_covered_and_only_the_best_cover_counts() -> None:
    assert not attack_roll(5, 14, LoadedDice([20]), cover=Cover.TOTAL).hit
    assert best_cover([Cover.HALF, Cover.THREE_QUARTERS, Cover.NONE]) is Cover.THREE_QUARTERS
    assert best_cover([]) is Cover.NONE


def test_a_sleeper_is_hit_critically_from_beside_and_shot_at_without_advantage() -> None:
    beside = attack(javelin, 15, LoadedDice([3, 12]), target=SLEEPER)
    away = attack(javelin, 15, LoadedDice([12]), target=SLEEPER, distance_ft=20)

    assert (beside.hit, beside.critical, beside.rolls) == (True, True, (3, 12))
    assert (away.hit, away.critical, away.rolls) == (True, False, (12,))


def test_what_is_out_of_reach_is_missed_without_a_roll_and_a_spell_that_asks_for_a_save_is_no_attack() -> None:
    roar = Action.model_validate(
        {"id": "roar", "name_key": "action-roar", "kind": "save", "save": {"ability": "wisdom", "dc": 12}}
    )

    assert attack(glaive, 1, LoadedDice([]), distance_ft=20).rolls == ()
    with pytest.raises(ValueError, match="'roar' is no attack"):
        attack(roar, 10, LoadedDice([]))


@settings(max_examples=60, deadline=None)
@given(
    st.frozensets(st.sampled_from(Condition)),
    st.frozensets(st.sampled_from(Condition)),
    st.floats(0, 300),
    st.sampled_from(Cover),
    st.integers(1, 30),
    st.integers(),
)
def test_any_attack_can_be_made(
    mine: frozenset[Condition], theirs: frozenset[Condition], feet: float, cover: Cover, armor_class: int, seed: int
) -> None:
    outcome = attack(
        javelin,
        armor_class,
        Dice.seeded(seed),
        distance_ft=feet,
        attacker=Plight.under(mine),
        target=Plight.under(theirs),
        cover=cover,
    )

    assert outcome.hit or not outcome.critical
    assert len(outcome.rolls) <= 2


def test_the_rolls_that_hit_are_as_many_as_the_chance_says() -> None:
    for bonus in range(-5, 15):
        assert sum(lands(natural, bonus, 15) for natural in range(1, 21)) / 20 == pytest.approx(hit_chance(bonus, 15))
