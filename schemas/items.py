"""What can be carried, wielded, worn and drunk (SRD 5.1, "Equipment" and "Magic Items")."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.conditions import Condition
from schemas.dice import DiceExpression
from schemas.values import Id, LocaleKey, Value

Feet = Annotated[int, Field(ge=0, le=10_000)]
"""A distance in feet; a square of a battle map is 5."""


class DamageType(StrEnum):
    """One of the thirteen ways to be hurt (SRD 5.1, "Damage Types")."""

    ACID = "acid"
    BLUDGEONING = "bludgeoning"
    COLD = "cold"
    FIRE = "fire"
    FORCE = "force"
    LIGHTNING = "lightning"
    NECROTIC = "necrotic"
    PIERCING = "piercing"
    POISON = "poison"
    PSYCHIC = "psychic"
    RADIANT = "radiant"
    SLASHING = "slashing"
    THUNDER = "thunder"

    @property
    def physical(self) -> bool:
        """Whether weapons deal it; only these know "from nonmagical attacks"."""
        return self in (DamageType.BLUDGEONING, DamageType.PIERCING, DamageType.SLASHING)


class DamageRoll(Value):
    """Dice of one damage type."""

    dice: DiceExpression
    type: DamageType


class WeaponProperty(StrEnum):
    """What is special about a weapon (SRD 5.1, "Weapon Properties")."""

    AMMUNITION = "ammunition"
    FINESSE = "finesse"
    HEAVY = "heavy"
    LIGHT = "light"
    LOADING = "loading"
    REACH = "reach"
    SPECIAL = "special"
    THROWN = "thrown"
    TWO_HANDED = "two_handed"
    VERSATILE = "versatile"


class Rarity(StrEnum):
    """How seldom a magic item is found (SRD 5.1, "Magic Items")."""

    COMMON = "common"
    UNCOMMON = "uncommon"
    RARE = "rare"
    VERY_RARE = "very_rare"
    LEGENDARY = "legendary"
    ARTIFACT = "artifact"


class ItemEffect(Value):
    """What happens when an item is used."""

    heal: DiceExpression | None = None
    damage: tuple[DamageRoll, ...] = ()
    cures: tuple[Condition, ...] = ()
    inflicts: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.heal is None and not (self.damage or self.cures or self.inflicts):
            raise ValueError("an effect heals, damages, cures or inflicts something")
        return self


class Item(Value):
    """A thing that someone can own."""

    id: Id
    name_key: LocaleKey
    kind: Literal["weapon", "armour", "consumable", "tool", "treasure", "quest"]
    properties: tuple[WeaponProperty, ...] = ()
    rarity: Rarity = Rarity.COMMON
    magical: bool = False
    weight_lb: float = Field(default=0.0, ge=0.0, le=10_000.0)
    value_cp: int = Field(default=0, ge=0, le=1_000_000_000)
    """In copper pieces: a gold piece is 100."""
    damage: tuple[DamageRoll, ...] = ()
    versatile_damage: tuple[DamageRoll, ...] = ()
    """Instead of `damage` when a versatile weapon is held in both hands."""
    range_ft: Feet | None = None
    long_range_ft: Feet | None = None
    armor_class: int | None = Field(default=None, ge=1, le=30)
    """Armour: the class it gives before dexterity. A shield: the bonus, 2."""
    effects: tuple[ItemEffect, ...] = ()

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if self.properties and self.kind != "weapon":
            raise ValueError(f"only weapons have weapon properties, {self.id} is {self.kind}")
        if self.kind == "weapon" and not self.damage and WeaponProperty.SPECIAL not in self.properties:
            raise ValueError(f"weapon {self.id} needs damage, or the property 'special' (such as a net)")
        if self.kind == "armour" and self.armor_class is None:
            raise ValueError(f"armour {self.id} needs an armor_class")
        flies = {WeaponProperty.THROWN, WeaponProperty.AMMUNITION} & set(self.properties)
        if flies and self.range_ft is None:
            raise ValueError(f"weapon {self.id} is thrown or shot and needs range_ft")
        if (WeaponProperty.VERSATILE in self.properties) != bool(self.versatile_damage):
            raise ValueError(f"{self.id}: 'versatile' and versatile_damage go together")
        if self.long_range_ft is not None and self.long_range_ft < (self.range_ft or 0):
            raise ValueError(f"{self.id}: long_range_ft is shorter than range_ft")
        return self


class EquipmentSlot(StrEnum):
    """Where something is worn. What is held is in `Equipment.hands`."""

    HEAD = "head"
    NECK = "neck"
    SHOULDERS = "shoulders"
    BODY = "body"
    ARMS = "arms"
    GLOVES = "gloves"
    WAIST = "waist"
    FEET = "feet"
    LEFT_RING = "left_ring"
    RIGHT_RING = "right_ring"


class EmptyHands(Value):
    """Nothing is held."""

    kind: Literal["empty"] = "empty"

    @property
    def items(self) -> tuple[Id, ...]:
        """What is held."""
        return ()


class OneHand(Value):
    """One thing is held, the other hand is free."""

    kind: Literal["one"] = "one"
    main: Id

    @property
    def items(self) -> tuple[Id, ...]:
        """What is held."""
        return (self.main,)


class OneAndOffHand(Value):
    """Sword and shield, or a weapon in either hand."""

    kind: Literal["one_and_off_hand"] = "one_and_off_hand"
    main: Id
    off_hand: Id

    @property
    def items(self) -> tuple[Id, ...]:
        """What is held, main hand first."""
        return (self.main, self.off_hand)


class TwoHanded(Value):
    """Both hands hold one thing."""

    kind: Literal["two_handed"] = "two_handed"
    main: Id

    @property
    def items(self) -> tuple[Id, ...]:
        """What is held."""
        return (self.main,)


Hands = Annotated[EmptyHands | OneHand | OneAndOffHand | TwoHanded, Field(discriminator="kind")]
"""What is held: a closed union, so a third hand cannot be written down."""


class WornItem(Value):
    """One item in one slot."""

    slot: EquipmentSlot
    item: Id


class Equipment(Value):
    """What a creature holds and wears."""

    hands: Hands = EmptyHands()
    worn: tuple[WornItem, ...] = ()

    @model_validator(mode="after")
    def _one_item_a_slot(self) -> Self:
        slots = [worn.slot for worn in self.worn]
        doubled = sorted({slot for slot in slots if slots.count(slot) > 1})
        if doubled:
            raise ValueError(f"more than one item is worn at: {', '.join(doubled)}")
        return self

    def in_slot(self, slot: EquipmentSlot) -> Id | None:
        """The item worn there, or None."""
        return next((worn.item for worn in self.worn if worn.slot is slot), None)
