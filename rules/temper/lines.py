"""Which lines in somebody's voice fit the moment."""

from __future__ import annotations

import re

from rules.situation import Situation
from rules.talk import tone_of
from schemas.persona import SampleLine

MOST_LINES = 3
FOR_TONE, FOR_EVENT, FOR_TOPIC = 3, 2, 2
"""What each thing counts that a line and the moment have in common; topics once each, and twice at the most."""
_WORD = re.compile(r"\w+")


def plain_lines(lines: tuple[SampleLine, ...]) -> tuple[str, ...]:
    """Those that fit everywhere."""
    return tuple(line.text for line in lines if not _tagged(line))


def fitting_lines(situation: Situation, most: int = MOST_LINES) -> tuple[str, ...]:
    """Of the lines on the sheet that say where they fit, those `most` that have the most in common with the moment.

    A line scores 3 for the tone that the rules would speak in now, 2 for the type of the event, and 2 for each of at
    most two topics that are there, involved, touched by the event or named in what was said. Lines that have nothing in
    common are left out; of equal ones those come that stand first on the sheet.
    """
    sheet = situation.sheet
    if sheet is None or not any(map(_tagged, sheet.sample_lines)):
        return ()
    tone, event, topics = tone_of(situation), situation.request.event.name, _topics(situation)
    scored = list[tuple[int, int, str]]()
    for number, line in enumerate(sheet.sample_lines):
        score = (
            FOR_TONE * (tone in line.tones)
            + FOR_EVENT * (event in line.events)
            + FOR_TOPIC * min(2, sum(_named(topic, topics) for topic in line.topics))
        )
        if score:
            scored.append((-score, number, line.text))
    return tuple(text for _, _, text in sorted(scored)[:most])


def _tagged(line: SampleLine) -> bool:
    return bool(line.tones or line.topics or line.events)


def _topics(situation: Situation) -> frozenset[str]:
    """Names that the moment is about, and the words of what was said."""
    request = situation.request
    said = getattr(request.event, "text", None) or getattr(request.event, "message", None) or ""
    return frozenset(
        (
            *request.event.involved,
            *request.event.concepts,
            request.scene.location.id,
            *(one.id for one in situation.people),
            *_WORD.findall(said.casefold()),
        )
    )


def _named(topic: str, topics: frozenset[str]) -> bool:
    """Whether a topic is there by its name, or all words of it were said."""
    return topic in topics or all(word in topics for word in topic.split("_"))
