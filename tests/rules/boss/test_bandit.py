"""What a boss learns from its fights, and how it unlearns."""

from __future__ import annotations

import pytest

from rules import load_stances
from rules.boss import Bandit, Plan, Repertoire, features, learned
from rules.boss.lessons import lesson_of, reward
from rules.dice import Dice
from schemas import Experience, Lesson, PlayerModel, WorldTime
from tests.rules.boss.test_habits import ARCHERY
from tests.rules.boss.test_plans import ALL
from tests.rules.situations import CONFIG

BOOK = load_stances(CONFIG / "tactics.toml")
PLANS = Repertoire(BOOK, ALL).plans()
USUAL = features(PlayerModel())
GOOD: Plan = ("give_ground", "hold_the_line", "call_shooters")
OTHER: Plan = ("press", "spread_out", "call_many")


def fought(plan: Plan, gained: float, number: int = 0) -> Lesson:
    stances = dict.fromkeys(plan, 1.0)
    return Lesson(stances=stances, features=USUAL, fight=f"f{number}", over=True, won=gained > 0, reward=gained)


def chosen(lessons: list[Lesson], plans: list[Plan], *, times: int = 60) -> dict[Plan, int]:
    bandit = Bandit(BOOK, lessons)
    drawn = [bandit.choose(plans, USUAL, Dice.seeded(seed)) for seed in range(times)]
    return {plan: drawn.count(plan) for plan in plans}


def test_a_plan_that_wins_is_chosen_again_and_one_that_loses_is_not() -> None:
    drawn = chosen([fought(GOOD, 0.8), fought(OTHER, -0.8)], [GOOD, OTHER])

    assert drawn[GOOD] > 55


def test_a_boss_that_has_never_fought_tries_many_plans() -> None:
    drawn = chosen([], PLANS, times=100)

    assert sum(number > 0 for number in drawn.values()) > 30


def test_what_was_learned_long_ago_gives_way_to_what_happens_now() -> None:
    lessons = [fought(GOOD, 0.8, number) for number in range(10)] + [fought(GOOD, -0.8, number) for number in range(4)]
    lessons += [fought(OTHER, 0.8)]

    assert chosen(lessons, [GOOD, OTHER])[OTHER] > 50
    remembering = Bandit(BOOK, lessons, discount=1.0)
    assert remembering.expected(GOOD, USUAL) > Bandit(BOOK, lessons).expected(GOOD, USUAL)


def test_a_plan_that_was_never_tried_is_judged_by_its_parts() -> None:
    bandit = Bandit(BOOK, [fought(GOOD, 0.9)] * 4)

    assert bandit.expected(GOOD, USUAL) > bandit.expected(GOOD[1:], USUAL) > bandit.expected((), USUAL)


def test_what_the_book_says_of_players_counts_before_anything_was_tried() -> None:
    archers = features(ARCHERY)
    bandit = Bandit(BOOK)

    assert bandit.expected(("ambush",), archers) > bandit.expected(("ambush",), USUAL)
    assert bandit.expected(("ambush",), archers) > bandit.expected(("keep_away",), archers)


def test_the_same_dice_draw_the_same_plan_and_no_plan_is_an_error() -> None:
    one, other = (Bandit(BOOK, [fought(GOOD, 0.2)]).choose(PLANS, USUAL, Dice.seeded(3)) for _ in range(2))

    assert one == other
    with pytest.raises(ValueError, match="no plan"):
        Bandit(BOOK).choose([], USUAL, Dice.seeded(1))


def test_a_stance_that_left_the_book_does_no_harm() -> None:
    lesson = fought(("charge_of_old",), 0.5)

    assert Bandit(BOOK, [lesson]).choose(PLANS, USUAL, Dice.seeded(1)) in PLANS
    assert Bandit({}, [lesson]).choose([()], USUAL, Dice.seeded(1)) == ()


def test_stretches_of_a_fight_become_one_lesson_by_rounds() -> None:
    study = learned(
        [
            Lesson(fight="f", stances={"press": 1.0, "ambush": 1.0}, features={"afar": 0.5}),
            Lesson(fight="f", stances={"stand_fast": 1.0, "ambush": 1.0}, features={"afar": 0.1}, rounds=3),
            Lesson(fight="f", over=True, won=True, reward=0.7, rounds=1, seen=ARCHERY),
        ]
    )

    (lesson,) = study.lessons
    assert lesson.stances == {"press": 0.75, "ambush": 1.0, "stand_fast": 0.25}
    assert (lesson.features, lesson.rounds, lesson.reward) == ({"afar": 0.5}, 4, 0.7)
    assert study.stretches == ()
    assert study.player.ranges.favourite == "far"


def test_a_fight_of_which_no_end_was_told_teaches_of_the_players_only() -> None:
    study = learned([Lesson(fight="f", stances={"press": 1.0}, seen=ARCHERY), Lesson(fight="g")])

    assert study.lessons == ()
    assert [one.fight for one in study.stretches] == ["g"]
    assert study.player != PlayerModel()


def test_an_experience_that_is_no_lesson_is_passed_over() -> None:
    told = Experience(
        id="x", character="vexal", kind="tactics", choice="", outcome="", reward=0.0, at=WorldTime(), situation={"a": 1}
    )

    assert lesson_of(told) is None
    assert lesson_of(told.model_copy(update={"kind": "combat"})) is None


def test_a_reward_is_a_quarter_victory_and_the_rest_what_is_left() -> None:
    assert reward(1.0, 0.0, won=True) == 1.0
    assert reward(0.0, 1.0, won=False) == -1.0
    assert reward(0.2, 0.0, won=True) == 0.4
