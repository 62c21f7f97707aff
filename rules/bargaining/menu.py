"""What two factions could put on a table: the terms that lie near, with a few sizes and lengths of each."""

from __future__ import annotations

from collections.abc import Iterator

from rules.bargain import Table, can_promise
from rules.bargaining.packages import Topic, gather
from schemas.affairs import Talks
from schemas.knowledge import TagKind
from schemas.treaties import Alliance, JointWar, Passage, Peace, Trade, TreatyTerm, Tribute

LENGTHS = (180, 720)
"""Days."""
MONTHS = 12
"""Of a tribute."""
TRADES = (0.25, 1.0)
"""A trade over all its months, as a share of the smaller chest."""
TRIBUTES = (0.02, 0.05, 0.1, 0.2)
"""A tribute over all its months, as a share of the payer's chest."""
MOST_GOLD = 1_000_000


def menu(table: Table, talks: Talks) -> list[Topic]:
    """The topics of these talks: what was put forward already, then what lies near; only what we could keep."""
    said = [term for offer in reversed(talks.offers) for term in offer.terms]
    return gather(term for term in dict.fromkeys((*said, *_near(table))) if can_promise(table, term))


def _near(table: Table) -> Iterator[TreatyTerm]:
    us, them = table.us, table.them or "nobody"
    for days in LENGTHS:
        yield Peace(kind="peace", days=days)
        yield Alliance(kind="alliance", days=days)
    least = min(table.gold_of(us), table.gold_of(them))
    for days in LENGTHS:
        for share in TRADES:
            if gold := _monthly(least * share, days // 30):
                yield Trade(kind="trade", days=days, gold=gold)
    for payer in (us, them):
        for share in TRIBUTES:
            if gold := _monthly(table.gold_of(payer) * share, MONTHS):
                yield Tribute(kind="tribute", days=MONTHS * 30, payer=payer, gold=gold)
    for grantor in (us, them):
        for place in _places(table, grantor)[:1]:
            for days in LENGTHS:
                yield Passage(kind="passage", days=days, grantor=grantor, place=place)
    for foe in _foes(table)[:1]:
        for days in LENGTHS:
            yield JointWar(kind="joint_war", days=days, against=foe)


def _monthly(gold: float, months: int) -> int:
    return min(MOST_GOLD, int(gold / max(1, months)))


def _places(table: Table, grantor: str) -> list[str]:
    """The places that a faction is known by: its tags name them."""
    faction = table.situation.world.factions.get(grantor)
    tags = faction.tags if faction is not None else ()
    return [tag.name for tag in tags if tag.kind is TagKind.LOCATION and tag.name in table.situation.world.places]


def _foes(table: Table) -> list[str]:
    """Against whom both could go: common enemies, then whomever we like least."""
    others = [other for other in table.situation.world.factions if other not in (table.us, table.them)]
    disliked = [other for other in others if table.standing_to(other) < 0]
    return sorted(disliked, key=lambda other: (other not in table.common_enemies, table.standing_to(other), other))
