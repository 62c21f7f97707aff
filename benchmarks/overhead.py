"""What a rules decision costs over LangGraph itself: the same number of empty nodes, in the same run."""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph  # pyright: ignore[reportMissingTypeStubs]  # the bare graph
from typing_extensions import TypedDict

from benchmarks.figures import Figure
from graphs import DecisionGraph, DecisionOutput, run_graph
from memory import read_world
from schemas import DecisionRequest, load_settings
from service import Loom
from service.checkpoints import open_checkpoints

TARGETS = {False: 1.5, True: 1.3}
"""Times the bare graph: without and with one checkpoint a decision."""

Durability: TypeAlias = Literal["exit"] | None


class _Plain(TypedDict, total=False):
    step: int


async def measure(*, quick: bool = False, model_url: str | None = None) -> list[Figure]:
    """The median time of a rules decision over that of a bare graph, without and with checkpoints, for each graph.

    Once with as many empty nodes as the graph has, and once, which is stricter, with as many as the decision walks.
    """
    del model_url
    rounds, runs = (4, 12) if quick else (15, 30)
    figures: list[Figure] = []
    async with opened() as (loom, openings, home):
        for checkpoints in (False, True):
            kept, durability = ("one checkpoint", "exit") if checkpoints else ("no checkpoint", None)
            async with open_checkpoints(home / "bare", None) as saver:
                for opening in openings:
                    graph = loom.graph(opening.kind, checkpoints=checkpoints)
                    has, walks = (
                        len(loom.declaration(opening.kind).nodes),
                        await _nodes_on_the_way(loom, graph, opening),
                    )
                    bare = [
                        _running(
                            bare_graph(nodes, saver if checkpoints else None), f"{opening.kind}-{nodes}", durability
                        )
                        for nodes in (has, walks)
                    ]
                    ours, *theirs = await _compare([_asking(loom, graph, opening, durability), *bare], rounds, runs)
                    case, target = f"{opening.kind}, {kept}", TARGETS[checkpoints]
                    figures += [
                        Figure(
                            "overhead", f"{case}: over the {has} nodes that it has", ours / theirs[0], "x bare", target
                        ),
                        Figure(
                            "overhead", f"{case}: over the {walks} nodes it walks", ours / theirs[1], "x bare", target
                        ),
                        Figure("overhead", f"{case}: a decision", ours * 1_000, "ms"),
                        Figure("overhead", f"{case}: {has} empty nodes", theirs[0] * 1_000, "ms"),
                        Figure("overhead", f"{case}: {walks} empty nodes", theirs[1] * 1_000, "ms"),
                    ]
    return figures


@asynccontextmanager
async def opened() -> AsyncGenerator[tuple[Loom, list[DecisionRequest], Path]]:
    """A Loom without a model over the example world, its openings, and the folder that it lives in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            home=Path(folder), encounters={"fights": 0}
        )  # what is measured is the way there, not the fights
        pack = read_world(settings.config / "worlds" / "morning_star")
        async with Loom.open(settings, model=None) as loom:
            await loom.memory.load_world(pack)
            await loom.memory.warm()  # a start of Chroma in the middle of a round is not what is measured
            await loom.memory.settle()
            yield loom, list(pack.opening), Path(folder)


async def _nodes_on_the_way(loom: Loom, graph: DecisionGraph, request: DecisionRequest) -> int:
    result = await _asking(loom, graph, request, None)()
    return len(result.get("trace", ()))


_number = iter(range(10**9))


def _asking(
    loom: Loom, graph: DecisionGraph, request: DecisionRequest, durability: Durability
) -> Callable[[], Awaitable[DecisionOutput]]:
    """A new decision each time: one that is recorded already would be cheaper. Its timeline is named as a Loom does."""
    config: RunnableConfig = {"configurable": {"thread_id": f"ours-{request.kind}"}}

    async def ask() -> DecisionOutput:
        here = await loom.memory.find_timeline(request.world, None)
        changes = {"id": f"bench.{next(_number)}", "policy": "rules", "timeline": here}
        return await run_graph(
            graph, {"request": request.model_dump(mode="json") | changes}, config, durability=durability
        )

    return ask


def _running(graph: Any, kind: str, durability: Durability) -> Callable[[], Awaitable[object]]:
    config: RunnableConfig = {"configurable": {"thread_id": f"bare-{kind}"}}
    return lambda: graph.ainvoke({"step": 0}, config, durability=durability)


def bare_graph(nodes: int, checkpointer: Any) -> Any:
    """LangGraph alone: as many async nodes that do nothing, in a row."""

    async def nothing(state: _Plain) -> _Plain:
        return {"step": state.get("step", 0) + 1}

    builder: Any = StateGraph(_Plain)
    names = [f"node_{number}" for number in range(nodes)]
    for name in names:
        builder.add_node(name, nothing)
    for source, target in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(source, target)
    return builder.compile(checkpointer=checkpointer)


async def _compare(candidates: Sequence[Callable[[], Awaitable[object]]], rounds: int, runs: int) -> list[float]:
    """Median seconds of each, taken in turns so that a noisy moment hits all."""
    times: list[list[float]] = [[] for _ in candidates]
    for candidate in candidates:
        for _ in range(5):
            await candidate()
    gc.collect()
    for _ in range(rounds):
        for candidate, taken in zip(candidates, times, strict=True):
            for _ in range(runs):
                began = time.perf_counter()
                await candidate()
                taken.append(time.perf_counter() - began)
    return [statistics.median(taken) for taken in times]
