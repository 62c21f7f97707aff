"""Let one thing bring another to mind: the graph of tags and its associations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from memory.tags.activation import Spread, array_activate, plain_activate
from memory.tags.link_arrays import Alphabet, LinkArrays
from memory.tags.tag_net import Link, TagNet, weight_of
from schemas import Association, AssociationKind, Tag

SMALL = 4_000
"""Links up to which the plain loop is the quicker one."""
CACHED = 128
"""Activations that are kept."""
_BY_HAND = AssociationKind.DIRECT.value
"""What a link is that somebody added to the graph without saying why."""
_versions = count()


class TagGraph:
    """Tags as nodes (`kind:name`), associations as edges with a `weight` and the `kinds` that it comes from.

    Two tags may belong together for several reasons; the strongest one is the weight. `graph` is an ordinary networkx
    graph to look at and to edit; activation runs over arrays that are compiled from it when they are needed. They
    follow `link` at little cost; after an edit of `graph` itself they are compiled anew.
    """

    def __init__(self, associations: Iterable[Association] = (), *, alphabet: Alphabet | None = None) -> None:
        """Graphs that are activated together share one `alphabet`."""
        self._net = TagNet()
        self._alphabet = alphabet or Alphabet()
        self._arrays: LinkArrays | None = None
        self._fresh: dict[tuple[str, str], Link] = {}
        """What the arrays do not have yet."""
        self._size = 0
        self._version = next(_versions)
        self._net.seen()
        self._cache: dict[tuple[object, ...], dict[str, float]] = {}
        for association in associations:
            self.link(association)

    @property
    def graph(self) -> TagNet:
        """The graph that people see and edit."""
        return self._net

    def link(self, association: Association) -> None:
        """Add an association. Told again, its kind has the mean of all that was told."""
        self.tie(str(association.a), str(association.b), association.kind.value, association.weight)

    def tie(self, a: str, b: str, kind: str, weight: float, *, full: int | None = None) -> None:
        """See `link`; for two different tags that are known to be well formed.

        `full`: links after which a tag takes no new ones. None: it takes all.
        """
        self._follow()
        links = self._net.links_of(a)
        link = links.get(b)
        if link is None:
            if full is not None and (len(links) >= full or len(self._net.links_of(b)) >= full):
                return
            self._net.add_edge(a, b, weight=weight, kinds={kind: weight})
            link = self._net.links_of(a)[b]
            self._size += 1
        else:
            _tell_again(link, kind, weight)
        self._net.seen()
        self._version = next(_versions)
        if self._arrays is not None:
            self._fresh[(a, b) if a < b else (b, a)] = link
            if len(self._fresh) > self._size // 2:
                self._arrays = None

    def activate(
        self,
        seeds: Iterable[Tag | str],
        *,
        initial_energy: float = 1.0,
        decay: float = 0.5,
        depth: int = 2,
        threshold: float = 0.1,
    ) -> dict[str, float]:
        """Energy of each tag that comes to mind, the strongest first (`memory.activation` says how it spreads)."""
        return self.spread(seeds, Spread(initial_energy, decay, depth, threshold))

    def spread(
        self, seeds: Iterable[Tag | str], spread: Spread, *, beside: Sequence[TagGraph] = ()
    ) -> dict[str, float]:
        """As `activate`, over further graphs of the same alphabet as well.

        Asked again while none of the graphs has changed, the answer comes from a cache.
        """
        graphs, names = (self, *beside), frozenset(str(seed) for seed in seeds)
        key = (*[graph.version for graph in graphs], names, spread)
        energies = self._cache.pop(key, None)
        if energies is None:
            energies = _activate(graphs, sorted(names), spread, self._alphabet)
        self._cache[key] = energies
        if len(self._cache) > CACHED:
            del self._cache[next(iter(self._cache))]  # the one that was not asked for the longest
        return dict(energies)

    @property
    def version(self) -> int:
        """Another one after every change; no two graphs ever have the same."""
        self._follow()
        return self._version

    def __len__(self) -> int:
        """How many links there are."""
        self._follow()
        return self._size

    def compiled(self) -> LinkArrays:
        """The links as arrays, brought up to date."""
        self._follow()
        if self._arrays is None:
            self._arrays = LinkArrays(self._alphabet, self._net)
        elif self._fresh:
            self._arrays.put({ends: weight_of(link) for ends, link in self._fresh.items()})
        self._fresh = {}
        return self._arrays

    def _follow(self) -> None:
        """Notice what somebody has done to `graph` itself."""
        if self._net.edited:
            self._arrays, self._fresh = None, {}
            self._size = self._net.number_of_edges()
            self._version = next(_versions)
            self._net.seen()


def _tell_again(link: Link, kind: str, weight: float) -> None:
    """new = (old * n + weight) / (n + 1), and the strongest kind is the link's weight."""
    kinds = link.setdefault("kinds", {_BY_HAND: weight_of(link)})
    if kind in kinds:
        times = link.setdefault("times", {})
        before = times.get(kind, 1)
        kinds[kind] = (kinds[kind] * before + weight) / (before + 1)
        times[kind] = before + 1
    else:
        kinds[kind] = weight
    link["weight"] = max(kinds.values())


def _activate(graphs: Sequence[TagGraph], seeds: Sequence[str], spread: Spread, alphabet: Alphabet) -> dict[str, float]:
    if sum(len(graph) for graph in graphs) <= SMALL:
        return plain_activate([graph.graph for graph in graphs], seeds, spread)
    pieces = list(chain.from_iterable(graph.compiled().pieces for graph in graphs))
    return array_activate(alphabet, pieces, seeds, spread)
