from __future__ import annotations

import re
from collections import Counter
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.dice import DiceExpression

DICE = TypeAdapter(DiceExpression)


def terms_of(counts: st.SearchStrategy[int], sides: st.SearchStrategy[int], most: int) -> st.SearchStrategy[str]:
    """Every way to write a part of an expression."""
    dice = st.tuples(counts, sides)
    return st.one_of(
        dice.map(lambda dice: f"{dice[0]}d{dice[1]}"),
        dice.flatmap(
            lambda dice: st.tuples(st.sampled_from(["kh", "kl"]), st.integers(1, dice[0])).map(
                lambda pick: f"{dice[0]}d{dice[1]}{pick[0]}{pick[1]}"
            )
        ),
        dice.map(lambda dice: f"{dice[0] + 1}d{dice[1]}dl{dice[0]}"),
        dice.map(lambda dice: f"{dice[0] + 1}d{dice[1]}dh{dice[0]}"),
        sides.map(lambda sides: f"d{sides}"),
        st.builds("d{}{}".format, sides, st.sampled_from(["adv", "dis"])),
        st.integers(0, most).map(str),
    )


small_terms = terms_of(st.integers(1, 3), st.integers(1, 6), 20)
any_terms = st.one_of(
    terms_of(st.integers(1, 99), st.integers(1, 1000), 10_000),
    st.builds("{}d{}!".format, st.integers(1, 100), st.integers(2, 1000)),
    st.just("d%"),
)


@st.composite
def written(draw: st.DrawFn, terms: st.SearchStrategy[str], at_most: int) -> str:
    parts = draw(st.lists(terms, min_size=1, max_size=at_most))
    signs = draw(st.lists(st.sampled_from("+-"), min_size=len(parts), max_size=len(parts)))
    text = "".join(sign + part for sign, part in zip(signs, parts, strict=True))
    return text.removeprefix("+")


@given(written(any_terms, 10))
def test_an_expression_is_written_back_as_it_was_read(text: str) -> None:
    dice = DICE.validate_python(text)

    assert str(dice) == text
    assert type(DICE.dump_python(dice)) is str
    assert DICE.validate_json(DICE.dump_json(dice)) == dice


@settings(max_examples=50, deadline=None)
@given(written(any_terms, 3))
def test_the_average_lies_between_the_least_and_the_most(text: str) -> None:
    dice = DiceExpression(text)

    assert dice.minimum <= dice.average <= dice.maximum


def outcomes(text: str) -> Counter[int]:
    """Every way that the dice can fall, counted out, by total."""
    totals: Counter[int] = Counter({0: 1})
    for term in DiceExpression(text).terms:
        shown: Counter[int] = Counter()
        if term.sides is None:
            shown[term.sign * term.count] = 1
        else:
            for fallen in product(range(1, term.sides + 1), repeat=term.count):
                counted = sorted(fallen)[term.drop_lowest : term.count - term.drop_highest]
                shown[term.sign * sum(counted)] += 1
        both: Counter[int] = Counter()
        for (one, ways), (other, more) in product(totals.items(), shown.items()):
            both[one + other] += ways * more
        totals = both
    return totals


@settings(max_examples=100, deadline=None)
@given(written(small_terms, 3))
def test_every_figure_is_that_of_all_outcomes_counted_out(text: str) -> None:
    dice, counted = DiceExpression(text), outcomes(text)
    ways = sum(counted.values())

    assert (dice.minimum, dice.maximum) == (min(counted), max(counted))
    assert dice.average == sum(total * count for total, count in counted.items()) / ways
    assert dice.distribution().probabilities == {total: count / ways for total, count in counted.items()}


@settings(max_examples=100, deadline=None)
@given(written(any_terms, 2), st.integers(-100, 2000))
def test_a_distribution_agrees_with_the_bounds_and_the_average(text: str, total: int) -> None:
    dice = DiceExpression(text)
    assume(sum((term.sides or 1) * term.count**2 for term in dice.terms) < 2000)
    spread = dice.distribution()

    assert (spread.minimum, spread.maximum) == (dice.minimum, dice.maximum)
    assert spread.average == pytest.approx(dice.average)
    assert sum(spread.probabilities.values()) == pytest.approx(1)
    assert spread.at_least(total) == pytest.approx(spread.at_least(total + 1) + spread.chance(total))


def test_ability_scores_rolled_with_four_dice_average_a_little_over_twelve() -> None:
    dice = DiceExpression("4d6kh3")

    assert dice.average == 15869 / 1296
    assert dice.distribution().chance(18) == 21 / 1296
    assert DiceExpression("4d6dl1").distribution() == dice.distribution()


def test_a_critical_hit_rolls_all_dice_twice_and_adds_the_number_once() -> None:
    assert DiceExpression("1d8+3").distribution(critical=True) == DiceExpression("2d8+3").distribution()
    critical = DiceExpression("4d6kh3-1d4+2").distribution(critical=True)
    assert critical == DiceExpression("4d6kh3+4d6kh3-2d4+2").distribution()


def test_advantage_is_the_better_of_two_dice() -> None:
    assert DiceExpression("d20adv+5").distribution() == DiceExpression("2d20kh1+5").distribution()
    assert DiceExpression("d20dis").distribution() == DiceExpression("2d20kl").distribution()
    assert DiceExpression("d20adv").average == 13.825
    assert DiceExpression("d20dis").distribution().at_least(11) == 0.25


def test_an_exploding_die_is_rolled_again_on_its_highest_face_ten_times_at_most() -> None:
    dice = DiceExpression("d6!")
    spread = dice.distribution()

    assert (dice.minimum, dice.maximum) == (1, 66)
    assert [spread.chance(total) for total in (5, 6, 7, 12, 13)] == [1 / 6, 0, 1 / 36, 0, 1 / 216]
    assert spread.chance(66) == spread.chance(65) == 6**-11
    assert dice.average == pytest.approx(3.5 * 6 / 5)
    assert DiceExpression("10d6!").distribution().average == pytest.approx(DiceExpression("10d6!").average)


@given(written(any_terms, 10))
def test_the_pattern_that_a_model_is_given_takes_whatever_can_be_read(text: str) -> None:
    assert re.search(DICE.json_schema()["pattern"], text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("99999d99999", "more than 100 dice"),
        ("d1001", "more than 1000 sides"),
        ("99999999999", "adds more than 10000"),
        ("4d6kh5", "keeps 5 of 4 dice"),
        ("4d6dl4", "drops 4 of 4 dice"),
        ("2d20adv", "belongs to a single one"),
        ("3d1!", "explodes for ever"),
        ("9" * 10_000, "adds more than"),
    ],
)
def test_a_dice_bomb_is_told_what_is_wrong_with_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        DiceExpression(text)


@pytest.mark.parametrize("text", ["100d1000", "100d1000kh50", "100d1000!", "19d1000-19d1000"])
def test_dice_with_too_many_outcomes_still_have_an_average_but_are_not_counted_out(text: str) -> None:
    dice = DiceExpression(text)

    assert dice.minimum < dice.average < dice.maximum
    with pytest.raises(ValueError, match="too many outcomes"):
        dice.distribution()


def test_two_greatsword_dice_and_a_strong_arm_average_ten() -> None:
    dice = DiceExpression("2d6+3")

    assert (dice.minimum, dice.average, dice.maximum) == (5, 10.0, 15)
    assert dice.dice_average == 7.0


@pytest.mark.parametrize(
    "text",
    ["", "d", "2d", "2d6 + 3", "2d6+", "0d6", "1d0", "101d6", "1d1001", "10001", "2D6", "02d6", "1d6\n", "--1",
     "1d6*2", "+1d6", "4d6k3", "4d6kh0", "4d6kh3!", "1d6!!", "d20ADV",
     "\u0661d\u0666", "+".join(["1d6"] * 11), "1" * 5000],
)  # fmt: skip
def test_what_is_no_dice_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DICE.validate_python(text)


@pytest.mark.parametrize("thing", [3, None, 2.5, ["1d6"]])
def test_dice_are_written_as_text(thing: object) -> None:
    with pytest.raises(ValidationError):
        DICE.validate_python(thing)


def test_the_largest_expression_is_still_one() -> None:
    assert DiceExpression("-".join(["100d1000"] * 9 + ["10000"])).maximum > 0
