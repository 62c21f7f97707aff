from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.mechanics import (
    SOUND,
    Plight,
    always_critical,
    attack_advantage,
    auto_fails,
    can_act,
    check_advantage,
    fails_check,
    hit_point_maximum,
    movement_ft,
    on_its_feet,
    save_advantage,
)
from schemas import Ability, Condition, ConditionState

C = Condition
STRENGTH, DEXTERITY, WISDOM = Ability.STRENGTH, Ability.DEXTERITY, Ability.WISDOM
conditions = st.frozensets(st.sampled_from(Condition))
levels = st.integers(0, 6)


def under(*names: Condition, exhaustion: int = 0) -> Plight:
    return Plight.under(names, exhaustion)


def against(*names: Condition, near: bool = True) -> int:
    return attack_advantage(SOUND, under(*names), within_5_ft=near)


def by(*names: Condition) -> int:
    return attack_advantage(under(*names), SOUND, within_5_ft=True)


# condition: own attacks, attacks from near, from afar, checks, dexterity saves ("fails": without a roll), acts, walks
SRD: dict[Condition, tuple[int, int, int, int, int | str, bool, bool]] = {
    C.BLINDED: (-1, 1, 1, 0, 0, True, True),
    C.CHARMED: (0, 0, 0, 0, 0, True, True),
    C.DEAFENED: (0, 0, 0, 0, 0, True, True),
    C.EXHAUSTION: (0, 0, 0, -1, 0, True, True),
    C.FRIGHTENED: (-1, 0, 0, -1, 0, True, True),
    C.GRAPPLED: (0, 0, 0, 0, 0, True, False),
    C.INCAPACITATED: (0, 0, 0, 0, 0, False, True),
    C.INVISIBLE: (1, -1, -1, 0, 0, True, True),
    C.PARALYZED: (0, 1, 1, 0, "fails", False, False),
    C.PETRIFIED: (0, 1, 1, 0, "fails", False, False),
    C.POISONED: (-1, 0, 0, -1, 0, True, True),
    C.PRONE: (-1, 1, -1, 0, 0, True, True),
    C.RESTRAINED: (-1, 1, 1, 0, -1, True, False),
    C.STUNNED: (0, 1, 1, 0, "fails", False, False),
    C.UNCONSCIOUS: (-1, 1, 0, 0, "fails", False, False),
}


@pytest.mark.parametrize("condition", Condition)
def test_each_of_the_fifteen_conditions_does_what_the_srd_says(condition: Condition) -> None:
    plight = under(condition)
    save = "fails" if auto_fails(DEXTERITY, plight) else save_advantage(DEXTERITY, plight)

    found = (by(condition), against(condition), against(condition, near=False), check_advantage(plight), save)
    assert (*found, can_act(plight), movement_ft(30, plight) > 0) == SRD[condition]


def test_a_sleeper_is_hit_critically_from_near_and_fails_only_bodily_saves() -> None:
    assert [c for c in Condition if always_critical(under(c), within_5_ft=True)] == [C.PARALYZED, C.UNCONSCIOUS]
    assert not always_critical(under(C.UNCONSCIOUS), within_5_ft=False)
    assert [ability for ability in Ability if auto_fails(ability, under(C.STUNNED))] == [STRENGTH, DEXTERITY]


def test_one_advantage_cancels_any_number_of_disadvantages() -> None:
    wretched = under(C.POISONED, C.RESTRAINED, C.PRONE)

    assert attack_advantage(wretched, SOUND, within_5_ft=True) == -1
    assert attack_advantage(wretched, SOUND, within_5_ft=True, easier=True) == 0
    assert attack_advantage(wretched, under(C.STUNNED), within_5_ft=True) == 0


def test_who_needs_no_eyes_is_not_fooled_by_the_invisible() -> None:
    hidden = under(C.INVISIBLE)

    assert attack_advantage(SOUND, hidden, within_5_ft=True, attacker_senses=True) == 0
    assert attack_advantage(hidden, SOUND, within_5_ft=True, target_senses=True) == 0
    assert attack_advantage(hidden, hidden, within_5_ft=True) == 0


def test_the_frightened_fear_only_what_they_see() -> None:
    afraid = under(C.FRIGHTENED)

    assert attack_advantage(afraid, SOUND, within_5_ft=True, fear_in_sight=False) == 0
    assert check_advantage(afraid, fear_in_sight=False) == 0


def test_the_blind_and_the_deaf_fail_what_needs_eyes_and_ears() -> None:
    assert fails_check(under(C.BLINDED), needs_sight=True)
    assert not fails_check(under(C.BLINDED), needs_hearing=True)
    assert fails_check(under(C.DEAFENED), needs_hearing=True)


def test_exhaustion_grows_worse_level_by_level() -> None:
    tired = [under(exhaustion=level) for level in range(7)]

    assert [check_advantage(one) for one in tired] == [0, -1, -1, -1, -1, -1, -1]
    assert [movement_ft(30, one) for one in tired] == [30, 30, 15, 15, 15, 0, 0]
    assert [save_advantage(WISDOM, one) for one in tired] == [0, 0, 0, -1, -1, -1, -1]
    assert [attack_advantage(one, SOUND, within_5_ft=True) for one in tired] == [0, 0, 0, -1, -1, -1, -1]
    assert [hit_point_maximum(27, one) for one in tired] == [27, 27, 27, 27, 13, 13, 13]
    assert [one.dead for one in tired] == [False] * 6 + [True]


def test_standing_up_costs_half_of_the_speed_that_is_left() -> None:
    assert movement_ft(30, under(C.PRONE)) == 15
    assert movement_ft(30, under(C.PRONE, exhaustion=2)) == 8
    assert movement_ft(30, under(C.PRONE, C.GRAPPLED)) == 0


def test_who_has_stood_up_fights_as_before_and_who_is_held_stays_down() -> None:
    assert on_its_feet(under(C.PRONE, C.POISONED)) == under(C.POISONED)
    assert on_its_feet(under(C.PRONE, C.RESTRAINED)) == under(C.PRONE, C.RESTRAINED)


def test_a_scene_and_plain_conditions_make_the_same_plight() -> None:
    states = (ConditionState(condition=C.EXHAUSTION, level=3), ConditionState(condition=C.PRONE))

    assert Plight.of(states) is Plight.under({C.PRONE, C.EXHAUSTION}, 3)
    assert Plight.under(()) == SOUND


@settings(max_examples=100, deadline=None)
@given(conditions, conditions, levels, levels)
def test_more_conditions_never_undo_what_fewer_do(
    some: frozenset[Condition], more: frozenset[Condition], level: int, other: int
) -> None:
    fewer, all_ = Plight.under(some, level), Plight.under(some | more, max(level, other))

    assert can_act(fewer) >= can_act(all_)
    assert movement_ft(40, fewer) >= movement_ft(40, all_)
    assert fewer.fails_saves <= all_.fails_saves
    assert check_advantage(fewer) >= check_advantage(all_)


@settings(max_examples=100, deadline=None)
@given(conditions, conditions, levels, st.booleans(), st.booleans(), st.booleans())
def test_any_two_creatures_may_fight(
    one: frozenset[Condition], other: frozenset[Condition], level: int, near: bool, easier: bool, harder: bool
) -> None:
    striker, struck = Plight.under(one, level), Plight.under(other)
    found = attack_advantage(striker, struck, within_5_ft=near, easier=easier, harder=harder)

    assert found in (-1, 0, 1)
    assert all(save_advantage(ability, striker) in (-1, 0) for ability in Ability)
