"""Who lives in a world: characters, the factions they serve, the places they keep."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.affairs import TermKind
from schemas.decisions import EmotionalTone
from schemas.knowledge import Tag
from schemas.persona import Goal, SampleLine
from schemas.temper import Traits
from schemas.values import Id, LocaleKey, SignedUnitFloat, Value


class Rank(StrEnum):
    """How much a character matters to the story, and so how often a model may speak for it."""

    CROWD = "crowd"
    COMMON = "common"
    NAMED = "named"
    ELITE = "elite"
    BOSS = "boss"
    LEADER = "leader"


class Character(Value):
    """An actor that decides. Figures for the rules, words for the model, a script for when there is none."""

    id: Id
    name: str = Field(min_length=1, max_length=80)
    rank: Rank = Rank.COMMON
    occupation: str = Field(default="", max_length=80)
    faction: Id | None = None
    home: Id | None = None
    template: Id | None = None
    """Stat block in the bestiary."""
    traits: Traits = Traits()
    persona: str = Field(default="", max_length=2_000)
    speech_style: str = Field(default="", max_length=400)
    sample_lines: tuple[SampleLine, ...] = Field(default=(), max_length=24)
    """Plain texts, or texts with the tones, topics and events that they fit."""
    values: tuple[str, ...] = ()
    fears: tuple[str, ...] = ()
    tongues: tuple[Id, ...] = Field(default=(), max_length=16)
    """Languages of the game's world that they understand, beside those of their stat block; none anywhere: all."""
    goals: tuple[Goal, ...] = Field(default=(), max_length=24)
    """Plain texts, or texts with what they are `for` and `against`: no two may contradict each other."""
    knows_about: tuple[Tag, ...] = Field(default=(), max_length=24)
    """What they are at home in."""
    script: dict[EmotionalTone, tuple[LocaleKey, ...]] = Field(default_factory=dict[EmotionalTone, tuple[str, ...]])
    """Lines to say without a model, by tone. A missing tone is filled from the common script."""
    tags: tuple[Tag, ...] = ()


class Faction(Value):
    """A power of the world."""

    id: Id
    name: str = Field(min_length=1, max_length=80)
    about: str = Field(default="", max_length=1_000)
    leader: Id | None = None
    strength: float = Field(default=10.0, ge=0)
    """Fighting power, in any one unit for the whole world."""
    gold: int = Field(default=0, ge=0)
    standings: dict[Id, SignedUnitFloat] = Field(default_factory=dict[str, float])
    """How it stands to others when the story opens, -1 to 1."""
    at_war_with: tuple[Id, ...] = ()
    cares: dict[TermKind, Annotated[float, Field(ge=0.0, le=3.0)]] = Field(default_factory=dict[TermKind, float])
    """How much each kind of treaty term matters to it; 1 where nothing is said. A merchant's trade counts 1.5."""
    tags: tuple[Tag, ...] = ()


class Place(Value):
    """Somewhere."""

    id: Id
    name: str = Field(min_length=1, max_length=80)
    about: str = Field(default="", max_length=1_000)
    within: Id | None = None
    exits: tuple[Id, ...] = ()
    themes: tuple[Id, ...] = ()
    """Terrain and mood, in the bestiary's tags: `forest`, `urban`."""
    holds: tuple[Id, ...] = ()
    """Items that can be found here."""
    tags: tuple[Tag, ...] = ()
