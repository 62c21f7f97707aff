"""Allies act together: shared targets, and a part for each."""

from __future__ import annotations

from rules import campaign
from schemas import JointWar
from tests.rules.bargaining.courts import ALLIANCE, PEACE, courts, on_day, treaty

PACT = treaty(ALLIANCE)
THIRD = treaty(ALLIANCE, JointWar(kind="joint_war", against="wolves", days=90), id_="third", parties=("crown", "abbey"))


def test_the_strongest_leads_the_richest_supplies_and_the_rest_strike_or_hold() -> None:
    found = campaign(courts(), on_day(110, PACT, THIRD), "crown")

    assert found is not None
    assert {one.faction: one.role for one in found.members} == {
        "crown": "leads",
        "abbey": "supplies",
        "hand": "strikes",
    }
    assert {one.faction: (one.strength, one.gold) for one in found.members}["abbey"] == (2.0, 600)
    assert found.targets == ("wolves",)


def test_a_weak_member_holds_and_no_ally_is_a_target() -> None:
    strong = courts(strength=90)
    found = campaign(strong, on_day(110, PACT, THIRD), "crown")

    assert found is not None
    assert {one.faction: one.role for one in found.members}["hand"] == "holds"
    assert not set(found.targets) & {"crown", "hand", "abbey"}


def test_without_an_ally_there_is_no_campaign() -> None:
    assert campaign(courts(), on_day(110, treaty(PEACE)), "crown") is None
    assert campaign(courts(), on_day(500, PACT), "crown") is None
