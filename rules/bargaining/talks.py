"""A round of talks by the rules: what was heard, what to say, what a model may say, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import ValidationError

from rules.bargain import Table, can_keep
from rules.bargaining.bargainer import EVEN, Bargainer, Word
from rules.bargaining.menu import menu
from schemas.affairs import MOST_OFFERS, Affair, Offer, Reply, Talks, TalksStatus, Treaty, War
from schemas.calendar import WorldTime
from schemas.calls import ChangeRelationship
from schemas.decisions import DiplomacyDecision
from schemas.errors import BadRequest, Fault, field_path
from schemas.events import DiplomaticOffer, DiplomaticReply, GameEvent
from schemas.requests import DecisionRequest
from schemas.scene import LocationSnapshot, Scene
from schemas.treaties import TreatyTerm

GIVES_AWAY = "these terms give away more than the council lets you; put forward something better for your side"
WARMTH, TRUST = 0.08, 0.12
"""What a treaty that is concluded does for the standing of each side to the other."""
ENDS_WAR = frozenset({"peace", "alliance", "vassalage", "marriage"})

Said = Literal["open", "accept", "refuse", "counter"]


def said_by(event: GameEvent) -> Said | None:
    """What the other side does with its event; None: it is not talking."""
    match event:
        case DiplomaticOffer():
            return "counter"
        case DiplomaticReply(answer=answer):
            return answer
        case _:
            return None


def heard(talks: Talks, event: GameEvent) -> Talks:
    """The talks with what the other side has just put forward."""
    if not isinstance(event, DiplomaticReply | DiplomaticOffer) or said_by(event) not in ("open", "counter"):
        return talks
    if not event.terms or len(talks.offers) >= MOST_OFFERS:
        return talks
    offer = Offer(by=talks.them, round=max(1, talks.round + (1 if said_by(event) == "open" else 0)), terms=event.terms)
    return talks.model_copy(update={"offers": (*talks.offers, offer)})


def late(talks: Talks, at: WorldTime) -> bool:
    """Whether an answer comes after we have stopped waiting for it, by the game's clock."""
    return talks.round > 0 and talks.until < at


def bargainer(table: Table, talks: Talks) -> Bargainer:
    """Our side with all that it goes by in this round."""
    offers = talks.offers
    return Bargainer(table.side, table.guess, menu(table, talks), offers, talks.round + 1, talks.rounds)


def next_word(table: Table, talks: Talks) -> Word:
    """What the rules say in this round. Total: it answers whatever was said, and promises only what can be kept."""
    settled = _settled(table, talks)
    if settled is not None:
        return settled
    keepable = bool(table.offered) and can_keep(table, table.offered)
    return bargainer(table, talks).speak(table.offered if keepable else None)


def _settled(table: Table, talks: Talks) -> Word | None:
    """The word where there is nothing to weigh: it is over, came too late, or they have said yes."""
    said = said_by(table.situation.request.event)
    if table.obstacle is not None or talks.status != "open" or said in (None, "refuse"):
        return Word("refuse", because="talks_over")
    if late(talks, table.situation.request.scene.time):
        return Word("refuse", because="talks_lapsed")
    if said != "accept":
        return None
    keepable = bool(table.offered) and can_keep(table, table.offered)
    sealed = keepable and table.side.total(table.offered) >= table.side.reserve - EVEN
    return Word("accept", because="sealed") if sealed else Word("refuse", because="cannot_keep")


def plain_word(table: Table, talks: Talks) -> str | None:
    """Why a round needs no thought: `talks_over`, `talks_lapsed`, `sealed`, `cannot_keep`; None: it does."""
    settled = _settled(table, talks)
    return settled.because if settled is not None else None


def talks_faults(table: Table, talks: Talks, proposal: DiplomacyDecision) -> Iterator[tuple[str, str, str]]:
    """What the rules have against a legal word in this round: (code, where, sentence) each.

    No sentence holds a figure of what our side would take at the least.
    """
    said, event_time = said_by(table.situation.request.event), table.situation.request.scene.time
    if table.obstacle is not None or talks.status != "open" or said in (None, "refuse") or late(talks, event_time):
        if proposal.answer != "refuse":
            yield "talks_over", "answer", "the talks are over; only 'refuse' is possible"
        return
    ours = bargainer(table, talks)
    keepable = bool(table.offered) and can_keep(table, table.offered)
    match proposal.answer:
        case "accept" if said == "accept":
            if not keepable or table.side.total(table.offered) < ours.reserve - EVEN:
                yield "below_reserve", "answer", "what was put forward can no longer be kept; only 'refuse' is possible"
        case "accept" if not keepable:
            yield "nothing_to_accept", "answer", "nothing is on the table that could be accepted; put terms forward"
        case "accept" if not ours.acceptable(table.offered):
            yield "below_reserve", "answer", GIVES_AWAY
        case "counter" if said == "accept":
            yield "word_was_given", "answer", "they have taken what we put forward; 'accept' seals it"
        case "counter" if ours.number > ours.rounds:
            yield "no_round_left", "answer", "there is only yes or no now: 'accept' or 'refuse'"
        case "counter" if table.side.total(proposal.terms) < ours.reserve - EVEN:
            yield "below_reserve", "terms", GIVES_AWAY
        case "counter" if table.side.total(proposal.terms) < ours.target - EVEN:
            yield "concedes_too_soon", "terms", GIVES_AWAY
        case "refuse" if said == "accept" and keepable and table.side.total(table.offered) >= ours.reserve - EVEN:
            yield "word_was_given", "answer", "they have taken what we put forward; 'accept' seals it"
        case "refuse" if keepable and ours.acceptable(table.offered):
            yield "walks_away", "answer", "what is on the table is good enough for your council; 'accept' it"
        case _:
            return


@dataclass(frozen=True)
class Conclusion:
    """What a decision leaves behind between factions."""

    affairs: tuple[Affair, ...] = ()
    effects: tuple[ChangeRelationship, ...] = ()


def concluded(table: Table, decision: DiplomacyDecision) -> Conclusion:
    """How things stand after a decision: the talks go on or end, and where both agree there is a treaty.

    A treaty warms both sides (standing +0.08, trust +0.12), ends the war between them where it says so, and begins
    that which they promise to fight. Its name is that of the talks, or of the decision, so it comes about once.
    """
    talks, request = table.situation.talks, table.situation.request
    kept = () if talks is None else (after(talks, decision, request.scene.time),)
    agreed = decision.answer == "accept" and table.offered and table.obstacle is None
    if not agreed or table.them is None:
        return Conclusion(kept)
    treaty = Treaty(
        id=talks.id if talks is not None else request.id,
        parties=(table.us, table.them),
        terms=table.offered,
        at=request.scene.time,
    )
    warmer = tuple(
        ChangeRelationship(character=one, toward=other, affinity=WARMTH, trust=TRUST, reason=f"treaty {treaty.id}")
        for one, other in (treaty.parties, treaty.parties[::-1])
    )
    return Conclusion((*kept, treaty, *_wars(table, treaty)), warmer)


def _wars(table: Table, treaty: Treaty) -> Iterator[War]:
    world, affairs = table.situation.world, table.affairs
    one, other = treaty.parties
    kinds = {term.kind for term in treaty.terms}
    if kinds & ENDS_WAR and affairs.at_war(world, one, other):
        yield war(one, other, on=False, at=treaty.at)
    for foe in dict.fromkeys(term.against for term in treaty.terms if term.kind == "joint_war"):
        for party in treaty.parties:
            if not affairs.at_war(world, party, foe):
                yield war(party, foe, on=True, at=treaty.at)


def war(one: str, other: str, *, on: bool, at: WorldTime, by: str | None = None) -> War:
    """A war between two, in whatever order they are named."""
    first, second = sorted((one, other))
    return War(sides=(first, second), on=on, at=at, by=by)


def after(talks: Talks, decision: DiplomacyDecision, at: WorldTime) -> Talks:
    """The talks after our word: one round further, open only where we put something forward. What is over stays so."""
    if talks.status != "open":
        return talks
    offers = talks.offers
    if decision.answer == "counter" and len(offers) < MOST_OFFERS:
        offers = (*offers, Offer(by=talks.us, round=talks.round + 1, terms=decision.terms))
    status: TalksStatus = "open"
    if decision.answer == "accept":
        status = "agreed"
    elif decision.answer == "refuse":
        status = "lapsed" if late(talks, at) else "refused"
    return talks.model_copy(
        update={"offers": offers, "round": talks.round + 1, "status": status, "at": max(talks.at, at, key=_minutes)}
    )


def _minutes(at: WorldTime) -> int:
    return at.total_minutes


def answered(talks: Talks, reply: Reply, *, kind: str, world: str, timeline: str | None) -> DecisionRequest:
    """The next round: the request that an answer to our last word makes. The same answer makes the same one."""
    return DecisionRequest(
        id=round_id(talks, talks.round + 1),
        kind=kind,
        world=world,
        character=talks.character,
        event=DiplomaticReply(
            replying=talks.them, receiving=talks.us, answer=reply.answer, terms=reply.terms, message=reply.message
        ),
        scene=Scene(time=reply.at or talks.at, location=LocationSnapshot(id=talks.place)),
        seed=talks.seed,
        language=talks.language,
        thread=talks.thread,
        timeline=timeline,
        policy=talks.policy,
    )


def round_id(talks: Talks, number: int) -> str:
    """The decision of one of our rounds."""
    return f"{talks.thread}.{number}"


def read_reply(raw: object, talks: Talks) -> Reply:
    """An answer to our last word. Raises `BadRequest` with every fault of one that is none; nothing has happened then.

    Fields must fit `Reply`; it cannot be said before we spoke, and it answers the round that is open.
    """
    try:
        reply = Reply.model_validate(raw)
    except ValidationError as error:
        raise BadRequest(
            [Fault(field_path(("reply", *fault["loc"])), f"{fault['msg']}.") for fault in error.errors()]
        ) from None
    faults: list[Fault] = []
    if reply.at is not None and reply.at < talks.at:
        faults.append(Fault("reply.at", f"{reply.at} is before we spoke, on {talks.at}.", "Time only goes on."))
    if reply.round is not None and reply.round != talks.round:
        faults.append(Fault("reply.round", f"round {reply.round} is not open.", f"Answer round {talks.round}."))
    if faults:
        raise BadRequest(faults)
    return reply


def asked_for(talks: Talks) -> dict[str, Any]:
    """What the other side is asked, as plain JSON: who asks, what is on the table, until when, and what fits."""
    table = talks.on_the_table
    return {
        "thread": talks.thread,
        "from": talks.us,
        "to": talks.them,
        "round": talks.round,
        "of": talks.rounds,
        "terms": [term.model_dump(mode="json") for term in table.terms] if table is not None else [],
        "until": talks.until.model_dump(mode="json"),
        "schema": reply_schema(),
    }


@cache
def reply_schema() -> dict[str, Any]:
    """The JSON Schema (Draft 2020-12) that an answer has to fit."""
    return Reply.model_json_schema()


def talks_of(request: DecisionRequest, table: Table, *, rounds: int, days: int) -> Talks:
    """New talks, named after the thread of their first request (`talks.ID.US`), else after the request."""
    prefix, _, rest = (request.thread or "").partition("talks.")
    name = rest.rsplit(".", 1)[0] if not prefix and "." in rest else request.thread or request.id
    return Talks(
        id=name[-60:].strip("._:-") or "talks",
        us=table.us,
        them=table.them or "nobody",
        character=request.character,
        place=request.scene.location.id,
        language=request.language,
        policy=request.policy,
        seed=request.seed,
        rounds=rounds,
        days=days,
        at=request.scene.time,
    )


def suggestion(table: Table, talks: Talks) -> tuple[TreatyTerm, ...]:
    """What the rules would put forward in this round: what a council would tell its speaker. Empty: nothing."""
    word = next_word(table, talks)
    return word.terms
