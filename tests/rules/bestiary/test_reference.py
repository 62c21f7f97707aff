"""Figures of the System Reference Document 5.1, written down from the document and held against our files."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.bestiary import Bestiary
from schemas.abilities import Ability

BOOK = Bestiary.load(Path(__file__).parents[3] / "config" / "bestiary")

REFERENCE = """
aboleth                10   17 18d10+36  135 walk 10 swim 40                 21 9 15 18 15 18   tentacle +9 2d6+5
adult_black_dragon     14   19 17d12+85  195 walk 40 fly 80 swim 40          23 14 21 14 13 17  bite +11 2d10+6
adult_red_dragon       17   19 19d12+133 256 walk 40 climb 40 fly 80         27 10 25 16 13 21  bite +14 2d10+8
ancient_red_dragon     24   22 28d20+252 546 walk 40 climb 40 fly 80         30 10 29 18 15 23  bite +17 2d10+10
ankheg                 2    14 6d10+6    39  walk 30 burrow 10               17 11 13 1 13 6    bite +5 2d6+3
ape                    1/2  12 3d8+6     19  walk 30 climb 30                16 14 14 6 12 7    fist +5 1d6+3
balor                  19   19 21d12+126 262 walk 40 fly 80                  26 15 22 20 16 22  longsword +14 3d8+8
basilisk               3    12 8d8+16    52  walk 20                         16 8 15 2 8 7      bite +5 2d6+3
berserker              2    13 9d8+27    67  walk 30                         16 12 17 9 11 9    greataxe +5 1d12+3
black_pudding          4    7  10d10+30  85  walk 20 climb 20                16 5 16 1 6 1      pseudopod +5 1d6+3
brown_bear             1    11 4d10+12   34  walk 40 climb 30                19 10 16 2 13 7    bite +5 1d8+4
bugbear                1    16 5d8+5     27  walk 30                         15 14 13 8 11 9    morningstar +4 2d8+2
bulette                5    17 9d10+45   94  walk 40 burrow 40               19 11 21 2 10 5    bite +7 4d12+4
centaur                2    12 6d10+12   45  walk 50                         18 14 14 9 13 11   pike +6 1d10+4
chimera                6    14 12d10+48  114 walk 30 fly 60                  19 11 19 3 14 10   bite +7 2d6+4
cloud_giant            9    14 16d12+96  200 walk 40                         27 10 22 12 16 16  morningstar +12 3d8+8
cockatrice             1/2  11 6d6+6     27  walk 20 fly 40                  6 12 12 2 13 5     bite +3 1d4+1
commoner               0    10 1d8       4   walk 30                         10 10 10 10 10 10  club +2 1d4
deva                   10   17 16d8+64   136 walk 30 fly 90                  18 18 18 17 20 20  mace +8 1d6+4
dire_wolf              1    14 5d10+10   37  walk 50                         17 15 15 3 12 7    bite +5 2d6+3
doppelganger           3    14 8d8+16    52  walk 30                         11 18 14 11 12 14  slam +6 1d6+4
earth_elemental        5    17 12d10+60  126 walk 30 burrow 30               20 8 20 5 10 5     slam +8 2d8+5
ettin                  4    12 10d10+30  85  walk 40                         21 8 17 6 10 8     battleaxe +7 2d8+5
fire_giant             9    18 13d12+78  162 walk 30                         25 9 23 10 14 13   greatsword +11 6d6+7
frost_giant            8    15 12d12+60  138 walk 40                         23 9 21 9 10 12    greataxe +9 3d12+6
gargoyle               2    15 7d8+21    52  walk 30 fly 60                  15 11 16 6 11 7    claws +4 1d6+2
gelatinous_cube        2    6  8d10+40   84  walk 15                         14 3 20 1 6 1      pseudopod +4 3d6
giant_elk              2    14 5d12+10   42  walk 60                         19 16 14 7 14 10   ram +6 2d6+4
giant_spider           1    14 4d10+4    26  walk 30 climb 30                14 16 12 2 11 4    bite +5 1d8+3
gladiator              5    16 15d8+45   112 walk 30                         18 15 16 10 12 15  spear +7 2d6+4
gnoll                  1/2  15 5d8       22  walk 30                         14 12 11 6 10 7    bite +4 1d4+2
goblin                 1/4  15 2d6       7   walk 30                         8 14 10 10 8 8     scimitar +4 1d6+2
griffon                2    12 7d10+21   59  walk 30 fly 80                  18 15 16 2 13 8    beak +6 1d8+4
hell_hound             3    15 7d8+14    45  walk 50                         17 12 14 6 13 6    bite +5 1d8+3
hill_giant             5    13 10d12+40  105 walk 40                         21 8 19 5 9 6      greatclub +8 3d8+5
hobgoblin              1/2  18 2d8+2     11  walk 30                         13 12 12 10 10 9   longsword +3 1d8+1
hydra                  8    15 15d12+75  172 walk 30 swim 30                 20 12 20 2 10 7    bite +8 1d10+5
iron_golem             16   20 20d10+100 210 walk 30                         24 9 20 3 11 1     slam +13 3d8+7
kobold                 1/8  12 2d6-2     5   walk 30                         7 15 9 8 7 8       dagger +4 1d4+2
lich                   21   17 18d8+54   135 walk 30                         11 16 16 20 14 16  paralyzing_touch +12 3d6
manticore              3    14 8d10+24   68  walk 30 fly 50                  17 16 17 7 12 8    bite +5 1d8+3
marilith               16   18 18d10+90  189 walk 40                         18 20 20 18 16 20  longsword +9 2d8+4
medusa                 6    15 17d8+51   127 walk 30                         10 15 16 12 13 15  shortsword +5 1d6+2
minotaur               3    14 9d10+27   76  walk 40                         18 11 16 6 16 9    greataxe +6 2d12+4
mummy                  3    11 9d8+18    58  walk 20                         16 8 15 6 10 12    rotting_fist +5 2d6+3
ogre                   2    11 7d10+21   59  walk 40                         19 8 16 5 7 7      greatclub +6 2d8+4
orc                    1/2  13 2d8+6     15  walk 30                         16 12 16 7 11 10   greataxe +5 1d12+3
owlbear                3    13 7d10+21   59  walk 40                         20 12 17 3 12 7    claws +7 2d8+5
pit_fiend              20   19 24d10+168 300 walk 30 fly 60                  26 14 24 22 18 24  bite +14 4d6+8
remorhaz               11   17 17d12+85  195 walk 30 burrow 20               24 13 21 4 10 5    bite +11 6d10+7
rust_monster           1/2  14 5d8+5     27  walk 40                         13 12 13 2 13 6    bite +3 1d8+1
shadow                 1/2  12 3d8+3     16  walk 40                         6 14 13 6 10 8     strength_drain +4 2d6+2
skeleton               1/4  13 2d8+4     13  walk 30                         10 14 15 6 8 5     shortsword +4 1d6+2
solar                  21   21 18d10+144 243 walk 50 fly 150                 26 22 26 25 25 30  greatsword +15 4d6+8
stirge                 1/8  14 1d4       2   walk 10 fly 40                  4 16 11 2 8 6      blood_drain +5 1d4+3
stone_golem            10   17 17d10+85  178 walk 30                         22 9 20 3 11 1     slam +10 3d8+6
storm_giant            13   16 20d12+100 230 walk 50 swim 50                 29 14 20 16 18 18  greatsword +14 6d6+9
tarrasque              30   25 33d20+330 676 walk 40                         30 11 30 3 11 11   bite +19 4d12+10
treant                 9    16 12d12+60  138 walk 30                         23 8 21 12 16 12   slam +10 3d6+6
troll                  5    15 8d10+40   84  walk 30                         18 13 20 7 9 7     claw +7 2d6+4
tyrannosaurus_rex      8    13 13d12+52  136 walk 50                         25 10 19 2 12 9    bite +10 4d12+7
unicorn                5    12 9d10+18   67  walk 50                         18 14 15 11 17 16  horn +7 1d8+4
vampire                13   16 17d8+68   144 walk 30                         18 18 18 17 15 18  unarmed_strike +9 1d8+4
wight                  3    14 6d8+18    45  walk 30                         15 14 16 10 13 15  longsword +4 1d8+2
will_o_wisp            2    19 9d4       22  walk 0 fly 50                   1 28 10 13 14 11   shock +4 2d8
wolf                   1/4  13 2d8+2     11  walk 40                         12 15 12 3 12 6    bite +4 2d4+2
wraith                 5    13 9d8+27    67  walk 0 fly 60                   6 16 16 12 14 15   life_drain +6 4d8+3
wyvern                 6    13 13d10+39  110 walk 20 fly 80                  19 10 16 5 12 6    bite +7 2d6+4
zombie                 1/4  8  3d8+9     22  walk 20                         13 6 16 3 6 5      slam +3 1d6+1
"""
"""Id, challenge, armour class, hit dice, hit points, speeds, the six abilities, and one attack."""


def test_enough_creatures_are_compared() -> None:
    assert len(REFERENCE.split("\n")) - 2 >= 60


@pytest.mark.parametrize("line", REFERENCE.strip().split("\n"), ids=lambda line: line.split()[0])
def test_the_figures_are_those_of_the_reference_document(line: str) -> None:
    name, challenge, armor_class, hit_dice, hit_points, *rest = line.split()
    speeds, scores, (attack_id, bonus, dice) = rest[:-9], rest[-9:-3], rest[-3:]
    creature = BOOK[name]
    attack = creature.action(attack_id)

    assert attack is not None
    moves = {way: getattr(creature.speeds, way) for way in ("walk", "climb", "fly", "swim", "burrow")}
    assert [str(creature.challenge), str(creature.armor_class), str(creature.hit_points)] == [
        challenge,
        armor_class,
        hit_points,
    ]
    assert creature.hit_dice == hit_dice
    assert {way: feet for way, feet in moves.items() if feet or way == "walk"} == dict(
        zip(speeds[::2], map(int, speeds[1::2]), strict=True)
    )
    assert [getattr(creature.abilities, ability.value) for ability in Ability] == [int(score) for score in scores]
    assert (attack.attack_bonus, attack.damage[0].dice) == (int(bonus), dice)


def test_the_hardest_things_to_remember_are_right_too() -> None:
    troll, vampire, rakshasa = BOOK["troll"], BOOK["vampire"], BOOK["rakshasa"]
    regeneration = next(trait for trait in troll.traits if trait.id == "regeneration")
    immunity = next(trait for trait in rakshasa.traits if trait.id == "limited_magic_immunity")
    breath = BOOK["ancient_red_dragon"].action("fire_breath")

    assert (regeneration.value, set(regeneration.damage_types)) == (10, {"acid", "fire"})
    assert {trait.value for trait in vampire.traits if "regeneration" in trait.tags} == {20}
    assert {trait.value for trait in vampire.traits if "legendary_resistance" in trait.tags} == {3}
    assert (immunity.value, immunity.tags[0]) == (6, "spell_immunity")
    assert breath is not None
    assert breath.save is not None
    assert breath.area is not None
    assert (breath.save.dc, breath.save.damage[0].dice, breath.area.size_ft, breath.recharge) == (24, "26d6", 90, 5)
    assert [(one.id, one.legendary_cost) for one in BOOK["unicorn"].legendary_actions] == [
        ("legendary_hooves", 1),
        ("shimmering_shield", 2),
        ("heal_self", 3),
    ]
