"""The graphs of the library as `langgraph.json` names them, for `langgraph dev` and its kin.

The platform brings its own checkpoints; record, memory and model are those of the settings. One Loom serves all graphs
of a process, and closes with it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from graphs import DecisionGraph
from memory import read_world, world_folders
from schemas import load_settings
from service.loom import Loom

_opening = asyncio.Lock()
_open: dict[int, tuple[Loom, AsyncExitStack]] = {}


async def _loom() -> Loom:
    """The Loom of this event loop, opened on first use with the world of the settings loaded."""
    here = id(asyncio.get_running_loop())
    async with _opening:
        if here not in _open:
            settings, stack = load_settings(), AsyncExitStack()
            loom = await stack.enter_async_context(Loom.open(settings))
            folder = world_folders(settings.config).get(settings.world)
            if folder is not None:
                await loom.memory.load_world(await asyncio.to_thread(read_world, folder))
            _open[here] = loom, stack
        return _open[here][0]


async def close() -> None:
    """Close what was opened on this event loop."""
    kept = _open.pop(id(asyncio.get_running_loop()), None)
    if kept is not None:
        await kept[1].aclose()


async def dialogue() -> DecisionGraph:
    """What a character says, and what the player may answer."""
    return (await _loom()).graph("dialogue", checkpoints=False)


async def bark() -> DecisionGraph:
    """What those in a crowd remark when somebody passes."""
    return (await _loom()).graph("bark", checkpoints=False)


async def combat() -> DecisionGraph:
    """What an enemy does on its turn."""
    return (await _loom()).graph("combat", checkpoints=False)


async def encounter() -> DecisionGraph:
    """Who gets in the party's way."""
    return (await _loom()).graph("encounter", checkpoints=False)


async def quest() -> DecisionGraph:
    """A quest that can be finished."""
    return (await _loom()).graph("quest", checkpoints=False)


async def diplomacy() -> DecisionGraph:
    """What a faction answers to an offer."""
    return (await _loom()).graph("diplomacy", checkpoints=False)


async def negotiation() -> DecisionGraph:
    """Talks between two factions, round by round."""
    return (await _loom()).graph("negotiation", checkpoints=False)


async def description() -> DecisionGraph:
    """What a thing, a place or a creature looks like now."""
    return (await _loom()).graph("description", checkpoints=False)


async def tactics() -> DecisionGraph:
    """How a boss means to fight."""
    return (await _loom()).graph("tactics", checkpoints=False)
