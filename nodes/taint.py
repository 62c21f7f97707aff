"""What no decision may tell, and the gate that all of them pass, whatever graph they come from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import structlog

from nodes.context import Context
from rules import Situation, Sought, decide, names_of, silenced, telling, wordings_of, words_of
from schemas import (
    EVERYONE,
    ID_PATTERN,
    PLAYER,
    Decision,
    DecisionRequest,
    EntityKind,
    Fact,
    ModelError,
    RecordError,
    RevealFact,
    StagedCall,
)

REASON = "secret"
"""On the receipt, in the trace and in the log: that there was one, and never which."""
EMBEDDER_FAILED = "secrets_not_compared"
"""A warning: words were looked at, meanings were not."""
_ID = re.compile(ID_PATTERN)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """All that leaves with a tool call: words, and names for the game's code."""

    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @classmethod
    def by(cls, calls: Sequence[StagedCall]) -> Said:
        """What the calls' arguments, reasons and events say. A call that the guard lets reveal a secret names it and
        its hearers, for the game's code: that is the way out."""
        parts = tuple(
            part
            for call in calls
            if not any(isinstance(effect, RevealFact) for effect in call.effects)
            for value in (call.result.arguments, call.result.reason, [event.model_dump() for event in call.triggered])
            for part in _strings(value)
        )
        named = tuple(part for part in parts if _ID.match(part))
        return cls(tuple(part for part in parts if not _ID.match(part)), named)


async def hidden_now(context: Context, request: DecisionRequest) -> tuple[Fact, ...]:
    """The secrets of the request's timeline that the player's side does not know.

    Raises `RecordError` where the record cannot be read: then nothing that a model wrote may leave.
    """
    players = [one.id for one in request.scene.present if one.kind is EntityKind.PLAYER]
    return await context.memory.secrets.unrevealed(request.world, request.timeline, players)


def told_by(calls: Sequence[StagedCall], request: DecisionRequest, context: Context) -> frozenset[str]:
    """Secrets that the player's side hears by these calls: to say them along with the call is no leak."""
    players = {one.id for one in request.scene.present if one.kind is EntityKind.PLAYER}
    party = {PLAYER, EVERYONE, *players, *context.memory.world(request.world).info.party}
    reveals = (effect for call in calls for effect in call.effects if isinstance(effect, RevealFact))
    return frozenset(reveal.fact for reveal in reveals if party & set(reveal.to))


def sought_in(context: Context, world: str, secrets: Sequence[Fact]) -> Sought:
    """Secrets of a world, made ready to be looked for."""
    return Sought.of(secrets, names_of(context.memory.world(world)))


async def comes_close(
    context: Context, texts: Sequence[str], secrets: Sequence[Fact], *, within: float
) -> tuple[bool, tuple[str, ...]]:
    """Whether a text means what a secret says; and the warning, where the embedder did not answer."""
    wordings = {secret.id: wordings_of(secret) for secret in secrets}
    try:
        return bool(await context.memory.secrets.close(texts, wordings, within=within)), ()
    except (ModelError, TimeoutError) as error:
        log.warning(EMBEDDER_FAILED, error=str(error) or "it took too long")
        return False, (EMBEDDER_FAILED,)


async def cleared(
    decision: Decision, calls: Sequence[StagedCall], situation: Situation, context: Context, *, within: float
) -> tuple[Decision, tuple[StagedCall, ...]]:
    """A decision and its staged calls as they may leave: as they are, or without what would tell a secret.

    Every decision passes here before it is recorded, whichever graph made it. A call that tells a secret is refused
    with nothing of it kept; words that tell one give way to the rules' own, or to silence. Disguises are not looked for
    in what the rules wrote, and meanings are only compared where no judge has done so; `within`: seconds that this may
    take. Never raises.
    """
    theirs = decision.receipt.source in ("rules", "fallback")
    try:
        secrets = await hidden_now(context, situation.request)
    except RecordError as error:
        if theirs:
            return decision, tuple(calls)
        return _by_rules(decision, situation, None, reason=error.code, withheld=0), ()
    told = told_by(calls, situation.request, context)
    hidden = [secret for secret in secrets if secret.id not in told]
    sought = sought_in(context, decision.world, hidden)
    kept = refuse_telling(calls, sought)
    withheld = sum(one is not other for one, other in zip(kept, calls, strict=True))
    beside, warnings = Said.by(kept), tuple[str, ...]()
    tells = bool(telling(decision.content, sought, (*beside.texts, *beside.ids), disguised=bool(kept) or not theirs))
    if not tells and not theirs and not decision.receipt.validity.world:
        texts = (*words_of(decision.content), *beside.texts)
        tells, warnings = await comes_close(context, texts, hidden, within=within)
    if tells:
        sought = sought_in(context, decision.world, secrets)
        return _by_rules(decision, situation, sought, reason=REASON, withheld=withheld + 1), ()
    if not withheld and not warnings:
        return decision, kept
    return _with(decision, kept, withheld=withheld, warnings=warnings), kept


def refused(call: StagedCall) -> StagedCall:
    """A call that tells a secret: it changes nothing, and not a word of it is kept."""
    reason = "it tells a secret; reveal_secret is the way to tell it."
    changes: dict[str, object] = {"status": "rejected", "reason": reason, "arguments": {}}
    return StagedCall(result=call.result.model_copy(update=changes))


def refuse_telling(calls: Sequence[StagedCall], sought: Sought) -> tuple[StagedCall, ...]:
    """The calls, with those refused that tell one of these secrets."""
    return tuple(refused(call) if _tells(call, sought) else call for call in calls)


def _tells(call: StagedCall, sought: Sought) -> bool:
    said = Said.by([call])
    return bool(sought.told(said.texts, said.ids))


def _by_rules(
    decision: Decision, situation: Situation, sought: Sought | None, *, reason: str, withheld: int
) -> Decision:
    """What the rules say instead, with no calls; nothing at all where even that would tell."""
    content = decide(decision.decides, situation)
    if sought is not None and telling(content, sought):
        content = silenced(content)
    log.warning("secret_withheld" if reason == REASON else "secrets_unknown", decision=decision.id, kind=decision.kind)
    changed = decision.model_copy(update={"content": content})
    return _with(changed, (), withheld=withheld, warnings=(), source="fallback", reason=reason)


def _with(
    decision: Decision, calls: Sequence[StagedCall], *, withheld: int, warnings: Collection[str], **receipt: str
) -> Decision:
    so_far = decision.receipt
    counted = {"withheld": so_far.withheld + withheld, "warnings": (*so_far.warnings, *warnings)}
    return decision.model_copy(
        update={
            "tool_results": tuple(call.result for call in calls),
            "triggered_events": tuple(event for call in calls for event in call.triggered),
            "receipt": so_far.model_copy(update={**counted, **receipt}),
        }
    )


def _strings(value: object) -> Iterator[str]:
    """Every string in a JSON value, keys too."""
    match value:
        case str():
            yield value
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                yield key
                yield from _strings(inner)
        case list() | tuple():
            for inner in cast("Sequence[object]", value):
                yield from _strings(inner)
        case _:
            return
