"""One side at the table, round by round: what it puts forward, when it agrees, and when it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rules.bargaining.concession import target
from rules.bargaining.packages import Bid, Package, Topic, frontier
from rules.bargaining.side import Side
from schemas.affairs import Offer

BETTER = 0.01
"""What a package must bring us beyond the one on the table to be put forward in its place."""
EVEN = 1e-9

Answer = Literal["accept", "refuse", "counter"]


@dataclass(frozen=True)
class Word:
    """What a side says in a round."""

    answer: Answer
    terms: Package = ()
    because: str = ""
    """A reason code: `worth_it`, `put_forward`, `better_for_both`, `below_reserve`, `nothing_left`."""


@dataclass(frozen=True)
class Bargainer:
    """A side with all that it goes by in one round of talks."""

    side: Side
    guess: Side
    """What we take the others to be."""
    topics: Sequence[Topic]
    offers: Sequence[Offer]
    """All that was put forward, oldest first."""
    number: int
    """Of this round of ours, from 1; beyond `rounds` there is only yes or no."""
    rounds: int

    @property
    def reserve(self) -> float:
        """What a treaty must be worth to us."""
        return self.side.reserve

    @cached_property
    def _theirs(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.by != self.side.id]

    @cached_property
    def _own(self) -> list[Offer]:
        return [offer for offer in self.offers if offer.by == self.side.id]

    @cached_property
    def bids(self) -> list[Bid]:
        """The packages that serve us and are best for both as far as we can tell, the best for us first."""
        return [
            bid for bid in frontier(self.topics, self.side.worth, self.guess.worth) if bid.ours >= self.reserve - EVEN
        ]

    @cached_property
    def best(self) -> float:
        """What we begin with: the most that the others might take, as far as we can tell; else simply the most."""
        if not self.bids:
            return self.reserve
        return next((bid.ours for bid in self.bids if bid.theirs >= self.guess.reserve), self.bids[0].ours)

    @cached_property
    def target(self) -> float:
        """What this round's proposal must be worth to us (`concession.target`)."""
        return target(
            self.number,
            self.rounds,
            best=self.best,
            reserve=self.reserve,
            tendencies=self.side.tendencies,
            own=[self.side.total(offer.terms) for offer in self._own],
            theirs=[self.side.total(offer.terms) for offer in self._theirs],
        )

    @cached_property
    def proposal(self) -> Bid | None:
        """What we would put forward: of all that reaches the target, the best for them."""
        enough = [bid for bid in self.bids if bid.ours >= self.target - EVEN]
        return max(enough, key=lambda bid: (bid.theirs, bid.ours)) if enough else None

    def acceptable(self, terms: Package) -> bool:
        """Whether what the others put forward is enough: what this round asks for, what we would put forward ourselves,
        or, when nothing more can be said, the reserve."""
        worth = self.side.total(terms)
        if worth < self.reserve - EVEN:
            return False
        if self.number > self.rounds or worth >= self.target - EVEN:
            return True
        return self.proposal is not None and worth >= self.proposal.ours - EVEN

    def better_for_both(self, offered: Package) -> Bid | None:
        """What serves us more than an offer that we would take, and them no less as far as we can tell.

        It is put forward once each, while there is a round left in which they can say so if we are wrong.
        """
        if self.number >= self.rounds:
            return None
        ours, theirs = self.side.total(offered) + BETTER, self.guess.total(offered)
        said = {offer.terms for offer in self._own}
        found = [bid for bid in self.bids if bid.ours >= ours and bid.theirs >= theirs - EVEN and bid.terms not in said]
        return max(found, key=lambda bid: (bid.theirs, bid.ours)) if found else None

    def speak(self, offered: Package | None) -> Word:
        """The word of this round; `offered`: what is on the table from them and can be agreed to at all."""
        if offered is not None and self.acceptable(offered):
            better = self.better_for_both(offered)
            if better is not None:
                return Word("counter", better.terms, because="better_for_both")
            return Word("accept", because="worth_it")
        if self.number > self.rounds:
            return Word("refuse", because="below_reserve" if offered is not None else "nothing_left")
        proposal = self.proposal
        if proposal is None:
            return Word("refuse", because="nothing_left")
        return Word("counter", proposal.terms, because="put_forward")


@dataclass(frozen=True)
class Outcome:
    """How talks between two of our own ended."""

    agreed: Package | None
    offers: tuple[Offer, ...]


def play_out(sides: tuple[Side, Side], guesses: tuple[Side, Side], topics: Sequence[Topic], rounds: int) -> Outcome:
    """Let two sides negotiate to an end; the first one opens. `guesses[i]`: what side i takes the other to be."""
    offers: list[Offer] = []
    for turn in range(2 * rounds + 2):
        mine = turn % 2
        table = offers[-1].terms if offers else None
        speaker = Bargainer(sides[mine], guesses[mine], topics, offers, turn // 2 + 1, rounds)
        word = speaker.speak(table)
        if word.answer == "accept":
            return Outcome(table, tuple(offers))
        if word.answer == "refuse":
            return Outcome(None, tuple(offers))
        offers.append(Offer(by=sides[mine].id, round=turn // 2 + 1, terms=word.terms))
    return Outcome(None, tuple(offers))
