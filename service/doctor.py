"""What is configured, what answers, what is missing, and how to get it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

from graphs import library_names
from inference import ModelRegistry, load_models
from schemas import CallerError, RecordError, Settings
from service.findings import Finding, all_looked_at
from service.loom import Loom


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
    """Look at each endpoint, all at the same time."""
    if not asking:
        return [Finding("endpoint", True, "models are switched off: nobody was asked", "loomwright switch --help")]
    try:
        registry = load_models(settings.config / "models.toml")
    except CallerError:
        registry = ModelRegistry()  # it has a finding of its own
    found = await all_looked_at(settings, registry)
    if settings.servers:
        return found
    detail = "none is configured: rules decide everything"
    return [Finding("endpoint", True, detail, "set LOOMWRIGHT_MODEL__URL to ask a model"), *found]
