"""What is left to say of a line that was cut short."""

from __future__ import annotations

from rules.situation import Situation
from schemas.dialogues import LETTERS_OF_A_LINE, TalkPlace
from schemas.events import DialogueInterrupted

BRIDGES = 3
"""Phrases that lead back to what was being said: `talk-bridge-1` to `-3`."""
AMID = "... "
"""Before the rest of a sentence."""
_SENTENCE_ENDS = ".!?:;\u2026\"'\u201d\u201c\u00bb\u00ab)"


def interrupted(situation: Situation, place: TalkPlace) -> TalkPlace:
    """The place as it is when the event, and those before it, are taken in: a line that was cut short is noted.

    Among recent events only one that names the line counts, for events linger and the talk goes on.
    """
    if place.line is None:
        return place
    me, event = situation.request.character, situation.request.event
    if isinstance(event, DialogueInterrupted) and event.speaker == me and event.line in (None, place.line):
        return _cut(place, event.heard)
    if place.heard is not None:
        return place
    for one in reversed(situation.request.scene.recent_events):
        if isinstance(one, DialogueInterrupted) and one.speaker == me and one.line == place.line:
            return _cut(place, one.heard)
    return place


def _cut(place: TalkPlace, heard: int) -> TalkPlace:
    return place if place.heard is not None else place.model_copy(update={"heard": heard})


def rest_of(text: str, begins: int, heard: int) -> str:
    """What is left of a line that begins at a letter and was heard up to another; a word half heard is said again."""
    line = text[begins:]
    at = min(max(heard - begins, 0), len(line))
    if at < len(line) and not line[at].isspace():
        while at > 0 and not line[at - 1].isspace():
            at -= 1
    return line[at:].strip()


def led_back_to(bridge: str, rest: str, whole: str) -> tuple[str, int]:
    """The rest of a line after a phrase that leads back to it, and the letter at which the rest begins.

    Where both are too long for one line, the phrase is left out: nothing that was meant to be said is.
    """
    before = whole.rstrip()[: -len(rest)].rstrip() if rest else whole
    lead = f"{bridge} " if not before or before[-1] in _SENTENCE_ENDS else f"{bridge} {AMID}"
    text = f"{lead}{rest}"
    return (text, len(lead)) if len(text) <= LETTERS_OF_A_LINE else (rest, 0)
