"""What somebody is like, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas import MOST_DRIFT, Affect, Mood, Temper, Tendencies, TraitDrift, Traits, WorldTime

UNIT = st.floats(0, 1)
SIGNED = st.floats(-1, 1)
TRAITS = st.builds(Traits, **dict.fromkeys(Traits.model_fields, UNIT))
AFFECTS = st.builds(Affect, valence=SIGNED, arousal=SIGNED, dominance=SIGNED)
NOON = WorldTime(day=3, minute=720)


def in_mood(affect: Affect, at: WorldTime = NOON) -> Mood:
    return Mood(character="marta", at=at, **affect.model_dump())


def later(hours: float) -> WorldTime:
    return WorldTime.from_minutes(NOON.total_minutes + round(60 * hours))


def test_somebody_of_middling_traits_is_inclined_to_nothing_in_particular() -> None:
    assert Traits().tendencies().model_dump() == pytest.approx(Tendencies().model_dump())
    assert Traits().baseline.axes == (0, 0, 0)


def test_the_formulas_are_those_that_are_written_down() -> None:
    traits = Traits(openness=0.9, conscientiousness=0.2, extraversion=0.7, agreeableness=0.1, neuroticism=0.3)

    assert traits.tendencies().model_dump() == pytest.approx(
        {
            "aggression": 0.7 * 0.9 + 0.3 * 0.7,
            "courage": 0.7,
            "patience": 0.4 * 0.1 + 0.3 * 0.2 + 0.3 * 0.7,
            "risk_tolerance": 0.3 * 0.9 + 0.25 * 0.7 + 0.2 * 0.7 + 0.15 * 0.8 + 0.1 * 0.9,
            "adaptability": 0.5 * 0.9 + 0.3 * 0.7 + 0.2 * 0.8,
            "economic_focus": 0.6 * 0.2 + 0.2 * 0.9 + 0.2 * 0.1,
            "diplomatic_activity": 0.4 * 0.7 + 0.4 * 0.1 + 0.2 * 0.9,
        }
    )
    assert traits.baseline.axes == pytest.approx(
        (
            0.21 * 0.4 + 0.59 * -0.8 + 0.19 * 0.4,
            0.15 * 0.8 + 0.30 * -0.8 - 0.57 * 0.4,
            0.25 * 0.8 + 0.17 * -0.6 + 0.60 * 0.4 - 0.32 * -0.8,
        )
    )


@given(TRAITS, AFFECTS)
def test_whatever_the_traits_and_the_mood_tendencies_stay_between_nothing_and_everything(
    traits: Traits, swing: Affect
) -> None:
    traits.tendencies(swing)  # its fields refuse what lies outside
    assert max(map(abs, traits.baseline.axes)) <= 1


def test_anger_makes_for_blows_and_good_cheer_for_patience() -> None:
    usual = Traits().tendencies()
    angry = Traits().tendencies(Affect(valence=-0.5, arousal=0.6, dominance=0.3))
    content = Traits().tendencies(Affect(valence=0.6, arousal=-0.2))
    cowed = Traits().tendencies(Affect(valence=-0.6, arousal=0.6, dominance=-0.8))

    assert angry.aggression > usual.aggression > content.aggression
    assert content.patience > usual.patience > angry.patience
    assert cowed.courage < usual.courage < angry.courage


def test_half_of_a_mood_is_gone_after_its_half_life() -> None:
    baseline = Affect(valence=0.2)
    faded = in_mood(Affect(valence=-0.6, arousal=0.8)).faded(later(6), baseline, half_life=360)

    assert faded.axes == pytest.approx((-0.2, 0.4, 0.0))
    assert faded.at == later(6)


@given(AFFECTS, AFFECTS, st.floats(0, 200))
def test_a_mood_only_ever_comes_nearer_to_its_baseline(mood: Affect, baseline: Affect, hours: float) -> None:
    faded = in_mood(mood).faded(later(hours), baseline, half_life=360)

    for now, then, base in zip(faded.axes, mood.axes, baseline.axes, strict=True):
        assert min(then, base) - 1e-9 <= now <= max(then, base) + 1e-9
    if hours > 150:
        assert faded.axes == pytest.approx(baseline.axes, abs=1e-6)


def test_a_clock_that_goes_backwards_cheers_nobody_up() -> None:
    grim = in_mood(Affect(valence=-0.9))

    assert grim.faded(WorldTime(day=1), Affect(), half_life=360) == grim


def test_the_fearful_stay_in_a_mood_for_longer() -> None:
    assert Traits(neuroticism=1.0).half_life == 3 * Traits(neuroticism=0.0).half_life == 540


def test_life_moves_a_trait_only_so_far() -> None:
    drift = TraitDrift(character="marta", agreeableness=-MOST_DRIFT, neuroticism=0.1, at=NOON)

    drifted = Traits(agreeableness=0.1, neuroticism=0.5).drifted(drift)

    assert (drifted.agreeableness, drifted.neuroticism, drifted.openness) == pytest.approx((0.0, 0.6, 0.5))
    with pytest.raises(ValidationError, match=r"0\.15"):
        TraitDrift(character="marta", openness=0.2, at=NOON)


def test_somebody_of_whom_nothing_is_known_is_in_their_usual_mood() -> None:
    temper = Temper.usual("marta", Traits(agreeableness=0.9), NOON)

    assert temper.mood.valence > 0
    assert temper.swing == Affect()
    assert temper.tendencies == temper.traits.tendencies()
