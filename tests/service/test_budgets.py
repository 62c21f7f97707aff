"""Budgets in play: what they leave to the rules, what a decision cost, and that they outlive a process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from inference import ScriptedModel
from schemas import (
    PROJECT,
    BudgetAlert,
    BudgetSettings,
    DecisionRequest,
    Receipt,
    RecordError,
    Settings,
    UnknownThing,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import good_answer, says
from tests.support.command_line import Loomwright
from tests.support.waiting import until
from tests.telemetry.listening import listening

PRICED = '[[models]]\nname = "scripted"\nversion = "1"\nroles = ["narrator", "tactician"]\ncontext_length = 9999\n'
"""The scripted model, for money."""


def with_budgets(settings: Settings, *budgets: BudgetSettings, **more: object) -> Settings:
    return settings.model_copy(update={"budgets": budgets, **more})


@pytest.fixture
def paid(settings: Settings, tmp_path: Path) -> Settings:
    """Settings with a registry in which what is scripted has a price: 2 and 8 a million tokens."""
    config = tmp_path / "config"
    config.mkdir()
    for one in (PROJECT / "config").iterdir():
        if one.name != "models.toml":
            (config / one.name).symlink_to(one)
    (config / "models.toml").write_text(PRICED + "price = { prompt = 2.0, completion = 8.0 }\n")
    return settings.model_copy(update={"config": config})


async def scripted(open_loom: OpenLoom, request: DecisionRequest) -> ScriptedModel:
    async with open_loom() as scout:
        return says(good_answer(scout, request))


async def receipts(loom: Loom, opening: Opening, many: int, **changes: object) -> list[Receipt]:
    return [
        (await loom.decide(opening("dialogue", id=f"talk-{number}", seed=number, **changes))).receipt
        for number in range(many)
    ]


async def test_a_budget_that_is_used_up_leaves_the_rest_to_the_rules(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    bounded = with_budgets(settings, BudgetSettings(name="two", decisions=2))
    async with open_loom(model, settings=bounded) as loom:
        made = await receipts(loom, opening, 4)
        forced = await loom.decide(opening("dialogue", id="wanted", policy="model"))

    assert [one.source for one in made] == ["model", "model", "rules", "rules"]
    assert {one.reason for one in made[2:]} == {"budget_used_up"}
    assert (forced.receipt.source, forced.receipt.reason) == ("fallback", "budget_used_up")
    assert len(model.asked) == 2


async def test_a_share_is_drawn_from_the_seed_the_same_way_each_time(
    open_loom: OpenLoom, opening: Opening, settings: Settings, tmp_path: Path
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    roads: list[list[str]] = []
    for home in ("one", "two"):
        halved = with_budgets(settings, BudgetSettings(name="half", share=0.5), home=tmp_path / home)
        async with open_loom(model, settings=halved) as loom:
            roads.append([one.reason for one in await receipts(loom, opening, 16)])

    assert roads[0] == roads[1]
    assert {"rules_by_share", "accepted"} <= set(roads[0])
    assert roads[0].count("accepted") <= 8


async def test_negotiation_goes_on_when_the_budget_is_used_up(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = await scripted(open_loom, opening("diplomacy"))
    nothing = with_budgets(settings, BudgetSettings(name="nothing", decisions=0))
    async with open_loom(model, settings=nothing) as loom:
        treaty = await loom.decide(opening("diplomacy"))
        talk = await loom.decide(opening("dialogue"))

    assert treaty.receipt.source in ("model", "repaired")
    assert talk.receipt.reason == "budget_used_up"


async def test_a_decision_says_what_it_cost_everywhere(open_loom: OpenLoom, opening: Opening, paid: Settings) -> None:
    request = opening("dialogue", policy="model")
    model = await scripted(open_loom, request)
    settings = with_budgets(paid, BudgetSettings(name="bill", money=100.0))
    async with open_loom(model, settings=settings) as loom:
        receipt = (await loom.decide(request)).receipt
        [call] = [one async for one in loom.memory.calls()]
        measured = await loom.memory.statistics()
        [use] = loom.budgets.uses()

    by_hand = (receipt.tokens.prompt * 2.0 + receipt.tokens.completion * 8.0) / 1_000_000
    assert receipt.cost == pytest.approx(by_hand, abs=5e-7)
    assert receipt.cost > 0
    assert call.cost == pytest.approx(by_hand)
    assert use.used == pytest.approx(by_hand)
    assert measured.all.tokens["scripted"].cost == pytest.approx(receipt.cost)


async def test_thresholds_are_told_in_the_log_and_to_whoever_listens(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    told = list[BudgetAlert]()
    with capture_logs() as logs:
        async with open_loom(model, settings=with_budgets(settings, BudgetSettings(name="four", decisions=4))) as loom:
            loom.budgets.listeners.append(told.append)
            await receipts(loom, opening, 6)

    assert [(alert.threshold, alert.use.used) for alert in told] == [(0.5, 2), (0.8, 4), (1.0, 4)]
    assert [one["threshold"] for one in logs if one["event"] == "budget_threshold"] == [0.5, 0.8, 1.0]


@pytest.mark.parametrize("per", ["day", "game_day"])
async def test_a_budget_outlives_the_process(
    open_loom: OpenLoom, opening: Opening, settings: Settings, per: Any
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    bounded = with_budgets(settings, BudgetSettings(name="three", decisions=3, per=per))
    told = list[BudgetAlert]()
    async with open_loom(model, settings=bounded) as loom:
        await receipts(loom, opening, 2)
    async with open_loom(model, settings=bounded) as loom:
        loom.budgets.listeners.append(told.append)
        again = [(await loom.decide(opening("dialogue", id=f"later-{number}"))).receipt.reason for number in range(2)]

    assert again == ["accepted", "budget_used_up"]
    assert [alert.threshold for alert in told] == [0.8, 1.0], "half was told before"


async def test_several_processes_on_one_record_count_together(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    bounded = with_budgets(settings, BudgetSettings(name="three", decisions=3))
    async with open_loom(model, settings=bounded) as one, open_loom(model, settings=bounded) as other:
        await receipts(one, opening, 2)
        await until(lambda: other.budgets.uses()[0].used == 2, "the other process knows what this one spent")
        later = [(await other.decide(opening("dialogue", id=f"other-{n}"))).receipt.reason for n in range(2)]
        await until(lambda: one.budgets.uses()[0].used == 3, "and the other way round")

    assert later == ["accepted", "budget_used_up"]


async def test_a_record_that_fails_holds_no_decision_up_and_loses_no_count(
    open_loom: OpenLoom, opening: Opening, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    bounded = with_budgets(settings, BudgetSettings(name="three", decisions=3))
    async with open_loom(model, settings=bounded) as loom:
        looked = list[int]()

        async def gone(*_: object) -> None:
            looked.append(1)
            raise RecordError("gone")

        with monkeypatch.context() as broken:
            broken.setattr(loom.memory.spending, "add", gone)
            made = await receipts(loom, opening, 2)
            await until(lambda: looked, "the record was tried")
    async with open_loom(model, settings=bounded) as loom:
        assert loom.budgets.uses()[0].used == 2
    assert [one.reason for one in made] == ["accepted", "accepted"]


async def test_what_a_cache_answers_uses_up_no_decision(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    turns = BudgetSettings(name="turns", kinds=("combat",), decisions=2)
    caching = with_budgets(settings, turns, cache=settings.cache.model_copy(update={"store": "memory"}))
    request = opening("combat", policy="model")
    async with open_loom(await scripted(open_loom, request), settings=caching) as loom:
        first = await loom.decide(request.model_copy(update={"id": "first"}))
        world = loom.world(request.world)
        await world.rewind(to=min(moment.seq for moment in await world.log(limit=1_000)))
        again = await loom.decide(request.model_copy(update={"id": "again"}))
        used = [use.used for use in loom.budgets.uses()]

    assert (first.receipt.source, again.receipt.source) == ("model", "cache")
    assert used == [1]


async def test_a_budget_of_a_kind_that_is_none_says_which_is_meant(open_loom: OpenLoom, settings: Settings) -> None:
    with pytest.raises(UnknownThing, match="Did you mean 'dialogue'"):
        async with open_loom(settings=with_budgets(settings, BudgetSettings(name="talk", kinds=("dialog",)))):
            pass


def test_the_command_line_shows_what_is_used_up(
    loomwright: Loomwright, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "There are no budgets" in loomwright("budgets", "--home", str(tmp_path)).out
    monkeypatch.setenv("LOOMWRIGHT_BUDGETS", json.dumps([{"name": "bill", "money": 5.0}]))
    ran = loomwright("budgets", "--home", str(tmp_path), "--json")
    assert ran.code == 0
    [said] = [json.loads(line) for line in ran.out.splitlines()]
    assert (said["budget"], said["of"], said["used"], said["limit"]) == ("bill", "money", 0.0, 5.0)
    assert "bill" in loomwright("budgets", "--home", str(tmp_path)).out


async def test_how_far_a_budget_is_used_up_is_a_metric(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    model = await scripted(open_loom, opening("dialogue"))
    with listening() as heard:
        async with open_loom(model, settings=with_budgets(settings, BudgetSettings(name="two", decisions=2))) as loom:
            await receipts(loom, opening, 2)
            of = {"budget": "two", "of": "decisions"}
            await until(lambda: (of, 1.0) in heard.counted("loomwright.budget.used"), "it was told")
        alerts = heard.counted("loomwright.budget.alerts")

    assert alerts == [({**of, "threshold": threshold}, 1) for threshold in ("0.5", "0.8", "1")]
