"""Talks between factions through the Loom: they wait, outlast a restart, and nothing illegal gets through."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from rules import Affairs, Table
from schemas import (
    BadRequest,
    Decision,
    DiplomacyDecision,
    FactionAttacked,
    Settings,
    Talks,
    Treaty,
    UnknownThing,
    WorldPack,
    WorldTime,
)
from service import Loom
from service.negotiations import Start
from tests.conftest import OpenLoom
from tests.service.stage import misfits, roomy

WORLD, LEAGUE, HOUSES = "morning_star", "river_league", "high_houses"
THREAD = "talks.river.river_league"
NOON = WorldTime(day=11_020, minute=720)
LATER = WorldTime(day=11_027, minute=600)


def talks_with(**more: Any) -> Start:
    given: dict[str, Any] = {"world": WORLD, "us": LEAGUE, "them": HOUSES, "at": NOON, "id": "river"}
    return Start(**given | more)


def word(decision: Decision) -> DiplomacyDecision:
    assert isinstance(decision.content, DiplomacyDecision)
    return decision.content


async def treaties(loom: Loom) -> list[Treaty]:
    return [one for one in await loom.memory.chronicle.affairs(WORLD) if isinstance(one, Treaty)]


async def standing(loom: Loom) -> float:
    return (await loom.memory.standing(WORLD, None, LEAGUE, HOUSES)).standing


async def test_talks_wait_and_go_on_days_later_after_a_restart(open_loom: OpenLoom) -> None:
    async with open_loom() as loom:
        first = await loom.negotiations.start(talks_with())
        assert word(first).answer == "counter"
        (waiting,) = await loom.negotiations.open(WORLD)
        assert (waiting.thread, waiting.round, waiting.them) == (THREAD, 1, HOUSES)

    async with open_loom() as loom:
        (waiting,) = await loom.negotiations.open(WORLD)
        second = await loom.resume(THREAD, {"answer": "accept", "at": LATER.model_dump()})
        assert word(second).answer == "accept"
        assert [step.node for step in second.receipt.steps][:2] == ["await_reply", "weigh_standing_again"]
        assert second.receipt.source == "rules"
        assert second.id == f"{THREAD}.2"
        (treaty,) = await treaties(loom)
        assert (treaty.id, set(treaty.parties), treaty.at) == ("river", {LEAGUE, HOUSES}, LATER)
        assert treaty.terms == word(first).terms
        assert await standing(loom) == pytest.approx(0.1)
        assert await loom.negotiations.open(WORLD) == []


async def test_an_answer_that_does_not_fit_leaves_the_talks_as_they_were(loom: Loom) -> None:
    await loom.negotiations.start(talks_with())
    before = await loom.memory.dump(WORLD)

    for broken, said in (
        ({"answer": "perhaps"}, "reply.answer"),
        ({"answer": "counter"}, "names its terms"),
        ({"answer": "accept", "gold": 5}, "reply.gold"),
        ({"answer": "counter", "terms": [{"kind": "peace"}]}, "reply.terms"),
        ({"answer": "accept", "at": {"day": 3}}, "before we spoke"),
        ({"answer": "accept", "round": 7}, "round 7 is not open"),
        ({}, "reply.answer"),
    ):
        with pytest.raises(BadRequest, match=said):
            await loom.resume(THREAD, broken)

    assert await loom.memory.dump(WORLD) == before
    assert word(await loom.resume(THREAD, {"answer": "accept"})).answer == "accept"


async def test_langgraph_itself_refuses_such_an_answer_and_keeps_the_interrupt_open(loom: Loom) -> None:
    from langgraph.types import Command

    await loom.negotiations.start(talks_with())
    graph: Any = loom.graph("negotiation")
    config = {"configurable": {"thread_id": f"{WORLD}/{THREAD}@main"}}
    (asked,) = (await graph.aget_state(config)).interrupts
    assert asked.value["schema"]["properties"].keys() >= {"answer", "terms", "message", "at"}
    assert "faults" not in asked.value

    await graph.ainvoke(Command(resume={"answer": "perhaps"}), config)

    (still,) = (await graph.aget_state(config)).interrupts
    assert "reply.answer" in still.value["faults"][0]
    assert await treaties(loom) == []
    await graph.ainvoke(Command(resume={"answer": "accept"}), config)
    assert len(await treaties(loom)) == 1


async def test_an_answer_sent_twice_is_heard_once(loom: Loom) -> None:
    await loom.negotiations.start(talks_with())
    reply = {"answer": "counter", "terms": [{"kind": "peace", "days": 30}], "round": 1}

    first = await loom.resume(THREAD, reply)
    dump = await loom.memory.dump(WORLD)
    again = await loom.resume(THREAD, reply)

    assert again.content == first.content
    assert await loom.memory.dump(WORLD) == dump


async def test_talks_that_are_over_unknown_or_with_oneself_say_so(loom: Loom) -> None:
    with pytest.raises(BadRequest, match="cannot make a treaty with itself"):
        await loom.negotiations.start(talks_with(them=LEAGUE))
    with pytest.raises(UnknownThing, match="high_houses"):
        await loom.negotiations.start(talks_with(them="hihg_houses"))
    with pytest.raises(UnknownThing, match="negotiation"):
        await loom.resume("talks.nothing.river_league", {"answer": "accept"})
    assert await loom.memory.chronicle.affairs(WORLD) == []
    await loom.negotiations.start(talks_with())
    with pytest.raises(BadRequest, match="already"):
        await loom.negotiations.start(talks_with())
    await loom.resume(THREAD, {"answer": "refuse"})
    with pytest.raises(BadRequest, match="over: refused"):
        await loom.resume(THREAD, {"answer": "accept"})
    assert await treaties(loom) == []


async def test_talks_whose_faction_is_gone_do_not_go_on(
    open_loom: OpenLoom, settings: Settings, morning_star: WorldPack, tmp_path: Path
) -> None:
    async with open_loom() as loom:
        await loom.negotiations.start(talks_with())
        await loom.world(WORLD).export(tmp_path / "world.jsonl")
    text = (tmp_path / "world.jsonl").read_text(encoding="utf-8").splitlines()
    import json

    sheet = json.loads(text[1])
    sheet["sheet"]["factions"] = [one for one in sheet["sheet"]["factions"] if one["id"] != HOUSES]
    text[1] = json.dumps(sheet)
    (tmp_path / "gone.jsonl").write_text("\n".join(text) + "\n", encoding="utf-8")
    async with Loom.open(settings.model_copy(update={"home": tmp_path / "gone"}), model=None) as loom:
        await loom.memory.import_world(tmp_path / "gone.jsonl")
        before = await loom.memory.dump(WORLD)
        with pytest.raises(UnknownThing, match="'high_houses' is gone"):
            await loom.resume(THREAD, {"answer": "accept"})
        assert await loom.memory.dump(WORLD) == before


async def test_an_answer_after_the_last_day_closes_the_talks(loom: Loom) -> None:
    await loom.negotiations.start(talks_with())

    late = await loom.resume(THREAD, {"answer": "accept", "at": {"day": 11_060}})

    assert word(late).answer == "refuse"
    assert late.receipt.reason == "talks_lapsed"
    assert [step.node for step in late.receipt.steps] == ["await_reply", "look_back", "break_off", "close"] or [
        step.node for step in late.receipt.steps
    ] == ["await_reply", "look_back", "break_off"]
    assert await treaties(loom) == []
    talks = [one for one in await loom.memory.chronicle.affairs(WORLD) if isinstance(one, Talks)]
    assert [one.status for one in talks] == ["lapsed"]


async def test_a_save_from_before_the_answer_knows_the_talks_and_not_the_treaty(loom: Loom) -> None:
    await loom.negotiations.start(talks_with())
    await loom.world(WORLD).save("before")
    await loom.resume(THREAD, {"answer": "accept"})
    await loom.world(WORLD).load("before")

    assert await treaties(loom) == []
    assert [one.thread for one in await loom.negotiations.open(WORLD)] == [THREAD]
    decision = await loom.resume(THREAD, {"answer": "accept"})
    assert word(decision).answer == "accept", "no run waits on this line of history; the record knows how far it came"
    assert len(await treaties(loom)) == 1


async def test_two_of_our_own_negotiate_to_an_end_and_the_treaty_comes_about_once(loom: Loom) -> None:
    said = [(side, word(decision)) async for side, decision in loom.negotiations.between(talks_with())]

    assert [side for side, _ in said[:4]] == [LEAGUE, HOUSES, LEAGUE, HOUSES][: len(said)]
    assert {side for side, _ in said} == {LEAGUE, HOUSES}
    assert said[-1][1].answer == said[-2][1].answer == "accept"
    assert len(await treaties(loom)) == 1
    assert await standing(loom) == pytest.approx(0.1), "what warms both sides happens once"
    assert await loom.negotiations.open(WORLD) == []


async def test_an_attack_breaks_the_treaty_and_the_next_talks_remember_it(loom: Loom) -> None:
    terms = [{"kind": "peace", "days": 360}]
    await loom.negotiations.start(talks_with())
    await loom.resume(THREAD, {"answer": "counter", "terms": terms})
    async for _ in loom.negotiations.between(talks_with(id="peace")):
        pass
    before = (await loom.memory.standing(WORLD, None, LEAGUE, HOUSES)).trust
    attack = FactionAttacked(attacker=HOUSES, attacked=LEAGUE)

    found = await loom.negotiations.report(attack, news="raid", at=LATER, world=WORLD)
    again = await loom.negotiations.report(attack, news="raid", at=LATER, world=WORLD)

    affairs: Affairs = await loom.negotiations.affairs(WORLD, at=LATER)
    assert affairs.at_war(loom.memory.world(WORLD), LEAGUE, HOUSES)
    assert not again.affairs
    if any(term.kind in ("peace", "alliance", "joint_war") for one in await treaties(loom) for term in one.terms):
        assert found.broken
        assert (await loom.memory.standing(WORLD, None, LEAGUE, HOUSES)).trust < before
        assert affairs.honour(HOUSES, LEAGUE) < 0
    with pytest.raises(UnknownThing, match="faction"):
        await loom.negotiations.report(
            FactionAttacked(attacker="moon", attacked=LEAGUE), news="moon", at=LATER, world=WORLD
        )


GOOD, ILLEGAL, ABSURD = "good", "illegal", "absurd"
RUNS = 100


def said_by_a_model(dice: Random, kind: str, advised: list[dict[str, Any]]) -> dict[str, Any]:
    """An answer of a scripted model: one that the council would sign, one that cannot be, or nonsense."""
    illegal: list[dict[str, Any]] = [
        {"kind": "tribute", "payer": LEAGUE, "gold": 900_000, "days": 3_000},
        {"kind": "tribute", "payer": LEAGUE, "gold": 500, "days": 360},
        {"kind": "vassalage", "vassal": LEAGUE, "days": 3_650},
        {"kind": "joint_war", "against": HOUSES, "days": 90},
        {"kind": "joint_war", "against": "the_moon", "days": 90},
        {"kind": "passage", "grantor": "pale_choir", "place": "league_quay", "days": 90},
        {"kind": "marriage", "spouses": ["orla_fenn", "orla_fenn"], "days": 90},
        {"kind": "prisoner_exchange", "prisoners": ["nobody_at_all"], "days": 90},
    ]
    content: dict[str, Any] = {"message": "We have thought long about this.", "stance": "neutral"}
    if kind == GOOD:
        content |= {"answer": "counter", "terms": advised}
    elif kind == ILLEGAL:
        content |= {"answer": "counter", "terms": dice.sample(illegal, dice.randint(1, 2))}
        if dice.random() < 0.3:
            content |= {"answer": "accept", "terms": []}
    else:
        content |= dice.choice(
            [
                {"answer": "counter", "terms": []},
                {"answer": "maybe", "terms": []},
                {"answer": "counter", "terms": [{"kind": "peace", "days": -4}]},
                {"answer": "accept", "terms": [{"kind": "peace", "days": 9}]},
                {"answer": "counter", "terms": [{"kind": "moon", "days": 9}] * 40},
                {"message": "", "answer": "refuse", "terms": []},
            ]
        )
    return {"content": content, "tool_calls": []}


async def test_of_a_thousand_words_of_a_model_nothing_illegal_gets_through(
    open_loom: OpenLoom, settings: Settings
) -> None:
    advised: list[dict[str, Any]] = []
    kinds: dict[int, str] = {}

    def line(ask: Ask, schema: type[BaseModel]) -> dict[str, Any]:
        del schema
        number = ask.seed or 0
        kinds[number] = dice.choice((GOOD, ILLEGAL, ABSURD))
        assert "reserve" not in str(ask.messages)
        return said_by_a_model(dice, kinds[number], advised)

    dice, sources, prompts = Random(7), Counter[tuple[str, str]](), 0
    async with open_loom(ScriptedModel(line), settings=roomy(settings)) as loom:
        plain = await loom.negotiations.start(talks_with(id="advice", policy="rules"))
        advised += [term.model_dump(mode="json") for term in word(plain).terms]
        demand = ({"kind": "tribute", "payer": LEAGUE, "gold": 500, "days": 360},)
        for number in range(RUNS):
            how = talks_with(id=f"run-{number}", policy="model", seed=number, terms=_terms(demand))
            decision = await loom.negotiations.start(how)
            content, kind = word(decision), kinds.get(number, "unasked")
            sources[kind, decision.receipt.source] += 1
            prompts += kind != "unasked"
            if number % 50 == 0:
                assert misfits(decision.model_dump_json(by_alias=True)) == []
            side = Table(loom.context.situation_of(await _request(loom, how), "test")).side
            assert content.answer != "accept", "what they demand is below the reserve"
            if content.answer == "counter":
                assert side.total(content.terms) >= side.reserve - 1e-9, (kind, content)
            if kind != GOOD:
                assert content.message != "We have thought long about this.", (kind, content)
    assert prompts == RUNS
    assert sources[GOOD, "model"] > RUNS / 4
    assert sum(count for (kind, source), count in sources.items() if kind != GOOD and source == "model") == 0


def _terms(raw: tuple[dict[str, Any], ...]) -> Any:
    from pydantic import TypeAdapter

    from schemas import TreatyTerm

    return TypeAdapter(tuple[TreatyTerm, ...]).validate_python(raw)


async def _request(loom: Loom, how: Start) -> Any:
    from schemas import DecisionRequest

    return DecisionRequest.model_validate(
        {
            "kind": "negotiation",
            "world": WORLD,
            "character": "orla_fenn",
            "event": {"type": "DiplomaticReply", "replying": HOUSES, "receiving": LEAGUE, "answer": "open"},
            "scene": {"time": how.at.model_dump(), "location": {"id": "league_quay"}},
        }
    )
