"""What is wrong with endpoints and weights, or may be: what there is, held against the settings and the registry."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference import ModelRegistry, RegisteredModel, checksum
from schemas import CallerError, EndpointSettings, ModelError, Settings, nearest
from service.roles import longest_answers

if TYPE_CHECKING:
    from inference import Look

PATIENCE = 20.0
"""Seconds that an endpoint may take to embed or rank a few words."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


async def looked_at(settings: Settings, server: EndpointSettings, registry: ModelRegistry) -> list[Finding]:
    """One finding of how an endpoint is, and one for everything about it that does not fit."""
    from inference import look  # no sooner: it takes up to a second

    name = "endpoint" if settings.model.url is not None else f"endpoint {server.name}"
    try:
        seen = await look(server, api_key=settings.key_for(server.name))
    except CallerError as error:
        return [Finding(name, False, str(error), "mend its url")]
    if seen.failure is not None:
        error = seen.failure
        remedy = "start it with --structured-outputs-config" if seen.holds_to_schema is False else "is the server up?"
        return [Finding(name, False, f"{seen.url}: {error.code}: {error}", f"{remedy} docs/serving.md says how")]
    if seen.model not in seen.served:
        return [Finding(name, False, *_not_served(seen, server))]
    roles = f"for {', '.join(server.roles)}, weight {server.weight:g}"
    pace = f", {seen.per_second:.0f} tokens/s" if seen.per_second is not None else ""
    detail = f"{seen.model} at {seen.url}: holds to a schema, {seen.milliseconds or 0:.0f} ms{pace}; {roles}"
    known = next((model for model in registry.models if model.name == seen.model), None)
    short = [Finding(name, False, *fault) for fault in _too_short(settings, server, seen, known)]
    lacking = [Finding(name, True, *remark) for remark in _unknown(seen, known, registry)]
    return [Finding(name, True, detail), *short, *lacking]


async def worked_at(settings: Settings, server: EndpointSettings) -> Finding:
    """How an endpoint embeds or reranks."""
    from inference import EndpointEmbedder, EndpointReranker

    name, key = f"endpoint {server.name}", settings.key_for(server.name)
    if server.model is None:
        return Finding(name, False, f"{server.url}: it names no model", "set its `model`")
    began = time.perf_counter()
    try:
        if "reranker" in server.roles:
            reranker = EndpointReranker(server.url, name=server.model, api_key=key, seconds=PATIENCE)
            try:
                await reranker.rank("Who rings the bell?", ["Nobody rings it.", "The river is up."])
            finally:
                await reranker.aclose()
            what = "ranks"
        else:
            embedder = await EndpointEmbedder.probe(server.url, name=server.model, api_key=key, seconds=PATIENCE)
            await embedder.aclose()
            if embedder.dimension != settings.embedder.dimension:
                wanted = settings.embedder.dimension
                said = f"{server.model} at {server.url} gives {embedder.dimension} numbers, not {wanted}"
                return Finding(name, False, said, f"set embedder.dimension to {embedder.dimension}")
            what = f"embeds in {embedder.dimension} numbers"
    except CallerError as error:
        return Finding(name, False, str(error), "mend its url")
    except ModelError as error:
        return Finding(
            name, False, f"{server.url}: {error.code}: {error}", "is the server up? docs/serving.md says how"
        )
    took = (time.perf_counter() - began) * 1_000
    return Finding(name, True, f"{server.model} at {server.url}: {what}, {took:.0f} ms; weight {server.weight:g}")


async def all_looked_at(settings: Settings, registry: ModelRegistry) -> list[Finding]:
    """All endpoints at the same time: those that are asked, and those that find what is remembered."""
    embedders = settings.embedders if settings.embedder.kind == "endpoint" else ()
    asked, working = await asyncio.gather(
        asyncio.gather(*(looked_at(settings, server, registry) for server in settings.servers)),
        asyncio.gather(*(worked_at(settings, server) for server in (*embedders, *settings.rerankers))),
    )
    return [*(one for findings in asked for one in findings), *working]


def _not_served(seen: Look, server: EndpointSettings) -> tuple[str, str]:
    if not seen.served:
        return f"{seen.url} lists no model", "give the server a model to serve"
    near = nearest(server.model or "", seen.served) or next(iter(seen.served))
    return f"{seen.url} does not serve '{server.model}'; it serves {', '.join(seen.served)}", f"did you mean '{near}'?"


def _too_short(
    settings: Settings, server: EndpointSettings, seen: Look, known: RegisteredModel | None
) -> Iterator[tuple[str, str]]:
    length = seen.served[str(seen.model)]
    if length is None:
        return
    if known is not None and length < known.context_length:
        said = f"{seen.model} has a context of {length} tokens there, and of {known.context_length} in models.toml"
        yield said, f"start it with --max-model-len {known.context_length}, or say {length} in models.toml"
    answer = max((tokens for role, tokens in longest_answers(settings).items() if role in server.roles), default=0)
    needed = settings.model.context_tokens + answer
    if length < needed:
        room = f"set model.context_tokens to {length - answer} or less, or " if length > answer else ""
        yield (
            f"{seen.model} has a context of {length} tokens there; prompt and answer may come to {needed}",
            f"{room}start it with --max-model-len {needed}",
        )


def _unknown(seen: Look, known: RegisteredModel | None, registry: ModelRegistry) -> Iterator[tuple[str, str]]:
    if known is None:
        near = nearest(str(seen.model), [model.name for model in registry.models])
        hint = f"did you mean '{near}'? Else give it an entry" if near else "give it an entry"
        yield f"'{seen.model}' is not in models.toml: no version on receipts, and no price", hint


def roles_nobody_has(settings: Settings) -> list[Finding]:
    """A finding for each role that graphs ask for and no endpoint has; none where rules decide everything."""
    if not settings.servers:
        return []
    served = {role for server in settings.servers for role in server.roles}
    return [
        Finding(f"role {role}", False, "graphs ask for it, and no endpoint has it: rules decide", "add it to `roles`")
        for role in longest_answers(settings)
        if role not in served
    ]


async def weights_of(model: RegisteredModel) -> Finding:
    """Whether the weights on this machine are those that the registry means."""
    name, weights = f"weights {model.name}", model.weights
    if weights is None:
        return Finding(name, True, "not on this machine: only their server knows")
    try:
        found = await asyncio.to_thread(checksum, weights)
    except CallerError as error:
        return Finding(name, False, str(error), "mend `weights` in models.toml")
    if model.sha256 is None:
        return Finding(name, True, f"{weights}: {found}", f'pin them in models.toml: sha256 = "{found}"')
    if found != model.sha256:
        detail = f"{weights}: {found}, and models.toml says {model.sha256}"
        return Finding(name, False, detail, "get the weights of that version, or raise the version with its sha256")
    return Finding(name, True, f"{weights}: as pinned")
