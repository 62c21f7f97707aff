"""What one tag brings to mind, as a graph to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import networkx as nx

from memory.tags.activation import Spread
from memory.tags.mind import Mind
from memory.tags.tag_net import weight_of
from schemas import BadRequest, Fault, UnknownThing

if TYPE_CHECKING:
    from memory.tags.tags import TagGraph


def neighbourhood(mind: Mind, name: str, knowers: frozenset[str], spread: Spread) -> nx.Graph[str]:
    """The tags that `name` brings to the mind of somebody of these names, and the links between them.

    Nodes have an `energy` and a `level` (links from the tag that was asked for, which has 0); edges have a `weight` and
    the `kinds` that it comes from. The graph's own attribute `centre` is the tag. The strongest come first.

    Raises:
        UnknownThing: they know no such tag.
        BadRequest: a name without a kind that several tags have.
    """
    graphs = mind.graphs(knowers)
    centre = _find(name, mind.known_tags(knowers))
    found: nx.Graph[str] = nx.Graph(centre=centre)
    for tag, energy in mind.activate([centre], knowers, spread).items():
        found.add_node(tag, energy=energy, level=0)
    for tag in found:
        _add_links(found, tag, graphs)
    # Who has energy got it from somebody one level below who has, too: so the way there lies within what was found.
    if centre in found:
        for tag, level in nx.single_source_shortest_path_length(found, centre).items():
            found.nodes[tag]["level"] = level
    return found


def _add_links(found: nx.Graph[str], tag: str, graphs: Iterable[TagGraph]) -> None:
    for graph in graphs:
        for other, link in graph.graph.links_of(tag).items():
            if other <= tag or other not in found:
                continue
            if not found.has_edge(tag, other):
                found.add_edge(tag, other, weight=0.0, kinds={})
            edge = found.edges[tag, other]
            edge["weight"] = max(edge["weight"], weight_of(link))
            for kind, weight in link.get("kinds", {}).items():
                edge["kinds"][kind] = max(edge["kinds"].get(kind, 0.0), weight)


def _find(name: str, known: set[str]) -> str:
    if name in known:
        return name
    if ":" in name:
        raise UnknownThing("tag", name, known)
    named = sorted(tag for tag in known if tag.partition(":")[2] == name)
    if not named:
        raise UnknownThing("tag", name, (tag.partition(":")[2] for tag in known))
    if len(named) > 1:
        raise BadRequest(Fault("tag", f"'{name}' may be {' or '.join(named)}.", f"Say '{named[0]}'."))
    return named[0]
