"""What the record tells a quest of its world: who died, what burnt, who has what, and how earlier quests went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rules.phrasebook import Phrasebook, read_out
from schemas.calendar import WorldTime
from schemas.decisions import QuestDecision
from schemas.events import CombatEnded, EntityDied, EventBase, ItemGiven, ItemPickedUp, PlaceDestroyed, QuestRequested
from schemas.knowledge import EVERYONE, EventFact, Fact, FactSource, Tag, TagKind
from schemas.lives import QuestProgress
from schemas.quests import Ending, QuestInShort, Requirement, Tidings
from schemas.requests import Decision
from schemas.worlds import World

MOST_QUESTS = 12
"""Of the ledger, the last ones: what a giver has in mind."""


def tidings_of(
    facts: Sequence[Fact], ledger: Sequence[QuestProgress], knowers: Collection[str], event: EventBase | None = None
) -> Tidings:
    """Read what was recorded, oldest first. `knowers`: in whose names the one who is asked knows things."""
    dead, gone, held = dict[str, None](), dict[str, None](), dict[str, str]()
    heard = set[str]()
    for fact in facts:
        if not isinstance(fact.payload, EventFact):
            continue
        of, place = fact.payload.participants, fact.payload.place
        match fact.payload.event_type:
            case "entity_died" if of:
                subject = of[0]
                dead[subject] = None
            case "place_destroyed" if place is not None:
                subject = place
                gone[subject] = None
            case "item_given" | "item_picked_up" if len(of) > 1:
                subject = of[0]
                held[subject] = of[1]
            case _:
                continue
        if fact.revealed or not set(knowers).isdisjoint(fact.known_by):
            heard.add(subject)
        else:
            heard.discard(subject)
    follows = event.follows if isinstance(event, QuestRequested) else None
    return Tidings(
        dead=tuple(dead),
        gone=tuple(gone),
        held=held,
        unaware=frozenset({*dead, *gone, *held} - heard),
        quests=tuple(_in_short(one) for one in ledger[-MOST_QUESTS:]),
        follows=next((_in_short(one) for one in ledger if one.quest == follows), None),
    )


def facts_of(
    event: EventBase, id_: str, world: World, phrasebook: Phrasebook, *, items: Collection[str], known_by: Sequence[str]
) -> tuple[Fact, ...]:
    """What an event leaves behind that later quests have to heed: deaths, places that are gone, items of the world that
    changed hands. `items`: those that matter; `known_by`: who was there, nobody: everyone hears of it."""
    match event:
        case EntityDied(entity=entity):
            told = [("entity_died", (entity,), None)]
        case CombatEnded(fallen=fallen):
            told = [("entity_died", (one,), None) for one in fallen]
        case PlaceDestroyed(place=place):
            told = [("place_destroyed", (), place)]
        case ItemGiven(item=item, receiver=receiver) if item in items:
            told = [("item_given", (item, receiver), None)]
        case ItemPickedUp(item=item, actor=actor) if item in items:
            told = [("item_picked_up", (item, actor), None)]
        case _:
            return ()
    return tuple(
        _fact(f"{id_}.{number}" if number else id_, type_, of, place, world, phrasebook, event.at, known_by)
        for number, (type_, of, place) in enumerate(told)
    )


def items_of(world: World, quests: Iterable[QuestDecision]) -> frozenset[str]:
    """The items that matter: of the world, and of quests under way."""
    placed = {item for place in world.places.values() for item in place.holds}
    asked = {one.target for quest in quests for one in quest.objectives if one.kind in ("collect", "deliver")}
    return frozenset((*world.info.items, *placed, *asked))


def offered_by(decision: Decision, at: WorldTime) -> tuple[QuestProgress, ...]:
    """What a decision puts into the ledger: the quest that it offers, under the decision's id."""
    quest = decision.content
    if not isinstance(quest, QuestDecision):
        return ()
    return (
        QuestProgress(
            quest=decision.id,
            status="offered",
            title=quest.title,
            giver=quest.giver,
            at=at,
            plot=quest.plot,
            about=tuple(dict.fromkeys(one.target for one in quest.objectives)),
            hooks=quest.hooks,
        ),
    )


def unmet(quest: QuestDecision, ledger: Iterable[QuestProgress]) -> tuple[Requirement, ...]:
    """What has to come first, and has not."""
    stands = {one.quest: one.status for one in ledger}
    return tuple(one for one in quest.requires if stands.get(one.quest) != one.status)


def _in_short(one: QuestProgress) -> QuestInShort:
    ending: Ending | None = None
    if one.status == "failed":
        ending = "failure"
    elif one.status == "completed":
        ending = "success"
    return QuestInShort(
        quest=one.quest,
        status=one.status,
        title=one.title,
        giver=one.giver,
        plot=one.plot,
        about=one.about,
        hooks=one.hooks,
        ending=ending,
    )


def _fact(
    id_: str,
    type_: str,
    of: tuple[str, ...],
    place: str | None,
    world: World,
    phrasebook: Phrasebook,
    at: WorldTime | None,
    known_by: Sequence[str],
) -> Fact:
    names = {"who": _name(world, (of or (place or "",))[0]), "whom": _name(world, of[1]) if len(of) > 1 else ""}
    about = [Tag(kind=TagKind.ENTITY, name=one) for one in of]
    about += [Tag(kind=TagKind.LOCATION, name=place)] if place is not None else []
    return Fact(
        id=id_,
        text=phrasebook.say(world.info.language, f"fact-{type_.replace('_', '-')}", **names),
        payload=EventFact(event_type=type_, participants=of, place=place, at=at),
        tags=tuple(about),
        importance=0.3 if type_.startswith("item") else 0.8,
        known_by=tuple(known_by) or (EVERYONE,),
        source=FactSource.GAME,
    )


def _name(world: World, id_: str) -> str:
    shelves = (world.characters, world.places, world.factions)
    return next((shelf[id_].name for shelf in shelves if id_ in shelf), read_out(id_))
