"""Who hears whom, and who of a group answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rules import Situation
from rules.dialogues import hearers, next_speaker, was_heard
from schemas import (
    Character,
    Condition,
    ConditionState,
    DialogueChoice,
    HitPoints,
    Loudness,
    Position,
    PresentEntity,
    Traits,
    Turn,
    WorldTime,
)
from tests.rules.situations import situation, world


def there(id_: str, at: float = 0.0, **more: object) -> PresentEntity:
    return PresentEntity.model_validate({"id": id_, "position": Position(x=at), **more})


def talk(
    *present: PresentEntity,
    loudness: Loudness = "speak",
    tongue: str | None = None,
    text: str = "Listen.",
    to: str = "marta",
    people: Sequence[Character] = (),
) -> Situation:
    event = DialogueChoice(speaker="hero", listener=to, text=text, loudness=loudness, tongue=tongue)
    return situation(event, *present, of=world(characters=tuple(people), party=("hero",)))


@pytest.mark.parametrize(("loudness", "reach"), [("whisper", 10), ("speak", 60), ("shout", 300)])
def test_words_carry_as_far_as_they_are_loud(loudness: Loudness, reach: float) -> None:
    scene = talk(there("hero"), there("marta", 5), there("near", reach), there("far", reach + 5), loudness=loudness)
    assert hearers(scene, "hero", loudness) == ("hero", "marta", "near")


def test_the_dead_the_deaf_and_the_sleeping_hear_nothing() -> None:
    scene = talk(
        there("hero"),
        there("marta"),
        there("dead", hit_points=HitPoints(current=0, maximum=9)),
        there("deaf", conditions=(ConditionState(condition=Condition.DEAFENED),)),
        there("asleep", conditions=(ConditionState(condition=Condition.UNCONSCIOUS),)),
        there("bound", conditions=(ConditionState(condition=Condition.RESTRAINED),)),
        there("rope", kind="item"),
    )
    assert hearers(scene, "hero") == ("hero", "marta", "bound")


def test_only_who_knows_the_tongue_understands_it() -> None:
    people = (
        Character(id="marta", name="Marta", tongues=("common",)),
        Character(id="elf", name="Elf", tongues=("common", "elvish")),
        Character(id="guard", name="Guard", template="guard"),
        Character(id="anyone", name="Anyone"),
    )
    scene = talk(*(there(one) for one in ("hero", "marta", "elf", "guard", "anyone")), tongue="elvish", people=people)
    assert hearers(scene, "hero", "speak", "elvish") == ("hero", "elf", "anyone")
    assert not was_heard(scene)


def test_a_whisper_across_the_room_is_not_heard_by_the_one_it_is_for() -> None:
    assert not was_heard(talk(there("hero"), there("marta", 40), loudness="whisper"))
    assert was_heard(talk(there("hero"), there("marta", 40)))


def test_a_place_that_is_not_known_is_near() -> None:
    assert was_heard(talk(there("hero"), PresentEntity(id="marta"), loudness="whisper"))


def person(name: str, extraversion: float) -> Character:
    return Character(id=name, name=name.title(), traits=Traits(extraversion=extraversion))


GROUP = (person("marta", 0.9), person("pip", 0.9), person("roake", 0.2))


def turns(*speakers: str) -> list[Turn]:
    return [Turn(speaker=one, text="...", at=WorldTime()) for one in speakers]


def group(to: str = "somebody", text: str = "Well?", loudness: Loudness = "speak", far: str = "") -> Situation:
    present = (there(one.id, 100 if one.id == far else 0) for one in GROUP)
    return talk(there("hero", kind="player"), *present, to=to, text=text, loudness=loudness, people=GROUP)


def test_who_is_spoken_to_answers_however_quiet_and_even_twice_in_a_row() -> None:
    assert next_speaker(group(to="roake"), turns("roake")) == "roake"
    assert next_speaker(group(text="And you, Roake?"), turns("roake")) == "roake"


def test_of_the_others_the_outgoing_speak_first_and_of_them_who_was_silent_longest() -> None:
    assert next_speaker(group(), turns("pip", "marta", "hero")) == "pip"
    assert next_speaker(group(), turns("marta", "pip", "hero")) == "marta"


def test_who_spoke_last_waits_for_the_others() -> None:
    assert next_speaker(group(), turns("marta", "pip")) == "marta"
    assert next_speaker(group(), turns("pip", "roake", "marta")) == "pip"


def test_who_cannot_hear_does_not_answer() -> None:
    assert next_speaker(group(to="pip", far="pip"), turns()) == "marta"
    deaf = (ConditionState(condition=Condition.DEAFENED),)
    assert (
        next_speaker(talk(there("hero", kind="player"), there("pip", conditions=deaf), people=GROUP), turns()) is None
    )
