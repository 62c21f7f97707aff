"""Single actions of the format: attacks, breaths, gazes, healing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.bestiary.foreign.form import ForeignAbility
from rules.bestiary.foreign.gather import Gatherer
from rules.bestiary.foreign.naming import locale_key, plain_name, recharge_in_name, slug, uses_in_name
from rules.bestiary.foreign.saves import damage_of, effect_of
from rules.bestiary.foreign.wording import (
    AttackLine,
    area_in,
    attack_in,
    caught_in,
    conditions_in,
    damage_in,
    healing_in,
    hit_in,
    indirect,
    range_in,
    save_in,
    targets_in,
    tidy,
)
from schemas.creatures import Action

TOUCH_FT = 5

_MAGIC = re.compile(r"\bmagic(?:al(?:ly)?)?\b")


def action_of(ability: ForeignAbility, gatherer: Gatherer, *, id_: str | None = None, magical: bool = False) -> Action:
    """The action that an ability is. What fits no schema raises `ValueError`.

    `magical`: whether weapons of this creature are. `id_`: where it is not the name's.
    """
    name, text = plain_name(ability.name), tidy(ability.desc)
    what: dict[str, object] | None = None
    if indirect(text):
        gatherer.note(name, "builds on another attack; it is kept by name only")
    else:
        what = _attack(ability, text, gatherer, magical=magical) or _effect(ability, text) or _healing(text)
    what = what or {"kind": "utility"}
    key = locale_key("action", name)
    return Action.model_validate({"id": id_ or slug(name), "name_key": key, **_how_often(ability), **what})


def spread(ability: ForeignAbility) -> Iterator[ForeignAbility]:
    """One ability, or those that it offers a choice of, each with its share of the text."""
    if not ability.choices:
        yield ability
        return
    for choice in ability.choices:
        _, found, after = ability.desc.partition(f"{choice.name}.")
        own = after.split("\n")[0].strip() if found else ability.desc
        yield choice.model_copy(update={"desc": choice.desc or own, "usage": choice.usage or ability.usage})


def _attack(ability: ForeignAbility, text: str, gatherer: Gatherer, *, magical: bool) -> dict[str, object] | None:
    line = attack_in(text)
    if line is None and ability.attack_bonus is not None:
        line = AttackLine("melee", ability.attack_bonus, TOUCH_FT, None, None)
    if line is None:
        return None
    hit = hit_in(text) or text
    said, effect = save_in(hit), effect_of(ability, text)
    first = said.before if said is not None else hit
    damage, conditions = damage_in(first) or damage_of(ability.damage), conditions_in(first)
    if not (damage or conditions or effect):
        gatherer.note(ability.name, "an attack that does nothing that rules know; it is kept by name only")
        return None
    if ability.attack_bonus is not None and ability.attack_bonus != line.bonus:
        wrong = f"attack_bonus is {ability.attack_bonus}, but the text has {line.bonus:+d}, which is taken"
        gatherer.note(ability.name, wrong)
    melee = line.kind in ("melee", "melee_or_ranged")
    return {
        "kind": line.kind,
        "attack_bonus": line.bonus,
        "reach_ft": line.reach_ft or (TOUCH_FT if melee else None),
        "range_ft": line.range_ft,
        "long_range_ft": line.long_range_ft,
        "damage": damage,
        "magical": magical or line.kind == "spell_attack",
        "save": effect,
        "conditions": conditions,
    }


def _effect(ability: ForeignAbility, text: str) -> dict[str, object] | None:
    """An action that a saving throw decides."""
    effect = effect_of(ability, text)
    if effect is None:
        return None
    area, near = area_in(text), range_in(text)
    return {
        "kind": "save",
        "reach_ft": None if area or near else TOUCH_FT,
        "range_ft": area.size_ft if area and area.shape in ("cone", "line") else near,
        "targets": caught_in(area) if area else targets_in(text),
        "area": area,
        "magical": _MAGIC.search(text) is not None,
        "save": effect,
    }


def _healing(text: str) -> dict[str, object] | None:
    heal, near = healing_in(text), range_in(text)
    if heal is None:
        return None
    return {"kind": "heal", "reach_ft": None if near else TOUCH_FT, "range_ft": near, "heal": heal, "magical": True}


def _how_often(ability: ForeignAbility) -> dict[str, int]:
    recharge, uses, usage = recharge_in_name(ability.name), uses_in_name(ability.name), ability.usage
    if usage is not None:
        recharge = usage.min_value or recharge
        uses = usage.times or uses or (1 if "rest" in usage.type else None)
    found = {"recharge": recharge, "uses_per_day": uses}
    return {name: number for name, number in found.items() if number}
