"""What a fighter chooses, and what its choices are judged to be worth."""

from __future__ import annotations

import pytest

from rules.arena import (
    POLICIES,
    ROLES,
    TACTICAL,
    Ailment,
    Arena,
    Fighter,
    Option,
    Order,
    bonus_options,
    legendary_options,
    options,
    regret,
    sheet_of,
    tactical,
    weights_of,
)
from schemas import Area, Condition, Traits
from tests.rules.arena.ring import BOW, FLAME, action, arena, sheet, them, us
from tests.rules.situations import bestiary

MEND = action("mend", kind="heal", heal="2d8", range_ft=60)
WORD = action("word", kind="heal", heal="1d4", range_ft=60, bonus=True, uses_per_day=1)
STRONG = action("axe", damage=[{"dice": "3d6+4", "type": "slashing"}])


def chosen(fight: Arena, fighter: Fighter) -> Option:
    return TACTICAL(fight, fighter, options(fight, fighter))


def weighed(fight: Arena, fighter: Fighter) -> list[tuple[Option, float]]:
    choices = options(fight, fighter)
    return list(zip(choices, TACTICAL.worths(fight, fighter, choices), strict=True))


def target_of(option: Option) -> str:
    assert option.target is not None
    return option.target.id


def test_the_wounded_enemy_is_finished_and_of_two_sound_ones_the_dangerous_is_struck() -> None:
    weak, brute = them(name="weak"), them(sheet(STRONG), name="brute", at=(0.0, 5.0))
    one = us()
    assert target_of(chosen(arena(one, weak, brute), one)) == "brute"

    weak, brute = them(name="weak"), them(name="other", at=(0.0, 5.0))
    weak.hit_points = 2
    one = us()
    assert target_of(chosen(arena(one, weak, brute), one)) == "weak"


def test_an_archer_steps_back_before_it_shoots() -> None:
    archer, foe = us(sheet(action(), BOW)), them()
    archer.sheet.by_hand = False
    fight = arena(archer, foe)
    foe.reaction = False
    option = chosen(fight, archer)

    assert option.deed is not None
    assert option.deed.id == "bow"
    assert option.place is not None


def test_nobody_burns_two_friends_to_singe_one_enemy() -> None:
    ball = FLAME.model_copy(update={"id": "ball", "area": Area(shape="sphere", size_ft=20)})
    caster = us(sheet(ball, BOW), at=(-60.0, 0.0))
    friends = [us(name="one", at=(0.0, 0.0)), us(name="two", at=(0.0, 5.0))]
    fight = arena(caster, *friends, them(at=(5.0, 5.0)))
    option = chosen(fight, caster)

    assert option.deed is not None
    assert option.deed.id == "bow"


def test_who_lies_at_nought_is_helped_before_anyone_is_struck() -> None:
    healer, fallen = us(sheet(action(), MEND)), us(sheet(STRONG, hero=True), name="fallen", at=(0.0, 5.0))
    fight = arena(healer, fallen, them(sheet(hit_points=40)))
    fight.hurt(fallen, 10)

    assert target_of(chosen(fight, healer)) == "fallen"


def test_a_bonus_action_goes_with_an_action_and_is_let_go_when_nobody_needs_it() -> None:
    healer, foe = us(sheet(action(), WORD)), them()
    fight = arena(healer, foe)
    assert [option.kind for option in bonus_options(fight, healer)] == ["wait"]
    healer.hit_points = 2
    found = TACTICAL(fight, healer, bonus_options(fight, healer))
    assert found.deed is not None
    assert not any(option.deed is found.deed for option in options(fight, healer))


def test_a_wolf_that_is_badly_hurt_runs_and_a_zombie_never_does() -> None:
    for name, kind in (("wolf", "flee"), ("zombie", "use")):
        creature = them(sheet_of(bestiary()[name]))
        creature.hit_points = 2
        assert chosen(arena(us(sheet(hit_points=60)), creature), creature).kind == kind


@pytest.mark.parametrize(
    ("order", "kind", "target"),
    [
        (Order("focus", "far"), "use", "far"),
        (Order("protect", "ward"), "use", "near"),
        (Order("retreat"), "flee", None),
    ],
)
def test_a_group_does_as_it_is_told(order: Order, kind: str, target: str | None) -> None:
    one, ward = us(sheet(BOW, action(), hit_points=40)), us(name="ward", at=(0.0, 20.0))
    one.hit_points = 15
    near, far = them(sheet(hit_points=20), name="near", at=(5.0, 20.0)), them(name="far", at=(60.0, 0.0))
    far.sheet.hit_points = far.hit_points = far.most = 20
    fight = arena(one, ward, near, far, orders={"us": order})
    option = chosen(fight, one)

    assert option.kind == kind
    assert target is None or target_of(option) == target


def test_a_side_strikes_at_whom_it_has_hurt_already_though_nobody_can_be_felled_now() -> None:
    for place in ((5.0, 0.0), (0.0, 5.0)):
        sound, hurt = them(sheet(hit_points=40), name="sound"), them(sheet(hit_points=40), name="hurt", at=place)
        sound.x, sound.y = (0.0, 5.0) if place == (5.0, 0.0) else (5.0, 0.0)
        hurt.hit_points = 20  # a critical hit deals 14
        one = us()
        fight = arena(one, sound, hurt)
        worths = {target_of(option): worth for option, worth in weighed(fight, one) if option.deed is not None}

        assert worths["hurt"] > worths["sound"] + 0.1
        assert target_of(chosen(fight, one)) == "hurt"


def test_an_order_to_strike_at_one_outweighs_a_better_target() -> None:
    def struck(order: Order | None) -> str:
        hurt, sound = them(sheet(hit_points=40), name="hurt"), them(sheet(hit_points=40), name="sound", at=(0.0, 5.0))
        hurt.hit_points = 20
        one = us()
        return target_of(chosen(arena(one, hurt, sound, orders={} if order is None else {"us": order}), one))

    assert (struck(None), struck(Order("focus", "sound"))) == ("hurt", "sound")


@pytest.mark.parametrize("to", [{"guard"}, {"us"}, {"melee"}])
def test_an_order_may_be_for_some_of_a_side_by_name_by_kind_or_by_how_they_fight(to: set[str]) -> None:
    for orders in (
        Order("hold", to=frozenset(to)),
        [Order("retreat", to=frozenset({"nobody"})), Order("hold", to=frozenset(to))],
    ):
        guard, scout = us(sheet(name="guard")), us(sheet(name="scout"), name="scout", at=(0.0, 5.0))
        scout.sheet.by_hand = False
        fight = arena(guard, scout, them(at=(20.0, 0.0)), orders={"us": orders})

        assert chosen(fight, guard).place is None
        assert chosen(fight, scout).place is not None


def test_who_is_to_hold_stays() -> None:
    one, foe = us(), them(at=(20.0, 0.0))
    assert chosen(arena(one, foe), one).place is not None
    assert chosen(arena(one, foe, orders={"us": Order("hold")}), one).place is None


def test_to_do_nothing_is_regretted_and_the_best_is_not() -> None:
    one, foe = us(), them()
    fight = arena(one, foe)
    best = chosen(fight, one)

    assert regret(fight, one, best).points == 0
    idle = regret(fight, one, Option("dodge"))
    assert idle.points > 1
    assert idle.share > 0.9
    assert idle.best.target is foe


def test_tempers_and_roles_differ_in_what_they_care_about() -> None:
    fierce, meek = Traits(agreeableness=0.0, neuroticism=0.0), Traits(agreeableness=1.0, neuroticism=1.0)

    assert weights_of(fierce).kill > weights_of(meek).kill
    assert weights_of(fierce).safety < weights_of(meek).safety
    assert (weights_of(meek).runs, weights_of(fierce).runs) == (True, False)
    assert ROLES["support"].healing > ROLES["tactical"].healing
    assert weights_of(fierce, "no_such_role").damage == ROLES["tactical"].damage


def test_a_coward_by_temper_runs_where_others_stand() -> None:
    one, foe = us(sheet(hit_points=40)), them()
    one.hit_points = 5
    fight = arena(one, foe)
    meek = tactical(weights_of(Traits(neuroticism=1.0)))

    assert meek(fight, one, options(fight, one)).kind == "flee"
    assert chosen(fight, one).kind != "flee"


def test_between_turns_a_legend_strikes_or_waits() -> None:
    tail = action("tail", legendary_cost=1)
    boss, one = them(sheet(action(), tail)), us(at=(40.0, 0.0))
    fight = arena(boss, one)
    assert [option.kind for option in legendary_options(fight, boss)] == ["wait"]
    fight.move(one, (0.0, 0.0))
    found = TACTICAL(fight, boss, legendary_options(fight, boss))
    assert found.target is one


def test_who_is_charmed_afraid_or_cannot_see_does_what_is_left() -> None:
    one, charmer = us(sheet(BOW)), them(at=(40.0, 0.0))
    fight = arena(one, charmer)
    fight.ail(one, Ailment(Condition.CHARMED, charmer.index))
    assert not any(option.deed for option in options(fight, one))

    one, feared = us(), them(at=(20.0, 0.0))
    fight = arena(one, feared)
    fight.ail(one, Ailment(Condition.FRIGHTENED, feared.index))
    for option in options(fight, one):
        assert option.place is None or fight.gap_from(option.place, feared) >= 20

    one, ghost = us(), them()
    fight = arena(one, ghost)
    fight.ail(ghost, Ailment(Condition.INVISIBLE))
    assert not any(option.deed for option in options(fight, one))


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_takes_one_of_the_choices(name: str) -> None:
    one = us(sheet(action(), BOW, MEND))
    fight = arena(one, them(), them(name="far", at=(60.0, 0.0)))
    choices = options(fight, one)

    assert POLICIES[name](fight, one, choices) in choices
