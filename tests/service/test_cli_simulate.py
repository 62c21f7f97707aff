"""`loomwright simulate fight`: what it prints, and that it prints the same however many processes play."""

from __future__ import annotations

import pytest

from service.cli_simulate import MOST_FOES
from tests.support.command_line import Loomwright

FIGURES = ("win_rate", "tpk_rate", "rounds", "damage_dealt", "damage_taken", "losses")


def test_a_table_tells_how_the_fight_is_likely_to_go(loomwright: Loomwright) -> None:
    ran = loomwright("simulate", "fight", "archers", "goblin:3", "--runs", "20", "--jobs", "1", "--level", "1")

    assert ran.code == 0
    assert "the party wins" in ran.out
    assert "95% interval" in ran.out
    assert "20 fights: archers, level 1, tactical, against goblin:3, tactical; seed 7" in ran.out


def test_the_same_seed_is_the_same_table_in_one_process_and_in_two(loomwright: Loomwright) -> None:
    asked = ("simulate", "fight", "rush", "orc:4", "-n", "40", "--level", "2", "--enemy-policy", "greedy", "--json")
    alone, together = loomwright(*asked, "--jobs", "1"), loomwright(*asked, "--jobs", "2")

    assert alone.lines == together.lines
    (line,) = alone.lines
    for name in FIGURES:
        assert line[name]["low"] <= line[name]["value"] <= line[name]["high"]
    assert loomwright(*asked, "--jobs", "1", "--seed", "8").lines != alone.lines


def test_an_ambush_costs_more_than_a_fight_that_was_expected(loomwright: Loomwright) -> None:
    asked = ("simulate", "fight", "tank_and_healer", "bugbear:4", "-n", "40", "--level", "2", "--jobs", "1", "--json")
    (expected,), (ambushed,) = loomwright(*asked).lines, loomwright(*asked, "--surprised", "party").lines

    assert ambushed["surprised"] == "party"
    assert ambushed["win_rate"]["value"] < expected["win_rate"]["value"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("archer", "goblin"), "Did you mean 'archers'?"),
        (("archers", "gobblin:4"), "Did you mean 'goblin'?"),
        (("archers", "goblin:0"), f"1 to {MOST_FOES}"),
        (("archers", "goblin:-2"), f"1 to {MOST_FOES}"),
        (("archers", "goblin:40,orc:40"), "these are 80"),
        (("archers", " , "), "Write it like"),
    ],
)
def test_what_cannot_be_fought_is_told_without_a_traceback(
    loomwright: Loomwright,
    arguments: tuple[str, str],
    told: str,
) -> None:
    ran = loomwright("simulate", "fight", *arguments)

    assert ran.code == 2
    assert told in ran.err
