"""What a content names, and whether there is such a thing: looked up here on its own, not with the rules' help."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, cast

from evals.books import Books
from schemas import (
    CombatDecision,
    Content,
    DecisionRequest,
    DescriptionDecision,
    DiplomacyDecision,
    EncounterDecision,
    EntityKind,
    QuestDecision,
    TacticsDecision,
)

Shelf = Literal[
    "present", "ability", "carried", "creature", "actor", "anything", "item", "faction", "place", "person", "stance",
    "subject",
]  # fmt: skip


class Name(NamedTuple):
    """An id in a content: where it stands, what it is, and what sort of thing has to bear it."""

    where: str
    id: str
    shelf: Shelf


_TERM_SHELVES: dict[str, Shelf] = {
    "payer": "faction",
    "vassal": "faction",
    "grantor": "faction",
    "against": "faction",
    "place": "place",
    "prisoners": "person",
    "spouses": "person",
}


def names_in(content: Content) -> Iterator[Name]:
    """Every id that a content takes from the world; ids that it gives itself (objectives, branches) are its own."""
    match content:
        case CombatDecision():
            move = content.move.model_dump()
            for field, shelf in (("ability", "ability"), ("item", "carried"), ("target", "present")):
                if field in move:
                    yield Name(f"move.{field}", move[field], cast("Shelf", shelf))
        case EncounterDecision():
            for number, group in enumerate(content.creatures):
                yield Name(f"creatures[{number}]", group.creature, "creature")
        case QuestDecision():
            yield Name("giver", content.giver, "actor")
            for number, objective in enumerate(content.objectives):
                yield Name(f"objectives[{number}].target", objective.target, "anything")
            for number, item in enumerate(content.rewards.items):
                yield Name(f"rewards.items[{number}]", item, "item")
        case DiplomacyDecision():
            for number, term in enumerate(content.terms):
                for field, value in term.model_dump().items():
                    for id_ in cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,):
                        if field in _TERM_SHELVES:
                            yield Name(f"terms[{number}].{field}", cast("str", id_), _TERM_SHELVES[field])
        case TacticsDecision():
            for number, stance in enumerate(content.stances):
                yield Name(f"stances[{number}]", stance, "stance")
            if content.focus is not None:
                yield Name("focus", content.focus, "present")
        case DescriptionDecision():
            yield Name("subject", content.subject, "subject")
        case _:
            return


def shelf_of(shelf: Shelf, books: Books, request: DecisionRequest) -> Collection[str]:
    """All that may bear a name of that sort, in the world and in the scene."""
    world, scene = books.world, request.scene
    actor = scene.entity(request.character)
    match shelf:
        case "present":
            return {one.id for one in scene.present}
        case "carried":
            return actor.items if actor else ()
        case "ability":
            sheet = world.characters.get(request.character)
            template = (actor.template if actor else None) or (sheet.template if sheet else None)
            known = {action.id for action in actor.actions} if actor else set[str]()
            if template is not None and template in books.bestiary:
                page = books.bestiary[template]
                known |= {action.id for action in (*page.actions, *page.legendary_actions)}
            return known
        case "creature":
            return books.bestiary.keys()
        case "faction":
            return world.factions.keys()
        case "place":
            return {*world.places, scene.location.id, *scene.location.exits}
        case "person":
            return {*world.characters, *world.info.party}
        case "item":
            carried = {item for one in scene.present for item in one.items}
            lying = {one.id for one in scene.present if one.kind is EntityKind.ITEM}
            held = {item for place in world.places.values() for item in place.holds}
            return {*world.info.items, *held, *carried, *lying}
        case "actor":
            people = {one.id for one in scene.present if one.kind is not EntityKind.ITEM}
            return {*world.characters, *world.factions, *world.info.party, *people, scene.location.id}
        case "stance":
            return books.stances.keys()
        case "subject":
            return {*shelf_of("anything", books, request), *request.event.involved}
        case "anything":
            sorts: tuple[Shelf, ...] = ("present", "creature", "faction", "place", "person", "item")
            facts = {fact.id for fact in books.pack.facts}
            found = {name for sort in sorts for name in shelf_of(sort, books, request)}
            return found | facts | {*world.info.concepts, *request.event.concepts}


def strings_in(value: object) -> Iterator[str]:
    """Every string of a dumped content, ids included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in cast("dict[str, object]", value).values():
            yield from strings_in(part)
    elif isinstance(value, list | tuple):
        for part in cast("list[object]", value):
            yield from strings_in(part)
