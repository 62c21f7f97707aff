"""Check what the model asked to be done, and stage what passes."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from nodes.context import Context
from nodes.state import DecisionState
from nodes.step import Step
from nodes.taint import hidden_now, refuse_telling, refused, sought_in, told_by
from schemas import EVERYONE, AddFact, Fact, StagedCall, TagKind, ToolCall
from tools import Here

NAMEABLE = (TagKind.ENTITY, TagKind.LOCATION, TagKind.FACTION)


async def act(state: DecisionState, context: Context) -> Step:
    """Pass each tool call through the guard. What it lets through is staged; `remember` commits it, once.

    A call that is refused is reported on the decision, never applied, and never fails the decision.
    """
    if not (state.get("answer") or {}).get("calls"):
        return Step(because="no_calls")
    staged = stage(state, context, await hidden_now(context, context.request(state)))
    return Step(update={"staged": [one.model_dump(mode="json") for one in staged]})


def stage(state: DecisionState, context: Context, secrets: Sequence[Fact]) -> tuple[StagedCall, ...]:
    """What the guard makes of the calls in the model's answer. It changes nothing.

    `secrets` are those that the player's side does not know: a call that tells one of them is refused.
    """
    calls = [_read(call) for call in (state.get("answer") or {}).get("calls", ())]
    if not calls:
        return ()
    here = here_of(state, context)
    staged = context.toolbox.guard(
        calls, allowed=state["graph"]["tools"], here=here, limit=context.policy.max_tool_calls
    )
    told = told_by(staged, here.request, context)
    hidden = [secret for secret in secrets if secret.id not in told]
    checked = tuple(_without_secrets(one, here, context) for one in staged)
    return refuse_telling(checked, sought_in(context, here.request.world, hidden))


def here_of(state: DecisionState, context: Context, also: Sequence[Fact] = ()) -> Here:
    """A character can name who is there, who is in the event and in what came to mind, and the public map.

    `also`: facts that it knows besides those that came to mind.
    """
    request, world, recalled = context.request(state), context.world(state), context.recalled(state)
    named = {
        request.character,
        request.scene.location.id,
        *world.places,
        *world.factions,
        *(entity.id for entity in request.scene.present),
        *request.event.involved,
        *(about for memory in recalled.memories for about in memory.about),
        *(tag.name for fact in (*recalled.facts, *also) for tag in fact.tags if tag.kind in NAMEABLE),
    }
    return Here(
        request=request,
        world=world,
        known_entities=frozenset(named),
        knows={fact.id: fact for fact in (*recalled.facts, *also)},
    )


def _without_secrets(staged: StagedCall, here: Here, context: Context) -> StagedCall:
    """A fact that retells a secret to somebody who does not know it is refused: `reveal_secret` is the way out. So is a
    secret that everyone would know."""
    for effect in staged.effects:
        if not isinstance(effect, AddFact):
            continue
        if effect.fact.is_secret and EVERYONE in effect.fact.known_by:
            return _rejected(staged, "known_by: a secret that everyone knows is none.")
        for secret in here.knows.values():
            strangers = secret.is_secret and not set(effect.fact.known_by) <= set(secret.known_by)
            if strangers and sought_in(context, here.request.world, [secret]).told([effect.fact.text]):
                return refused(staged)
    return staged


def _rejected(staged: StagedCall, reason: str) -> StagedCall:
    return StagedCall(result=staged.result.model_copy(update={"status": "rejected", "reason": reason}))


def _read(call: object) -> ToolCall:
    try:
        return ToolCall.model_validate(call)
    except ValidationError:
        return ToolCall(tool="", arguments={})
