"""Spreading activation: what it is, and the same over arrays.

After Collins and Loftus, "A spreading-activation theory of semantic processing" (1975). The level of a tag is its
distance in links from the nearest seed, whatever the energies. Seeds hold `initial_energy`. A tag on level n passes
`energy * weight * decay` along each link to level n + 1, and only there; what arrives at a tag adds up. So it is one
pass, and a circle of links cannot feed itself. A tag whose energy is below `threshold` passes nothing on and is not
reported. Nothing goes further than `depth` links. Seeds that no graph knows keep their own energy. Where several graphs
are asked at once (what is told, what is learned), a link that more than one has is as strong as the strongest.

Sums of floats depend on their order, so each level fires in the alphabet's. That way both forms below add the same
numbers in the same order, and no tag is above the threshold in one of them and below it in the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from memory.tags.link_arrays import Alphabet, Floats, Ints, Piece, links_from
from memory.tags.tag_net import TagNet, weight_of
from memory.values import RecallQuery
from schemas import RecallSettings

SPARSE = 40
"""So many times as many tags as links that arrive: then sorting those is cheaper than an array of all tags."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far it spreads."""

    initial_energy: float = 1.0
    decay: float = 0.5
    depth: int = 2
    threshold: float = 0.1

    @classmethod
    def by(
        cls,
        settings: RecallSettings,
        *,
        initial_energy: float | None = None,
        decay: float | None = None,
        depth: int | None = None,
        threshold: float | None = None,
    ) -> Spread:
        """As it is asked for, and what is None, as the settings say."""
        return cls(
            settings.initial_energy if initial_energy is None else initial_energy,
            settings.decay if decay is None else decay,
            settings.depth if depth is None else depth,
            settings.threshold if threshold is None else threshold,
        )

    @classmethod
    def of(cls, settings: RecallSettings, query: RecallQuery) -> Spread:
        """As a query asks for it."""
        return cls.by(
            settings,
            initial_energy=query.initial_energy,
            decay=query.decay,
            depth=query.depth,
            threshold=query.threshold,
        )


def plain_activate(nets: Sequence[TagNet], seeds: Sequence[str], spread: Spread) -> dict[str, float]:
    """Energy of each tag that comes to mind, the strongest first. The definition, and quick enough for small graphs."""
    level = dict.fromkeys(sorted(set(seeds)), spread.initial_energy)
    reached = dict(level)
    for _ in range(spread.depth):
        following: dict[str, float] = {}
        for tag, energy in level.items():
            passes = energy if energy >= spread.threshold else 0.0
            for neighbour, weight in _links(nets, tag).items():
                if neighbour not in reached:
                    following[neighbour] = following.get(neighbour, 0.0) + passes * weight * spread.decay
        level = {tag: following[tag] for tag in sorted(following)}
        reached.update(level)
    strong = ((tag, energy) for tag, energy in reached.items() if energy >= spread.threshold)
    return dict(sorted(strong, key=lambda item: (-item[1], item[0])))


def _links(nets: Sequence[TagNet], tag: str) -> dict[str, float]:
    links: dict[str, float] = {}
    for net in nets:
        for neighbour, link in net.links_of(tag).items():
            weight = weight_of(link)
            if neighbour not in links or weight > links[neighbour]:
                links[neighbour] = weight
    return links


def array_activate(
    alphabet: Alphabet, pieces: Sequence[Piece], seeds: Sequence[str], spread: Spread
) -> dict[str, float]:
    """The same, to the last bit, over the compiled links of the graphs."""
    names, places = alphabet.names, alphabet.places()
    ordered = sorted(set(seeds))
    tags = np.array([alphabet.numbers[seed] for seed in ordered if seed in alphabet.numbers], dtype=np.int64)
    energies = np.full(len(tags), spread.initial_energy)
    reached = np.zeros(len(names), dtype=np.bool_)
    reached[tags] = True
    levels = [(tags, energies)]
    for _ in range(spread.depth):
        source, target, weight = links_from(pieces, tags)
        new = ~reached[target]
        source, target, weight = source[new], target[new], weight[new]
        if not len(target):
            break
        passes = np.where(energies >= spread.threshold, energies, 0.0)
        tags, energies = _sums(target, passes[source] * weight * spread.decay, len(names))
        order = np.argsort(places[tags])
        tags, energies = tags[order], energies[order]
        reached[tags] = True
        levels.append((tags, energies))
    strangers = [seed for seed in ordered if seed not in alphabet.numbers]
    return _strongest_first(names, places, levels, strangers, spread)


def _sums(target: Ints, arrives: Floats, size: int) -> tuple[Ints, Floats]:
    """Where something arrives, and how much in all."""
    if len(target) * SPARSE > size:
        somewhere = np.zeros(size, dtype=np.bool_)
        somewhere[target] = True
        tags = np.flatnonzero(somewhere)
        return tags, _added_up(target, arrives, size)[tags]
    order = np.argsort(target, kind="stable")
    target = target[order]
    first = np.concatenate([[True], target[1:] != target[:-1]])
    return target[first], _added_up(np.cumsum(first) - 1, arrives[order], 0)


def _added_up(place: Ints, numbers: Floats, size: int) -> Floats:
    """Numbers by place, added up one after the other as they come."""
    return np.bincount(place, weights=numbers, minlength=size).astype(np.float64, copy=False)


def _strongest_first(
    names: list[str], places: Floats, levels: list[tuple[Ints, Floats]], strangers: list[str], spread: Spread
) -> dict[str, float]:
    tags = np.concatenate([level for level, _ in levels])
    energies = np.concatenate([energy for _, energy in levels])
    strong = energies >= spread.threshold
    tags, energies = tags[strong], energies[strong]
    order = np.lexsort((places[tags], -energies))
    numbers: list[int] = tags[order].tolist()
    found, energies = [names[number] for number in numbers], energies[order]
    if spread.initial_energy >= spread.threshold:
        begin = int(np.count_nonzero(energies > spread.initial_energy))
        end = int(np.count_nonzero(energies >= spread.initial_energy))
        found[begin:end] = sorted([*found[begin:end], *strangers])
        energies = np.insert(energies, begin, [spread.initial_energy] * len(strangers))
    return dict(zip(found, energies.tolist(), strict=True))
