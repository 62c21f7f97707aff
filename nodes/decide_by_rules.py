"""Let the rules decide: always legal, always in time."""

from __future__ import annotations

from nodes.context import Context
from nodes.notes import note
from nodes.state import DecisionState
from nodes.step import Step
from rules import decide


async def decide_by_rules(state: DecisionState, context: Context) -> Step:
    """Decide without a model. It reads nothing that could fail, and knows an answer to every valid request."""
    content = decide(state["graph"]["decides"], context.situation(state, "decide_by_rules"))
    fallback = state.get("policy") == "model"
    return Step(
        update={
            "content": content.model_dump(mode="json"),
            "staged": [],
            "receipt": note(
                state,
                source="fallback" if fallback else "rules",
                reason=state["receipt"].get("reason", "rules_only"),
            ),
        }
    )
