"""How well one aims: all that gives advantage or disadvantage on an attack roll."""

from __future__ import annotations

from rules.arena.arena import SQUARE_FT, Arena
from rules.arena.fighter import Fighter
from rules.arena.ground import Place
from rules.arena.sheet import Deed
from rules.mechanics.conditions import SOUND, attack_advantage
from schemas.creatures import Trait
from schemas.items import DamageRoll


def aim(
    arena: Arena, fighter: Fighter, deed: Deed, target: Fighter, place: Place | None = None, *, in_passing: bool = False
) -> int:
    """Advantage (1), disadvantage (-1) or neither, from a place or (None) from where one stands.

    `in_passing`: the target comes by and is struck by hand.

    Besides conditions: long range, a shot with an enemy within 5 feet that can act (SRD 5.1, "Ranged Attacks in
    Close Combat"), a target that dodges, a pack, recklessness on either side, and whom one is keen on.
    """
    gap = arena.gaps[fighter.index][target.index] if place is None else arena.row(place)[target.index]
    reach = deed.reach_ft
    if in_passing and gap > reach:
        gap = reach
    harder = target.dodging
    if not harder and not 0 < reach >= gap:
        harder = gap > deed.range_ft or crowded(arena, fighter, place)
    sheet = fighter.sheet
    easier = target.reckless or (sheet.pack_tactics and arena.beside(target, fighter))
    if not easier and (sheet.keen or fighter.reckless):
        easier = _keen(fighter, target, by_hand=0 < reach >= gap, own_turn=not in_passing)
    if fighter.plight is SOUND and target.plight is SOUND:
        return easier - harder
    sense, there = sheet.sharpest_sense_ft, target.sheet.sharpest_sense_ft
    return attack_advantage(
        fighter.plight,
        target.plight,
        within_5_ft=gap <= SQUARE_FT,
        easier=easier,
        harder=harder,
        attacker_senses=gap <= sense,
        target_senses=gap <= there,
    )


def _keen(fighter: Fighter, target: Fighter, *, by_hand: bool, own_turn: bool) -> bool:
    """Whether it is reckless, or whom it strikes at is one that it is keen on."""
    if fighter.reckless and by_hand and own_turn:
        return True
    keen = fighter.sheet.keen
    return (
        ("wounded" in keen and by_hand and target.hit_points < target.most)
        or ("fresh" in keen and not target.acted)
        or ("grappled" in keen and target.held_by(fighter))
    )


def crowded(arena: Arena, fighter: Fighter, place: Place | None = None) -> bool:
    """Whether an enemy that can act stands within 5 feet."""
    row = arena.gaps[fighter.index] if place is None else arena.row(place)
    for foe in arena.foes(fighter):  # noqa: SIM110  # a loop costs half of what `any` does, and this is asked often
        if row[foe.index] <= SQUARE_FT and not foe.plight.no_actions:
            return True
    return False


def by_hand_at(deed: Deed, gap_ft: float) -> bool:
    """Whether it is done with the arm over such a distance."""
    return deed.reach_ft > 0 and gap_ft <= deed.reach_ft


def extra_of(arena: Arena, fighter: Fighter, target: Fighter, advantage: int) -> tuple[DamageRoll, ...]:
    """Damage that comes once a turn on top of a hit; nothing when its terms are not met, or it has come already."""
    sheet = fighter.sheet
    if not sheet.extra_damage or fighter.extra_used:
        return ()
    with_advantage = sheet.sneaky and advantage > 0
    fits = with_advantage or (arena.beside(target, fighter) and not (sheet.sneaky and advantage < 0))
    return sheet.extra_damage if fits else ()


def charges(fighter: Fighter, deed: Deed, by_hand: bool, ran_ft: float) -> Trait | None:
    """The charge that a blow by hand ends, after a long enough run (SRD 5.1, "Charge")."""
    charge = fighter.sheet.charge
    return (
        charge if charge is not None and by_hand and deed.is_attack and ran_ft >= (charge.range_ft or 0) > 0 else None
    )
