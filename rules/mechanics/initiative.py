"""Who acts when (SRD 5.1, "Initiative")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rules.dice import Dice
from rules.mechanics.conditions import SOUND, Plight, check_advantage
from schemas.values import Id


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who takes part in a fight."""

    id: Id
    bonus: int = 0
    """The dexterity modifier, and whatever else counts."""
    plight: Plight = SOUND
    easier: bool = False
    group: str | None = None
    """Those of one group, such as six goblins, share one roll."""


@dataclass(frozen=True, slots=True)
class InTurn:
    """Whose turn it is at a place in the order of a fight."""

    id: Id
    initiative: int


def initiative_order(contenders: Iterable[Contender], dice: Dice) -> tuple[InTurn, ...]:
    """The order of a fight, highest first: a dexterity check of each, or of each group.

    Among equals the higher bonus goes first, then whom the dice name; the SRD leaves that to the table.
    """
    shared = dict[str, int]()
    order = list[tuple[int, Contender]]()
    for one in contenders:
        shown = shared.get(one.group) if one.group is not None else None
        if shown is None:
            shown = dice.d20(check_advantage(one.plight, easier=one.easier)).total
        if one.group is not None:
            shared[one.group] = shown
        order.append((shown + one.bonus, one))
    ranked = sorted(dice.shuffled(order), key=_rank, reverse=True)
    return tuple(InTurn(one.id, initiative) for initiative, one in ranked)


def _rank(entry: tuple[int, Contender]) -> tuple[int, int]:
    return entry[0], entry[1].bonus
