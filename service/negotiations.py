"""Talks between factions as a game service holds them: begin, answer days later, see what is open, tell of deeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4
from weakref import WeakValueDictionary

from memory import News
from rules import Affairs, Campaign, Findings, answered, campaign, findings, read_reply, round_id
from schemas import (
    Affair,
    BadRequest,
    Decision,
    DecisionRequest,
    DiplomacyDecision,
    DiplomaticReply,
    Fault,
    GameEvent,
    LanguageTag,
    LocationSnapshot,
    Policy,
    Reply,
    Scene,
    Talks,
    TreatyTerm,
    UnknownThing,
    World,
    WorldTime,
)

if TYPE_CHECKING:
    from service.loom import Loom

KIND = "negotiation"


@dataclass(frozen=True, slots=True)
class Start:
    """How talks begin: `us` is asked, and speaks first unless `them` has put `terms` on the table."""

    world: str
    us: str
    them: str
    at: WorldTime
    """By the game's clock."""
    id: str | None = None
    """What the talks, and a treaty that comes of them, are called; None: a name is made up."""
    terms: tuple[TreatyTerm, ...] = ()
    message: str | None = None
    character: str | None = None
    """Who speaks for us; None: the leader, else the faction itself."""
    place: str | None = None
    timeline: str | None = None
    language: LanguageTag = "en"
    policy: Policy = "auto"
    seed: int = 0
    deadline_ms: int | None = None


class Negotiations:
    """What a Loom knows of talks. Where a `timeline` may be None it is the world's current one."""

    def __init__(self, loom: Loom) -> None:
        self._loom = loom
        self._threads: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, how: Start) -> Decision:
        """Begin talks, and decide our first word; with a counter-offer they wait for the other side.

        Raises `BadRequest` for talks with oneself or a name that is taken, `UnknownThing` for a faction, place or
        character that the world has not.
        """
        world = self._loom.memory.world(how.world)
        _two(world, how.us, how.them)
        name = how.id or uuid4().hex[:12]
        thread = f"talks.{name}.{how.us}"
        timeline = await self._loom.memory.find_timeline(how.world, how.timeline)
        if await self._talks(how.world, timeline, thread):
            raise BadRequest(Fault("id", f"there are talks '{name}' of '{how.us}' already.", "Use another name."))
        request = DecisionRequest(
            id=f"{thread}.1",
            kind=KIND,
            world=how.world,
            character=how.character or _speaker(world, how.us),
            event=DiplomaticReply(
                replying=how.them, receiving=how.us, answer="open", terms=how.terms, message=how.message
            ),
            scene=Scene(time=how.at, location=LocationSnapshot(id=how.place or _seat(world, how.us))),
            seed=how.seed,
            language=how.language,
            thread=thread,
            timeline=timeline,
            policy=how.policy,
            deadline_ms=how.deadline_ms,
        )
        return await self._loom.decide(request)

    async def answer(
        self,
        thread: str,
        reply: Reply | Mapping[str, object],
        *,
        world: str | None = None,
        timeline: str | None = None,
    ) -> Decision:
        """Tell talks what the other side says, and decide our next word. `thread`: as `open` names it.

        Raises `UnknownThing` for talks that are not there or a faction that is gone, `BadRequest` with every fault of
        an answer that does not fit, or for talks that are over; the talks stay as they were then.
        """
        world, thread = _named(thread, world or self._loom.settings.world)
        sheet = self._loom.memory.world(world)
        here = await self._loom.memory.find_timeline(world, timeline)
        async with self._threads.setdefault(f"{world}/{thread}@{here}", asyncio.Lock()):
            talks = next(iter(await self._talks(world, here, thread)), None)
            if talks is None:
                known = [one.thread for one in await self._talks(world, here)]
                raise UnknownThing("negotiation", thread, known, where="thread")
            raw = reply.model_dump() if isinstance(reply, Reply) else reply
            before = await self._said_before(world, here, talks, raw)
            if before is not None:
                return before
            if talks.status != "open":
                what = f"the talks '{talks.id}' are over: {talks.status}."
                raise BadRequest(Fault("thread", what, "Begin new ones, under another name."))
            heard = read_reply(raw, talks)
            _still_there(sheet, talks)
            request = answered(talks, heard, kind=KIND, world=world, timeline=here)
            tries = 0
            while await self._loom.memory.decision(world, request.id, here) is not None:  # the graph broke over it
                tries += 1
                request = request.model_copy(update={"id": f"{round_id(talks, talks.round + 1)}.{tries}"})
            return await self._loom.next_round(request, heard)

    async def open(self, world: str | None = None, timeline: str | None = None) -> list[Talks]:
        """The talks that wait for the other side, by thread."""
        world = world or self._loom.settings.world
        return [one for one in await self._talks(world, timeline) if one.status == "open"]

    async def between(self, how: Start) -> AsyncGenerator[tuple[str, Decision]]:
        """Let two of our own factions negotiate to an end: each word with its side. A treaty comes about once."""
        name = how.id or uuid4().hex[:12]
        side, decision = how.us, await self.start(replace(how, id=name))
        yield side, decision
        threads = {how.us: f"talks.{name}.{how.us}", how.them: f"talks.{name}.{how.them}"}
        begun = {how.us}
        while True:
            content = decision.content
            if not isinstance(content, DiplomacyDecision):
                return
            last = side
            side = how.them if side == how.us else how.us
            if side not in begun:
                if content.answer != "counter":
                    return
                begun.add(side)
                other = Start(
                    world=how.world, us=side, them=last, at=how.at, id=name, terms=content.terms,
                    message=content.message, timeline=how.timeline, language=how.language, policy=how.policy,
                    seed=how.seed + 1, deadline_ms=how.deadline_ms,
                )  # fmt: skip
                decision = await self.start(other)
            else:
                reply = Reply(answer=content.answer, terms=content.terms, message=content.message)
                decision = await self.answer(threads[side], reply, world=how.world, timeline=how.timeline)
            yield side, decision
            if content.answer != "counter":
                return

    async def affairs(
        self, world: str | None = None, timeline: str | None = None, *, at: WorldTime | None = None
    ) -> Affairs:
        """What stands between factions. `at`: by the game's clock; None: at the last moment that anything tells of."""
        found = await self._loom.memory.chronicle.affairs(world or self._loom.settings.world, timeline)
        return Affairs(tuple(found), at or max((one.at for one in found), key=_minutes, default=WorldTime()))

    async def report(
        self,
        event: GameEvent | None,
        *,
        news: str,
        at: WorldTime,
        world: str | None = None,
        timeline: str | None = None,
    ) -> Findings:
        """Tell of a deed among factions, or (None) that time went by: what it says about promises is recorded, once.

        `news` is its id: told again under it, nothing happens, and nothing is found.
        """
        world = world or self._loom.settings.world
        sheet = self._loom.memory.world(world)
        for field in event.faction_fields if event is not None else ():
            name = str(getattr(event, field))
            if name not in sheet.factions:
                raise UnknownThing("faction", name, sheet.factions, where=f"event.{field}")
        affairs = await self.affairs(world, timeline, at=at)
        found = findings(sheet, affairs, event)
        told = await self._loom.memory.tell(
            News(world=world, id=news, timeline=timeline, affairs=found.affairs, effects=found.effects)
        )
        return found if told.fresh else Findings()

    async def campaign(
        self, faction: str, *, at: WorldTime | None = None, world: str | None = None, timeline: str | None = None
    ) -> Campaign | None:
        """Against whom a faction and its allies go, and the part of each; None without an ally."""
        world = world or self._loom.settings.world
        sheet = self._loom.memory.world(world)
        if faction not in sheet.factions:
            raise UnknownThing("faction", faction, sheet.factions)
        return campaign(sheet, await self.affairs(world, timeline, at=at), faction)

    async def _talks(self, world: str, timeline: str | None, thread: str | None = None) -> list[Talks]:
        found: Sequence[Affair] = await self._loom.memory.chronicle.affairs(world, timeline, thread=thread)
        return [one for one in found if isinstance(one, Talks)]

    async def _said_before(self, world: str, timeline: str, talks: Talks, raw: Mapping[str, object]) -> Decision | None:
        """What we said to an answer of an earlier round that is sent again."""
        number = raw.get("round")
        if not isinstance(number, int) or not 1 <= number < talks.round:
            return None
        return await self._loom.memory.decision(world, round_id(talks, number + 1), timeline)


def _minutes(at: WorldTime) -> int:
    return at.total_minutes


def _named(thread: str, world: str) -> tuple[str, str]:
    """World and thread of `world/thread`, or of a thread alone."""
    before, slash, after = thread.partition("/")
    return (before, after) if slash else (world, thread)


def _two(world: World, us: str, them: str) -> None:
    for where, name in (("us", us), ("them", them)):
        if name not in world.factions:
            raise UnknownThing("faction", name, world.factions, where=where)
    if us == them:
        raise BadRequest(Fault("them", f"'{us}' cannot make a treaty with itself.", "Name another faction."))


def _still_there(world: World, talks: Talks) -> None:
    for name in (talks.us, talks.them):
        if name not in world.factions:
            what = f"faction of these talks: '{name}' is gone, so there is no faction"
            raise UnknownThing(what, name, (), where=f"talks '{talks.id}'")


def _speaker(world: World, faction: str) -> str:
    leader = world.factions[faction].leader
    return leader if leader is not None and leader in world.characters else faction


def _seat(world: World, faction: str) -> str:
    """Where it receives: at its leader's home, else anywhere."""
    leader = world.characters.get(world.factions[faction].leader or "")
    if leader is not None and leader.home is not None:
        return leader.home
    return next(iter(world.places), "nowhere")
