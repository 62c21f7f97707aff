"""One side of a bargain: what each term is worth to it, and below what it had rather have no treaty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.bargaining.affairs import months_of
from schemas.temper import Tendencies
from schemas.treaties import TreatyTerm

A_LONG_PASSAGE = 360
"""Days from which a passage that we grant costs us all that it can."""
FRIEND_FROM, FOE_BELOW = 0.3, -0.3
"""Where a standing makes somebody a friend one does not attack, or a foe one gladly does."""

StanceName = Literal["hostile", "wary", "neutral", "cordial", "allied"]
MIDDLING = Tendencies()


def tribute_cost(gold: int, days: int) -> int:
    """What a tribute costs in all: `gold` for each month of 30 days that is begun."""
    return gold * months_of(days)


@dataclass(frozen=True)
class Side:
    """A faction before another one. The figures are its own, or what somebody else takes them to be."""

    id: str
    other: str
    strength: float = 10.0
    their_strength: float = 10.0
    gold: int = 0
    """What is in the chest and not promised yet."""
    standing: float = 0.0
    """To the other side, -1 to 1."""
    toward: Mapping[str, float] = field(default_factory=dict[str, float])
    """To third ones, -1 to 1."""
    at_war: bool = False
    common_enemies: int = 0
    cares: Mapping[str, float] = field(default_factory=dict[str, float])
    """What each kind of term counts, 1 where nothing is said."""
    tendencies: Tendencies = MIDDLING
    kindness: float = 0.0
    """Agreeableness - 0.5."""
    honour: float = 0.0
    """How the other side keeps its word (`Affairs.honour`)."""

    @property
    def power(self) -> float:
        """How much stronger the others are: (theirs - ours) / (theirs + ours), -1 to 1."""
        both = self.strength + self.their_strength
        return (self.their_strength - self.strength) / both if both > 0 else 0.0

    def worth(self, term: TreatyTerm) -> float:
        """What a term is worth to this side, about -1 to 1, times what it `cares` for such terms.

        With p for `power` and s for `standing`:
        peace: 0.35 at war else 0.1, and 0.2 p. alliance: 0.4 s + 0.2 for each common enemy (at most two) + 0.1 p.
        trade: up to 0.25, as its gold over all its months compares with our chest. tribute: minus (plus, if they
        pay) its cost as a share of our chest, at most 1. passage: they grant it 0.1; we grant it -0.1, or -0.3 below
        a standing of 0, in proportion to its days up to a year.
        joint_war: 0.3 against a foe, -0.8 against a friend, else -0.3. vassalage: theirs 0.7; ours -1 + 0.5 p (p above
        0). prisoner_exchange: 0.15. marriage: 0.3 s.
        """
        return self.cares.get(term.kind, 1.0) * self._worth(term)

    def _worth(self, term: TreatyTerm) -> float:
        power, standing = self.power, self.standing
        match term.kind:
            case "peace":
                return (0.35 if self.at_war else 0.1) + 0.2 * power
            case "alliance":
                return 0.4 * standing + 0.2 * min(2, self.common_enemies) + 0.1 * power
            case "trade":
                return 0.25 * min(1.0, tribute_cost(term.gold, term.days) / max(1, self.gold))
            case "tribute":
                share = min(1.0, tribute_cost(term.gold, term.days) / max(1, self.gold))
                return -share if term.payer == self.id else share
            case "passage":
                if term.grantor != self.id:
                    return 0.1
                return (-0.1 if standing >= 0 else -0.3) * min(1.0, term.days / A_LONG_PASSAGE)
            case "joint_war":
                toward = self.toward.get(term.against, 0.0)
                return -0.8 if toward > FRIEND_FROM else 0.3 if toward < FOE_BELOW else -0.3
            case "vassalage":
                return -1 + 0.5 * max(0.0, power) if term.vassal == self.id else 0.7
            case "prisoner_exchange":
                return 0.15
            case "marriage":
                return 0.3 * standing

    def total(self, terms: Iterable[TreatyTerm]) -> float:
        """What terms are worth together: their sum."""
        return sum(self.worth(term) for term in terms)

    @property
    def reserve(self) -> float:
        """The reservation value: what a treaty must be worth to this side at the least.

        0.3 max(0, -s - 0.5) - 0.2 max(0, s) - 0.3 max(0, p) (1 - risk tolerance) - 0.1 (agreeableness - 0.5) - 0.1 h

        The hostile want more than nothing, friends give something away, who is weaker and shuns risk pays to be left
        alone, and who keeps their word (h for `honour`) is given credit.
        """
        s, p = self.standing, self.power
        shy = 1 - self.tendencies.risk_tolerance
        return (
            0.3 * max(0.0, -s - 0.5)
            - 0.2 * max(0.0, s)
            - 0.3 * max(0.0, p) * shy
            - 0.1 * self.kindness
            - 0.1 * self.honour
        )

    @property
    def attitude(self) -> float:
        """What the stance is read from, about -1.5 to 1.5.

        standing + 0.3 honour + 0.1 for each common enemy (at most two) + 0.1 p (1 - risk tolerance)
        - 0.2 (aggression - 0.5)
        """
        shy = 1 - self.tendencies.risk_tolerance
        return (
            self.standing
            + 0.3 * self.honour
            + 0.1 * min(2, self.common_enemies)
            + 0.1 * self.power * shy
            - 0.2 * (self.tendencies.aggression - 0.5)
        )

    @property
    def stance(self) -> StanceName:
        """At war or an attitude below -0.5 hostile, below -0.15 wary, 0.25 neutral, 0.6 cordial, above that allied."""
        attitude = self.attitude
        if self.at_war or attitude < -0.5:
            return "hostile"
        if attitude < -0.15:
            return "wary"
        if attitude < 0.25:
            return "neutral"
        return "cordial" if attitude < 0.6 else "allied"
