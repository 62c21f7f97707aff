"""Learn from the facts that are told which tags belong together.

What is learned from a fact is learned by those who know it, and by nobody else: each name in `known_by` has links of
its own, made of its facts alone, so no link ever tells of a fact that its owner does not know
(docs/decisions/0008-what-is-learned-stays-with-who-knows-it.md). Nothing of it is recorded. It follows from the facts
and their moments, so whoever reads them in that order learns the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations, product
from math import sqrt

from memory.tags.cards import Card
from memory.tags.link_arrays import Alphabet
from memory.tags.tags import TagGraph
from schemas import AssociationKind

PAIRED = 8
"""Tags of a fact that are paired with each other: its first."""
HEADS = 2
"""Tags of a fact that are linked with those of facts close to it in time: its first."""
NEAR = 3
"""Facts close to it in time that a fact is linked with: the nearest."""
STEPS = 3
"""So many steps apart is still close. Each step halves the weight."""
STEP = 20
"""Minutes of a step between things that happened. Between things that were told, a step is a moment."""
CROWD = 8
"""More facts than this at one moment were not told one after the other; nor were two of the world's own, which come
when it is loaded."""
FULL = 256
"""Links after which a tag takes no new ones: what goes with everything says nothing."""
ALIKE = 0.55
"""How alike two names must be: more than one word of two."""
NAMESAKES = 12
"""Tags that are looked at for each word of a name."""
_TOGETHER, _CLOSE, _ALIKE = (
    kind.value for kind in (AssociationKind.CO_OCCURRENCE, AssociationKind.TEMPORAL, AssociationKind.SEMANTIC)
)
_STEM = 6
"""Letters by which words are compared: `smugglers` and `smuggling` are alike."""
_LITTLE = frozenset({"a", "an", "and", "at", "for", "in", "of", "on", "the", "to"})


class Learned:
    """What those of one name have learned. They think of it when it is needed: until then it is only heard."""

    def __init__(self, alphabet: Alphabet) -> None:
        self._graph = TagGraph(alphabet=alphabet)
        self._heard: list[tuple[int, list[Card]]] = []
        self._told: deque[tuple[int, Card]] = deque(maxlen=NEAR)
        self._happened: list[tuple[int, int, Card]] = []
        self._named: set[str] = set()
        self._by_word: dict[str, list[str]] = {}

    def hear(self, moment: int, cards: list[Card]) -> None:
        """Facts that they come to know at a moment. Moments must come in their order."""
        self._heard.append((moment, cards))

    @property
    def graph(self) -> TagGraph:
        """The links that follow from all that was heard."""
        for moment, cards in self._heard:
            self._learn(moment, cards)
        self._heard.clear()
        return self._graph

    def _learn(self, moment: int, cards: list[Card]) -> None:
        for card in cards:
            self._by_name(card.tags)
            self._together(card)
            if card.happened is not None:
                self._happened_near(card.happened, card)
        told = [card for card in cards if card.happened is None]
        at_once = len(told) > CROWD or (len(told) > 1 and any(card.setting for card in told))
        for card in told if not at_once else ():
            self._told_near(moment, card)

    def _together(self, card: Card) -> None:
        """Tags of one fact. The more it is about, the less it says of each pair.

        (As authors of one paper are linked by M. E. J. Newman, "Scientific collaboration networks. II", 2001, with
        1 / (n - 1); the root of it keeps a fact about four things above the usual threshold.)
        """
        weight = card.importance / sqrt(max(len(card.tags) - 1, 1))
        if weight <= 0:
            return
        for a, b in combinations(card.tags[:PAIRED], 2):
            self._graph.tie(a, b, _TOGETHER, weight, full=FULL)

    def _told_near(self, moment: int, card: Card) -> None:
        for then, other in self._told:
            self._close(card, other, moment - then)
        self._told.append((moment, card))

    def _happened_near(self, minute: int, card: Card) -> None:
        here = (minute, len(self._happened), card)
        at = bisect_left(self._happened, here)
        around = self._happened[max(at - NEAR, 0) : at + NEAR]
        for then, _, other in sorted(around, key=lambda event: (abs(event[0] - minute), event[1]))[:NEAR]:
            self._close(card, other, abs(minute - then) / STEP)
        self._happened.insert(at, here)

    def _close(self, one: Card, other: Card, steps: float) -> None:
        weight = min(one.importance, other.importance) * 0.5**steps
        if steps > STEPS or weight <= 0:
            return
        for a, b in product(one.tags[:HEADS], other.tags[:HEADS]):
            if a != b:
                self._graph.tie(a, b, _CLOSE, weight, full=FULL)

    def _by_name(self, tags: Iterable[str]) -> None:
        """Tags whose names share words: the cosine of the two sets of words."""
        for tag in tags:
            if tag in self._named:
                continue
            self._named.add(tag)
            words, shared = _words(tag), Counter[str]()
            for word in words:
                namesakes = self._by_word.setdefault(word, [])
                shared.update(namesakes)
                if len(namesakes) < NAMESAKES:
                    namesakes.append(tag)
            for other, count in shared.items():
                likeness = count / sqrt(len(words) * len(_words(other)))
                if likeness >= ALIKE:
                    self._graph.tie(tag, other, _ALIKE, likeness, full=FULL)


@lru_cache(maxsize=65_536)
def _words(tag: str) -> tuple[str, ...]:
    """What its name is made of, each word once."""
    name = tag.partition(":")[2].lower()
    return tuple(dict.fromkeys(word[:_STEM] for word in re.findall(r"[^\W_]+", name) if word not in _LITTLE))
