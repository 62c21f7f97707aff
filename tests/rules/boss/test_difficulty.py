"""How the controller settles, waits and steps."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.boss.difficulty import FURTHEST, SLOPE, SPREAD, STEP, Band, Result, next_level, strength_of, win_rate
from schemas import BadSettings


def after_fights(strength: float, fights: int) -> list[Result]:
    """Fights of a party whose luck is always even."""
    results: list[Result] = []
    for _ in range(fights):
        level = next_level(results).level
        results.append(Result(level, max(-1.0, min(1.0, SLOPE * (strength - level)))))
    return results


def test_the_first_fight_is_as_the_book_has_it() -> None:
    assert (next_level([]).level, next_level([]).factor) == (0.0, 1.0)


@pytest.mark.parametrize("strength", [-0.6, 0.0, 0.3, 0.7])
def test_a_party_of_any_strength_is_in_the_band_after_six_fights_and_stays(strength: float) -> None:
    results, band = after_fights(strength, 20), Band()

    for result in results[6:]:
        assert band.low - 0.03 <= win_rate(strength, result.level) <= band.high + 0.03


def test_within_the_band_nothing_changes() -> None:
    middle = Band().middle
    level = 0.2
    margin = SLOPE * SPREAD * 0.45  # what a party that wins 67% leaves, on average
    steady = [Result(level, margin)] * 30

    assert abs(win_rate(strength_of(steady), level) - middle) < 0.05
    assert (next_level(steady).level, next_level(steady).changed) == (level, False)


@given(st.lists(st.tuples(st.floats(-FURTHEST, FURTHEST), st.floats(-1, 1)), min_size=1, max_size=30))
@settings(max_examples=80, deadline=None)
def test_a_step_is_bounded_and_goes_the_right_way(fights: list[tuple[float, float]]) -> None:
    results = [Result(level, margin) for level, margin in fights]
    before, following = results[-1].level, next_level(results)
    was = win_rate(strength_of(results), before)

    assert abs(following.level - before) <= STEP + 1e-9
    assert abs(following.level) <= FURTHEST
    if following.changed:
        assert (following.level > before) == (was > Band().high)
    else:
        assert Band().low <= was <= Band().high or abs(before) == FURTHEST


def test_old_results_give_way_when_a_party_gets_better() -> None:
    weak, strong = [Result(0.0, -0.8)] * 10, [Result(0.0, 0.8)] * 10

    assert strength_of([*weak, *strong]) > 0.3 > strength_of([*strong, *weak])


@pytest.mark.parametrize(("low", "high"), [(0.8, 0.6), (0.0, 0.5), (0.5, 1.0)])
def test_a_band_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(BadSettings):
        Band(low, high)


@pytest.mark.parametrize(("margin", "level"), [(-1.0, -FURTHEST), (1.0, FURTHEST)])
def test_however_a_party_fares_the_level_stays_within_its_bounds(margin: float, level: float) -> None:
    results = list[Result]()
    for _ in range(20):
        at = next_level(results).level
        results.append(Result(at, margin))

    assert next_level(results).level == level
