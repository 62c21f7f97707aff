"""`loomwright models`: which models there are, whether their endpoints are as they are said to be, and warming them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table

from inference import ModelRegistry, RegisteredModel, Role, load_models
from schemas import BadRequest, BadSettings, EndpointSettings, Fault, Settings
from service.findings import Finding, all_looked_at, roles_nobody_has, weights_of
from service.loom import Loom
from service.sizing import Load, Sizing, size
from service.terminal import AsJson, Home, err, open_memory, out, plain, print_json, settings_for
from service.warming import Warmed, warm

app = typer.Typer(help="The models of config/models.toml, and the endpoints that serve them.", no_args_is_help=True)

ModelUrl = Annotated[str | None, typer.Option(help="An OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1.")]


_USUAL = Load(characters=1)
"""What is assumed where nothing is given."""


@app.command(name="list")
def list_(*, model_url: ModelUrl = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the registered models and what they are for, and for each role who serves it."""
    settings = settings_for(home).asking(model_url)
    registry = load_models(settings.config / "models.toml")
    if as_json:
        for model in registry.models:
            print_json({**model.model_dump(mode="json"), "endpoints": _serving(settings, model)})
        return
    table = Table("model", "version", "roles", "context", "stored as", "price in / out", "endpoints", box=None)
    for model in registry.models:
        price = (
            f"{model.price.prompt:g} / {model.price.completion:g}"
            if model.price.prompt or model.price.completion
            else "free"
        )
        table.add_row(
            plain(model.name),
            plain(model.version),
            ", ".join(model.roles),
            f"{model.context_length}",
            plain(model.quantization or ""),
            price,
            plain(", ".join(_serving(settings, model))),
        )
    out.print(table)
    out.print()
    roles = Table("role", "default model", "endpoints", box=None)
    for role in Role:
        first = next(iter(registry.for_role(role)), None)
        serving = [
            f"{one.name} ({one.model or 'the first that it lists'})" for one in _all(settings) if role in one.roles
        ]
        roles.add_row(role.value, plain(first.name) if first else "", plain(", ".join(serving) or "none"))
    out.print(roles)


def _serving(settings: Settings, model: RegisteredModel) -> list[str]:
    """The endpoints that name this model as theirs."""
    return [one.name for one in _all(settings) if one.model == model.name]


def _all(settings: Settings) -> tuple[EndpointSettings, ...]:
    """All endpoints, whatever they are for."""
    return (*settings.servers, *settings.embedders, *settings.rerankers)


@app.command()
def check(*, model_url: ModelUrl = None, home: Home = None, as_json: AsJson = False) -> None:
    """Ask every endpoint whether it serves what it should, in the length that it should, and holds to a schema.

    Weights that models.toml finds on this machine are read, and their checksums compared.
    """
    settings = settings_for(home).asking(model_url)
    registry = load_models(settings.config / "models.toml")
    findings = asyncio.run(_check(settings, registry))
    show_findings(findings, as_json=as_json)
    if not all(one.ok for one in findings):
        raise typer.Exit(1)


async def _check(settings: Settings, registry: ModelRegistry) -> list[Finding]:
    async with open_memory(settings) as memory:
        asking = settings.policy.ask_models and await memory.spending.models_on()
    looks = await all_looked_at(settings, registry) if asking else []
    weights = [await weights_of(model) for model in registry.models if model.weights is not None]
    found = [*looks, *roles_nobody_has(settings), *weights]
    if not asking:
        found.insert(
            0, Finding("endpoint", True, "models are switched off: nobody was asked", "loomwright switch --help")
        )
    return found or [Finding("endpoint", True, "none is configured: rules decide everything")]


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """A table for people, or a line of JSON for each."""
    if as_json:
        for one in findings:
            print_json({"name": one.name, "ok": one.ok, "detail": one.detail, "remedy": one.remedy})
        return
    table = Table("", "what", "how it is", "what to do", box=None)
    for one in findings:
        mark = "[green]ok[/]" if one.ok else "[red]no[/]"
        table.add_row(mark, plain(one.name), plain(one.detail), plain(one.remedy))
    out.print(table)


@app.command(name="size")
def size_(
    *,
    characters: Annotated[
        list[int], typer.Option(min=1, help="Who decide at the same time. May be given several times.")
    ],
    per_minute: Annotated[float, typer.Option(help="Decisions of one character in a minute.")] = _USUAL.per_minute,
    share: Annotated[float, typer.Option(help="Of the decisions: how many a model makes, 0 to 1.")] = _USUAL.share,
    prompt: Annotated[float, typer.Option(help="Tokens of a prompt.")] = _USUAL.prompt,
    cached: Annotated[
        float, typer.Option(help="Of a prompt: how much the prefix cache holds, 0 to 1.")
    ] = _USUAL.cached,
    answer: Annotated[float, typer.Option(help="Tokens of an answer.")] = _USUAL.answer,
    reads: Annotated[float, typer.Option(help="Prompt tokens a second that one server computes.")] = _USUAL.reads,
    writes: Annotated[float, typer.Option(help="Tokens a second that one server writes, to many.")] = _USUAL.writes,
    alone: Annotated[float, typer.Option(help="Tokens a second that one answer gets.")] = _USUAL.alone,
    busy: Annotated[float, typer.Option(help="How busy a server may be on average, up to 1.")] = _USUAL.busy,
    as_json: AsJson = False,
) -> None:
    """Say how many servers so many characters need. What is not given is an assumption, not a measurement."""
    given = {
        "per_minute": per_minute, "share": share, "prompt": prompt, "cached": cached, "answer": answer,
        "reads": reads, "writes": writes, "alone": alone, "busy": busy,
    }  # fmt: skip
    table = Table("characters", "questions a second", "work of one", "servers", "answers at once", box=None)
    for count in characters:
        try:
            load = Load.model_validate({"characters": count, **given})
        except ValidationError as error:
            raise BadRequest(
                [Fault(f"--{str(one['loc'][0]).replace('_', '-')}", one["msg"]) for one in error.errors()]
            ) from None
        found = size(load)
        if as_json:
            print_json({**load.model_dump(), **found.model_dump()})
        table.add_row(*sized(load, found))
    if not as_json:
        out.print(table)
        assumed = [f"{name} {value:g}" for name, value in given.items() if value == getattr(_USUAL, name)]
        if assumed:
            out.print(f"[dim]Assumed, not measured: {', '.join(assumed)}. docs/serving.md has the formula.[/]")


def sized(load: Load, found: Sizing) -> tuple[str, ...]:
    """One row of the table."""
    work = f"{found.work * 1_000:.0f} ms"
    return f"{load.characters:,}", f"{found.asked:.1f}", work, f"{found.servers}", f"{found.at_once:.0f}"


@app.command(name="warm")
def warm_(
    *,
    world: Annotated[str | None, typer.Option(help="Whose prompts. Default: the world of the settings.")] = None,
    characters: Annotated[
        bool, typer.Option("--characters", help="Also what the prompts of everybody above the crowd begin with.")
    ] = False,
    model_url: ModelUrl = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Have endpoints read how prompts begin, so that the first decisions find their prefix cache filled."""
    settings = settings_for(home).asking(model_url)
    if not settings.servers:
        raise BadSettings(
            Fault("endpoints", "there is none to warm.", "Set LOOMWRIGHT_MODEL__URL, or give --model-url.")
        )
    read = asyncio.run(_warm(settings, world or settings.world, characters=characters, as_json=as_json))
    if not as_json:
        tokens, beginnings = Counter[str](), Counter[str]()
        for one in read:
            tokens[one.endpoint] += one.tokens
            beginnings[one.endpoint] += 1
        for endpoint, count in beginnings.items():
            out.print(f"{plain(endpoint)}: {count} beginnings read, {tokens[endpoint]} tokens")


async def _warm(settings: Settings, world: str, *, characters: bool, as_json: bool) -> list[Warmed]:
    from inference import ModelPool  # no sooner: it takes up to a second

    pool, read = ModelPool(settings.servers, settings.guards, key_for=settings.key_for), list[Warmed]()
    try:
        async with Loom.open(settings, model=pool) as loom:
            with err.status(f"Warming for {world} ..."):
                async for one in warm(loom, pool, world, characters=characters):
                    read.append(one)
                    if as_json:
                        print_json({name: getattr(one, name) for name in Warmed.__slots__})
    finally:
        await pool.aclose()
    return read
