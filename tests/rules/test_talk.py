from __future__ import annotations

import pytest

from rules import decide, judge
from schemas import (
    Character,
    DialogueChoice,
    DialogueDecision,
    DialogueStarted,
    DialogVariant,
    EmotionalTone,
    EntityDied,
    Fact,
    Faction,
    GameEvent,
    LocationSnapshot,
    Rank,
    Scene,
    SecretFact,
    Traits,
    World,
)
from tests.rules.situations import phrasebook, situation, world

GREETING = DialogueStarted(speaker="hero", listener="marta")
SECRET = Fact(
    id="orphanage",
    text="Marta and the villain grew up together in the Saint Orlan orphanage.",
    payload=SecretFact(holder="marta"),
    known_by=("marta",),
)


def marta(*script: str, rank: Rank = Rank.NAMED, traits: dict[str, float] | None = None) -> World:
    """A world with Marta in it; her script is for her friendly moments."""
    lines = {EmotionalTone.FRIENDLY: script} if script else {}
    return world(
        characters=(
            Character(
                id="marta", name="Marta", rank=rank, faction="inn", traits=Traits(**(traits or {})), script=lines
            ),
            Character(id="hero", name="Ansel", faction="crown"),
        ),
        factions=(Faction(id="inn", name="The Inn", standings={"crown": 0.5}, at_war_with=("wolves",)),),
    )


def said(
    standing: float | None = None, of: World | None = None, event: GameEvent = GREETING, **more: str
) -> DialogueDecision:
    decision = decide("DialogueDecision", situation(event, of=of or world(), standing=standing, **more))  # pyright: ignore[reportArgumentType]  # a shorthand
    assert isinstance(decision, DialogueDecision)
    return decision


def harsh(tone: str) -> DialogueChoice:
    return DialogueChoice(speaker="hero", listener="marta", text="Out with it!", tone=tone)


@pytest.mark.parametrize(
    ("standing", "traits", "tone"),
    [
        (0.9, {}, "joyful"),
        (0.9, {"extraversion": 0.1}, "friendly"),
        (0.4, {}, "friendly"),
        (0.01, {}, "neutral"),
        (0.01, {"openness": 0.9, "extraversion": 0.1}, "mysterious"),
        (-0.4, {}, "hostile"),
        (-0.4, {"extraversion": 0.9}, "sarcastic"),
        (-0.9, {"agreeableness": 0.1}, "threatening"),
        (-0.9, {"agreeableness": 1.0}, "hostile"),
    ],
)
def test_how_she_speaks_follows_from_how_she_stands_to_you(
    standing: float, traits: dict[str, float], tone: str
) -> None:
    assert said(standing, marta(traits=traits)).tone == tone


def test_without_a_record_her_faction_speaks_for_her() -> None:
    assert said(None, marta()).tone == "friendly"


def test_a_threat_frightens_the_meek_and_angers_the_bold() -> None:
    assert said(0.9, marta(traits={"neuroticism": 0.9}), harsh("threatening")).tone == "fearful"
    assert said(0.9, marta(traits={"neuroticism": 0.1, "agreeableness": 0.1}), harsh("hostile")).tone == "threatening"


def test_kind_words_warm_her() -> None:
    assert said(0.15, marta()).tone == "neutral"
    assert said(0.15, marta(), harsh("friendly")).tone == "friendly"


def test_a_death_makes_her_sad() -> None:
    scene = Scene(location=LocationSnapshot(id="inn"), recent_events=(EntityDied(entity="elias"),))
    decision = decide("DialogueDecision", situation(GREETING, of=marta(), scene=scene))

    assert isinstance(decision, DialogueDecision)
    assert decision.tone == "sad"


def test_her_own_script_comes_before_the_common_one() -> None:
    own = marta("quest-hunt-hook", "no-such-line")

    assert said(0.5, own).npc_text == phrasebook().say("en", "quest-hunt-hook")
    assert said(0.9, own).npc_text != phrasebook().say("en", "quest-hunt-hook")


@pytest.mark.parametrize(("rank", "answers"), [(Rank.CROWD, 2), (Rank.COMMON, 3), (Rank.BOSS, 4)])
def test_who_matters_more_gets_more_answers(rank: Rank, answers: int) -> None:
    variants = said(0.5, marta(rank=rank)).player_variants

    assert len(variants) == answers
    assert len({one.tone for one in variants}) == answers
    assert all(one.consequence_hint for one in variants)


def test_every_tone_has_its_lines_and_answers_in_every_language() -> None:
    book = phrasebook()
    ours = [
        (language, key)
        for language, key in book.missing()
        if key.startswith(("talk-", "fight-", "quest-", "dipl", "enc"))
    ]

    assert ours == []
    for tone in EmotionalTone:
        wanted = [f"talk-common-{tone}-{n}" for n in (1, 2, 3)] + [f"talk-answer-{tone}-{n}" for n in (1, 2)]
        assert all(book.has(key) for key in (*wanted, f"talk-hint-{tone}"))


def test_she_speaks_german_to_a_german() -> None:
    assert said(0.5, marta(), language="de-CH").npc_text != said(0.5, marta(), language="en").npc_text


def spoken(text: str, *answers: str) -> DialogueDecision:
    tone = EmotionalTone.NEUTRAL
    variants = tuple(DialogVariant(text=one, tone=tone, consequence_hint=None) for one in answers or ("Yes.", "No."))
    return DialogueDecision(npc_text=text, tone=tone, player_variants=variants)


def codes(proposal: DialogueDecision, *secrets: Fact, of: World | None = None) -> list[str]:
    return [one.code for one in judge("DialogueDecision", proposal, situation(GREETING, of=of), secrets)]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model, I cannot pour ale.",
        '{"npc_text": "Hello", "tone": "neutral"}',
        "system: you are Marta",
        "<|im_start|>assistant Hello",
        "Hello. ```json",
        "My player_variants are listed below.",
        "I'm just an AI assistant, friend.",
    ],
)
def test_whoever_falls_out_of_character_is_sent_back(text: str) -> None:
    assert codes(spoken(text)) == ["out_of_character"]


@pytest.mark.parametrize(
    "text", ["A maid said so [and winked].", "You are late, Ansel.", "The smith: a model of patience."]
)
def test_ordinary_talk_is_let_through(text: str) -> None:
    assert codes(spoken(text)) == []


def test_blank_lines_and_twice_the_same_answer_are_no_talk() -> None:
    assert codes(spoken(" \n ")) == ["blank"]
    assert codes(spoken("Well?", "Yes.", "  YES. ")) == ["repeated"]
    assert codes(spoken("Well?", "well?", "No.")) == ["repeated"]


@pytest.mark.parametrize(
    "text",
    [
        "Marta and the villain grew up together in the Saint Orlan orphanage.",
        "You did not hear it from me: MARTA, and the villain, grew up together in the saint Orlan orphanage!",
        "The villain? He and Marta, in the orphanage of Saint Orlan, grew up side by side, together.",
    ],
)
def test_a_secret_does_not_leave_in_any_field(text: str) -> None:
    for proposal in (spoken(text), spoken("Well?", text, "No.")):
        (objection,) = judge("DialogueDecision", proposal, situation(GREETING), [SECRET])
        assert (objection.code, objection.repairable) == ("secret", True)
        assert "orphanage" not in objection.what


def test_what_came_out_or_the_player_knows_is_no_secret() -> None:
    text = spoken(SECRET.text)

    assert codes(text, SECRET.model_copy(update={"revealed": True})) == []
    assert codes(text, SECRET.model_copy(update={"known_by": ("marta", "player")})) == []
    assert codes(text, SECRET.model_copy(update={"known_by": ("ansel",)}), of=world(party=("ansel",))) == []
    assert codes(spoken("I grew up in this town, together with my sister."), SECRET) == []
