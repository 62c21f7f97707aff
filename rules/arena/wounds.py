"""What becomes of damage in an arena: who falls, who holds a spell, and who saves (SRD 5.1, "Damage and Healing")."""

from __future__ import annotations

from collections.abc import Iterable

from rules.arena.arena import Arena
from rules.arena.fighter import Fighter
from rules.mechanics.concentration import keep_concentration
from rules.mechanics.conditions import auto_fails, save_advantage
from rules.mechanics.damage import saved, total_taken, weathered
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.items import DamageType


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
    sheet = target.sheet
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
    easier = (magical and sheet.magic_resistance) or (target.dodging and ability is Ability.DEXTERITY)
    easier = easier or (bool(sheet.steady) and not sheet.steady.isdisjoint(against))
    plight = target.plight
    if auto_fails(ability, plight):
        return False
    return arena.dice.natural(save_advantage(ability, plight, easier=easier)) + sheet.saves.get(ability, 0) >= dc
