"""What happened, in plain words, as the character to whom it happened would tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from rules import Situation, read_out
from schemas import (
    AllyAnswered,
    CombatAbilityUsed,
    CombatEnded,
    CombatStarted,
    Custom,
    DialogueChoice,
    DialogueEnded,
    DialogueInterrupted,
    DialogueStarted,
    DiplomaticOffer,
    DiplomaticReply,
    EntityDamaged,
    EntityDied,
    FactionAttacked,
    ItemExamined,
    ItemGiven,
    ItemPickedUp,
    ItemUsed,
    LocationEntered,
    LocationExited,
    PassageRefused,
    PlaceDestroyed,
    QuestBranchChosen,
    QuestCompleted,
    QuestObjectiveCompleted,
    QuestRequested,
    QuestStarted,
    RelationshipModified,
    SecretRevealed,
    TributePaid,
)

MOST_DETAILS = 12
"""Of what a game's own event carries."""


def happened(situation: Situation) -> str:
    """The event of a request as one sentence; empty for one that is only a question, or the clock.

    Whoever remembers is "I": `Tamsin Reed hurt me with fire.` Names are those that a player reads.
    """
    tell = _Telling(situation)
    match situation.request.event:
        case DialogueStarted(text=str(text)) | DialogueChoice(text=text) as event:
            return f"{tell.did(event.speaker)} said to {tell.whom(event.listener)}: {quoted(text)}"
        case DialogueInterrupted(speaker=speaker, listener=listener):
            return f"Something came between while {tell.did(speaker)} talked to {tell.whom(listener)}."
        case DialogueEnded(speaker=speaker, listener=listener, reason="interrupted" | "left" as reason):
            how = "broke off talking to" if reason == "interrupted" else "left without another word to"
            return f"{tell.did(speaker)} {how} {tell.whom(listener)}."
        case CombatStarted(actor=actor, combatants=combatants):
            return f"{tell.did(actor)} started a fight{tell.others('with', combatants, but=actor)}."
        case CombatAbilityUsed(actor=actor, ability=ability, targets=targets):
            return f"{tell.did(actor)} used {in_words(ability)}{tell.others('on', targets)}."
        case CombatEnded(actor=actor, survivors=survivors, fallen=fallen):
            fell = f" {tell.all(fallen).capitalize()} fell." if fallen else ""
            return f"A fight ended{tell.others('with', (actor, *survivors))} still standing.{fell}"
        case EntityDamaged(entity=entity, amount=amount, damage_type=kind, source=source):
            with_what = f" with {in_words(kind)}" if kind else ""
            if source is None:
                return f"{tell.did(entity)} lost {amount} hit points{with_what}."
            return f"{tell.did(source)} hurt {tell.whom(entity)}{with_what}: {amount} hit points."
        case EntityDied(entity=entity, killer=None):
            return f"{tell.did(entity)} died."
        case EntityDied(entity=entity, killer=str(killer)):
            return f"{tell.did(killer)} killed {tell.whom(entity)}."
        case LocationEntered(actor=actor, location=place, origin=origin):
            return f"{tell.did(actor)} came{tell.place('to', place or tell.here)}{tell.place('from', origin)}."
        case LocationExited(actor=actor, location=place, destination=to):
            return f"{tell.did(actor)} left{tell.place('', place or tell.here)}{tell.place('for', to)}."
        case ItemPickedUp(actor=actor, item=item):
            return f"{tell.did(actor)} took {tell.name(item)}."
        case ItemGiven(actor=actor, item=item, receiver=receiver):
            return f"{tell.did(actor)} gave {tell.name(item)} to {tell.whom(receiver)}."
        case PlaceDestroyed(actor=actor, place=place):
            by = f" by {tell.whom(actor)}" if actor != "world" else ""
            return f"{tell.name(place)} was destroyed{by}."
        case ItemUsed(actor=actor, item=item, target=target):
            return f"{tell.did(actor)} used {tell.name(item)}{tell.others('on', (target,) if target else ())}."
        case ItemExamined(actor=actor, item=item):
            return f"{tell.did(actor)} looked closely at {tell.name(item)}."
        case QuestRequested(actor=actor, giver=giver):
            return f"{tell.did(actor)} asked {tell.whom(giver)} for something to do."
        case QuestStarted(actor=actor, quest=quest):
            return f"{tell.did(actor)} took on the quest {in_words(quest)}."
        case QuestObjectiveCompleted(actor=actor, quest=quest, objective=objective):
            return f"{tell.did(actor)} got {in_words(objective)} done, for the quest {in_words(quest)}."
        case QuestBranchChosen(actor=actor, quest=quest, branch=branch):
            return f"{tell.did(actor)} chose how the quest {in_words(quest)} shall end: {in_words(branch)}."
        case QuestCompleted(actor=actor, quest=quest, branch=branch):
            return f"{tell.did(actor)} finished the quest {in_words(quest)}: {in_words(branch)}."
        case DiplomaticOffer(offering=offering, receiving=receiving, terms=terms, message=message):
            what = f": {quoted(message)}" if message else "."
            return f"{tell.did(offering)} offered {tell.whom(receiving)} {_listed(term.kind for term in terms)}{what}"
        case DiplomaticReply(replying=by, receiving=to, answer=answer, terms=terms, message=message):
            said = {"accept": "accepted our terms", "refuse": "left the talks"}.get(answer, "came to talk")
            put = f" and put forward {_listed(term.kind for term in terms)}" if terms else ""
            words = f": {quoted(message)}" if message else "."
            return f"{tell.did(by)} {said}{put}, before {tell.whom(to)}{words}"
        case FactionAttacked(attacker=attacker, attacked=attacked):
            return f"{tell.did(attacker)} attacked {tell.whom(attacked)}."
        case PassageRefused(refusing=by, refused=refused, place=place):
            return f"{tell.did(by)} turned {tell.whom(refused)} back{tell.place('at', place)}."
        case TributePaid(payer=payer, receiving=to, gold=gold):
            return f"{tell.did(payer)} paid {tell.whom(to)} {gold} gold."
        case AllyAnswered(ally=ally, caller=caller, came=came):
            return f"{tell.did(ally)} {'came when' if came else 'stayed away when'} {tell.whom(caller)} called."
        case RelationshipModified(character=who, toward=toward, affinity=affinity, trust=trust, reason=reason):
            better = "better" if affinity + trust >= 0 else "worse"
            why = f": {reason.rstrip('.')}" if reason.strip() else ""
            return f"{tell.did(who)} came to think {better} of {tell.whom(toward)}{why}."
        case SecretRevealed(holder=holder, to=to):
            return f"{tell.did(holder)} revealed a secret{tell.others('to', to)}."
        case Custom(event_type=kind, actor=actor, others=others, data=data):
            return f"{tell.did(actor)}: {in_words(kind)}{tell.others('with', others, but=actor)}{_details(data)}."
        case _:
            return ""


def quoted(text: str) -> str:
    """Words that somebody said, in one line, between quotation marks."""
    return '"' + " ".join(text.split()).replace('"', "'") + '"'


def in_words(id_: str) -> str:
    """An id in the middle of a sentence: `fire_bolt` is "fire bolt"."""
    return read_out(id_).lower()


class _Telling:
    """Who is who, for whoever remembers."""

    def __init__(self, situation: Situation) -> None:
        self._situation, self._me = situation, situation.request.character
        self.here = situation.request.scene.location.id

    def name(self, id_: str) -> str:
        return self._situation.name_of(id_)

    def did(self, id_: str) -> str:
        """At the beginning of a sentence."""
        name = "I" if id_ == self._me else self.name(id_)
        return name[:1].upper() + name[1:]

    def whom(self, id_: str) -> str:
        return "me" if id_ == self._me else self.name(id_)

    def all(self, ids: Iterable[str]) -> str:
        return _listed(self.whom(id_) for id_ in dict.fromkeys(ids))

    def others(self, link: str, ids: Iterable[str], but: str | None = None) -> str:
        """` with Pip and me`, or nothing where there is nobody."""
        named = self.all(id_ for id_ in ids if id_ != but)
        return f" {link} {named}" if named else ""

    def place(self, link: str, id_: str | None) -> str:
        return "" if id_ is None else f" {link} {self.name(id_)}".replace("  ", " ")


def _listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _details(data: Mapping[str, JsonValue]) -> str:
    """What the game says of an event of its own, as far as it can be said."""
    said = [f"{in_words(name)} {value}" for name, value in data.items() if isinstance(value, str | int | float)]
    return f" ({', '.join(said[:MOST_DETAILS])})" if said else ""
