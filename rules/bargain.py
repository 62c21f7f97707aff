"""Two factions at a table: who they are, how they stand, and which terms are possible between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rules.bargaining.affairs import Affairs, clashes
from rules.bargaining.side import Side, tribute_cost
from rules.situation import Situation
from schemas.characters import Faction, Rank
from schemas.events import DiplomaticOffer, DiplomaticReply
from schemas.treaties import TreatyTerm

LIGHT_TERMS = frozenset({"peace", "trade", "passage", "prisoner_exchange"})
"""What an envoy may agree to; the rest binds the whole faction and is its leader's to promise."""

Obstacle = Literal["no_offer", "self_treaty", "unknown_faction"]


@dataclass(frozen=True)
class Table:
    """The two sides of a negotiation, from the point of view of the one that is asked."""

    situation: Situation

    @cached_property
    def _ends(self) -> tuple[str, str] | None:
        """Who speaks and who is spoken to."""
        match self.situation.request.event:
            case DiplomaticOffer(offering=speaker, receiving=listener):
                return speaker, listener
            case DiplomaticReply(replying=speaker, receiving=listener):
                return speaker, listener
            case _:
                return None

    @cached_property
    def offered(self) -> tuple[TreatyTerm, ...]:
        """What is on the table: what they put forward; where they accept, what we did."""
        match self.situation.request.event:
            case DiplomaticOffer(terms=terms):
                return terms
            case DiplomaticReply(answer="open" | "counter", terms=terms):
                return terms
            case DiplomaticReply(answer="accept"):
                ours = self.situation.talks.last_of(self.us) if self.situation.talks is not None else None
                return ours.terms if ours is not None else ()
            case _:
                return ()

    @cached_property
    def us(self) -> str:
        """Who answers: the faction asked, else the one that the character serves, else the offer's receiver."""
        me = self.situation.request.character
        if me in self.situation.world.factions:
            return me
        sheet = self.situation.sheet
        if sheet is not None and sheet.faction is not None:
            return sheet.faction
        return self._ends[1] if self._ends else me

    @cached_property
    def them(self) -> str | None:
        """The other side; None when there is none, or when it would be ourselves."""
        if self._ends is None:
            return None
        other = self._ends[0] if self._ends[0] != self.us else self._ends[1]
        return other if other != self.us else None

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """Those of the two sides that the world knows as factions."""
        return tuple(one for one in (self.us, self.them) if one is not None and one in self.situation.world.factions)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why there can be no treaty at all; None when two factions face each other that the world knows."""
        if self._ends is None:
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

    @property
    def affairs(self) -> Affairs:
        """What stands between factions."""
        return self.situation.affairs

    @cached_property
    def at_war(self) -> bool:
        """Whether they are at war with each other."""
        return self.affairs.at_war(self.situation.world, self.us, self.them or "nobody")

    @property
    def power(self) -> float:
        """How much stronger they are: (theirs - ours) / (theirs + ours), -1 to 1."""
        return self.side.power

    @cached_property
    def common_enemies(self) -> frozenset[str]:
        """Whom both are at war with."""
        world, affairs = self.situation.world, self.affairs
        return affairs.enemies(world, self.us) & affairs.enemies(world, self.them or "nobody")

    @cached_property
    def side(self) -> Side:
        """Ours, as we know it."""
        them, tendencies = self.them or "nobody", self.situation.tendencies
        return Side(
            id=self.us,
            other=them,
            strength=self.our_faction.strength,
            their_strength=self.their_faction.strength,
            gold=self.gold_of(self.us),
            standing=self.standing,
            toward={other: self.standing_to(other) for other in self.situation.world.factions if other != self.us},
            at_war=self.at_war,
            common_enemies=len(self.common_enemies),
            cares={str(kind): weight for kind, weight in self.our_faction.cares.items()},
            tendencies=tendencies,
            kindness=self.situation.traits.agreeableness - 0.5,
            honour=self.affairs.honour(them, self.us),
        )

    @cached_property
    def guess(self) -> Side:
        """Theirs, as far as anybody can see: strength, chest and wars; that they think of us as we do of them; and
        that they are of middling temper and care for all terms alike."""
        world, them = self.situation.world, self.them or "nobody"
        return Side(
            id=them,
            other=self.us,
            strength=self.their_faction.strength,
            their_strength=self.our_faction.strength,
            gold=self.gold_of(them),
            standing=self.standing,
            toward=dict.fromkeys(self.affairs.enemies(world, them), -1.0),
            at_war=self.at_war,
            common_enemies=len(self.common_enemies),
            honour=self.affairs.honour(self.us, them),
        )

    @cached_property
    def full_authority(self) -> bool:
        """Whether who is asked may bind the faction: it is the faction itself, its leader, or of a leader's rank."""
        me, sheet = self.situation.request.character, self.situation.sheet
        if me == self.us or self.our_faction.leader == me:
            return True
        return self.our_faction.leader is None and sheet is not None and sheet.rank is Rank.LEADER

    def gold_of(self, faction: str) -> int:
        """What lies in its treasury and is not promised to anybody."""
        return max(0, self.affairs.chest(self.situation.world, faction) - self.affairs.owed(faction))

    def standing_to(self, other: str) -> float:
        """How we stand to any faction when the story opened; -1 at war."""
        if self.affairs.at_war(self.situation.world, self.us, other):
            return -1.0
        return self.our_faction.standings.get(other, 0.0)


def term_faults(table: Table, term: TreatyTerm) -> Iterator[tuple[str, str]]:
    """Why one term cannot be promised: (code, sentence) each.

    Only what is in the chest and owed to nobody can be promised as tribute, and nothing that another treaty forbids.
    """
    world, parties = table.situation.world, table.parties
    for clash in clashes(table.affairs, table.us, table.them or "nobody", term):
        yield "breaks_a_treaty", clash
    sides = " and ".join(f"'{party}'" for party in parties) or "nobody"
    match term.kind:
        case "tribute":
            if term.payer not in parties:
                yield "not_a_party", f"the payer '{term.payer}' is no party of the treaty; the parties are {sides}"
            elif tribute_cost(term.gold, term.days) > table.gold_of(term.payer):
                yield (
                    "not_affordable",
                    f"'{term.payer}' has {table.gold_of(term.payer)} gold to spare and cannot pay {term.gold} a month "
                    f"for {term.days} days",
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


def can_promise(table: Table, term: TreatyTerm) -> bool:
    """Whether the term is possible, and ours to agree to."""
    return next(term_faults(table, term), None) is None and (table.full_authority or term.kind in LIGHT_TERMS)


def can_accept(table: Table, terms: Sequence[TreatyTerm]) -> bool:
    """Whether all terms together can be agreed to, and leave us no worse off than our reserve."""
    return can_keep(table, terms) and table.side.total(terms) >= table.side.reserve


def can_keep(table: Table, terms: Sequence[TreatyTerm]) -> bool:
    """Whether all terms together are possible and ours to agree to."""
    return all(can_promise(table, term) for term in terms) and next(set_faults(terms), None) is None
