"""The command line: play, decide, look at graphs and worlds, and see what is missing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import typer
from pydantic import BaseModel

from schemas import (
    BadRequest,
    CallerError,
    Decision,
    DecisionMade,
    DecisionRequest,
    Fault,
    LineWithdrawn,
    LoomError,
    Policy,
    Settings,
    SpokenSentence,
    WorldPack,
)
from service.cli_bestiary import app as bestiary_app
from service.cli_budgets import budgets, switch
from service.cli_cache import app as cache_app
from service.cli_calls import app as calls_app
from service.cli_dialogue import app as dialogue_app
from service.cli_graph import app as graph_app
from service.cli_memory import app as memory_app
from service.cli_models import app as models_app
from service.cli_models import show_findings
from service.cli_negotiate import app as negotiate_app
from service.cli_quest import app as quest_app
from service.cli_simulate import app as simulate_app
from service.cli_stats import stats
from service.cli_tags import app as tags_app
from service.cli_world import app as world_app
from service.cli_world import world_folder
from service.demo import in_short, play
from service.doctor import examine
from service.loom import Loom
from service.rematch import Fight
from service.terminal import AsJson, Home, err, out, plain, print_json, settings_for

app = typer.Typer(
    name="loomwright",
    help="Decisions for game characters: declared, checked, in time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(bestiary_app, name="bestiary")
app.add_typer(cache_app, name="cache")
app.add_typer(calls_app, name="calls")
app.add_typer(dialogue_app, name="dialogue")
app.add_typer(graph_app, name="graph")
app.add_typer(memory_app, name="memory")
app.add_typer(models_app, name="models")
app.add_typer(quest_app, name="quest")
app.add_typer(negotiate_app, name="negotiate")
app.add_typer(simulate_app, name="simulate")
app.add_typer(tags_app, name="tags")
app.add_typer(world_app, name="world")
app.command()(stats)
app.command()(budgets)
app.command()(switch)

T = TypeVar("T")

ModelUrl = Annotated[str | None, typer.Option(help="An OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1.")]
ModelName = Annotated[str | None, typer.Option(help="The model's name there. Default: the first it lists.")]
PolicyOption = Annotated[Policy, typer.Option(help="Who decides: as the graph says, the model, or the rules.")]


def main() -> None:
    """Run the command line; what the user can mend is shown without a traceback."""
    try:
        app()
    except CallerError as error:
        err.print(f"[bold red]loomwright:[/] {plain(str(error))}")
        raise SystemExit(2) from None
    except LoomError as error:
        err.print(f"[bold red]loomwright:[/] {plain(str(error))} ({error.code})")
        raise SystemExit(1) from None


@app.command()
def demo(
    *,
    world: Annotated[str, typer.Option(help="Which world to play.")] = "morning_star",
    policy: PolicyOption = "auto",
    language: Annotated[str | None, typer.Option(help="Language of what is said, such as `de`.")] = None,
    model_url: ModelUrl = None,
    model_name: ModelName = None,
    home: Home = None,
    encore: Annotated[
        bool | None,
        typer.Option(help="Also show a boss that fights and plans anew, and a description. Default: not with --json."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Load the example world, answer its five events, and show what a boss learns."""
    settings = _settings(home=home, model_url=model_url, model_name=model_name)
    more = not as_json if encore is None else encore
    _run(_demo(settings, world, policy, language, encore=more, as_json=as_json))


async def _demo(
    settings: Settings, world: str, policy: Policy, language: str | None, *, encore: bool, as_json: bool
) -> None:
    folder = world_folder(settings, world)
    async with Loom.open(settings) as loom:
        with err.status(f"Opening {world} ...") if not as_json else _quiet():
            playing = play(loom, folder, policy=policy, language=language, encore=encore)
            async for shown in playing:
                if not isinstance(shown, Fight):
                    _show(*shown, as_json=as_json)
                elif not as_json:
                    _show_fight(shown)
    if not as_json:
        out.print(
            f"[dim]The record is in {settings.home}/. Next: loomwright decide --help, loomwright graph draw combat[/]"
        )


@app.command()
def decide(
    kind: Annotated[str, typer.Argument(help="Which graph decides: dialogue, combat, or one of your own.")],
    *,
    event: Annotated[Path, typer.Option(help="A file with the request: event, scene, character. `-`: standard input.")],
    policy: Annotated[Policy | None, typer.Option(help="Over the request's own: auto, model or rules.")] = None,
    model_url: ModelUrl = None,
    model_name: ModelName = None,
    home: Home = None,
    stream: Annotated[bool, typer.Option("--stream", help="Show what is said while it is said.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer one request."""
    settings = _settings(home=home, model_url=model_url, model_name=model_name)
    request: dict[str, object] = {"world": settings.world, **_read_json(event), "kind": kind}
    if policy is not None:
        request["policy"] = policy
    _run((_stream if stream else _decide)(settings, request, as_json=as_json))


async def _decide(settings: Settings, request: dict[str, object], *, as_json: bool) -> None:
    async with Loom.open(settings) as loom:
        asked = loom.read_request(request)
        _show(asked, await loom.decide(asked), as_json=as_json)


async def _stream(settings: Settings, request: dict[str, object], *, as_json: bool) -> None:
    async with Loom.open(settings) as loom:
        asked = loom.read_request(request)
        async for item in loom.stream(asked):
            match item:
                case _ if as_json:
                    print_json(item.model_dump(mode="json", by_alias=True))
                case SpokenSentence():
                    out.print(f"[italic]{plain(item.text.strip())}[/]")
                case LineWithdrawn():
                    out.print("[dim]What was shown is withdrawn: this was decided before.[/]")
                case DecisionMade():
                    _show(asked, item.decision, as_json=False)


@app.command()
def schema(
    of: Annotated[Literal["decision", "request", "world"], typer.Argument(help="Of which value.")] = "decision",
) -> None:
    """Print a published JSON Schema (Draft 2020-12)."""
    models: dict[str, type[BaseModel]] = {"decision": Decision, "request": DecisionRequest, "world": WorldPack}
    mode: Literal["serialization", "validation"] = "serialization" if of == "decision" else "validation"
    made: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **models[of].model_json_schema(mode=mode, by_alias=True),
    }
    sys.stdout.write(json.dumps(made, indent=2) + "\n")


@app.command()
def doctor(
    *, model_url: ModelUrl = None, model_name: ModelName = None, home: Home = None, as_json: AsJson = False
) -> None:
    """Say what is configured, what answers, what is missing and how to get it."""
    settings = _settings(home=home, model_url=model_url, model_name=model_name)
    if not _run(_doctor(settings, as_json=as_json)):
        raise typer.Exit(1)


async def _doctor(settings: Settings, *, as_json: bool) -> bool:
    findings = [finding async for finding in examine(settings)]
    show_findings(findings, as_json=as_json)
    return all(one.ok for one in findings)


@app.command(name="eval", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def evaluate(context: typer.Context) -> None:
    """Run the evaluation suites; options are those of `python -m evals`."""
    raise typer.Exit(subprocess.call([sys.executable, "-m", "evals", *context.args]))  # noqa: S603  # our own module


def _settings(*, home: Path | None = None, model_url: str | None = None, model_name: str | None = None) -> Settings:
    return settings_for(home).asking(model_url, model_name)


def _read_json(file: Path) -> dict[str, object]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        read: object = json.loads(text)
    except FileNotFoundError:
        raise BadRequest(Fault(str(file), "there is no such file.")) from None
    except UnicodeDecodeError:
        raise BadRequest(Fault(str(file), "is not UTF-8 text.")) from None
    except OSError as error:
        raise BadRequest(Fault(str(file), f"cannot be read: {error.strerror}.")) from None
    except json.JSONDecodeError as error:
        raise BadRequest(Fault(f"{file}:{error.lineno}", f"is not JSON: {error.msg}.")) from None
    except RecursionError:
        raise BadRequest(Fault(str(file), "is not JSON that anybody reads: it is nested too deep.")) from None
    if not isinstance(read, dict):
        raise BadRequest(Fault(str(file), "a request is a JSON object."))
    return {str(name): value for name, value in read.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # JSON; the request's schema checks it


def _show(request: DecisionRequest, decision: Decision, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(decision.model_dump_json(by_alias=True) + "\n")
        sys.stdout.flush()
        return
    receipt = decision.receipt
    how = f"{receipt.source}, {receipt.reason}"
    out.print(
        f"[bold]{request.kind}[/]  {request.character} on {request.event.type}  "
        f"[dim]({plain(how)}, {receipt.milliseconds:.1f} ms)[/]"
    )
    out.print(f"  {plain(in_short(decision.content))}")
    for result in decision.tool_results:
        out.print(f"  [dim]{result.tool}: {result.status}{f', {plain(result.reason)}' if result.reason else ''}[/]")
    out.print()


def _show_fight(fight: Fight) -> None:
    """The first one round by round, any other in a line."""
    fought = fight.skirmish
    rounds = "one round" if fought.rounds == 1 else f"{fought.rounds} rounds"
    how = f"{fight.boss} {'wins' if fought.won else 'loses'} in {rounds}"
    if fight.number > 1:
        out.print(f"[bold]fight {fight.number}[/]  {plain(how)}")
        out.print()
        return
    out.print(f"[bold]fight {fight.number}[/]  by that plan and the rules")
    number = 0
    for round_, line in fight.lines:
        out.print(f"  {f'round {round_}' if round_ != number else '':8} {plain(line)}")
        number = round_
    out.print(f"  {plain(how)}")
    out.print()


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@contextmanager
def _quiet() -> Generator[None]:
    yield
