"""How a quest goes on: what an event finishes, what can no longer be had, and what time has run out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.quests.proof import deciders, needed_for
from schemas.calendar import WorldTime
from schemas.decisions import Branch, Objective, QuestDecision
from schemas.events import (
    CombatEnded,
    DialogueChoice,
    DialogueEnded,
    DialogueStarted,
    EntityDied,
    EventBase,
    ItemExamined,
    ItemGiven,
    ItemPickedUp,
    ItemUsed,
    LocationEntered,
    PlaceDestroyed,
    QuestBranchChosen,
    QuestCompleted,
    QuestObjectiveCompleted,
    QuestStarted,
    SecretRevealed,
)
from schemas.lives import QuestProgress
from schemas.quests import Ending, QuestStatus
from schemas.worlds import World

OVER: frozenset[QuestStatus] = frozenset(("completed", "failed"))
_BEST: tuple[Ending, ...] = ("success", "compromise", "failure")
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Around:
    """What has to be known of the world to read an event: whose party it is, what lies in what, who is what."""

    party: frozenset[str]
    within: Mapping[str, str] = field(default_factory=dict[str, str])
    """By place: what it lies in."""
    templates: Mapping[str, str] = field(default_factory=dict[str, str])
    """By creature: its stat block, for a quest that hunts a kind."""
    leaders: Mapping[str, str] = field(default_factory=dict[str, str])
    """By leader: the faction."""

    @classmethod
    def of(cls, world: World, party: Iterable[str] = (), templates: Mapping[str, str] | None = None) -> Around:
        """From the world's sheet; `party` are those beyond the world's own."""
        sheets = {one.id: one.template for one in world.characters.values() if one.template is not None}
        return cls(
            party=frozenset((*world.info.party, *party)),
            within={one.id: one.within for one in world.places.values() if one.within is not None},
            templates={**sheets, **(templates or {})},
            leaders={one.leader: one.id for one in world.factions.values() if one.leader is not None},
        )

    def outward(self, place: str) -> Iterator[str]:
        """A place, and all that it lies in."""
        seen = set[str]()
        here: str | None = place
        while here is not None and here not in seen:
            yield here
            seen.add(here)
            here = self.within.get(here)


def take(offered: QuestProgress, party: Collection[str], at: WorldTime) -> QuestProgress:
    """The quest as the party takes it: its timers begin."""
    begun: dict[str, object] = {"status": "started", "begun": at, "party": tuple(party), "at": at, "because": "game"}
    return offered.model_copy(update=begun)


def follow(
    quest: QuestDecision, progress: QuestProgress, event: EventBase, around: Around, at: WorldTime
) -> QuestProgress:
    """How the quest stands after an event: the same object where it changes nothing.

    Told twice, an event changes nothing the second time. An objective is finished when all in `after` are done and the
    event is its deed; where one event finishes several, each is finished, and the best ending counts. Before the party
    has taken the quest it only can be taken, or be lost: who dies, dies.
    """
    if progress.status in OVER:
        return progress
    if isinstance(event, QuestStarted) and event.quest == progress.quest and progress.status == "offered":
        progress = take(progress, sorted({event.actor} | around.party), at)
    told = _by_the_game(quest, progress, event, at)
    if told is not None:
        return told
    if progress.status != "offered":
        progress = _advanced(quest, progress, event, around, at)
        if progress.status not in OVER:
            progress = time_passed(quest, progress, at)
    return progress if progress.status in OVER else _losses(quest, progress, event, at)


def choose(quest: QuestDecision, progress: QuestProgress, branch: str, at: WorldTime) -> QuestProgress:
    """The party's choice: every other branch that is no failure is closed; a failure that is chosen is one at once."""
    chosen = next(one for one in quest.branches if one.id == branch)
    if progress.status in OVER or progress.branch == branch:
        return progress
    if chosen.ending == "failure":
        return _ended(progress, chosen, at, "choice")
    closed = [one.id for one in quest.branches if one.ending != "failure" and one.id != branch]
    lost = tuple(dict.fromkeys((*progress.lost, *closed)))
    changed = progress.model_copy(
        update={"status": "advanced", "branch": branch, "lost": lost, "at": at, "because": "choice"}
    )
    ready = branch not in progress.lost and chosen.decided_by in progress.done
    return _ended(changed, chosen, at, "choice") if ready else _failed_if_lost(quest, changed, at, "choice")


def time_passed(quest: QuestDecision, progress: QuestProgress, at: WorldTime) -> QuestProgress:
    """What is lost because its time has run out. Who only had to be kept safe until then has been kept safe."""
    due = due_of(quest, progress)
    late = [id_ for id_, moment in due.items() if id_ not in progress.lost and moment < at]
    if not late or progress.status in OVER or progress.status == "offered":
        return progress
    for branch in quest.branches:
        if branch.id in late and _kept_safe(quest, progress, branch):
            done = tuple(dict.fromkeys((*progress.done, branch.decided_by)))
            return _ended(progress.model_copy(update={"done": done}), branch, at, "timer")
    changed = progress.model_copy(update={"lost": (*progress.lost, *late), "at": at, "because": "timer"})
    return _failed_if_lost(quest, changed, at, "timer")


def due_of(quest: QuestDecision, progress: QuestProgress) -> dict[str, WorldTime]:
    """When the time of each branch with a timer runs out, by the game's clock; nothing before the quest is taken."""
    if progress.begun is None:
        return {}
    begun = progress.begun.total_minutes
    return {one.branch: WorldTime.from_minutes(begun + one.hours * _HOUR) for one in quest.timers}


def hours_left(due: WorldTime, at: WorldTime) -> float:
    """Hours until then; negative when it is past."""
    return (due.total_minutes - at.total_minutes) / _HOUR


def _kept_safe(quest: QuestDecision, progress: QuestProgress, branch: Branch) -> bool:
    decider = next(one for one in quest.objectives if one.id == branch.decided_by)
    return decider.kind == "protect" and set(decider.after) <= set(progress.done)


def _by_the_game(
    quest: QuestDecision, progress: QuestProgress, event: EventBase, at: WorldTime
) -> QuestProgress | None:
    """What the game says of this quest in so many words; None: it says nothing of it."""
    match event:
        case QuestBranchChosen(quest=name, branch=branch) if name == progress.quest:
            return choose(quest, progress, branch, at) if _has(quest, branch) else progress
        case QuestCompleted(quest=name, branch=branch) if name == progress.quest:
            found = next((one for one in quest.branches if one.id == branch), None)
            return _ended(progress, found, at, "game") if found is not None else progress
        case QuestObjectiveCompleted(quest=name, objective=id_) if name == progress.quest:
            known = {one.id for one in quest.objectives}
            done = [id_] if id_ in known and id_ not in progress.done else []
            begun = take(progress, (), at) if progress.status == "offered" else progress
            return _with_done(quest, begun, done, at, "game", meant=frozenset(done)) if done else progress
        case _:
            return None


def _has(quest: QuestDecision, branch: str) -> bool:
    return any(one.id == branch for one in quest.branches)


def _advanced(
    quest: QuestDecision, progress: QuestProgress, event: EventBase, around: Around, at: WorldTime
) -> QuestProgress:
    """What the event finishes, until nothing more follows: who waits for a protection ends it."""
    done = list(progress.done)
    while True:
        ready = {*done, *_held(quest, done)}
        waiting = [one for one in quest.objectives if one.id not in done and set(one.after) <= ready]
        fresh = [one for one in waiting if one.kind != "protect" and _finishes(event, one, quest, around)]
        if not fresh:
            break
        for one in fresh:
            done += [id_ for id_ in (*one.after, one.id) if id_ not in done]
    added = [id_ for id_ in done if id_ not in progress.done]
    return _with_done(quest, progress, added, at, "event") if added else progress


def _held(quest: QuestDecision, done: Collection[str]) -> set[str]:
    """Protections that have begun: what waits for them may go on while they hold."""
    return {one.id for one in quest.objectives if one.kind == "protect" and set(one.after) <= set(done)}


def _with_done(
    quest: QuestDecision,
    progress: QuestProgress,
    added: Collection[str],
    at: WorldTime,
    because: str,
    meant: frozenset[str] = frozenset(),
) -> QuestProgress:
    changed = progress.model_copy(
        update={"status": "advanced", "done": (*progress.done, *added), "at": at, "because": because}
    )
    deciding = deciders(quest)
    ends = [
        branch
        for id_ in added
        for branch in (quest.branches if id_ in meant else deciding.get(id_, ()))
        if branch.decided_by == id_ and branch.id not in progress.lost
    ]
    if not ends:
        return changed
    return _ended(changed, min(ends, key=lambda branch: _BEST.index(branch.ending)), at, because)


def _ended(progress: QuestProgress, branch: Branch, at: WorldTime, because: str) -> QuestProgress:
    status = "failed" if branch.ending == "failure" else "completed"
    return progress.model_copy(update={"status": status, "branch": branch.id, "at": at, "because": because})


def _losses(quest: QuestDecision, progress: QuestProgress, event: EventBase, at: WorldTime) -> QuestProgress:
    """Branches that can no longer be had because somebody died or a place is gone."""
    match event:
        case EntityDied(entity=entity):
            dead, gone = {entity}, set[str]()
        case CombatEnded(fallen=fallen):
            dead, gone = set(fallen), set[str]()
        case PlaceDestroyed(place=place):
            dead, gone = set[str](), {place}
        case _:
            return progress
    broken = {
        one.id
        for one in quest.objectives
        if one.id not in progress.done
        and (
            (one.kind in ("talk", "deliver", "protect") and one.target in dead)
            or (one.kind == "deliver" and quest.giver in dead and _is_item(quest, one))
            or (one.kind in ("reach", "deliver", "protect") and one.target in gone)
        )
    }
    lost = [
        branch.id
        for branch in quest.branches
        if branch.ending != "failure"
        and branch.id not in progress.lost
        and not broken.isdisjoint(needed_for(quest, branch.decided_by))
    ]
    if not lost:
        return progress
    changed = progress.model_copy(update={"lost": (*progress.lost, *lost), "at": at, "because": "impossible"})
    return _failed_if_lost(quest, changed, at, "impossible")


def _is_item(quest: QuestDecision, deliver: Objective) -> bool:
    return any(one.kind == "collect" and one.target == deliver.target for one in quest.objectives)


def _failed_if_lost(quest: QuestDecision, progress: QuestProgress, at: WorldTime, because: str) -> QuestProgress:
    """A quest of which nothing good is left has failed, on the first branch that says so."""
    if any(one.ending != "failure" and one.id not in progress.lost for one in quest.branches):
        return progress
    failure = next((one.id for one in quest.branches if one.ending == "failure"), None)
    return progress.model_copy(update={"status": "failed", "branch": failure, "at": at, "because": because})


def _finishes(event: EventBase, objective: Objective, quest: QuestDecision, around: Around) -> bool:
    """Whether an event is the deed of an objective. `DEEDS` says the same in words."""
    target = objective.target
    match objective.kind, event:
        case "reach", LocationEntered(actor=actor, location=str(place)):
            return actor in around.party and target in around.outward(place)
        case "talk", DialogueStarted() | DialogueChoice() | DialogueEnded():
            pair = {event.speaker, event.listener}
            named = pair | {around.leaders[one] for one in pair if one in around.leaders}
            return target in named and not pair.isdisjoint(around.party)
        case "collect", ItemPickedUp(actor=actor, item=item):
            return item == target and actor in around.party
        case "collect", ItemGiven(item=item, receiver=receiver):
            return item == target and receiver in around.party
        case "deliver", ItemGiven(actor=actor, item=item, receiver=receiver):
            return actor in around.party and _delivered(objective, quest, item, receiver)
        case "deliver", ItemUsed(actor=actor, item=item, target=str(receiver)):
            return actor in around.party and _delivered(objective, quest, item, receiver)
        case "defeat", EntityDied(entity=entity):
            return target in (entity, around.templates.get(entity), around.leaders.get(entity))
        case "defeat", CombatEnded(fallen=fallen):
            return any(target in (one, around.templates.get(one), around.leaders.get(one)) for one in fallen)
        case "learn", _:
            return _tells(event, target, around)
        case _:
            return False


def _delivered(objective: Objective, quest: QuestDecision, item: str, receiver: str) -> bool:
    """A delivery of the item itself goes to the giver; one to somebody brings what the quest had collected."""
    collected = {one.target for one in quest.objectives if one.kind == "collect"}
    if objective.target in (item, *collected):
        return item == objective.target and receiver == quest.giver
    return receiver == objective.target and item in collected


def _tells(event: EventBase, target: str, around: Around) -> bool:
    match event:
        case ItemExamined(actor=actor, item=item):
            return actor in around.party and item == target
        case LocationEntered(actor=actor, location=str(place)):
            return actor in around.party and target in around.outward(place)
        case DialogueStarted() | DialogueChoice() | DialogueEnded():
            pair = {event.speaker, event.listener}
            return not pair.isdisjoint(around.party) and (target in pair or target in event.concepts)
        case SecretRevealed(holder=holder, fact=fact, to=to):
            return target in (holder, fact) and not {*to}.isdisjoint({*around.party, "player", "everyone"})
        case _:
            return False
