"""No secret leaves: what the judge sends back, what the guard refuses, and the gate that every decision passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from inference import Ask, Line, ScriptedModel
from memory import Commit
from memory.secrets import Secrets
from nodes.taint import EMBEDDER_FAILED, cleared
from rules import Situation, decide
from schemas import (
    AddFact,
    Decision,
    DecisionRequest,
    DialogueDecision,
    EmbedderSettings,
    Fact,
    Receipt,
    RecordBusy,
    RevealFact,
    SecretFact,
    SecretRevealed,
    Settings,
    Source,
    StagedCall,
    ToolResult,
    Validity,
    Versions,
    WorldPack,
)
from service import Loom
from tests.conftest import Opening, OpenLoom

SMUGGLING = "Marta lets the League's boats unload by night at the steps under her cellar, and takes a tenth."
CLOSE = "Lord Wyle lent me the money with which I pay my guards, and I have no way to repay it."
PLAIN = "Two bowls, then, and sit by the stove."
TELLS = {"name": "marta_smuggles", "words": "unload"}
"""What must stand nowhere on a receipt: the secret's id, and a word of it."""


def line(text: str, *calls: dict[str, Any], hint: str | None = None) -> dict[str, Any]:
    variants = [
        {"text": "Who says so?", "tone": "neutral", "consequence_hint": hint},
        {"text": "Never mind.", "tone": "friendly", "consequence_hint": None},
    ]
    content = {"npc_text": text, "tone": "friendly", "player_variants": variants}
    return {"content": content, "tool_calls": list(calls)}


def note(text: str, *known_by: str) -> dict[str, Any]:
    arguments = {
        "text": text,
        "kind": "lore",
        "topic": "a_note",
        "about": ["marta"],
        "importance": 0.5,
        "known_by": list(known_by),
    }
    return {"tool": "add_knowledge_fact", "arguments": arguments}


def grudge(reason: str) -> dict[str, Any]:
    arguments = {"toward": "tamsin_reed", "affinity": 0.1, "trust": 0.0, "reason": reason}
    return {"tool": "modify_relationship", "arguments": arguments}


def reveal(*to: str, fact: str = "marta_smuggles") -> dict[str, Any]:
    return {"tool": "reveal_secret", "arguments": {"fact": fact, "to": list(to)}}


async def asked(open_loom: OpenLoom, opening: Opening, *lines: Line, **changes: Any) -> Decision:
    settings = changes.pop("settings", None)
    more = {} if settings is None else {"settings": settings}
    async with open_loom(ScriptedModel(list(lines)), **more) as loom:
        return await loom.decide(opening("dialogue", **{"policy": "model", "deadline_ms": 60_000} | changes))


# What the judge sends back


async def test_a_model_that_tells_a_secret_is_asked_once_more_without_being_told_which(
    open_loom: OpenLoom, opening: Opening
) -> None:
    questions: list[Ask] = []

    def script(ask: Ask, _: object) -> Line:
        questions.append(ask)
        return line(SMUGGLING if len(questions) == 1 else PLAIN)

    async with open_loom(ScriptedModel(script)) as loom:
        decision = await loom.decide(opening("dialogue", policy="model", deadline_ms=60_000))

    receipt = decision.receipt
    assert isinstance(decision.content, DialogueDecision)
    assert decision.content.npc_text == PLAIN
    assert (receipt.source, receipt.withheld) == ("repaired", 1)
    assert "something that the player must not know yet" in questions[1].messages[-1]["content"]
    assert all(word not in questions[1].messages[-1]["content"] for word in TELLS.values())


async def test_a_model_that_tells_it_again_gives_way_to_the_rules_and_the_receipt_says_only_that(
    open_loom: OpenLoom, opening: Opening
) -> None:
    decision = await asked(open_loom, opening, line(PLAIN, hint=SMUGGLING[:110]), line(SMUGGLING.upper()[::-1]))

    receipt = decision.receipt
    assert (receipt.source, receipt.reason, receipt.withheld) == ("fallback", "secret", 2)
    on_receipt = receipt.model_copy(update={"retrieved": (), "found_by": {}}).model_dump_json()
    assert all(word not in on_receipt for word in TELLS.values())
    assert "cellar" not in decision.content.model_dump_json()


async def test_a_secret_that_the_character_does_not_even_know_does_not_leave_either(
    open_loom: OpenLoom, opening: Opening, morning_star: WorldPack
) -> None:
    ordered = next(fact.text for fact in morning_star.facts if fact.id == "the_fire_was_ordered")

    decision = await asked(open_loom, opening, line(ordered), line(ordered))

    assert "the_fire_was_ordered" not in decision.receipt.retrieved
    assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "secret")


async def test_a_sentence_that_only_means_a_secret_is_held_back(open_loom: OpenLoom, opening: Opening) -> None:
    decision = await asked(open_loom, opening, line(CLOSE), line(CLOSE), character="captain_roake")

    assert (decision.receipt.source, decision.receipt.reason) == ("fallback", "secret")


async def test_where_the_embedder_fails_words_are_looked_at_all_the_same_and_the_receipt_says_so(
    open_loom: OpenLoom, opening: Opening, settings: Settings
) -> None:
    nobody = EmbedderSettings(kind="endpoint", url="http://127.0.0.1:9/v1", name="nobody", dimension=8)
    broken = settings.model_copy(update={"embedder": nobody})

    plain = await asked(open_loom, opening, line(PLAIN), settings=broken)
    told = await asked(open_loom, opening, line(SMUGGLING), line(SMUGGLING), settings=broken, id="told")

    assert plain.receipt.source == "model"
    assert EMBEDDER_FAILED in plain.receipt.warnings
    assert told.receipt.reason == "secret"


# What the guard refuses


async def test_a_call_that_tells_a_secret_is_refused_and_not_a_word_of_it_is_kept(
    open_loom: OpenLoom, opening: Opening
) -> None:
    rumour = note("The pie is better than last week.", "pip")

    decision = await asked(open_loom, opening, line(PLAIN, note(SMUGGLING), grudge(SMUGGLING), rumour))

    assert decision.receipt.source == "model"
    assert [result.status for result in decision.tool_results] == ["rejected", "rejected", "applied"]
    assert decision.tool_results[0].arguments == {}
    assert "unload" not in decision.model_dump_json()


async def test_a_secret_told_by_the_call_that_reveals_it_is_no_leak(open_loom: OpenLoom, opening: Opening) -> None:
    aside = await asked(open_loom, opening, line(SMUGGLING, reveal("pip")), line(PLAIN, reveal("pip")), id="aside")
    told = await asked(open_loom, opening, line(SMUGGLING, reveal("tamsin_reed"), grudge(SMUGGLING)))

    assert told.receipt.source == "model"
    assert [result.status for result in told.tool_results] == ["applied", "applied"]
    assert (aside.receipt.source, aside.receipt.withheld) == ("repaired", 1), "Pip is not the player"
    assert [event.type for event in aside.triggered_events] == ["SecretRevealed"]


async def test_what_was_revealed_is_free_to_say_from_then_on(open_loom: OpenLoom, opening: Opening) -> None:
    async with open_loom(ScriptedModel([line(SMUGGLING, reveal("corin_ashe")), line(SMUGGLING)])) as loom:
        for number in range(2):
            again = opening("dialogue", id=f"d{number}", policy="model", deadline_ms=60_000)
            decision = await loom.decide(again)
            assert decision.receipt.source == "model"


async def test_a_fact_does_not_carry_a_secret_to_somebody_who_does_not_know_it(
    open_loom: OpenLoom, opening: Opening, morning_star: WorldPack
) -> None:
    known = tuple(
        fact.model_copy(update={"known_by": (*fact.known_by, "player")}) if fact.id == "marta_smuggles" else fact
        for fact in morning_star.facts
    )
    async with open_loom(ScriptedModel([line(PLAIN, note(SMUGGLING, "pip"), note(SMUGGLING, "tamsin_reed"))])) as loom:
        await loom.memory.load_world(
            morning_star.model_copy(
                update={"info": morning_star.info.model_copy(update={"id": "told"}), "facts": known}
            )
        )
        request = opening("dialogue", world="told", policy="model", deadline_ms=60_000)
        decision = await loom.decide(request)

    assert [result.status for result in decision.tool_results] == ["rejected", "applied"]


# The gate


def made(request: DecisionRequest, text: str, *, source: Source = "model", judged: bool = False) -> Decision:
    """A decision of somebody else's graph, which has no judge in it."""
    return Decision(
        id=request.id,
        kind="dialogue",
        decides="DialogueDecision",
        world=request.world,
        character=request.character,
        content=DialogueDecision.model_validate(line(text)["content"]),
        receipt=Receipt(
            source=source,
            reason="accepted",
            versions=Versions(graph="mine@1"),
            seed=0,
            language="en",
            timeline="main",
            validity=Validity(world=judged or None),
        ),
    )


def staged(text: str, *effects: Any, tool: str = "own_tool") -> StagedCall:
    result = ToolResult(call=0, tool=tool, arguments={"deep": [{"text": text}]}, status="applied")
    return StagedCall(result=result, effects=effects)


def on(loom: Loom, request: DecisionRequest) -> Situation:
    return loom.context.situation_of(request, "decide_by_rules")


async def through(loom: Loom, decision: Decision, request: DecisionRequest, *calls: StagedCall) -> Decision:
    left, kept = await cleared(decision, calls, on(loom, request), loom.context, within=5)
    assert left.tool_results == tuple(call.result for call in kept) or not kept
    return left


async def test_a_decision_without_a_judge_does_not_pass_the_gate_with_a_secret(loom: Loom, opening: Opening) -> None:
    request = opening("dialogue")
    for text in (SMUGGLING, CLOSE):
        left = await through(loom, made(request, text), request, staged("all quiet"))

        assert left.content == decide("DialogueDecision", on(loom, request))
        assert (left.receipt.source, left.receipt.reason, left.receipt.withheld) == ("fallback", "secret", 1)
        assert left.tool_results == ()


async def test_a_decision_that_tells_nothing_passes_the_gate_as_it_is(loom: Loom, opening: Opening) -> None:
    request = opening("dialogue")
    for source in ("model", "rules", "fallback", "cache", "repaired"):
        decision = made(request, PLAIN, source=source)
        assert await through(loom, decision, request) is decision


async def test_a_call_that_tells_does_not_pass_the_gate_and_the_rest_of_the_decision_does(
    loom: Loom, opening: Opening
) -> None:
    request, told = opening("dialogue"), Fact(id="f", text=SMUGGLING, payload=SecretFact(holder="marta"))
    decision = made(request, PLAIN)
    calls = (staged(SMUGGLING, AddFact(fact=told)), staged("all quiet"))

    left, kept = await cleared(decision, calls, on(loom, request), loom.context, within=5)

    assert left.content == decision.content
    assert [call.result.status for call in kept] == ["rejected", "applied"]
    assert (kept[0].effects, left.receipt.withheld) == ((), 1)
    assert SMUGGLING not in left.model_dump_json()


async def test_a_call_that_reveals_it_to_the_player_opens_the_gate(loom: Loom, opening: Opening) -> None:
    request = opening("dialogue")
    event = SecretRevealed(holder="marta", fact="marta_smuggles", to=("tamsin_reed",))
    for to, passes in (("player", True), ("tamsin_reed", True), ("pip", False)):
        call = staged("-", RevealFact(fact="marta_smuggles", to=(to,))).model_copy(update={"triggered": (event,)})
        left, _ = await cleared(made(request, SMUGGLING), (call,), on(loom, request), loom.context, within=5)
        assert (left.receipt.source == "model") is passes


async def test_where_even_the_rules_own_words_would_tell_nothing_is_said(loom: Loom, opening: Opening) -> None:
    request = opening("dialogue")
    content = decide("DialogueDecision", on(loom, request))
    assert isinstance(content, DialogueDecision)
    told = Fact(id="s", text=content.npc_text, payload=SecretFact(holder="marta"), known_by=("marta",))
    made_known = made(request, PLAIN).model_copy(update={"id": "before"})
    await loom.memory.commit(Commit(decision=made_known, thread="t", staged=(staged("-", AddFact(fact=told)),)))
    decision = made(request, PLAIN, source="fallback").model_copy(update={"content": content})

    left = await through(loom, decision, request)

    assert isinstance(left.content, DialogueDecision)
    assert left.content.npc_text == "..."
    assert left.receipt.reason == "secret"


async def test_where_secrets_cannot_be_read_only_the_rules_words_leave(
    loom: Loom, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> Sequence[Fact]:
        raise RecordBusy("somebody holds it")

    monkeypatch.setattr(Secrets, "unrevealed", busy)
    request = opening("dialogue")
    by_rules = made(request, PLAIN, source="rules")

    left = await through(loom, made(request, PLAIN), request)

    assert (left.receipt.source, left.receipt.reason) == ("fallback", "record_busy")
    assert await through(loom, by_rules, request) is by_rules


# What enters a prompt


@pytest.mark.parametrize("kind", ["dialogue", "quest"])
async def test_no_prompt_of_anybody_holds_what_they_do_not_know(
    open_loom: OpenLoom, opening: Opening, morning_star: WorldPack, kind: str
) -> None:
    prompts: dict[str, str] = {}
    characters = [character.id for character in morning_star.characters]
    concepts = morning_star.info.concepts[:16]
    async with open_loom(model := ScriptedModel()) as loom:
        for character in characters:
            request = opening(kind, id=f"p-{character}", character=character, policy="model", deadline_ms=60_000)
            event = request.event.model_copy(update={"concepts": concepts})
            await loom.decide(request.model_copy(update={"event": event, "thread": f"p-{character}"}))
            prompts[character] = "\n".join(message["content"] for message in model.asked[-1].messages)
        knows = {
            one: {fact.id for fact in await loom.memory.facts("morning_star", None, knower=one)} for one in characters
        }

    assert len(prompts) == len(characters)
    assert any(SMUGGLING in prompt for prompt in prompts.values()), "somebody's secrets do come to mind"
    for character, prompt in prompts.items():
        for fact in morning_star.facts:
            hidden = isinstance(fact.payload, SecretFact) and fact.id not in knows[character]
            wordings = fact.payload.wordings if isinstance(fact.payload, SecretFact) else ()
            for words in (
                *((fact.text, f"[secret {fact.id}]") if hidden else ()),
                *(one for one in wordings if " " in one),
            ):
                assert words not in prompt, f"{character} is told {fact.id}"
