"""Spreading activation."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory import TagGraph
from schemas import Association, AssociationKind, Tag


def tag(name: str) -> Tag:
    return Tag.model_validate(f"concept:{name}")


def link(a: str, b: str, weight: float, kind: AssociationKind = AssociationKind.DIRECT) -> Association:
    return Association(a=tag(a), b=tag(b), weight=weight, kind=kind)


WEIGHTS = st.floats(0, 1)
NAMES = [f"n{number}" for number in range(9)]
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])
GRAPHS = st.lists(st.tuples(PAIRS, WEIGHTS), max_size=24).map(
    lambda links: [link(a, b, weight) for (a, b), weight in links]
)
SEEDS = st.sets(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda names: [tag(name) for name in sorted(names)])


def test_two_who_grew_up_there_bring_the_orphanage_to_mind_with_045_each() -> None:
    graph = TagGraph([link("villain", "orphanage", 0.9), link("priestess", "orphanage", 0.9)])

    assert graph.activate([tag("villain")])["concept:orphanage"] == pytest.approx(0.45)
    assert graph.activate([tag("villain"), tag("priestess")])["concept:orphanage"] == pytest.approx(0.9)


def test_a_weak_tag_is_not_reported_and_passes_nothing_on() -> None:
    graph = TagGraph([link("a", "b", 0.19), link("b", "c", 1.0)])

    assert graph.activate([tag("a")]) == {"concept:a": 1.0}


def test_a_level_is_a_distance_even_where_no_energy_goes() -> None:
    """`c` is one link from `b`, but two from the seed: what `b` cannot pass on does not come by a longer way."""
    graph = TagGraph(
        [link("a", "b", 0.1), link("b", "c", 1.0), link("a", "d", 1.0), link("d", "e", 1.0), link("e", "c", 1.0)]
    )

    assert "concept:c" not in graph.activate([tag("a")], depth=3, threshold=0.1)


def test_energy_never_flows_back_or_sideways() -> None:
    graph = TagGraph([link("a", "b", 1.0), link("a", "c", 1.0), link("b", "c", 1.0)])

    assert graph.activate([tag("a")]) == {"concept:a": 1.0, "concept:b": 0.5, "concept:c": 0.5}


def test_a_seed_that_nothing_is_linked_to_keeps_its_energy() -> None:
    assert TagGraph().activate([tag("stranger")], initial_energy=2.0) == {"concept:stranger": 2.0}


def test_the_strongest_reason_counts_and_what_is_told_again_is_averaged_by_its_kind() -> None:
    graph = TagGraph([link("a", "b", 0.9), link("b", "a", 0.4, AssociationKind.TEMPORAL)])
    assert graph.activate([tag("a")])["concept:b"] == pytest.approx(0.45)

    for weight in (0.3, 0.0):
        graph.link(link("b", "a", weight))
    edge = graph.graph.edges["concept:a", "concept:b"]
    assert edge["kinds"] == pytest.approx({"direct": 0.4, "temporal": 0.4})
    assert edge["times"] == {"direct": 3}

    graph.link(link("a", "b", 0.8, AssociationKind.TEMPORAL))
    assert edge["weight"] == pytest.approx(0.6)
    assert graph.activate([tag("a")])["concept:b"] == pytest.approx(0.3)


@given(weights=st.lists(WEIGHTS, min_size=1, max_size=8), decay=st.floats(0, 1))
def test_energy_never_grows_along_a_chain(weights: list[float], decay: float) -> None:
    graph = TagGraph(link(f"n{number}", f"n{number + 1}", weight) for number, weight in enumerate(weights))

    energies = graph.activate([tag("n0")], decay=decay, depth=len(weights), threshold=0.0)

    along = [energies[f"concept:n{number}"] for number in range(len(weights) + 1)]
    assert all(nearer >= further for nearer, further in pairwise(along))


@given(links=GRAPHS, seeds=SEEDS, one=st.floats(0, 1), other=st.floats(0, 1), threshold=st.floats(0, 0.5))
def test_a_higher_decay_never_lowers_a_tag(
    links: list[Association], seeds: list[Tag], one: float, other: float, threshold: float
) -> None:
    graph = TagGraph(links)
    low, high = (graph.activate(seeds, decay=decay, depth=3, threshold=threshold) for decay in sorted((one, other)))

    assert all(high.get(name, -1.0) >= energy for name, energy in low.items())


@given(links=GRAPHS, seeds=SEEDS, energy=st.floats(0.01, 10), factor=st.floats(0.1, 10))
def test_twice_the_energy_at_the_seeds_is_twice_the_energy_everywhere(
    links: list[Association], seeds: list[Tag], energy: float, factor: float
) -> None:
    graph = TagGraph(links)
    once = graph.activate(seeds, initial_energy=energy, threshold=0.0)
    more = graph.activate(seeds, initial_energy=energy * factor, threshold=0.0)

    assert more == pytest.approx({name: value * factor for name, value in once.items()})


@given(links=GRAPHS, seeds=SEEDS)
def test_neither_the_order_of_links_nor_that_of_seeds_matters(links: list[Association], seeds: list[Tag]) -> None:
    last = {(frozenset((str(one.a), str(one.b)))): one for one in links}  # a mean may differ in its last bit
    forwards, backwards = TagGraph(last.values()), TagGraph(reversed(last.values()))

    assert list(forwards.activate(seeds).items()) == list(backwards.activate(seeds[::-1]).items())
