"""What decides few fights and would be missed by somebody who knows the rules: terms of traits, spells and shots."""

from __future__ import annotations

import pytest

from rules.arena import options, sheet_of
from rules.arena.aim import aim
from rules.arena.blows import strike
from rules.arena.play import begin_turn, between_turns
from rules.arena.policies import greedy, regret
from rules.arena.wounds import saves
from schemas import Ability, DamageRoll, DamageType
from tests.rules.arena.ring import BOW, action, arena, sheet, them, us
from tests.rules.situations import bestiary

SNEAK = (DamageRoll.model_validate({"dice": "2d6", "type": "slashing"}),)


def test_sneak_attack_comes_once_a_turn_and_again_on_the_next() -> None:
    rogue, friend = us(sheet(extra_damage=SNEAK, sneaky=True)), us(name="friend", at=(5.0, 5.0))
    target = them(sheet(hit_points=99))
    fight = arena(rogue, friend, target, rolls=[15, 1, 6, 6, 15, 1, 15, 1, 6, 6])
    lost = list[int]()
    for new_turn in (False, False, True):
        if new_turn:
            begin_turn(fight, rogue)
        before = target.hit_points
        strike(fight, rogue, rogue.sheet.deeds[0], target)
        lost.append(before - target.hit_points)

    assert lost == [15, 3, 15]


def test_who_aims_badly_sneaks_on_nobody() -> None:
    rogue, friend = us(sheet(extra_damage=SNEAK, sneaky=True)), us(name="friend", at=(5.0, 5.0))
    target = them()
    target.dodging = True
    strike(arena(rogue, friend, target, rolls=[15, 16, 1]), rogue, rogue.sheet.deeds[0], target)

    assert target.hit_points == 7, "1 + 2, although a friend stands beside"


@pytest.mark.parametrize(("feet", "advantage"), [(80.0, 0), (85.0, -1)])
def test_beyond_its_range_a_bow_aims_badly(feet: float, advantage: int) -> None:
    archer, target = us(sheet(BOW)), them(at=(feet, 0.0))

    assert aim(arena(archer, target), archer, archer.sheet.deeds[0], target) == advantage


def test_a_zombie_does_not_get_over_a_critical_hit_or_over_light() -> None:
    light = action("mace", damage=[{"dice": "1d6+2", "type": "radiant"}])
    for weapon, rolls in ((action(), [20, 1, 1]), (light, [15, 1])):
        zombie, one = them(sheet(fortitude=True, hit_points=3)), us(sheet(weapon))
        strike(arena(one, zombie, rolls=rolls), one, one.sheet.deeds[0], zombie)

        assert not zombie.standing, weapon.damage


@pytest.mark.parametrize(("magical", "saved"), [(True, True), (False, False)])
def test_magic_resistance_helps_against_magic_and_nothing_else(magical: bool, saved: bool) -> None:
    one = us(sheet(magic_resistance=True))

    assert saves(arena(one, rolls=[5, 15]), one, Ability.WISDOM, 12, magical=magical) is saved


def test_a_troll_that_was_burnt_heals_again_a_turn_later() -> None:
    troll, one = them(sheet(regeneration=5, regeneration_stops=frozenset({DamageType.SLASHING}))), us()
    fight = arena(one, troll, rolls=[15, 6])
    strike(fight, one, one.sheet.deeds[0], troll)
    left = list[int]()
    for _ in range(2):
        begin_turn(fight, troll)
        left.append(troll.hit_points)

    assert left == [2, 7]


def test_nobody_acts_by_legend_at_the_end_of_a_turn_of_its_own() -> None:
    dragon, one = them(sheet_of(bestiary()["adult_red_dragon"])), us()
    dragon.legendary_points = 3
    fight = arena(one, dragon)
    between_turns(fight, dragon, {"us": greedy, "them": greedy})

    assert dragon.legendary_points == 3


def test_what_makes_no_difference_is_no_poor_play() -> None:
    """With nobody to fight every option is worth the same; none of them gives anything away."""
    one = us()
    fight = arena(one)
    assert {regret(fight, one, option).share for option in options(fight, one)} <= {0.0}
