"""Deeds held against the treaties in force: which promise was kept, which was broken, and who thinks what of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rules.bargaining.affairs import DAYS_A_MONTH, Affairs, later, tribute_id
from rules.bargaining.talks import war
from schemas.affairs import Affair, Promise, TermKind, Treaty
from schemas.calendar import WorldTime
from schemas.calls import ChangeRelationship
from schemas.events import AllyAnswered, EventBase, FactionAttacked, PassageRefused, TributePaid
from schemas.treaties import TreatyTerm
from schemas.worlds import World

KEEPS_THE_PEACE = frozenset({"peace", "alliance", "vassalage", "marriage", "joint_war"})
"""Terms that an attack breaks."""
DAYS_TO_COME = 14
"""In which an ally has to answer a call."""
KEPT_BY_ITSELF = frozenset({"peace", "alliance", "trade", "passage"})
"""Terms that are kept when they run out and nobody broke them."""
WRONGED = (-0.4, -0.6)
"""What a broken promise does to the affinity and trust of whoever it was given to; of a lesser one half."""
WITNESS = (-0.1, -0.2)
"""And to those who have a treaty with either, or think well of the wronged."""
THANKED = (0.05, 0.1)
"""What a promise that was kept does for those it was given to."""
GRAVE = frozenset({"peace", "alliance", "vassalage", "marriage", "joint_war"})


@dataclass(frozen=True)
class Findings:
    """What follows from a deed, and from the time that has gone by."""

    affairs: tuple[Affair, ...] = ()
    effects: tuple[ChangeRelationship, ...] = ()
    calls: tuple[Promise, ...] = ()
    """Allies who have to come now, and until when; they are among `affairs`."""

    @property
    def broken(self) -> tuple[Promise, ...]:
        """The promises that were broken."""
        return tuple(one for one in self.affairs if isinstance(one, Promise) and one.outcome == "broken")

    @property
    def kept(self) -> tuple[Promise, ...]:
        """The promises that were kept."""
        return tuple(one for one in self.affairs if isinstance(one, Promise) and one.outcome == "kept")


def findings(world: World, affairs: Affairs, event: EventBase | None) -> Findings:
    """All that a deed and the time say about promises; of what was found before nothing. It reads, and never raises.

    An attack breaks a treaty that promised peace; passage refused, a tribute not paid by its day and an ally who
    stays away break their promise, and the treaty stands. Terms that run out unbroken were kept.
    """
    made: dict[str, Affair] = {}
    for affair in (*_of_the_deed(world, affairs, event), *_of_time(affairs)):
        known = affairs.promises.get(affair.id) if isinstance(affair, Promise) else None
        if known is None or (known.outcome == "due" and isinstance(affair, Promise) and affair.outcome != "due"):
            made.setdefault(affair.key, affair)
    promises = [one for one in made.values() if isinstance(one, Promise)]
    effects = tuple(effect for one in promises for effect in _regard(world, affairs, one))
    return Findings(tuple(made.values()), effects, tuple(one for one in promises if one.outcome == "due"))


def _of_the_deed(world: World, affairs: Affairs, event: EventBase | None) -> Iterator[Affair]:
    match event:
        case FactionAttacked(attacker=attacker, attacked=attacked) if attacker != attacked:
            yield from _attack(world, affairs, attacker, attacked)
        case PassageRefused(refusing=grantor, refused=refused, place=place):
            for treaty, term in affairs.between(grantor, refused):
                if term.kind == "passage" and term.grantor == grantor and term.place == place:
                    yield _promise(affairs, treaty, grantor, term.kind, "broken", f"turned back at {place}")
        case TributePaid(payer=payer, receiving=to, gold=gold):
            yield from _payment(affairs, payer, to, gold)
        case AllyAnswered(ally=ally, caller=caller, came=came):
            for promise in affairs.promises.values():
                if promise.outcome == "due" and (promise.by, promise.toward) == (ally, caller):
                    outcome = "kept" if came else "broken"
                    what = "came when called" if came else "stayed away when called"
                    yield promise.model_copy(update={"outcome": outcome, "what": what, "at": affairs.at})
        case _:
            return


def _attack(world: World, affairs: Affairs, attacker: str, attacked: str) -> Iterator[Affair]:
    broken: dict[str, Treaty] = {}
    for treaty, term in affairs.between(attacker, attacked):
        if term.kind in KEEPS_THE_PEACE:
            broken[treaty.id] = treaty
            yield _promise(affairs, treaty, attacker, term.kind, "broken", f"attacked {attacked}")
    for treaty in broken.values():
        yield treaty.model_copy(update={"broken_at": affairs.at, "broken_by": attacker})
    if not affairs.at_war(world, attacker, attacked):
        yield war(attacker, attacked, on=True, at=affairs.at, by=attacker)
    for treaty, term in affairs.binding(attacker):
        if term.kind == "joint_war" and term.against == attacked:
            yield _promise(affairs, treaty, attacker, term.kind, "kept", f"marched against {attacked}")
    for treaty, term in affairs.binding(attacked):
        ally = treaty.other(attacked)
        if term.kind == "alliance" and ally != attacker and treaty.id not in broken:
            yield Promise(
                id=_id(treaty, ally, f"call.{attacker}.{affairs.at.day}"),
                treaty=treaty.id,
                by=ally,
                toward=attacked,
                term="alliance",
                outcome="due",
                what=f"called against {attacker}",
                at=affairs.at,
                due=later(affairs.at, DAYS_TO_COME),
            )


def _payment(affairs: Affairs, payer: str, to: str, gold: int) -> Iterator[Promise]:
    """Gold pays the oldest months first, each as a whole."""
    for treaty, term in affairs.between(payer, to):
        if term.kind != "tribute" or term.payer != payer:
            continue
        for month in affairs.unpaid(treaty, term):
            if gold < term.gold:
                break
            gold -= term.gold
            yield _month(affairs, treaty, payer, month, "kept", term.gold)


def _of_time(affairs: Affairs) -> Iterator[Promise]:
    """What was due by now and did not come, and what ran out unbroken."""
    for promise in affairs.promises.values():
        if promise.outcome == "due" and promise.due is not None and promise.due < affairs.at:
            what = "stayed away when called"
            yield promise.model_copy(update={"outcome": "broken", "what": what, "at": affairs.at})
    for treaty in (one for one in affairs.all if isinstance(one, Treaty) and one.broken_at is None):
        for term in treaty.terms:
            yield from _overdue(affairs, treaty, term)


def _overdue(affairs: Affairs, treaty: Treaty, term: TreatyTerm) -> Iterator[Promise]:
    if term.kind == "tribute":
        for month in affairs.unpaid(treaty, term):
            if not later(treaty.at, month * DAYS_A_MONTH) < affairs.at:
                break
            yield _month(affairs, treaty, term.payer, month, "broken", 0)
    elif term.kind in KEPT_BY_ITSELF and not affairs.at < treaty.ends(term):
        givers = (term.grantor,) if term.kind == "passage" else treaty.parties
        for giver in givers:
            if not any(one.treaty == treaty.id and one.by == giver and one.term == term.kind and one.outcome == "broken"
                       for one in affairs.promises.values()):  # fmt: skip
                yield _promise(affairs, treaty, giver, term.kind, "kept", "ran out unbroken", at=treaty.ends(term))


def _month(
    affairs: Affairs, treaty: Treaty, payer: str, month: int, outcome: Literal["kept", "broken"], gold: int
) -> Promise:
    what = f"paid for month {month}" if outcome == "kept" else f"did not pay for month {month}"
    return Promise(
        id=tribute_id(treaty, payer, month),
        treaty=treaty.id,
        by=payer,
        toward=treaty.other(payer),
        term="tribute",
        outcome=outcome,
        what=what,
        at=affairs.at,
        due=later(treaty.at, month * DAYS_A_MONTH),
        gold=gold,
    )


def _promise(
    affairs: Affairs,
    treaty: Treaty,
    by: str,
    term: TermKind,
    outcome: Literal["kept", "broken"],
    what: str,
    *,
    at: WorldTime | None = None,
) -> Promise:
    """An occasion a day: who is turned back twice on one day was turned back once."""
    occasion = f"{term}.{outcome}" if outcome == "kept" else f"{term}.{affairs.at.day}"
    return Promise(
        id=_id(treaty, by, occasion),
        treaty=treaty.id,
        by=by,
        toward=treaty.other(by),
        term=term,
        outcome=outcome,
        what=what[:200],
        at=at or affairs.at,
    )


def _id(treaty: Treaty, by: str, occasion: str) -> str:
    return f"{treaty.id}.{by}.{occasion}"[-128:].lstrip("._:-")


def _regard(world: World, affairs: Affairs, promise: Promise) -> Iterator[ChangeRelationship]:
    """Who thinks what of it. Of a promise that is only due, nobody anything."""
    if promise.outcome == "due":
        return
    said = f"{promise.by} {'kept' if promise.outcome == 'kept' else 'broke'} {promise.term}: {promise.what}"
    if promise.outcome == "kept":
        affinity, trust = THANKED
    else:
        half = 1.0 if promise.term in GRAVE else 0.5
        affinity, trust = (half * one for one in WRONGED)
        for witness in witnesses(world, affairs, promise):
            yield ChangeRelationship(
                character=witness, toward=promise.by, affinity=half * WITNESS[0], trust=half * WITNESS[1], reason=said
            )
    yield ChangeRelationship(character=promise.toward, toward=promise.by, affinity=affinity, trust=trust, reason=said)


def witnesses(world: World, affairs: Affairs, promise: Promise) -> list[str]:
    """Those who take it ill beside the wronged: they have a treaty with either, or think well of the wronged."""
    ends = {promise.by, promise.toward}
    bound = {treaty.other(end) for treaty in affairs.treaties for end in ends if end in treaty.parties}
    fond = {id_ for id_, faction in world.factions.items() if faction.standings.get(promise.toward, 0.0) > 0}
    return sorted((bound | fond) - ends)
