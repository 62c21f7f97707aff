"""What a faction answers to an offer: from standing, power, common enemies and what the terms cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from rules.bargain import Table, can_accept, can_promise, set_faults
from rules.bargaining.side import tribute_cost
from rules.bargaining.talks import next_word, plain_word
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
WEIGHT_OF_STANDING, WEIGHT_OF_POWER, WEIGHT_OF_KINDNESS, WEIGHT_OF_HONOUR = 0.4, 0.2, 0.2, 0.1
MOST_TERMS = 6
SMALL_TRIBUTE = 0.05
"""Share of the treasury that is offered instead of kneeling."""


def answer_offer(situation: Situation) -> DiplomacyDecision:
    """Accept, counter or refuse. In talks: the next word (`bargaining.talks`); else, to a single offer:

    leaning = 0.4 standing + 0.2 power (theirs over ours) + 0.2 (agreeableness - 0.5) + 0.1 honour + the worth of all
    terms (`Side.worth`). From 0.2 on the offer is accepted, from -0.6 on it is countered with softer terms if they
    leave us better off than the offer, below it is refused; the patient haggle from 0.6 (patience - 0.5) lower. What
    cannot be promised (unknown factions, tribute beyond the treasury, war on a party, what another treaty forbids,
    what only a leader may promise) and what is worth less to us than our reserve (`Side.reserve`) is never accepted
    and never put forward.
    """
    table = Table(situation)
    if situation.talks is not None:
        word = next_word(table, situation.talks)
        return _decision(table, word.answer, word.terms)
    offered = table.offered
    if table.obstacle is not None:
        return _decision(table, "refuse", ())
    lean = leaning(table, offered)
    if lean >= ACCEPT_FROM and can_accept(table, offered):
        return _decision(table, "accept", ())
    if lean >= haggle_from(situation):
        softer = soften(table, offered)
        better = table.side.total(softer) > table.side.total(offered)
        if softer and softer != offered and (better or not can_accept(table, offered)):
            return _decision(table, "counter", softer)
    return _decision(table, "refuse", ())


def plain_answer(situation: Situation) -> str | None:
    """Why an offer needs no thought: `nobody_to_treat_with`, `gladly_accepted`, `out_of_the_question`; None: it does.

    Plain is what leans `CLEAR_BY` further than acceptance or refusal asks for.
    """
    table = Table(situation)
    if situation.talks is not None:
        return plain_word(table, situation.talks)
    if table.obstacle is not None:
        return "nobody_to_treat_with"
    offered = table.offered
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
        + WEIGHT_OF_HONOUR * table.side.honour
        + table.side.total(terms)
    )


def soften(table: Table, terms: Sequence[TreatyTerm]) -> tuple[TreatyTerm, ...]:
    """The offer as we would rather have it, and could keep; nothing when nothing is left of it."""
    kept: list[TreatyTerm] = []
    for term in terms:
        for softer in _softer(table, term):
            if can_promise(table, softer) and next(set_faults([*kept, softer]), None) is None:
                kept.append(softer)
                break
    kept = kept[:MOST_TERMS]
    while kept and table.side.total(kept) < table.side.reserve:
        kept.remove(min(kept, key=table.side.worth))
    return tuple(kept)


def _spared(table: Table, term: Tribute) -> int:
    """The gold a month that a tribute may cost us without falling below our reserve; a quarter of the chest at most."""
    side, months = table.side, max(1, tribute_cost(1, term.days))
    share = min(0.25, max(0.0, -side.reserve) / max(side.cares.get("tribute", 1.0), 0.01))
    return int(share * side.gold) // months


def _softer(table: Table, term: TreatyTerm) -> Iterator[TreatyTerm]:
    """What to put in a term's place, the best for us first."""
    peace = Peace(kind="peace", days=term.days)
    match term.kind:
        case "tribute" if term.payer == table.us:
            gold = min(term.gold // 2, _spared(table, term))
            if gold > 0:
                yield Tribute(kind="tribute", payer=term.payer, gold=gold, days=term.days)
            yield peace
        case "vassalage" if term.vassal == table.us:
            gold = int(table.side.gold * SMALL_TRIBUTE) // max(1, tribute_cost(1, term.days))
            if gold > 0:
                yield Tribute(kind="tribute", payer=table.us, gold=gold, days=term.days)
            yield peace
        case "joint_war":
            if table.side.worth(term) > 0:
                yield term
            yield peace
        case "alliance" | "marriage":
            if table.side.worth(term) >= 0:
                yield term
            yield Trade(kind="trade", gold=table.our_faction.gold // 20, days=term.days)
            yield peace
        case "passage" if term.grantor == table.us:
            yield term.model_copy(update={"days": max(1, term.days // 2)})
            yield peace
        case _:
            yield term


def _decision(
    table: Table, answer: Literal["accept", "refuse", "counter"], terms: tuple[TreatyTerm, ...]
) -> DiplomacyDecision:
    stance, name_of = table.side.stance, table.situation.name_of
    us, them = name_of(table.us), name_of(table.them) if table.them else table.situation.say("diplomacy-nobody")
    said = "open" if answer == "counter" and table.situation.talks is not None and not table.offered else answer
    spoken = (
        table.situation.say(f"diplomacy-{said}", us=us, them=them),
        table.situation.say(f"diplomacy-stance-{stance}", us=us, them=them),
    )
    return DiplomacyDecision(message=clip(" ".join(spoken), 600), answer=answer, terms=terms, stance=stance)
