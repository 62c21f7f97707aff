"""Expected damage and kill chances are exact: held against the plain means of `rules.dice`, and against counting."""

from __future__ import annotations

from itertools import product

import pytest

from rules import expected_damage
from rules.arena import Sheet, clash
from schemas import Action, Condition, DamageModifiers, DamageType
from tests.rules.arena.ring import BOW, FLAME, action, sheet

TWO_KINDS = action(
    "bite", damage=[{"dice": "2d6+3", "type": "piercing"}, {"dice": "1d8", "type": "poison"}], attack_bonus=7
)
VENOM = action(
    "sting", save={"ability": "constitution", "dc": 13, "damage": [{"dice": "2d6", "type": "poison"}]}, attack_bonus=4
)


@pytest.mark.parametrize("advantage", [-1, 0, 1])
@pytest.mark.parametrize("deed", [action(), BOW, TWO_KINDS, VENOM], ids=lambda one: one.id)
def test_means_are_those_of_the_plain_formula(deed: Action, advantage: int) -> None:
    target = sheet()
    spread = clash(sheet(deed).deeds[0], target).spreads[1 + advantage]

    assert spread.mean == pytest.approx(expected_damage(deed, 12, advantage=advantage))
    assert spread.counting(10_000) == pytest.approx(spread.mean)


def test_the_chance_to_fell_is_counted_out() -> None:
    """1d6+2 with +5 against 12: hits on 7 to 20; 20 rolls two dice."""
    spread = clash(sheet().deeds[0], sheet()).spreads[1]
    for hit_points in range(1, 16):
        felled = sum(
            (face + 2 >= hit_points) * (natural != 20) + (face + other + 2 >= hit_points) * (natural == 20)
            for natural, face, other in product(range(7, 21), range(1, 7), range(1, 7))
        )
        assert spread.kills(hit_points) == pytest.approx(felled / (20 * 36))


def test_resistance_rounds_each_type_down_and_immunity_stops_it() -> None:
    def mean(target: Sheet) -> float:
        return clash(sheet(FLAME).deeds[0], target).spreads[1].mean

    plain, saved = sheet(), 6 / 20  # DC 15, no bonus
    whole = 7.0
    halves = sum((one + other) // 2 for one, other in product(range(1, 7), repeat=2)) / 36
    quarters = sum((one + other) // 2 // 2 for one, other in product(range(1, 7), repeat=2)) / 36
    tough = sheet(modifiers=DamageModifiers(resistances=(DamageType.FIRE,)))

    assert mean(plain) == pytest.approx((1 - saved) * whole + saved * halves)
    assert mean(tough) == pytest.approx((1 - saved) * halves + saved * quarters)
    assert mean(sheet(modifiers=DamageModifiers(immunities=(DamageType.FIRE,)))) == 0


def test_a_multiattack_adds_its_parts_and_its_chances_to_hold() -> None:
    grip = action("grip", conditions=["grappled"])
    twice = action("twice", kind="multiattack", sequence=["grip", "grip"])
    one, both = sheet(grip, twice).deeds
    target = sheet()

    assert clash(both, target).spreads[1].mean == pytest.approx(2 * clash(one, target).spreads[1].mean)
    (single,), (double,) = clash(one, target).takings[1], clash(both, target).takings[1]
    assert single.condition is Condition.GRAPPLED
    assert double.chance == pytest.approx(1 - (1 - single.chance) ** 2)


def test_monstrous_dice_are_bounded_and_cost_no_time() -> None:
    comet = action("comet", damage=[{"dice": "100d1000", "type": "fire"}], attack_bonus=5)
    storm = action("storm", kind="multiattack", sequence=["comet"] * 10)
    spread = clash(sheet(comet, storm).deeds[1], sheet()).spreads[1]

    assert 0 < spread.mean <= 1_000
    assert spread.kills(1_000) > 0.9
