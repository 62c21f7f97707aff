"""What a faction answers to an offer: from standing, power, common enemies and what the terms cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rules.bargain import LIGHT_TERMS, Table, set_faults, term_faults, tribute_cost, worth_to_us
from rules.situation import Situation, clip
from schemas.decisions import DiplomacyDecision
from schemas.treaties import Peace, Trade, TreatyTerm, Tribute

ACCEPT_FROM = 0.2
"""From this leaning on an offer is taken as it is."""
HAGGLE_FROM = -0.6
"""From this leaning on a counter-offer is made; below it there is nothing to talk about."""
FORBEARANCE = 0.6
"""How much lower the patient haggle than the impatient."""
CLEAR_BY = 0.4
"""How far beyond either mark an offer must lean to be no question at all."""
WEIGHT_OF_STANDING, WEIGHT_OF_POWER, WEIGHT_OF_KINDNESS = 0.4, 0.2, 0.2
MOST_TERMS = 6
SMALL_TRIBUTE = 0.05
"""Share of the treasury that is offered instead of kneeling."""

Stance = Literal["hostile", "wary", "neutral", "cordial", "allied"]


def answer_offer(situation: Situation) -> DiplomacyDecision:
    """Accept, counter or refuse.

    leaning = 0.4 standing + 0.2 power (theirs over ours) + 0.2 (agreeableness - 0.5) + the worth of all terms
    (`bargain.worth_to_us`). From 0.2 on the offer is accepted, from -0.6 on it is countered with softer terms if they
    leave us better off than the offer, below it is refused; the patient haggle from 0.6 (patience - 0.5) lower. What
    cannot be promised (unknown factions, tribute beyond the treasury, war on a party, what only a leader may promise)
    is never accepted and never put forward.
    """
    table = Table(situation)
    offered = tuple(table.offer.terms) if table.offer else ()
    if table.obstacle is not None:
        return _decision(table, "refuse", ())
    lean = leaning(table, offered)
    if lean >= ACCEPT_FROM and can_accept(table, offered):
        return _decision(table, "accept", ())
    if lean >= haggle_from(situation):
        softer = soften(table, offered)
        better = sum(worth_to_us(table, term) for term in softer) > sum(worth_to_us(table, term) for term in offered)
        if softer and softer != offered and (better or not can_accept(table, offered)):
            return _decision(table, "counter", softer)
    return _decision(table, "refuse", ())


def plain_answer(situation: Situation) -> str | None:
    """Why an offer needs no thought: `nobody_to_treat_with`, `gladly_accepted`, `out_of_the_question`; None: it does.

    Plain is what leans `CLEAR_BY` further than acceptance or refusal asks for.
    """
    table = Table(situation)
    if table.offer is None or table.obstacle is not None:
        return "nobody_to_treat_with"
    offered = table.offer.terms
    lean = leaning(table, offered)
    if lean >= ACCEPT_FROM + CLEAR_BY and can_accept(table, offered):
        return "gladly_accepted"
    return "out_of_the_question" if lean < haggle_from(situation) - CLEAR_BY else None


def haggle_from(situation: Situation) -> float:
    """From which leaning on a counter-offer is made: `HAGGLE_FROM`, lower for the patient, higher for the rest."""
    return HAGGLE_FROM - FORBEARANCE * (situation.tendencies.patience - 0.5)


def leaning(table: Table, terms: Sequence[TreatyTerm]) -> float:
    """How much our side would like to agree; the formula is with `answer_offer`."""
    kindness = table.situation.traits.agreeableness - 0.5
    return (
        WEIGHT_OF_STANDING * table.standing
        + WEIGHT_OF_POWER * table.power
        + WEIGHT_OF_KINDNESS * kindness
        + sum(worth_to_us(table, term) for term in terms)
    )


def can_promise(table: Table, term: TreatyTerm) -> bool:
    """Whether the term is possible, and ours to agree to."""
    return next(term_faults(table, term), None) is None and (table.full_authority or term.kind in LIGHT_TERMS)


def can_accept(table: Table, terms: Sequence[TreatyTerm]) -> bool:
    """Whether all terms together can be agreed to."""
    return all(can_promise(table, term) for term in terms) and next(set_faults(terms), None) is None


def soften(table: Table, terms: Sequence[TreatyTerm]) -> tuple[TreatyTerm, ...]:
    """The offer as we would rather have it, and could keep; nothing when nothing is left of it."""
    kept: list[TreatyTerm] = []
    for term in terms:
        for softer in _softer(table, term):
            if can_promise(table, softer) and next(set_faults([*kept, softer]), None) is None:
                kept.append(softer)
                break
    return tuple(kept[:MOST_TERMS])


def _softer(table: Table, term: TreatyTerm) -> Iterator[TreatyTerm]:
    """What to put in a term's place, the best for us first."""
    peace = Peace(kind="peace", days=term.days)
    match term.kind:
        case "tribute" if term.payer == table.us:
            gold = min(term.gold // 2, table.our_faction.gold // (4 * max(1, tribute_cost(1, term.days))))
            if gold > 0:
                yield Tribute(kind="tribute", payer=term.payer, gold=gold, days=term.days)
            yield peace
        case "vassalage" if term.vassal == table.us:
            gold = int(table.our_faction.gold * SMALL_TRIBUTE) // max(1, tribute_cost(1, term.days))
            if gold > 0:
                yield Tribute(kind="tribute", payer=table.us, gold=gold, days=term.days)
            yield peace
        case "joint_war":
            if worth_to_us(table, term) > 0:
                yield term
            yield peace
        case "alliance" | "marriage":
            if worth_to_us(table, term) >= 0:
                yield term
            yield Trade(kind="trade", gold=table.our_faction.gold // 20, days=term.days)
            yield peace
        case "passage" if term.grantor == table.us:
            yield term.model_copy(update={"days": max(1, term.days // 2)})
            yield peace
        case _:
            yield term


def stance_of(table: Table) -> Stance:
    """By standing: at war or below -0.5 hostile, -0.15 wary, 0.25 neutral, 0.6 cordial, above that allied."""
    standing = table.standing
    if table.at_war or standing < -0.5:
        return "hostile"
    if standing < -0.15:
        return "wary"
    if standing < 0.25:
        return "neutral"
    return "cordial" if standing < 0.6 else "allied"


def _decision(
    table: Table, answer: Literal["accept", "refuse", "counter"], terms: tuple[TreatyTerm, ...]
) -> DiplomacyDecision:
    stance, name_of = stance_of(table), table.situation.name_of
    us, them = name_of(table.us), name_of(table.them) if table.them else table.situation.say("diplomacy-nobody")
    spoken = (
        table.situation.say(f"diplomacy-{answer}", us=us, them=them),
        table.situation.say(f"diplomacy-stance-{stance}", us=us, them=them),
    )
    return DiplomacyDecision(message=clip(" ".join(spoken), 600), answer=answer, terms=terms, stance=stance)
