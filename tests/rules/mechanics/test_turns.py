from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice
from rules.mechanics import (
    Contender,
    Legend,
    Outcome,
    Plight,
    Spent,
    Turn,
    initiative_order,
    recharge_chance,
    recharges,
)
from schemas import Action, Condition

PRONE = Plight.under({Condition.PRONE})
steps = st.lists(
    st.one_of(st.sampled_from(["action", "bonus_action", "reaction", "stand_up", "dash"]), st.integers(0, 40))
)


def deed(**more: object) -> Action:
    plain: dict[str, Any] = {"id": "tail", "name_key": "action-tail", "kind": "utility"}
    return Action.model_validate(plain | more)


def test_an_action_is_spent_once() -> None:
    turn = Turn.started(30).spend("action").spend("bonus_action")

    assert (turn.may("action"), turn.may("bonus_action"), turn.may("reaction")) == (False, False, True)
    with pytest.raises(ValueError, match="no bonus action left"):
        turn.spend("bonus_action")


def test_a_way_may_be_broken_up_and_rough_ground_costs_double() -> None:
    turn = Turn.started(30).move(10).spend("action").move(5, difficult=True)

    assert turn.movement_ft == 10
    with pytest.raises(ValueError, match="cost 12, and 10 are left"):
        turn.move(6, difficult=True)
    assert Turn.started(30).dash().movement_ft == 60


def test_who_lies_on_the_ground_crawls_or_stands_up() -> None:
    down = Turn.started(30, PRONE)

    assert down.move_cost(5) == 10
    assert down.move_cost(5, difficult=True) == 15
    assert down.stand_up().movement_ft == 15
    assert down.stand_up().move_cost(5) == 5
    assert Turn.started(30).stand_up() == Turn.started(30)
    with pytest.raises(ValueError, match="standing up"):
        Turn.started(30, Plight.under({Condition.PRONE, Condition.GRAPPLED})).stand_up()


def test_the_stunned_have_no_turn_to_speak_of() -> None:
    turn = Turn.started(30, Plight.under({Condition.STUNNED}))

    assert (turn.action, turn.bonus_action, turn.reaction, turn.movement_ft) == (False, False, False, 0)


@settings(max_examples=80, deadline=None)
@given(st.frozensets(st.sampled_from(Condition)), st.integers(0, 6), st.integers(0, 120), steps)
def test_whatever_one_does_in_a_turn_nothing_goes_below_nought(
    names: frozenset[Condition], level: int, speed: int, taken: list[Spent | str | int]
) -> None:
    turn = Turn.started(speed, Plight.under(names, level))
    for step in taken:
        try:
            if isinstance(step, int):
                turn = turn.move(step)
            elif step == "stand_up":
                turn = turn.stand_up()
            elif step == "dash":
                turn = turn.dash()
            elif step in ("action", "bonus_action", "reaction"):
                turn = turn.spend(step)
        except ValueError:
            continue
        assert 0 <= turn.movement_ft <= 2 * speed


def test_the_quicker_goes_first_among_equals() -> None:
    order = initiative_order([Contender("ox", 0), Contender("elf", 4), Contender("cat", 2)], LoadedDice([14, 10, 15]))

    assert [(one.id, one.initiative) for one in order] == [("cat", 17), ("elf", 14), ("ox", 14)]


def test_goblins_of_one_band_share_a_roll_and_the_exhausted_roll_twice() -> None:
    band = [Contender(f"goblin-{number}", 2, group="band") for number in (1, 2)]
    weary = Contender("marta", 1, Plight.under((), 1))
    order = initiative_order([*band, weary], LoadedDice([12, 19, 3]))

    assert [one.initiative for one in order] == [14, 14, 4]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-5, 10), max_size=12), st.integers())
def test_everybody_has_one_place_in_the_order(bonuses: list[int], seed: int) -> None:
    contenders = [Contender(f"one-{place}", bonus) for place, bonus in enumerate(bonuses)]
    order = initiative_order(contenders, Dice.seeded(seed))

    assert sorted(one.id for one in order) == sorted(one.id for one in contenders)
    assert [one.initiative for one in order] == sorted((one.initiative for one in order), reverse=True)


def test_a_dragon_acts_three_times_between_its_turns_and_not_in_them() -> None:
    dragon, tail, wings = Legend(resistances=3), deed(legendary_cost=1), deed(legendary_cost=2)

    spent = dragon.use(wings).use(tail)
    assert spent.actions == 0
    assert not spent.can_use(tail)
    assert not dragon.can_use(tail, own_turn=True)
    assert not dragon.can_use(tail, plight=Plight.under({Condition.STUNNED}))
    assert not dragon.can_use(deed())
    with pytest.raises(ValueError, match="costs 2, and 1 legendary"):
        dragon.use(wings).use(wings)
    assert spent.turn_started().actions == 3


def test_a_legendary_resistance_turns_a_failure_around_while_there_is_one() -> None:
    failed = Outcome(success=False, total=4, rolls=(4,))
    outcome, left = Legend(resistances=1).resist(failed)

    assert (outcome.success, left.resistances) == (True, 0)
    assert left.resist(failed) == (failed, left)
    assert Legend(resistances=1).resist(outcome) == (outcome, Legend(resistances=1))


def test_a_breath_comes_back_on_five_or_six() -> None:
    breath = deed(recharge=5)

    assert [recharges(breath, LoadedDice([shown])) for shown in (4, 5, 6)] == [False, True, True]
    assert recharge_chance(breath) == pytest.approx(1 / 3)
    assert not recharges(deed(), LoadedDice([]))
    assert recharge_chance(deed()) == 0
