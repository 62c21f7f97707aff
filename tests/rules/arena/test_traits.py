"""What the traits of stat blocks do in a fight, with the figures of SRD 5.1 and dice that fall as told."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import pytest

from rules.arena import (
    FOES,
    PARTY,
    TACTICAL,
    Ailment,
    Arena,
    Fighter,
    Option,
    Sheet,
    greedy,
    legendary_options,
    meet,
    options,
    perform,
    play,
    sheet_of,
)
from rules.arena.aim import aim
from rules.arena.blows import strike
from rules.arena.clash import clash
from rules.arena.ground import provoked
from rules.arena.perform import use, walk
from rules.arena.play import begin_turn, between_turns, take_turn
from rules.dice import Dice
from schemas import Condition, DamageType
from tests.rules.arena.ring import BOW, FLAME, action, arena, sheet, them, us
from tests.rules.situations import bestiary

TOUGH = sheet(hit_points=60, name="tough")


def creature(name: str, at: tuple[float, float] = (5.0, 0.0), called: str = "them") -> Fighter:
    return them(sheet_of(bestiary()[name]), at=at, name=called)


def aims(fight: Arena, fighter: Fighter, target: Fighter, deed: int = 0) -> int:
    return aim(fight, fighter, fighter.sheet.deeds[deed], target)


def test_a_quipper_smells_blood_with_its_teeth() -> None:
    one, fish = us(TOUGH), creature("quipper")
    fight = arena(one, fish)
    assert aims(fight, fish, one) == 0
    one.hit_points -= 1
    assert aims(fight, fish, one) == 1


def test_a_mimic_has_advantage_on_whom_it_holds_and_on_nobody_whom_another_holds() -> None:
    one, mimic, other = us(TOUGH), creature("mimic"), them(name="other", at=(0.0, 5.0))
    fight = arena(one, mimic, other)
    fight.ail(one, Ailment(Condition.GRAPPLED, other.index))
    assert aims(fight, mimic, one) == 0
    fight.ail(one, Ailment(Condition.GRAPPLED, mimic.index))
    assert aims(fight, mimic, one) == 1


def test_an_assassin_has_advantage_on_who_has_not_had_a_turn_and_a_deadly_blow_for_the_surprised() -> None:
    one, assassin = us(TOUGH), creature("assassin")
    fight = arena(one, assassin, rolls=[15, 14, 1, 1, *[6] * 8, *[1] * 7, 20])
    assert aims(fight, assassin, one) == 1
    one.surprised = True
    blow = next(deed for deed in assassin.sheet.deeds if deed.id == "shortsword")
    strike(fight, assassin, blow, one)
    assert one.hit_points == 60 - (1 + 1 + 3) - 8 * 6 - 7 // 2  # 2d6+3 and 8d6 of sneak attack: critical; 7d6 halved

    begin_turn(fight, one)
    assert aims(fight, assassin, one) == 0


@pytest.mark.parametrize(("surprised", "lost"), [(True, 1 + 1 + 2 + 5 + 6), (False, 1 + 1 + 2)])
def test_a_bugbear_hits_the_surprised_harder(surprised: bool, lost: int) -> None:
    one, bugbear = us(TOUGH), creature("bugbear")
    one.surprised = surprised
    strike(arena(one, bugbear, rolls=[15, 1, 1, 5, 6]), bugbear, bugbear.sheet.deeds[0], one)

    assert one.hit_points == 60 - lost


def test_who_is_surprised_loses_a_turn_and_has_no_reaction_before_its_end() -> None:
    fight = meet((sheet(), sheet()), (TOUGH,), Dice.seeded(1), surprised=PARTY)
    one, other, foe = fight.fighters
    assert [each.reaction for each in (one, other, foe)] == [False, False, True]
    here = one.x
    take_turn(fight, one, TACTICAL)
    assert (one.x, one.surprised, one.reaction) == (here, False, True)
    take_turn(fight, one, TACTICAL)
    assert one.x != here
    assert other.surprised


def test_a_surprised_legend_waits_for_its_first_turn() -> None:
    boss = them(sheet(action(), action("tail", legendary_cost=1)))
    one = us(TOUGH)
    fight = arena(one, boss, rolls=[])
    boss.surprised = True
    between_turns(fight, one, {"us": greedy, "them": greedy})

    assert (boss.legendary_points, len(legendary_options(fight, boss))) == (3, 2)


def test_a_berserker_is_reckless_while_it_is_not_badly_hurt() -> None:
    one, berserker = us(sheet(action(), BOW, hit_points=60)), creature("berserker")
    fight = arena(one, berserker)
    begin_turn(fight, berserker)
    assert (aims(fight, berserker, one), aims(fight, one, berserker)) == (1, 1)
    assert aim(fight, berserker, berserker.sheet.deeds[0], one, in_passing=True) == 0

    berserker.hit_points = berserker.most // 2
    begin_turn(fight, berserker)
    assert (aims(fight, berserker, one), aims(fight, one, berserker)) == (0, 0)


def test_a_gnoll_that_has_brought_somebody_down_bites_another_within_half_its_speed() -> None:
    gnoll = creature("gnoll", at=(0.0, 0.0))
    weak, near, far = us(sheet(hit_points=1)), us(TOUGH, name="near", at=(20.0, 0.0)), us(TOUGH, name="far", at=(0, 40))
    weak.x = 5.0
    fight = arena(gnoll, weak, near, far, rolls=[19, 1, 19, 4])

    def spear(_: Arena, __: Fighter, choices: Sequence[Option]) -> Option:
        found = [one for one in choices if one.deed is not None and one.target in (weak, near)]
        wanted = [one for one in found if one.target is weak and one.deed is not None and one.deed.id == "spear"]
        return wanted[0] if wanted else found[0]

    take_turn(fight, gnoll, spear)
    assert weak.dead
    assert (near.hit_points, gnoll.x) == (60 - 4 - 2, 15.0)


def test_a_deep_gnome_resists_magic_with_its_mind_alone() -> None:
    gnome = sheet_of(bestiary()["deep_gnome"])
    fear = action("fear", kind="save", range_ft=60, magical=True, save={"ability": "wisdom", "dc": 15})
    fire = FLAME.model_copy(update={"magical": True})
    caster, target = us(sheet(fear, fire)), them(gnome)
    fight = arena(caster, target, rolls=[1, 19, 1, 1, 19])
    use(fight, caster, caster.sheet.deeds[0], [target])  # two dice for wisdom
    use(fight, caster, caster.sheet.deeds[1], [target])  # damage, and one for dexterity
    with pytest.raises(IndexError):
        fight.dice.die(20)


def test_no_spell_touches_a_rakshasa_and_no_caster_thinks_so() -> None:
    bolt = action("bolt", kind="spell_attack", range_ft=60)
    burn = FLAME.model_copy(update={"magical": True})
    caster, rakshasa = us(sheet(bolt, burn, BOW)), creature("rakshasa")
    fight = arena(caster, rakshasa, rolls=[6, 6])
    for deed in caster.sheet.deeds[:2]:
        use(fight, caster, deed, [rakshasa])
        assert clash(deed, rakshasa.sheet).most == 0

    assert rakshasa.hit_points == rakshasa.most


def test_half_a_swarm_bites_half_as_hard_and_is_never_healed() -> None:
    one, rats = us(TOUGH), creature("swarm_of_rats")
    fight = arena(one, rats, rolls=[19, 6, 6, 19, 6])
    strike(fight, rats, rats.sheet.deeds[0], one)
    assert one.hit_points == 48
    fight.hurt(rats, 12)
    strike(fight, rats, rats.sheet.deeds[0], one)
    assert one.hit_points == 42
    fight.mend(rats, 10)
    assert rats.hit_points == 12


def test_a_blade_cuts_a_pudding_in_two_until_it_is_small() -> None:
    one, pudding = us(TOUGH, at=(-5.0, 0.0)), creature("black_pudding", at=(0.0, 0.0))
    fight = arena(one, pudding, rolls=[19, 1] * 4 + [19, 1])
    whole = pudding.hit_points
    strike(fight, one, one.sheet.deeds[0], pudding)  # slashing: it is immune, and splits
    other = fight.fighters[2]
    assert (pudding.hit_points, other.hit_points, other.standing) == (whole // 2, whole // 2, True)
    assert (fight.gaps[0][2], fight.gaps[2][0]) == (fight.gap_from((one.x or 0, one.y), other),) * 2
    assert other in fight.foes(one)

    strike(fight, one, one.sheet.deeds[0], pudding)  # its reaction is spent
    assert len(fight.fighters) == 3
    for _ in range(3):
        begin_turn(fight, pudding)
        strike(fight, one, one.sheet.deeds[0], pudding)
    assert len(fight.fighters) == 4  # large, medium, small


def test_what_was_cut_off_takes_its_turns_and_the_fight_ends_when_all_parts_are_dead() -> None:
    jelly = sheet_of(bestiary()["ochre_jelly"])
    heroes = (
        sheet(hit_points=200, name="a"),
        sheet(hit_points=200, name="b"),
        sheet(action("mace", damage=[{"dice": "4d6", "type": "force"}]), hit_points=200, name="c"),
    )
    fight = meet(heroes, (jelly,), Dice.seeded(3))
    outcome = play(fight, greedy, most_rounds=60)

    assert outcome.sizes[FOES] > 1
    assert all(one.acted for one in fight.fighters)
    assert outcome.winner == PARTY
    assert outcome.dead[FOES] == outcome.sizes[FOES]


def test_a_magmin_bursts_over_friend_and_foe_as_it_dies() -> None:
    one, magmin, friend = (
        us(TOUGH, at=(0.0, 0.0)),
        creature("magmin"),
        them(sheet(hit_points=30), name="friend", at=(15, 0)),
    )
    far = us(TOUGH, name="far", at=(-40.0, 0.0))
    fight = arena(one, magmin, friend, far, rolls=[19, 6, 5, 4, 3, 20])
    magmin.hit_points = 1
    strike(fight, one, one.sheet.deeds[0], magmin)

    assert magmin.dead
    assert (one.hit_points, friend.hit_points, far.hit_points) == (60 - 9, 30 - 4, 60)


def test_mephits_set_each_other_off_and_a_burst_may_blind() -> None:
    one = us(TOUGH)
    mephits = [creature("dust_mephit", at=(5.0, 5.0 * number), called=f"m{number}") for number in range(2)]
    fight = arena(one, *mephits, rolls=[19, 6, 1, 20])
    mephits[0].hit_points = 1
    strike(fight, one, one.sheet.deeds[0], mephits[0])

    assert one.has(Condition.BLINDED)


def test_a_rug_passes_half_of_its_wounds_to_whom_it_smothers() -> None:
    one, held, rug = us(TOUGH), us(TOUGH, name="held", at=(5.0, 5.0)), creature("rug_of_smothering")
    fight = arena(one, held, rug, rolls=[19, 5, 19, 5])
    strike(fight, one, one.sheet.deeds[0], rug)
    assert rug.hit_points == 33 - 7
    fight.ail(held, Ailment(Condition.GRAPPLED, rug.index))
    strike(fight, one, one.sheet.deeds[0], rug)
    assert (rug.hit_points, held.hit_points) == (33 - 7 - 4, 60 - 3)


def test_a_goblin_slips_away_once_a_turn_and_an_orc_does_not() -> None:
    one, goblin = us(TOUGH), creature("goblin")
    fight = arena(one, goblin, rolls=[])
    assert not provoked(fight, goblin, (40.0, 0.0))
    assert walk(fight, goblin, (35.0, 0.0))
    assert (goblin.bonus, one.reaction) == (False, True)
    begin_turn(fight, goblin)
    assert goblin.bonus

    orc = creature("orc")
    assert provoked(arena(us(TOUGH), orc), orc, (40.0, 0.0))


def test_an_orc_charges_twice_its_speed_at_an_enemy_for_its_bonus_action_and_flees_at_its_own() -> None:
    orc, one = creature("orc", at=(60.0, 0.0)), us(TOUGH, at=(0.0, 0.0))
    fight = arena(orc, one, rolls=[2])
    axe = [found for found in options(fight, orc) if found.deed is not None and found.deed.id == "greataxe"]
    assert [found.place for found in axe] == [(5.0, 0.0)]
    perform(fight, orc, axe[0])
    assert not orc.bonus
    assert all(
        found.deed is None or found.place is None or abs(found.place[0] - 5) <= 30 for found in options(fight, orc)
    )

    orc = creature("orc", at=(60.0, 0.0))
    orc.bonus = False
    assert not any(found.deed is not None and found.deed.id == "greataxe" for found in options(arena(orc, one), orc))


def test_a_marilith_has_a_reaction_in_the_turn_of_everybody() -> None:
    marilith, one = creature("marilith"), us(TOUGH)
    fight = arena(one, marilith)
    marilith.reaction = False
    begin_turn(fight, one)
    assert marilith.reaction


def test_what_thins_and_splits_travels_between_processes() -> None:
    rats: Sheet = pickle.loads(pickle.dumps(sheet_of(bestiary()["swarm_of_rats"])))  # noqa: S301  # our own
    assert rats.thinned is not None
    assert rats.deeds[0].action.damage[0].dice == "2d6"
    assert rats.thinned.deeds[0].action.damage[0].dice == "1d6"
    assert rats.weathers(DamageType.SLASHING, magical=False) == (False, True, False)
