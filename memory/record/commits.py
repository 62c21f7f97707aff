"""The one transaction of a decision: all that it leaves behind, or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from memory.record.history import latest_standing
from memory.record.moods import stir
from memory.record.prepared import Prepared
from memory.record.rows import Fields, new_rows, parsed, plain
from memory.record.tables import (
    AFFAIR_CHANGE,
    DECISION,
    EXPERIENCE,
    FACT,
    FACT_KNOWN,
    FACT_REVEALED,
    MEMORY_ENTRY,
    MODEL_CALL,
    QUEST_CHANGE,
    RELATIONSHIP_CHANGE,
    TALK_PLACE,
    TOOL_CALL,
    TURN,
    place_of,
)
from memory.timelines.timelines import take_moment, visible
from memory.upkeep.uses import note_use
from memory.values import Commit, Committed
from schemas import (
    EVERYONE,
    PLAYER,
    AddFact,
    Affair,
    AffairChange,
    ChangeRelationship,
    Decision,
    Effect,
    Experience,
    QuestProgress,
    Relationship,
    RevealFact,
    Treaty,
    War,
)

_RECORDED = Prepared(select(DECISION.c.seq, DECISION.c.body).where(visible(DECISION), DECISION.c.id == bindparam("id")))
_FACT_THERE = select(FACT.c.id).where(visible(FACT), FACT.c.id == bindparam("fact"))

_AFFAIR_THERE = (
    select(AFFAIR_CHANGE.c.seq).where(visible(AFFAIR_CHANGE), AFFAIR_CHANGE.c.affair == bindparam("affair")).limit(1)
)


class AlreadyRecorded(Exception):
    """The decision is in the record. Rolls the unit back, so that its moment is not lost, and brings what there is."""

    def __init__(self, committed: Committed) -> None:
        self.committed = committed
        super().__init__(committed.decision.id)


def recorded(connection: Connection, world: str, timeline: str, id_: str) -> Committed | None:
    """The decision as it was committed on this timeline or before it branched off, or None."""
    rows = _RECORDED.rows(connection, {"world": world, "timeline": timeline, "id": id_})
    return Committed(parsed(Decision, rows[0][1]), rows[0][0], fresh=False) if rows else None


def commit(connection: Connection, what: Commit, made_at: int) -> Committed:
    """Write a decision with its effects, memory and turns at one moment. See `Memory.commit`.

    `made_at`: when, by the clock on the wall, in milliseconds since 1970.

    Raises:
        AlreadyRecorded: the decision has been committed before, on this timeline or before it branched off.
        UnknownThing: the world is not in the record.
    """
    decision = what.decision
    seq, current = take_moment(connection, decision.world)
    timeline = what.timeline or current
    before = recorded(connection, decision.world, timeline, decision.id)
    if before is not None:
        raise AlreadyRecorded(before)
    here: Fields = {"world": decision.world, "timeline": timeline, "seq": seq}
    new_rows(connection, DECISION, [_decision_row(what, here | {"made_at": made_at})])
    new_rows(
        connection,
        TOOL_CALL,
        [
            here
            | {
                "thread": what.thread,
                "decision": decision.id,
                "call": call.result.call,
                "body": call.model_dump_json(),
            }
            for call in what.staged
        ],
    )
    affairs, effects = _once(connection, what, here)
    for number, effect in enumerate((*(effect for call in what.staged for effect in call.effects), *effects)):
        apply(connection, here, number, effect)
    new_rows(connection, AFFAIR_CHANGE, affair_rows(affairs, here))
    new_rows(connection, QUEST_CHANGE, quest_rows(what.quests, here))
    entries = (*((what.memory,) if what.memory is not None else ()), *what.overheard)
    rows = [
        {"id": one.id, "place": place_of(seq, number), "character": one.character, "body": one.model_dump_json()}
        for number, one in enumerate(entries)
    ]
    new_rows(connection, MEMORY_ENTRY, [here | row for row in rows])
    new_rows(
        connection,
        TURN,
        [
            here | {"thread": what.thread, "number": number, "body": turn.model_dump_json()}
            for number, turn in enumerate(what.turns)
        ],
    )
    if what.talk is not None:
        new_rows(connection, TALK_PLACE, [here | {"thread": what.thread, "body": what.talk.model_dump_json()}])
    new_rows(connection, EXPERIENCE, experience_rows(what.experiences, here))
    if what.stirred is not None:
        stir(connection, here, what.stirred)
    note_use(connection, what, here)
    new_rows(connection, MODEL_CALL, call_rows(what, here))
    return Committed(decision, seq, fresh=True)


def _once(connection: Connection, what: Commit, here: Fields) -> tuple[tuple[Affair, ...], tuple[Effect, ...]]:
    """What follows from the decision: both sides of a treaty conclude it, and the second finds it there."""
    treaties = [affair for affair in what.affairs if isinstance(affair, Treaty)]
    for treaty in treaties:
        there = {"world": here["world"], "timeline": here["timeline"], "affair": treaty.key}
        if connection.execute(_AFFAIR_THERE, there).first() is not None:
            return tuple(affair for affair in what.affairs if not isinstance(affair, Treaty | War)), ()
    return what.affairs, what.effects


def quest_rows(quests: Iterable[QuestProgress], here: Fields) -> list[Fields]:
    """The rows of how quests stand, at the moment of `here`."""
    return [here | {"quest": one.quest, "status": one.status, "body": one.model_dump_json()} for one in quests]


def affair_rows(affairs: Iterable[Affair], here: Fields) -> list[Fields]:
    """The rows of affairs, at the moment of `here`."""
    return [
        here | {"affair": affair.key, "status": affair.status, "body": AffairChange(affair=affair).model_dump_json()}
        for affair in affairs
    ]


def experience_rows(experiences: Iterable[Experience], here: Fields) -> list[Fields]:
    """The rows of experiences, at the moment of `here`."""
    return [
        here | {"id": one.id, "character": one.character, "kind": one.kind, "body": one.model_dump_json()}
        for one in experiences
    ]


def call_rows(what: Commit, here: Fields) -> list[Fields]:
    """The rows of the calls that were made for a decision."""
    of: Fields = here | {"decision": what.decision.id, "kind": what.decision.kind}
    return [
        of | {"number": number} | {k: plain(v) if isinstance(v, str) else v for k, v in call.model_dump().items()}
        for number, call in enumerate(what.calls)
    ]


def _decision_row(what: Commit, here: Fields) -> Fields:
    decision = what.decision
    return (
        here
        | {
            "id": decision.id,
            "at": what.at.total_minutes if what.at is not None else None,
            "kind": decision.kind,
            "character": decision.character,
            "thread": what.thread,
            "body": decision.model_dump_json(by_alias=True),
            "source": decision.receipt.source,
            "reason": plain(decision.receipt.reason),
            "milliseconds": decision.receipt.milliseconds,
        }
        | measured(decision)
    )


def measured(decision: Decision) -> Fields:
    """What statistics are made of: columns of its own for what is in the receipt, so that the rest stays unread."""
    receipt = decision.receipt
    grammar, schema, world = receipt.validity.grammar, receipt.validity.schema_, receipt.validity.world
    return {
        "model": plain(receipt.versions.model) if receipt.versions.model is not None else None,
        "attempts": receipt.attempts,
        "prompt_tokens": receipt.tokens.prompt,
        "completion_tokens": receipt.tokens.completion,
        "cost": receipt.cost,
        "in_grammar": None if grammar is None else int(grammar),
        "in_schema": None if schema is None else int(schema),
        "in_world": None if world is None else int(world),
    }


def apply(connection: Connection, here: Fields, number: int, effect: Effect) -> None:
    """Write what an effect changes, at the moment of `here`; `number` is its place among the effects of that moment."""
    match effect:
        case AddFact(fact=fact):
            new_rows(connection, FACT, [here | {"id": fact.id, "body": fact.model_dump_json()}])
        case ChangeRelationship():
            before = latest_standing(
                connection, str(here["world"]), str(here["timeline"]), effect.character, effect.toward
            )
            new_rows(connection, RELATIONSHIP_CHANGE, [here | {"number": number} | change_row(before, effect)])
        case RevealFact():
            there = {"world": here["world"], "timeline": here["timeline"], "fact": effect.fact}
            if connection.execute(_FACT_THERE, there).first() is None:
                return  # nothing of that name is known here, so nothing can come out
            if not {PLAYER, EVERYONE}.isdisjoint(effect.to):  # told to others alone, it is still a secret
                new_rows(connection, FACT_REVEALED, [here | {"fact": effect.fact}])
            new_rows(connection, FACT_KNOWN, [here | {"fact": effect.fact, "knower": knower} for knower in effect.to])


def change_row(before: Relationship, change: ChangeRelationship) -> Fields:
    """The row of a change: its deltas as they were asked for, and the sums clipped to -1..1."""
    return {
        "character": change.character,
        "toward": change.toward,
        "affinity_change": change.affinity,
        "trust_change": change.trust,
        "affinity": max(-1.0, min(1.0, before.affinity + change.affinity)),
        "trust": max(-1.0, min(1.0, before.trust + change.trust)),
        "reason": plain(change.reason),
    }
