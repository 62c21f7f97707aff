"""What a failed saving throw brings, out of the figures and the sentences of the format."""

from __future__ import annotations

from rules.bestiary.foreign.form import ForeignAbility, ForeignDamage, ForeignSave
from rules.bestiary.foreign.wording import conditions_in, damage_in, gist_of, halved_in, repeats_in, rounds_in, save_in
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import SaveEffect
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType

_SHORT = {one[:3]: one for one in Ability}
LONGEST = 144_000


def effect_of(ability: ForeignAbility, text: str) -> SaveEffect | None:
    """The saving throw of a tidy text, else of the format's own field; None where neither has one.

    Damage comes from the sentences; where they give none, from the field, unless a hit deals that.
    """
    said = save_in(text)
    if said is not None:
        damage = damage_in(gist_of(said.after))
        if not damage and ability.attack_bonus is None:
            damage = damage_of(ability.damage)
        return _effect(said.ability, said.dc, damage, halved_in(text), said.after)
    if ability.dc is None or (where := _SHORT.get(ability.dc.dc_type[:3])) is None:
        return None
    damage = () if ability.attack_bonus is not None else damage_of(ability.damage) or damage_in(gist_of(text))
    return _effect(where, ability.dc.dc_value, damage, _halved(ability.dc), text)


def _effect(ability: Ability, dc: int, damage: tuple[DamageRoll, ...], halved: bool, text: str) -> SaveEffect:
    conditions = conditions_in(text)
    lasting = any(one not in (Condition.PRONE, Condition.GRAPPLED) for one in conditions)
    rounds = min(LONGEST, rounds_in(text) or 10) if lasting else 10
    return SaveEffect(
        ability=ability,
        dc=dc,
        damage=damage,
        half_on_success=halved and bool(damage),
        conditions=conditions,
        rounds=rounds,
        repeats=repeats_in(text) if lasting and rounds > 1 else True,
    )


def damage_of(entries: tuple[ForeignDamage, ...]) -> tuple[DamageRoll, ...]:
    """The format's own damage fields; entries without dice or type are none."""
    return tuple(
        DamageRoll(dice=_dice(entry), type=DamageType(entry.damage_type))
        for entry in entries
        if entry.damage_dice and entry.damage_type in set(DamageType)
    )


def _dice(entry: ForeignDamage) -> DiceExpression:
    dice = (entry.damage_dice or "").replace(" ", "")
    return DiceExpression(f"{dice}{entry.damage_bonus:+d}" if entry.damage_bonus else dice)


def _halved(save: ForeignSave) -> bool:
    return save.success_type == "half"
