"""Show the model its faults, once."""

from __future__ import annotations

from nodes.context import Context
from nodes.generate import MaxTokens, ask
from nodes.speaking import speaking_now
from nodes.state import DecisionState
from nodes.step import Step
from schemas import ModelRole


async def repair(
    state: DecisionState,
    context: Context,
    *,
    role: ModelRole = "narrator",
    max_tokens: MaxTokens = 400,
    temperature: float | None = 0.2,
) -> Step:
    """Send the answer back with its faults named, and ask again. Bound it with `at_most` in the declaration."""
    answer = state.get("answer") or {}
    faults = "\n".join(f"- {fault}" for fault in answer.get("faults", ()))
    speaking = speaking_now()
    if speaking is not None and speaking.shown:
        faults += f"\n- npc_text has to begin with these words, which were heard already: {speaking.shown}"
    messages = [
        *state["messages"],
        {"role": "assistant", "content": str(answer.get("raw", ""))[:4_000]},
        {"role": "user", "content": f"That answer cannot be used:\n{faults}\nGive the whole answer again, mended."},
    ]
    return await ask(state, context, messages, role=role, max_tokens=max_tokens, temperature=temperature)
