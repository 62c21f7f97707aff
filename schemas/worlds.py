"""A world as its files tell it, before it becomes a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from schemas.calendar import WorldTime
from schemas.characters import Character, Faction, Place
from schemas.errors import Fault, nearest
from schemas.events import EVENTS, name_of
from schemas.knowledge import EVERYONE, PLAYER, Association, Fact, Relationship, Tag, TagKind
from schemas.persona import contradictions
from schemas.requests import DecisionRequest
from schemas.values import Id, LanguageTag, Value


class WorldInfo(Value):
    """The title page."""

    id: Id
    name: str = Field(min_length=1, max_length=80)
    about: str = Field(default="", max_length=2_000)
    language: LanguageTag = "en"
    starts: WorldTime = WorldTime()
    party: tuple[Id, ...] = Field(default=(), max_length=12)
    """The player's characters: in `known_by` they are `player`."""
    concepts: tuple[Id, ...] = ()
    """Ideas that tags may name."""
    items: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """Who and what there is in a world, by id: small enough to be at hand in every decision.

    What changes while it is played (facts, relationships, memories) is in the record, not here.
    """

    info: WorldInfo
    characters: Mapping[str, Character]
    factions: Mapping[str, Faction]
    places: Mapping[str, Place]

    @classmethod
    def of(cls, pack: WorldPack) -> World:
        """The sheet of a pack."""
        return cls(
            info=pack.info,
            characters={character.id: character for character in pack.characters},
            factions={faction.id: faction for faction in pack.factions},
            places={place.id: place for place in pack.places},
        )

    @property
    def actors(self) -> frozenset[str]:
        """All that can be asked for a decision: characters, and factions by their own name."""
        return frozenset(self.characters) | frozenset(self.factions)

    def knowers(self, character: str) -> frozenset[str]:
        """In whose names it knows things: its own, its faction's, everyone's, the player's for the party."""
        names = {character, EVERYONE}
        sheet = self.characters.get(character)
        if sheet is not None and sheet.faction is not None:
            names.add(sheet.faction)
        if character in self.info.party:
            names.add(PLAYER)
        return frozenset(names)


class WorldPack(Value):
    """Everything that a new world starts with."""

    info: WorldInfo
    characters: tuple[Character, ...] = ()
    factions: tuple[Faction, ...] = ()
    places: tuple[Place, ...] = ()
    facts: tuple[Fact, ...] = ()
    associations: tuple[Association, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    opening: tuple[DecisionRequest, ...] = ()
    """What happens first: one request for each kind that the world wants to show."""

    def faults(self) -> list[Fault]:
        """Every reference that points nowhere, with the nearest right answer."""
        return list(self._dangling())

    def _dangling(self) -> Iterator[Fault]:
        characters = {character.id for character in self.characters} | set(self.info.party)
        factions = {faction.id for faction in self.factions}
        places = {place.id for place in self.places}
        entities = characters | set(self.info.items)
        event_types = {name_of(type_) for type_ in EVENTS.values()}
        knowers = characters | factions | {EVERYONE, PLAYER}
        by_kind = {
            TagKind.ENTITY: entities,
            TagKind.LOCATION: places,
            TagKind.FACTION: factions,
            TagKind.CONCEPT: set(self.info.concepts),
        }

        def refer(where: str, kind: str, name: str | None, known: set[str]) -> Iterator[Fault]:
            if name is not None and name not in known:
                near = nearest(name, known)
                yield Fault(where, f"there is no {kind} '{name}'.", f"Did you mean '{near}'?" if near else None)

        def refer_tags(where: str, tags: tuple[Tag, ...], field: str = "tags") -> Iterator[Fault]:
            for tag in tags:
                if tag.kind in by_kind:
                    yield from refer(f"{where}.{field}", tag.kind.value, tag.name, by_kind[tag.kind])

        for character in self.characters:
            where = f"characters.{character.id}"
            yield from refer(f"{where}.faction", "faction", character.faction, factions)
            yield from refer(f"{where}.home", "place", character.home, places)
            yield from refer_tags(where, character.tags)
            yield from refer_tags(where, character.knows_about, "knows_about")
            for number, goal in enumerate(character.goals):
                yield from refer_tags(where, goal.for_, f"goals.{number}.for")
                yield from refer_tags(where, goal.against, f"goals.{number}.against")
            yield from contradictions(f"{where}.goals", character.goals)
            for number, line in enumerate(character.sample_lines):
                for event in line.events:
                    yield from refer(f"{where}.sample_lines.{number}.events", "type of event", event, event_types)
        for faction in self.factions:
            where = f"factions.{faction.id}"
            yield from refer(f"{where}.leader", "character", faction.leader, characters)
            for other in (*faction.standings, *faction.at_war_with):
                yield from refer(where, "faction", other, factions)
            yield from refer_tags(where, faction.tags)
        for place in self.places:
            where = f"places.{place.id}"
            for other in (place.within, *place.exits):
                yield from refer(where, "place", other, places)
            for item in place.holds:
                yield from refer(f"{where}.holds", "item", item, set(self.info.items))
            yield from refer_tags(where, place.tags)
        for fact in self.facts:
            where = f"facts.{fact.id}"
            for knower in fact.known_by:
                yield from refer(f"{where}.known_by", "character or faction", knower, knowers)
            if fact.payload.kind == "secret":
                yield from refer(f"{where}.holder", "character or faction", fact.payload.holder, knowers)
                if EVERYONE in fact.known_by and not fact.revealed:
                    hint = "Name in `known_by` who knows it; or write `revealed = true`."
                    yield Fault(f"{where}.known_by", "a secret that everyone knows is none.", hint)
            if fact.payload.kind == "relationship":
                for end in (fact.payload.subject, fact.payload.object):
                    yield from refer(where, "entity", end, entities | factions)
            yield from refer_tags(where, fact.tags)
        for number, link in enumerate(self.associations):
            yield from refer_tags(f"associations[{number}]", (link.a, link.b))
        for number, tie in enumerate(self.relationships):
            for end in (tie.character, tie.toward):
                yield from refer(f"relationships[{number}]", "character or faction", end, knowers)
        for request in self.opening:
            yield from refer(f"opening.{request.id}.character", "character or faction", request.character, knowers)
        for what, things in (("fact", self.facts), ("character", self.characters), ("place", self.places)):
            ids = [thing.id for thing in things]
            for twice in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
                yield Fault(f"{what}s.{twice}", f"the {what} '{twice}' is there twice.")
