"""What is configured, what answers, what is missing, and how to get it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import BaseModel

from graphs import library_names
from inference import Ask, load_models
from schemas import CallerError, EndpointSettings, ModelError, RecordError, Settings
from service.loom import Loom


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


class _Yes(BaseModel):
    answer: bool


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything that a decision needs, one finding each; nothing is changed but empty stores made."""
    version = ".".join(map(str, sys.version_info[:3]))
    new_enough = sys.version_info >= (3, 11)
    yield Finding("python", new_enough, version, "" if new_enough else "install Python 3.11 or newer")
    asking = settings.policy.ask_models
    try:
        async with Loom.open(settings) as loom:
            asking = loom.budgets.switch.on
            for health in await loom.memory.health():
                yield Finding(health.name, health.ok, health.detail, "" if health.ok else "loomwright doctor --help")
            for finding in _graphs(loom):
                yield finding
            lacking = loom.context.phrasebook.missing()
            yield Finding("phrases", not lacking, f"{len(lacking)} missing" if lacking else "all languages are whole")
            yield Finding("creatures", True, f"{len(loom.context.bestiary)}, all valid")
            worlds = await loom.memory.worlds()
            names = ", ".join(world.info.id for world in worlds)
            remedy = "" if worlds else f"loomwright world load {settings.world}"
            yield Finding("worlds", True, names or "none is loaded", remedy)
    except (CallerError, RecordError) as error:
        yield Finding("loom", False, str(error), "mend the above")
    yield _registry(settings)
    for finding in await _endpoints(settings, asking=asking):
        yield finding


def _graphs(loom: Loom) -> list[Finding]:
    findings: list[Finding] = []
    for folder in loom.settings.graphs:
        for name in library_names(folder):
            try:
                declaration = loom.declaration(name)
                detail = f"version {declaration.version}, {len(declaration.nodes)} nodes"
                findings.append(Finding(f"graph {name}", True, detail))
            except CallerError as error:
                findings.append(Finding(f"graph {name}", False, str(error), f"loomwright graph check {name}"))
    return findings


def _registry(settings: Settings) -> Finding:
    try:
        registry = load_models(settings.config / "models.toml")
    except CallerError as error:
        return Finding("models.toml", False, str(error), "mend config/models.toml")
    return Finding("models.toml", True, f"{len(registry.models)} models")


async def _endpoints(settings: Settings, *, asking: bool) -> list[Finding]:
    """Ask each endpoint for an answer that holds to a schema, all at the same time."""
    if not asking:
        return [Finding("endpoint", True, "models are switched off: nobody was asked", "loomwright switch --help")]
    if not settings.servers:
        detail = "none is configured: rules decide everything"
        return [Finding("endpoint", True, detail, "set LOOMWRIGHT_MODEL__URL to ask a model")]
    return await asyncio.gather(*(_endpoint(settings, server) for server in settings.servers))


async def _endpoint(settings: Settings, server: EndpointSettings) -> Finding:
    from inference import VllmModel  # no sooner: it takes up to a second

    name = "endpoint" if settings.model.url is not None else f"endpoint {server.name}"
    question = Ask(
        messages=({"role": "user", "content": 'Answer with {"answer": true}.'},),
        max_tokens=32,
        temperature=0,
        timeout=20,
    )
    try:
        model = VllmModel(
            server.url, name=server.model, api_key=settings.key_for(server.name), priorities=server.priorities
        )
    except CallerError as error:
        return Finding(name, False, str(error), "mend its url")
    began = time.perf_counter()
    try:
        answer = await model.answer(question, _Yes)
    except ModelError as error:
        remedy = "is the server up? docs/serving.md says how"
        return Finding(name, False, f"{server.url}: {error.code}: {error}", remedy)
    finally:
        await model.aclose()
    took = (time.perf_counter() - began) * 1_000
    roles = f"for {', '.join(server.roles)}, weight {server.weight:g}"
    return Finding(name, True, f"{answer.model} at {answer.endpoint}: holds to a schema, {took:.0f} ms; {roles}")
