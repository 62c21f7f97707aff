"""What is known on one timeline: which facts hang on which tags, and who knows them.

A mind is held in the process and follows the record: each time it is asked, it reads the moments that it has not seen.
So nobody has to tell it that something changed, be it another process, and nothing in it is ever more than an index.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable, Mapping
from itertools import groupby, islice

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, select

from memory.record.rows import parsed
from memory.record.tables import ASSOCIATION, FACT, FACT_KNOWN, FACT_REVEALED, WORLD
from memory.tags.activation import Spread
from memory.tags.associations import Learned
from memory.tags.cards import Card
from memory.tags.link_arrays import Alphabet
from memory.tags.tags import TagGraph
from memory.timelines.timelines import visible
from schemas import EVERYONE, Fact, Tag

_SINCE = bindparam("since", type_=BigInteger)
_LAST_MOMENT = select(WORLD.c.seq).where(WORLD.c.id == bindparam("world"))
_FACTS = select(FACT.c.seq, FACT.c.id, FACT.c.body).where(visible(FACT), FACT.c.seq > _SINCE)
_KNOWN = select(FACT_KNOWN.c.seq, FACT_KNOWN.c.fact, FACT_KNOWN.c.knower).where(
    visible(FACT_KNOWN), FACT_KNOWN.c.seq > _SINCE
)
_REVEALED = select(FACT_REVEALED.c.fact).where(visible(FACT_REVEALED), FACT_REVEALED.c.seq > _SINCE)
_ASSOCIATIONS = select(
    ASSOCIATION.c.seq, ASSOCIATION.c.a, ASSOCIATION.c.b, ASSOCIATION.c.kind, ASSOCIATION.c.weight
).where(visible(ASSOCIATION), ASSOCIATION.c.seq > _SINCE)

_TOLD, _HEARD = 0, 1
Event = tuple[int, int, str, str]
"""A moment, what happened, to which fact; and the fact's body, or who heard of it."""


class Mind:
    """The facts and tags of one timeline, as far as moment `seq`."""

    def __init__(self, world: str, timeline: str) -> None:
        self.world, self.timeline = world, timeline
        self.seq = -1
        self.cards: dict[str, Card] = {}
        self._told: list[Card] = []
        """In the order of their telling; their place here is their number below."""
        self._importances = array("d")
        self._by_tag: dict[str, array[int]] = {}
        self._alphabet = Alphabet()
        self.tags = TagGraph(alphabet=self._alphabet)
        """The associations that were told. Everybody has them."""
        self.learned: dict[str, Learned] = {}
        """Those that follow from facts, by who knows them."""
        self.lock = threading.Lock()
        """Held while it is used: PostgreSQL reads from several threads."""

    def follow(self, connection: Connection) -> None:
        """Read what has happened since. Reading a moment twice changes nothing."""
        now = connection.execute(_LAST_MOMENT, {"world": self.world}).scalar_one_or_none()
        if now is None or now == self.seq:
            return
        since = {"world": self.world, "timeline": self.timeline, "since": self.seq}
        # Ordered here: databases do not agree on what the alphabet is, and what is learned depends on the order.
        events: list[Event] = [(seq, _TOLD, id_, body) for seq, id_, body in connection.execute(_FACTS, since)]
        events += [(seq, _HEARD, fact, knower) for seq, fact, knower in connection.execute(_KNOWN, since)]
        for seq, moment in groupby(sorted(events), key=lambda event: event[0]):
            self._live(seq, moment)
        for (fact,) in connection.execute(_REVEALED, since):
            if fact in self.cards:
                self.cards[fact].revealed = True
        for _, a, b, kind, weight in sorted(tuple(row) for row in connection.execute(_ASSOCIATIONS, since)):
            self.tags.tie(a, b, kind, weight)
        self.seq = now

    def activate(self, seeds: Iterable[Tag | str], knowers: Iterable[str], spread: Spread) -> dict[str, float]:
        """Energy of each tag that comes to the mind of somebody of these names, the strongest first.

        It spreads over what was told, and over what was learned from facts that those of one of these names know.
        """
        told, *learned = self.graphs(knowers)
        return told.spread(seeds, spread, beside=learned)

    def graphs(self, knowers: Iterable[str]) -> list[TagGraph]:
        """What it spreads over for somebody of these names; what was told comes first."""
        return [self.tags, *(self.learned[name].graph for name in sorted(knowers) if name in self.learned)]

    def known_tags(self, knowers: frozenset[str]) -> set[str]:
        """All tags that were linked with others, and those of facts that somebody of these names knows."""
        facts = (card.tags for card in self.cards.values() if not card.known_by.isdisjoint(knowers))
        return set(self.tags.graph).union(*facts)

    def relevant(self, energies: Mapping[str, float], knowers: frozenset[str], *, now: int, limit: int) -> list[Card]:
        """Facts that somebody of these names knows, by the summed energy of their tags times their importance.

        What has expired at minute `now` is left out, and what no active tag leads to. Ties go to the fact that was
        told first.
        """
        found = [(energy, self._by_tag[tag]) for tag, energy in energies.items() if tag in self._by_tag]
        if not found:
            return []
        numbers = np.concatenate([np.frombuffer(cards, dtype=np.int64) for _, cards in found])
        arrives = np.repeat([energy for energy, _ in found], [len(cards) for _, cards in found])
        scores = np.bincount(numbers, weights=arrives * np.frombuffer(self._importances)[numbers])
        scored = np.flatnonzero(scores > 0)
        best: list[int] = scored[np.argsort(-scores[scored], kind="stable")].tolist()
        cards = (self._told[number] for number in best)
        return list(islice((card for card in cards if _may_know(card, knowers, now)), limit))

    def _live(self, seq: int, moment: Iterable[Event]) -> None:
        """The first telling of a fact stands: a second one under its name can neither change nor spread it."""
        learned: dict[str, list[Card]] = {}
        for _, what, id_, rest in moment:
            card = self.cards.get(id_)
            if what == _TOLD and card is None:
                card = self._file(Card.of(parsed(Fact, rest)))
                for name in {EVERYONE} if EVERYONE in card.known_by else card.known_by:
                    learned.setdefault(name, []).append(card)
            elif what == _HEARD and card is not None:
                if card.known_by.isdisjoint({rest, EVERYONE}):
                    learned.setdefault(rest, []).append(card)
                card.known_by.add(rest)
        for name, cards in learned.items():
            if name not in self.learned:
                self.learned[name] = Learned(self._alphabet)
            self.learned[name].hear(seq, cards)

    def _file(self, card: Card) -> Card:
        for tag in card.tags:
            self._by_tag.setdefault(tag, array("q")).append(len(self._told))
        self._importances.append(card.importance)
        self._told.append(card)
        self.cards[card.id] = card
        return card


def _may_know(card: Card, knowers: frozenset[str], now: int) -> bool:
    return not card.known_by.isdisjoint(knowers) and (card.expires is None or now < card.expires)
