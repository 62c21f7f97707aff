"""Run by a test in a process of its own: makes decisions in forks of itself, each of which kills itself at one node.

    python -m tests.service.killed SCENES

SCENES is a JSON file: a list of `{home, kind, answer, node, when}`, the answer being what the model says. Each fork
must die by SIGKILL.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from memory import read_world
from nodes import CATALOGUE, Catalogue, FrozenClock, NodeFunction
from schemas import PROJECT, DecisionRequest, load_settings
from service import Loom
from tests.service.stage import roomy, says


def deadly(node: str, when: str) -> Catalogue:
    """The catalogue with one node that does not survive being run, before or after its work."""

    def wrap(function: NodeFunction) -> NodeFunction:
        @functools.wraps(function)
        async def last(state: Any, context: Any, **knobs: Any) -> Any:
            if when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            step = await function(state, context, **knobs)
            os.kill(os.getpid(), signal.SIGKILL)
            return step

        return last

    def take(mark: str) -> list[NodeFunction]:
        return [functions[name] for name, spec in CATALOGUE.items() if getattr(spec, mark)]

    functions = {name: wrap(spec.function) if name == node else spec.function for name, spec in CATALOGUE.items()}
    return Catalogue(list(functions.values()), asks_model=take("asks_model"), decides=take("decides"))


def request_of(kind: str) -> DecisionRequest:
    """The opening of that kind, put to the model."""
    pack = read_world(PROJECT / "config" / "worlds" / "morning_star")
    opening = next(request for request in pack.opening if request.kind == kind)
    return opening.model_copy(update={"policy": "model"})


async def play(
    home: Path, kind: str, answer: dict[str, Any], catalogue: Catalogue = CATALOGUE, *, resume: bool = False
) -> list[dict[str, Any]]:
    """Make one decision with a model that gives this answer (or resume it), and return the record."""
    request = request_of(kind)
    settings, model = roomy(load_settings(home=home)), says(answer)
    async with Loom.open(settings, model=model, clock=FrozenClock(), catalogue=catalogue) as loom:
        await (loom.resume(request) if resume else loom.decide(request))
        return await loom.memory.dump(request.world)


def main(scenes: Path) -> None:
    """Play every scene in a fork; leave with 1 when one of them did not die as it should."""
    import_module("chromadb.api.client")  # read once here, and not in each fork
    for scene in json.loads(scenes.read_text()):
        child = os.fork()
        if child == 0:
            catalogue = deadly(scene["node"], scene["when"])
            asyncio.run(play(Path(scene["home"]), scene["kind"], scene["answer"], catalogue))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"{scene} was not killed: status {status}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
