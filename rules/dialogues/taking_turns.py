"""Who of a group speaks next."""

from __future__ import annotations

from collections.abc import Sequence

from rules.dialogues.hearing import hears, was_heard
from rules.situation import Situation
from schemas.characters import Traits
from schemas.events import DialogueChoice, DialogueStarted
from schemas.knowledge import Turn
from schemas.scene import EntityKind

BANDS = 3
"""Thirds of extraversion: reserved, middling, outgoing. Within a third the longest silence counts."""


def next_speaker(situation: Situation, turns: Sequence[Turn]) -> str | None:
    """Who answers what was said, of all characters who could hear it; None: nobody could.

    Those spoken to come first (the listener of the event, then whoever is named in it), then the more outgoing, by
    thirds of extraversion, then whoever has been silent longest in `turns` (oldest first), then by name. Whoever spoke
    last waits for the others, unless they are spoken to.
    """
    event = situation.request.event
    speech = event if isinstance(event, DialogueStarted | DialogueChoice) else None
    speaker = speech.speaker if speech else None
    party = {*situation.world.info.party, *((speaker,) if speaker else ())}
    able = [
        one.id
        for one in situation.request.scene.present
        if one.kind in (EntityKind.CHARACTER, EntityKind.CREATURE)
        and one.id not in party
        and _hears(situation, one.id, speaker)
    ]
    if not able:
        return None
    said_at = {turn.speaker: number for number, turn in enumerate(turns)}
    last = turns[-1].speaker if turns else None
    words = f" {_plain(speech.text)} " if speech and speech.text else ""

    def rank(one: str) -> tuple[int, int, int, int, str]:
        addressed = (
            0 if speech and speech.listener == one else 1 if f" {_plain(situation.name_of(one))} " in words else 2
        )
        waits = int(addressed == 2 and one == last)
        return addressed, waits, -_band(situation, one), said_at.get(one, -1), one

    return min(able, key=rank)


def _hears(situation: Situation, one: str, speaker: str | None) -> bool:
    if speaker is None:
        return True
    if one == situation.request.character:
        return was_heard(situation)
    event = situation.request.event
    if isinstance(event, DialogueStarted | DialogueChoice):
        return hears(situation, one, speaker, event.loudness, event.tongue)
    return True


def _band(situation: Situation, one: str) -> int:
    sheet = situation.world.characters.get(one)
    extraversion = (sheet.traits if sheet is not None else Traits()).extraversion
    return min(int(extraversion * BANDS), BANDS - 1)


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())
