"""Where conversations stand, and what there is to go on with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from memory.record.commits import recorded
from memory.record.history import facts_of
from memory.record.prepared import Prepared
from memory.record.rows import parsed
from memory.record.tables import QUEST_CHANGE, TALK_PLACE
from memory.tags.mind import Mind
from memory.timelines.timelines import visible
from schemas import EVERYONE, PLAYER, CutLine, DialogueDecision, QuestProgress, QuestStatus, Talk, TalkPlace, World

_PLACE = Prepared(
    select(TALK_PLACE.c.body)
    .where(visible(TALK_PLACE), TALK_PLACE.c.thread == bindparam("thread"))
    .order_by(TALK_PLACE.c.seq.desc())
    .limit(1)
)
_QUEST = Prepared(
    select(QUEST_CHANGE.c.body)
    .where(visible(QUEST_CHANGE), QUEST_CHANGE.c.quest == bindparam("quest"))
    .order_by(QUEST_CHANGE.c.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class TalkQuery:
    """Which conversation, and what its scripts ask for."""

    world: str
    timeline: str | None
    """None: the world's current one."""
    thread: str
    character: str
    facts: Collection[str] = ()
    """Facts to look for."""
    quests: Collection[str] = ()
    cut: Collection[str] = ()
    """Decisions whose lines were cut short, by what the game says now."""


def look_up(connection: Connection, query: TalkQuery, timeline: str, world: World, mind: Mind) -> Talk:
    """What a timeline knows of a conversation."""
    here = {"world": query.world, "timeline": timeline}
    rows = _PLACE.rows(connection, here | {"thread": query.thread})
    place = parsed(TalkPlace, rows[0][0]) if rows else TalkPlace()
    known, player_knows = frozenset[str](), tuple[str, ...]()
    if query.facts:
        known, player_knows = _known(connection, query, world, mind)
    quests = dict[str, QuestStatus]()
    for quest in sorted(query.quests):
        if found := _QUEST.rows(connection, here | {"quest": quest}):
            quests[quest] = parsed(QuestProgress, found[0][0]).status
    return Talk(
        place=place,
        cut=_cut(connection, query, timeline, place),
        facts=tuple(facts_of(connection, mind, sorted(known))) if known else (),
        player_knows=player_knows,
        quests=quests,
    )


def _known(
    connection: Connection, query: TalkQuery, world: World, mind: Mind
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Of the facts in question: those that the character knows, and those that the player's party does."""
    mine = world.knowers(query.character)
    players = {PLAYER, EVERYONE, *world.info.party}
    with mind.lock:
        mind.follow(connection)
        cards = [mind.cards[fact] for fact in sorted(query.facts) if fact in mind.cards]
        known = frozenset(card.id for card in cards if not mine.isdisjoint(card.known_by))
        return known, tuple(card.id for card in cards if not players.isdisjoint(card.known_by))


def _cut(connection: Connection, query: TalkQuery, timeline: str, place: TalkPlace) -> CutLine | None:
    """The line that was cut short, from the decision that it is; None: none was, or the decision is another kind's."""
    if place.line is None or (place.heard is None and place.line not in query.cut):
        return None
    found = recorded(connection, query.world, timeline, place.line)
    if found is None or not isinstance(found.decision.content, DialogueDecision):
        return None
    content = found.decision.content
    return CutLine(text=content.npc_text, tone=content.tone, answers=content.player_variants)


def places(connection: Connection, world: str, timeline: str, threads: Sequence[str]) -> dict[str, TalkPlace]:
    """Where each of these conversations stands; those that never began are left out."""
    here = {"world": world, "timeline": timeline}
    found = {thread: _PLACE.rows(connection, here | {"thread": thread}) for thread in threads}
    return {thread: parsed(TalkPlace, rows[0][0]) for thread, rows in found.items() if rows}
