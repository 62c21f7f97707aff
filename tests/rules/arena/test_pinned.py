"""Fights are the same from one version to the next: the same seed plays them blow by blow, whatever is made faster.

A rule that is mended changes some of them: then the new figures belong here, and a line in the changelog.
"""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings

from rules import Dice
from rules.arena import FOES, PARTY, POLICIES, Arena, Fighter, greedy, meet, options, play, sheet_of
from rules.arena.options import WAIT, Option, bonus_options
from rules.parties import load_parties, party_sheets
from tests.rules.arena.ring import arenas
from tests.rules.situations import CONFIG, bestiary

PINNED = {
    ("tank_and_healer", 1, "goblin:6", "greedy/greedy"): "6e0a4cd2dcb1",
    ("tank_and_healer", 5, "bugbear:6", "tactical/tactical"): "67b468704657",
    ("archers", 3, "orc:2,wolf:3", "tactical/greedy"): "70bb271124ee",
    ("casters", 5, "troll:2,ogre:1", "tactical/greedy"): "f8317b0c6102",
    ("casters", 9, "knight:2,mage:1", "greedy/tactical"): "b2c1696a4aef",
    ("rush", 8, "young_red_dragon:1", "greedy/greedy"): "3c599003ade3",
    ("rush", 11, "vampire:1,wight:3", "tactical/random"): "c2f7caedc886",
    ("archers", 15, "adult_red_dragon:1", "greedy/tactical"): "babeda17de6c",
    ("tank_and_healer", 4, "wight:1,constrictor_snake:3", "greedy/greedy"): "fc4c213f9d7e",
    ("tank_and_healer", 7, "knight:1,guard:2,priest:3", "greedy/greedy"): "7f9b705ebbc7",
    ("archers", 6, "gelatinous_cube:2,ghast:1", "random/greedy"): "d40739b97a95",
    ("casters", 12, "lich:1,zombie:6", "greedy/greedy"): "08a960750ddc",
    ("rush", 3, "boar:2,kobold:6", "random/random"): "db54868a02a6",
}


def digest(party: str, level: int, foes: dict[str, int], by: str) -> str:
    """What became of everybody in a few fights, in short."""
    heroes = party_sheets(load_parties(CONFIG / "parties")[party], level)
    met = [one for name, count in foes.items() for one in [sheet_of(bestiary()[name])] * count]
    ours, theirs = by.split("/")
    seen = list[object]()
    for number in range(4):
        fight = meet(heroes, met, Dice.seeded(number, "pinned"))
        outcome = play(fight, {PARTY: POLICIES[ours], FOES: POLICIES[theirs]})
        seen.append((outcome.winner, outcome.rounds, sorted(outcome.damage.items())))
        seen += [(one.id, one.hit_points, one.x, one.y, one.mended, one.dead, one.fled) for one in fight.fighters]
        seen.append(fight.dice.die(1_000_000))
    return sha256(repr(seen).encode()).hexdigest()[:12]


@pytest.mark.parametrize("case", PINNED, ids=str)
def test_the_same_seed_is_the_same_fight_in_every_version(case: tuple[str, int, str, str]) -> None:
    party, level, foes, by = case
    counted = {name: int(count) for name, _, count in (one.partition(":") for one in foes.split(","))}

    assert digest(party, level, counted, by) == PINNED[case]


def said(option: Option) -> tuple[object, ...]:
    """An option by what it says."""
    return option.kind, option.deed, option.target, option.place, option.targets


def as_listed(fight: Arena, fighter: Fighter) -> tuple[Option, Option]:
    """What the greedy policy chooses when all options are laid before it."""
    bonus = bonus_options(fight, fighter)
    return greedy(fight, fighter, options(fight, fighter)), greedy(fight, fighter, bonus) if len(bonus) > 1 else WAIT


@given(fight=arenas())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_quick_way_of_the_greedy_policy_is_its_own_choice_by_the_same_dice(fight: Arena) -> None:
    for fighter in fight.fighters:
        fight.dice = Dice.seeded(3)
        slow, after = as_listed(fight, fighter), fight.dice.die(1_000_000)
        fight.dice = Dice.seeded(3)
        quick = greedy.turn(fight, fighter), greedy.bonus(fight, fighter)

        assert [said(one) for one in quick] == [said(one) for one in slow]
        assert fight.dice.die(1_000_000) == after
