from __future__ import annotations

import subprocess
import sys
from random import Random
from statistics import mean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dice import (
    Dice,
    LoadedDice,
    critical_chance,
    expected_damage,
    expected_multiattack_damage,
    hit_chance,
    save_chance,
)
from schemas.creatures import Action, DamageModifiers
from schemas.dice import DiceExpression
from schemas.items import DamageType

expressions = st.lists(
    st.one_of(
        st.tuples(st.integers(1, 20), st.integers(1, 100)).map(lambda dice: f"{dice[0]}d{dice[1]}"),
        st.integers(0, 100).map(str),
    ),
    min_size=1,
    max_size=5,
).map("-".join)


def attack(**changes: object) -> Action:
    plain: dict[str, Any] = {
        "id": "sword",
        "name_key": "action-longsword",
        "kind": "melee",
        "attack_bonus": 5,
        "reach_ft": 5,
        "damage": [{"dice": "1d8+3", "type": "slashing"}],
    }
    return Action.model_validate(plain | changes)


@given(expressions, st.integers())
def test_a_roll_stays_within_its_bounds(text: str, seed: int) -> None:
    dice = DiceExpression(text)

    assert dice.minimum <= Dice.seeded(seed).roll(dice).total <= dice.maximum


@given(expressions, st.integers(), st.lists(st.text(max_size=5), max_size=3))
def test_the_same_seed_and_salt_give_the_same_roll(text: str, seed: int, salt: list[str]) -> None:
    assert Dice.seeded(seed, *salt).roll(text) == Dice.seeded(seed, *salt).roll(text)


def test_each_salt_has_dice_of_its_own() -> None:
    rolls = {Dice.seeded(7, *salt).roll("20d1000") for salt in [(), ("a",), ("b",), ("a", "b"), ("ab",)]}

    assert len(rolls) == 5


def test_a_seed_means_the_same_in_another_process() -> None:
    code = "from rules.dice import Dice; print(Dice.seeded(42, 'combat').roll('10d1000').total)"
    totals = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert totals == {str(Dice.seeded(42, "combat").roll("10d1000").total)}


def test_many_rolls_come_near_the_average() -> None:
    dice = Dice(Random(1))

    assert mean(dice.roll("2d6+3").total for _ in range(4000)) == pytest.approx(10, abs=0.2)


def test_subtracted_dice_lower_the_total() -> None:
    assert LoadedDice([6, 4]).roll("1d6-1d4+1").total == 3


def test_dice_that_do_not_count_are_shown_all_the_same() -> None:
    roll = LoadedDice([3, 1, 6, 5, 20, 2]).roll("4d6kh3+d20dis")

    assert (roll.total, roll.rolls) == (3 + 6 + 5 + 2, (3, 1, 6, 5, 20, 2))


def test_a_die_that_shows_its_highest_face_explodes() -> None:
    roll = LoadedDice([6, 2, 6, 6, 1]).roll("2d6!")
    assert (roll.total, roll.rolls) == (21, (6, 2, 6, 6, 1))

    assert LoadedDice([4] * 11).roll("d4!").total == 44


def test_advantage_keeps_the_better_die_and_disadvantage_the_worse() -> None:
    assert LoadedDice([4, 17]).d20(advantage=1).total == 17
    assert LoadedDice([4, 17]).d20(advantage=-1).total == 4
    assert LoadedDice([4]).d20().rolls == (4,)


def test_loaded_dice_fall_as_told_and_no_other_way() -> None:
    dice = LoadedDice([3, 50, 51, 2, 9])

    assert dice.roll("1d6+1").total == 4
    assert [dice.chance(0.5), dice.chance(0.5)] == [True, False]
    assert dice.choose(["elf", "dwarf"]) == "dwarf"
    with pytest.raises(ValueError, match="a d8 cannot show 9"):
        dice.roll("1d8")
    with pytest.raises(IndexError):
        dice.d20()


def test_chance_never_happens_at_nought_and_always_at_one() -> None:
    dice = Dice.seeded(3)

    assert not any(dice.chance(0) for _ in range(500))
    assert all(dice.chance(1) for _ in range(500))


@given(sides=st.integers(1, 1_000), seed=st.integers(0, 1_000))
def test_a_die_falls_as_the_standard_library_draws(sides: int, seed: int) -> None:
    quick, plain = Dice(Random(seed)), Random(seed)

    assert [quick.die(sides) for _ in range(20)] == [plain.randint(1, sides) for _ in range(20)]
    with pytest.raises(ValueError, match="one side or more"):
        quick.die(0)


@pytest.mark.parametrize("text", ["2d6+3", "1d8-2", "4d6kh3+1", "2d6!-1d4", "7", "d20adv+5"])
@pytest.mark.parametrize("critical", [False, True])
def test_a_total_is_that_of_the_roll_by_the_same_dice(text: str, critical: bool) -> None:
    one, other = Dice.seeded(4), Dice.seeded(4)
    for _ in range(30):
        assert one.total(DiceExpression(text), critical=critical) == other.roll(text, critical=critical).total
    for advantage in (-1, 0, 1):
        assert one.natural(advantage) == other.d20(advantage).total
    assert one.die(1_000) == other.die(1_000)


def test_a_weight_of_nought_is_never_drawn() -> None:
    dice = Dice.seeded(3)

    assert {dice.weighted(["a", "b", "c"], [1, 0, 2]) for _ in range(300)} == {"a", "c"}
    with pytest.raises(ValueError, match="more than nought"):
        dice.weighted(["a"], [0])
    with pytest.raises(ValueError, match="nothing to choose"):
        dice.choose([])


def test_a_shuffle_keeps_every_card() -> None:
    assert sorted(Dice.seeded(3).shuffled(range(50))) == list(range(50))


@pytest.mark.parametrize(
    ("bonus", "armor_class", "chance"), [(5, 15, 0.55), (0, 30, 0.05), (20, 5, 0.95), (0, 20, 0.05), (0, 2, 0.95)]
)
def test_a_one_always_misses_and_a_twenty_always_hits(bonus: int, armor_class: int, chance: float) -> None:
    assert hit_chance(bonus, armor_class) == pytest.approx(chance)


@given(st.integers(-10, 30), st.integers(1, 40))
def test_the_chance_to_hit_is_that_of_all_rolls_counted_out(bonus: int, armor_class: int) -> None:
    def hits(roll: int) -> bool:
        return roll == 20 or (roll != 1 and roll + bonus >= armor_class)

    pairs = [(one, two) for one in range(1, 21) for two in range(1, 21)]
    assert hit_chance(bonus, armor_class) == pytest.approx(sum(map(hits, range(1, 21))) / 20)
    assert hit_chance(bonus, armor_class, 1) == pytest.approx(sum(hits(max(pair)) for pair in pairs) / 400)
    assert hit_chance(bonus, armor_class, -1) == pytest.approx(sum(hits(min(pair)) for pair in pairs) / 400)


def test_a_saving_throw_can_be_certain() -> None:
    assert save_chance(14, 15) == 1
    assert save_chance(0, 21) == 0
    assert save_chance(3, 14) == pytest.approx(0.5)
    assert critical_chance(1) == pytest.approx(1 - 0.95**2)


def test_expected_damage_counts_hits_and_doubles_only_the_dice_of_a_critical_one() -> None:
    assert expected_damage(attack(), 15) == pytest.approx(0.55 * 7.5 + 0.05 * 4.5)


def test_expected_damage_is_what_many_fights_come_to() -> None:
    dice, total, sword = Dice.seeded(11), 0, attack()
    for _ in range(20_000):
        roll = dice.d20().total
        if roll == 20 or (roll != 1 and roll + 5 >= 15):
            total += dice.roll("2d8+3" if roll == 20 else "1d8+3").total

    assert expected_damage(sword, 15) == pytest.approx(total / 20_000, rel=0.03)


def test_resistance_halves_vulnerability_doubles_and_immunity_stops() -> None:
    plain = expected_damage(attack(), 15)
    slashing = (DamageType.SLASHING,)

    assert expected_damage(attack(), 15, DamageModifiers(resistances=slashing)) == pytest.approx(plain / 2)
    assert expected_damage(attack(), 15, DamageModifiers(vulnerabilities=slashing)) == pytest.approx(plain * 2)
    assert expected_damage(attack(), 15, DamageModifiers(immunities=slashing)) == 0
    assert expected_damage(attack(), 15, DamageModifiers(nonmagical_immunities=slashing)) == 0
    assert expected_damage(attack(magical=True), 15, DamageModifiers(nonmagical_immunities=slashing)) == plain


def test_half_of_a_fireball_burns_those_who_save() -> None:
    fireball = Action.model_validate(
        {
            "id": "fireball",
            "name_key": "action-fireball",
            "kind": "save",
            "save": {
                "ability": "dexterity",
                "dc": 14,
                "damage": [{"dice": "8d6", "type": "fire"}],
                "half_on_success": True,
            },
        }
    )

    assert expected_damage(fireball, 99, save_bonus=3) == pytest.approx(28 * 0.75)
    assert expected_damage(fireball, 99, DamageModifiers(immunities=(DamageType.FIRE,))) == 0


def test_venom_follows_only_a_hit() -> None:
    venom = {"ability": "constitution", "dc": 11, "damage": [{"dice": "2d8", "type": "poison"}]}
    bite = attack(save=venom)

    assert expected_damage(bite, 15, save_bonus=0) == pytest.approx(expected_damage(attack(), 15) + 0.55 * 9 * 0.5)


def test_a_multiattack_deals_what_its_parts_deal() -> None:
    twice = Action.model_validate(
        {"id": "multi", "name_key": "action-multiattack", "kind": "multiattack", "sequence": ["sword", "sword", "gone"]}
    )

    assert expected_multiattack_damage(twice, [attack()], 15) == pytest.approx(2 * expected_damage(attack(), 15))
