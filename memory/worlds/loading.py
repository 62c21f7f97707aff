"""Put a world into the record."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from memory.record.commits import change_row
from memory.record.rows import Fields, new_rows, parsed
from memory.record.tables import ASSOCIATION, FACT, RELATIONSHIP_CHANGE, WORLD
from memory.timelines.timelines import FIRST, Timeline, open_timeline, take_moment, visible
from memory.values import Loaded
from schemas import ChangeRelationship, Relationship, World, WorldPack


def load(connection: Connection, pack: WorldPack) -> Loaded:
    """Write a pack without faults. See `Memory.load_world`."""
    world = pack.info.id
    sheet = _sheet(pack)
    first: Fields = {"id": world, "sheet": sheet, "current_timeline": FIRST, "seq": 0}
    fresh = bool(new_rows(connection, WORLD, [first]))
    if fresh:
        open_timeline(connection, world, Timeline(FIRST))
        timeline = FIRST
    else:
        refresh = update(WORLD).where(WORLD.c.id == world).values(sheet=sheet).returning(WORLD.c.current_timeline)
        timeline = connection.execute(refresh).scalar_one()
    facts, links, ties = _missing(connection, pack, timeline)
    if facts or links or ties:
        seq, _ = take_moment(connection, world)
        here: Fields = {"world": world, "timeline": timeline, "seq": seq}
        new_rows(connection, FACT, [here | row for row in facts])
        new_rows(connection, ASSOCIATION, [here | row for row in links])
        new_rows(connection, RELATIONSHIP_CHANGE, [here | {"number": number} | row for number, row in enumerate(ties)])
    return Loaded(world, len(facts), len(links), len(pack.characters), fresh=fresh)


def read_sheets(connection: Connection) -> list[tuple[World, str]]:
    """All worlds, each with its current timeline."""
    rows = connection.execute(select(WORLD.c.sheet, WORLD.c.current_timeline).order_by(WORLD.c.id))
    return [(World.of(parsed(WorldPack, sheet)), timeline) for sheet, timeline in rows]


def _sheet(pack: WorldPack) -> str:
    return WorldPack(
        info=pack.info, characters=pack.characters, factions=pack.factions, places=pack.places
    ).model_dump_json()


def _missing(connection: Connection, pack: WorldPack, timeline: str) -> tuple[list[Fields], list[Fields], list[Fields]]:
    """Rows of the pack's facts, associations and relationships that the timeline does not have yet."""
    here = {"world": pack.info.id, "timeline": timeline}
    told = set(connection.execute(select(FACT.c.id).where(visible(FACT)), here).scalars())
    facts: list[Fields] = [
        {"id": fact.id, "body": fact.model_dump_json()} for fact in pack.facts if fact.id not in told
    ]

    link = ASSOCIATION.c
    linked = set(connection.execute(select(link.a, link.b, link.kind).where(visible(ASSOCIATION)), here))
    links: dict[tuple[str, str, str], float] = {}
    for association in pack.associations:
        a, b = sorted((str(association.a), str(association.b)))
        if (a, b, association.kind.value) not in linked:
            links[a, b, association.kind.value] = association.weight

    change = RELATIONSHIP_CHANGE.c
    known = select(change.character, change.toward).where(visible(RELATIONSHIP_CHANGE)).distinct()
    met = set(connection.execute(known, here))
    ties = [_tie(tie) for tie in pack.relationships if (tie.character, tie.toward) not in met]
    return facts, [{"a": a, "b": b, "kind": kind, "weight": weight} for (a, b, kind), weight in links.items()], ties


def _tie(tie: Relationship) -> Fields:
    """How things stand when the story opens: a change from nothing."""
    nothing = Relationship(character=tie.character, toward=tie.toward)
    opening = ChangeRelationship(**tie.model_dump(), reason="world")
    return change_row(nothing, opening)
