"""What the tests of bargains share: two courts, their neighbours, and treaties between them."""

from __future__ import annotations

from typing import Any

from rules import Affairs
from schemas import Alliance, Faction, Peace, Place, Tag, Treaty, TreatyTerm, Tribute, World, WorldTime
from tests.rules.situations import world

START = WorldTime(day=100)


def courts(**of_crown: Any) -> World:
    """The crown and the hand, the wolves whom both fight, and the abbey that the crown holds dear."""
    crown: dict[str, Any] = {"gold": 2_000, "strength": 20, "standings": {"hand": 0.2, "abbey": 0.6}} | of_crown
    return world(
        factions=(
            Faction(
                id="crown",
                name="The Crown",
                at_war_with=("wolves",),
                tags=(Tag.model_validate("location:pass"),),
                **crown,
            ),
            Faction(id="hand", name="The Hand", gold=1_500, strength=10, at_war_with=("wolves",)),
            Faction(id="wolves", name="The Wolves", strength=15),
            Faction(id="abbey", name="The Abbey", gold=6_000, strength=4, standings={"crown": 0.5}),
        ),
        places=(Place(id="pass", name="The High Pass"), Place(id="ford", name="The Ford")),
    )


def treaty(*terms: TreatyTerm, id_: str = "old", parties: tuple[str, str] = ("crown", "hand")) -> Treaty:
    return Treaty(id=id_, parties=parties, terms=terms, at=START)


def on_day(day: int, *affairs: Any) -> Affairs:
    return Affairs(tuple(affairs), WorldTime(day=day))


PEACE = Peace(kind="peace", days=360)
ALLIANCE = Alliance(kind="alliance", days=360)
TRIBUTE = Tribute(kind="tribute", payer="hand", gold=100, days=90)
