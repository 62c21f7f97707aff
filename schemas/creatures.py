"""Stat blocks: what a creature is and can do (SRD 5.1, "Monsters")."""

from __future__ import annotations

from enum import StrEnum
from math import floor
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from schemas.abilities import (
    Ability,
    AbilityScores,
    SavingThrow,
    SavingThrowBonus,
    Skill,
    SkillBonus,
    proficiency_bonus_for_challenge,
)
from schemas.conditions import Condition, Rounds
from schemas.dice import DiceExpression
from schemas.items import DamageRoll, DamageType, Feet
from schemas.values import Id, LocaleKey, Value

LEGENDARY_ACTIONS_A_ROUND = 3
"""What a legendary creature may spend between its turns (SRD 5.1, "Legendary Actions")."""

ATTACK_KINDS = frozenset({"melee", "ranged", "melee_or_ranged", "spell_attack"})
"""Kinds of action that roll a d20 against an armour class."""

_XP_BY_CHALLENGE: dict[float, int] = {
    0: 10, 0.125: 25, 0.25: 50, 0.5: 100, 1: 200, 2: 450, 3: 700, 4: 1100, 5: 1800, 6: 2300, 7: 2900, 8: 3900,
    9: 5000, 10: 5900, 11: 7200, 12: 8400, 13: 10_000, 14: 11_500, 15: 13_000, 16: 15_000, 17: 18_000, 18: 20_000,
    19: 22_000, 20: 25_000, 21: 33_000, 22: 41_000, 23: 50_000, 24: 62_000, 25: 75_000, 26: 90_000, 27: 105_000,
    28: 120_000, 29: 135_000, 30: 155_000,
}  # fmt: skip
CHALLENGES: tuple[float, ...] = tuple(_XP_BY_CHALLENGE)
"""All challenge ratings that there are, from low to high."""
_FRACTIONS = {"1/8": 0.125, "1/4": 0.25, "1/2": 0.5}


class CreatureType(StrEnum):
    """One of the fourteen types of creature."""

    ABERRATION = "aberration"
    BEAST = "beast"
    CELESTIAL = "celestial"
    CONSTRUCT = "construct"
    DRAGON = "dragon"
    ELEMENTAL = "elemental"
    FEY = "fey"
    FIEND = "fiend"
    GIANT = "giant"
    HUMANOID = "humanoid"
    MONSTROSITY = "monstrosity"
    OOZE = "ooze"
    PLANT = "plant"
    UNDEAD = "undead"


class Size(StrEnum):
    """How much room a creature takes."""

    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"
    GARGANTUAN = "gargantuan"


class CreatureRole(StrEnum):
    """What a creature is for in a fight; encounters mix them."""

    BRUTE = "brute"
    SKIRMISHER = "skirmisher"
    ARTILLERY = "artillery"
    CONTROLLER = "controller"
    LEADER = "leader"


class ChallengeRating(float):
    """How hard a creature is to beat: 0, 1/8, 1/4, 1/2 or 1 to 30 (SRD 5.1, "Challenge").

    A number, so ratings compare and travel as numbers; it may be written `"1/4"`. Others raise `ValueError`.
    """

    def __new__(cls, rating: str | float) -> ChallengeRating:
        """The rating itself, from a number or from `"1/4"`."""
        number = _FRACTIONS.get(rating) if isinstance(rating, str) else rating
        if number not in _XP_BY_CHALLENGE:
            raise ValueError(f"there is no challenge rating {rating!r:.40}; they are 0, 1/8, 1/4, 1/2 and 1 to 30")
        return super().__new__(cls, number)

    def __str__(self) -> str:
        return next((text for text, number in _FRACTIONS.items() if number == self), str(int(self)))

    @property
    def xp(self) -> int:
        """Experience points for beating it (SRD 5.1, "Experience Points by Challenge Rating"); 10 for a rating of 0."""
        return _XP_BY_CHALLENGE[float(self)]

    @property
    def proficiency_bonus(self) -> int:
        """+2 to +9."""
        return proficiency_bonus_for_challenge(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        number_or_fraction = core_schema.union_schema(
            [core_schema.literal_schema(list(_FRACTIONS)), core_schema.float_schema(ge=0, le=30)]
        )
        return core_schema.no_info_after_validator_function(
            cls, number_or_fraction, serialization=core_schema.plain_serializer_function_ser_schema(float.__float__)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": 30}, {"enum": list(_FRACTIONS)}]}


class Speeds(Value):
    """How far a creature moves in a turn, in feet; nought for a way it cannot move."""

    walk: Feet = 30
    fly: Feet = 0
    swim: Feet = 0
    climb: Feet = 0
    burrow: Feet = 0
    hover: bool = False


class HitPoints(Value):
    """How much a creature can still take."""

    current: int = Field(ge=0, le=100_000)
    maximum: int = Field(ge=1, le=100_000)
    temporary: int = Field(default=0, ge=0, le=100_000)
    """Lost first, and not restored by healing."""

    @model_validator(mode="after")
    def _within_the_maximum(self) -> Self:
        if self.current > self.maximum:
            raise ValueError(f"current hit points ({self.current}) exceed the maximum ({self.maximum})")
        return self

    @property
    def fraction(self) -> float:
        """What is left of the maximum, 0 to 1, without the temporary ones."""
        return self.current / self.maximum

    def hurt(self, damage: int) -> HitPoints:
        """What is left after so much damage: temporary points go first, and none goes below nought."""
        absorbed = min(self.temporary, max(0, damage))
        left = max(0, self.current - (max(0, damage) - absorbed))
        return HitPoints(current=left, maximum=self.maximum, temporary=self.temporary - absorbed)

    def healed(self, amount: int) -> HitPoints:
        """What is there after so much healing, up to the maximum."""
        current = min(self.maximum, self.current + max(0, amount))
        return HitPoints(current=current, maximum=self.maximum, temporary=self.temporary)


class SaveEffect(SavingThrow):
    """What befalls a target that fails its saving throw."""

    damage: tuple[DamageRoll, ...] = ()
    """Apart from what the hit itself deals: a breath of fire, the venom behind a bite."""
    half_on_success: bool = False
    """A target that saves takes half of `damage`, else none."""
    conditions: tuple[Condition, ...] = ()
    rounds: Rounds = 10
    """How long `conditions` last; prone lasts until one gets up."""
    repeats: bool = True
    """Saved against again at the end of each of the sufferer's turns, where it lasts longer than that."""


class Area(Value):
    """The room that an effect fills (SRD 5.1, "Areas of Effect")."""

    shape: Literal["sphere", "cube", "cone", "line"]
    size_ft: Feet
    """The radius of a sphere or a cylinder, the side of a cube, the length of a cone or a line."""


class Action(Value):
    """One thing that a creature can do on its turn."""

    id: Id
    name_key: LocaleKey
    kind: Literal["melee", "ranged", "melee_or_ranged", "spell_attack", "save", "heal", "utility", "multiattack"]
    attack_bonus: int | None = Field(default=None, ge=-10, le=30)
    reach_ft: Feet | None = None
    range_ft: Feet | None = None
    long_range_ft: Feet | None = None
    """Beyond `range_ft` and up to here an attack has disadvantage."""
    targets: int = Field(default=1, ge=1, le=100)
    """How many it can strike at once; for an area, how many that usually catches."""
    area: Area | None = None
    """What it fills, and whom it catches there, friend and foe. A sphere or a cube lies within `range_ft`, a cone and a
    line start where one stands. None: those who are struck are chosen."""
    damage: tuple[DamageRoll, ...] = ()
    """What a hit deals. What a saving throw decides is in `save.damage`."""
    magical: bool = False
    """Magical attacks go through resistance to nonmagical ones."""
    save: SaveEffect | None = None
    conditions: tuple[Condition, ...] = ()
    """Follow from a hit, without a saving throw."""
    heal: DiceExpression | None = None
    sequence: tuple[Id, ...] = Field(default=(), max_length=10)
    """A multiattack: the actions that it is made of, in order, with repeats."""
    recharge: int | None = Field(default=None, ge=2, le=6)
    """Once used, it comes back on this or more on a d6 at the start of a turn."""
    uses_per_day: int | None = Field(default=None, ge=1, le=100)
    bonus: bool = False
    """Takes the bonus action of a turn, so that another action can go with it (SRD 5.1, "Bonus Actions")."""
    concentration: bool = False
    """Its conditions end when whoever uses it loses concentration (SRD 5.1, "Concentration")."""
    legendary_cost: int | None = Field(default=None, ge=1, le=3)

    @property
    def is_attack(self) -> bool:
        """Whether a d20 is rolled against the target's armour class."""
        return self.kind in ATTACK_KINDS

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.is_attack:
            if self.attack_bonus is None:
                raise ValueError(f"action {self.id}: an attack needs attack_bonus")
            if not (self.damage or self.conditions or self.save):
                raise ValueError(f"action {self.id}: an attack needs damage, or conditions that a hit brings about")
            if self.kind in ("melee", "melee_or_ranged") and self.reach_ft is None:
                raise ValueError(f"action {self.id}: a melee attack needs reach_ft")
            if self.kind in ("ranged", "melee_or_ranged") and self.range_ft is None:
                raise ValueError(f"action {self.id}: a ranged attack needs range_ft")
        elif self.attack_bonus is not None or self.damage or self.conditions:
            raise ValueError(f"action {self.id}: only attacks have attack_bonus, damage and conditions on a hit")
        needed = {"save": self.save is not None, "heal": self.heal is not None, "multiattack": bool(self.sequence)}
        if not needed.get(self.kind, True):
            part = "sequence" if self.kind == "multiattack" else self.kind
            raise ValueError(f"action {self.id}: kind '{self.kind}' needs '{part}'")
        if self.long_range_ft is not None and self.long_range_ft < (self.range_ft or 0):
            raise ValueError(f"action {self.id}: long_range_ft is shorter than range_ft")
        return self


class Trait(Value):
    """Something that is always true of a creature, such as pack tactics, or a reaction that it has, such as a parry.

    What `tags` there are, and which of the figures each of them reads, is listed in `rules.bestiary.RULE_TAGS`.
    """

    id: Id
    name_key: LocaleKey
    tags: tuple[Id, ...] = ()
    """What rules look for: `advantage_with_ally`, `regeneration`, `legendary_resistance`."""
    value: int | None = Field(default=None, ge=0, le=1000)
    """How much or how often: hit points regained, uses a day, what a parry adds."""
    range_ft: Feet | None = None
    """How far an aura or a burst reaches, or how far a charge has to run."""
    damage: tuple[DamageRoll, ...] = ()
    """What comes on top of a hit, or befalls whoever is near."""
    save: SaveEffect | None = None
    """What befalls those who fail it: in an aura, at the end of a charge."""
    damage_types: tuple[DamageType, ...] = ()
    """What stops a regeneration, or what is soaked up."""


class DamageModifiers(Value):
    """What a creature shrugs off, and what hurts it twice."""

    resistances: tuple[DamageType, ...] = ()
    immunities: tuple[DamageType, ...] = ()
    vulnerabilities: tuple[DamageType, ...] = ()
    nonmagical_resistances: tuple[DamageType, ...] = ()
    """Only against attacks that are not magical."""
    nonmagical_immunities: tuple[DamageType, ...] = ()
    """Only against attacks that are not magical (for a werewolf, nor silvered)."""
    condition_immunities: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> Self:
        both = set(self.immunities) & {*self.resistances, *self.vulnerabilities}
        if both:
            raise ValueError(f"immune, and also resistant or vulnerable, to: {', '.join(sorted(both))}")
        return self

    def immune_to(self, damage_type: DamageType, *, magical: bool = False) -> bool:
        """Whether no such damage arrives."""
        return damage_type in self.immunities or (not magical and damage_type in self.nonmagical_immunities)

    def resistant_to(self, damage_type: DamageType, *, magical: bool = False) -> bool:
        """Whether such damage is halved; several resistances count as one."""
        return damage_type in self.resistances or (not magical and damage_type in self.nonmagical_resistances)

    def factor(self, damage_type: DamageType, *, magical: bool = False) -> float:
        """How much of the damage arrives: 0, 0.5, 1 or 2; resistance and vulnerability together cancel out.

        Of several resistances one counts (SRD 5.1, "Damage Resistance and Vulnerability").
        """
        if self.immune_to(damage_type, magical=magical):
            return 0.0
        halved = 0.5 if self.resistant_to(damage_type, magical=magical) else 1.0
        return halved * (2.0 if damage_type in self.vulnerabilities else 1.0)


class Senses(Value):
    """How far a creature notices what eyes do not show, in feet."""

    darkvision_ft: Feet = 0
    blindsight_ft: Feet = 0
    tremorsense_ft: Feet = 0
    truesight_ft: Feet = 0
    passive_perception: int = Field(default=10, ge=1, le=40)


class CreatureTemplate(Value):
    """The stat block that creatures of one kind share."""

    id: Id
    name_key: LocaleKey
    type: CreatureType
    subtypes: tuple[Id, ...] = ()
    size: Size
    armor_class: int = Field(ge=1, le=30)
    hit_dice: DiceExpression
    hit_points: int = Field(ge=1, le=10_000)
    """The average of the hit dice, rounded down."""
    challenge: ChallengeRating
    speeds: Speeds = Speeds()
    abilities: AbilityScores
    saving_throws: tuple[SavingThrowBonus, ...] = ()
    skills: tuple[SkillBonus, ...] = ()
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    legendary_actions: tuple[Action, ...] = ()
    traits: tuple[Trait, ...] = ()
    reactions: tuple[Trait, ...] = ()
    """What it may do once a round on somebody else's turn (SRD 5.1, "Reactions"), apart from opportunity attacks."""
    damage_modifiers: DamageModifiers = DamageModifiers()
    senses: Senses = Senses()
    languages: tuple[Id, ...] = ()
    tags: tuple[Id, ...] = ()
    """Terrain and theme: `forest`, `cave`, `undead`, `city`."""
    roles: Annotated[tuple[CreatureRole, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        average = max(1, floor(self.hit_dice.average))
        if self.hit_points != average:
            raise ValueError(f"hit_points is {self.hit_points}, but {self.hit_dice} averages {average}")
        ids = [action.id for action in (*self.actions, *self.legendary_actions)]
        doubled = sorted({name for name in ids if ids.count(name) > 1})
        if doubled:
            raise ValueError(f"more than one action is called: {', '.join(doubled)}")
        for action in self.actions:
            if action.legendary_cost is not None:
                raise ValueError(f"action {action.id} has a legendary_cost, but is not among legendary_actions")
        for action in self.legendary_actions:
            if action.legendary_cost is None:
                raise ValueError(f"legendary action {action.id} needs a legendary_cost")
        simple = {action.id for action in self.actions if action.kind != "multiattack"}
        for action in (*self.actions, *self.legendary_actions):
            unknown = [name for name in action.sequence if name not in simple]
            if unknown:
                raise ValueError(f"action {action.id} is made of actions that are not there: {', '.join(unknown)}")
        return self

    def action(self, action_id: str) -> Action | None:
        """The action of that name, legendary or not."""
        return next((one for one in (*self.actions, *self.legendary_actions) if one.id == action_id), None)

    def save_bonus(self, ability: Ability) -> int:
        """What it adds to a saving throw."""
        trained = next((save.bonus for save in self.saving_throws if save.ability is ability), None)
        return self.abilities.modifier(ability) if trained is None else trained

    def skill_bonus(self, skill: Skill) -> int:
        """What it adds to a check with a skill."""
        trained = next((one.bonus for one in self.skills if one.skill is skill), None)
        return self.abilities.modifier(skill.ability) if trained is None else trained
