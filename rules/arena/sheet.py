"""The figures of a fighter that do not change in a fight, compiled once from a stat block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING

from rules.arena.traits import endow
from rules.dice import NO_MODIFIERS
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.creatures import (
    LEGENDARY_ACTIONS_A_ROUND,
    Action,
    Area,
    CreatureTemplate,
    CreatureType,
    DamageModifiers,
    SaveEffect,
    Trait,
)
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType

if TYPE_CHECKING:
    from rules.arena.clash import Clash

MENTAL = frozenset({Ability.INTELLIGENCE, Ability.WISDOM, Ability.CHARISMA})
FEARLESS = frozenset({CreatureType.UNDEAD, CreatureType.CONSTRUCT, CreatureType.OOZE, CreatureType.PLANT})
"""Types of creature that never run."""


@dataclass(eq=False, slots=True)
class Deed:
    """An action, made ready for a fight. `parts` are the deeds of a multiattack; of others, the deed itself."""

    action: Action
    slot: int
    """Where its uses are counted, among all deeds of the sheet."""
    reach_ft: float
    """From how close it is used by hand; 0 when it is not."""
    range_ft: float
    """From how far it is used without disadvantage."""
    furthest_ft: float
    """From how far it can be used at all."""
    magical: bool
    is_attack: bool
    """Whether a d20 is rolled against the armour class."""
    hurts: bool
    """Whether it is used on enemies."""
    conditions: tuple[Condition, ...]
    save: SaveEffect | None
    heal: DiceExpression | None
    area: Area | None
    concentration: bool
    aimed: bool
    """Whether it matters to it how well one aims: an attack, or several of them."""
    spell: bool
    """Whether it is a spell, as far as its figures tell: a spell attack, or magic that asks for a saving throw."""
    single: bool
    """Whether it is used on one enemy, wherever that one stands: no area, and no others besides."""
    item: str | None = None
    """The item that it uses up."""
    parts: tuple[Deed, ...] = ()
    against: dict[Sheet, Clash] = field(default_factory=dict["Sheet", "Clash"], repr=False)
    """What it may be expected to do to others, as far as somebody has asked."""

    @property
    def id(self) -> str:
        """The action's id."""
        return self.action.id

    @property
    def uses(self) -> int:
        """How often it can be used before it has to recharge, or at all: -1 for any number of times."""
        if self.action.recharge is not None:
            return 1
        return -1 if self.action.uses_per_day is None else self.action.uses_per_day

    def __reduce__(self) -> tuple[object, ...]:
        """Travels without what it remembers of others."""
        fields = (self.action, self.slot, self.reach_ft, self.range_ft, self.furthest_ft, self.magical, self.is_attack)
        more = (self.hurts, self.conditions, self.save, self.heal, self.area, self.concentration)
        return Deed, (*fields, *more, self.aimed, self.spell, self.single, self.item, self.parts)


Bid = tuple[float, int, Deed, int | None]
"""The mean damage that a use can do at most (below nought, so that the best sorts first), its number among all, the
deed, and the place of its target among the enemies; None: the deed chooses."""
Crowd = tuple[bool, tuple[bool, ...], tuple["Sheet", ...], tuple[bool, ...]]
"""What bids depend on: whether they are for the bonus action, which deeds are left, the enemies, and against which of
them advantage is possible."""


@dataclass(eq=False, slots=True, kw_only=True)
class Sheet:
    """What everybody of one kind shares. Two sheets are the same only when they are the same object."""

    id: str
    armor_class: int = 10
    hit_points: int = 1
    speed_ft: int = 30
    saves: dict[Ability, int] = field(default_factory=dict[Ability, int])
    """Bonuses to saving throws; an ability that is missing adds nothing."""
    initiative: int = 0
    modifiers: DamageModifiers = NO_MODIFIERS
    sharpest_sense_ft: float = 0
    """From how close it makes out what is invisible."""
    deeds: tuple[Deed, ...] = ()
    """What it can do on its turn."""
    bonus_deeds: tuple[Deed, ...] = ()
    """What it can do besides (SRD 5.1, "Bonus Actions")."""
    legendary: tuple[Deed, ...] = ()
    """What it can do between turns."""
    opportunity: Deed | None = None
    """The melee attack with which it strikes at those who turn their back: the one with the highest mean damage."""
    by_hand: bool = False
    """Its best weapon has to be near: what it does every turn is done from beside the enemy."""
    recharging: tuple[Deed, ...] = ()
    """Deeds that come back on a d6."""
    extra_damage: tuple[DamageRoll, ...] = ()
    """Once a turn on top of a hit, while a friend stands beside the target."""
    sneaky: bool = False
    """The extra damage comes with advantage, too (SRD 5.1, "Sneak Attack")."""
    charge: Trait | None = None
    """Once a turn on top of a hit by hand, after a run of `range_ft`."""
    slots: int = 0
    """How many deeds count their uses."""
    pack_tactics: bool = False
    keen: frozenset[str] = frozenset()
    """Against whom it has advantage besides: `wounded` and `grappled` by it, or `fresh` to the fight."""
    reckless: bool = False
    """With more than half of its hit points it strikes by hand, and is struck, with advantage."""
    surprise_damage: tuple[DamageRoll, ...] = ()
    """What comes on top of a hit on the surprised."""
    deadly_surprise: bool = False
    """A hit on the surprised is critical."""
    rampage: Deed | None = None
    """What it does as a bonus action, within half its speed, once it has brought somebody down by hand."""
    mental_magic_resistance: bool = False
    """Magic resistance for intelligence, wisdom and charisma only."""
    spell_immunity: bool = False
    """No spell touches it."""
    thinned: Sheet | None = field(default=None, repr=False)
    """Of a swarm: what it is at half of its hit points, with half of its dice. A swarm cannot be healed."""
    swarm: bool = False
    splits: int = 0
    """How often lightning or a blade cuts it in two."""
    burst: Trait | None = None
    """What befalls all who are near as it dies."""
    transfers: bool = False
    """Half of its wounds go to whom it has grappled."""
    nimble: bool = False
    """It walks past enemies for its bonus action."""
    rushes: bool = False
    """It walks its speed once more, up to an enemy, for its bonus action."""
    swift: bool = False
    """It has a reaction in every turn."""
    magic_resistance: bool = False
    legendary_resistances: int = 0
    regeneration: int = 0
    """Hit points that come back at the start of each of its turns."""
    regeneration_stops: frozenset[DamageType] = frozenset()
    """Types of damage after which they do not."""
    steady: frozenset[Condition] = frozenset()
    """Conditions that it has advantage against when it saves."""
    evasion: bool = False
    """Of what a dexterity save halves it takes nothing, or half when the save fails."""
    fortitude: bool = False
    """At nought it may stay at 1 (SRD 5.1, "Undead Fortitude")."""
    relentless: int = 0
    """Once, so much damage or less that would bring it down leaves it at 1."""
    absorbs: frozenset[DamageType] = frozenset()
    """Damage of these types heals it."""
    aura: Trait | None = None
    """What befalls enemies who start their turn near it."""
    on_touch: tuple[DamageRoll, ...] = ()
    """What befalls those who hit it by hand from within 5 feet."""
    parry: int = 0
    """What its reaction adds to the armour class against one blow by hand."""
    flyby: bool = False
    """Nobody strikes at it as it leaves."""
    fearless: bool = False
    cowardly: bool = False
    """It runs when badly hurt."""
    hero: bool = False
    """At nought it falls and makes death saving throws, where a monster dies (SRD 5.1, "Dropping to 0 Hit Points")."""

    bids: dict[Crowd, tuple[Bid, ...]] = field(default_factory=dict["Crowd", "tuple[Bid, ...]"], init=False, repr=False)
    """What a greedy policy has found out about enemies: see `rules.arena.greed`."""
    _weathers: dict[tuple[DamageType, bool], tuple[bool, bool, bool]] = field(
        default_factory=dict["tuple[DamageType, bool]", "tuple[bool, bool, bool]"], init=False, repr=False
    )

    def weathers(self, kind: DamageType, *, magical: bool) -> tuple[bool, bool, bool]:
        """Whether it is immune, resistant and vulnerable to such damage; the second time it costs nothing."""
        known = self._weathers.get((kind, magical))
        if known is None:
            modifiers = self.modifiers
            known = self._weathers[kind, magical] = (
                modifiers.immune_to(kind, magical=magical),
                modifiers.resistant_to(kind, magical=magical),
                kind in modifiers.vulnerabilities,
            )
        return known

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        """Travels without what it remembers of others."""
        kept: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        return None, {**kept, "bids": {}, "_weathers": {}}

    def resists_magic(self, ability: Ability) -> bool:
        """Whether it has advantage on such saving throws against magic."""
        return self.magic_resistance or (self.mental_magic_resistance and ability in MENTAL)

    @property
    def legendary_points(self) -> int:
        """What it may spend between its turns."""
        return LEGENDARY_ACTIONS_A_ROUND if self.legendary else 0

    @property
    def everything(self) -> tuple[Deed, ...]:
        """All its deeds."""
        return (*self.deeds, *self.bonus_deeds, *self.legendary)


def sheet_of(
    template: CreatureTemplate,
    *,
    armor_class: int | None = None,
    hit_points: int | None = None,
    speed_ft: int | None = None,
    actions: Iterable[Action] | None = None,
    hero: bool = False,
) -> Sheet:
    """The sheet of a stat block, with whatever is said over it."""
    listed = (*template.actions, *template.legendary_actions) if actions is None else tuple(actions)
    made = figures(
        template.id,
        listed,
        armor_class=template.armor_class if armor_class is None else armor_class,
        hit_points=template.hit_points if hit_points is None else hit_points,
        speed_ft=max(template.speeds.walk, template.speeds.fly) if speed_ft is None else speed_ft,
    )
    made.saves = {ability: template.save_bonus(ability) for ability in Ability}
    made.initiative = template.abilities.modifier(Ability.DEXTERITY)
    made.modifiers = template.damage_modifiers
    senses = template.senses
    made.sharpest_sense_ft = max(senses.blindsight_ft, senses.tremorsense_ft, senses.truesight_ft)
    endow(made, template)
    made.fearless = template.type in FEARLESS
    made.cowardly = not made.fearless and ("cowardly" in template.tags or template.type is CreatureType.BEAST)
    made.hero = hero
    if made.swarm:
        made.thinned = _thinned(made, listed)
    return made


def _thinned(sheet: Sheet, actions: Iterable[Action]) -> Sheet:
    """A swarm that has lost half of its hit points: the same with half the dice of damage (SRD 5.1, "Swarms")."""
    halved = [
        action.model_copy(
            update={"damage": tuple(DamageRoll(dice=_half(roll.dice), type=roll.type) for roll in action.damage)}
        )
        for action in actions
    ]
    thin = figures(sheet.id, halved)
    return replace(
        sheet,
        deeds=thin.deeds,
        bonus_deeds=thin.bonus_deeds,
        legendary=thin.legendary,
        opportunity=thin.opportunity,
        recharging=thin.recharging,
    )


def _half(dice: DiceExpression) -> DiceExpression:
    """Half as many of the dice, and one at least; plain numbers stay."""
    flat, plain = dice.plain
    if plain is None:
        return dice
    text = "".join(f"{'+' if sign > 0 else '-'}{max(1, count // 2)}d{sides}" for sign, count, sides in plain)
    return DiceExpression((text + (f"{flat:+d}" if flat or not text else "")).removeprefix("+"))


def figures(
    name: str, actions: Iterable[Action], *, armor_class: int = 10, hit_points: int = 1, speed_ft: int = 30
) -> Sheet:
    """A sheet of plain figures. Parts of a multiattack that are not among `actions` are left out."""
    simple, combined = dict[str, Deed](), list[Action]()
    order = list(actions)
    for action in order:
        if action.sequence:
            combined.append(action)
        elif action.id not in simple:
            simple[action.id] = _deed(action, len(simple))
    made = dict(simple)
    for action in combined:
        parts = tuple(simple[part] for part in action.sequence if part in simple)
        if action.id not in made and parts:
            made[action.id] = _deed(action, len(made), parts)
    deeds = [made[name] for name in dict.fromkeys(action.id for action in order) if name in made]
    ready = [deed for deed in deeds if deed.action.legendary_cost is None]
    strikes = [deed for deed in ready if deed.is_attack and deed.reach_ft and deed.uses < 0]
    return Sheet(
        id=name,
        armor_class=armor_class,
        hit_points=hit_points,
        speed_ft=speed_ft,
        deeds=tuple(deed for deed in ready if not deed.action.bonus),
        bonus_deeds=tuple(deed for deed in ready if deed.action.bonus),
        legendary=tuple(deed for deed in deeds if deed.action.legendary_cost is not None),
        opportunity=max(strikes, key=mean_damage, default=None),
        by_hand=_by_hand(ready),
        recharging=tuple(deed for deed in deeds if deed.action.recharge is not None),
        slots=len(made),
    )


def _deed(action: Action, slot: int, parts: tuple[Deed, ...] = ()) -> Deed:
    if parts:
        hurting = [part for part in parts if part.hurts] or list(parts)
        reach = min((part.reach_ft for part in hurting if part.reach_ft), default=0.0)
        near, far = min(part.range_ft for part in hurting), min(part.furthest_ft for part in hurting)
    else:
        reach = float(action.reach_ft or 0)
        stated = [feet for feet in (action.reach_ft, action.range_ft, action.long_range_ft) if feet is not None]
        starts_here = action.area is not None and action.area.shape in ("cone", "line")
        far = float(action.area.size_ft) if action.area and starts_here else float(max(stated, default=inf))
        near = float(action.range_ft) if action.range_ft is not None and not starts_here else (reach or far)
    hurts = action.kind not in ("heal", "utility")
    return Deed(
        action=action,
        slot=slot,
        reach_ft=reach,
        range_ft=near,
        furthest_ft=far,
        magical=action.magical or action.kind in ("spell_attack", "save"),
        is_attack=action.is_attack,
        hurts=hurts,
        conditions=action.conditions,
        save=action.save,
        heal=action.heal,
        area=action.area,
        concentration=action.concentration,
        aimed=action.is_attack or bool(parts),
        spell=action.kind == "spell_attack" or (action.kind == "save" and action.magical),
        single=hurts and action.area is None and (action.targets == 1 or bool(parts)),
        parts=parts,
    )


def _by_hand(deeds: Iterable[Deed]) -> bool:
    """Whether the best of what can be done every turn is done by hand."""
    often = [deed for deed in deeds if deed.hurts and deed.uses < 0]
    best = max(often, key=mean_damage, default=None)
    return best is not None and best.reach_ft > 0


def mean_damage(deed: Deed) -> float:
    """What a hit, or a failed saving throw, deals on average; of a multiattack all its parts."""
    if deed.parts:
        return sum(mean_damage(part) for part in deed.parts)
    by_save = deed.save.damage if deed.save else ()
    return sum(roll.dice.average for roll in (*deed.action.damage, *by_save))
