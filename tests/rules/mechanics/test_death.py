from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice
from rules.mechanics import (
    DeathSaves,
    Plight,
    breaks_concentration,
    concentration_chance,
    concentration_dc,
    dies_at_once,
    keep_concentration,
)
from schemas import Condition, HitPoints

PLIGHTS = [Plight.under({condition}, 0) for condition in Condition]


def after(*naturals: int) -> DeathSaves:
    saves = DeathSaves()
    for natural in naturals:
        saves = saves.rolled(natural)
    return saves


def test_three_of_a_kind_decide_over_life_and_death() -> None:
    assert after(10, 9, 10, 9, 10).stable
    assert after(9, 10, 9, 10, 9).dead
    assert after(10, 10, 9, 9).dying


def test_a_one_fails_twice_and_a_twenty_wakes_up() -> None:
    assert after(1) == DeathSaves(failures=2)
    assert after(1, 5).dead
    assert after(9, 9, 20) == DeathSaves(awake=True)


def test_whose_fate_is_decided_rolls_no_more() -> None:
    assert after(10, 10, 10, 1, 1).stable
    assert DeathSaves(failures=3).roll(LoadedDice([])).dead


def test_blows_at_nought_count_as_failures_and_a_great_one_kills() -> None:
    assert DeathSaves(2, 1).hurt(4, 20) == DeathSaves(2, 2)
    assert DeathSaves(2, 1).hurt(4, 20, critical=True).dead
    assert DeathSaves().hurt(20, 20).dead
    assert DeathSaves().hurt(0, 20) == DeathSaves()
    assert after(9, 10, 10, 10).hurt(1, 20) == DeathSaves(failures=1)
    assert DeathSaves(failures=2).stabilized().stable
    assert DeathSaves(failures=3).stabilized().dead


def test_massive_damage_is_what_is_left_over_at_nought() -> None:
    cleric = HitPoints(current=6, maximum=12)

    assert dies_at_once(18, cleric)
    assert not dies_at_once(17, cleric)
    assert not dies_at_once(18, HitPoints(current=6, maximum=12, temporary=1))


def test_the_chance_to_live_is_that_of_all_rolls_counted_out() -> None:
    lived = sum(_ways(fate) for fate in product((1, 5, 10, 20), repeat=5) if not after(*fate).dead)

    assert DeathSaves().survival_chance() == pytest.approx(lived / 20**5)
    assert DeathSaves().survival_chance() == pytest.approx(0.595, abs=0.001)
    assert DeathSaves(failures=3).survival_chance() == 0
    assert DeathSaves(successes=3).survival_chance() == 1


def _ways(fate: tuple[int, ...]) -> int:
    """How many of the 20 faces count as each of these: 1, 2 to 9, 10 to 19, 20."""
    ways = 1
    for face in fate:
        ways *= {1: 1, 5: 8, 10: 10, 20: 1}[face]
    return ways


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(0, 30), st.booleans()), max_size=12))
def test_counts_stay_within_three_whatever_happens(blows: list[tuple[int, int, bool]]) -> None:
    saves = DeathSaves()
    for natural, damage, critical in blows:
        saves = saves.rolled(natural).hurt(damage, 25, critical=critical)

        assert 0 <= saves.successes <= 3
        assert 0 <= saves.failures <= 3
        assert saves.dead + saves.stable + saves.awake + saves.dying == 1


def test_half_of_a_great_blow_is_what_concentration_has_to_withstand() -> None:
    assert [concentration_dc(damage) for damage in (1, 20, 21, 22, 45)] == [10, 10, 10, 11, 22]
    assert keep_concentration(22, 3, LoadedDice([8])).success
    assert not keep_concentration(22, 3, LoadedDice([7])).success
    assert keep_concentration(0, -5, LoadedDice([])).success
    assert concentration_chance(22, 3) == pytest.approx(0.65)
    assert concentration_chance(22, 3, easier=True) == pytest.approx(1 - 0.35**2)


def test_who_is_out_of_action_concentrates_on_nothing() -> None:
    assert [c for c, plight in zip(Condition, PLIGHTS, strict=True) if breaks_concentration(plight)] == [
        c for c in Condition if c.incapacitating
    ]


def test_death_saves_can_be_rolled_to_the_end() -> None:
    dice, lived = Dice.seeded(4), 0
    for _ in range(2000):
        saves = DeathSaves()
        while saves.dying:
            saves = saves.roll(dice)
        lived += not saves.dead

    assert lived / 2000 == pytest.approx(DeathSaves().survival_chance(), abs=0.03)
