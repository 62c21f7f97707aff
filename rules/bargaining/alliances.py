"""An alliance that acts together: against whom, who leads, who supplies, and what each brings when it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rules.bargaining.affairs import Affairs
from schemas.worlds import World

Role = Literal["leads", "supplies", "strikes", "holds"]
STRIKES_FROM = 0.5
"""Share of the leader's strength from which a member fights beside it; weaker ones hold the border."""
AID_OF_STRENGTH = 0.5
"""Share of its strength that a member sends when called."""
AID_OF_GOLD = 0.1
"""Share of its free chest that the supplier sends."""


@dataclass(frozen=True)
class Member:
    """One of the allies: its part, and what it sends when called."""

    faction: str
    role: Role
    strength: float
    gold: int


@dataclass(frozen=True)
class Campaign:
    """What allies do together."""

    members: tuple[Member, ...]
    targets: tuple[str, ...]
    """Whom to fight, the most dangerous first."""


def allies(affairs: Affairs, faction: str) -> list[str]:
    """Those with whom a faction has an alliance in force."""
    found = {treaty.other(faction) for treaty, term in affairs.binding(faction) if term.kind == "alliance"}
    return sorted(found)


def campaign(world: World, affairs: Affairs, faction: str) -> Campaign | None:
    """How a faction and its allies go about it; None without an ally.

    Targets are whom the faction is at war with or has promised to fight, those whom most members fight first, then
    the strongest; nobody who is an ally. The strongest member leads, the richest of the others supplies; of the rest
    those strike who have half of the leader's strength, and the weaker ones hold.
    """
    names = [name for name in (faction, *allies(affairs, faction)) if name in world.factions]
    if len(names) < 2:
        return None
    foes: dict[str, int] = {}
    for name in names:
        for foe in _foes(world, affairs, name) - set(names):
            foes[foe] = foes.get(foe, 0) + 1
    own = _foes(world, affairs, faction)
    strength = {name: world.factions[name].strength for name in (*names, *foes) if name in world.factions}
    targets = sorted((foe for foe in foes if foe in own), key=lambda foe: (-foes[foe], -strength.get(foe, 0.0), foe))
    leader = max(names, key=lambda name: (strength[name], name == faction, name))
    free = {name: max(0, affairs.chest(world, name) - affairs.owed(name)) for name in names}
    others = [name for name in names if name != leader]
    supplier = max(others, key=lambda name: (free[name], name))
    members = [_member(name, leader, supplier, strength, free) for name in names]
    return Campaign(tuple(members), tuple(targets))


def _member(name: str, leader: str, supplier: str, strength: dict[str, float], free: dict[str, int]) -> Member:
    role: Role = "holds"
    if name == leader:
        role = "leads"
    elif name == supplier:
        role = "supplies"
    elif strength[name] >= STRIKES_FROM * strength[leader]:
        role = "strikes"
    gold = int(AID_OF_GOLD * free[name]) if role == "supplies" else 0
    return Member(name, role, round(AID_OF_STRENGTH * strength[name], 1), gold)


def _foes(world: World, affairs: Affairs, of: str) -> set[str]:
    promised = {term.against for _, term in affairs.binding(of) if term.kind == "joint_war"}
    return set(affairs.enemies(world, of)) | promised
