"""Fighters made by hand for the tests of the arena, and arbitrary arenas for hypothesis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rules import Dice, LoadedDice
from rules.arena import Ailment, Arena, Fighter, Order, Orders, Sheet, figures, sheet_of
from schemas import Action, Condition
from tests.rules.situations import bestiary


def action(id_: str = "sword", **fields: object) -> Action:
    """A sword of 1d6+2 that hits with +5, or whatever is said over it."""
    plain: dict[str, Any] = {"id": id_, "name_key": "action-longsword", "kind": "melee", "reach_ft": 5}
    if fields.get("kind", "melee") in ("melee", "ranged", "spell_attack"):
        plain |= {"attack_bonus": 5, "damage": [{"dice": "1d6+2", "type": "slashing"}]}
    if fields.get("kind", "melee") != "melee":
        del plain["reach_ft"]
    return Action.model_validate({**plain, **fields})


BOW = action("bow", kind="ranged", range_ft=80, long_range_ft=320)
FLAME = action(
    "flame",
    kind="save",
    range_ft=60,
    save={"ability": "dexterity", "dc": 15, "damage": [{"dice": "2d6", "type": "fire"}], "half_on_success": True},
)


def sheet(*actions: Action, name: str = "soldier", **over: object) -> Sheet:
    """Somebody plain: armour class 12, 10 hit points, with a sword where nothing is said."""
    made = figures(name, actions or (action(),), armor_class=12, hit_points=10)
    for field, value in over.items():
        setattr(made, field, value)
    return made


def us(of: Sheet | None = None, *, at: tuple[float, float] | None = (0.0, 0.0), name: str = "us") -> Fighter:
    return Fighter.fresh(name, "us", of or sheet(), at)


def them(of: Sheet | None = None, *, at: tuple[float, float] | None = (5.0, 0.0), name: str = "them") -> Fighter:
    return Fighter.fresh(name, "them", of or sheet(), at)


def arena(*fighters: Fighter, rolls: Iterable[int] | None = None, orders: Orders | None = None) -> Arena:
    """An arena with loaded dice where `rolls` are named, else with seeded ones."""
    return Arena(fighters, Dice.seeded(1, "ring") if rolls is None else LoadedDice(rolls), orders)


_CREATURES = ("goblin", "ogre", "wolf", "priest", "mage", "adult_red_dragon", "zombie", "vampire", "troll", "kobold")
_HEROES = st.sampled_from((True, False, False))
_AILMENTS = st.builds(
    Ailment,
    condition=st.sampled_from([one for one in Condition if one is not Condition.EXHAUSTION]),
    source=st.sampled_from((None, 0)),
    rounds=st.one_of(st.none(), st.integers(1, 3)),
)


@st.composite
def arenas(draw: DrawFn) -> Arena:
    """Any arena: nobody to ten fighters on up to three sides, hurt, ailing, placed or not."""
    found = list[Fighter]()
    placed = draw(st.booleans())
    for number in range(draw(st.integers(0, 8))):
        template = bestiary()[draw(st.sampled_from(_CREATURES))]
        at = (number * 5.0, draw(st.sampled_from((0.0, 5.0, 40.0, -180.0)))) if placed else None
        side = draw(st.sampled_from(("us", "them", "them", "others", "neutral")))
        one = Fighter.fresh(f"f{number}", side, sheet_of(template, hero=draw(_HEROES)), at)
        one.hit_points = draw(st.integers(0, one.most))
        one.standing = one.hit_points > 0
        one.dead = not one.standing and draw(st.booleans())
        one.ailments = draw(st.lists(_AILMENTS, max_size=2))
        one.concentrating = draw(st.booleans())
        one.assess()
        found.append(one)
    order = draw(st.sampled_from((None, Order("focus", "f1"), Order("protect", "f0"), Order("hold"), Order("retreat"))))
    return Arena(found, Dice.seeded(draw(st.integers(0, 99)), "any"), {} if order is None else {"them": order})
