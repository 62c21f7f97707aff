"""What of a decision becomes a memory of the character: what happened to it, then what it did; and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memory import repeats
from nodes.happened import happened, quoted
from nodes.impressions import emotion, importance
from rules import Situation, hearers, out_of_character
from schemas import (
    BarkDecision,
    CombatDecision,
    Content,
    DescriptionDecision,
    DialogueChoice,
    DialogueDecision,
    DialogueStarted,
    DiplomacyDecision,
    EncounterDecision,
    MemoryEntry,
    QuestDecision,
    Rank,
    StagedCall,
    TacticsDecision,
)

MOST_LETTERS = 4_000


def new_memory(
    situation: Situation,
    content: Content | None,
    staged: Sequence[StagedCall],
    recalled: Sequence[str],
    *,
    base: float,
) -> MemoryEntry | None:
    """The memory of a decision, or None where nothing of it is worth keeping.

    `content`: what the character did, None where that was not its own, as a fallback's words are not. `recalled`: the
    texts of what came to mind. Kept out are words without words in them, talk of models and prompts, what only asks
    (a turn in a fight) or lets time pass, and words that a recalled memory has already: it was used, and is no news.
    """
    request = situation.request
    if not situation.talk.heard:
        return None
    said = words_of(situation)
    what, did = happened(situation), _did(content, answering=said is not None) if content is not None else ""
    if said is not None and (not _says_something(said) or out_of_character(said)):
        what = ""
    own = content.npc_text if isinstance(content, DialogueDecision) else None
    if own is not None and (not _says_something(own) or _known(own, recalled)):
        did = ""
    if what and not did and said is not None and _known(said, recalled):
        what = ""
    text = " ".join(part for part in (what, did) if part)
    if not text or out_of_character(text):
        return None
    return MemoryEntry(
        id=request.id,
        character=request.character,
        text=text[:MOST_LETTERS],
        speaker=_speaker(situation, told=bool(what and said is not None), own=bool(did and own is not None)),
        about=tuple(one for one in request.event.involved if one != request.character),
        tags=request.event.tags,
        importance=importance(base, request, content, staged),
        emotion=emotion(request, content, staged),
        at=request.scene.time,
        place=request.scene.location.id,
        thread=request.thread_id,
    )


def overheard(
    situation: Situation, content: Content | None, memory: MemoryEntry | None, *, most: int
) -> tuple[MemoryEntry, ...]:
    """What others who heard a talk remember of it, each in their own words: people of the world, not the player's
    party, and `most` of them at the most, those who matter more to the story first.

    Only of what the character itself found worth a `memory`, and said aloud; half as important to them.
    """
    request, event = situation.request, situation.request.event
    if not most or memory is None or not isinstance(event, DialogueStarted | DialogueChoice) or not event.text:
        return ()
    world = situation.world
    others = [
        one
        for one in hearers(situation, event.speaker, event.loudness, event.tongue)
        if one in world.characters and one not in {event.speaker, request.character, *world.info.party}
    ]
    ranks = list(Rank)
    others.sort(key=lambda one: (-ranks.index(world.characters[one].rank), one))
    answer = ""
    if isinstance(content, DialogueDecision):
        answer = f" {situation.name_of(request.character)} answered: {quoted(content.npc_text)}"
    return tuple(
        memory.model_copy(
            update={
                "id": f"{request.id[:90]}.{one}"[:128],
                "character": one,
                "text": f"{_as_heard_by(situation, one)}{answer}"[:MOST_LETTERS],
                "speaker": event.speaker,
                "about": tuple(name for name in event.involved if name != one),
                "importance": memory.importance / 2,
            }
        )
        for one in others[:most]
    )


def _as_heard_by(situation: Situation, one: str) -> str:
    return happened(replace(situation, request=situation.request.model_copy(update={"character": one})))


def words_of(situation: Situation) -> str | None:
    """What somebody said, where the event is that."""
    event = situation.request.event
    return getattr(event, "text", None) or getattr(event, "message", None)


def _speaker(situation: Situation, *, told: bool, own: bool) -> str | None:
    event = situation.request.event
    if told:
        return getattr(event, "speaker", None) or getattr(event, "offering", None)
    return situation.request.character if own else None


def _did(content: Content, *, answering: bool) -> str:
    match content:
        case DialogueDecision():
            return f"I {'answered' if answering else 'said'}: {quoted(content.npc_text)}"
        case BarkDecision():
            return ""  # nobody remembers what a crowd said in passing
        case CombatDecision():
            return f"In the fight I chose to {content.move.kind.replace('_', ' ')}: {content.reasoning}"
        case EncounterDecision():
            return content.introduction
        case QuestDecision():
            return f"I asked for help: {content.title}. {content.summary}"
        case DescriptionDecision():
            return ""  # what one sees is no deed
        case TacticsDecision():
            return f"I made a plan: {content.reasoning}"
        case DiplomacyDecision():
            return f"I answered an offer ({content.answer}): {quoted(content.message)}"


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _known(text: str, recalled: Sequence[str]) -> bool:
    return any(repeats(text, memory) for memory in recalled)
