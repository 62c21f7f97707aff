"""What a model may name in this scene: the legal values, by property, to narrow its grammar with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rules.bargain import Table
from rules.boss.planning import Council
from rules.describe import look_at
from rules.encounters import shortlist
from rules.known import Known
from rules.moves import Moves
from rules.situation import Situation
from schemas.errors import UnknownThing
from schemas.events import QuestRequested

MOST_NAMES = 64
"""How many values a property may have; a longer list slows the grammar more than it helps."""


def choices(decides: str, situation: Situation) -> dict[str, tuple[str, ...]]:
    """Legal values by the name of the property that holds them (or, for a list of ids, each of them).

    A property without any legal value is left out: what it belongs to is not possible now (see `moves_open`). Values
    that are legal one by one may still not fit together; that is for `judge`. Raises `UnknownThing` for no content.
    """
    if decides not in _CHOICES:
        raise UnknownThing("kind of content", decides, _CHOICES)
    found = {name: tuple(dict.fromkeys(values))[:MOST_NAMES] for name, values in _CHOICES[decides](situation).items()}
    return {name: values for name, values in found.items() if values}


def _nothing(situation: Situation) -> dict[str, Iterable[str]]:
    return {}


def _combat(situation: Situation) -> dict[str, Iterable[str]]:
    moves = Moves(situation)
    usable = (moves.usable, moves.usable_legendary, moves.usable_items)
    return {
        "ability": (*moves.usable, *moves.usable_legendary),
        "target": (target for uses in usable for targets in uses.values() for target in targets),
        "item": moves.usable_items,
    }


def _encounter(situation: Situation) -> dict[str, Iterable[str]]:
    return {"creature": shortlist(situation)}


def _quest(situation: Situation) -> dict[str, Iterable[str]]:
    known = Known(situation)
    asked = situation.request.event.giver if isinstance(situation.request.event, QuestRequested) else None
    here = [one.id for one in situation.people]
    return {
        "giver": known.givers[:1] if known.givers[0] == asked else known.givers,
        "target": (*here, *known.people, *known.places, *known.items, *shortlist(situation), *sorted(known.concepts)),
    }


def _diplomacy(situation: Situation) -> dict[str, Iterable[str]]:
    table, world = Table(situation), situation.world
    if table.obstacle is not None:
        return {}
    alive = [name for name in world.characters if name not in situation.dead]
    return {
        "payer": table.parties,
        "vassal": table.parties,
        "grantor": table.parties,
        "against": (name for name in world.factions if name not in table.parties),
        "place": world.places,
        "prisoners": alive,
        "spouses": alive,
    }


def _description(situation: Situation) -> dict[str, Iterable[str]]:
    return {"subject": (look_at(situation).subject,)}


def _tactics(situation: Situation) -> dict[str, Iterable[str]]:
    repertoire = Council(situation).repertoire
    return {
        "stances": (one.id for one in situation.stances.values() if repertoire.possible(one)),
        "focus": (one.id for one in situation.enemies),
    }


_CHOICES: Mapping[str, Callable[[Situation], dict[str, Iterable[str]]]] = {
    "DialogueDecision": _nothing,
    "BarkDecision": _nothing,
    "CombatDecision": _combat,
    "EncounterDecision": _encounter,
    "QuestDecision": _quest,
    "DiplomacyDecision": _diplomacy,
    "TacticsDecision": _tactics,
    "DescriptionDecision": _description,
}
