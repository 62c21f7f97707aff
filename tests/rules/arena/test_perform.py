"""What happens when a fighter does something, with dice that fall as told."""

from __future__ import annotations

import pytest

from rules.arena import Ailment, Fighter, Option, Sheet, options, perform, sheet_of
from rules.arena.blows import strike
from rules.arena.perform import use, walk
from rules.arena.play import begin_turn, between_turns, end_turn, take_turn
from rules.arena.policies import greedy
from schemas import Ability, Condition, DamageModifiers, DamageType
from tests.rules.arena.ring import BOW, FLAME, action, arena, sheet, them, us
from tests.rules.situations import bestiary

HOLD = action(
    "hold",
    kind="save",
    range_ft=60,
    concentration=True,
    save={"ability": "wisdom", "dc": 15, "conditions": ["paralyzed"]},
)
BALL = action(
    "ball",
    kind="save",
    range_ft=100,
    area={"shape": "sphere", "size_ft": 10},
    save={"ability": "dexterity", "dc": 15, "damage": [{"dice": "4d6", "type": "fire"}]},
)


@pytest.mark.parametrize(
    ("rolls", "left"),
    [
        ([7, 3], 5),  # 12 hits armour class 12: 3 + 2
        ([6], 10),  # 11 does not
        ([1], 10),
        ([20, 3, 4], 1),  # a critical hit: 3 + 4 + 2
    ],
)
def test_a_sword_takes_what_the_dice_say(rolls: list[int], left: int) -> None:
    one, other = us(), them()
    strike(arena(one, other, rolls=rolls), one, one.sheet.deeds[0], other)

    assert other.hit_points == left
    assert one.dealt == 10 - left


def test_resistance_halves_and_temporary_hit_points_go_first() -> None:
    tough = sheet(modifiers=DamageModifiers(resistances=(DamageType.SLASHING,)), hit_points=10)
    one, other = us(), them(tough)
    other.temporary = 1
    strike(arena(one, other, rolls=[15, 5]), one, one.sheet.deeds[0], other)

    assert (other.hit_points, other.temporary) == (8, 0)  # 7 // 2 = 3


def test_a_blow_at_the_helpless_from_beside_them_is_critical() -> None:
    one, other = us(), them()
    fight = arena(one, other, rolls=[10, 10, 1, 2])
    fight.ail(other, Ailment(Condition.PARALYZED))
    strike(fight, one, one.sheet.deeds[0], other)

    assert other.hit_points == 10 - (1 + 2 + 2)


def test_who_walks_away_is_struck_and_who_falls_does_not_arrive() -> None:
    one, other = us(sheet(hit_points=3)), them()
    fight = arena(one, other, rolls=[15, 6])

    assert not walk(fight, one, (-30.0, 0.0))
    assert (one.x, one.dead, other.reaction) == (0.0, True, False)


def test_who_disengages_or_was_struck_at_already_walks_away_freely() -> None:
    one, other = us(), them()
    fight = arena(one, other, rolls=[])
    perform(fight, one, Option("disengage", place=(-30.0, 0.0)))
    assert (one.x, one.y) == (-30.0, 0.0)

    one, other = us(), them()
    other.reaction = False
    assert walk(arena(one, other, rolls=[]), one, (-30.0, 0.0))


def test_to_pass_through_a_reach_provokes_as_well() -> None:
    one, guard = us(at=(0.0, 0.0)), them(at=(15.0, 5.0))
    fight = arena(one, guard, rolls=[2])
    walk(fight, one, (30.0, 0.0))

    assert not guard.reaction
    assert one.x == 30.0


def test_an_area_catches_friend_and_foe_by_where_they_stand() -> None:
    caster, friend = us(sheet(BALL), at=(-40.0, 0.0)), us(name="friend", at=(10.0, 0.0))
    near, far = them(at=(0.0, 0.0), name="near"), them(at=(60.0, 0.0), name="far")
    fight = arena(caster, friend, near, far, rolls=[1, 1, 1, 1, 10, 10])
    found = [option for option in options(fight, caster) if option.deed is not None]
    both = next(option for option in found if near in option.targets)

    assert set(both.targets) == {near, friend}
    assert any(set(option.targets) == {far} for option in found)
    use(fight, caster, caster.sheet.deeds[0], both.targets)
    assert (near.hit_points, friend.hit_points, far.hit_points) == (6, 6, 10)


def test_a_spell_ends_when_its_caster_loses_concentration() -> None:
    caster, held, striker = us(sheet(HOLD)), them(), them(name="striker", at=(0.0, 5.0))
    fight = arena(caster, held, striker, rolls=[3, 15, 4, 2])
    use(fight, caster, caster.sheet.deeds[0], [held])
    assert held.plight.no_actions
    assert caster.concentrating

    strike(fight, striker, striker.sheet.deeds[0], caster)  # 6 damage; the save shows 2
    assert not caster.concentrating
    assert not held.plight.no_actions


def test_who_is_stunned_lets_go_of_a_spell() -> None:
    caster, held = us(sheet(HOLD)), them()
    fight = arena(caster, held, rolls=[3])
    use(fight, caster, caster.sheet.deeds[0], [held])
    fight.ail(caster, Ailment(Condition.STUNNED))

    assert held.can_act


def test_a_second_spell_of_concentration_ends_the_first() -> None:
    caster, one, other = us(sheet(HOLD)), them(name="one"), them(name="other", at=(0.0, 5.0))
    fight = arena(caster, one, other, rolls=[1, 1])
    for target in (one, other):
        use(fight, caster, caster.sheet.deeds[0], [target])

    assert (one.can_act, other.can_act) == (True, False)


def test_a_condition_is_saved_against_at_the_end_of_each_turn_and_ends_in_time() -> None:
    one = us()
    fight = arena(one, them(), rolls=[9, 10])
    fight.ail(one, Ailment(Condition.FRIGHTENED, 1, 5, Ability.WISDOM, 10))
    end_turn(fight, one)
    assert one.has(Condition.FRIGHTENED)
    end_turn(fight, one)
    assert not one.has(Condition.FRIGHTENED)

    fight.ail(one, Ailment(Condition.BLINDED, 1, 1))
    end_turn(fight, one)
    assert not one.ailments


def test_who_lies_on_the_ground_stands_up_for_half_its_speed() -> None:
    one = us()
    fight = arena(one, them(at=(20.0, 0.0)))
    fight.ail(one, Ailment(Condition.PRONE))
    begin_turn(fight, one)

    assert not one.has(Condition.PRONE)
    assert any(option.place for option in options(fight, one) if option.deed)  # 15 feet lead beside one 20 feet away
    fight.move(fight.fighters[1], (25.0, 0.0))
    assert not any(option.deed for option in options(fight, one))


def test_a_multiattack_goes_on_to_the_next_when_its_target_has_fallen() -> None:
    flurry = action("flurry", kind="multiattack", sequence=["sword", "sword"])
    one = us(sheet(action(), flurry))
    weak, next_ = them(sheet(hit_points=1), name="weak"), them(name="next", at=(0.0, 5.0))
    use(arena(one, weak, next_, rolls=[15, 1, 15, 1]), one, one.sheet.deeds[1], [weak])

    assert weak.dead
    assert next_.hit_points == 7


def test_what_is_used_up_is_no_option_and_a_breath_comes_back_on_its_number() -> None:
    breath = FLAME.model_copy(update={"recharge": 5})
    once = FLAME.model_copy(update={"id": "once", "uses_per_day": 1})
    one, other = us(sheet(breath, once)), them()
    fight = arena(one, other, rolls=[1, 1, 10, 1, 1, 10, 4, 5])
    for deed in one.sheet.deeds:
        use(fight, one, deed, [other])
    other.hit_points = 10

    assert not [option for option in options(fight, one) if option.deed]
    begin_turn(fight, one)
    assert one.uses == [0, 0]
    begin_turn(fight, one)
    assert one.uses == [1, 0]


def test_a_legendary_creature_acts_at_the_end_of_the_turns_of_others_and_no_more_than_it_may() -> None:
    tail = action("tail", legendary_cost=2, damage=[{"dice": "1d4", "type": "slashing"}])
    boss = them(sheet(action(), tail, name="boss"))
    one = us(sheet(hit_points=100))
    fight = arena(one, boss, rolls=[15, 1])
    both = {"us": greedy, "them": greedy}

    between_turns(fight, one, both)
    assert (one.hit_points, boss.legendary_points) == (99, 1)
    between_turns(fight, one, both)  # what it still has does not pay for the tail
    between_turns(fight, boss, both)
    assert one.hit_points == 99
    begin_turn(fight, boss)
    assert boss.legendary_points == 3


def test_a_legendary_creature_resists_by_will_as_often_as_it_may() -> None:
    boss = them(sheet(legendary_resistances=1))
    boss.ready()
    one = us(sheet(HOLD))
    fight = arena(one, boss, rolls=[1, 1])
    use(fight, one, one.sheet.deeds[0], [boss])
    assert boss.can_act
    use(fight, one, one.sheet.deeds[0], [boss])
    assert not boss.can_act


def test_a_hero_falls_where_a_monster_dies_and_healing_brings_the_hero_back() -> None:
    mend = action("mend", kind="heal", heal="1d4", range_ft=30)
    hero, healer = us(sheet(hero=True, hit_points=3)), us(sheet(mend), name="healer", at=(0.0, 5.0))
    foe = them(sheet(hit_points=3))
    fight = arena(hero, healer, foe, rolls=[15, 1, 15, 1, 4])
    strike(fight, foe, foe.sheet.deeds[0], hero)
    strike(fight, healer, sheet().deeds[0], foe)

    assert (hero.dying, hero.dead, foe.dead) == (True, False, True)
    use(fight, healer, healer.sheet.deeds[0], [hero])
    assert (hero.standing, hero.hit_points, hero.has(Condition.PRONE)) == (True, 3, True)
    assert healer.mended == 3


def test_three_failed_death_saves_kill_a_hero_and_a_twenty_wakes_one() -> None:
    def at_nought() -> Fighter:
        hero = us(sheet(hero=True))
        hero.hit_points, hero.standing = 0, False
        return hero

    hero = at_nought()
    fight = arena(hero, them(), rolls=[9, 12, 1])
    for _ in range(3):
        take_turn(fight, hero, greedy)
    assert hero.dead

    hero = at_nought()
    take_turn(arena(hero, them(), rolls=[20]), hero, greedy)
    assert (hero.standing, hero.hit_points) == (True, 1)


def test_so_much_damage_that_it_would_kill_twice_kills_a_hero_at_once() -> None:
    hero = us(sheet(hero=True, hit_points=4))
    arena(hero).hurt(hero, 8)

    assert hero.dead


@pytest.mark.parametrize(("stops", "left"), [(frozenset[DamageType](), 8), (frozenset({DamageType.SLASHING}), 3)])
def test_a_troll_heals_unless_it_is_burnt(stops: frozenset[DamageType], left: int) -> None:
    troll = them(sheet(regeneration=5, regeneration_stops=stops))
    one = us()
    fight = arena(one, troll, rolls=[15, 5])
    strike(fight, one, one.sheet.deeds[0], troll)
    begin_turn(fight, troll)

    assert troll.hit_points == left


def test_a_zombie_may_stay_on_its_feet() -> None:
    zombie = them(sheet(fortitude=True, hit_points=3))
    one = us()
    strike(arena(one, zombie, rolls=[15, 1, 8]), one, one.sheet.deeds[0], zombie)  # 3 damage, DC 8

    assert (zombie.standing, zombie.hit_points) == (True, 1)


def test_a_pack_has_advantage_and_a_bow_in_the_press_has_none() -> None:
    wolf, friend = us(sheet(pack_tactics=True)), us(name="friend", at=(10.0, 0.0))
    target = them()
    strike(arena(wolf, friend, target, rolls=[3, 15, 1]), wolf, wolf.sheet.deeds[0], target)
    assert target.hit_points == 7

    archer, target = us(sheet(BOW)), them()
    strike(arena(archer, target, rolls=[15, 3]), archer, archer.sheet.deeds[0], target)
    assert target.hit_points == 10


def test_who_dodges_is_harder_to_hit_until_its_next_turn() -> None:
    one, other = us(), them()
    fight = arena(one, other, rolls=[15, 3])
    perform(fight, other, Option("dodge"))
    strike(fight, one, one.sheet.deeds[0], other)
    assert other.hit_points == 10
    begin_turn(fight, other)
    assert not other.dodging


def test_who_is_grappled_stays_and_tears_loose_at_the_end_of_a_turn() -> None:
    jaws: Sheet = sheet(action("bite", conditions=["grappled"]))
    crocodile, one = them(jaws), us()
    fight = arena(crocodile, one, rolls=[15, 1, 13])
    strike(fight, crocodile, jaws.deeds[0], one)

    assert not any(option.place for option in options(fight, one))
    end_turn(fight, one)  # DC 13
    assert not one.has(Condition.GRAPPLED)


def test_who_is_held_is_free_when_the_holder_dies() -> None:
    holder, one = them(), us()
    fight = arena(holder, one)
    fight.ail(one, Ailment(Condition.GRAPPLED, holder.index, None, Ability.STRENGTH, 15))
    fight.hurt(holder, 99)

    assert not one.ailments


def test_a_parry_turns_one_hit_away_and_no_second() -> None:
    one, knight = us(), them(sheet(parry=2))
    fight = arena(one, knight, rolls=[8, 8, 1])  # 13 against 12, and 14 with the parry
    for _ in range(2):
        strike(fight, one, one.sheet.deeds[0], knight)

    assert knight.hit_points == 7


def test_a_boar_hits_harder_and_knocks_over_at_the_end_of_a_run() -> None:
    tusks = sheet_of(bestiary()["boar"])
    boar, one = us(tusks, at=(-40.0, 0.0)), them(sheet(hit_points=50), at=(0.0, 0.0))
    fight = arena(boar, one, rolls=[19, 3, 4, 1])
    perform(fight, boar, Option("use", tusks.deeds[0], one, (-5.0, 0.0), (one,)))

    assert one.hit_points == 50 - (3 + 1) - 4
    assert one.has(Condition.PRONE)


def test_an_aura_burns_who_starts_a_turn_in_it() -> None:
    balor = them(sheet_of(bestiary()["balor"]))
    one = us(sheet(hit_points=50))
    begin_turn(arena(one, balor, rolls=[6, 5, 4]), one)

    assert one.hit_points == 35


def test_who_evades_takes_nothing_or_half() -> None:
    caster, quick = us(sheet(FLAME)), them(sheet(evasion=True, hit_points=20))
    fight = arena(caster, quick, rolls=[6, 6, 20, 6, 6, 1])
    use(fight, caster, caster.sheet.deeds[0], [quick])
    assert quick.hit_points == 20
    use(fight, caster, caster.sheet.deeds[0], [quick])
    assert quick.hit_points == 14


def test_a_relentless_creature_stays_on_its_feet_once() -> None:
    boar, one = them(sheet(relentless=7, hit_points=3)), us()
    fight = arena(one, boar, rolls=[15, 4, 15, 1])
    strike(fight, one, one.sheet.deeds[0], boar)
    assert boar.hit_points == 1
    strike(fight, one, one.sheet.deeds[0], boar)
    assert boar.dead


def test_a_golem_is_mended_by_what_it_soaks_up() -> None:
    golem = them(sheet(absorbs=frozenset({DamageType.FIRE}), hit_points=20))
    golem.hit_points = 5
    caster = us(sheet(FLAME))
    use(arena(caster, golem, rolls=[6, 6, 1]), caster, caster.sheet.deeds[0], [golem])

    assert golem.hit_points == 17
