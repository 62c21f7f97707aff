"""Wait for the other side."""

from __future__ import annotations

from typing import Literal

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from rules import answered, read_reply
from schemas import Talks


async def await_reply(state: DecisionState, context: Context) -> Step[Literal["answered", "over"]]:
    """Make the next round of talks of the other side's answer; go on at once where nothing is asked of anybody.

    The graph stops before this node, for as long as the declaration's `waits` allows. Raises `BadRequest` for an answer
    that does not fit (`Reply`): the wait goes on then, and nothing has happened.
    """
    if "reply" not in state or state["reply"] is None:
        return Step(outcome="over")
    request, talks = context.request(state), Talks.model_validate(state["talks"])
    reply = read_reply(state["reply"], talks)
    following = answered(talks, reply, kind=request.kind, world=request.world, timeline=request.timeline)
    return Step(outcome="answered", because=reply.answer, update={"request": following.model_dump(mode="json")})
