"""Blows and spells as they arrive: attack rolls, saving throws, and the conditions they bring (SRD 5.1, "Combat")."""

from __future__ import annotations

from collections.abc import Iterable

from rules.arena.aim import aim, by_hand_at, charges, extra_of
from rules.arena.arena import Arena
from rules.arena.fighter import Ailment, Fighter
from rules.arena.sheet import Deed
from rules.arena.wounds import saves, wound
from rules.mechanics.attacks import lands
from rules.mechanics.conditions import NEAR_FT, always_critical
from rules.mechanics.damage import roll_damage
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import SaveEffect
from schemas.items import DamageType

GRIPS = (Condition.GRAPPLED, Condition.RESTRAINED)
"""Conditions that one may tear oneself out of."""
WORTH_RESISTING = 1 / 6
"""From this share of its hit points on a legendary creature does not let a spell hurt it."""


def strike(arena: Arena, fighter: Fighter, deed: Deed, target: Fighter, *, in_passing: bool = False) -> None:
    """One attack: a natural 1 misses, a natural 20 is a critical hit (SRD 5.1, "Attack Rolls", "Critical Hits").

    `in_passing`: the target walks by, and is struck as it leaves the reach of an arm.
    """
    dice, sheet = arena.dice, target.sheet
    if deed.spell and sheet.spell_immunity:
        return
    near = in_passing or arena.gaps[fighter.index][target.index] <= NEAR_FT
    advantage = aim(arena, fighter, deed, target, in_passing=in_passing)
    natural, bonus = dice.natural(advantage), deed.action.attack_bonus or 0
    if not lands(natural, bonus, sheet.armor_class):
        return
    critical = natural == 20 or always_critical(target.plight, within_5_ft=near)
    critical = critical or (target.surprised and fighter.sheet.deadly_surprise)
    by_hand = in_passing or by_hand_at(deed, arena.gaps[fighter.index][target.index])
    if sheet.parry and by_hand and not critical and _parries(target, natural + bonus):
        return
    damage = roll_damage(deed.action.damage, dice, critical=critical) if deed.action.damage else {}
    charged = not fighter.extra_used and charges(fighter, deed, by_hand, fighter.ran_ft)
    extra = charged.damage if charged else extra_of(arena, fighter, target, advantage)
    fighter.extra_used = fighter.extra_used or bool(extra or charged)
    if target.surprised:
        extra = (*extra, *fighter.sheet.surprise_damage)
    if extra:
        for kind, amount in roll_damage(extra, dice, critical=critical).items():
            damage[kind] = damage.get(kind, 0) + amount
    stood = target.standing
    wound(arena, target, damage, magical=deed.magical, by=fighter, critical=critical)
    fighter.felled = fighter.felled or (by_hand and stood and not target.standing)
    for condition in deed.conditions:
        if target.standing and condition not in sheet.modifiers.condition_immunities:
            arena.ail(target, _gripped(condition, fighter, deed))
    if deed.save is not None and target.standing:
        unleash(arena, fighter, deed, deed.save, [target])
    if charged and charged.save is not None and target.standing:
        unleash(arena, fighter, deed, charged.save, [target])
    if sheet.on_touch and by_hand and near:
        wound(arena, fighter, roll_damage(sheet.on_touch, dice), magical=True, by=target)


def unleash(arena: Arena, fighter: Fighter, deed: Deed, save: SaveEffect, targets: Iterable[Fighter]) -> None:
    """A saving throw for each target; the damage is rolled once for all (SRD 5.1, "Damage Rolls")."""
    damage = roll_damage(save.damage, arena.dice) if save.damage else {}
    for target in targets:
        if not target.standing or (deed.spell and target.sheet.spell_immunity):
            continue
        saved = saves(arena, target, save.ability, save.dc, save.conditions, magical=deed.action.magical)
        if not saved and target.resistances > 0 and _resists(target, save, damage):
            target.resistances -= 1
            saved = True
        evades = save.half_on_success and target.sheet.evasion and save.ability is Ability.DEXTERITY
        if not saved or (save.half_on_success and not evades):
            wound(arena, target, damage, magical=True, by=fighter, halved=saved or evades)
        if saved:
            continue
        for condition in save.conditions:
            if target.standing and condition not in target.sheet.modifiers.condition_immunities:
                arena.ail(target, _ailment(condition, fighter, deed, save))


def feel_auras(arena: Arena, fighter: Fighter) -> None:
    """What befalls somebody who starts a turn near an enemy with an aura."""
    for foe in arena.foes(fighter):
        aura = foe.sheet.aura
        if aura is None or arena.gaps[foe.index][fighter.index] > (aura.range_ft or 5):
            continue
        if aura.damage:
            wound(arena, fighter, roll_damage(aura.damage, arena.dice), magical=True, by=foe)
        if aura.save is not None and fighter.standing:
            saved = saves(arena, fighter, aura.save.ability, aura.save.dc, aura.save.conditions, magical=False)
            for condition in () if saved else aura.save.conditions:
                if condition not in fighter.sheet.modifiers.condition_immunities and not fighter.has(condition):
                    arena.ail(fighter, Ailment(condition, foe.index, 1, magical=True))


def _parries(target: Fighter, total: int) -> bool:
    """Whether a reaction turns a hit into a miss (SRD 5.1, "Parry")."""
    parry = target.sheet.parry
    if not parry or not target.reaction or not target.can_act or total >= target.sheet.armor_class + parry:
        return False
    target.reaction = False
    return True


def _gripped(condition: Condition, fighter: Fighter, deed: Deed) -> Ailment:
    """What a hit brings about without a saving throw: a grip lasts until one tears loose, the rest a turn.

    One tears loose with a strength saving throw at the end of a turn, against the DC of an escape: 8 and the attack
    bonus (SRD 5.1, "Grappled" in stat blocks; there it costs an action).
    """
    if condition in GRIPS:
        dc = 8 + (deed.action.attack_bonus or 0)
        return Ailment(condition, fighter.index, None, Ability.STRENGTH, dc)
    return Ailment(condition, fighter.index, None if condition is Condition.PRONE else 1)


def _ailment(condition: Condition, fighter: Fighter, deed: Deed, save: SaveEffect) -> Ailment:
    if condition is Condition.PRONE:
        return Ailment(condition, fighter.index)
    return Ailment(
        condition,
        fighter.index,
        save.rounds or None,
        save.ability if save.repeats else None,
        save.dc,
        magical=True,
        concentration=deed.concentration,
    )


def _resists(target: Fighter, save: SaveEffect, damage: dict[DamageType, int]) -> bool:
    """Whether a legendary creature spends a resistance on it."""
    return bool(save.conditions) or sum(damage.values()) >= WORTH_RESISTING * target.most
