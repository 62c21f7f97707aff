"""A small cast for graph tests: plain nodes whose behaviour a test writes as a script."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal, cast

from pydantic import Field

from nodes import Clock, DecisionState, FrozenClock, Step

Act = Callable[[DecisionState], Awaitable[None]]


@dataclass(frozen=True)
class Stage:
    """The context of these tests: what each node does, and what was called. Its clock stands, where none is given."""

    clock: Clock = field(default_factory=FrozenClock)
    outcomes: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    acts: dict[str, Act] = field(default_factory=dict[str, Act])
    called: list[str] = field(default_factory=list[str])
    knobs: dict[str, dict[str, object]] = field(default_factory=dict[str, dict[str, object]])

    async def play(self, node: str, state: DecisionState, **knobs: object) -> str:
        self.called.append(node)
        self.knobs[node] = knobs
        if node in self.acts:
            await self.acts[node](state)
        waiting = self.outcomes.get(node, [])
        return waiting.pop(0) if waiting else ""


async def choose_policy(
    state: DecisionState,
    context: Stage,
    *,
    share: Annotated[float, Field(ge=0, le=1)] = 0.05,
    model_for: tuple[str, ...] = (),
) -> Step[Literal["model", "rules"]]:
    """Decide who decides."""
    said = await context.play("choose_policy", state, share=share, model_for=model_for)
    return Step(outcome=cast('Literal["model", "rules"]', said or "model"), because="drawn", update={"policy": said})


async def recall(state: DecisionState, context: Stage, *, memories: int = 5) -> Step:
    """Recall what the character knows."""
    await context.play("recall", state, memories=memories)
    return Step(update={"recalled": {"memories": memories}})


async def generate(state: DecisionState, context: Stage, *, role: Literal["talker", "tactician"] = "talker") -> Step:
    """Ask the model."""
    await context.play("generate", state, role=role)
    return Step(update={"answer": {"text": "so be it"}})


async def judge(state: DecisionState, context: Stage) -> Step[Literal["accepted", "repairable", "rejected"]]:
    """Judge the answer."""
    said = await context.play("judge", state)
    return Step(outcome=cast('Literal["accepted", "repairable", "rejected"]', said or "accepted"))


async def repair(state: DecisionState, context: Stage) -> Step:
    """Ask the model to mend its answer."""
    await context.play("repair", state)
    return Step(update={"staged": []})


async def decide_by_rules(state: DecisionState, context: Stage) -> Step:
    """Decide by rules."""
    await context.play("decide_by_rules", state)
    return Step(update={"receipt": {**state["receipt"], "source": "fallback"}, "content": {"by": "rules"}})


async def remember(state: DecisionState, context: Stage) -> Step:
    """Keep what happened."""
    await context.play("remember", state)
    return Step(update={"decision": {"of": state.get("request", {}).get("event"), "content": state.get("content")}})


STORY = """\
name: combat
version: 1
about: What an enemy does on its turn.
decides: CombatDecision
deadline: 2s
tools: [add_knowledge_fact]
entrypoint: choose_policy

nodes:
  choose_policy:
    use: choose_policy
    with: { model_for: [boss, elite], share: 0.05 }  # the interesting ones
    then: { model: recall, rules: decide_by_rules }
  recall:
    use: recall
    with: { memories: 3 }
    then: generate
  generate:
    use: generate
    with: { role: tactician }
    timeout: 1s
    on_error: decide_by_rules
    then: judge
  judge:
    use: judge
    then: { accepted: remember, repairable: repair, rejected: decide_by_rules }
  repair:
    use: repair
    at_most: { times: 2, then: decide_by_rules }
    on_error: decide_by_rules
    then: judge
  decide_by_rules:
    use: decide_by_rules
    then: remember
  remember:
    use: remember
    then: end
"""
