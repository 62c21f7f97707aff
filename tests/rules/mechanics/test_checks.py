from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice
from rules.mechanics import (
    Cover,
    Outcome,
    Plight,
    Training,
    check,
    check_bonus,
    contest,
    group_succeeds,
    passive_score,
    saving_bonus,
    saving_chance,
    saving_throw,
)
from schemas import Ability, AbilityScores, Condition, proficiency_bonus, proficiency_bonus_for_challenge

ROGUE = AbilityScores(dexterity=16, wisdom=12, strength=8)
DEXTERITY, STRENGTH, WISDOM = Ability.DEXTERITY, Ability.STRENGTH, Ability.WISDOM
conditions = st.frozensets(st.sampled_from(Condition))


def test_practice_grows_with_level_and_with_challenge() -> None:
    assert [proficiency_bonus(level) for level in (1, 4, 5, 8, 9, 12, 13, 16, 17, 20)] == [2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert [proficiency_bonus_for_challenge(rating) for rating in (0, 0.125, 4, 5, 17, 29, 30)] == [2, 2, 2, 3, 6, 9, 9]


def test_a_rogue_of_level_five_hides_with_all_that_expertise_gives() -> None:
    practice = proficiency_bonus(5)

    assert check_bonus(ROGUE, DEXTERITY) == 3
    assert check_bonus(ROGUE, DEXTERITY, practice, Training.HALF) == 4
    assert check_bonus(ROGUE, DEXTERITY, practice, Training.PROFICIENT) == 6
    assert check_bonus(ROGUE, DEXTERITY, practice, Training.EXPERT) == 9
    assert saving_bonus(ROGUE, DEXTERITY, practice, proficient=True) == 6
    assert saving_bonus(ROGUE, STRENGTH) == -1


def test_a_check_succeeds_on_its_dc_and_a_natural_one_decides_nothing() -> None:
    assert check(5, 15, LoadedDice([10])) == Outcome(success=True, total=15, rolls=(10,))
    assert not check(5, 15, LoadedDice([9])).success
    assert check(9, 10, LoadedDice([1])).success
    assert not check(0, 21, LoadedDice([20])).success


def test_the_poisoned_roll_twice_and_the_blind_do_not_roll_to_see() -> None:
    poisoned, blind = Plight.under({Condition.POISONED}), Plight.under({Condition.BLINDED})

    assert check(0, 10, LoadedDice([15, 4]), plight=poisoned).total == 4
    assert check(0, 10, LoadedDice([15]), plight=poisoned, easier=True).total == 15
    assert check(20, 5, LoadedDice([]), plight=blind, needs_sight=True) == Outcome(success=False, total=0, rolls=())


def test_advantage_is_worth_five_to_who_does_not_roll() -> None:
    assert [passive_score(3, advantage) for advantage in (-1, 0, 1)] == [8, 13, 18]


def test_a_tie_leaves_all_as_it_was() -> None:
    assert contest(3, 5, LoadedDice([12, 10])) == 0
    assert contest(3, 5, LoadedDice([13, 10])) == 1
    assert contest(3, 5, LoadedDice([2, 19, 10, 3]), advantage=1, against_advantage=-1) == 1


@pytest.mark.parametrize(("results", "together"), [("yn", True), ("ynn", False), ("yyn", True), ("", False)])
def test_half_of_a_group_carries_the_rest(results: str, together: bool) -> None:
    outcomes = [Outcome(success=one == "y", total=0, rolls=()) for one in results]

    assert group_succeeds(outcomes) is together


def test_cover_helps_to_dodge_a_fireball_and_nothing_else() -> None:
    assert saving_throw(DEXTERITY, 2, 15, LoadedDice([8]), cover=Cover.THREE_QUARTERS).total == 15
    assert saving_throw(WISDOM, 2, 15, LoadedDice([8]), cover=Cover.THREE_QUARTERS).total == 10


def test_the_stunned_do_not_get_out_of_the_way() -> None:
    stunned = Plight.under({Condition.STUNNED})

    assert saving_throw(DEXTERITY, 20, 5, LoadedDice([]), plight=stunned).rolls == ()
    assert saving_chance(DEXTERITY, 20, 5, plight=stunned) == 0
    assert saving_throw(WISDOM, 0, 5, LoadedDice([5]), plight=stunned).success


@settings(max_examples=60, deadline=None)
@given(conditions, st.integers(0, 6), st.sampled_from(Ability), st.integers(-5, 15), st.integers(1, 30), st.integers())
def test_anyone_may_be_asked_to_save_and_the_chance_says_what_is_certain(
    names: frozenset[Condition], level: int, ability: Ability, bonus: int, dc: int, seed: int
) -> None:
    plight = Plight.under(names, level)
    chance = saving_chance(ability, bonus, dc, plight=plight)
    outcome = saving_throw(ability, bonus, dc, Dice.seeded(seed), plight=plight)

    assert 0 <= chance <= 1
    assert chance > 0 or not outcome.success
    assert chance < 1 or outcome.success
