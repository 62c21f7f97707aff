"""What there is in a world and a scene: who can give a quest, and what its objectives can be about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rules.situation import Situation
from schemas.decisions import ObjectiveKind
from schemas.events import QuestRequested
from schemas.scene import EntityKind


@dataclass(frozen=True)
class Known:
    """Everything that can be named, by what it is; the dead are left out of `people`."""

    situation: Situation

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Characters of the world and whoever is there, the living only, without creatures and items."""
        scene = self.situation.request.scene
        present = (one.id for one in scene.present if one.kind in (EntityKind.CHARACTER, EntityKind.PLAYER))
        names = dict.fromkeys((*self.situation.world.characters, *present))
        return tuple(name for name in names if name not in self.situation.dead)

    @cached_property
    def party(self) -> frozenset[str]:
        """The player's own characters."""
        scene = self.situation.request.scene
        players = (one.id for one in scene.present if one.kind is EntityKind.PLAYER)
        return frozenset((*self.situation.world.info.party, *players))

    @cached_property
    def beasts(self) -> tuple[str, ...]:
        """Creatures that are there, alive."""
        present = self.situation.request.scene.present
        return tuple(one.id for one in present if one.kind is EntityKind.CREATURE and one.id not in self.situation.dead)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Places of the world; where the scene is, and where one can go from there. Not those that are no more."""
        location, gone = self.situation.request.scene.location, self.situation.gone
        named = dict.fromkeys((*location.exits, *self.situation.world.places))
        return (location.id, *(place for place in named if place != location.id and place not in gone))

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Items of the world, in places, lying about, or carried by whoever is there."""
        world, scene = self.situation.world, self.situation.request.scene
        names = dict.fromkeys(world.info.items)
        names |= dict.fromkeys(item for place in world.places.values() for item in place.holds)
        for one in scene.present:
            names |= dict.fromkeys((one.id,) if one.kind is EntityKind.ITEM else one.items)
        return tuple(names)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """Ideas that the world or the event names."""
        return frozenset((*self.situation.world.info.concepts, *self.situation.request.event.concepts))

    @cached_property
    def givers(self) -> tuple[str, ...]:
        """Who can give a quest: the living, and factions; if nobody lives, the place itself, by a notice on its door.

        Whoever the event names comes first, then whoever is asked.
        """
        event, request = self.situation.request.event, self.situation.request
        others = [name for name in self.people if name not in self.party]
        possible = dict.fromkeys((*others, *self.beasts, *self.situation.world.factions, *self.people))
        first = [event.giver] if isinstance(event, QuestRequested) else []
        first = [name for name in (*first, request.character) if name in possible]
        return tuple(dict.fromkeys((*first, *possible))) or (request.scene.location.id,)

    def fits(self, kind: ObjectiveKind, target: str) -> bool:
        """Whether an objective of that kind can be about it."""
        return target in self.targets[kind] or (kind == "defeat" and target in self.situation.bestiary)

    @cached_property
    def targets(self) -> dict[ObjectiveKind, frozenset[str]]:
        """What each kind of objective can be about (and `defeat` any creature of the bestiary as well).

        reach: a place. talk: somebody alive. collect: an item. deliver: an item, or to whom or where. defeat: somebody
        alive, or a faction. protect: somebody alive, an item or a place. learn: anything that is known, or a concept.
        """
        factions = frozenset(self.situation.world.factions)
        alive = frozenset((*self.people, *self.beasts))
        places, items = frozenset(self.places), frozenset(self.items)
        return {
            "reach": places,
            "talk": alive | factions,
            "collect": items,
            "deliver": items | alive | factions | places,
            "defeat": alive | factions,
            "protect": alive | items | places,
            "learn": alive | factions | places | items | self.concepts | self.situation.dead | self.situation.gone,
        }
