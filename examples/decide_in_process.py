"""A game service in one file: open Loomwright once, ask it for two decisions at the same time, read the receipts.

uv run python examples/decide_in_process.py
"""

from __future__ import annotations

import asyncio

from memory import read_world, world_folders
from schemas import CombatDecision, Decision, DialogueDecision
from service import Loom


async def main() -> None:
    """Marta greets a guest while Grelda Thorn fights on the Ashwood Road."""
    async with Loom.open() as loom:  # the record goes where the settings say: `.loomwright/` here
        world = read_world(world_folders(loom.settings.config)["morning_star"])
        await loom.memory.load_world(world)  # in one transaction; a second time changes nothing

        opening = {request.kind: request for request in world.opening}
        for decision in await asyncio.gather(loom.decide(opening["dialogue"]), loom.decide(opening["combat"])):
            show(decision)


def show(decision: Decision) -> None:
    """What a game would use, and what a designer would look at."""
    match decision.content:
        case DialogueDecision() as said:
            print(f"{decision.character} says: {said.npc_text} ({said.tone})")
        case CombatDecision(move=move):
            print(f"{decision.character} chooses: {move}")
        case _:
            print(f"{decision.character}: {decision.decides}")
    way = " -> ".join(step.node for step in decision.receipt.steps)
    print(f"  {decision.receipt.source}, {decision.receipt.reason}: {way}")


if __name__ == "__main__":
    asyncio.run(main())
