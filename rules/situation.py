"""All that the rules look at for one decision: who is asked, about what, in which world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rules.bargaining.affairs import Affairs
from rules.bestiary import Bestiary
from rules.dice import Dice
from rules.phrasebook import Phrasebook, read_out
from rules.sentiment import valence_of
from schemas.affairs import Talks
from schemas.characters import Character
from schemas.creatures import Action, CreatureTemplate
from schemas.dialogues import DialogueTree, Talk
from schemas.events import (
    CombatAbilityUsed,
    CombatEnded,
    EncounterRequested,
    EntityDamaged,
    EntityDied,
    PlaceDestroyed,
    QuestRequested,
)
from schemas.knowledge import Relationship
from schemas.pacing import Aim
from schemas.quests import Tidings
from schemas.requests import DecisionRequest
from schemas.scene import EntityKind, PresentEntity
from schemas.tactics import Stance, Study
from schemas.temper import Affect, Mood, Temper, Tendencies, Traits
from schemas.worlds import World


@dataclass(frozen=True)
class Situation:
    """One request with what is at hand to answer it. It reads, and never raises, whatever the request says."""

    request: DecisionRequest
    world: World
    bestiary: Bestiary
    phrasebook: Phrasebook
    standing: Relationship | None
    """How the character stands to whoever it deals with; None: nobody has said."""
    dice: Dice
    stances: Mapping[str, Stance] = field(default_factory=dict[str, Stance])
    """What a boss may plan with; none: it fights as it always does."""
    study: Study = field(default_factory=Study)
    """What a boss has learned from its fights, on a road that looks it up."""
    aim: Aim | None = None
    """How hard an encounter is meant to be, where the request leaves that open and the road finds out."""
    affairs: Affairs = field(default_factory=Affairs)
    """Treaties, promises and wars between factions, on a road that looks them up."""
    talks: Talks | None = None
    """The negotiation that this is a round of, with what the other side has just put forward."""
    known_temper: Temper | None = None
    """What the character is like now, where the road has looked it up; None: as its sheet says."""
    tidings: Tidings = field(default_factory=Tidings)
    """What the record knows that a quest has to heed, on a road that looks it up."""
    talk: Talk = field(default_factory=Talk)
    """Where a conversation stands, on a road that looks it up."""
    trees: tuple[DialogueTree, ...] = ()
    """The scripted dialogues of the character."""

    @cached_property
    def actor(self) -> PresentEntity | None:
        """Who is asked, as the scene shows them; None when they are not there."""
        return self.request.scene.entity(self.request.character)

    @cached_property
    def sheet(self) -> Character | None:
        """Who is asked, as the world knows them."""
        return self.world.characters.get(self.request.character)

    @cached_property
    def other(self) -> str:
        """Whom they deal with: whoever else is in the event, else somebody who is there, else a stranger."""
        me = self.request.character
        involved = (one for one in self.request.event.involved if one != me)
        there = (one.id for one in self.people if one.id != me)
        return next(involved, None) or next(there, "stranger")

    @cached_property
    def valence(self) -> float | None:
        """How kindly they were spoken to, -1 to 1; None: they were not, could not hear it, or nobody can tell."""
        return valence_of(self.request.event, self.request.language) if self.talk.heard else None

    @cached_property
    def temper(self) -> Temper:
        """What they are like now; middling when nobody wrote it down."""
        if self.known_temper is not None:
            return self.known_temper
        traits = self.sheet.traits if self.sheet else Traits()
        return Temper.usual(self.request.character, traits, self.request.scene.time)

    @property
    def own_temper(self) -> Temper | None:
        """The same; None for one of many, of whom nobody has written anything down."""
        return None if self.sheet is None else self.temper

    @property
    def traits(self) -> Traits:
        """Their traits, with what life has made of them."""
        return self.temper.traits

    @property
    def mood(self) -> Mood:
        """How they feel."""
        return self.temper.mood

    @cached_property
    def swing(self) -> Affect:
        """How their mood differs from what is usual for them: nothing, where nothing has happened lately."""
        return self.temper.swing

    @cached_property
    def tendencies(self) -> Tendencies:
        """What they are inclined to, by their traits and their mood."""
        return self.temper.tendencies

    @cached_property
    def party_levels(self) -> tuple[int, ...]:
        """The party's levels: from the event, else every player in the scene at level 1, else one hero of level 1."""
        event = self.request.event
        if isinstance(event, EncounterRequested | QuestRequested):
            return event.party_levels
        return tuple(1 for one in self.request.scene.present if one.kind is EntityKind.PLAYER) or (1,)

    @cached_property
    def themes(self) -> frozenset[str]:
        """What the event asks for, in the bestiary's tags; a faction of the world stands for its tags."""
        event = self.request.event
        if not isinstance(event, EncounterRequested | QuestRequested):
            return frozenset()
        factions = [self.world.factions[theme] for theme in event.themes if theme in self.world.factions]
        return frozenset((*event.themes, *(tag.name for faction in factions for tag in faction.tags)))

    @cached_property
    def terrain(self) -> frozenset[str]:
        """What the place is like, in the bestiary's tags: from its sheet, and from what the scene says of it."""
        location = self.request.scene.location
        place = self.world.places.get(location.id)
        return frozenset((*(place.themes if place else ()), *(tag.name for tag in location.tags)))

    @cached_property
    def people(self) -> tuple[PresentEntity, ...]:
        """All who are there and alive, without the items."""
        return tuple(one for one in self.request.scene.present if one.alive and one.kind is not EntityKind.ITEM)

    @cached_property
    def enemies(self) -> tuple[PresentEntity, ...]:
        """The living of other sides, and whoever of no side has just hurt the actor."""
        actor = self.actor
        if actor is None:
            return ()
        return tuple(
            one
            for one in self.people
            if one.id != actor.id
            and (actor.hostile_to(one) or (one.id in self._attackers and not _comrades(actor, one)))
        )

    @cached_property
    def allies(self) -> tuple[PresentEntity, ...]:
        """The living of the actor's own side, without the actor; `neutral` is no side."""
        actor = self.actor
        if actor is None:
            return ()
        return tuple(one for one in self.people if one.id != actor.id and _comrades(actor, one))

    @cached_property
    def _attackers(self) -> frozenset[str]:
        """Who hurt the actor, by the event and the recent ones."""
        me = self.request.character
        events = (self.request.event, *self.request.scene.recent_events)
        return frozenset(
            event.source for event in events if isinstance(event, EntityDamaged) and event.entity == me and event.source
        )

    @cached_property
    def dead(self) -> frozenset[str]:
        """Whoever is known to be dead: without hit points in the scene, or reported so, now or in the record.

        Who stands in the scene alive was brought back, whatever is told of them.
        """
        here = self.request.scene.present
        fallen = {one.id for one in here if not one.alive}
        fallen.update(set(self.tidings.dead) - {one.id for one in here if one.hit_points is not None and one.alive})
        for event in (*self.request.scene.recent_events, self.request.event):
            if isinstance(event, EntityDied):
                fallen.add(event.entity)
            elif isinstance(event, CombatEnded):
                fallen.update(event.fallen)
        return frozenset(fallen)

    @cached_property
    def gone(self) -> frozenset[str]:
        """Places that are no more: reported so, now or in the record."""
        events = (*self.request.scene.recent_events, self.request.event)
        return frozenset((*self.tidings.gone, *(one.place for one in events if isinstance(one, PlaceDestroyed))))

    @cached_property
    def used(self) -> dict[str, int]:
        """How often the actor has used each ability, as far as the recent events go."""
        counts: dict[str, int] = {}
        for event in (*self.request.scene.recent_events, self.request.event):
            if isinstance(event, CombatAbilityUsed) and event.actor == self.request.character:
                counts[event.ability] = counts.get(event.ability, 0) + 1
        return counts

    def template_of(self, entity: PresentEntity) -> CreatureTemplate | None:
        """The stat block that the scene names, else the one on their sheet; None when the bestiary lacks it."""
        sheet = self.world.characters.get(entity.id)
        name = entity.template or (sheet.template if sheet else None)
        return self.bestiary[name] if name is not None and name in self.bestiary else None

    def actions_of(self, entity: PresentEntity) -> tuple[Action, ...]:
        """What somebody can do on their turn: the actions that the scene lists, else those of the stat block."""
        if entity.actions:
            return tuple(action for action in entity.actions if action.legendary_cost is None)
        template = self.template_of(entity)
        return template.actions if template else ()

    def legendary_actions_of(self, entity: PresentEntity) -> tuple[Action, ...]:
        """What somebody can do between turns (SRD 5.1, "Legendary Actions"); most can do nothing."""
        listed = tuple(action for action in entity.actions if action.legendary_cost is not None)
        template = self.template_of(entity)
        return listed or (template.legendary_actions if template else ())

    def say(self, key: str, **args: str | float) -> str:
        """A phrase in the language of the request."""
        return self.phrasebook.say(self.request.language, key, **args)

    def name_of(self, id_: str) -> str:
        """What a player calls somebody or something; the words of the id when nobody gave it a name."""
        for shelf in (self.world.characters, self.world.places, self.world.factions):
            if (entry := shelf.get(id_)) is not None and entry.name.strip():
                return entry.name
        scene = self.request.scene
        entity = scene.entity(id_)
        if entity is not None:
            if entity.name and entity.name.strip():
                return entity.name
            if entity.name_key and self.phrasebook.has(entity.name_key, self.request.language):
                return self.say(entity.name_key)
            template = self.template_of(entity)
            if template is not None and self.phrasebook.has(template.name_key, self.request.language):
                return self.say(template.name_key)
        if id_ == scene.location.id and scene.location.name and scene.location.name.strip():
            return scene.location.name
        if id_ in self.bestiary and self.phrasebook.has(self.bestiary[id_].name_key, self.request.language):
            return self.say(self.bestiary[id_].name_key)
        return read_out(id_)


def _comrades(one: PresentEntity, other: PresentEntity) -> bool:
    return one.side == other.side != "neutral"


def clip(text: str, length: int) -> str:
    """A text that fits into `length` characters, cut at a word when it is too long."""
    if len(text) <= length:
        return text
    cut = text[: length - 3]
    return (cut.rsplit(" ", 1)[0] if " " in cut[length // 2 :] else cut).rstrip() + "..."
