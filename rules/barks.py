"""What a crowd remarks when somebody passes: short lines, many at once, and no two alike side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rules.situation import Situation, clip
from schemas.calendar import MINUTES_A_DAY
from schemas.conditions import Condition
from schemas.decisions import Bark, BarkDecision, EmotionalTone
from schemas.events import BarksRequested, CombatAbilityUsed, CombatStarted, EntityDamaged
from schemas.scene import EntityKind, Lighting, Weather

LINES: Mapping[str, int] = {
    "common": 12,
    "death": 4,
    "fight": 4,
    "night": 4,
    "rain": 3,
    "storm": 3,
    "snow": 3,
    "fog": 3,
}
"""How many phrases there are about each thing: `bark-common-1` to `-12`, `bark-death-1`, ..."""
_TONES: Mapping[str, EmotionalTone] = {"death": EmotionalTone.SAD, "fight": EmotionalTone.FEARFUL}
KEPT = 48
"""Remarks that are not made again in the same talk, while there are others."""
LETTERS = 120
NIGHT = (20 * 60, 6 * 60)
"""From when to when people speak of the night: minutes of a day."""
SILENT = (Condition.UNCONSCIOUS, Condition.PETRIFIED)
"""Who says nothing. (The stunned can speak only falteringly, says SRD 5.1: they may.)"""


def bark(situation: Situation) -> BarkDecision:
    """A remark for each who was asked for and can speak."""
    return remarks(situation)[0]


def remarks(situation: Situation) -> tuple[BarkDecision, tuple[str, ...]]:
    """The remarks, and the keys of those made lately, the newest last.

    What has just happened is spoken of by every other one, the weather and the hour by others. Each phrase is used
    once before any is used again, and the one that was used longest ago comes first then; so neighbours never say the
    same, and a crowd that was just heard says something else.
    """
    topics = tuple(dict.fromkeys((*_topics(situation), "common")))
    used, made = list(situation.talk.place.lately), list[Bark]()
    for who in _speakers(situation):
        topic = topics[0] if len(topics) > 1 and situation.dice.chance(0.5) else situation.dice.choose(topics)
        key = _key(situation, topic, used)
        used = [*(one for one in used if one != key), key]
        text = clip(situation.say(key, other=situation.name_of(situation.other)), LETTERS)
        made.append(Bark(speaker=who, text=text, tone=_TONES.get(topic, EmotionalTone.NEUTRAL)))
    return BarkDecision(barks=tuple(made)), tuple(used[-KEPT:])


def _speakers(situation: Situation) -> Iterator[str]:
    """Those asked for, without any who is there and cannot speak; each once, and nobody remarks on themselves."""
    event, scene = situation.request.event, situation.request.scene
    asked = event.speakers if isinstance(event, BarksRequested) else (situation.request.character,)
    for who in dict.fromkeys(asked):
        one = scene.entity(who)
        if isinstance(event, BarksRequested) and who == event.actor:
            continue
        if one is None or (one.alive and one.kind is not EntityKind.ITEM and not any(one.has(c) for c in SILENT)):
            yield who


def _topics(situation: Situation) -> Iterator[str]:
    """What there is to speak of, the most pressing first."""
    scene = situation.request.scene
    if situation.dead:
        yield "death"
    if any(isinstance(event, CombatStarted | CombatAbilityUsed | EntityDamaged) for event in scene.recent_events):
        yield "fight"
    begins, ends = NIGHT
    minute = scene.time.minute % MINUTES_A_DAY
    if minute >= begins or minute < ends or scene.lighting is Lighting.DARK:
        yield "night"
    match scene.weather:
        case Weather.RAIN | Weather.STORM | Weather.SNOW | Weather.FOG as weather:
            yield weather.value
        case _:
            return


def _key(situation: Situation, topic: str, used: list[str]) -> str:
    """A phrase about it that was not used; else any that was not; else the one that was used longest ago."""
    about = [f"bark-{topic}-{number}" for number in range(1, LINES[topic] + 1)]
    fresh = [key for key in about if key not in used]
    if not fresh:
        common = [f"bark-common-{number}" for number in range(1, LINES["common"] + 1)]
        fresh = [key for key in common if key not in used]
        about += common
    return situation.dice.choose(fresh) if fresh else min(about, key=used.index)
