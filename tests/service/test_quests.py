"""Quests as a game plays them: offered, taken, advanced by what happens, chosen, timed, chained, and drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from memory import News
from schemas import (
    BadRequest,
    DecisionRequest,
    DialogueStarted,
    EntityDied,
    EventBase,
    EventFact,
    Fact,
    ItemGiven,
    ItemPickedUp,
    LocationEntered,
    PlaceDestroyed,
    QuestDecision,
    QuestProgress,
    QuestStarted,
    TimeAdvanced,
    UnknownThing,
    WorldTime,
)
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import says
from tests.support.command_line import Loomwright

WORLD, HERO, ROAKE = "morning_star", "tamsin_reed", "captain_roake"
DAWN = WorldTime(day=11_019, minute=430)


def step(id_: str, kind: str, target: str, *after: str) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "target": target, "description": "Do it.", "after": list(after)}


def idea(**changes: Any) -> dict[str, Any]:
    """A quest as a model may propose it: the grey lantern, brought back, kept, or given up."""
    return {
        "title": "The grey lantern",
        "giver": ROAKE,
        "summary": "A lantern burns where nobody lives. Bring it here.",
        "objectives": [
            step("go", "reach", "hollow_belfry"),
            step("find", "collect", "grey_lantern", "go"),
            step("bring", "deliver", ROAKE, "find"),
            step("lend", "deliver", "marta", "find"),
            step("quit", "talk", ROAKE),
        ],
        "branches": [
            {"id": "brought", "name": "It burns at the gate", "ending": "success", "decided_by": "bring"},
            {"id": "lent", "name": "It burns at the inn", "ending": "compromise", "decided_by": "lend"},
            {"id": "left", "name": "It burns on", "ending": "failure", "decided_by": "quit"},
        ],
        "rewards": {"xp": 300, "gold": 60, "items": []},
        "hooks": ["Somebody lit it"],
        **changes,
    }


async def offered(open_: Loom, opening: Opening, **changes: Any) -> QuestDecision:
    decision = await open_.decide(opening("quest", id="lantern", policy="model", **changes))
    assert isinstance(decision.content, QuestDecision)
    assert decision.receipt.source == "model", decision.receipt
    return decision.content


async def play(loom: Loom, *events: EventBase, at: WorldTime = DAWN) -> QuestProgress:
    for event in events:
        await loom.quests(WORLD).happened(event, at=at)
    _, progress = await loom.quests(WORLD).find("lantern")
    return progress


TAKEN = QuestStarted(actor=HERO, quest="lantern")
THERE = LocationEntered(actor=HERO, location="hollow_belfry")
FOUND = ItemPickedUp(actor=HERO, item="grey_lantern")
BROUGHT = ItemGiven(actor=HERO, item="grey_lantern", receiver=ROAKE)


async def test_an_accepted_quest_carries_a_plan_to_each_good_ending(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        quest = await offered(loom, opening)

    plans = {plan.branch: [step.objective for step in plan.steps] for plan in quest.plans}
    assert plans == {"brought": ["go", "find", "bring"], "lent": ["go", "find", "lend"]}
    assert quest.plans[0].steps[0].way[-1] == "hollow_belfry"


async def test_a_quest_is_played_from_its_offer_to_its_end(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        assert (await play(loom)).status == "offered"
        assert (await play(loom, THERE, FOUND)).done == ()  # nobody has taken it

        await play(loom, TAKEN)
        assert (await play(loom, THERE)).done == ("go",)
        assert (await play(loom, FOUND)).done == ("go", "find")
        ended = await play(loom, BROUGHT)
        assert (ended.status, ended.branch) == ("completed", "brought")

        steps = await loom.quests(WORLD).history("lantern")
        assert [one.status for one in steps] == ["offered", "started", "advanced", "advanced", "completed"]


async def test_what_is_told_twice_happens_once(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        ledger = loom.quests(WORLD)
        await ledger.start("lantern", at=DAWN)
        first = await ledger.happened(THERE, at=DAWN)
        again = await ledger.happened(THERE, at=DAWN)

        assert len(first) == 1
        assert again == ()
        assert len(await ledger.history("lantern")) == 3


async def test_a_fork_from_before_sees_the_quest_as_it_stood_then(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        await play(loom, TAKEN, THERE)
        before = await loom.world(WORLD).fork(stay=True)
        await play(loom, FOUND, BROUGHT)

        _, here = await loom.quests(WORLD).find("lantern")
        _, there = await loom.quests(WORLD).find("lantern", before)
        assert (here.status, there.status) == ("completed", "advanced")
        await loom.quests(WORLD).happened(FOUND, at=DAWN, timeline=before)
        _, there = await loom.quests(WORLD).find("lantern", before)
        assert there.done == ("go", "find")


async def test_a_choice_closes_the_other_ways(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        await play(loom, TAKEN, THERE, FOUND)
        chosen = await loom.branch("lantern", "lent")
        assert (chosen.status, chosen.branch, chosen.lost) == ("advanced", "lent", ("brought",))

        with pytest.raises(BadRequest, match="'brought' is lost"):
            await loom.branch("lantern", "brought")
        with pytest.raises(UnknownThing, match="Did you mean 'lent'"):
            await loom.branch("lantern", "lend")
        assert (await play(loom, BROUGHT)).status == "advanced"  # what is closed is closed
        lent = ItemGiven(actor=HERO, item="grey_lantern", receiver="marta")
        assert (await play(loom, lent)).status == "completed"


async def test_a_failure_that_is_chosen_is_one(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        talk = DialogueStarted(speaker=HERO, listener=ROAKE)
        assert (await play(loom, TAKEN, talk)).status == "advanced"  # a word with the giver gives nothing up
        assert (await loom.branch("lantern", "left")).status == "failed"


async def test_time_that_runs_out_fails_a_branch_and_at_last_the_quest(open_loom: OpenLoom, opening: Opening) -> None:
    event = {**opening("quest").event.model_dump(), "within_hours": 30}
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        quest = await offered(loom, opening, event=event)
        assert {timer.branch: timer.hours for timer in quest.timers} == {"brought": 30, "lent": 30}
        await play(loom, TAKEN)
        in_time, late = WorldTime(day=11_020, minute=700), WorldTime(day=11_020, minute=900)
        assert (await play(loom, TimeAdvanced(minutes=1), at=in_time)).status == "started"
        ended = await play(loom, TimeAdvanced(minutes=200), at=late)
        assert (ended.status, ended.because, ended.branch) == ("failed", "timer", "left")


async def test_a_giver_who_dies_takes_only_the_ways_to_them_along(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        after = await play(loom, TAKEN, EntityDied(entity=ROAKE))
        assert (after.status, after.lost) == ("started", ("brought",))
        assert (await play(loom, PlaceDestroyed(place="hollow_belfry"))).status == "failed"


class _Meanwhile:
    """A model during whose answer the giver dies, and the game says so."""

    def __init__(self) -> None:
        self.loom: Loom | None = None

    async def kill(self) -> None:
        assert self.loom is not None
        died = EventFact(event_type="entity_died", participants=(ROAKE,))
        fact = Fact(id="roake_died", text="Captain Roake is dead.", payload=died)
        await self.loom.memory.tell(News(world=WORLD, id="roake_died", facts=(fact,)))


async def test_a_giver_who_dies_while_the_quest_is_written_gives_none(
    open_loom: OpenLoom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = _Meanwhile()
    call: dict[str, Any] = {"tool": "add_knowledge_fact", "arguments": {
        "text": "Somebody pays for the lantern.", "kind": "event", "topic": "lantern", "about": [], "importance": 0.4,
        "known_by": []}}  # fmt: skip

    model = says({"content": idea(), "tool_calls": [call]})
    answer = model.answer

    async def slow(*given: Any, **more: Any) -> Any:
        await meanwhile.kill()
        return await answer(*given, **more)

    monkeypatch.setattr(model, "answer", slow)
    async with open_loom(model) as loom:
        meanwhile.loom = loom
        decision = await loom.decide(opening("quest", id="lantern", policy="model"))
        assert isinstance(decision.content, QuestDecision)
        assert decision.receipt.source == "fallback"
        assert decision.receipt.reason == "world_moved_on"
        assert decision.content.giver != ROAKE
        assert ROAKE not in {one.target for one in decision.content.objectives if one.kind in ("talk", "deliver")}
        assert decision.tool_results == ()
        facts = await loom.memory.facts(WORLD, None, knower=None)
        assert "Somebody pays for the lantern." not in {fact.text for fact in facts}


async def test_a_dead_giver_and_a_burnt_place_are_heeded_by_later_quests(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await loom.quests(WORLD).happened(PlaceDestroyed(place="hollow_belfry"), at=DAWN)
        decision = await loom.decide(opening("quest", id="lantern", policy="model"))
        assert decision.receipt.source == "fallback"
        assert decision.receipt.reason in ("cannot_be_finished", "unknown_target", "unreachable")
        for number in range(12):
            made = (await loom.decide(opening("quest", id=f"next-{number}", seed=number, policy="rules"))).content
            assert isinstance(made, QuestDecision)
            assert "hollow_belfry" not in {one.target for one in made.objectives if one.kind == "reach"}


async def test_a_quest_that_follows_waits_for_the_one_before_it(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(says({"content": idea(), "tool_calls": []})) as loom:
        await offered(loom, opening)
        event = {**opening("quest").event.model_dump(), "follows": "lantern"}
        made = (await loom.decide(opening("quest", id="next", event=event, policy="rules"))).content
        assert isinstance(made, QuestDecision)
        assert made.summary.startswith("It is not over: The grey lantern. Somebody lit it.")
        with pytest.raises(BadRequest, match=r"needs 'lantern' to have completed before\. It is offered now"):
            await loom.quests(WORLD).start("next", at=DAWN)
        await play(loom, TAKEN, THERE, FOUND, BROUGHT)
        assert (await loom.quests(WORLD).start("next", at=DAWN)).status == "started"


async def test_the_event_of_a_request_advances_quests_by_itself(open_loom: OpenLoom, opening: Opening) -> None:
    talk = idea(objectives=[*idea()["objectives"], step("warn", "talk", "marta")])
    talk["branches"] = [*idea()["branches"], {"id": "w", "name": "W", "ending": "compromise", "decided_by": "warn"}]
    async with open_loom(says({"content": talk, "tool_calls": []})) as loom:
        await offered(loom, opening)
        await play(loom, TAKEN)
        await loom.decide(opening("dialogue", policy="rules"))
        assert (await play(loom)).branch == "w"


def damaged() -> list[tuple[str, dict[str, Any]]]:
    steps = idea()["objectives"]
    two, late = step("kill", "defeat", ROAKE), [{**steps[2], "after": ["find", "kill"]}]
    return [
        ("an item that nobody has", idea(objectives=[step("find", "collect", "tin_star"), *steps[2:]])),
        ("nothing to deliver", idea(objectives=[*steps[:1], step("find", "talk", "pip"), *steps[2:]])),
        ("killed, then reported to", idea(objectives=[two, *steps[:2], *late, *steps[3:]])),
        ("too much gold", idea(rewards={"xp": 1, "gold": 90_000, "items": []})),
        ("no such giver", idea(giver="santa")),
        ("decided too soon", idea(branches=[
            {"id": "brought", "name": "A", "ending": "success", "decided_by": "bring"},
            {"id": "lent", "name": "B", "ending": "compromise", "decided_by": "find"},
            {"id": "left", "name": "C", "ending": "failure", "decided_by": "quit"},
        ])),
    ]  # fmt: skip


@pytest.mark.parametrize(("what", "content"), damaged(), ids=[what for what, _ in damaged()])
async def test_what_cannot_be_is_mended_once_with_the_step_named(
    open_loom: OpenLoom, opening: Opening, what: str, content: dict[str, Any]
) -> None:
    asked: list[str] = []

    def line(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any]:
        del schema
        asked.append(str(ask.messages[-1]["content"]))
        return {"content": content if len(asked) == 1 else idea(), "tool_calls": []}

    async with open_loom(ScriptedModel(line)) as loom:
        decision = await loom.decide(opening("quest", id="lantern", policy="model"))
        assert decision.receipt.source == "repaired", (what, decision.receipt)
        assert len(asked) == 2
        assert "That answer cannot be used" in asked[1]


def test_the_command_line_lists_shows_and_draws(loomwright: Loomwright, opening: Opening, tmp_path: Path) -> None:
    request: DecisionRequest = opening("quest", id="work", policy="rules")
    file = tmp_path / "ask.json"
    file.write_text(request.model_dump_json(), encoding="utf-8")
    loomwright("demo", "--policy", "rules", "--home", "home")
    loomwright("decide", "quest", "--event", str(file), "--home", "home")

    listed = [json.loads(line) for line in loomwright("quest", "list", "--home", "home", "--json").out.splitlines()]
    assert {one["quest"] for one in listed} >= {"work"}
    assert loomwright("quest", "start", "work", "--home", "home", "--day", "11019").out.startswith("work: started")
    shown = json.loads(loomwright("quest", "show", "work", "--home", "home", "--json").out)
    assert shown["progress"]["status"] == "started"
    assert {plan["branch"] for plan in shown["quest"]["plans"]} == {"success", "compromise"}
    drawn = loomwright("quest", "draw", "work", "--home", "home").out
    assert drawn.startswith("flowchart TD")
    assert drawn.count("-.->") == 1
    again = loomwright("quest", "branch", "work", "failure", "--home", "home")
    assert again.out.startswith("work: failed")
    wrong = loomwright("quest", "show", "wrok", "--home", "home")
    assert (wrong.code, "Did you mean 'work'?" in wrong.err) == (2, True)


def test_a_cycle_in_a_file_is_named(loomwright: Loomwright, tmp_path: Path) -> None:
    bad = idea()
    bad["objectives"][0]["after"] = ["bring"]
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(bad), encoding="utf-8")

    said = loomwright("quest", "draw", str(file))

    assert said.code == 2
    assert "objectives wait for each other: " in said.err
    assert all(name in said.err for name in ("go", "find", "bring"))
    file.write_text(json.dumps(idea()), encoding="utf-8")
    assert "grey_lantern" in loomwright("quest", "draw", str(file), "--as", "text").out
