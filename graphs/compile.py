"""From a sound declaration to an ordinary LangGraph graph."""
# LangGraph ships without complete types for its builder; this is the one module that holds it.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import AsyncGenerator
from importlib import import_module
from typing import Annotated, Any, Literal, TypeAlias, cast, get_type_hints

from langchain_core.runnables import RunnableConfig
from langgraph.cache.base import BaseCache
from langgraph.channels import UntrackedValue
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END as LANGGRAPH_END
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import CachePolicy, Command, RetryPolicy
from typing_extensions import TypedDict

from graphs.adapter import HasClock, Plan, adapt, may_retry, on_failure
from graphs.check import check
from graphs.declaration import END, Declaration, Node
from graphs.flow import longest_run
from nodes import Catalogue
from nodes.state import SCHEMA_VERSION, DecisionState, TraceEntry
from schemas import BadDeclaration

import_module("langchain_core.tracers.context")  # or LangChain reads it within the first decision

DecisionGraph: TypeAlias = "CompiledStateGraph[Any, Any, Any, Any]"
"""What a declaration compiles to; LangGraph's type arguments say nothing here that `DecisionState` does not."""

_DURABILITY = "__pregel_durability"
"""Where LangGraph 1.2 looks for the durability of a run that was not given one (CONFIG_KEY_DURABILITY)."""


class DecisionInput(TypedDict, total=False):
    """What a run is started with: the request, and a deadline where it is known already (context clock, seconds)."""

    request: dict[str, Any]
    deadline_at: float
    reply: dict[str, Any]
    """In place of a request: the answer that the thread's run waits for."""


class DecisionOutput(TypedDict, total=False):
    """What a run ends with. Few keys, since LangGraph reads them anew after every node; `aget_state` shows them all."""

    decision: dict[str, Any] | None
    receipt: dict[str, Any]
    trace: list[TraceEntry]


class _Channels(TypedDict, total=False):
    deadline_at: Annotated[float, UntrackedValue]
    trace: Annotated[list[TraceEntry], operator.add]


def _state_schema() -> type[Any]:
    """DecisionState with LangGraph's channels: `deadline_at` is never checkpointed, `trace` grows by what is added."""
    keys = get_type_hints(DecisionState, include_extras=True) | get_type_hints(_Channels, include_extras=True)
    return cast("type[Any]", TypedDict("GraphState", keys, total=False))  # pyright: ignore[reportArgumentType]  # made at run time from DecisionState


GraphState = _state_schema()


def compile_graph(
    declaration: Declaration,
    catalogue: Catalogue,
    context: HasClock,
    *,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
    cache: BaseCache[Any] | None = None,
) -> DecisionGraph:
    """A LangGraph graph that takes `{"request": {...}}` and runs the declared nodes with this context.

    Bound to every run: the durability, a recursion limit, and name, version and hash of the declaration as metadata.
    Raises `BadDeclaration` with all faults when the declaration is not sound.
    """
    if faults := check(declaration, catalogue, contents=None, tools=None):
        raise BadDeclaration(faults)
    plans = {name: _plan(declaration, catalogue, name, node) for name, node in declaration.nodes.items()}
    builder = StateGraph(GraphState, input_schema=DecisionInput, output_schema=DecisionOutput)
    # One handler for all: each of its own would be a node and a channel more, and every step pays for every channel.
    builder.set_node_defaults(error_handler=cast("Any", on_failure(plans)))
    for name, node in declaration.nodes.items():
        builder.add_node(
            name,
            cast("Any", adapt(plans[name], context)),
            destinations=_destinations(declaration, name),
            timeout=context.clock.limit(node.timeout) if node.timeout is not None else None,
            retry_policy=_retry(node),
            cache_policy=_cache(declaration, name, node),
        )
    builder.add_edge(START, declaration.entrypoint)
    compiled = builder.compile(checkpointer=checkpointer, cache=cache, name=declaration.name)
    bounds = [node.at_most.times for node in declaration.nodes.values() if node.at_most is not None]
    return compiled.with_config(
        recursion_limit=longest_run(declaration.nodes, bounds),
        metadata={
            "graph": declaration.name,
            "graph_version": declaration.version,
            "graph_hash": declaration.hash,
        },
        configurable={_DURABILITY: declaration.durability},
    )


async def run_graph(
    graph: DecisionGraph,
    given: DecisionInput | None,
    config: RunnableConfig | None = None,
    *,
    durability: Literal["exit", "async", "sync"] | None = None,
) -> DecisionOutput:
    """`graph.ainvoke` with types: start a decision, or with None resume one that was cut off on this thread.

    `durability`: instead of the declared one.
    """
    return cast("DecisionOutput", await graph.ainvoke(_started(given), config, durability=durability))


async def follow_graph(
    graph: DecisionGraph, given: DecisionInput | None, config: RunnableConfig | None = None
) -> AsyncGenerator[DecisionOutput]:
    """As `run_graph`, with the outputs after each node; the last one comes before the last checkpoint is written."""
    async for values in graph.astream(_started(given), config, stream_mode="values"):
        yield cast("DecisionOutput", values)


def _started(given: DecisionInput | None) -> object:
    """What LangGraph takes: a start as it is, an answer as the command that goes on with it."""
    if given is None or "reply" not in given:
        return given
    answer: Command[str] = Command(resume=given["reply"])
    return answer


async def asked_of(graph: DecisionGraph, config: RunnableConfig) -> dict[str, Any] | None:
    """What the run on this thread waits to have answered; None: it waits for nobody."""
    found = (await graph.aget_state(config)).interrupts
    return cast("dict[str, Any]", found[0].value) if found else None


def _plan(declaration: Declaration, catalogue: Catalogue, name: str, node: Node) -> Plan:
    spec = catalogue[node.use]
    targets: dict[str | None, str]
    targets = {None: _goto(node.then)} if isinstance(node.then, str) else {k: _goto(v) for k, v in node.then.items()}
    return Plan(
        name=name,
        use=node.use,
        function=spec.function,
        knobs={knob: spec.knobs[knob].read(value) for knob, value in node.with_.items()},
        targets=targets,
        graph={
            "name": declaration.name,
            "version": declaration.version,
            "hash": declaration.hash,
            "decides": declaration.decides,
            "tools": list(declaration.tools),
            "waits": next(
                ([one.waits.rounds, one.waits.days] for one in declaration.nodes.values() if one.waits is not None),
                None,
            ),
            "schema_version": SCHEMA_VERSION,
        },
        deadline=declaration.deadline,
        reserve=declaration.reserve,
        entry=name == declaration.entrypoint,
        cached=node.cache is not None,
        backoff=node.retry.backoff if node.retry is not None else None,
        on_error=_goto(node.on_error) if node.on_error is not None else None,
        at_most=(node.at_most.times, _goto(node.at_most.then)) if node.at_most is not None else None,
        waits=(node.waits.rounds, node.waits.days, _goto(node.waits.then)) if node.waits is not None else None,
        where=declaration.where("nodes", name, "then"),
    )


def _goto(target: str) -> str:
    return LANGGRAPH_END if target == END else target


def _destinations(declaration: Declaration, name: str) -> dict[str, str]:
    """Where a node may go, with labels, so that LangGraph's own drawings know the edges."""
    labels: dict[str, list[str]] = {}
    for edge in declaration.edges():
        if edge.source == name:
            labels.setdefault(_goto(edge.target), []).append(edge.label or "")
    return {target: ", ".join(filter(None, said)) for target, said in labels.items()}


def _retry(node: Node) -> RetryPolicy | None:
    """Only what may pass is tried again. LangGraph's jitter would add up to a whole second, so there is none."""
    if node.retry is None:
        return None
    return RetryPolicy(
        max_attempts=node.retry.attempts,
        initial_interval=node.retry.backoff,
        backoff_factor=1.0,
        jitter=False,
        retry_on=may_retry,
    )


def _cache(declaration: Declaration, name: str, node: Node) -> CachePolicy[Any] | None:
    """Kept under all that a node can see but the clock: graph, node, state, and how often it ran already."""
    if node.cache is None:
        return None

    def key(state: DecisionState) -> str:
        seen = {k: v for k, v in state.items() if k not in {"deadline_at", "trace"}}
        runs = sum(entry["node"] == name for entry in state.get("trace", ()))
        content = json.dumps([declaration.hash, name, runs, seen], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    return CachePolicy(key_func=key, ttl=max(1, round(node.cache.ttl)))
