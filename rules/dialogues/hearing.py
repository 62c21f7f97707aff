"""Who hears what is said: by distance and loudness, and who understands it."""

from __future__ import annotations

from collections.abc import Mapping

from rules.situation import Situation
from schemas.conditions import Condition
from schemas.events import DialogueChoice, DialogueStarted, Loudness
from schemas.scene import EntityKind, PresentEntity

CARRIES: Mapping[Loudness, float] = {"whisper": 10.0, "speak": 60.0, "shout": 300.0}
"""Feet that words carry. SRD 5.1 leaves it to the table; these are the common rulings, rounded to squares."""
DEAF = (Condition.DEAFENED, Condition.UNCONSCIOUS, Condition.PETRIFIED)
"""Who hears nothing (SRD 5.1, Conditions: the petrified are unaware of their surroundings)."""


def hears(
    situation: Situation, hearer: str, speaker: str, loudness: Loudness = "speak", tongue: str | None = None
) -> bool:
    """Whether somebody hears and understands what another says here.

    They are in the scene, alive, awake and not deafened, within as many feet as the words carry (a place that is not
    known is near), and know the tongue. Who is not in the scene at all hears nothing, but for the one who is asked: the
    game may leave it out of its own scene. Everybody hears themselves.
    """
    if hearer == speaker:
        return True
    scene = situation.request.scene
    one, other = scene.entity(hearer), scene.entity(speaker)
    if one is None:
        return hearer == situation.request.character and _understands(situation, hearer, None, tongue)
    if not one.alive or one.kind is EntityKind.ITEM or any(one.has(condition) for condition in DEAF):
        return False
    if other is not None and one.distance(other) > CARRIES[loudness]:
        return False
    return _understands(situation, hearer, one, tongue)


def hearers(
    situation: Situation, speaker: str, loudness: Loudness = "speak", tongue: str | None = None
) -> tuple[str, ...]:
    """All who hear and understand what somebody says: the speaker first, then the one who is asked, then the scene."""
    asked = situation.request.character
    there = (one.id for one in situation.request.scene.present if one.kind is not EntityKind.ITEM)
    everyone = dict.fromkeys((speaker, asked, *there))
    return tuple(one for one in everyone if hears(situation, one, speaker, loudness, tongue))


def was_heard(situation: Situation) -> bool:
    """Whether the character heard and understood what was said to it; what is no speech needs no hearing."""
    event = situation.request.event
    if not isinstance(event, DialogueStarted | DialogueChoice) or not event.text:
        return True
    return hears(situation, situation.request.character, event.speaker, event.loudness, event.tongue)


def _understands(situation: Situation, who: str, entity: PresentEntity | None, tongue: str | None) -> bool:
    if tongue is None:
        return True
    sheet = situation.world.characters.get(who)
    known = sheet.tongues if sheet is not None else ()
    template = situation.template_of(entity) if entity is not None else None
    if template is not None:
        known = (*known, *template.languages)
    return not known or tongue in known
