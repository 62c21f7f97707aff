"""Record what a model says, and play the same decision again without it: the same bytes come out.

uv run python examples/replay.py
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from inference import Model, RecordedModel, RecordingModel, ScriptedModel
from memory import read_world, world_folders
from nodes import FrozenClock
from schemas import Settings, load_settings
from service import Loom


async def play(settings: Settings, model: Model) -> str:
    """Grelda's turn as JSON. The checkpoint's id is left out: LangGraph makes a new one for each run."""
    async with Loom.open(settings, model=model, clock=FrozenClock()) as loom:
        world = read_world(world_folders(settings.config)["morning_star"])
        await loom.memory.load_world(world)
        turn = next(request for request in world.opening if request.kind == "combat")
        decision = await loom.decide(turn.model_copy(update={"policy": "model", "deadline_ms": 10_000}))
        return decision.model_dump_json(exclude={"receipt": {"checkpoint"}})


async def main() -> None:
    """Once with a model (any `Model` will do, `VllmModel` too), once with what was written down."""
    settings = load_settings()
    with TemporaryDirectory() as folder:
        tape, rooms = Path(folder) / "grelda.jsonl", [Path(folder) / name for name in ("first", "again")]
        said = RecordingModel(ScriptedModel.improvising(seed=7), tape)
        first = await play(settings.model_copy(update={"home": rooms[0]}), said)
        again = await play(settings.model_copy(update={"home": rooms[1]}), RecordedModel(tape, exact=True))
        print(f"{tape.name}: {len(tape.read_text().splitlines())} answer; same bytes: {first == again}")


if __name__ == "__main__":
    asyncio.run(main())
