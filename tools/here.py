"""What a tool may see: one decision, and what its character knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemas import PLAYER, DecisionRequest, Effect, EntityKind, Fact, GameEvent, Tag, TagKind, World

_LONGEST_ID = 120


class ToolRefused(Exception):
    """What a tool raises when it will not do what it was asked; the reason is for designers."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a tool call brings about: changes of the record, and events that it sets off in the game."""

    effects: tuple[Effect, ...] = ()
    triggered: tuple[GameEvent, ...] = ()


ToolFunction = Callable[..., Consequences]
"""`def name(here: Here, call: int, *, argument: str) -> Consequences`: pure, and quick. Arguments fit its schema."""


@dataclass(frozen=True)
class Here:
    """One decision as a tool sees it."""

    request: DecisionRequest
    world: World
    known_entities: frozenset[str]
    """Ids of what its character can name: people, factions, places, items, and the creatures in the scene."""
    knows: Mapping[str, Fact]
    """The facts that were recalled for it, by id."""

    @property
    def character(self) -> str:
        """Who decides."""
        return self.request.character

    @property
    def place(self) -> str:
        """Where it happens."""
        return self.request.event.location or self.request.scene.location.id

    @cached_property
    def present(self) -> frozenset[str]:
        """Who is there and can hear: itself, and all in the scene but things."""
        others = (entity.id for entity in self.request.scene.present if entity.kind is not EntityKind.ITEM)
        return frozenset({self.character, *others})

    @cached_property
    def nameable(self) -> frozenset[str]:
        """What the character can name: itself, the known entities, and the concepts of the facts that came to mind."""
        concepts = (tag.name for fact in self.knows.values() for tag in fact.tags if tag.kind is TagKind.CONCEPT)
        return self.known_entities | {self.character, *concepts}

    def reach(self, kind: str) -> Collection[str]:
        """The ids that an argument marked `x-refers-to` may hold: `known`, `present`, or `fact`."""
        if kind == "fact":
            return self.knows.keys()
        return self.present if kind == "present" else self.nameable

    @cached_property
    def _game(self) -> frozenset[str]:
        """What the game told of: who and what is in the scene, where it is, and who takes part in the event."""
        request = self.request
        present = (entity.id for entity in request.scene.present)
        return frozenset({*present, *request.event.involved, request.scene.location.id, self.place})

    def exists(self, name: str) -> bool:
        """Whether there is anything of that id in the world or in the game, known to this character or not."""
        info = self.world.info
        known = (self._game, self.world.actors, self.world.places, info.party, info.items, info.concepts)
        return any(name in names for names in known)

    def tag(self, name: str) -> Tag:
        """The tag of something nameable."""
        if name in self.world.factions:
            return Tag(kind=TagKind.FACTION, name=name)
        if name in self.world.places or name in (self.place, self.request.scene.location.id):
            return Tag(kind=TagKind.LOCATION, name=name)
        if name in self.world.info.concepts:
            return Tag(kind=TagKind.CONCEPT, name=name)
        return Tag(kind=TagKind.ENTITY, name=name)

    def knower(self, name: str) -> str:
        """In whose name somebody comes to know a thing: members of the party know it as `player`."""
        return PLAYER if name in self.world.info.party else name

    def fact_id(self, call: int) -> str:
        """The id of a fact that call number `call` makes: the same each time the decision is made again."""
        base = self.request.id
        if len(base) > _LONGEST_ID:
            base = hashlib.sha256(base.encode()).hexdigest()
        return f"{base}.{call}"
