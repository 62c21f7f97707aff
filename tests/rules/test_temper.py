"""What events do to somebody, by whom they befall, who did it, and what they are after."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from rules import Dice, Situation, appraise, fitting_lines, mood_word, plain_lines, sampling, stirring_of
from rules.talk import tone_of
from rules.temper import AFFECTS, MOULDS, Emotion
from schemas import (
    MOST_STEP,
    Affect,
    Character,
    CombatStarted,
    Custom,
    DialogueChoice,
    DialogueStarted,
    EntityDamaged,
    EntityDied,
    GameEvent,
    Mood,
    PresentEntity,
    SampleLine,
    Temper,
    Traits,
    TraitStep,
    World,
    WorldTime,
)
from tests.rules.situations import Way, fighter, situation, ways_to_ask, world

NEUTRAL = Traits()


def somebody(*goals: object, lines: tuple[object, ...] = (), **traits: Any) -> Situation:
    """Marta, asked about a greeting; use `meaning` for what she makes of an event."""
    return situation(DialogueStarted(speaker="hero", listener="marta"), of=marta(*goals, lines=lines, **traits))


def marta(*goals: object, lines: tuple[object, ...] = (), **traits: Any) -> World:
    sheet = {"id": "marta", "name": "Marta", "goals": goals, "sample_lines": lines, "traits": traits}
    return world(characters=(Character.model_validate(sheet),))


def meaning(event: GameEvent, *present: PresentEntity, of: World | None = None, **more: float) -> dict[str, float]:
    """Each emotion with its strength."""
    felt = appraise(situation(event, *present, of=of or marta(), **more))  # pyright: ignore[reportArgumentType]
    return {feeling.emotion.value: feeling.strength for feeling in felt}


ME = fighter("marta", "town", None)
FRIEND = fighter("pip", "town", None)
ENEMY = fighter("orc", "raiders")


def test_who_is_hurt_by_somebody_is_distressed_and_angry_at_them() -> None:
    blow = EntityDamaged(entity="marta", amount=5, source="orc")

    assert meaning(blow, ME, ENEMY) == pytest.approx({"distress": 0.5, "anger": 0.35})


def test_the_death_of_a_friend_is_pitied_and_of_an_enemy_gloated_over() -> None:
    assert meaning(EntityDied(entity="pip", killer="orc"), ME, FRIEND, ENEMY) == pytest.approx(
        {"pity": 0.5, "reproach": 0.3}
    )
    assert meaning(EntityDied(entity="orc", killer="pip"), ME, FRIEND, ENEMY) == pytest.approx(
        {"gloating": 0.5, "admiration": 0.3}
    )
    assert meaning(EntityDied(entity="pip", killer="marta"), ME, FRIEND) == pytest.approx({"pity": 0.5, "shame": 0.5})


def test_strangers_leave_one_cold() -> None:
    assert meaning(EntityDied(entity="wanderer", killer="pip"), ME, fighter("wanderer", "neutral", None)) == {}


def test_how_one_stands_to_somebody_decides_what_their_luck_means() -> None:
    died = EntityDied(entity="hero")

    assert meaning(died, ME, standing=0.8) == pytest.approx({"pity": 0.8})
    assert meaning(died, ME, standing=-0.8) == pytest.approx({"gloating": 0.8})


def test_a_fight_against_many_is_feared_and_one_against_few_is_not() -> None:
    starts = CombatStarted(actor="orc", combatants=("orc", "marta"))

    many = meaning(starts, ME, ENEMY, fighter("orc-2", "raiders"), fighter("orc-3", "raiders"))
    few = meaning(starts, ME, FRIEND, ENEMY)

    assert many["fear"] > few.get("fear", 0.0)
    assert "hope" not in many
    assert few["hope"] > 0


def test_kind_words_please_and_threats_anger() -> None:
    def told(tone: str) -> dict[str, float]:
        return meaning(DialogueChoice(speaker="hero", listener="marta", text="You there.", tone=tone), ME)

    assert told("friendly") == pytest.approx({"joy": 0.2, "gratitude": 0.14})
    assert told("threatening") == pytest.approx({"distress": 0.4, "anger": 0.28})
    assert told("neutral") == {}


def test_somebody_who_weighed_the_words_is_believed_over_their_tone() -> None:
    choice = DialogueChoice(speaker="hero", listener="marta", text="You fool.", tone="friendly")

    felt = appraise(situation(choice, ME, of=marta()), said=-1.0)

    assert {feeling.emotion for feeling in felt} == {Emotion.DISTRESS, Emotion.ANGER}


def test_what_serves_a_goal_satisfies_and_what_thwarts_it_disappoints() -> None:
    ringer = marta({"text": "ring the bell", "for": ["event_type:bell_rung"], "weight": 1.0})
    sleeper = marta({"text": "let it hang", "against": ["event_type:bell_rung"], "weight": 0.5})
    rung = Custom(event_type="bell_rung")

    assert meaning(rung, ME, of=ringer) == pytest.approx({"satisfaction": 0.6})
    assert meaning(rung, ME, of=sleeper) == pytest.approx({"disappointment": 0.3})
    assert meaning(rung, ME) == {}


def test_the_harm_of_whom_one_is_against_is_welcome() -> None:
    hunter = marta({"text": "see the orc dead", "against": ["entity:orc"], "weight": 1.0})

    assert meaning(EntityDied(entity="orc"), ME, of=hunter) == pytest.approx({"satisfaction": 1.0})


def test_the_fearful_suffer_more_and_the_gentle_gloat_less() -> None:
    blow = EntityDamaged(entity="marta", amount=5)

    assert meaning(blow, ME, of=marta(neuroticism=1.0)) == pytest.approx({"distress": 0.7})
    assert meaning(blow, ME, of=marta(neuroticism=0.0)) == pytest.approx({"distress": 0.3})
    gentle, harsh = (
        meaning(EntityDied(entity="orc"), ME, ENEMY, of=marta(agreeableness=value)) for value in (1.0, 0.0)
    )
    assert gentle["gloating"] < harsh["gloating"]


def test_a_stirring_carries_the_sum_and_a_bounded_step() -> None:
    stirring = stirring_of(situation(EntityDied(entity="pip", killer="orc"), ME, FRIEND, ENEMY, of=marta()))

    assert stirring is not None
    pity, reproach = AFFECTS[Emotion.PITY], AFFECTS[Emotion.REPROACH]
    assert stirring.mood.valence == pytest.approx(0.6 * (0.5 * pity.valence + 0.3 * reproach.valence))
    assert stirring.traits.agreeableness == pytest.approx(MOST_STEP * 0.2 * 0.5)  # the reproach is too weak to mould


def test_small_talk_moves_no_trait_and_one_of_many_has_no_temper() -> None:
    kind = DialogueChoice(speaker="hero", listener="marta", text="Thank you.", tone="friendly")

    stirring = stirring_of(situation(kind, ME, of=marta()))

    assert stirring is not None
    assert not stirring.traits
    assert stirring_of(situation(kind, ME)) is None


def test_every_emotion_has_its_place_and_moulds_known_traits() -> None:
    assert set(AFFECTS) == set(MOULDS) == set(Emotion)
    assert all(set(moved) <= set(TraitStep.model_fields) for moved in MOULDS.values())


@settings(max_examples=25, deadline=None)
@given(ways_to_ask())
def test_whatever_happens_feelings_stay_between_nothing_and_everything(way: Way) -> None:
    request, of, bestiary, phrasebook, standing = way
    asked = Situation(request, of, bestiary, phrasebook, standing, Dice.seeded(1))

    assert all(0 < feeling.strength <= 1 for feeling in appraise(asked))
    stirring_of(asked)
    fitting_lines(asked)


def test_an_angry_mood_sharpens_the_tongue_and_good_cheer_warms_it() -> None:
    def tone(swing: Affect, **traits: Any) -> str:
        asked = somebody(**traits)
        mood = Mood(character="marta", at=WorldTime(), **NEUTRAL.baseline.moved(swing).model_dump())
        return tone_of(replace(asked, known_temper=Temper(traits=asked.traits, mood=mood)))

    assert tone(Affect()) == "neutral"
    assert tone(Affect(valence=0.9)) == "friendly"
    assert tone(Affect(valence=-0.95, arousal=0.8)) == "hostile"


def test_the_patient_bear_what_the_impatient_do_not() -> None:
    def tone(**traits: Any) -> str:
        greeting = DialogueStarted(speaker="hero", listener="marta")
        return tone_of(situation(greeting, of=marta(**traits), standing=-0.3))

    assert tone(agreeableness=0.9, conscientiousness=0.9, neuroticism=0.1) == "neutral"
    assert tone(agreeableness=0.1, conscientiousness=0.1, neuroticism=0.9) == "hostile"


@pytest.mark.parametrize(
    ("mood", "word"),
    [
        ((0.9, 0.9, 0.9), "very exuberant"),
        ((-0.4, 0.5, -0.5), "anxious"),
        ((-0.2, 0.2, 0.2), "slightly hostile"),
        ((0.05, 0.05, 0.05), None),
    ],
)
def test_a_mood_has_a_word(mood: tuple[float, float, float], word: str | None) -> None:
    feeling = Affect(valence=mood[0], arousal=mood[1], dominance=mood[2])

    assert mood_word(feeling, feeling) == word


def test_the_curious_and_excited_speak_freer_and_the_dutiful_tighter() -> None:
    def asked(excited: float = 0.0, **traits: float) -> tuple[float, float]:
        of = Traits(**traits)
        usual = of.baseline.moved(Affect(arousal=excited))
        found = sampling(0.7, Temper(traits=of, mood=Mood(character="m", at=WorldTime(), **usual.model_dump())))
        return found.temperature, found.top_p

    assert asked() == (0.7, 1.0)
    assert asked(openness=1.0)[0] > 0.7 > asked(openness=0.0)[0]
    assert asked(excited=0.9)[0] > 0.7
    assert asked(conscientiousness=1.0) == (0.65, 0.7)
    assert (sampling(0.7, None).temperature, sampling(0.0, None).temperature) == (0.7, 0.0)


LINES = (
    "Well now.",
    {"text": "Out of my sight.", "tones": ["hostile"]},
    {"text": "Let me pour you one.", "tones": ["neutral"], "events": ["dialogue_started"]},
    {"text": "That bell again.", "topics": ["hollow_bell"]},
    {"text": "Pip is a good lad.", "topics": ["pip"]},
)


def test_lines_that_fit_the_moment_come_first_and_others_not_at_all() -> None:
    asked = situation(
        DialogueChoice(speaker="hero", listener="marta", text="Who rings the hollow bell?"),
        FRIEND,
        of=marta(lines=LINES),
    )

    assert fitting_lines(somebody(lines=LINES)) == ("Let me pour you one.",)
    assert fitting_lines(asked) == ("Let me pour you one.", "That bell again.", "Pip is a good lad.")
    assert fitting_lines(asked, most=1) == ("Let me pour you one.",)


def test_lines_without_a_place_of_their_own_fit_everywhere() -> None:
    sheet = marta(lines=LINES).characters["marta"]

    assert plain_lines(sheet.sample_lines) == ("Well now.",)
    assert sheet.sample_lines[0] == SampleLine(text="Well now.")
