"""A player loads an old save: nothing of what was abandoned reaches a character any more, in no way at all."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel

from inference import Ask, ScriptedModel
from schemas import Decision, DecisionRequest
from service import Loom
from tests.conftest import Opening, OpenLoom
from tests.support.waiting import until

WORD = "heliotrope"
"""Said on the branch that is abandoned, and in no file of the world."""
ASIDE = "Nothing worth telling."


class Innkeeper:
    """A model that tells everything it ever hears of, and that can be made to take its time."""

    def __init__(self) -> None:
        self.line = ASIDE
        self.model = ScriptedModel(self.say)

    def say(self, ask: Ask, schema: type[BaseModel]) -> dict[str, Any]:
        del schema
        heard = any(WORD in message["content"] for message in ask.messages)
        variants = [{"text": text, "tone": "neutral", "consequence_hint": None} for text in ("Well.", "Tell me more.")]
        content = {
            "npc_text": f"The word is {WORD}." if heard else self.line,
            "tone": "neutral",
            "player_variants": variants,
        }
        calls = [_fact(self.line)] if WORD in self.line else []
        return {"content": content, "tool_calls": calls}

    @property
    def prompts(self) -> str:
        """All that was ever asked of it since this was last read."""
        heard = "\n".join(message["content"] for ask in self.model.asked for message in ask.messages)
        self.model.asked.clear()
        return heard


def _fact(text: str) -> dict[str, Any]:
    arguments = {"text": text, "kind": "event", "topic": WORD, "about": ["marta"], "importance": 0.9, "known_by": []}
    return {"tool": "add_knowledge_fact", "arguments": arguments}


def _ask(opening: Opening, id_: str, text: str, **changes: object) -> DecisionRequest:
    request = opening("dialogue")
    event = {"type": "DialogueChoice", "speaker": "tamsin_reed", "listener": request.character, "text": text}
    return opening("dialogue", id=id_, event=event, policy="model", deadline_ms=600_000, **changes)


async def _everything(loom: Loom, world: str, character: str) -> str:
    memory = loom.memory
    parts = [
        await memory.facts(world, None, knower=None),
        await memory.memories(world, None, character),
        await memory.relationships(world, None, character),
        await memory.turns(world, None, f"{world}/dialogue.{character}"),
        await memory.chronicle.quests(world),
        await memory.world_line(world).log(limit=1_000),
    ]
    return repr(parts)


def _says(decision: Decision) -> str:
    return decision.model_dump_json()


async def test_nothing_of_an_abandoned_branch_can_be_recovered_by_asking(open_loom: OpenLoom, opening: Opening) -> None:
    innkeeper = Innkeeper()
    async with open_loom(innkeeper.model) as loom:
        first = _ask(opening, "first", "Good evening.")
        world = loom.memory.world_line(first.world)
        await loom.decide(first)
        await world.save("evening")
        innkeeper.line = f"Between us: the word is {WORD}."
        told = await loom.decide(_ask(opening, "told", f"Tell me. Is it {WORD}?"))
        assert WORD in _says(told)
        assert WORD in await _everything(loom, first.world, first.character)

        innkeeper.line = ASIDE
        timeline = await world.load("evening")
        late = _ask(opening, "late", f"So it is {WORD}?", timeline="main")
        assert (await loom.decide(late)).receipt.timeline == "main"
        await loom.memory.settle()
        assert WORD in innkeeper.prompts, "on its own timeline it still remembers"

        for number, question in enumerate(("What is the word?", "What did you just tell me?", "Tell me everything.")):
            answer = await loom.decide(_ask(opening, f"question-{number}", question))
            assert answer.receipt.timeline == timeline
            assert WORD not in _says(answer)
        assert WORD not in innkeeper.prompts
        assert WORD not in await _everything(loom, first.world, first.character)


async def test_what_was_answered_on_an_abandoned_branch_is_answered_anew(open_loom: OpenLoom, opening: Opening) -> None:
    innkeeper = Innkeeper()
    async with open_loom(innkeeper.model) as loom:
        first = _ask(opening, "first", "Good evening.")
        before = await loom.decide(first)
        world = loom.memory.world_line(first.world)
        await world.save("evening")
        innkeeper.line = f"The word is {WORD}."
        request = _ask(opening, "told", "Tell me.")
        abandoned = await loom.decide(request)

        innkeeper.line = ASIDE
        await world.load("evening")
        for answer in (await loom.resume(request), await loom.decide(request)):
            assert answer.receipt.timeline == "t2"
            assert WORD not in _says(answer)
        assert (await loom.decide(first)).content == before.content, "what was before the save stays answered"
        on_main = request.model_copy(update={"timeline": "main"})
        assert (await loom.resume(on_main)).content == abandoned.content


async def test_a_decision_that_is_being_made_while_a_save_is_loaded_stays_where_it_began(
    open_loom: OpenLoom, opening: Opening
) -> None:
    innkeeper = Innkeeper()
    innkeeper.model = ScriptedModel(innkeeper.say, latency=2.0)
    async with open_loom(innkeeper.model) as loom:
        request = _ask(opening, "slow", "Tell me.")
        world = loom.memory.world_line(request.world)
        await world.save("evening")
        innkeeper.line = f"The word is {WORD}."
        deciding = asyncio.create_task(loom.decide(request))
        await until(lambda: innkeeper.model.asked, "it has been asked; it takes its time to answer")
        await world.load("evening")
        made = await deciding

        assert made.receipt.timeline == "main"
        assert WORD in _says(made)
        assert WORD not in await _everything(loom, request.world, request.character)
        assert await loom.memory.decision(request.world, request.id) is None
        innkeeper.line = ASIDE
        innkeeper.model.asked.clear()
        again = await loom.decide(request)
        assert (again.receipt.timeline, WORD in _says(again), WORD in innkeeper.prompts) == ("t2", False, False)


async def test_the_state_of_a_thread_is_not_carried_into_another_timeline(
    open_loom: OpenLoom, opening: Opening
) -> None:
    innkeeper = Innkeeper()
    async with open_loom(innkeeper.model) as loom:
        request = _ask(opening, "first", "Good evening.")
        world = loom.memory.world_line(request.world)
        await world.save("evening")
        innkeeper.line = f"The word is {WORD}."
        told = await loom.decide(request)
        await world.load("evening")
        innkeeper.line = ASIDE
        asked = await loom.decide(_ask(opening, "second", "What is the word?"))

        graph = loom.graph("dialogue")
        threads: list[RunnableConfig] = [
            {"configurable": {"thread_id": f"{request.thread_id}@{timeline}"}} for timeline in ("main", "t2")
        ]
        states = [[state async for state in graph.aget_state_history(thread)] for thread in threads]
        ids = [{state.config["configurable"]["checkpoint_id"] for state in history} for history in states]
    assert told.receipt.checkpoint in ids[0]
    assert asked.receipt.checkpoint in ids[1]
    assert WORD in repr(states[0])
    assert WORD not in repr(states[1])
