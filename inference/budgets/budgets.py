"""How much may go to models, counted in memory: a question of a microsecond, and nothing in it that can fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

import structlog

from inference.budgets.switch import Switch
from schemas import Account, BudgetAlert, BudgetSettings, BudgetUse, Spending
from telemetry import instruments

log = structlog.get_logger(__name__)

DAY = 86_400
Dated: TypeAlias = tuple[int, Account]
"""A day of the clock on the wall, counted since 1970 in UTC, and an account."""
_Period: TypeAlias = tuple[str, str, int]
"""A budget, its world where it counts by the game's calendar, and a day."""


class Budgets:
    """Counts what is decided and what goes to models, and says when a budget is used up.

    `always`: kinds that are counted and never refused. `now`: the clock on the wall, in seconds since 1970.
    A decision that is under way when its budget is used up is finished.
    """

    def __init__(
        self,
        budgets: Sequence[BudgetSettings] = (),
        *,
        always: Iterable[str] = (),
        switch: Switch | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.switch = switch or Switch()
        self.listeners: list[Callable[[BudgetAlert], None]] = []
        """Told of each threshold that is passed, once a day of the budget."""
        self._budgets, self._always, self._now = tuple(budgets), frozenset(always), now
        self._counts: dict[_Period, _Count] = {}
        self._fresh: dict[Dated, Spending] = {}
        """Counted here, and not handed over yet."""
        self._known: dict[Dated, Spending] = {}
        """What the record has, as it said last."""

    @property
    def any(self) -> bool:
        """Whether there is anything to count for."""
        return bool(self._budgets)

    @property
    def today(self) -> int:
        """Days since 1970, in UTC."""
        return int(self._now() // DAY)

    def share(self, account: Account) -> float:
        """The chance with which a decision is drawn for a model: the least share of the budgets that cover it."""
        if account.kind in self._always:
            return 1.0
        return min((one.share for one in self._budgets if one.share is not None and _covers(one, account)), default=1.0)

    def begin(self, account: Account) -> None:
        """A decision is being made, by whomever."""
        self._count(account, Spending(decisions=1))

    def take(self, account: Account) -> bool:
        """Whether a model may make this decision. If so, it is counted as made by one from now on."""
        if account.kind not in self._always and not all(one.has_room for one in self._counts_of(account)):
            return False
        self._count(account, Spending(asked=1))
        return True

    def give_back(self, account: Account) -> None:
        """A decision that was counted as made by a model needed none after all: what one said before served."""
        self._count(account, Spending(asked=-1))

    def has_room(self, account: Account) -> bool:
        """Whether something that is no decision may be asked: money and tokens are left."""
        return account.kind in self._always or not any(one.is_spent for one in self._counts_of(account))

    def spend(self, account: Account, *, tokens: int, cost: float) -> None:
        """A model has answered."""
        self._count(account, Spending(tokens=tokens, cost=cost))

    def uses(self) -> list[BudgetUse]:
        """How far each budget is used up on its present days, in the order of the settings."""
        found: list[BudgetUse] = []
        for budget in self._budgets:
            if budget.per == "day":
                self._count_for((budget.name, "", self.today), budget)
            for (name, _, day), count in sorted(self._counts.items()):
                if name == budget.name and (budget.per == "game_day" or day == self.today):
                    found += count.uses()
        return found

    def tell_uses(self) -> None:
        """Tell whoever measures how far each budget is used up."""
        for use in self.uses():
            part = use.used / use.limit if use.limit else 1.0
            instruments().budget_used.set(part, {"budget": use.budget, "of": use.of})

    # What keeps the counts over restarts, and among several processes

    def hand_over(self) -> dict[Dated, Spending]:
        """What was counted here since the last time. Give it back with `keep` where it could not be kept."""
        handed, self._fresh = self._fresh, {}
        return handed

    def keep(self, handed: Mapping[Dated, Spending]) -> None:
        """It was not kept: hand it over the next time."""
        for dated, spending in handed.items():
            self._fresh[dated] = self._fresh.get(dated, Spending()).plus(spending)

    def heard(self, totals: Mapping[Dated, Spending], handed: Mapping[Dated, Spending], *, first: bool = False) -> None:
        """What the record has now, with what was handed over: the rest is others', and counts, too.

        `first`: nothing is told of thresholds that were passed before this process began.
        """
        for dated, total in totals.items():
            others = total.minus(self._known.get(dated, Spending())).minus(handed.get(dated, Spending()))
            self._known[dated] = total
            if any(others):
                self._add(dated, others, quietly=first)
        for dated in [dated for dated in self._known if dated[0] < self.today]:
            del self._known[dated]
        for period in [one for one, count in self._counts.items() if count.is_over(self.today)]:
            del self._counts[period]

    # Counting

    def _count(self, account: Account, spending: Spending) -> None:
        if not self._budgets:
            return
        dated = (self.today, account)
        self._fresh[dated] = self._fresh.get(dated, Spending()).plus(spending)
        self._add(dated, spending)

    def _add(self, dated: Dated, spending: Spending, *, quietly: bool = False) -> None:
        for count in self._counts_of(dated[1], dated[0]):
            count.spent = count.spent.plus(spending)
            for alert in count.passed():
                if not quietly:
                    self._tell(alert)

    def _counts_of(self, account: Account, day: int | None = None) -> list[_Count]:
        today = self.today if day is None else day
        return [self._count_for(_period(one, account, today), one) for one in self._budgets if _covers(one, account)]

    def _count_for(self, period: _Period, budget: BudgetSettings) -> _Count:
        found = self._counts.get(period)
        if found is None:
            found = self._counts[period] = _Count(budget, period)
        return found

    def _tell(self, alert: BudgetAlert) -> None:
        use = alert.use
        log.warning(
            "budget_threshold",
            budget=use.budget, of=use.of, period=use.period, threshold=alert.threshold, used=use.used, limit=use.limit,
        )  # fmt: skip
        instruments().budget_alerts.add(1, {"budget": use.budget, "of": use.of, "threshold": f"{alert.threshold:g}"})
        for listener in self.listeners:
            try:
                listener(alert)
            except Exception:  # whatever somebody's listener does, the decision goes on
                log.exception("budget_listener_broke", budget=use.budget)


class _Count:
    """What one budget has had on one of its days."""

    def __init__(self, budget: BudgetSettings, period: _Period) -> None:
        self._budget, self._period = budget, period
        self._share = None if budget.share is None else Fraction(repr(budget.share))
        limits = (("decisions", budget.decisions), ("tokens", budget.tokens), ("money", budget.money))
        # A share is always near its limit, and has no thresholds.
        self._waiting = [(of, part, part * limit) for of, limit in limits if limit for part in sorted(budget.alerts)]
        self.spent = Spending()

    def is_over(self, today: int) -> bool:
        """Whether its day has gone by. A day of the game may come again, when an old save is loaded."""
        return self._budget.per == "day" and self._period[2] < today

    @property
    def has_room(self) -> bool:
        """Whether one more decision may go to a model."""
        budget, spent = self._budget, self.spent
        if self._share is not None and spent.asked + 1 > _rounded_up(self._share * max(spent.decisions, 1)):
            return False
        return not self.is_spent and (budget.decisions is None or spent.asked < budget.decisions)

    @property
    def is_spent(self) -> bool:
        """Whether its tokens or its money have gone."""
        budget, spent = self._budget, self.spent
        return (budget.tokens is not None and spent.tokens >= budget.tokens) or (
            budget.money is not None and spent.cost >= budget.money
        )

    def uses(self) -> list[BudgetUse]:
        """How far each of its limits is used up."""
        budget, spent = self._budget, self.spent
        ceiling = None if self._share is None else _rounded_up(self._share * spent.decisions)
        every = (
            ("share", spent.asked, ceiling),
            ("decisions", spent.asked, budget.decisions),
            ("tokens", spent.tokens, budget.tokens),
            ("money", spent.cost, budget.money),
        )
        return [BudgetUse(budget.name, of, self._day, used, limit) for of, used, limit in every if limit is not None]

    def passed(self) -> list[BudgetAlert]:
        """The thresholds that are newly passed."""
        spent = {"decisions": self.spent.asked, "tokens": self.spent.tokens, "money": self.spent.cost}
        passed = [one for one in self._waiting if spent[one[0]] >= one[2]]
        if not passed:
            return []
        self._waiting = [one for one in self._waiting if one not in passed]
        uses = {use.of: use for use in self.uses()}
        return [BudgetAlert(part, uses[of]) for of, part, _ in passed]

    @property
    def _day(self) -> str:
        _, world, day = self._period
        if self._budget.per == "game_day":
            return f"{world}, day {day}"
        return str((datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date())


def _period(budget: BudgetSettings, account: Account, today: int) -> _Period:
    return (budget.name, "", today) if budget.per == "day" else (budget.name, account.world, account.game_day)


def _covers(budget: BudgetSettings, account: Account) -> bool:
    return (
        (not budget.worlds or account.world in budget.worlds)
        and (not budget.kinds or account.kind in budget.kinds)
        and (not budget.ranks or account.rank in budget.ranks)
    )


def _rounded_up(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
