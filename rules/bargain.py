"""What treaty terms mean: which are possible, which contradict, and what each is worth to one side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Literal

from rules.situation import Situation
from schemas.characters import Faction, Rank
from schemas.events import DiplomaticOffer
from schemas.treaties import TreatyTerm

DAYS_A_MONTH = 30
A_LONG_PASSAGE = 360
"""Days from which a passage that we grant costs us all that it can."""
FRIEND_FROM, FOE_BELOW = 0.3, -0.3
"""Where a standing makes somebody a friend one does not attack, or a foe one gladly does."""
LIGHT_TERMS = frozenset({"peace", "trade", "passage", "prisoner_exchange"})
"""What an envoy may agree to; the rest binds the whole faction and is its leader's to promise."""

Obstacle = Literal["no_offer", "self_treaty", "unknown_faction"]


@dataclass(frozen=True)
class Table:
    """The two sides of a negotiation, from the point of view of the one that is asked."""

    situation: Situation

    @cached_property
    def offer(self) -> DiplomaticOffer | None:
        """What is on the table, if the event is an offer."""
        event = self.situation.request.event
        return event if isinstance(event, DiplomaticOffer) else None

    @cached_property
    def us(self) -> str:
        """Who answers: the faction asked, else the one that the character serves, else the offer's receiver."""
        me = self.situation.request.character
        if me in self.situation.world.factions:
            return me
        sheet = self.situation.sheet
        if sheet is not None and sheet.faction is not None:
            return sheet.faction
        return self.offer.receiving if self.offer else me

    @cached_property
    def them(self) -> str | None:
        """The other side; None when there is none, or when it would be ourselves."""
        if self.offer is None:
            return None
        other = self.offer.offering if self.offer.offering != self.us else self.offer.receiving
        return other if other != self.us else None

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Those of the two sides that the world knows as factions."""
        return tuple(one for one in (self.us, self.them) if one is not None and one in self.situation.world.factions)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why there can be no treaty at all; None when two factions face each other that the world knows."""
        if self.offer is None:
            return "no_offer"
        if self.them is None:
            return "self_treaty"
        return None if len(self.parties) == 2 else "unknown_faction"

    @cached_property
    def our_faction(self) -> Faction:
        """Our side; a nameless one without means when the world does not know it."""
        return self._faction(self.us)

    @cached_property
    def their_faction(self) -> Faction:
        """The other side."""
        return self._faction(self.them or "nobody")

    def _faction(self, id_: str) -> Faction:
        known = self.situation.world.factions.get(id_)
        return known if known is not None else Faction(id=id_, name=id_[:80])

    @cached_property
    def standing(self) -> float:
        """How we stand to them, -1 to 1: what is recorded, else what our sheet says; 0 when nobody has said."""
        if self.situation.standing is not None:
            return self.situation.standing.standing
        return self.standing_to(self.them) if self.them is not None else 0.0

    @cached_property
    def at_war(self) -> bool:
        """Whether either side says so."""
        return self.them in self.our_faction.at_war_with or self.us in self.their_faction.at_war_with

    @cached_property
    def power(self) -> float:
        """How much stronger they are: (theirs - ours) / (theirs + ours), -1 to 1."""
        ours, theirs = self.our_faction.strength, self.their_faction.strength
        both = ours + theirs
        return (theirs - ours) / both if both > 0 else 0.0

    @cached_property
    def common_enemies(self) -> frozenset[str]:
        """Whom both are at war with."""
        return frozenset(self.our_faction.at_war_with) & frozenset(self.their_faction.at_war_with)

    @cached_property
    def full_authority(self) -> bool:
        """Whether who is asked may bind the faction: it is the faction itself, its leader, or of a leader's rank."""
        me, sheet = self.situation.request.character, self.situation.sheet
        if me == self.us or self.our_faction.leader == me:
            return True
        return self.our_faction.leader is None and sheet is not None and sheet.rank is Rank.LEADER

    def gold_of(self, faction: str) -> int:
        """What lies in its treasury."""
        return self.our_faction.gold if faction == self.us else self.their_faction.gold

    def standing_to(self, other: str) -> float:
        """How we stand to any faction when the story opened; -1 at war."""
        if other in self.our_faction.at_war_with:
            return -1.0
        return self.our_faction.standings.get(other, 0.0)


def tribute_cost(gold: int, days: int) -> int:
    """What a tribute costs in all: `gold` for each month of 30 days that is begun."""
    return gold * ceil(days / DAYS_A_MONTH)


def term_faults(table: Table, term: TreatyTerm) -> Iterator[tuple[str, str]]:
    """Why one term cannot be promised: (code, sentence) each. Only what is in the chest can be promised as tribute."""
    world, parties = table.situation.world, table.parties
    sides = " and ".join(f"'{party}'" for party in parties) or "nobody"
    match term.kind:
        case "tribute":
            if term.payer not in parties:
                yield "not_a_party", f"the payer '{term.payer}' is no party of the treaty; the parties are {sides}"
            elif tribute_cost(term.gold, term.days) > table.gold_of(term.payer):
                yield (
                    "not_affordable",
                    f"'{term.payer}' has {table.gold_of(term.payer)} gold and cannot pay {term.gold} a month for "
                    f"{term.days} days",
                )
        case "vassalage":
            if term.vassal not in parties:
                yield "not_a_party", f"the vassal '{term.vassal}' is no party of the treaty; the parties are {sides}"
        case "passage":
            if term.grantor not in parties:
                yield "not_a_party", f"the grantor '{term.grantor}' is no party of the treaty; the parties are {sides}"
            if term.place not in world.places:
                yield "unknown_place", f"there is no place '{term.place}'"
        case "joint_war":
            if term.against in (table.us, table.them):
                yield "contradiction", f"a war against '{term.against}' cannot be agreed with '{term.against}'"
            elif term.against not in world.factions:
                yield "unknown_faction", f"there is no faction '{term.against}'"
        case "prisoner_exchange":
            yield from _people(table, term.prisoners, "prisoner")
        case "marriage":
            yield from _people(table, term.spouses, "spouse")
            if len(set(term.spouses)) != len(term.spouses):
                yield "contradiction", f"'{term.spouses[0]}' cannot marry themselves"
        case _:
            return


def _people(table: Table, names: Sequence[str], what: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if name not in table.situation.world.characters:
            yield "unknown_character", f"there is no character '{name}' to be a {what}"
        elif name in table.situation.dead:
            yield "dead_character", f"'{name}' is dead and cannot be a {what}"


def set_faults(terms: Sequence[TreatyTerm]) -> Iterator[tuple[str, str]]:
    """Why terms cannot stand in one treaty: doubled clauses, both sides kneeling, both sides paying."""
    seen: set[tuple[str, ...]] = set()
    payers: set[str] = set()
    vassals: set[str] = set()
    for term in terms:
        key = (term.kind, *(str(value) for name, value in term if name not in ("kind", "days", "gold")))
        if key in seen:
            yield "contradiction", f"the clause '{term.kind}' is there twice for the same parties"
        seen.add(key)
        if term.kind == "tribute":
            payers.add(term.payer)
        elif term.kind == "vassalage":
            vassals.add(term.vassal)
    if len(vassals) > 1:
        yield "contradiction", "both sides cannot be the other's vassal"
    if len(payers) > 1:
        yield "contradiction", "both sides cannot pay tribute to each other"


def worth_to_us(table: Table, term: TreatyTerm) -> float:
    """What a term is worth to our side, about -1 to 1; p is their power over us, s our standing to them.

    peace: 0.35 at war else 0.1, and 0.2 p. alliance: 0.4 s + 0.2 for each common enemy (at most two) + 0.1 p.
    trade: up to 0.25, as its gold over all its months compares with our treasury. tribute: minus (plus, if they pay)
    its cost as a share of our treasury, at most 1. passage: they grant it 0.1; we grant it -0.1, or -0.3 below a
    standing of 0, in proportion to its days up to a year.
    joint_war: 0.3 against a foe, -0.8 against a friend, else -0.3. vassalage: theirs 0.7; ours -1 + 0.5 p (p above 0).
    prisoner_exchange: 0.15. marriage: 0.3 s.
    """
    power, standing = table.power, table.standing
    match term.kind:
        case "peace":
            return (0.35 if table.at_war else 0.1) + 0.2 * power
        case "alliance":
            return 0.4 * standing + 0.2 * min(2, len(table.common_enemies)) + 0.1 * power
        case "trade":
            return 0.25 * min(1.0, tribute_cost(term.gold, term.days) / max(1, table.our_faction.gold))
        case "tribute":
            share = min(1.0, tribute_cost(term.gold, term.days) / max(1, table.our_faction.gold))
            return -share if term.payer == table.us else share
        case "passage":
            if term.grantor != table.us:
                return 0.1
            return (-0.1 if standing >= 0 else -0.3) * min(1.0, term.days / A_LONG_PASSAGE)
        case "joint_war":
            toward = table.standing_to(term.against)
            return -0.8 if toward > FRIEND_FROM else 0.3 if toward < FOE_BELOW else -0.3
        case "vassalage":
            return -1 + 0.5 * max(0.0, power) if term.vassal == table.us else 0.7
        case "prisoner_exchange":
            return 0.15
        case "marriage":
            return 0.3 * standing
