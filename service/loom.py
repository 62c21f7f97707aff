"""The face of Loomwright: one object that a game service holds, asks, and closes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from pathlib import Path
from typing import Self
from weakref import WeakValueDictionary

import structlog
from langchain_core.runnables import RunnableConfig
from pydantic import ValidationError

from graphs import (
    DecisionGraph,
    DecisionInput,
    Declaration,
    asked_of,
    compile_graph,
    find,
    follow_graph,
    library_names,
    load,
)
from inference import BEHIND_PLAY, Budgets, swap, working_for
from memory import Commit, Memory, WorldLine
from nodes import CATALOGUE, SCHEMA_VERSION, SPEAKING, Catalogue, Clock, Context, Speaking, sentences, speaking_now
from rules import decide, offered_by
from schemas import (
    CONTENTS,
    BadRequest,
    CallerError,
    CheckpointsUnavailable,
    Decision,
    DecisionMade,
    DecisionRequest,
    DialogueDecision,
    EndpointSettings,
    Fault,
    LineWithdrawn,
    ModelRole,
    QuestProgress,
    Receipt,
    RecordError,
    Reply,
    Settings,
    SpokenSentence,
    StateTooOld,
    StreamItem,
    UnknownThing,
    Versions,
    WorldTime,
    field_path,
    load_settings,
)
from service.assemble import FROM_SETTINGS, Asked, assemble
from service.background import Background
from service.checkpoints import Checkpoints, open_checkpoints
from service.exporters import exporting
from service.garbage import left_alone
from service.jobs import jobs_of
from service.negotiations import Negotiations
from service.quest_ledger import FOLLOWED, QuestLedger
from telemetry import calls_made, decision_span
from tools import Toolbox

log = structlog.get_logger(__name__)

WARM_SECONDS = 10.0
"""How long opening waits for the index that finds memories by meaning; until it is there, prompts do without it."""
SAVING = 0.01
"""Seconds that a decision which is late already waits to be recorded."""


class Loom:
    """Makes decisions. Open one a process, and ask it as often and as concurrently as you like.

    async with Loom.open() as loom:
        decision = await loom.decide(request)
    """

    def __init__(
        self,
        settings: Settings,
        context: Context,
        checkpointer: Checkpoints,
        catalogue: Catalogue = CATALOGUE,
    ) -> None:
        self.settings, self.context, self.catalogue = settings, context, catalogue
        self.background = Background(jobs_of(settings, context))
        """What runs behind play."""
        self.negotiations = Negotiations(self)
        """Talks between factions that wait for the other side, and what stands between them."""
        self._checkpointer = checkpointer
        self._graphs: dict[tuple[str, bool], tuple[Declaration, DecisionGraph]] = {}
        self._finishing: set[asyncio.Task[None]] = set()
        self._quests: dict[str, QuestLedger] = {}
        self._threads: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings | None = None,
        *,
        model: Asked = FROM_SETTINGS,
        clock: Clock | None = None,
        catalogue: Catalogue = CATALOGUE,
        tools: Toolbox | None = None,
    ) -> AsyncGenerator[Self]:
        """Open the record, its indexes, the checkpoints and the endpoint that the settings name; compile all graphs.

        `model`: what to ask in its place (None: nothing). `catalogue`: with nodes of your own. `tools`: your
        own, beside the library's.
        Where there is a model, what its prompts need is started now: no decision shares the second that it takes.
        While it is open, Python's garbage collector leaves alone what the process held when it opened (`gc.freeze`).
        Raises `CallerError` for what does not fit, `RecordError` where the record cannot be opened.
        """
        settings = settings or load_settings()
        async with (
            exporting(settings.telemetry),
            assemble(settings, model=model, clock=clock, tools=tools) as context,
            open_checkpoints(settings.home, settings.record_url) as checkpointer,
        ):
            loom = cls(settings, context, checkpointer, catalogue)
            loom._check_budgets()
            warming = asyncio.create_task(loom._warm())
            try:
                loom._compile_all()
                await asyncio.wait({warming}, timeout=WARM_SECONDS)
                with left_alone():
                    yield loom
            finally:
                warming.cancel()
                await asyncio.wait({warming})
                if loom._finishing:
                    await asyncio.wait(loom._finishing, timeout=5)
                await loom.background.aclose()

    @property
    def memory(self) -> Memory:
        """The record and its indexes."""
        return self.context.memory

    @property
    def budgets(self) -> Budgets:
        """What may go to models and what has gone; its `listeners` hear of thresholds that are passed."""
        return self.context.budgets

    def quests(self, world: str) -> QuestLedger:
        """The ledger of a world's quests: start, branch, happened, all, find. Raises `UnknownThing`."""
        self.memory.world(world)
        return self._quests.setdefault(world, QuestLedger(self.memory, self.context.phrasebook, world))

    async def branch(
        self, quest: str, branch: str, *, world: str | None = None, at: WorldTime | None = None
    ) -> QuestProgress:
        """The party chooses how a quest shall end. `world`: None for that of the settings. See `QuestLedger.branch`."""
        return await self.quests(world or self.settings.world).branch(quest, branch, at=at)

    def switch_models(self, *, on: bool) -> None:
        """The kill switch of this process. Off: from now on nothing is sent to any model server, rules decide, and
        what is under way is cut off. On: as long as the record's own switch (`loomwright switch`) is on, too."""
        self.context.budgets.switch.turn(on=on)

    def world(self, world: str) -> WorldLine:
        """The timelines and saves of a world: fork, rewind, save, load, log, diff, export. Raises `UnknownThing`."""
        return self.memory.world_line(world)

    async def swap(self, role: ModelRole, endpoint: EndpointSettings) -> None:
        """From the next question on, have this endpoint answer those for a role, in place of all that did until now.

        Decisions under way finish on the old one, and receipts name the model that answered. Raises `BadSettings` for
        an endpoint that is there already or not for the role, and a `ModelError` for one that does not answer: then
        everything stays as it was.
        """
        await swap(self.context.model, role, endpoint)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of all graphs that there are."""
        return tuple(sorted({name for folder in self.settings.graphs for name in library_names(folder)}))

    def declaration(self, kind: str) -> Declaration:
        """The declaration behind a graph. Raises `UnknownThing`, or `BadDeclaration` with all its faults."""
        return self._graph(kind)[0]

    def graph(self, kind: str, *, checkpoints: bool = True) -> DecisionGraph:
        """The compiled graph: an ordinary LangGraph graph that takes `{"request": {...}}` and a `thread_id`.

        `checkpoints=False` leaves them to whoever runs it. Raises as `declaration` does.
        """
        return self._graph(kind, checkpoints=checkpoints)[1]

    def _graph(self, kind: str, *, checkpoints: bool = True) -> tuple[Declaration, DecisionGraph]:
        known = self._graphs.get((kind, checkpoints))
        if known is None:
            declaration = self._load(kind)
            compiled = compile_graph(
                declaration, self.catalogue, self.context, checkpointer=self._checkpointer if checkpoints else None
            )
            known = self._graphs[(kind, checkpoints)] = (declaration, compiled)
        return known

    def _check_budgets(self) -> None:
        """A budget of a kind that is none would hold nobody back."""
        known = {*self.kinds, BEHIND_PLAY}
        for budget in self.settings.budgets:
            for kind in budget.kinds:
                if kind not in known:
                    raise UnknownThing("kind of decision", kind, known, where=f"budgets '{budget.name}'")

    async def _warm(self) -> None:
        """Have what finds memories by meaning ready before a prompt asks for it. Rules ask for none."""
        if self.context.model is not None:
            await self.memory.warm()

    def _compile_all(self) -> None:
        """Have every graph ready before the first decision. One with faults tells them when it is asked for."""
        for kind in self.kinds:
            with suppress(CallerError):
                self._graph(kind)

    def _load(self, kind: str) -> Declaration:
        for folder in reversed(self.settings.graphs):
            if kind in library_names(folder):
                found: Path = find(kind, library=folder)
                return load(found, self.catalogue, contents=CONTENTS, tools=self.context.toolbox.names)
        raise UnknownThing("kind of decision", kind, self.kinds)

    def read_request(self, request: DecisionRequest | Mapping[str, object]) -> DecisionRequest:
        """A request that can be answered: it fits the schema, its world is loaded, and its character exists.

        Raises `BadRequest` with every fault, or `UnknownThing` with the nearest name.
        """
        if not isinstance(request, DecisionRequest):
            try:
                request = DecisionRequest.model_validate(request)
            except ValidationError as error:
                raise BadRequest([Fault(field_path(fault["loc"]), fault["msg"]) for fault in error.errors()]) from None
        world = self.memory.world(request.world)
        known = world.actors | {entity.id for entity in request.scene.present}
        if request.character not in known:
            raise UnknownThing("character", request.character, known, where="character")
        return request

    async def decide(self, request: DecisionRequest | Mapping[str, object]) -> Decision:
        """Answer a request within its deadline, whatever the model, the network or a store does.

        Raises `BadRequest` or `UnknownThing` for what the caller can mend; never for what the model does.
        """
        began = self.context.clock.now()
        asked = await self._on_its_timeline(self.read_request(request))
        return await self._run(asked, self._start(asked), began)

    async def stream(self, request: DecisionRequest | Mapping[str, object]) -> AsyncGenerator[StreamItem]:
        """As `decide`, and what is said on the way: each sentence once it is whole and checked; then the decision.

        All sentences in a row are the decision's line. What was shown stays: where a model fails in the middle, the
        decision's line ends there. Whoever stops reading before the end (`aclose`) stops the decision: the server sees
        an abort, and nothing is recorded. Raises as `decide` does.
        """
        began = self.context.clock.now()
        asked = await self._on_its_timeline(self.read_request(request))
        if (before := await self._decided_before(asked)) is not None:
            for item in _told(before, ""):
                yield item
            return
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        around = copy_context()
        around.run(SPEAKING.set, speaking := Speaking(pieces.put_nowait))
        making = asyncio.create_task(self._run(asked, self._start(asked), began), context=around)
        making.add_done_callback(lambda _: pieces.put_nowait(None))
        try:
            while (piece := await pieces.get()) is not None:
                yield SpokenSentence(text=piece)
            for item in _told(await making, speaking.shown):
                yield item
        finally:
            if not making.done():
                making.cancel()
                await asyncio.wait({making})

    async def _decided_before(self, request: DecisionRequest) -> Decision | None:
        """What the record has under the request's id; None where it does not say so in time."""
        try:
            async with asyncio.timeout(self.context.clock.limit(self._seconds(request) / 4)):
                return await self.memory.decision(request.world, request.id, request.timeline)
        except (TimeoutError, RecordError):
            return None

    async def resume(
        self, request: DecisionRequest | Mapping[str, object] | str, answer: Reply | Mapping[str, object] | None = None
    ) -> Decision:
        """Go on with a run that stopped: one that was cut off, by its request; talks that wait, by thread and answer.

        With an `answer` the first argument is the thread, and this is `negotiations.answer`. Else: answer a request
        whose run was cut off, from its last checkpoint if there is one, else from the start.

        Either way its effects happen once, and a request that was answered already gets the same answer. Raises
        `StateTooOld` for a checkpoint that another version of the state wrote; `decide` starts afresh.
        """
        if isinstance(request, str):
            return await self.negotiations.answer(request, answer if answer is not None else {})
        began = self.context.clock.now()
        asked = await self._on_its_timeline(self.read_request(request))
        recorded = await self.memory.decision(asked.world, asked.id, asked.timeline)
        if recorded is not None:
            return recorded
        state = await self.graph(asked.kind).aget_state(self._config(asked))
        begun = "graph" in state.values  # else it was cut off before its first node had ended
        cut_off = begun and bool(state.next) and state.values.get("request", {}).get("id") == asked.id
        if cut_off:
            _check_version(state.values.get("graph", {}).get("schema_version"), asked)
        return await self._run(asked, None if cut_off else self._start(asked), began)

    async def _on_its_timeline(self, request: DecisionRequest) -> DecisionRequest:
        """The request with its timeline named: what is begun on one is recorded there, wherever the world goes on.

        A record that does not say in time which one is current is not waited for: the one last seen will do.
        """
        patience = self.context.clock.limit(self._seconds(request) / 4)
        try:
            async with asyncio.timeout(patience if request.timeline is None else None):
                here = await self.memory.find_timeline(request.world, request.timeline)
        except (TimeoutError, RecordError):
            if request.timeline is not None:
                raise
            here = self.memory.timeline(request.world)
        return request.model_copy(update={"timeline": here})

    def _seconds(self, request: DecisionRequest) -> float:
        """The time that a decision may take."""
        if request.deadline_ms is not None:
            return request.deadline_ms / 1_000
        return self.declaration(request.kind).deadline

    async def next_round(self, request: DecisionRequest, reply: Reply) -> Decision:
        """The decision of a round of talks: the run that waits goes on, or a new one begins where none does.

        Another timeline, or a checkpoint that was lost, has no such run; the record says how far the talks had come.
        """
        began, asked = self.context.clock.now(), self.read_request(request)
        waiting = None
        with suppress(CheckpointsUnavailable):
            waiting = await asked_of(self.graph(asked.kind), self._config(asked))
        follows = waiting is not None and asked.id.endswith(f".{int(waiting.get('round', 0)) + 1}")
        start: DecisionInput = {"reply": reply.model_dump(mode="json")} if follows else self._start(asked)
        return await self._run(asked, start, began)

    def _start(self, request: DecisionRequest) -> DecisionInput:
        raw = request.model_dump(mode="json")
        self.context.keep(raw, request)
        return {"request": raw}

    def _config(self, request: DecisionRequest) -> RunnableConfig:
        return {"configurable": {"thread_id": _thread(request)}, "metadata": {"decision": request.id}}

    async def _run(self, request: DecisionRequest, start: DecisionInput | None, began: float) -> Decision:
        account = self.context.account(request)
        self.context.budgets.begin(account)
        with decision_span(request) as span, working_for(account), self.context.pressure.deciding():
            decision = span.made(await self._answer(request, start, began))
        if isinstance(request.event, FOLLOWED):
            await self._follow_quests(request, began)
        self.background.after(request)
        return decision

    async def _follow_quests(self, request: DecisionRequest, began: float) -> None:
        """Let the event of a request advance the quests under way: written before the answer goes out, unless the
        record is slow, or the answer due; then behind it."""
        following = asyncio.create_task(self.quests(request.world).heard(request))
        self._finishing.add(following)
        following.add_done_callback(self._finishing.discard)
        left = began + self._seconds(request) - self.context.clock.now()
        await asyncio.wait({following}, timeout=self.context.clock.limit(min(SAVING, left)))

    async def _answer(self, request: DecisionRequest, start: DecisionInput | None, began: float) -> Decision:
        declaration, graph = self._graph(request.kind)
        seconds, clock = self._seconds(request), self.context.clock
        if start is not None:
            start["deadline_at"] = began + seconds
        answered: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        run = asyncio.create_task(self._follow(graph, start, self._config(request), request.id, answered))
        self._finishing.add(run)
        run.add_done_callback(self._finishing.discard)
        try:
            async with asyncio.timeout(clock.limit(began + seconds - clock.now())):
                decision = await asyncio.shield(answered)
                await asyncio.shield(run)
        except TimeoutError:
            if not answered.done():
                run.cancel()
                return await self._safety_net(request, declaration, "deadline", clock.now() - began)
            decision = answered.result()
            return _with(decision, warnings=("checkpoint_late",))
        except asyncio.CancelledError:
            run.cancel()
            raise
        except CheckpointsUnavailable as error:
            log.error(error.code, kind=request.kind, decision=request.id, error=str(error))
            return await self._safety_net(request, declaration, error.code, clock.now() - began)
        except Exception:
            log.exception("graph_failed", kind=request.kind, decision=request.id)
            return await self._safety_net(request, declaration, "graph_failed", clock.now() - began)
        return self._stamp(decision, request)

    async def _follow(
        self,
        graph: DecisionGraph,
        start: DecisionInput | None,
        config: RunnableConfig,
        decision_id: str,
        answered: asyncio.Future[Decision],
    ) -> None:
        """Run a graph; hand the decision over when it is there, before the last checkpoint is written.

        Decisions of one thread are made one after the other: the next begins where the one before it ended.
        """
        try:
            async with self._threads.setdefault(config["configurable"]["thread_id"], asyncio.Lock()):
                async for values in follow_graph(graph, start, config):
                    made = values.get("decision")  # a thread starts with the decision before this one
                    if made is not None and made["id"] == decision_id and not answered.done():
                        answered.set_result(Decision.model_validate(made))
            if not answered.done():
                answered.set_exception(RuntimeError("the graph ended without a decision"))
        except Exception as error:
            if not answered.done():
                answered.set_exception(error)
            else:
                log.exception("graph_failed_after_its_decision")

    def _stamp(self, decision: Decision, request: DecisionRequest) -> Decision:
        checkpoint, failed = self._checkpointer.outcome(_thread(request))
        return _with(decision, checkpoint=checkpoint, warnings=("checkpoint_failed",) if failed else ())

    async def _safety_net(
        self, request: DecisionRequest, declaration: Declaration, reason: str, seconds: float
    ) -> Decision:
        """What is left when a graph neither answered nor fell back: a node of somebody's that hung, or broke."""
        timeline, speaking = request.timeline or self.memory.timeline(request.world), speaking_now()
        first = speaking.first_after if speaking is not None else None
        decision = Decision(
            id=request.id,
            kind=request.kind,
            decides=declaration.decides,
            world=request.world,
            character=request.character,
            content=decide(declaration.decides, self.context.situation_of(request, "decide_by_rules")),
            receipt=Receipt(
                source="fallback",
                reason=reason,
                versions=Versions(graph=f"{declaration.name}@{declaration.version}#{declaration.hash}"),
                seed=request.seed,
                language=request.language,
                timeline=timeline,
                milliseconds=seconds * 1_000,
                first_sentence_milliseconds=None if first is None else first * 1_000,
            ),
        )
        if speaking is not None:
            decision = speaking.kept(decision)
        log.error("safety_net", kind=request.kind, decision=request.id, reason=reason)
        try:
            committed = await self.memory.commit(
                Commit(
                    decision=decision,
                    thread=request.thread_id,
                    timeline=timeline,
                    quests=offered_by(decision, request.scene.time),
                    calls=calls_made(),
                ),
                within=self.context.clock.limit(SAVING),
            )
        except RecordError as error:
            return _with(decision, warnings=(error.code,))
        return committed.decision


def _told(decision: Decision, shown: str) -> Iterator[StreamItem]:
    """What is left to tell of a decision when it is made."""
    line = decision.content.npc_text if isinstance(decision.content, DialogueDecision) else ""
    if not line.startswith(shown):
        yield LineWithdrawn(text=shown)
        shown = ""
    for sentence in sentences(line[len(shown) :]):
        yield SpokenSentence(text=sentence)
    yield DecisionMade(decision=decision)


def _thread(request: DecisionRequest) -> str:
    """LangGraph's thread: on another timeline it is another one, which knows nothing of what was abandoned."""
    return f"{request.thread_id}@{request.timeline}"


def _check_version(written: int | None, request: DecisionRequest) -> None:
    if written != SCHEMA_VERSION:
        what = f"its checkpoint has state version {written}, and there is no way from there to {SCHEMA_VERSION}."
        raise StateTooOld(Fault(f"decision '{request.id}'", what, "Ask for it anew: loom.decide."))


def _with(decision: Decision, *, checkpoint: str | None = None, warnings: Sequence[str] = ()) -> Decision:
    if checkpoint is None and not warnings:
        return decision
    receipt = decision.receipt.model_copy(
        update={
            "checkpoint": checkpoint or decision.receipt.checkpoint,
            "warnings": (*decision.receipt.warnings, *warnings),
        }
    )
    return decision.model_copy(update={"receipt": receipt})
