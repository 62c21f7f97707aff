"""A tool of your own: what a character promises is remembered, and makes for trust.

uv run python examples/own_tool.py
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from inference import ScriptedModel
from memory import read_world, world_folders
from nodes import FrozenClock
from schemas import AddFact, ChangeRelationship, Fact, FactSource, LoreFact, load_settings
from service import Loom
from tools import Consequences, Here, Toolbox, ToolRefused


def make_a_promise(here: Here, call: int, *, to: str, what: str) -> Consequences:
    """Promise something to somebody who is there; both know of it from now on."""
    if to == here.character:
        raise ToolRefused("to: a promise to oneself binds nobody.")
    fact = Fact(
        id=here.fact_id(call),
        text=f"{here.character} promised {to}: {what}",
        payload=LoreFact(topic="promise"),
        tags=tuple(here.tag(name) for name in (here.character, to)),
        known_by=tuple(here.knower(name) for name in (here.character, to)),
        source=FactSource.MODEL,
    )
    return Consequences(
        effects=(AddFact(fact=fact), ChangeRelationship(character=here.character, toward=to, trust=0.1))
    )


ANSWERS = ("You are kind, Marta.", "And what does the room cost?")
SUPPER = {
    "content": {
        "npc_text": "Two bowls, and I will keep the room above the kitchen for you.",
        "tone": "friendly",
        "player_variants": [{"text": text, "tone": "neutral", "consequence_hint": None} for text in ANSWERS],
    },
    "tool_calls": [{"tool": "make_a_promise", "arguments": {"to": "tamsin_reed", "what": "the room over the kitchen"}}],
}


async def main() -> None:
    """Marta promises a room, and the record knows of it."""
    settings = load_settings(graphs=(*load_settings().graphs, Path(__file__).with_name("graphs")))
    tools = Toolbox.load(Path(__file__).with_name("tools"), [make_a_promise])
    async with Loom.open(settings, model=ScriptedModel([SUPPER]), tools=tools, clock=FrozenClock()) as loom:
        await loom.memory.load_world(world := read_world(world_folders(settings.config)["morning_star"]))
        evening = next(request for request in world.opening if request.kind == "dialogue").model_dump()
        decision = await loom.decide({**evening, "id": "a-room", "kind": "supper"})
        facts = await loom.memory.facts("morning_star", None, knower="marta")
        print(f"{decision.tool_results[0].status}: {facts[-1].text}")


if __name__ == "__main__":
    asyncio.run(main())
