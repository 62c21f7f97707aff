"""The ledger of a world's quests: taken, chosen, advanced by what happens, and looked up."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

import structlog

from memory import Memory, News
from rules import OVER, Around, Phrasebook, choose, facts_of, follow, items_of, take, time_passed, unmet
from schemas import (
    EVERYONE,
    PLAYER,
    BadRequest,
    CombatEnded,
    DayChanged,
    DecisionRequest,
    DialogueChoice,
    DialogueEnded,
    DialogueStarted,
    EntityDied,
    EntityKind,
    EventBase,
    Fact,
    Fault,
    ItemExamined,
    ItemGiven,
    ItemPickedUp,
    ItemUsed,
    LocationEntered,
    PlaceDestroyed,
    QuestBranchChosen,
    QuestCompleted,
    QuestDecision,
    QuestObjectiveCompleted,
    QuestProgress,
    QuestStarted,
    Scene,
    SecretRevealed,
    TimeAdvanced,
    UnknownThing,
    WorldTime,
)

FOLLOWED = (
    CombatEnded, DayChanged, DialogueChoice, DialogueEnded, DialogueStarted, EntityDied, ItemExamined, ItemGiven,
    ItemPickedUp, ItemUsed, LocationEntered, PlaceDestroyed, QuestBranchChosen, QuestCompleted,
    QuestObjectiveCompleted, QuestStarted, SecretRevealed, TimeAdvanced,
)  # fmt: skip
"""Events that can change how a quest stands. The others are not looked up for."""
log = structlog.stdlib.get_logger(__name__)


class QuestLedger:
    """The quests of one world. What it changes is recorded once, on the timeline that is meant (None: the current one).

    Every method may raise `RecordError`, and `UnknownThing` for a quest, branch or timeline that is not there.
    """

    def __init__(self, memory: Memory, phrasebook: Phrasebook, world: str) -> None:
        self._memory, self._phrasebook, self._world = memory, phrasebook, world
        self._writing = asyncio.Lock()

    async def all(self, timeline: str | None = None) -> list[QuestProgress]:
        """How each quest stands, in the order in which they were offered."""
        return await self._memory.chronicle.ledger(self._world, timeline)

    async def find(self, quest: str, timeline: str | None = None) -> tuple[QuestDecision, QuestProgress]:
        """A quest as it was accepted, with its plans, and how it stands."""
        ledger = await self.all(timeline)
        progress = next((one for one in ledger if one.quest == quest), None)
        if progress is None:
            raise UnknownThing("quest", quest, [one.quest for one in ledger])
        decision = await self._memory.decision(self._world, quest, timeline)
        if decision is None or not isinstance(decision.content, QuestDecision):
            raise BadRequest(Fault(f"quest '{quest}'", "is the game's own: nothing is known of its objectives."))
        return decision.content, progress

    async def history(self, quest: str, timeline: str | None = None) -> list[QuestProgress]:
        """Every step of a quest, oldest first."""
        return await self._memory.chronicle.quest_history(self._world, timeline, quest)

    async def start(
        self, quest: str, party: Sequence[str] = (), *, at: WorldTime | None = None, timeline: str | None = None
    ) -> QuestProgress:
        """The party takes a quest: its timers begin. One that was taken already stays as it is.

        Raises `BadRequest` where the quest is over, or another quest has to end before it.
        """
        async with self._writing:
            content, progress = await self.find(quest, timeline)
            if progress.status != "offered":
                if progress.status in OVER:
                    raise BadRequest(Fault(f"quest '{quest}'", f"has {progress.status} already."))
                return progress
            ledger = await self.all(timeline)
            if missing := unmet(content, ledger):
                stands = {one.quest: one.status for one in ledger}
                raise BadRequest(
                    [
                        Fault(
                            f"quest '{quest}'",
                            f"needs '{one.quest}' to have {one.status} before.",
                            f"It is {stands[one.quest]} now." if one.quest in stands else "Nobody knows of it.",
                        )
                        for one in missing
                    ]
                )
            members = party or sorted(self._memory.world(self._world).info.party)
            taken = take(progress, members, at or progress.at)
            await self._write(f"{quest}.started", (taken,), timeline)
            return taken

    async def branch(
        self, quest: str, branch: str, *, at: WorldTime | None = None, timeline: str | None = None
    ) -> QuestProgress:
        """The party chooses how a quest shall end: the other good ways are closed; a failure is one at once.

        Raises `BadRequest` where the quest has not been taken, is over, or that way is lost.
        """
        async with self._writing:
            content, progress = await self.find(quest, timeline)
            known = [one.id for one in content.branches]
            if branch not in known:
                raise UnknownThing("branch", branch, known, where=f"quest '{quest}'")
            if progress.branch == branch:
                return progress
            if progress.status == "offered" or progress.status in OVER:
                what = "has not been taken." if progress.status == "offered" else f"has {progress.status} already."
                raise BadRequest(Fault(f"quest '{quest}'", what))
            if branch in progress.lost:
                left = ", ".join(one for one in known if one not in progress.lost)
                raise BadRequest(Fault(f"quest '{quest}'", f"its branch '{branch}' is lost.", f"Left are: {left}."))
            chosen = choose(content, progress, branch, at or progress.at)
            await self._write(f"{quest}.branch.{branch}", (chosen,), timeline)
            return chosen

    async def happened(
        self,
        event: EventBase,
        *,
        at: WorldTime | None = None,
        id: str | None = None,  # noqa: A002  # what the game calls it, and what `News` calls it
        scene: Scene | None = None,
        timeline: str | None = None,
    ) -> tuple[QuestProgress, ...]:
        """What an event does to all quests under way; those that it changed, as they stand now. Told twice, it happens
        once.

        Deaths, places that are gone and items that change hands become facts, so that later quests heed them: known to
        whoever is in `scene` and to the party; without a scene to everyone. `at`: now, by the game's clock; None: as
        the event or the scene says. `id`: the event's own; None: made from what it says and when.

        Raises `BadRequest` for a `QuestStarted` of a quest that cannot be taken.
        """
        now = at or event.at or (scene.time if scene is not None else None)
        if isinstance(event, QuestStarted):
            await self.start(event.quest, self._members(event.actor), at=now, timeline=timeline)
        async with self._writing:
            changed = await self._changed(event, now, scene, timeline)
            facts = self._facts(event, id or _id_of(event, now), now, scene, [quest for quest, _ in changed])
            stands = tuple(progress for _, progress in changed)
            if not stands and not facts:
                return ()
            fresh = await self._write(id or _id_of(event, now, stands), stands, timeline, facts)
        return stands if fresh else ()

    async def heard(self, request: DecisionRequest) -> None:
        """What the event of a request does to quests: a game need not tell it twice. Never raises: it is logged."""
        if not isinstance(request.event, FOLLOWED) or isinstance(request.event, QuestStarted):
            return
        try:
            await self.happened(
                request.event,
                at=request.event.at or request.scene.time,
                id=f"{request.id}.quests",
                scene=request.scene,
                timeline=request.timeline,
            )
        except Exception:  # the decision stands, whatever becomes of the ledger: told, and not passed on
            log.exception("quests_not_followed", decision=request.id, world=request.world)

    async def _changed(
        self, event: EventBase, at: WorldTime | None, scene: Scene | None, timeline: str | None
    ) -> list[tuple[QuestDecision, QuestProgress]]:
        world = self._memory.world(self._world)
        players = [one.id for one in scene.present if one.kind is EntityKind.PLAYER] if scene is not None else []
        templates = {one.id: one.template for one in scene.present if one.template} if scene is not None else {}
        found = list[tuple[QuestDecision, QuestProgress]]()
        for progress in await self.all(timeline):
            if progress.status in OVER:
                continue
            decision = await self._memory.decision(self._world, progress.quest, timeline)
            if decision is None or not isinstance(decision.content, QuestDecision):
                continue
            around = Around.of(world, (*players, *progress.party), templates)
            now = at or progress.at
            after = follow(decision.content, progress, event, around, now)
            after = after if after.status in OVER else time_passed(decision.content, after, now)
            if after is not progress:
                found.append((decision.content, after))
        return found

    def _facts(
        self, event: EventBase, id_: str, at: WorldTime | None, scene: Scene | None, quests: Sequence[QuestDecision]
    ) -> tuple[Fact, ...]:
        world = self._memory.world(self._world)
        there = [one.id for one in scene.present if one.kind is EntityKind.CHARACTER] if scene is not None else []
        known_by = tuple(dict.fromkeys((PLAYER, *there))) if scene is not None else (EVERYONE,)
        dated = event if event.at is not None or at is None else event.model_copy(update={"at": at})
        fact_id = f"event.{hashlib.sha256(id_.encode()).hexdigest()[:16]}"
        return facts_of(dated, fact_id, world, self._phrasebook, items=items_of(world, quests), known_by=known_by)

    def _members(self, actor: str) -> list[str]:
        return sorted({actor, *self._memory.world(self._world).info.party})

    async def _write(
        self, id_: str, quests: Sequence[QuestProgress], timeline: str | None, facts: Sequence[Fact] = ()
    ) -> bool:
        """Whether it is news."""
        told = await self._memory.tell(
            News(world=self._world, id=id_, timeline=timeline, quests=tuple(quests), facts=tuple(facts))
        )
        return told.fresh


def _id_of(event: EventBase, at: WorldTime | None, stands: Sequence[QuestProgress] = ()) -> str:
    """The same event at the same time is the same, unless it leads elsewhere now: what lay there before a quest was
    taken may be picked up again."""
    led_to = [(one.quest, one.status, one.done, one.lost) for one in stands]
    said = f"{event.model_dump_json()}@{at}>{led_to}"
    return f"happened.{hashlib.sha256(said.encode()).hexdigest()[:24]}"
