"""Whatever the nodes answer: a graph that passed the check comes to its end."""

from __future__ import annotations

import random
from typing import Any, Literal, cast

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from langgraph.errors import GraphRecursionError

from graphs import Declaration, check, compile_graph, declare, run_graph
from graphs.flow import unbounded_cycles
from nodes import Catalogue, DecisionState, FrozenClock, Step
from schemas import BadDeclaration, ModelTimeout
from tests.graphs.stage import STORY


class Dice:
    """A context that throws dice for outcomes and failures."""

    def __init__(self, seed: int) -> None:
        self.clock, self.random = FrozenClock(), random.Random(seed)

    def trip(self) -> None:
        if self.random.random() < 0.3:
            raise ModelTimeout("the dice said so")


async def walk(state: DecisionState, context: Dice) -> Step:
    """Go on."""
    return Step()


async def fork(state: DecisionState, context: Dice) -> Step[Literal["left", "right", "back"]]:
    """Go somewhere."""
    return Step(outcome=cast('Literal["left"]', context.random.choice(["left", "right", "back"])))


async def ask(state: DecisionState, context: Dice) -> Step[Literal["yes_", "no_"]]:
    """Ask, and often fail."""
    context.trip()
    return Step(outcome=cast('Literal["yes_"]', context.random.choice(["yes_", "no_"])))


async def settle(state: DecisionState, context: Dice) -> Step:
    """Decide."""
    return Step()


CATALOGUE = Catalogue([walk, fork, ask, settle], asks_model=[ask], decides=[settle])


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    """Any graph of up to eight nodes; what cannot be reached is taken out, and the rest may well have faults."""
    size = draw(st.integers(1, 7))
    names = [f"n{index}" for index in range(size)]
    target = st.sampled_from([*names[1:], "settle", "end"])
    nodes: dict[str, dict[str, object]] = {"settle": {"use": "settle", "then": "end"}}
    for name in names:
        spec = CATALOGUE[draw(st.sampled_from(["walk", "fork", "ask"]))]
        node: dict[str, object] = {"use": spec.name}
        node["then"] = {outcome: draw(target) for outcome in spec.outcomes} if spec.outcomes else draw(target)
        if spec.asks_model:
            node["on_error"] = "settle"
        if draw(st.sampled_from([True, True, False])):
            node["at_most"] = {"times": draw(st.integers(1, 3)), "then": draw(target)}
        nodes[name] = node
    for _ in nodes:
        data = {
            "name": "any",
            "version": 1,
            "about": "Any graph.",
            "decides": "Any",
            "deadline": "60s",
            "entrypoint": "n0",
            "nodes": nodes,
        }
        declaration = Declaration.model_validate(data)
        lost = [
            name
            for name in nodes
            for fault in check(declaration, CATALOGUE, contents=None, tools=None)
            if f"'{name}' cannot be reached" in fault.what
        ]
        if not lost:
            return declaration
        nodes = {name: node for name, node in nodes.items() if name not in lost}
    raise AssertionError("taking nodes out must come to an end")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(declarations(), st.integers(0, 2**32))
async def test_every_checked_graph_comes_to_its_end(declaration: Declaration, seed: int) -> None:
    assume(not check(declaration, CATALOGUE, contents=None, tools=None))
    result: Any = await run_graph(compile_graph(declaration, CATALOGUE, Dice(seed)), {"request": {}})
    assert result["trace"][0]["node"] == "n0"


@settings(max_examples=150, deadline=None)
@given(declarations())
def test_the_cycles_that_are_refused_can_really_go_on_for_ever(declaration: Declaration) -> None:
    """No graph is refused without a reason: a walk exists that runs far longer than the nodes allow."""
    for trip in unbounded_cycles(list(declaration.edges())):
        bounded = {name for name, node in declaration.nodes.items() if node.at_most is not None}
        for here, there in zip(trip, [*trip[1:], trip[0]], strict=True):
            kinds = {edge.kind for edge in declaration.edges() if (edge.source, edge.target) == (here, there)}
            assert "at_most" in kinds or (here not in bounded and kinds)


async def test_a_cycle_without_bound_would_not_end() -> None:
    """The other side: what the check refuses is stopped by LangGraph only, at the recursion limit."""
    text = STORY.replace("    at_most: { times: 2, then: decide_by_rules }\n", "")
    with pytest.raises(BadDeclaration, match="has no bound"):
        compile_graph(declare(text), CATALOGUE, Dice(0))
    assert issubclass(GraphRecursionError, RecursionError)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_text_makes_the_checker_stumble(data: st.DataObject) -> None:
    lines: list[str] = list(STORY.splitlines())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "cut", "swap", "junk", "value"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "junk":
                lines[at] += data.draw(st.text(max_size=6))
            case _:
                key = lines[at].partition(":")[0]
                lines[at] = f"{key}: " + data.draw(
                    st.sampled_from(["null", "[]", "{}", "3", "-1.5", "true", "[[x]]", "{a: b}"])
                )
    text = "\n".join(lines)
    try:
        faults = check(declare(text), CATALOGUE, contents=["X"], tools=["y"])
    except BadDeclaration as error:
        faults = list(error.faults)
    assert faults  # the catalogue here knows none of the nodes
    assert all(fault.where and fault.what for fault in faults)
