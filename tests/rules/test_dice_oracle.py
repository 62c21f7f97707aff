"""Our dice against the library `d20`: the same faces must come to the same total."""

from __future__ import annotations

from random import Random
from statistics import mean

import d20  # pyright: ignore[reportMissingTypeStubs]  # it has none
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import Dice, LoadedDice
from schemas import DiceExpression

plain = st.builds("{}d{}".format, st.integers(1, 8), st.integers(1, 12))
kept = st.builds(
    "{}d{}{}{}".format, st.integers(3, 8), st.integers(1, 12), st.sampled_from(["kh", "kl"]), st.integers(1, 3)
)
expressions = st.lists(st.one_of(plain, kept, st.integers(0, 30).map(str)), min_size=1, max_size=4).map("+".join)


class Fed:
    """Stands in for `random` in the library, and keeps what it was asked for."""

    def __init__(self, seed: int) -> None:
        self._random, self.faces = Random(seed), list[int]()

    def randrange(self, sides: int) -> int:
        self.faces.append(self._random.randint(1, sides))
        return self.faces[-1] - 1


@settings(max_examples=100, deadline=None)
@given(expressions, st.integers(0, 10**6))
def test_the_same_faces_come_to_the_same_total(text: str, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fed = Fed(seed)
        patch.setattr("d20.expression.random", fed)
        theirs = d20.roll(text)

    ours = LoadedDice(fed.faces).roll(text)
    assert (ours.total, ours.rolls) == (theirs.total, tuple(fed.faces))


@settings(max_examples=50, deadline=None)
@given(expressions, st.booleans())
def test_the_bounds_are_what_the_library_shows_when_every_die_falls_low_or_high(text: str, high: bool) -> None:
    class Fixed:
        @staticmethod
        def randrange(sides: int) -> int:
            return sides - 1 if high else 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("d20.expression.random", Fixed)
        total = d20.roll(text).total

    assert total == (DiceExpression(text).maximum if high else DiceExpression(text).minimum)


@pytest.mark.parametrize(("ours", "theirs"), [("3d6!", "3d6e6"), ("d20adv-1", "2d20kh1-1"), ("4d6dh1", "4d6ph1")])
def test_many_rolls_of_the_library_come_near_our_average(
    ours: str, theirs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("d20.expression.random", Fed(5))
    dice = Dice.seeded(5)
    average = DiceExpression(ours).average

    assert mean(d20.roll(theirs).total for _ in range(3000)) == pytest.approx(average, rel=0.03)
    assert mean(dice.roll(ours).total for _ in range(3000)) == pytest.approx(average, rel=0.03)
