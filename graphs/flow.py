"""Where a graph can go: what is reachable from where, and which cycles have no bound."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from graphs.declaration import END, Edge

Ways = dict[str, list[str]]
"""Each node with the nodes that can come after it."""


def ways(edges: Iterable[Edge], *, without: Collection[str] = ()) -> Ways:
    """The edges as a map, leaving out all that touch the nodes in `without`."""
    found: Ways = {}
    for edge in edges:
        if edge.source not in without and edge.target not in without:
            found.setdefault(edge.source, []).append(edge.target)
    return found


def reachable(start: str, by: Ways) -> set[str]:
    """Every node that can be reached from `start`, itself among them."""
    seen, waiting = {start}, [start]
    while waiting:
        for target in by.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def reversed_ways(by: Ways) -> Ways:
    """The same ways, walked backwards."""
    back: Ways = {}
    for source, targets in by.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    return back


def unbounded_cycles(edges: Collection[Edge]) -> list[list[str]]:
    """The cycles that no `at_most` bounds, each as the nodes that go round.

    A node with `at_most` leaves by its ordinary edges only so many times; after that it always takes its `at_most`
    edge. One that `waits` does so, too, and each of its rounds is a decision of its own. So every run ends when what
    remains has no cycle: those edges of such nodes, all edges of the others.
    """
    bounds = ("at_most", "waits")
    bounded = {edge.source for edge in edges if edge.kind in bounds}
    lasting = ways(edge for edge in edges if edge.source not in bounded or edge.kind in bounds)
    found: list[list[str]] = []
    done: set[str] = set()
    for start in lasting:
        if start in done:
            continue
        group = {other for other in reachable(start, lasting) if start in _after(other, lasting)}
        done |= group | {start}
        if group:
            found.append(_round_trip(start, lasting, group))
    return found


def longest_run(names: Collection[str], bounds: Iterable[int]) -> int:
    """The most nodes that one decision can run, given no unbounded cycle; an upper limit, not an estimate.

    Between two runs of nodes with `at_most`, a run passes each node at most once.
    """
    return (sum(bounds) + 1) * (len(names) + 1)


def _after(node: str, by: Ways) -> set[str]:
    """Every node that can come after `node`; itself only when there is a cycle."""
    return {late for target in by.get(node, ()) if target != END for late in reachable(target, by)}


def _round_trip(start: str, by: Ways, group: set[str]) -> list[str]:
    """The shortest way from `start` back to itself."""
    paths = [[start]]
    for path in paths:
        for target in by.get(path[-1], ()):
            if target == start:
                return path
            if target in group and target not in path:
                paths.append([*path, target])
    return [start]
