"""Spells that decide fights, as the actions of whoever casts them (SRD 5.1, "Spell Descriptions")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from rules.bestiary.foreign.wording import caught_in
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import Action, Area, SaveEffect
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType

MOST_STRIKES = 4
"""Of the spells that hurt, a creature keeps so many, the strongest; more would only slow down whoever chooses."""

Sort = Literal["strike", "bind", "heal"]


@dataclass(frozen=True, slots=True)
class Spell:
    """What a spell does at its own level; a cantrip's dice grow with its caster."""

    level: int
    damage: tuple[tuple[str, DamageType], ...] = ()
    save: Ability | None = None
    half: bool = True
    attack: bool = False
    range_ft: int = 0
    """0: whom one touches."""
    area: Area | None = None
    targets: int = 1
    conditions: tuple[Condition, ...] = ()
    rounds: int = 10
    again: bool = True
    """Whether a save may be tried again each turn."""
    heal: str | None = None
    """The spellcasting modifier comes on top below level 6."""
    bonus: bool = False
    held: bool = False
    """By concentration."""
    adds_modifier: bool = False
    """The spellcasting modifier comes on top of the damage."""

    @property
    def sort(self) -> Sort:
        """What it is for."""
        return "heal" if self.heal else "strike" if self.damage else "bind"

    @property
    def strength(self) -> float:
        """By how much it hurts: damage to all whom it usually catches, halves counted."""
        hurt = sum(DiceExpression(dice).average for dice, _ in self.damage)
        return hurt * (caught_in(self.area) if self.area else self.targets) * (0.75 if self.save and self.half else 0.6)


@dataclass(frozen=True, slots=True)
class Caster:
    """Who casts."""

    dc: int
    attack_bonus: int
    modifier: int
    level: int


STR, DEX, CON, WIS, CHA = (
    Ability.STRENGTH, Ability.DEXTERITY, Ability.CONSTITUTION, Ability.WISDOM, Ability.CHARISMA,
)  # fmt: skip
_C, _D = Condition, DamageType


def _cone(feet: int) -> Area:
    return Area(shape="cone", size_ft=feet)


def _ball(feet: int) -> Area:
    return Area(shape="sphere", size_ft=feet)


def _cube(feet: int) -> Area:
    return Area(shape="cube", size_ft=feet)


SPELLS: Mapping[str, Spell] = MappingProxyType(
    {
        "acid_arrow": Spell(2, (("4d4", _D.ACID),), attack=True, range_ft=90),
        "acid_splash": Spell(0, (("1d6", _D.ACID),), DEX, half=False, range_ft=60),
        "banishment": Spell(4, save=CHA, range_ft=60, conditions=(_C.INCAPACITATED,), again=False, held=True),
        "blight": Spell(4, (("8d8", _D.NECROTIC),), CON, range_ft=30),
        "blindness_deafness": Spell(2, save=CON, range_ft=30, conditions=(_C.BLINDED,)),
        "burning_hands": Spell(1, (("3d6", _D.FIRE),), DEX, range_ft=15, area=_cone(15)),
        "charm_person": Spell(1, save=WIS, range_ft=30, conditions=(_C.CHARMED,), rounds=600, again=False),
        "chill_touch": Spell(0, (("1d8", _D.NECROTIC),), attack=True, range_ft=120),
        "cloudkill": Spell(5, (("5d8", _D.POISON),), CON, range_ft=120, area=_ball(20), held=True),
        "cone_of_cold": Spell(5, (("8d8", _D.COLD),), CON, range_ft=60, area=_cone(60)),
        "cure_wounds": Spell(1, heal="1d8"),
        "disintegrate": Spell(6, (("10d6+40", _D.FORCE),), DEX, half=False, range_ft=60),
        "dominate_monster": Spell(8, save=WIS, range_ft=60, conditions=(_C.CHARMED,), again=False, held=True),
        "dominate_person": Spell(5, save=WIS, range_ft=60, conditions=(_C.CHARMED,), again=False, held=True),
        "eldritch_blast": Spell(0, (("1d10", _D.FORCE),), attack=True, range_ft=120),
        "entangle": Spell(1, save=STR, range_ft=90, area=_cube(20), conditions=(_C.RESTRAINED,), held=True),
        "fear": Spell(3, save=WIS, range_ft=30, area=_cone(30), conditions=(_C.FRIGHTENED,), held=True),
        "finger_of_death": Spell(7, (("7d8+30", _D.NECROTIC),), CON, range_ft=60),
        "fire_bolt": Spell(0, (("1d10", _D.FIRE),), attack=True, range_ft=120),
        "fireball": Spell(3, (("8d6", _D.FIRE),), DEX, range_ft=150, area=_ball(20)),
        "flame_strike": Spell(5, (("4d6", _D.FIRE), ("4d6", _D.RADIANT)), DEX, range_ft=60, area=_ball(10)),
        "guiding_bolt": Spell(1, (("4d6", _D.RADIANT),), attack=True, range_ft=120),
        "harm": Spell(6, (("14d6", _D.NECROTIC),), CON, range_ft=60),
        "heal": Spell(6, heal="70", range_ft=60),
        "healing_word": Spell(1, heal="1d4", range_ft=60, bonus=True),
        "hold_monster": Spell(5, save=WIS, range_ft=90, conditions=(_C.PARALYZED,), held=True),
        "hold_person": Spell(2, save=WIS, range_ft=60, conditions=(_C.PARALYZED,), held=True),
        "ice_storm": Spell(4, (("2d8", _D.BLUDGEONING), ("4d6", _D.COLD)), DEX, range_ft=300, area=_ball(20)),
        "inflict_wounds": Spell(1, (("3d10", _D.NECROTIC),), attack=True),
        "insect_plague": Spell(5, (("4d10", _D.PIERCING),), CON, range_ft=300, area=_ball(20), held=True),
        "lightning_bolt": Spell(3, (("8d6", _D.LIGHTNING),), DEX, range_ft=100, area=Area(shape="line", size_ft=100)),
        "mass_cure_wounds": Spell(5, heal="3d8", range_ft=60, targets=6),
        "poison_spray": Spell(0, (("1d12", _D.POISON),), CON, half=False, range_ft=10),
        "produce_flame": Spell(0, (("1d8", _D.FIRE),), attack=True, range_ft=30),
        "ray_of_frost": Spell(0, (("1d8", _D.COLD),), attack=True, range_ft=60),
        "sacred_flame": Spell(0, (("1d8", _D.RADIANT),), DEX, half=False, range_ft=60),
        "shatter": Spell(2, (("3d8", _D.THUNDER),), CON, range_ft=60, area=_ball(10)),
        "shocking_grasp": Spell(0, (("1d8", _D.LIGHTNING),), attack=True),
        "spirit_guardians": Spell(3, (("3d8", _D.RADIANT),), WIS, range_ft=15, targets=3, held=True),
        "spiritual_weapon": Spell(2, (("1d8", _D.FORCE),), attack=True, range_ft=60, adds_modifier=True, bonus=True),
        "thunderwave": Spell(1, (("2d8", _D.THUNDER),), CON, range_ft=15, area=_cube(15)),
        "vicious_mockery": Spell(0, (("1d4", _D.PSYCHIC),), WIS, half=False, range_ft=60),
        "wall_of_fire": Spell(4, (("5d8", _D.FIRE),), DEX, range_ft=120, targets=3, held=True),
    }
)  # fmt: skip
"""By the id of the action. Those that nobody can be hurt, held or healed by are not here, nor those without a roll."""
CANTRIPS = frozenset(name for name, spell in SPELLS.items() if spell.level == 0)


def chosen(known: Iterable[str]) -> list[str]:
    """Of the spells that somebody knows, those that they fight with: the best cantrip, strikes, one bond, one cure."""
    fit = [(name, SPELLS[name]) for name in dict.fromkeys(known) if name in SPELLS]
    cantrips = _best([one for one in fit if one[1].level == 0], 1)
    strikes = _best([one for one in fit if one[1].level and one[1].sort == "strike"], MOST_STRIKES)
    others = [_highest([one for one in fit if one[1].level and one[1].sort == sort]) for sort in ("bind", "heal")]
    return [*cantrips, *strikes, *(name for names in others for name in names)]


def cast(name: str, caster: Caster, *, uses: int | None) -> Action:
    """The action of casting it; `uses` a day, None for at will."""
    spell, touch = SPELLS[name], 5
    damage = tuple(DamageRoll(dice=_grown(dice, spell, caster), type=kind) for dice, kind in spell.damage)
    effect = None
    if spell.save is not None:
        effect = SaveEffect(
            ability=spell.save, dc=caster.dc, damage=damage, half_on_success=bool(damage) and spell.half,
            conditions=spell.conditions, rounds=spell.rounds, repeats=spell.again,
        )  # fmt: skip
    heal = spell.heal if spell.heal is None or spell.level >= 6 else _plus(spell.heal, caster.modifier)
    return Action(
        id=name,
        name_key=f"action-{name.replace('_', '-')}",
        kind="heal" if heal else "spell_attack" if spell.attack else "save",
        attack_bonus=caster.attack_bonus if spell.attack else None,
        reach_ft=None if spell.range_ft else touch,
        range_ft=spell.range_ft or None,
        area=spell.area,
        targets=caught_in(spell.area) if spell.area else spell.targets,
        damage=damage if spell.attack else (),
        magical=True,
        save=effect,
        heal=DiceExpression(heal) if heal else None,
        uses_per_day=uses,
        bonus=spell.bonus,
        concentration=spell.held,
    )


def _best(fit: list[tuple[str, Spell]], most: int) -> list[str]:
    return [name for name, _ in sorted(fit, key=lambda one: (-one[1].strength, one[0]))[:most]]


def _highest(fit: list[tuple[str, Spell]]) -> list[str]:
    return [name for name, _ in sorted(fit, key=lambda one: (-one[1].level, one[0]))[:1]]


def _grown(dice: str, spell: Spell, caster: Caster) -> DiceExpression:
    """A cantrip's dice are one, two from level 5, three from 11, four from 17 (SRD 5.1, "Spell Descriptions")."""
    if spell.level == 0:
        times = 1 + (caster.level >= 5) + (caster.level >= 11) + (caster.level >= 17)
        dice = f"{times}d{dice.partition('d')[2]}"
    return DiceExpression(_plus(dice, caster.modifier) if spell.adds_modifier else dice)


def _plus(dice: str, modifier: int) -> str:
    return f"{dice}{modifier:+d}" if modifier else dice


def share_of(slots: int, spells: int, place: int) -> int:
    """Uses a day of the spell at a place among those that share the slots of a level; each has at least one."""
    return max(1, slots // spells + (place < slots % spells))
