"""What a character says when nobody writes its lines: its script, by tone and standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.dialogues.resuming import interrupted
from rules.dialogues.walking import LATELY, open_answers, walk
from rules.phrasebook import read_out
from rules.situation import Situation, clip
from rules.standing import standing_of
from schemas.characters import Rank
from schemas.decisions import DialogueDecision, DialogVariant, EmotionalTone
from schemas.dialogues import LETTERS_OF_A_LINE, MOST_CHOICES, TalkPlace, TreeEffect
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
CHEER = 0.4
"""By how much a mood that is as good as can be, where it is usually middling, warms a standing."""
FORBEARANCE = 0.6
"""How much of what is not liked the patient bear, against the impatient."""
KIND_WORDS = 0.15
"""By how much kind words warm a standing, and unkind ones cool it, for the tone of the answer only."""
MOVED_FROM = 0.5
"""How kind or unkind (-1 to 1) words have to be for that, where no tone was chosen."""
WAYS_BACK = 2
"""Choices of a tree that are offered beside a model's own answers."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a character says by the rules, and where that leaves the talk."""

    content: DialogueDecision
    place: TalkPlace
    """`line` is still the one before: who records the decision knows its name."""
    effects: tuple[TreeEffect, ...] = ()
    """Tool calls of the tree."""
    new_line: bool = True
    """False: a word in passing; the line before it is the one to go on with."""


def speak(situation: Situation) -> DialogueDecision:
    """A line of the character's tree where one is begun or could be, else of its script in the tone of the moment; and
    what the player may answer.

    Without a tree the line is one of `Character.script[tone]`, else of the common script: one that was not said in
    the last ten lines, as long as there is one; which one, the dice say. The crowd gets two answers, most characters
    three, those of rank named and above four.
    """
    return utter(situation).content


def utter(situation: Situation) -> Utterance:
    """What `speak` says, and what follows from it."""
    passage = walk(situation, situation.talk, situation.trees, alone=True)
    if passage is not None:
        content = _content(situation, passage.line, passage.tone, passage.answers, fill=2)
        begins = min(passage.begins, len(content.npc_text))
        place = passage.place.model_copy(update={"begins": begins, "heard": None} if passage.new_line else {})
        return Utterance(content, place, passage.effects, passage.new_line)
    tone = tone_of(situation)
    place = interrupted(situation, situation.talk.place)
    key = _line_key(situation, tone, place.lately)
    line = clip(situation.say(key, **_names(situation)), LETTERS_OF_A_LINE)
    rank = situation.sheet.rank if situation.sheet else Rank.COMMON
    wanted = {Rank.CROWD: 2, Rank.COMMON: 3}.get(rank, 4)
    asides = open_answers(situation, situation.talk, situation.trees)
    lately = (*(one for one in place.lately if one != key), key)[-LATELY:]
    said = place.model_copy(update={"lately": lately, "begins": 0, "heard": None})
    return Utterance(_content(situation, line, tone, asides, fill=wanted), said)


def _names(situation: Situation) -> dict[str, str]:
    return {
        "name": situation.name_of(situation.request.character),
        "other": situation.name_of(situation.other),
        "place": situation.name_of(situation.request.scene.location.id),
    }


def tone_of(situation: Situation) -> EmotionalTone:
    """How the character speaks now; the first that holds, counts. Its temper is that of the moment, mood included.

    0. The standing counts warmer by 0.4 v in good cheer (v: how far the mood is above the usual), colder by as much in
       bad; and what is not warm counts warmer by 0.6 (patience - 0.5): the patient bear more.
    1. Badly hurt (below a quarter), or threatened, and of little courage (below a third): fearful.
    2. Threatened: threatening if its aggression is 0.5 or more, else hostile.
    3. Somebody died just now whom it does not hate: sad.
    4. By standing s (0.15 more after kind words, as much less after unkind ones): s >= 0.7 joyful (friendly below 0.4
       extraversion), s >= 0.25 friendly, s < -0.6 threatening (hostile below 0.5 aggression), s < -0.25 hostile
       (sarcastic for the outgoing: extraversion of 0.6 or more).
    5. Neither warm nor cold: mysterious for the open and quiet (openness 0.7, extraversion at most 0.3), else neutral.
    """
    traits, standing, actor = situation.traits, standing_of(situation), situation.actor
    tendencies = situation.tendencies
    standing += CHEER * situation.swing.valence
    hurt = actor is not None and actor.hit_points is not None and actor.hit_points.fraction < BADLY_HURT
    spoken = _spoken_tone(situation)
    threatened = spoken in _HARSH
    standing += _moved(situation, spoken)
    if (hurt or threatened) and tendencies.courage < 1 / 3:
        return EmotionalTone.FEARFUL
    if threatened:
        return EmotionalTone.THREATENING if tendencies.aggression >= 0.5 else EmotionalTone.HOSTILE
    if standing > HATED_BELOW and situation.dead - {situation.request.character}:
        return EmotionalTone.SAD
    if standing >= JOYFUL_FROM and traits.extraversion >= 0.4:
        return EmotionalTone.JOYFUL
    if standing >= FRIENDLY_FROM:
        return EmotionalTone.FRIENDLY
    standing += FORBEARANCE * (tendencies.patience - 0.5)
    if standing < HATED_BELOW:
        return EmotionalTone.THREATENING if tendencies.aggression >= 0.5 else EmotionalTone.HOSTILE
    if standing < COLD_BELOW:
        return EmotionalTone.SARCASTIC if traits.extraversion >= 0.6 else EmotionalTone.HOSTILE
    if traits.openness >= 0.7 and traits.extraversion <= 0.3:
        return EmotionalTone.MYSTERIOUS
    return EmotionalTone.NEUTRAL


def _moved(situation: Situation, spoken: str | None) -> float:
    """What the words do to the tone of the answer: by the tone that was chosen, else by what they say."""
    if spoken is not None:
        return KIND_WORDS if spoken in _KIND else 0.0
    valence = situation.valence or 0.0
    return KIND_WORDS if valence >= MOVED_FROM else -KIND_WORDS if valence <= -MOVED_FROM else 0.0


def _spoken_tone(situation: Situation) -> str | None:
    """The tone that the player chose, if this is an answer to the player."""
    event = situation.request.event
    return event.tone if isinstance(event, DialogueChoice) else None


def _line_key(situation: Situation, tone: EmotionalTone, lately: Sequence[str]) -> str:
    """A key of the character's own script that the phrasebook knows, else one of the common script; of those said
    lately none, unless all were: then the one said longest ago."""
    script = situation.sheet.script.get(tone, ()) if situation.sheet else ()
    own = [key for key in script if situation.phrasebook.has(key, situation.request.language)]
    common = [f"talk-common-{tone}-{number}" for number in range(1, LINES_A_TONE + 1)]
    for keys in (own, common):
        fresh = [key for key in keys if key not in lately]
        if fresh:
            return situation.dice.choose(fresh)
    return min((*own, *common), key=lately.index)


def _content(
    situation: Situation, line: str, tone: EmotionalTone, offered: Sequence[DialogVariant], *, fill: int
) -> DialogueDecision:
    """The line with what is offered to answer, filled up to `fill` answers, and to two at the least.

    They are different, and never the character's own words, even from a book that repeats itself.
    """
    answers, said, names = list[DialogVariant](), {_plain(line)}, _names(situation)

    def add(answer: DialogVariant, most: int) -> None:
        if len(answers) < most and _plain(answer.text) not in said:
            said.add(_plain(answer.text))
            answers.append(answer)

    def of_tone(text: str, reply: EmotionalTone) -> DialogVariant:
        hint = clip(situation.say(f"talk-hint-{reply}"), 120)
        return DialogVariant(text=text, tone=reply, consequence_hint=hint)

    for answer in offered:
        add(answer, MOST_CHOICES)
    for reply in _REPLIES[tone]:
        number = situation.dice.choose(range(1, ANSWERS_A_TONE + 1))
        add(of_tone(clip(situation.say(f"talk-answer-{reply}-{number}", **names), 280), reply), fill)
    for reply in _REPLIES[tone]:
        add(of_tone(read_out(f"{reply}..."), reply), 2)
    return DialogueDecision(npc_text=line, tone=tone, player_variants=tuple(answers))


def with_way_back(situation: Situation, content: DialogueDecision) -> DialogueDecision:
    """The same line of a model's, whose answers leave a way back into the tree: up to two of its open choices.

    They take the place of the last ones, where there is no more room.
    """
    open_ = [
        answer
        for answer in open_answers(situation, situation.talk, situation.trees)
        if _plain(answer.text) not in {_plain(content.npc_text), *(_plain(one.text) for one in content.player_variants)}
    ][:WAYS_BACK]
    if not open_:
        return content
    kept = content.player_variants[: MOST_CHOICES - len(open_)]
    return content.model_copy(update={"player_variants": (*kept, *open_)})


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
