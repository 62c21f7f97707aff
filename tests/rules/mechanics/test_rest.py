from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice
from rules.mechanics import (
    HitDice,
    Running,
    added,
    added_on_average,
    after_rest,
    conditions_of,
    long_rest,
    modifiers_on,
    rested,
    short_rest,
    tick_conditions,
    tick_effects,
)
from schemas import Ability, ActiveEffect, Condition, ConditionState, HitPoints, Skill

HURT = HitPoints(current=5, maximum=30, temporary=4)


def effect(name: str = "bless", rounds: int | None = 10, **more: object) -> Running:
    lasts = {"unit": "until_rest"} if rounds is None else {"unit": "rounds", "amount": rounds}
    plain: dict[str, Any] = {"name_key": name, "duration": lasts}
    return Running.begun(ActiveEffect.model_validate(plain | more))


def modifier(of: str, amount: str, **more: object) -> dict[str, object]:
    return {"of": of, "amount": amount, **more}


def test_an_hour_of_rest_heals_by_hit_dice_until_they_are_spent() -> None:
    points, left = short_rest(HURT, HitDice(10, 5, 2), 3, 2, LoadedDice([4, 7]))

    assert (points.current, points.temporary, left.left) == (5 + 6 + 9, 4, 0)


def test_no_hit_die_is_wasted_on_the_whole_and_none_heals_less_than_nothing() -> None:
    whole = HitPoints(current=30, maximum=30)

    assert short_rest(whole, HitDice.full(5, 8), 5, 2, LoadedDice([])) == (whole, HitDice.full(5, 8))
    assert short_rest(HURT, HitDice(4, 1, 1), 1, -3, LoadedDice([1]))[0].current == 5


def test_a_night_heals_all_and_gives_back_half_of_the_hit_dice() -> None:
    points, left = long_rest(HURT, HitDice(8, 7, 1))

    assert points == HitPoints(current=30, maximum=30)
    assert left.left == 4
    assert long_rest(HURT, HitDice(8, 1, 0))[1].left == 1
    dying = HitPoints(current=0, maximum=30)
    assert long_rest(dying, HitDice(8, 7, 1)) == (dying, HitDice(8, 7, 1))


def test_a_night_with_supper_eases_exhaustion_by_one_level() -> None:
    worn = ConditionState(condition=Condition.EXHAUSTION, level=3)
    tired = ConditionState(condition=Condition.EXHAUSTION, level=1)
    prone = ConditionState(condition=Condition.PRONE)

    assert [one.level for one in rested([worn, tired, prone])] == [2, None]
    assert rested([worn], fed=False) == (worn,)


def test_conditions_run_out_round_by_round() -> None:
    stunned = ConditionState(condition=Condition.STUNNED, remaining_rounds=2)
    cursed = ConditionState(condition=Condition.CHARMED)

    once = tick_conditions([stunned, cursed])
    assert [one.remaining_rounds for one in once] == [1, None]
    assert tick_conditions(once) == (cursed,)
    assert tick_conditions([stunned], 100) == ()


def test_effects_run_out_and_say_so() -> None:
    short, long = effect("bless", 1), effect("curse", None)
    lasting, over = tick_effects([short, long])

    assert lasting == (long,)
    assert [one.effect.name_key for one in over] == ["bless"]
    assert after_rest([long], hours=8) == ()
    assert after_rest([effect(rounds=10_000)], hours=8)[0].rounds == 10_000 - 4800


def test_the_same_blessing_twice_counts_once_and_the_stronger() -> None:
    weak = effect(modifiers=[modifier("saving_throw", "1d4")])
    strong = effect(modifiers=[modifier("saving_throw", "1d6")])
    bane = effect("bane", modifiers=[modifier("saving_throw", "-1d4")])

    found = modifiers_on([weak, strong, bane, weak], "saving_throw", ability=Ability.WISDOM)
    assert [str(one.amount) for one in found] == ["1d6", "-1d4"]
    assert added(found, LoadedDice([5, 2])) == 3
    assert added_on_average(found) == 1.0


def test_a_modifier_counts_only_where_it_belongs() -> None:
    strong = effect("might", modifiers=[modifier("ability_check", "2", ability="strength")])
    sly = effect("cloak", modifiers=[modifier("ability_check", "10", skill="stealth")])

    assert len(modifiers_on([strong, sly], "ability_check", skill=Skill.ATHLETICS)) == 1
    assert len(modifiers_on([strong, sly], "ability_check", skill=Skill.STEALTH)) == 1
    assert modifiers_on([strong, sly], "ability_check", ability=Ability.WISDOM) == ()
    assert modifiers_on([strong, sly], "attack") == ()
    assert conditions_of([effect(conditions=["invisible"])]) == {Condition.INVISIBLE}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 200), st.integers(0, 200), st.integers(1, 20), st.integers(0, 25), st.integers(-5, 5), st.integers()
)
def test_rest_never_makes_worse_and_never_gives_more_than_there_is(
    maximum: int, current: int, level: int, spend: int, constitution: int, seed: int
) -> None:
    points = HitPoints(current=min(current, maximum), maximum=maximum)
    after, left = short_rest(points, HitDice.full(level, 8), spend, constitution, Dice.seeded(seed))
    night, back = long_rest(after, left)

    assert points.current <= after.current <= night.current <= maximum
    assert 0 <= left.left <= back.left <= level


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 50))), st.integers(-3, 60))
def test_time_only_ever_shortens(lengths: list[int | None], rounds: int) -> None:
    states = [ConditionState(condition=Condition.BLINDED, remaining_rounds=length) for length in lengths]
    lasting = tick_conditions(states, rounds)

    assert len(lasting) <= len(states)
    assert all(one.remaining_rounds is None or one.remaining_rounds > 0 for one in lasting)
