"""A small world to remember things in: a villain and a priestess of one orphanage, and an innkeeper."""

from __future__ import annotations

from pathlib import Path

from memory import Commit, Embedder, LexicalEmbedder, Memory, RecallQuery
from schemas import (
    AddFact,
    Association,
    ChangeRelationship,
    Character,
    Decision,
    DialogueDecision,
    DialogVariant,
    Effect,
    EmotionalTone,
    Fact,
    Faction,
    LoreFact,
    MemoryEntry,
    Place,
    RecallSettings,
    Receipt,
    Relationship,
    RevealFact,
    SecretFact,
    StagedCall,
    Tag,
    ToolResult,
    Turn,
    Versions,
    WorldInfo,
    WorldPack,
    WorldTime,
)

WORLD = "morning"
NOON = WorldTime(day=3, minute=720)
ORPHANAGE = Tag.model_validate("location:orphanage")
VILLAIN, PRIESTESS, INNKEEPER = (Tag.model_validate(f"entity:{name}") for name in ("malgar", "ilse", "marta"))

PAST = Fact(
    id="shared_past",
    text="Malgar and Ilse grew up in the same orphanage.",
    payload=SecretFact(holder="malgar", severity=0.9),
    tags=(ORPHANAGE,),
    importance=0.9,
    known_by=("malgar",),
)
BEER = Fact(
    id="good_beer",
    text="The beer of the Drowned Lantern is good.",
    payload=LoreFact(topic="beer"),
    tags=(INNKEEPER,),
    importance=0.2,
)
TITHE = Fact(
    id="tithe",
    text="The order raises the tithe next week.",
    payload=LoreFact(topic="tithe"),
    tags=(ORPHANAGE,),
    importance=0.5,
    known_by=("order",),
    expires=WorldTime(day=7),
)


def pack(world: str = WORLD) -> WorldPack:
    return WorldPack(
        info=WorldInfo(id=world, name="Morning"),
        characters=(
            Character(id="malgar", name="Malgar"),
            Character(id="ilse", name="Ilse", faction="order"),
            Character(id="marta", name="Marta"),
        ),
        factions=(Faction(id="order", name="The Order"),),
        places=(Place(id="orphanage", name="The orphanage"),),
        facts=(PAST, BEER, TITHE),
        associations=(
            Association(a=VILLAIN, b=ORPHANAGE, weight=0.9),
            Association(a=PRIESTESS, b=ORPHANAGE, weight=0.9),
        ),
        relationships=(Relationship(character="malgar", toward="ilse", affinity=0.3, trust=-0.2),),
    )


async def open_memory(url: str | None, home: Path, embedder: Embedder | None = None) -> Memory:
    return await Memory.open(url, home, embedder or LexicalEmbedder(), RecallSettings())


def decision(id_: str = "d1", *, character: str = "malgar", world: str = WORLD, says: str = "So be it.") -> Decision:
    answers = tuple(
        DialogVariant(text=text, tone=EmotionalTone.NEUTRAL, consequence_hint=None) for text in ("Yes.", "No.")
    )
    return Decision(
        id=id_,
        kind="dialogue",
        decides="DialogueDecision",
        world=world,
        character=character,
        content=DialogueDecision(npc_text=says, tone=EmotionalTone.NEUTRAL, player_variants=answers),
        receipt=Receipt(
            source="rules",
            reason="rules_by_share",
            versions=Versions(graph="d@1"),
            seed=0,
            language="en",
            timeline="main",
        ),
    )


def call(number: int, *effects: Effect) -> StagedCall:
    return StagedCall(result=ToolResult(call=number, tool="a_tool", arguments={}, status="applied"), effects=effects)


def experience(id_: str, text: str, *, character: str = "malgar") -> MemoryEntry:
    return MemoryEntry(id=id_, character=character, text=text, at=NOON)


def said(*lines: str, speaker: str = "malgar") -> tuple[Turn, ...]:
    return tuple(Turn(speaker=speaker, text=line, at=NOON) for line in lines)


def full_commit(number: int) -> Commit:
    """A decision that leaves something behind in every table."""
    rumour = Fact(id=f"rumour_{number}", text=f"Rumour {number}.", payload=LoreFact(topic="rumour"), tags=(VILLAIN,))
    return Commit(
        decision=decision(f"d{number}"),
        thread=f"{WORLD}/dialogue.malgar",
        staged=(
            call(0, AddFact(fact=rumour), ChangeRelationship(character="malgar", toward="marta", trust=0.01)),
            call(1, RevealFact(fact=PAST.id, to=(("marta", "ilse")[number % 2],))),
        ),
        memory=experience(f"m{number}", f"I told rumour number {number}."),
        turns=said(f"Have you heard rumour {number}?", "No."),
    )


def query(
    text: str = "",
    *tags: Tag,
    character: str = "malgar",
    world: str = WORLD,
    timeline: str | None = None,
    thread: str | None = None,
    at: WorldTime = NOON,
    memories: int = 5,
    facts: int = 20,
    patience: float = 10.0,
) -> RecallQuery:
    return RecallQuery(
        world=world,
        timeline=timeline,
        character=character,
        text=text,
        tags=tags,
        thread=thread,
        at=at,
        memories=memories,
        facts=facts,
        patience=patience,
    )
