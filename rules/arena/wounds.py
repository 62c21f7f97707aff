"""What becomes of damage in an arena: who falls, who holds a spell, and who saves (SRD 5.1, "Damage and Healing")."""

from __future__ import annotations

from collections.abc import Iterable

from rules.arena.arena import Arena
from rules.arena.fighter import Ailment, Fighter
from rules.mechanics.concentration import keep_concentration
from rules.mechanics.conditions import auto_fails, save_advantage
from rules.mechanics.damage import roll_damage, saved, total_taken, weathered
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import Trait
from schemas.items import DamageType

CUTTING = frozenset({DamageType.LIGHTNING, DamageType.SLASHING})
"""Damage that cuts an ooze in two (SRD 5.1, "Split")."""


def wound(
    arena: Arena,
    target: Fighter,
    damage: dict[DamageType, int],
    *,
    magical: bool,
    by: Fighter | None = None,
    critical: bool = False,
    halved: bool = False,
) -> None:
    """Damage of all types at once: what arrives is lost, and may cost concentration, or a life."""
    if not damage:
        return
    _hurt(arena, target, damage, magical=magical, by=by, critical=critical, halved=halved)
    if target.splits and not CUTTING.isdisjoint(damage) and target.reaction and target.can_act:
        arena.split(target)


def _hurt(
    arena: Arena,
    target: Fighter,
    damage: dict[DamageType, int],
    *,
    magical: bool,
    by: Fighter | None,
    critical: bool,
    halved: bool,
) -> None:
    sheet, stood = target.sheet, target.standing
    if sheet.absorbs and not sheet.absorbs.isdisjoint(damage):
        arena.mend(target, sum(amount for kind, amount in damage.items() if kind in sheet.absorbs))
        damage = {kind: amount for kind, amount in damage.items() if kind not in sheet.absorbs}
    taken = 0
    if target.plight.stony:
        taken = total_taken(damage, sheet.modifiers, magical=magical, plight=target.plight, halved=halved)
    else:
        for kind, amount in damage.items():
            immune, resistant, vulnerable = sheet.weathers(kind, magical=magical)
            amount = saved(amount) if halved else amount
            taken += weathered(amount, immune=immune, resistant=resistant, vulnerable=vulnerable)
    if taken <= 0:
        return
    if sheet.regeneration_stops:
        for kind in damage:
            target.hurt_by(kind)
    if sheet.transfers:
        taken -= _transferred(arena, target, taken, by)
    left = target.hit_points + target.temporary
    if taken >= left and target.standing:
        body, light = Ability.CONSTITUTION, DamageType.RADIANT in damage
        if sheet.fortitude and not critical and not light and saves(arena, target, body, 5 + taken, magical=False):
            taken = left - 1
        elif taken <= sheet.relentless and not target.rallied:
            target.rallied, taken = True, left - 1
    arena.hurt(target, taken, by)
    if target.concentrating:
        bonus = target.sheet.saves.get(Ability.CONSTITUTION, 0)
        if not keep_concentration(taken, bonus, arena.dice, plight=target.plight).success:
            arena.lose_concentration(target)
    if sheet.burst is not None and stood and target.dead:
        _burst(arena, target, sheet.burst)


def _transferred(arena: Arena, target: Fighter, taken: int, by: Fighter | None) -> int:
    """Half of a wound goes to whom it has grappled (SRD 5.1, "Damage Transfer"): how much that is."""
    held = next((one for one in arena.fighters if one.standing and one.held_by(target)), None)
    if held is None:
        return 0
    arena.hurt(held, taken // 2, by)
    return taken // 2


def _burst(arena: Arena, target: Fighter, burst: Trait) -> None:
    """What befalls friend and foe who are near as it dies (SRD 5.1, "Death Burst")."""
    save, near = burst.save, arena.gaps[target.index]
    if save is None:
        return
    damage = roll_damage(save.damage, arena.dice)
    for one in list(arena.fighters):
        if not one.standing or near[one.index] > (burst.range_ft or 5):
            continue
        saved_ = saves(arena, one, save.ability, save.dc, save.conditions, magical=False)
        evades = save.half_on_success and one.sheet.evasion and save.ability is Ability.DEXTERITY
        if not saved_ or (save.half_on_success and not evades):
            wound(arena, one, damage, magical=True, by=target, halved=saved_ or evades)
        for condition in () if saved_ else save.conditions:
            if one.standing and condition not in one.sheet.modifiers.condition_immunities:
                repeats = save.ability if save.repeats else None
                arena.ail(one, Ailment(condition, None, save.rounds or None, repeats, save.dc))


def saves(
    arena: Arena,
    target: Fighter,
    ability: Ability,
    dc: int,
    against: Iterable[Condition] = (),
    *,
    magical: bool,
) -> bool:
    """Whether a saving throw succeeds; who dodges has advantage with dexterity (SRD 5.1, "Dodge").

    `against`: the conditions that threaten, which some are steadier against.
    """
    sheet = target.sheet
    easier = (magical and sheet.resists_magic(ability)) or (target.dodging and ability is Ability.DEXTERITY)
    easier = easier or (bool(sheet.steady) and not sheet.steady.isdisjoint(against))
    plight = target.plight
    if auto_fails(ability, plight):
        return False
    return arena.dice.natural(save_advantage(ability, plight, easier=easier)) + sheet.saves.get(ability, 0) >= dc
