"""A node of your own, in a graph of your own: an ambush is worth the model's time only in the dark.

uv run python examples/own_node.py
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from inference import ScriptedModel
from memory import read_world, world_folders
from nodes import CATALOGUE, Context, DecisionState, FrozenClock, Step, note
from schemas import Lighting, load_settings
from service import Loom

GRAPHS = Path(__file__).parent / "graphs"


async def wait_for_dark(
    state: DecisionState, context: Context, *, dark: tuple[Lighting, ...] = (Lighting.DARK,)
) -> Step[Literal["dark", "light"]]:
    """See whether it is dark enough for an ambush that is worth thinking about."""
    if context.request(state).scene.lighting in dark:
        return Step(outcome="dark")
    return Step(outcome="light", because="by_daylight", update={"receipt": note(state, reason="by_daylight")})


WOLVES = {
    "content": {
        "creatures": [{"creature": "wolf", "count": 2}],
        "introduction": "Two grey shapes keep pace with you between the ash trees.",
    }
}


async def main() -> None:
    """The same request twice: at night, and at noon."""
    settings = load_settings(graphs=(*load_settings().graphs, GRAPHS))
    model, catalogue = ScriptedModel({"EncounterDecisionAnswer": WOLVES}), CATALOGUE.with_nodes([wait_for_dark])
    async with Loom.open(settings, model=model, catalogue=catalogue, clock=FrozenClock()) as loom:
        world = read_world(world_folders(settings.config)["morning_star"])
        await loom.memory.load_world(world)
        night = next(request for request in world.opening if request.kind == "encounter").model_dump()
        noon = {**night, "scene": {**night["scene"], "lighting": "bright"}}
        for name, request in {"night": night, "noon": noon}.items():
            decision = await loom.decide({**request, "id": f"ambush-at-{name}", "kind": "ambush"})
            print(f"{name}: {decision.receipt.source}, {decision.receipt.reason}")


if __name__ == "__main__":
    asyncio.run(main())
