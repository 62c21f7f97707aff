"""What a character says when nobody writes its lines: its script, by tone and standing."""

from __future__ import annotations

from rules.phrasebook import read_out
from rules.situation import Situation, clip
from schemas.characters import Rank
from schemas.decisions import DialogueDecision, DialogVariant, EmotionalTone
from schemas.events import DialogueChoice

FRIENDLY_FROM = 0.25
JOYFUL_FROM = 0.7
COLD_BELOW = -0.25
HATED_BELOW = -0.6
"""Where a standing (-1 to 1) begins to sound another way."""
BADLY_HURT = 0.25
LINES_A_TONE = 3
"""How many lines the common script has for each tone: `talk-common-friendly-1` to `-3`."""
ANSWERS_A_TONE = 2
"""The same for what a player may answer: `talk-answer-friendly-1` and `-2`."""

_T = EmotionalTone
_REPLIES: dict[EmotionalTone, tuple[EmotionalTone, ...]] = {
    _T.NEUTRAL: (_T.FRIENDLY, _T.NEUTRAL, _T.MYSTERIOUS, _T.SARCASTIC),
    _T.FRIENDLY: (_T.FRIENDLY, _T.NEUTRAL, _T.JOYFUL, _T.SARCASTIC),
    _T.HOSTILE: (_T.NEUTRAL, _T.THREATENING, _T.FRIENDLY, _T.FEARFUL),
    _T.FEARFUL: (_T.FRIENDLY, _T.THREATENING, _T.NEUTRAL, _T.SAD),
    _T.MYSTERIOUS: (_T.NEUTRAL, _T.MYSTERIOUS, _T.SARCASTIC, _T.FRIENDLY),
    _T.SAD: (_T.FRIENDLY, _T.SAD, _T.NEUTRAL, _T.SARCASTIC),
    _T.JOYFUL: (_T.JOYFUL, _T.FRIENDLY, _T.NEUTRAL, _T.SARCASTIC),
    _T.SARCASTIC: (_T.SARCASTIC, _T.NEUTRAL, _T.HOSTILE, _T.FRIENDLY),
    _T.THREATENING: (_T.NEUTRAL, _T.HOSTILE, _T.FEARFUL, _T.FRIENDLY),
}
"""What a player may answer to each tone, the most natural first: always one way to calm things and one to stir them."""
_HARSH = frozenset({"hostile", "threatening"})
_KIND = frozenset({"friendly", "joyful"})
KIND_WORDS = 0.15
"""By how much kind words warm a standing, for the tone of the answer only."""


def speak(situation: Situation) -> DialogueDecision:
    """A line of the character's script in the tone of the moment, and what the player may answer.

    The line is one of `Character.script[tone]`, else of the common script; which one, the dice say. The crowd gets two
    answers, most characters three, those of rank named and above four.
    """
    tone = tone_of(situation)
    names = {
        "name": situation.name_of(situation.request.character),
        "other": situation.name_of(other_of(situation)),
        "place": situation.name_of(situation.request.scene.location.id),
    }
    line = clip(situation.say(_line_key(situation, tone), **names), 600)
    return DialogueDecision(npc_text=line, tone=tone, player_variants=_answers(situation, tone, line, names))


def other_of(situation: Situation) -> str:
    """Whom the character deals with: whoever else is in the event, else somebody who is there, else a stranger."""
    me = situation.request.character
    involved = (one for one in situation.request.event.involved if one != me)
    there = (one.id for one in situation.people if one.id != me)
    return next(involved, None) or next(there, "stranger")


def standing_of(situation: Situation) -> float:
    """How the character stands to the other, -1 to 1: what is recorded, else what their factions think, else 0."""
    if situation.standing is not None:
        return situation.standing.standing
    factions, characters = situation.world.factions, situation.world.characters
    mine, theirs = (
        sheet.faction if (sheet := characters.get(who)) is not None else who
        for who in (situation.request.character, other_of(situation))
    )
    faction = factions.get(mine) if mine is not None else None
    if faction is None or theirs is None:
        return 0.0
    return -1.0 if theirs in faction.at_war_with else faction.standings.get(theirs, 0.0)


def tone_of(situation: Situation) -> EmotionalTone:
    """How the character speaks now; the first that holds, counts.

    1. Badly hurt (below a quarter), or threatened, and of little courage (below a third): fearful.
    2. Threatened: threatening if its aggression is 0.5 or more, else hostile.
    3. Somebody died just now whom it does not hate: sad.
    4. By standing s (0.15 more after kind words): s >= 0.7 joyful (friendly below 0.4
       extraversion), s >= 0.25 friendly, s < -0.6 threatening (hostile below 0.5 aggression), s < -0.25 hostile
       (sarcastic for the outgoing: extraversion of 0.6 or more).
    5. Neither warm nor cold: mysterious for the open and quiet (openness 0.7, extraversion at most 0.3), else neutral.
    """
    traits, standing, actor = situation.traits, standing_of(situation), situation.actor
    hurt = actor is not None and actor.hit_points is not None and actor.hit_points.fraction < BADLY_HURT
    spoken = _spoken_tone(situation)
    threatened = spoken in _HARSH
    standing += KIND_WORDS if spoken in _KIND else 0.0
    if (hurt or threatened) and traits.courage < 1 / 3:
        return EmotionalTone.FEARFUL
    if threatened:
        return EmotionalTone.THREATENING if traits.aggression >= 0.5 else EmotionalTone.HOSTILE
    if standing > HATED_BELOW and situation.dead - {situation.request.character}:
        return EmotionalTone.SAD
    if standing >= JOYFUL_FROM and traits.extraversion >= 0.4:
        return EmotionalTone.JOYFUL
    if standing >= FRIENDLY_FROM:
        return EmotionalTone.FRIENDLY
    if standing < HATED_BELOW:
        return EmotionalTone.THREATENING if traits.aggression >= 0.5 else EmotionalTone.HOSTILE
    if standing < COLD_BELOW:
        return EmotionalTone.SARCASTIC if traits.extraversion >= 0.6 else EmotionalTone.HOSTILE
    if traits.openness >= 0.7 and traits.extraversion <= 0.3:
        return EmotionalTone.MYSTERIOUS
    return EmotionalTone.NEUTRAL


def _spoken_tone(situation: Situation) -> str | None:
    """The tone that the player chose, if this is an answer to the player."""
    event = situation.request.event
    return event.tone if isinstance(event, DialogueChoice) else None


def _line_key(situation: Situation, tone: EmotionalTone) -> str:
    """A key of the character's own script that the phrasebook knows, else one of the common script."""
    script = situation.sheet.script.get(tone, ()) if situation.sheet else ()
    own = [key for key in script if situation.phrasebook.has(key, situation.request.language)]
    common = [f"talk-common-{tone}-{number}" for number in range(1, LINES_A_TONE + 1)]
    return situation.dice.choose(own or common)


def _answers(situation: Situation, tone: EmotionalTone, line: str, names: dict[str, str]) -> tuple[DialogVariant, ...]:
    """Two to four different answers; never the character's own words, even from a book that repeats itself."""
    rank = situation.sheet.rank if situation.sheet else Rank.COMMON
    wanted = {Rank.CROWD: 2, Rank.COMMON: 3}.get(rank, 4)
    answers, said = list[DialogVariant](), {_plain(line)}

    def add(text: str, reply: EmotionalTone) -> None:
        if len(answers) < wanted and _plain(text) not in said:
            said.add(_plain(text))
            hint = clip(situation.say(f"talk-hint-{reply}"), 120)
            answers.append(DialogVariant(text=text, tone=reply, consequence_hint=hint))

    for reply in _REPLIES[tone]:
        number = situation.dice.choose(range(1, ANSWERS_A_TONE + 1))
        add(clip(situation.say(f"talk-answer-{reply}-{number}", **names), 280), reply)
    for reply in _REPLIES[tone]:
        if len(answers) < 2:
            add(read_out(f"{reply}..."), reply)
    return tuple(answers)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
