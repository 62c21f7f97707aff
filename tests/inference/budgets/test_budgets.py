"""Budgets count exactly: what may go to a model, what has gone, and when somebody is told."""

from __future__ import annotations

from random import Random

from inference import BEHIND_PLAY, Budgets
from inference.budgets.budgets import DAY
from schemas import Account, BudgetAlert, BudgetSettings, Rank, Spending

TODAY = 20_000


class Wall:
    """A clock on the wall that a test turns."""

    def __init__(self) -> None:
        self.seconds = float(TODAY * DAY)

    def __call__(self) -> float:
        return self.seconds


def of(world: str = "morning_star", kind: str = "dialogue", rank: str = Rank.COMMON, game_day: int = 3) -> Account:
    return Account(world, kind, rank, game_day)


def budgets(*settings: BudgetSettings, always: tuple[str, ...] = (), wall: Wall | None = None) -> Budgets:
    return Budgets(settings, always=always, now=wall or Wall())


def made(counted: Budgets, account: Account, *, drawn: bool = True) -> bool:
    """A decision, and whether a model made it."""
    counted.begin(account)
    return drawn and counted.take(account)


def test_of_the_first_n_decisions_never_more_than_the_share_go_to_a_model() -> None:
    counted, dice = budgets(BudgetSettings(name="five_percent", share=0.05)), Random(1)
    by_model = 0
    for n in range(1, 2_001):
        by_model += made(counted, of(), drawn=dice.random() < 0.05)
        assert by_model <= -(-n * 5 // 100), n
    assert by_model > 60, "what is drawn goes to the model as long as there is room"


def test_a_share_is_counted_without_the_rounding_of_floats() -> None:
    counted = budgets(BudgetSettings(name="some", share=0.1))
    assert sum(made(counted, of()) for _ in range(30)) == 3


def test_a_budget_covers_the_worlds_kinds_and_ranks_that_it_names() -> None:
    counted = budgets(
        BudgetSettings(name="crowds", worlds=("here",), kinds=("combat",), ranks=(Rank.CROWD,), decisions=1)
    )
    covered = of("here", "combat", Rank.CROWD)
    assert made(counted, covered)
    assert not made(counted, covered)
    for other in (
        of("there", "combat", Rank.CROWD),
        of("here", "dialogue", Rank.CROWD),
        of("here", "combat", Rank.BOSS),
    ):
        assert made(counted, other)
    assert counted.share(covered) == 1.0


def test_the_least_of_the_shares_that_cover_a_decision_is_drawn() -> None:
    counted = budgets(
        BudgetSettings(name="all", share=0.5), BudgetSettings(name="crowds", ranks=(Rank.CROWD,), share=0.05)
    )
    assert counted.share(of(rank=Rank.CROWD)) == 0.05
    assert counted.share(of(rank=Rank.BOSS)) == 0.5


def test_kinds_that_are_always_the_models_are_counted_and_never_refused() -> None:
    counted = budgets(BudgetSettings(name="all", decisions=2, share=0.0), always=("diplomacy",))
    treaty = of(kind="diplomacy")
    assert counted.share(treaty) == 1.0
    assert all(made(counted, treaty) for _ in range(5))
    assert [(use.of, use.used) for use in counted.uses()] == [("share", 5), ("decisions", 5)]
    assert not made(counted, of())


def test_tokens_and_money_are_gone_when_they_are_gone_behind_play_too() -> None:
    counted = budgets(BudgetSettings(name="bill", money=0.01), BudgetSettings(name="words", tokens=100))
    behind = of(kind=BEHIND_PLAY, rank="")
    assert made(counted, of())
    assert counted.has_room(behind)
    counted.spend(of(), tokens=99, cost=0.0099)
    assert made(counted, of())
    counted.spend(behind, tokens=0, cost=0.0001)
    assert not made(counted, of())
    assert not counted.has_room(behind)


def test_a_new_day_is_a_new_budget() -> None:
    wall = Wall()
    counted = budgets(BudgetSettings(name="one", decisions=1), wall=wall)
    assert made(counted, of())
    assert not made(counted, of())
    wall.seconds += DAY
    assert made(counted, of())


def test_a_day_of_the_game_is_counted_for_each_world_and_comes_back_with_an_old_save() -> None:
    counted = budgets(BudgetSettings(name="one", per="game_day", decisions=1))
    assert made(counted, of(game_day=3))
    assert not made(counted, of(game_day=3))
    assert made(counted, of(game_day=4))
    assert made(counted, of("elsewhere", game_day=3))
    assert not made(counted, of(game_day=3)), "loading an old save brings nothing back"
    assert [use.period for use in counted.uses()] == ["elsewhere, day 3", "morning_star, day 3", "morning_star, day 4"]


def test_each_threshold_is_told_once_a_day() -> None:
    wall, told = Wall(), list[BudgetAlert]()
    counted = budgets(BudgetSettings(name="bill", money=10.0), wall=wall)
    counted.listeners.append(told.append)
    for _ in range(12):
        counted.spend(of(), tokens=10, cost=1.0)
    assert [(alert.threshold, alert.use.used) for alert in told] == [(0.5, 5.0), (0.8, 8.0), (1.0, 10.0)]
    wall.seconds += DAY
    counted.spend(of(), tokens=10, cost=9.0)
    assert [alert.threshold for alert in told[3:]] == [0.5, 0.8]


def test_a_listener_that_breaks_breaks_nothing_else() -> None:
    told = list[BudgetAlert]()
    counted = budgets(BudgetSettings(name="one", decisions=1))

    def broken(_: BudgetAlert) -> None:
        raise RuntimeError("oh")

    counted.listeners += [broken, told.append]
    assert made(counted, of())
    assert len(told) == 3


def test_what_others_spent_is_counted_and_ones_own_not_twice() -> None:
    counted = budgets(BudgetSettings(name="ten", decisions=10))
    dated = (TODAY, of())
    for _ in range(3):
        made(counted, of())
    handed = counted.hand_over()
    made(counted, of())  # while it is on its way
    counted.heard({dated: handed[dated].plus(Spending(decisions=4, asked=4))}, handed)
    assert counted.uses()[0].used == 8
    counted.heard({dated: handed[dated].plus(Spending(decisions=5, asked=5))}, {})
    assert counted.uses()[0].used == 9
    assert counted.hand_over() == {dated: Spending(decisions=1, asked=1)}


def test_what_could_not_be_kept_is_handed_over_again() -> None:
    counted = budgets(BudgetSettings(name="ten", decisions=10))
    made(counted, of())
    counted.keep(counted.hand_over())
    made(counted, of())
    assert counted.hand_over() == {(TODAY, of()): Spending(decisions=2, asked=2)}
    assert counted.uses()[0].used == 2
