"""Whole fights: what must hold of every one, and who wins."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings

from rules import Dice
from rules.arena import (
    FOES,
    PARTY,
    POLICIES,
    TACTICAL,
    Arena,
    Fighter,
    Fights,
    Meeting,
    Option,
    Sheet,
    bonus_options,
    greedy,
    legendary_options,
    meet,
    odds,
    options,
    perform,
    play,
    random_policy,
    regret,
    sheet_of,
    summed_up,
)
from rules.arena.ground import speed_of
from rules.parties import load_parties, party_sheets
from tests.rules.arena.ring import arena, arenas, sheet, them, us
from tests.rules.situations import CONFIG, bestiary

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
thorough = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
HEROES = {name: party_sheets(party, 3) for name, party in load_parties(CONFIG / "parties").items()}


def foes(**counts: int) -> tuple[Sheet, ...]:
    return tuple(one for name, count in counts.items() for one in [sheet_of(bestiary()[name])] * count)


@given(fight=arenas())
@thorough
def test_whatever_happens_there_is_a_legal_option_and_it_can_be_carried_out(fight: Arena) -> None:
    for fighter in list(fight.fighters):
        for name, policy in POLICIES.items():
            choices = options(fight, fighter)
            assert choices
            for option in choices:
                if option.place is not None and fighter.x is not None:
                    steps = max(abs(option.place[0] - fighter.x), abs(option.place[1] - fighter.y))
                    assert steps <= 2 * speed_of(fighter)
                    assert option.place not in fight.squares
                if option.deed is not None and option.target is not None:
                    gap = fight.gaps[fighter.index][option.target.index]
                    gap = gap if option.place is None else fight.gap_from(option.place, option.target)
                    assert gap <= option.deed.furthest_ft + (option.deed.area.size_ft if option.deed.area else 0), name
            perform(fight, fighter, policy(fight, fighter, choices))
        for choices in (bonus_options(fight, fighter), legendary_options(fight, fighter)):
            if choices:
                perform(fight, fighter, TACTICAL(fight, fighter, choices))
    for one in fight.fighters:
        assert 0 <= one.hit_points <= one.most
        assert not (one.standing and one.hit_points == 0)


@given(fight=arenas())
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_every_fight_comes_to_an_end(fight: Arena) -> None:
    outcome = play(fight, TACTICAL, most_rounds=12)

    assert outcome.rounds <= 12
    if outcome.winner is not None:
        assert any(one.standing for one in fight.fighters if one.side == outcome.winner)


@given(fight=arenas())
@thorough
def test_nothing_is_better_than_the_best_option(fight: Arena) -> None:
    for fighter in fight.fighters:
        if not fighter.standing:
            continue
        found = [regret(fight, fighter, option) for option in options(fight, fighter)]
        assert all(one.points >= 0 and 0 <= one.share <= 1 for one in found)
        assert min(one.points for one in found) == 0


def test_the_same_seed_is_the_same_fight_in_however_many_parts() -> None:
    fights = Fights(Meeting(HEROES["archers"], foes(orc=2, wolf=2)), seed=3)

    assert fights(range(6)) == [*fights(range(2)), *fights(range(2, 6))]
    assert len(set(fights(range(6)))) > 1
    assert summed_up(fights(range(6))) == odds(fights.factory, 6, 3)


def test_foresight_beats_damage_and_damage_beats_chance() -> None:
    wins = dict[str, int]()
    for name, policy in POLICIES.items():
        meetings = [Meeting(heroes, foes(ogre=2, orc=2)) for heroes in HEROES.values()]
        wins[name] = sum(
            one.won for meeting in meetings for one in Fights(meeting, 5, {PARTY: policy, FOES: greedy})(range(10))
        )

    assert wins["tactical"] > wins["greedy"] > wins["random"]


def test_nobody_at_all_one_side_alone_and_twenty_fighters() -> None:
    assert play(arena(), TACTICAL).winner is None
    assert play(arena(us()), TACTICAL).winner == "us"
    empty = odds(Meeting((), foes(goblin=2)), 2, 1)
    assert (empty.win_rate.value, empty.tpk_rate.value, empty.rounds.value) == (0, 0, 0)

    crowd = play(meet(foes(orc=10), foes(goblin=10), Dice.seeded(1)), TACTICAL)
    assert crowd.winner in (PARTY, FOES)
    assert sum(crowd.sizes.values()) == 20


def test_when_everyone_is_dead_nobody_wins() -> None:
    one, other = us(), them()
    fight = arena(one, other)
    for fighter in (one, other):
        fight.hurt(fighter, 99)
    outcome = play(fight, TACTICAL)

    assert (outcome.winner, outcome.rounds) == (None, 0)
    assert outcome.wiped_out("us")


def test_heroes_who_lie_at_nought_when_all_is_lost_are_wiped_out_and_those_who_ran_are_not() -> None:
    hero, runner = us(sheet(hero=True)), us(name="runner", at=(0.0, 5.0))
    fight = arena(hero, runner, them())
    fight.hurt(hero, 10)
    fight.flee(runner)
    outcome = play(fight, TACTICAL)

    assert (outcome.winner, outcome.losses["us"], outcome.dead["us"]) == ("them", 2, 1)
    assert not outcome.wiped_out("us")


def test_a_dragon_plays_against_twelve_and_acts_between_their_turns() -> None:
    dragon = Fighter.fresh("dragon", "foes", sheet_of(bestiary()["adult_red_dragon"]), (0.0, 0.0))
    knights = [
        Fighter.fresh(f"knight-{n}", "party", sheet_of(bestiary()["knight"]), (40.0, n * 5.0)) for n in range(12)
    ]
    used = set[str]()

    def watched(fight: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        option = TACTICAL(fight, fighter, choices)
        if option.deed is not None:
            used.add(option.deed.id)
        return option

    outcome = play(Arena([dragon, *knights], Dice.seeded(4)), {"foes": watched, "party": random_policy})

    assert outcome.damage["dragon"] > 0
    assert used & {"wing_attack", "tail_attack"}
    assert "fire_breath" in used


def test_odds_have_intervals_that_hold_their_value() -> None:
    found = odds(Meeting(HEROES["rush"], foes(orc=3)), 20, 1)

    damage = (found.damage_taken, found.damage_dealt)
    for estimate in (found.win_rate, found.tpk_rate, found.rounds, found.losses, *damage):
        assert estimate.low <= estimate.value <= estimate.high
