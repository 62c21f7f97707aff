"""A declared graph, played: its ways, its failures, its deadline, its threads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.cache.memory import InMemoryCache  # pyright: ignore[reportMissingTypeStubs]  # untyped there
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph.state import CompiledStateGraph  # pyright: ignore[reportMissingTypeStubs]  # untyped there
from structlog.testing import capture_logs

from graphs import DecisionGraph, DecisionInput, Declaration, compile_graph, declare, run_graph
from nodes import Catalogue, DecisionState, FrozenClock, Step, SystemClock
from nodes.state import FRESH
from schemas import BadDeclaration, BadRequest, LoomError, ModelTimeout, ModelUnavailable, UnknownThing
from tests.graphs.stage import Stage
from tests.support.waiting import PATIENCE

REQUEST: dict[str, Any] = {"kind": "combat", "event": "turn"}


def thread(name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": name}}


def went(result: dict[str, Any]) -> list[str]:
    return [entry["node"] for entry in result["trace"]]


async def play(graph: DecisionGraph, request: dict[str, Any] = REQUEST, config: RunnableConfig | None = None) -> Any:
    return await run_graph(graph, {"request": request}, config)


async def sleep_long(_state: DecisionState) -> None:
    await asyncio.sleep(30)


def failing(error: Exception, times: int = 99) -> Callable[[DecisionState], Any]:
    left = [times]

    async def act(_state: DecisionState) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise error

    return act


async def test_a_decision_goes_the_declared_way_and_leaves_a_trace(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    result = await play(compile_graph(combat, catalogue, stage))
    assert went(result) == ["choose_policy", "recall", "generate", "judge", "remember"]
    first = result["trace"][0]
    assert (first["outcome"], first["because"]) == ("model", "drawn")
    assert all(entry["ms"] >= 0 for entry in result["trace"])
    assert result["decision"] == {"of": "turn", "content": None}
    json.dumps(result)


async def test_knobs_reach_the_node_as_the_declaration_sets_them(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    await play(compile_graph(combat, catalogue, stage))
    assert stage.knobs["choose_policy"] == {"share": 0.05, "model_for": ("boss", "elite")}
    assert stage.knobs["recall"] == {"memories": 3}


async def test_the_graph_stays_an_ordinary_langgraph_graph_that_names_its_declaration(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    graph = compile_graph(combat, catalogue, stage, checkpointer=InMemorySaver())
    assert isinstance(graph, CompiledStateGraph)
    assert graph.name == "combat"
    await play(graph, config=thread("a"))
    state = await graph.aget_state(thread("a"))
    assert state.metadata is not None
    assert state.metadata.get("graph") == "combat"
    assert state.metadata.get("graph_version") == 1
    assert state.metadata.get("graph_hash") == combat.hash
    assert "deadline_at" not in state.values
    assert set(FRESH) <= set(state.values)
    assert set(combat.nodes) <= set(graph.get_graph().nodes)
    untyped: Any = graph
    steps = [step async for step in untyped.astream({"request": REQUEST}, thread("b"), stream_mode="updates")]
    assert [next(iter(step)) for step in steps] == ["choose_policy", "recall", "generate", "judge", "remember"]


@pytest.mark.parametrize(
    ("error", "because", "level"),
    [
        (ModelTimeout("too slow"), "model_timeout", "warning"),
        (ModelUnavailable("refused"), "model_unavailable", "warning"),
        (TimeoutError(), "deadline", "warning"),
        (ValueError("a bug"), "node_failed", "error"),
    ],
)
async def test_a_node_that_fails_goes_where_on_error_says(
    combat: Declaration, catalogue: Catalogue, stage: Stage, error: Exception, because: str, level: str
) -> None:
    stage.acts["generate"] = failing(error)
    with capture_logs() as logs:
        result = await play(compile_graph(combat, catalogue, stage))
    assert went(result) == ["choose_policy", "recall", "generate", "decide_by_rules", "remember"]
    assert (result["receipt"]["reason"], result["receipt"]["source"]) == (because, "fallback")
    assert result["trace"][2]["outcome"] == "error"
    assert result["trace"][2]["because"] == because
    assert [log["log_level"] for log in logs] == [level]


async def test_a_failure_without_on_error_ends_the_run_with_its_error(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    stage.acts["remember"] = failing(ValueError("the record is gone"))
    with pytest.raises(ValueError, match="the record is gone"):
        await play(compile_graph(combat, catalogue, stage))


async def test_a_node_that_sleeps_past_its_timeout_is_left(story: str, catalogue: Catalogue) -> None:
    stage = Stage(clock=SystemClock(), acts={"generate": sleep_long})
    graph = compile_graph(declare(story.replace("timeout: 1s", "timeout: 30ms")), catalogue, stage)
    result = await asyncio.wait_for(play(graph), PATIENCE)
    assert went(result)[-3:] == ["generate", "decide_by_rules", "remember"]
    assert result["receipt"]["reason"] == "deadline"
    assert result["trace"][2]["ms"] >= 20


async def test_the_deadline_of_the_request_bounds_a_node_less_the_reserve(story: str, catalogue: Catalogue) -> None:
    """A minute is asked for, and all but a second of it is in reserve: the node is left long before it would come back
    by itself (30 s), by its own timeout (50 s) or by the deadline."""
    stage = Stage(clock=SystemClock(), acts={"generate": sleep_long})
    text = story.replace("deadline: 2s", "deadline: 2m\nreserve: 59s").replace("timeout: 1s", "timeout: 50s")
    result = await play(compile_graph(declare(text), catalogue, stage), REQUEST | {"deadline_ms": 60_000})
    assert went(result)[-3:] == ["generate", "decide_by_rules", "remember"]
    assert result["receipt"]["reason"] == "deadline"
    assert result["trace"][2]["ms"] < 30_000


async def test_a_clock_that_stands_gives_a_node_all_the_time_it_takes(
    story: str, catalogue: Catalogue, stage: Stage
) -> None:
    async def dawdle(_state: DecisionState) -> None:
        await asyncio.sleep(0.1)

    stage.acts["generate"] = dawdle
    graph = compile_graph(declare(story.replace("timeout: 1s", "timeout: 10ms")), catalogue, stage)
    result = await play(graph, REQUEST | {"deadline_ms": 50})
    assert went(result) == ["choose_policy", "recall", "generate", "judge", "remember"]
    assert [entry["ms"] for entry in result["trace"]] == [0, 0, 0, 0, 0]


async def test_a_clock_that_is_told_of_too_much_time_leaves_none_for_the_model(
    combat: Declaration, catalogue: Catalogue
) -> None:
    clock = FrozenClock()

    async def until_it_is_late(_state: DecisionState) -> None:
        clock.advance(1.99)  # of 2 seconds, 20 ms of which are kept back

    stage = Stage(clock=clock, acts={"recall": until_it_is_late})
    result = await play(compile_graph(combat, catalogue, stage))
    assert "generate" not in stage.called
    assert result["receipt"]["reason"] == "deadline"


async def test_without_time_left_the_model_is_not_even_asked(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    graph = compile_graph(combat, catalogue, stage)
    given: DecisionInput = {"request": REQUEST, "deadline_at": stage.clock.now() + 0.01}
    result: Any = await run_graph(graph, given)
    assert "generate" not in stage.called
    assert went(result)[-3:] == ["generate", "decide_by_rules", "remember"]


async def test_a_busy_model_is_tried_again_and_a_broken_one_is_not(
    story: str, catalogue: Catalogue, stage: Stage
) -> None:
    text = story.replace("timeout: 1s", "retry: { attempts: 3, backoff: 5ms }")
    stage.acts["generate"] = failing(ModelUnavailable("busy"), times=2)
    result = await play(compile_graph(declare(text), catalogue, stage))
    assert stage.called.count("generate") == 3
    assert went(result).count("generate") == 1
    stage.called.clear()
    stage.acts["generate"] = failing(ModelTimeout("slow"))
    await play(compile_graph(declare(text), catalogue, stage))
    assert stage.called.count("generate") == 1


async def test_no_retry_is_begun_that_would_outlast_the_deadline(
    story: str, catalogue: Catalogue, stage: Stage
) -> None:
    text = story.replace("timeout: 1s", "retry: { attempts: 5, backoff: 1s }").replace(
        "deadline: 2s", "deadline: 200ms"
    )
    stage.acts["generate"] = failing(ModelUnavailable("busy"))
    result = await play(compile_graph(declare(text), catalogue, stage))
    assert stage.called.count("generate") == 1
    assert result["receipt"]["reason"] == "model_unavailable"


async def test_at_most_ends_a_cycle(combat: Declaration, catalogue: Catalogue, stage: Stage) -> None:
    stage.outcomes["judge"] = ["repairable"] * 9
    result = await play(compile_graph(combat, catalogue, stage))
    assert stage.called.count("repair") == 2
    assert went(result)[-3:] == ["repair", "decide_by_rules", "remember"]
    assert result["trace"][-3]["because"] == "at_most"


async def test_an_outcome_that_nobody_declared_is_a_failure_of_the_node(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    stage.outcomes["judge"] = ["splendid"]
    with pytest.raises(UnknownThing, match=r"combat.yaml:26, node 'judge': there is no outcome 'splendid'"):
        await play(compile_graph(combat, catalogue, stage))


async def test_a_node_may_write_only_what_is_its_own(story: str, stage: Stage, catalogue: Catalogue) -> None:
    async def scribble(state: DecisionState, context: Stage) -> Step:
        """Write where nobody reads."""
        return Step(update={"trace": []})

    text = story.replace("use: recall", "use: scribble").replace("    with: { memories: 3 }\n", "")
    graph = compile_graph(declare(text), catalogue.with_nodes([scribble]), stage)
    with pytest.raises(TypeError, match="node 'recall' wrote trace"):
        await play(graph)


async def test_a_graph_with_faults_is_not_compiled(story: str, catalogue: Catalogue, stage: Stage) -> None:
    with pytest.raises(BadDeclaration, match="no knob"):
        compile_graph(declare(story.replace("memories:", "thoughts:")), catalogue, stage)
    with pytest.raises(BadDeclaration, match="version"):
        compile_graph(declare(story.replace("version: 1", "version: x")), catalogue, stage)


async def test_a_run_without_a_request_is_refused(combat: Declaration, catalogue: Catalogue, stage: Stage) -> None:
    with pytest.raises(BadRequest, match="request"):
        await run_graph(compile_graph(combat, catalogue, stage), {"deadline_at": 5.0})


@pytest.mark.parametrize(("durability", "kept"), [("exit", 1), ("async", 7), ("sync", 7)])
async def test_the_declared_durability_says_how_many_checkpoints_are_kept(
    story: str, catalogue: Catalogue, stage: Stage, tmp_path: Path, durability: str, kept: int
) -> None:
    text = story.replace("deadline: 2s", f"deadline: 2s\ndurability: {durability}")
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
        graph = compile_graph(declare(text), catalogue, stage, checkpointer=saver)
        await play(graph, config=thread("a"))
        history = [state async for state in graph.aget_state_history(thread("a"))]
    assert len(history) == kept
    assert history[0].values["decision"]["of"] == "turn"


@pytest.mark.parametrize("durability", ["exit", "async"])
async def test_a_second_decision_on_a_thread_starts_afresh(
    story: str, catalogue: Catalogue, stage: Stage, tmp_path: Path, durability: str
) -> None:
    text = story.replace("deadline: 2s", f"deadline: 2s\ndurability: {durability}")
    stage.acts["generate"] = failing(ModelTimeout("slow"), times=1)
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
        graph = compile_graph(declare(text), catalogue, stage, checkpointer=saver)
        first = await play(graph, config=thread("a"))
        second = await play(graph, REQUEST | {"event": "riposte"}, thread("a"))
        alone = await play(graph, REQUEST | {"event": "riposte"}, thread("b"))
        ends = [dict((await graph.aget_state(thread(name))).values) for name in "ab"]
    assert first["receipt"]["reason"] == "model_timeout"
    assert "reason" not in second["receipt"]
    assert went(second) == went(alone)
    for end in ends:
        for entry in end["trace"]:
            entry["ms"] = 0
    assert ends[0] == ends[1]


@pytest.mark.parametrize("victim", ["choose_policy", "recall", "generate", "judge", "decide_by_rules", "remember"])
async def test_a_run_cut_off_at_any_node_resumes_to_the_same_end(
    story: str, catalogue: Catalogue, tmp_path: Path, victim: str
) -> None:
    text = story.replace("deadline: 2s", "deadline: 2s\ndurability: async")

    async def end_of(name: str, *, cut: bool) -> dict[str, Any]:
        stage = Stage(outcomes={"judge": ["rejected"]})
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "c.sqlite")) as saver:
            graph = compile_graph(declare(text), catalogue, stage, checkpointer=saver)
            if cut:
                reached = asyncio.Event()

                async def hang(_state: DecisionState) -> None:
                    reached.set()
                    await asyncio.sleep(3_600)

                stage.acts[victim] = hang
                running = asyncio.create_task(play(graph, config=thread(name)))
                await asyncio.wait_for(reached.wait(), PATIENCE)
                running.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await running
                del stage.acts[victim]
                await run_graph(graph, None, thread(name))
            else:
                await play(graph, config=thread(name))
            state = dict((await graph.aget_state(thread(name))).values)
        for entry in state["trace"]:
            entry["ms"] = 0
        return state

    assert await end_of("cut", cut=True) == await end_of("whole", cut=False)


async def test_a_failure_that_was_cut_off_keeps_its_reason(story: str, catalogue: Catalogue, tmp_path: Path) -> None:
    """Killed between a node's failure and its error handler: the error comes back from the checkpoint as text."""
    from graphs.adapter import _because  # pyright: ignore[reportPrivateUsage]  # LangGraph offers no such moment

    for error in [ModelTimeout("slow"), TimeoutError("late"), LoomError("?")]:
        assert _because(repr(error)) == _because(error)
    assert _because("KeyError('x')") == "node_failed"


async def test_a_cached_node_is_not_run_again_for_the_same_request(
    story: str, catalogue: Catalogue, stage: Stage
) -> None:
    text = story.replace("    with: { memories: 3 }", "    with: { memories: 3 }\n    cache: { ttl: 60s }")
    graph = compile_graph(declare(text), catalogue, stage, cache=InMemoryCache())
    first, second = await play(graph), await play(graph)
    assert stage.called.count("recall") == 1
    assert went(first) == went(second)
    await play(graph, REQUEST | {"event": "riposte"})
    assert stage.called.count("recall") == 2
    other = compile_graph(declare(text.replace("memories: 3", "memories: 4")), catalogue, stage, cache=InMemoryCache())
    await play(other)
    assert stage.called.count("recall") == 3


async def test_an_entry_that_fails_still_starts_afresh_and_keeps_its_deadline(
    story: str, catalogue: Catalogue, stage: Stage
) -> None:
    text = story.replace("    use: choose_policy\n", "    use: choose_policy\n    on_error: decide_by_rules\n")
    seen: list[float | None] = []

    async def note(state: DecisionState) -> None:
        seen.append(state.get("deadline_at"))

    async def note_and_fail(state: DecisionState) -> None:
        await note(state)
        raise ModelTimeout("slow")

    graph = compile_graph(declare(text), catalogue, stage, checkpointer=InMemorySaver())
    await play(graph, config=thread("a"))
    stage.acts.update(choose_policy=note_and_fail, decide_by_rules=note, remember=note)
    result = await play(graph, REQUEST | {"event": "riposte"}, thread("a"))
    assert went(result) == ["choose_policy", "decide_by_rules", "remember"]
    assert result["receipt"]["reason"] == "model_timeout"
    assert len(seen) == 3
    assert len(set(seen)) == 1
    values = (await graph.aget_state(thread("a"))).values
    assert (values["answer"], values["recalled"]) == (None, None)


async def test_a_deadline_given_with_the_request_counts_before_that_of_the_graph(
    combat: Declaration, catalogue: Catalogue, stage: Stage
) -> None:
    due: list[float] = []

    async def note(state: DecisionState) -> None:
        due.append(state.get("deadline_at", 0.0) - stage.clock.now())

    stage.acts["remember"] = note
    graph = compile_graph(combat, catalogue, stage)
    await play(graph)
    await play(graph, REQUEST | {"deadline_ms": 700})
    await run_graph(graph, {"request": REQUEST | {"deadline_ms": 700}, "deadline_at": stage.clock.now() + 5})
    assert due == [2.0, 0.7, 5.0]
