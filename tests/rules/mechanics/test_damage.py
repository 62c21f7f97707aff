from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.dice import LoadedDice
from rules.mechanics import (
    Plight,
    absorbed,
    damage_taken,
    roll_damage,
    total_taken,
    weathered,
    with_temporary,
)
from schemas import Condition, DamageModifiers, DamageRoll, DamageType, DiceExpression, HitPoints

FIRE, SLASHING, POISON = DamageType.FIRE, DamageType.SLASHING, DamageType.POISON
STONE = Plight.under({Condition.PETRIFIED})
amounts = st.integers(0, 10_000)


def rolled(dice: str, kind: DamageType) -> DamageRoll:
    return DamageRoll(dice=DiceExpression(dice), type=kind)


def test_an_aura_takes_off_five_before_resistance_halves_what_is_left() -> None:
    resistant = DamageModifiers(resistances=(SLASHING,))

    assert damage_taken(25, SLASHING, resistant, reduction=5) == 10


def test_halves_are_rounded_down_and_then_doubled() -> None:
    assert weathered(7, resistant=True) == 3
    assert weathered(7, vulnerable=True) == 14
    assert weathered(25, resistant=True, vulnerable=True) == 24
    assert weathered(7, immune=True, vulnerable=True) == 0


def test_a_critical_hit_rolls_the_dice_twice_and_adds_the_arm_once() -> None:
    sneak = (rolled("1d6+3", SLASHING), rolled("2d6", FIRE))

    assert roll_damage(sneak, LoadedDice([4, 1, 2])) == {SLASHING: 7, FIRE: 3}
    assert roll_damage(sneak, LoadedDice([4, 5, 1, 2, 3, 4]), critical=True) == {SLASHING: 12, FIRE: 10}


def test_who_saves_takes_half_of_each_kind_before_any_resistance() -> None:
    burst = {FIRE: 27, SLASHING: 9}

    assert total_taken(burst, halved=True) == 13 + 4
    assert total_taken(burst, DamageModifiers(resistances=(FIRE,)), halved=True) == 6 + 4


def test_only_what_is_not_magical_is_stopped_by_resistance_to_nonmagical_attacks() -> None:
    werewolf = DamageModifiers(nonmagical_immunities=(SLASHING,))

    assert damage_taken(9, SLASHING, werewolf) == 0
    assert damage_taken(9, SLASHING, werewolf, magical=True) == 9


def test_stone_resists_everything_and_poison_does_not_harm_it() -> None:
    assert total_taken({FIRE: 9, POISON: 9}, plight=STONE) == 4


def test_temporary_hit_points_go_first_and_do_not_add_up() -> None:
    guarded = with_temporary(HitPoints(current=10, maximum=20, temporary=5), 8)

    assert guarded.temporary == 8
    assert with_temporary(guarded, 3) == guarded
    assert absorbed(10, 8) == (2, 0)
    assert guarded.hurt(10) == HitPoints(current=8, maximum=20)


@settings(max_examples=100, deadline=None)
@given(amounts, st.booleans(), st.booleans(), st.booleans())
def test_damage_never_heals_and_at_most_doubles(amount: int, immune: bool, resistant: bool, vulnerable: bool) -> None:
    assert 0 <= weathered(amount, immune=immune, resistant=resistant, vulnerable=vulnerable) <= 2 * amount


kinds = st.frozensets(st.sampled_from(DamageType))


@settings(max_examples=100, deadline=None)
@given(kinds, kinds, kinds, kinds, st.dictionaries(st.sampled_from(DamageType), amounts), st.booleans(), st.booleans())
def test_what_arrives_agrees_with_the_factor_that_expectations_use(
    halved: frozenset[DamageType],
    none: frozenset[DamageType],
    twice: frozenset[DamageType],
    mundane: frozenset[DamageType],
    dealt: dict[DamageType, int],
    magical: bool,
    stone: bool,
) -> None:
    modifiers = DamageModifiers(
        resistances=tuple(halved - none),
        immunities=tuple(none),
        vulnerabilities=tuple(twice - none),
        nonmagical_resistances=tuple(mundane),
    )
    taken = total_taken(dealt, modifiers, magical=magical, plight=STONE if stone else Plight())
    expected = sum(amount * modifiers.factor(kind, magical=magical) for kind, amount in dealt.items())

    assert taken <= expected
    assert stone or expected - taken <= len(dealt)


@settings(max_examples=100, deadline=None)
@given(amounts, st.integers(1, 1000), st.integers(0, 1000))
def test_points_and_their_arithmetic_agree(damage: int, maximum: int, temporary: int) -> None:
    points = HitPoints(current=maximum, maximum=maximum, temporary=temporary)
    past, left = absorbed(damage, temporary)

    assert points.hurt(damage) == HitPoints(current=max(0, maximum - past), maximum=maximum, temporary=left)
