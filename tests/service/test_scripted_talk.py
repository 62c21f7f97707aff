"""A talk that was written: its tree carries it, a model may leave it, and what is cut short is gone on with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from memory import TalkQuery
from schemas import Decision, DecisionRequest, DialogueDecision, Settings, Talk
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.service.stage import roomy, says

THREAD = "at-the-bar"
A_BELL = "What is that bell that they talk of?"
A_LINE: dict[str, Any] = {
    "content": {
        "npc_text": "The moon? It pays no better than the bargemen do.",
        "tone": "sarcastic",
        "player_variants": [
            {"text": "Then who does?", "tone": "neutral", "consequence_hint": None},
            {"text": "Spoken like an innkeeper.", "tone": "joyful", "consequence_hint": None},
            {"text": "Never mind.", "tone": "neutral", "consequence_hint": None},
            {"text": "You are a poet.", "tone": "sarcastic", "consequence_hint": None},
        ],
    },
    "tool_calls": [],
}


def asked(
    opening: Opening,
    number: int,
    event: Mapping[str, object],
    *,
    scene: Mapping[str, object] | None = None,
    **more: object,
) -> DecisionRequest:
    """The next thing that happens in the talk with Marta."""
    raw: dict[str, Any] = opening("dialogue").model_dump(mode="json")
    fields: dict[str, Any] = {"id": f"talk-{number}", "thread": THREAD, "policy": "rules"}
    fields["event"] = {"speaker": "tamsin_reed", "listener": "marta", **event}
    fields["scene"] = {**raw["scene"], "recent_events": [], **(scene or {})}
    return DecisionRequest.model_validate({**raw, **fields, **more})


def opens(**more: object) -> dict[str, object]:
    return {"type": "DialogueStarted", **more}


def answers(text: str, **more: object) -> dict[str, object]:
    return {"type": "DialogueChoice", "text": text, **more}


def cut(heard: int, **more: object) -> dict[str, object]:
    return {"type": "DialogueInterrupted", "speaker": "marta", "listener": "tamsin_reed", "heard": heard, **more}


def line(decision: Decision) -> str:
    assert isinstance(decision.content, DialogueDecision)
    return decision.content.npc_text


def offered(decision: Decision) -> list[str]:
    assert isinstance(decision.content, DialogueDecision)
    return [one.text for one in decision.content.player_variants]


async def talk(loom: Loom, timeline: str | None = None) -> Talk:
    return await loom.memory.talk(TalkQuery("morning_star", timeline, f"morning_star/{THREAD}", "marta"))


async def test_a_tree_carries_a_talk_from_its_first_line_to_its_end_without_a_model(
    loom: Loom, opening: Opening
) -> None:
    first = await loom.decide(asked(opening, 1, opens()))
    second = await loom.decide(asked(opening, 2, answers(A_BELL)))
    last = await loom.decide(asked(opening, 3, answers("Thank you, Marta. We must go.")))

    assert [one.receipt.reason for one in (first, second, last)] == ["scripted_line"] * 3
    assert A_BELL in offered(first)
    assert "over my door" in line(second)
    assert "come back hungry" in line(last)
    after = await talk(loom)
    assert after.place.node is None
    assert after.place.ended == ("marta_at_the_bar",)


async def test_what_a_tree_asks_for_is_looked_up_and_what_it_does_passes_the_guard_once(
    loom: Loom, opening: Opening
) -> None:
    await befriend(loom)
    await loom.decide(asked(opening, 1, opens()))
    told = await loom.decide(asked(opening, 2, answers(A_BELL)))
    before = await loom.memory.standing("morning_star", None, "marta", "tamsin_reed")
    promise = asked(opening, 3, answers("We will keep an eye on Pip."))
    promised, again = await loom.decide(promise), await loom.decide(promise)
    after = await loom.memory.standing("morning_star", None, "marta", "tamsin_reed")

    assert "Pip has heard it" in line(told)
    assert [one.tool for one in promised.tool_results] == ["modify_relationship"]
    assert (promised.content, promised.tool_results) == (again.content, again.tool_results)
    assert after.trust - before.trust == pytest.approx(0.15)
    assert after.affinity - before.affinity == pytest.approx(0.1)


async def befriend(loom: Loom) -> None:
    from memory import News
    from schemas import ChangeRelationship

    step = ChangeRelationship(character="marta", toward="tamsin_reed", affinity=0.5, trust=0.5)
    await loom.memory.tell(News(world="morning_star", id="friends", effects=(step,)))


async def test_a_model_may_leave_the_tree_and_the_player_finds_the_way_back(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with open_loom(model=says(A_LINE), settings=roomy(settings)) as loom:
        auto: dict[str, Any] = {"policy": "model", "deadline_ms": 5_000}
        first = await loom.decide(asked(opening, 1, opens(), **auto))
        free = await loom.decide(asked(opening, 2, answers("What does the moon pay?"), **auto))
        back = await loom.decide(asked(opening, 3, answers(A_BELL), **auto))

    assert (first.receipt.source, first.receipt.reason) == ("rules", "scripted_line")
    assert free.receipt.source == "model"
    assert line(free) == A_LINE["content"]["npc_text"]
    assert A_BELL in offered(free)
    assert len(offered(free)) == 4
    assert "over my door" in line(back)


async def test_where_no_model_finds_words_the_tree_keeps_its_choices_open(loom: Loom, opening: Opening) -> None:
    first = await loom.decide(asked(opening, 1, opens()))
    aside = await loom.decide(asked(opening, 2, answers("What does the moon pay?")))
    assert set(offered(first)) <= set(offered(aside))
    assert line(aside) != line(first)


async def test_a_talk_cut_short_goes_on_where_it_stopped_after_the_loom_was_closed(
    open_loom: OpenLoom, opening: Opening
) -> None:
    async with open_loom() as loom:
        first = await loom.decide(asked(opening, 1, opens()))
        heard = line(first).index("river pie")
        passing = await loom.decide(asked(opening, 2, cut(heard + 3)))
    async with open_loom() as loom:
        resumed = await loom.decide(asked(opening, 3, opens()))
        after = await talk(loom)

    assert passing.receipt.reason == "line_cut"
    assert resumed.receipt.reason == "line_resumed"
    assert line(resumed).endswith(line(first)[heard:])
    assert line(first)[:heard].strip() not in line(resumed)
    assert offered(resumed) == offered(first)
    assert after.place.heard is None
    assert line(resumed)[after.place.begins :] == line(first)[heard:]


async def test_the_cut_may_be_told_with_the_next_request_and_counts_once(loom: Loom, opening: Opening) -> None:
    first = await loom.decide(asked(opening, 1, opens()))
    told = {"recent_events": [cut(9, line="talk-1")]}
    resumed = await loom.decide(asked(opening, 2, opens(), scene=told))
    further = await loom.decide(asked(opening, 3, answers(A_BELL), scene=told))
    assert line(resumed).endswith(line(first)[5:])
    assert further.receipt.reason == "scripted_line"


async def test_who_has_chosen_already_hears_the_rest_first_and_then_the_answer(loom: Loom, opening: Opening) -> None:
    first = await loom.decide(asked(opening, 1, opens()))
    await loom.decide(asked(opening, 2, cut(len(line(first)) - 4)))
    both = await loom.decide(asked(opening, 3, answers(A_BELL)))
    assert "alone. A bell? There is one" in line(both)


async def test_a_model_s_own_line_is_gone_on_with_as_it_was_said(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    async with open_loom(model=says(A_LINE), settings=roomy(settings)) as loom:
        auto: dict[str, Any] = {"policy": "model", "deadline_ms": 5_000}
        free = await loom.decide(asked(opening, 1, opens(text="What does the moon pay?"), **auto))
        await loom.decide(asked(opening, 2, cut(10), **auto))
        resumed = await loom.decide(asked(opening, 3, opens(), **auto))
    assert free.receipt.source == "model"
    assert line(resumed).endswith("... It pays no better than the bargemen do.") or line(resumed).endswith(
        "It pays no better than the bargemen do."
    )
    assert offered(resumed) == offered(free)


async def test_a_fork_stands_where_its_ancestor_stood_and_not_where_it_went_on_to(loom: Loom, opening: Opening) -> None:
    await loom.decide(asked(opening, 1, opens()))
    fork = await loom.world("morning_star").fork()
    await loom.decide(asked(opening, 2, answers(A_BELL), timeline="main"))
    assert (await talk(loom, "main")).place.node == "bell_to_a_stranger"
    assert (await talk(loom, fork)).place.node == "welcome"


async def test_german_is_spoken_from_the_first_line_to_the_last(loom: Loom, opening: Opening) -> None:
    first = await loom.decide(asked(opening, 1, opens(), language="de"))
    await loom.decide(asked(opening, 2, cut(6), language="de"))
    resumed = await loom.decide(asked(opening, 3, opens(), language="de"))
    assert line(first).startswith("Setzt Euch, Tamsin Reed")
    assert line(resumed).endswith(line(first)[6:])
    assert not set(line(resumed).split()) & {"As", "Where", "go", "the"}


async def test_of_the_last_ten_turns_no_line_is_said_again_while_the_script_has_another(
    loom: Loom, opening: Opening
) -> None:
    """Pip has no tree, and a script of his own: one line when he is at ease, and three that all have."""
    lines = list[str]()
    for number in range(12):
        event = {**answers(f"Tell me something, number {number}."), "listener": "pip"}
        request = asked(opening, number, event, character="pip", thread="pip", seed=number)
        lines.append(line(await loom.decide(request)))
    for number in range(len(lines)):
        assert lines[number] not in lines[max(0, number - 3) : number]
    assert len(set(lines)) == 4


async def test_kind_words_count_once_and_little_and_a_model_s_own_stand_takes_their_place(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    stand = {"toward": "tamsin_reed", "affinity": -0.2, "trust": 0.0, "reason": "Flattery."}
    wary = {**A_LINE, "tool_calls": [{"tool": "modify_relationship", "arguments": stand}]}
    kind = "Thank you, Marta, you are wonderful and I love your pie!"

    async def affinity(loom: Loom) -> float:
        return (await loom.memory.standing("morning_star", None, "marta", "tamsin_reed")).affinity

    async with open_loom(model=says(wary), settings=roomy(settings)) as loom:
        began = await affinity(loom)
        by_rules = await loom.decide(asked(opening, 1, answers(kind)))
        warmed = await affinity(loom)
        await loom.decide(asked(opening, 2, answers(kind), policy="model", deadline_ms=5_000))
        cooled = await affinity(loom)
    assert 0 < warmed - began <= 0.05
    assert [one.tool for one in by_rules.tool_results] == ["modify_relationship"]
    assert cooled - warmed == pytest.approx(-0.2)


async def test_what_is_whispered_out_of_hearing_reaches_no_prompt_turn_or_memory(
    open_loom: OpenLoom, settings: Settings, opening: Opening
) -> None:
    prompts = list[str]()

    def listen(ask: Ask, schema: type[BaseModel]) -> Mapping[str, Any]:
        prompts.append(str(ask.messages))
        return A_LINE

    whisper = answers("The password is swordfish.", loudness="whisper")
    far = {
        "present": [
            {"id": "marta", "kind": "character", "position": {"x": 0}},
            {"id": "pip", "kind": "character", "position": {"x": 45}},
            {"id": "tamsin_reed", "kind": "player", "position": {"x": 40}},
        ]
    }
    async with open_loom(model=ScriptedModel(listen), settings=roomy(settings)) as loom:
        unheard = await loom.decide(asked(opening, 1, whisper, policy="model", deadline_ms=5_000, scene=far))
        again = answers("What did I just say?")
        await loom.decide(asked(opening, 2, again, policy="model", deadline_ms=5_000, scene=far))
        said = await loom.memory.turns("morning_star", None, f"morning_star/{THREAD}")
        memories = await loom.memory.memories("morning_star", None, "marta")
    assert unheard.receipt.reason == "not_heard"
    assert prompts
    assert not any("swordfish" in one for one in prompts)
    assert not any("swordfish" in one.text for one in memories)
    whispered = next(turn for turn in said if "swordfish" in turn.text)
    assert whispered.heard_by == ("tamsin_reed", "pip")


async def test_those_who_hear_a_talk_remember_it_and_those_out_of_hearing_do_not(loom: Loom, opening: Opening) -> None:
    present = [
        {"id": "marta", "kind": "character", "position": {"x": 0}},
        {"id": "tamsin_reed", "name": "Tamsin Reed", "kind": "player", "position": {"x": 5}},
        {"id": "pip", "kind": "character", "position": {"x": 30}},
        {"id": "captain_roake", "kind": "character", "position": {"x": 200}},
    ]
    event = answers("The brigands of the Ashwood mean to burn the mill tomorrow night.")
    await loom.decide(asked(opening, 1, event, scene={"present": present}))
    pip = await loom.memory.memories("morning_star", None, "pip")
    roake = await loom.memory.memories("morning_star", None, "captain_roake")
    assert [one.text for one in pip] == [
        'Tamsin Reed said to Marta: "The brigands of the Ashwood mean to burn the mill tomorrow night."'
    ]
    assert roake == []
