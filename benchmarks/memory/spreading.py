"""How much faster activation spreads over compiled arrays than over the networkx graph that they come from."""

from __future__ import annotations

import random
import time

import numpy as np

from benchmarks.figures import Figure
from memory import TagGraph
from memory.tags.activation import Spread, plain_activate


async def measure(*, quick: bool) -> list[Figure]:
    """A random graph, depth 2, from three tags each time; no answer comes from the cache."""
    tags, links, asked = (10_000, 200_000, 30) if quick else (100_000, 2_000_000, 60)
    graph = _graph(tags, links)
    began = time.perf_counter()
    graph.activate(["concept:t0"])
    compiled = time.perf_counter() - began
    dice = random.Random(23)
    seeds = [[f"concept:t{dice.randrange(tags)}" for _ in range(3)] for _ in range(asked)]
    plain, arrays = list[float](), list[float]()
    for each in seeds:
        began = time.perf_counter()
        wanted = plain_activate([graph.graph], each, Spread())
        between = time.perf_counter()
        found = graph.activate(each)
        plain.append((between - began) * 1_000)
        arrays.append((time.perf_counter() - between) * 1_000)
        if found != wanted:
            raise RuntimeError("the two forms disagree")
    case = f"activation over {tags:,} tags and {links:,} links, depth 2: plain loop over arrays"
    return [
        Figure("memory", case, float(np.median(plain) / np.median(arrays)), "x", 4, "higher"),
        Figure("memory", "the same: arrays, median", float(np.median(arrays)), "ms"),
        Figure("memory", "the same: compiled once, or after an edit by hand", compiled, "s"),
    ]


def _graph(tags: int, links: int) -> TagGraph:
    dice = np.random.default_rng(29)
    graph = TagGraph()
    while len(graph) < links:
        for a, b, weight in zip(
            dice.integers(tags, size=links // 4).tolist(),
            dice.integers(tags, size=links // 4).tolist(),
            dice.random(links // 4).tolist(),
            strict=True,
        ):
            if a != b and len(graph) < links:
                graph.tie(f"concept:t{a}", f"concept:t{b}", "direct", weight)
    return graph
