"""Activation over arrays: the same as the plain definition, and in step with the graph that people edit."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memory import TagGraph
from memory.tags.activation import Spread, array_activate, plain_activate
from memory.tags.link_arrays import MERGE, Alphabet
from memory.tags.tag_net import TagNet
from memory.tags.tags import CACHED, SMALL
from schemas import RecallSettings
from tests.memory.stage import query

NAMES = [f"concept:{name}" for name in ("ash", "bell", "crown", "dawn", "elm", "fire", "gate", "harp", "ivy", "jar")]
STRANGER = "concept:banner"
WEIGHTS = st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.5, 1.0]) | st.floats(0, 1)
LINKS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), WEIGHTS).filter(lambda link: link[0] != link[1])
)
SPREADS = st.builds(
    Spread,
    initial_energy=st.sampled_from([1.0, 0.5, 3.0]) | st.floats(0.01, 10),
    decay=st.sampled_from([0.5, 1.0, 0.0]) | st.floats(0, 1),
    depth=st.integers(0, 5),
    threshold=st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 1.0]) | st.floats(0, 1),
)
SEEDS = st.lists(st.sampled_from([*NAMES, STRANGER]), min_size=1, max_size=4)
Triple = tuple[str, str, float]


def graph_of(links: list[Triple], alphabet: Alphabet | None = None) -> TagGraph:
    graph = TagGraph(alphabet=alphabet)
    for a, b, weight in links:
        graph.tie(a, b, "direct", weight)
    return graph


def by_arrays(graphs: list[TagGraph], alphabet: Alphabet, seeds: list[str], spread: Spread) -> list[tuple[str, float]]:
    pieces = [piece for graph in graphs for piece in graph.compiled().pieces]
    return list(array_activate(alphabet, pieces, seeds, spread).items())


def plainly(graphs: list[TagGraph], seeds: list[str], spread: Spread) -> list[tuple[str, float]]:
    return list(plain_activate([graph.graph for graph in graphs], seeds, spread).items())


@settings(max_examples=300, deadline=None)
@given(layers=st.lists(LINKS, min_size=1, max_size=3), more=LINKS, seeds=SEEDS, spread=SPREADS)
@example(  # a tenth, two and three: their sum depends on the order, and the threshold lies between the two sums
    layers=[[(NAMES[0], NAMES[n], 1.0) for n in (3, 2, 1)] + [(NAMES[n], NAMES[9], n / 10) for n in (3, 2, 1)]],
    more=[],
    seeds=[NAMES[0]],
    spread=Spread(decay=1.0, threshold=0.0 + 0.1 + 0.2 + 0.3),
)
def test_arrays_bring_to_mind_what_the_definition_does_to_the_last_bit(
    layers: list[list[Triple]], more: list[Triple], seeds: list[str], spread: Spread
) -> None:
    """Over graphs side by side, and after they have grown: one link at a time, with tags that are told again."""
    alphabet = Alphabet()
    graphs = [graph_of(links, alphabet) for links in layers]

    assert by_arrays(graphs, alphabet, seeds, spread) == plainly(graphs, seeds, spread)
    for a, b, weight in more:
        graphs[0].tie(a, f"{b}_too", "temporal", weight)
        graphs[-1].tie(a, b, "direct", weight)
        assert by_arrays(graphs, alphabet, seeds, spread) == plainly(graphs, seeds, spread)


def wheel(spokes: int) -> TagGraph:
    """A hub, tags around it, and each linked with the next."""
    graph = TagGraph()
    for number in range(spokes):
        graph.tie("concept:hub", f"concept:rim_{number}", "direct", (number % 97) / 97)
        graph.tie(f"concept:rim_{number}", f"concept:rim_{(number + 1) % spokes}", "direct", (number % 89) / 89)
    return graph


@pytest.mark.parametrize("seed", ["concept:hub", "concept:rim_70"])
def test_a_large_graph_is_activated_over_arrays_with_the_same_result(seed: str) -> None:
    graph = wheel(SMALL)
    plain = plain_activate([graph.graph], [seed, STRANGER], Spread())

    assert list(graph.activate([seed, STRANGER]).items()) == list(plain.items())
    assert graph.compiled().pieces


def test_a_link_more_does_not_compile_all_the_others_again() -> None:
    graph = wheel(SMALL)
    graph.activate(["concept:hub"])
    [compiled] = graph.compiled().pieces

    for number in range(40):
        graph.tie("concept:hub", f"concept:new_{number}", "direct", 0.9)
        assert graph.activate(["concept:hub"])[f"concept:new_{number}"] == 0.45
    pieces = graph.compiled().pieces

    assert pieces[0] is compiled
    assert len(pieces) <= 3
    assert sum(len(piece.keys) for piece in pieces[1:]) == 80


def test_pieces_are_merged_when_the_new_ones_have_grown() -> None:
    graph = wheel(SMALL)
    graph.compiled()

    for number in range(2 * SMALL // MERGE + 10):
        graph.tie("concept:hub", f"concept:new_{number}", "direct", 0.9)
    assert len(graph.compiled().pieces) == 1
    assert "concept:new_3" in graph.activate(["concept:hub"])


EDITS: list[Callable[[nx.Graph[str]], object]] = [
    lambda graph: graph.add_edge("concept:hub", "concept:x", weight=0.9),
    lambda graph: graph.add_weighted_edges_from([("concept:hub", "concept:x", 0.9)]),
    lambda graph: graph.update([("concept:hub", "concept:x", {"weight": 0.9})]),
    lambda graph: graph.remove_edge("concept:hub", "concept:rim_70"),
    lambda graph: graph.remove_edges_from([("concept:hub", "concept:rim_70")]),
    lambda graph: graph.remove_node("concept:rim_70"),
    lambda graph: graph.remove_nodes_from(["concept:rim_70"]),
    lambda graph: graph.clear_edges(),
    lambda graph: graph.clear(),
    lambda graph: graph["concept:hub"]["concept:rim_70"].update(weight=1.0),
    lambda graph: graph.edges["concept:hub", "concept:rim_70"].__setitem__("weight", 1.0),
    lambda graph: graph.adj["concept:hub"]["concept:rim_70"].pop("weight"),
    lambda graph: graph.get_edge_data("concept:hub", "concept:rim_70").clear(),
    lambda graph: graph.get_edge_data("concept:hub", "concept:rim_70").__ior__({"weight": 1.0}),
    lambda graph: nx.set_edge_attributes(graph, {("concept:hub", "concept:rim_70"): 1.0}, "weight"),  # pyright: ignore[reportUnknownMemberType]
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("spokes", [100, SMALL])
def test_what_somebody_does_to_the_graph_itself_is_noticed(
    edit: Callable[[nx.Graph[str]], object], spokes: int
) -> None:
    graph = wheel(spokes)
    before = graph.activate(["concept:hub"])

    edit(graph.graph)
    after = graph.activate(["concept:hub"])

    assert after != before
    assert after == plain_activate([graph.graph], ["concept:hub"], Spread())
    assert len(graph) == graph.graph.number_of_edges()


def test_a_link_that_was_added_by_hand_without_a_reason_is_as_if_told_directly() -> None:
    graph = TagGraph()
    graph.graph.add_edge("concept:a", "concept:b", weight=0.4)

    graph.tie("concept:b", "concept:a", "direct", 0.8)

    assert graph.graph.edges["concept:a", "concept:b"]["kinds"] == pytest.approx({"direct": 0.6})


def test_a_tag_that_is_linked_with_itself_by_hand_leads_nowhere() -> None:
    graph = wheel(SMALL)
    graph.graph.add_edge("concept:hub", "concept:hub", weight=1.0)

    assert graph.activate(["concept:hub"])["concept:hub"] == 1.0


def test_a_copy_of_the_graph_is_an_ordinary_one_and_no_longer_followed() -> None:
    graph = wheel(5)
    for other in (graph.graph.copy(), copy.deepcopy(graph.graph)):
        other.edges["concept:hub", "concept:rim_3"]["weight"] = 1.0

    assert graph.graph.edges["concept:hub", "concept:rim_3"]["weight"] == 3 / 97


def test_asked_again_nothing_is_computed_again_until_a_graph_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Spread] = []

    def counted(nets: Sequence[TagNet], seeds: Sequence[str], spread: Spread) -> dict[str, float]:
        asked.append(spread)
        return plain_activate(nets, seeds, spread)

    monkeypatch.setattr("memory.tags.tags.plain_activate", counted)
    alphabet = Alphabet()
    told, learned = graph_of([(NAMES[0], NAMES[1], 0.5)], alphabet), graph_of([(NAMES[1], NAMES[2], 0.9)], alphabet)

    def ask(*seeds: str, decay: float = 0.5) -> dict[str, float]:
        return told.spread(seeds or (NAMES[0], NAMES[3]), Spread(decay=decay), beside=[learned])

    ask().clear()  # what one has got is one's own
    assert ask() == ask(NAMES[3], NAMES[0], NAMES[0]) != {}
    assert len(asked) == 1
    ask(decay=0.4)
    told.spread([NAMES[0], NAMES[3]], Spread())
    assert len(asked) == 3

    learned.tie(NAMES[0], NAMES[1], "temporal", 1.0)
    assert ask()[NAMES[1]] == 0.5
    learned.graph.edges[NAMES[0], NAMES[1]]["weight"] = 0.8
    assert ask()[NAMES[1]] == 0.4
    assert len(asked) == 5


def test_no_more_is_kept_than_was_asked_for_lately() -> None:
    graph = graph_of([(NAMES[0], NAMES[1], 0.5)])
    for number in range(3 * CACHED):
        graph.activate([NAMES[0]], decay=number / 1_000)

    assert len(graph._cache) == CACHED


def assert_in_order(alphabet: Alphabet) -> None:
    by_place: list[int] = alphabet.places().argsort().tolist()
    assert [alphabet.names[number] for number in by_place] == sorted(alphabet.names)


@given(st.lists(st.text(max_size=3), unique=True), st.lists(st.text(max_size=3), unique=True))
def test_tags_that_come_later_find_their_place_in_the_alphabet(first: list[str], later: list[str]) -> None:
    alphabet = Alphabet()
    for batch in (first, *([name] for name in later)):
        for name in batch:
            alphabet.number(name)
        assert_in_order(alphabet)


def test_one_place_in_the_alphabet_can_be_divided_without_end() -> None:
    """Each name comes just before the one before it: soon there is no float between them any more."""
    alphabet = Alphabet()
    for number in range(1_000):
        alphabet.number(f"m{number:04}")
    alphabet.places()
    for number in range(200, 0, -1):
        alphabet.number(f"m0500{number:04}")
        alphabet.places()

    assert_in_order(alphabet)


def test_a_query_says_how_far_it_spreads_and_the_settings_say_what_it_leaves_open() -> None:
    set_so = RecallSettings(decay=0.3, threshold=0.2, depth=1, initial_energy=2.0)
    asked = replace(query(), decay=0.0, threshold=0.0, depth=0, initial_energy=0.5)

    assert Spread.of(set_so, query()) == Spread(initial_energy=2.0, decay=0.3, depth=1, threshold=0.2)
    assert Spread.of(set_so, asked) == Spread(initial_energy=0.5, decay=0.0, depth=0, threshold=0.0)
