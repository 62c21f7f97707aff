"""Between LangGraph and a node: calls the plain function, keeps the trace, watches the time, finds the way on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

import structlog
from langgraph.errors import NodeError, NodeTimeoutError
from langgraph.types import Command, Overwrite, interrupt

from graphs.endings import endings
from nodes import Clock, DecisionState, NodeFunction, Step
from nodes.state import TraceEntry, fresh
from schemas import (
    MINUTES_A_DAY,
    BadRequest,
    CallerError,
    Fault,
    LoomError,
    ModelError,
    ModelUnavailable,
    RecordBusy,
    RecordError,
    UnknownThing,
)
from telemetry import in_node, watched

_RETRYABLE = (ModelUnavailable, RecordBusy)
_WRITABLE = frozenset(DecisionState.__annotations__) - {"request", "graph", "deadline_at", "trace"}

Adapter: TypeAlias = "Callable[[DecisionState], Awaitable[Command[str]]]"
Handler: TypeAlias = "Callable[[DecisionState, NodeError], Awaitable[Command[str]]]"


class HasClock(Protocol):
    """All that a graph needs to know of the nodes' context."""

    @property
    def clock(self) -> Clock:
        """The clock that deadlines and the trace are read from."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One node of one graph, ready to run. Times are seconds."""

    name: str
    use: str
    """The name of the function in the catalogue."""
    function: NodeFunction
    knobs: Mapping[str, object]
    targets: Mapping[str | None, str]
    """The next node by outcome; under None for a node without outcomes."""
    graph: Mapping[str, object]
    """What the state tells nodes of their graph."""
    deadline: float
    reserve: float
    entry: bool
    cached: bool
    backoff: float | None
    """The pause before a further attempt; None when there is none."""
    on_error: str | None
    at_most: tuple[int, str] | None
    waits: tuple[int, int, str] | None
    """Rounds and days that an answer is waited for, and where to go then."""
    where: str
    """File and line of its targets."""


def adapt(plan: Plan, context: HasClock) -> Adapter:
    """The function that LangGraph runs for this node."""
    # On the hot path of every decision: what can be looked up beforehand is.
    name, function, knobs, targets = plan.name, plan.function, dict(plan.knobs), dict(plan.targets)
    now, guarded, at_most, entry = context.clock.now, plan.on_error is not None, plan.at_most, plan.entry
    direct = targets.get(None)

    async def run(state: DecisionState) -> Command[str]:
        if not watched():
            return await walk(state)
        with in_node(name, plan.use) as span:
            command = await walk(state)
            for key in ("outcome", "because"):
                if (said := _taken(command)[key]) is not None:
                    span.set_attribute(f"loomwright.node.{key}", said)
            return command

    async def walk(state: DecisionState) -> Command[str]:
        began = now()
        if plan.waits is not None:
            return await _wait(plan, plan.waits, state, context, knobs)
        changed: dict[str, Any] = {}
        if entry:
            state, changed = _begin(plan, state, began)
        elif "deadline_at" not in state:  # a resumed run: the old deadline was never checkpointed
            state["deadline_at"] = _due(plan, state, began)
            if not plan.cached:  # a deadline must not come back out of a cache
                changed["deadline_at"] = state["deadline_at"]
        if at_most is not None and sum(ran["node"] == name for ran in state.get("trace", ())) >= at_most[0]:
            return _command(changed, _ran(name, None, "at_most", 0.0), at_most[1])
        if guarded:
            step = await _guard(plan, state, context, knobs, began)
        else:
            step = await function(state, context, **knobs)
        if not isinstance(step, Step):  # pyright: ignore[reportUnnecessaryIsInstance]  # somebody else's code
            raise TypeError(f"node '{name}' returned {type(step).__name__}, not a Step")
        target = direct if step.outcome is None else targets.get(step.outcome)
        if target is None:
            where = f"{plan.where}, node '{name}'"
            raise UnknownThing("outcome", str(step.outcome), filter(None, targets), where=where)
        if not step.update.keys() <= _WRITABLE:
            wrong = ", ".join(sorted(step.update.keys() - _WRITABLE))
            raise TypeError(f"node '{name}' wrote {wrong}, which is not a node's to write")
        changed.update(step.update)
        ran = _ran(name, step.outcome, step.because, round((now() - began) * 1000, 3))
        if entry:
            changed["trace"] = Overwrite([ran])
            return Command(update=changed, goto=target)
        return _command(changed, ran, target)

    return run


def on_failure(plans: Mapping[str, Plan]) -> Handler:
    """What LangGraph calls when a node has failed for good: note why, and jump. It does no work of its own.

    A node without `on_error` ends the run with its error.
    """

    async def handle(state: DecisionState, error: NodeError) -> Command[str]:
        failure = cast("object", error.error)  # text, where a killed run comes back from its checkpoint
        plan = plans[error.node]
        name, target = plan.name, plan.on_error
        if target is None:
            raise failure if isinstance(failure, BaseException) else RuntimeError(f"node '{name}' failed: {failure}")
        because, ms = _because(failure), _ms_of(failure)
        log = structlog.stdlib.get_logger("graphs")
        if because == "deadline" or isinstance(failure, ModelError | RecordError):
            log.warning("node gave up", node=name, goto=target, ms=ms, because=because, error=str(failure))
        else:
            trouble = failure if isinstance(failure, BaseException) else None
            log.error("node failed", node=name, goto=target, ms=ms, error=repr(failure), exc_info=trouble)
        ran = _ran(name, "error", because, ms)
        if plan.entry:
            reset = _reset(plan, state)
            return Command(update={**reset, "receipt": {"reason": because}, "trace": Overwrite([ran])}, goto=target)
        changed: dict[str, Any] = {"receipt": {**state.get("receipt", {}), "reason": because}}
        if "deadline_at" in state:
            changed["deadline_at"] = state["deadline_at"]
        return _command(changed, ran, target)

    return handle


def may_retry(error: Exception) -> bool:
    """Whether a node is worth another attempt: something was busy, and the deadline leaves time for it."""
    return isinstance(error, _RETRYABLE) and not vars(error).get("loom_spent", False)


async def _wait(
    plan: Plan, bounds: tuple[int, int, str], state: DecisionState, context: HasClock, knobs: dict[str, object]
) -> Command[str]:
    """Stop until the other side answers what is asked of it under `waiting`; the next decision begins with the answer.

    Where nothing is asked there is nothing to wait for. An answer that does not fit is told its faults, and the wait
    goes on. The node makes the next request of the answer; one that comes too late goes where `waits` says.
    """
    rounds, days, instead = bounds
    ask = state.get("waiting")
    if ask is None or int(ask.get("round", 1)) > rounds:
        step = await plan.function(state, context, **knobs)
        return _command({}, _ran(plan.name, step.outcome, step.because, 0.0), plan.targets[step.outcome])
    faults: list[str] = []
    while True:
        reply = cast("object", interrupt({**ask, "faults": faults} if faults else ask))
        answered = cast("DecisionState", {**state, "reply": reply})
        began = context.clock.now()
        try:
            step = await plan.function(answered, context, **knobs)
            break
        except CallerError as error:
            faults = [str(fault) for fault in error.faults]
    given = step.update["request"] if "request" in step.update else state["request"]
    begun, changed = _begin(plan, cast("DecisionState", {"request": given}), began)
    changed |= {"request": given, "deadline_at": begun["deadline_at"]}
    waited = _days(given) - _days(state["request"])
    late = waited > days
    ran = _ran(
        plan.name, step.outcome, "too_late" if late else step.because, round((context.clock.now() - began) * 1000, 3)
    )
    changed["trace"] = Overwrite([ran])
    if late:
        changed["receipt"] = {"reason": "talks_lapsed"}
    return Command(update=changed, goto=instead if late else plan.targets[step.outcome])


def _days(request: Mapping[str, Any]) -> float:
    """When a request is made, in days of the game's clock."""
    time: Mapping[str, int] = request["scene"].get("time") or {}
    return time.get("day", 0) + time.get("minute", 0) / MINUTES_A_DAY


async def _guard(
    plan: Plan, state: DecisionState, context: HasClock, knobs: dict[str, object], began: float
) -> Step[str | None]:
    """Run a node for as long as the deadline leaves time to fall back; mark a failure with what it cost."""
    now = context.clock.now
    due = state.get("deadline_at", began) - plan.reserve
    try:
        if due <= began:
            raise TimeoutError(f"no time was left for node '{plan.name}'")
        async with asyncio.timeout(context.clock.limit(due - began)) as timeout:
            with endings().within(timeout):
                return await plan.function(state, context, **knobs)
    except Exception as error:
        vars(error)["loom_ms"] = round((now() - began) * 1000, 3)
        if plan.backoff is not None:
            vars(error)["loom_spent"] = now() + plan.backoff >= due
        raise


def _begin(plan: Plan, state: DecisionState, now: float) -> tuple[DecisionState, dict[str, Any]]:
    """A clean state for a new decision on a thread that may have seen others, and the update that makes it so."""
    if "request" not in state:
        raise BadRequest(Fault("", 'a decision needs `{"request": {...}}`.'))
    if "deadline_at" not in state:  # set where a further attempt and the error handler see it too
        state["deadline_at"] = _due(plan, state, now)
    reset = _reset(plan, state)
    return {**reset, "request": state["request"]}, dict(reset)


def _reset(plan: Plan, state: DecisionState) -> DecisionState:
    """Every key that a decision starts with, but its request."""
    reset = fresh()
    if "deadline_at" in state:
        reset["deadline_at"] = state["deadline_at"]
    reset["graph"] = {**plan.graph, "budget": _budget(plan, state)}
    return reset


def _due(plan: Plan, state: DecisionState, now: float) -> float:
    """When the answer is due: the request's own deadline, else the graph's."""
    return now + _budget(plan, state)


def _budget(plan: Plan, state: DecisionState) -> float:
    given: float | None = state.get("request", {}).get("deadline_ms")
    return given / 1000 if given is not None else plan.deadline


def _because(failure: object) -> str:
    if isinstance(failure, LoomError):
        return failure.code
    if isinstance(failure, NodeTimeoutError | TimeoutError):
        return "deadline"
    if isinstance(failure, str):  # a checkpoint keeps an error as its repr
        return _codes(LoomError).get(failure.partition("(")[0], "node_failed")
    return "node_failed"


def _codes(family: type[LoomError]) -> dict[str, str]:
    """The code of each error by the name of its class, and of the timeouts."""
    found = {"NodeTimeoutError": "deadline", "TimeoutError": "deadline", family.__name__: family.code}
    for member in family.__subclasses__():
        found |= _codes(member)
    return found


def _ms_of(failure: object) -> float:
    if isinstance(failure, NodeTimeoutError):
        return round(failure.elapsed * 1000, 3)
    spent: object = vars(failure).get("loom_ms", 0.0) if isinstance(failure, BaseException) else 0.0
    return spent if isinstance(spent, float) else 0.0


def _taken(command: Command[str]) -> TraceEntry:
    """The trace that a node's command carries: one entry."""
    trace = cast("dict[str, Any]", command.update)["trace"]
    return cast("list[TraceEntry]", trace.value if isinstance(trace, Overwrite) else trace)[0]


def _ran(node: str, outcome: str | None, because: str | None, ms: float) -> TraceEntry:
    return {"node": node, "outcome": outcome, "because": because, "ms": ms}


def _command(changed: dict[str, Any], took: TraceEntry, target: str) -> Command[str]:
    changed["trace"] = [took]
    return Command(update=changed, goto=target)
