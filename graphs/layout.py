"""Where each node of a drawing goes: rows from the top down, few crossings (after Sugiyama, Tagawa and Toda, 1981)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Link = tuple[str, str]
Point = tuple[float, float]

ROW = 104.0
GAP = 34.0
MARGIN = 24.0
HEIGHT = 44.0


@dataclass(frozen=True)
class Layout:
    """The centre of each node, and for each link the points that it passes."""

    nodes: dict[str, Point]
    links: dict[Link, list[Point]]
    back: frozenset[Link]
    """Links that lead upwards, closing a cycle."""
    width: float
    height: float


def lay_out(start: str, links: Iterable[Link], widths: Mapping[str, float]) -> Layout:
    """Place every node of `widths`; a link over several rows bends around what lies between."""
    wanted = list(dict.fromkeys(links))
    back = frozenset(_back_links(start, wanted) | {link for link in wanted if link[0] == link[1]})
    rows = _rows(start, [link for link in wanted if link not in back], widths)
    sizes, chains, place = dict(widths), dict[Link, list[str]](), [list[str]() for _ in range(max(rows.values()) + 1)]
    for name, row in rows.items():
        place[row].append(name)
    for source, target in wanted:
        if (source, target) in back:
            continue
        chain = [source]
        for row in range(rows[source] + 1, rows[target]):
            bend = f"{source}>{target}@{row}"
            sizes[bend] = 18.0
            place[row].append(bend)
            chain.append(bend)
        chains[source, target] = [*chain, target]
    pairs = [pair for chain in chains.values() for pair in pairwise(chain)]
    _untangle(place, pairs)
    across = [sum(sizes[name] for name in row) + GAP * (len(row) - 1) for row in place]
    widest = max(across)
    points: dict[str, Point] = {}
    for index, row in enumerate(place):
        x = MARGIN + (widest - across[index]) / 2
        for name in row:
            points[name] = (x + sizes[name] / 2, MARGIN + HEIGHT / 2 + index * ROW)
            x += sizes[name] + GAP
    return Layout(
        nodes={name: points[name] for name in widths},
        links={link: [points[name] for name in chain] for link, chain in chains.items()},
        back=back,
        width=widest + 2 * MARGIN + 46 * bool(back),
        height=(len(place) - 1) * ROW + HEIGHT + 2 * MARGIN,
    )


def _back_links(start: str, links: list[Link]) -> set[Link]:
    """Links to a node that is still open in a walk from the start: without them there is no cycle."""
    after: dict[str, list[str]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
    found: set[Link] = set()
    closed: set[str] = set()
    for root in [start, *after]:
        if root in closed:
            continue
        walk = [(root, iter(after.get(root, ())))]
        trail = {root}
        while walk:
            node, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                trail.discard(node)
                closed.add(node)
            elif following in trail:
                found.add((node, following))
            elif following not in closed:
                trail.add(following)
                walk.append((following, iter(after.get(following, ()))))
    return found


def _rows(start: str, links: list[Link], names: Iterable[str]) -> dict[str, int]:
    """Each node one row below the lowest that leads to it."""
    rows = dict.fromkeys([start, *names], 0)
    for _ in rows:
        moved = False
        for source, target in links:
            if rows[target] <= rows[source]:
                rows[target] = rows[source] + 1
                moved = True
        if not moved:
            break
    return rows


def _untangle(place: list[list[str]], pairs: list[Link]) -> None:
    """Order each row by the mean place of its neighbours, down and up a few times."""
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for source, target in pairs:
        above.setdefault(target, []).append(source)
        below.setdefault(source, []).append(target)
    for turn in range(8):
        down = turn % 2 == 0
        for row in place if down else reversed(place):
            at = {name: i - (len(each) - 1) / 2 for each in place for i, name in enumerate(each)}
            beside = above if down else below
            mean = {n: sum(at[b] for b in beside[n]) / len(beside[n]) if n in beside else at[n] for n in row}
            row.sort(key=mean.__getitem__)
