"""`loomwright negotiate`: talks between factions, what they came to, and who keeps their word."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from memory import read_world, world_folders
from rules import Findings
from schemas import (
    BadRequest,
    Decision,
    DiplomacyDecision,
    Fault,
    GameEvent,
    Policy,
    Promise,
    Settings,
    Talks,
    Treaty,
    TreatyTerm,
    War,
    WorldTime,
    as_fields,
    field_path,
)
from service.loom import Loom
from service.negotiations import Start
from service.terminal import AsJson, Home, out, plain, print_json, settings_for

app = typer.Typer(help="Talks between factions, treaties, and who keeps their word.", no_args_is_help=True)

World = Annotated[str | None, typer.Option(help="Which world. Default: as the settings say.")]
Timeline = Annotated[str | None, typer.Option(help="Which timeline. Default: the current one.")]
Day = Annotated[int | None, typer.Option(min=0, help="The day of the game's clock. Default: when the world begins.")]
With = Annotated[str, typer.Option("--with", help="The other faction.")]
Named = Annotated[str | None, typer.Option("--id", help="What the talks are called. Default: a name is made up.")]
Us = Annotated[str, typer.Argument(help="The faction that is asked.")]
PolicyOption = Annotated[Policy, typer.Option(help="Who decides: as the graph says, the model, or the rules.")]
ModelUrl = Annotated[str | None, typer.Option(help="An OpenAI-compatible endpoint, such as http://127.0.0.1:8000/v1.")]
ModelName = Annotated[str | None, typer.Option(help="The model's name there. Default: the first it lists.")]
Language = Annotated[str, typer.Option(help="Language of what is said, such as `de`.")]
_TERMS = TypeAdapter(tuple[TreatyTerm, ...])
_EVENT: TypeAdapter[GameEvent] = TypeAdapter(GameEvent)


@app.callback()
def negotiate() -> None:
    """Talks between factions, treaties, and who keeps their word."""


@app.command()
def start(
    us: Us,
    *,
    them: With,
    terms: Annotated[
        Path | None, typer.Option(help="A file with what they put forward: a JSON list of terms. Default: we begin.")
    ] = None,
    id_: Named = None,
    day: Day = None,
    policy: PolicyOption = "auto",
    language: Language = "en",
    world: World = None,
    timeline: Timeline = None,
    model_url: ModelUrl = None,
    model_name: ModelName = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Begin talks: our first word, after which they wait for `negotiate answer`."""
    settings = settings_for(home).asking(model_url, model_name)
    offered = _TERMS.validate_python(()) if terms is None else _read_terms(terms)

    async def run() -> None:
        async with Loom.open(settings) as loom:
            how = await _how(loom, settings, world, us, them, id_, day, policy, language, timeline, offered)
            _say(us, await loom.negotiations.start(how), as_json=as_json)
            await _waiting(loom, how.world, timeline, as_json=as_json)

    asyncio.run(run())


@app.command()
def play(
    us: Us,
    *,
    them: With,
    id_: Named = None,
    day: Day = None,
    policy: PolicyOption = "auto",
    language: Language = "en",
    world: World = None,
    timeline: Timeline = None,
    model_url: ModelUrl = None,
    model_name: ModelName = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Let two of our own factions negotiate to an end, round by round."""
    settings = settings_for(home).asking(model_url, model_name)

    async def run() -> None:
        async with Loom.open(settings) as loom:
            how = await _how(loom, settings, world, us, them, id_, day, policy, language, timeline, ())
            async for side, decision in loom.negotiations.between(how):
                _say(side, decision, as_json=as_json)

    asyncio.run(run())


@app.command()
def answer(
    thread: Annotated[str, typer.Argument(help="Which talks, as `negotiate open` names them.")],
    *,
    reply: Annotated[
        Path, typer.Option(help='A file with what they say: {"answer": "accept", "at": {"day": 11030}}. `-`: stdin.')
    ],
    world: World = None,
    timeline: Timeline = None,
    model_url: ModelUrl = None,
    model_name: ModelName = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Tell talks what the other side says, and hear our next word."""
    settings = settings_for(home).asking(model_url, model_name)
    said = as_fields(_read_json(reply))
    if said is None:
        raise BadRequest(Fault(str(reply), "an answer is a JSON object.", 'Such as {"answer": "accept"}.'))

    async def run() -> None:
        async with Loom.open(settings) as loom:
            decision = await loom.negotiations.answer(thread, said, world=world, timeline=timeline)
            _say(thread, decision, as_json=as_json)
            await _waiting(loom, decision.world, timeline, as_json=as_json)

    asyncio.run(run())


@app.command(name="open")
def open_(*, world: World = None, timeline: Timeline = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the talks that wait for the other side."""
    settings = settings_for(home)

    async def run() -> None:
        async with Loom.open(settings, model=None) as loom:
            found = await loom.negotiations.open(world, timeline)
            for talks in found:
                _show_talks(talks, as_json=as_json)
            if not found and not as_json:
                out.print("[dim]No talks wait for anybody.[/]")

    asyncio.run(run())


@app.command()
def affairs(
    *, world: World = None, timeline: Timeline = None, day: Day = None, home: Home = None, as_json: AsJson = False
) -> None:
    """Show treaties, wars, and promises kept and broken."""
    settings = settings_for(home)

    async def run() -> None:
        async with Loom.open(settings, model=None) as loom:
            at = WorldTime(day=day) if day is not None else None
            found = await loom.negotiations.affairs(world, timeline, at=at)
            for one in found.all:
                if as_json:
                    print_json({"key": one.key, "status": one.status, **one.model_dump(mode="json")})
                    continue
                match one:
                    case Treaty():
                        out.print(f"[bold]{plain(one.id)}[/]  {' and '.join(one.parties)}, {one.at}, {one.status}")
                        for term in one.terms:
                            over = "" if found.at < one.ends(term) and one.broken_at is None else " (over)"
                            out.print(f"  {plain(_term(term))}, until {one.ends(term)}{over}")
                    case Promise():
                        out.print(f"  {one.by} to {one.toward}: {one.term} {one.outcome}, {plain(one.what)}, {one.at}")
                    case War():
                        out.print(f"war {one.status}: {' and '.join(one.sides)}, {one.at}")
                    case Talks():
                        _show_talks(one, as_json=False)

    asyncio.run(run())


@app.command()
def report(
    *,
    event: Annotated[
        Path | None, typer.Option(help="A file with the deed: an event as JSON. Default: time went by.")
    ] = None,
    day: Annotated[int, typer.Option(min=0, help="The day of the game's clock.")],
    id_: Annotated[str, typer.Option("--id", help="Told twice under the same name, it happened once.")],
    world: World = None,
    timeline: Timeline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Tell of a deed among factions: which promises it keeps or breaks, and who is called."""
    settings = settings_for(home)
    told = None if event is None else _read_event(event)

    async def run() -> Findings:
        async with Loom.open(settings, model=None) as loom:
            return await loom.negotiations.report(told, news=id_, at=WorldTime(day=day), world=world, timeline=timeline)

    found = asyncio.run(run())
    for one in (*found.broken, *found.kept, *found.calls):
        if as_json:
            print_json(one.model_dump(mode="json"))
        else:
            until = f", until {one.due}" if one.outcome == "due" and one.due is not None else ""
            out.print(f"{one.by} to {one.toward}: {one.term} {one.outcome}, {plain(one.what)}{until}")
    if not found.affairs and not as_json:
        out.print("[dim]No promise is touched by that.[/]")


@app.command()
def alliance(
    faction: Annotated[str, typer.Argument(help="Whose allies.")],
    *,
    day: Day = None,
    world: World = None,
    timeline: Timeline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show whom allies fight together, and the part of each."""
    settings = settings_for(home)

    async def run() -> None:
        async with Loom.open(settings, model=None) as loom:
            at = WorldTime(day=day) if day is not None else None
            found = await loom.negotiations.campaign(faction, at=at, world=world, timeline=timeline)
            if found is None:
                if not as_json:
                    out.print(f"[dim]{plain(faction)} has no ally.[/]")
                return
            for one in found.members:
                fields = {"faction": one.faction, "role": one.role, "strength": one.strength, "gold": one.gold}
                if as_json:
                    print_json({**fields, "targets": list(found.targets)})
                else:
                    out.print(f"{one.faction} {one.role}: sends strength {one.strength:g}, gold {one.gold}")
            if not as_json:
                out.print(f"against: {', '.join(found.targets) or 'nobody now'}")

    asyncio.run(run())


async def _how(
    loom: Loom,
    settings: Settings,
    world: str | None,
    us: str,
    them: str,
    id_: str | None,
    day: int | None,
    policy: Policy,
    language: str,
    timeline: str | None,
    terms: tuple[TreatyTerm, ...],
) -> Start:
    name = world or settings.world
    folder = world_folders(settings.config).get(name)
    if name not in {one.info.id for one in await loom.memory.worlds()} and folder is not None:
        await loom.memory.load_world(await asyncio.to_thread(read_world, folder))
    sheet = loom.memory.world(name)
    at = WorldTime(day=day) if day is not None else sheet.info.starts
    return Start(
        world=name, us=us, them=them, at=at, id=id_, terms=terms, timeline=timeline, language=language, policy=policy
    )


async def _waiting(loom: Loom, world: str, timeline: str | None, *, as_json: bool) -> None:
    if not as_json:
        for talks in await loom.negotiations.open(world, timeline):
            _show_talks(talks, as_json=False)


def _say(who: str, decision: Decision, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(decision.model_dump_json(by_alias=True) + "\n")
        return
    content, receipt = decision.content, decision.receipt
    if not isinstance(content, DiplomacyDecision):
        return
    how = f"{receipt.source}, {receipt.reason}, {receipt.milliseconds:.1f} ms"
    out.print(f"[bold]{plain(who)}[/]  {content.answer}, {content.stance}  [dim]({plain(how)})[/]")
    for term in content.terms:
        out.print(f"  {plain(_term(term))}")
    out.print(f"  [italic]“{plain(content.message)}”[/]")


def _show_talks(talks: Talks, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"thread": talks.thread, "until": talks.until.model_dump(mode="json"), **talks.model_dump(mode="json")}
        )
        return
    end = f"waits for {talks.them} until {talks.until}" if talks.status == "open" else talks.status
    out.print(f"[bold]{plain(talks.thread)}[/]  round {talks.round} of {talks.rounds}, {end}")


def _term(term: TreatyTerm) -> str:
    fields: dict[str, object] = term.model_dump(mode="json", exclude={"kind"})
    return f"{term.kind} ({', '.join(f'{name} {value}' for name, value in fields.items())})"


def _read_terms(file: Path) -> tuple[TreatyTerm, ...]:
    try:
        return _TERMS.validate_python(_read_json(file))
    except ValidationError as error:
        raise BadRequest(_faults(file, error)) from None


def _read_event(file: Path) -> GameEvent:
    try:
        return _EVENT.validate_python(_read_json(file))
    except ValidationError as error:
        raise BadRequest(_faults(file, error)) from None


def _faults(file: Path, error: ValidationError) -> list[Fault]:
    problems: Iterable[Fault] = (Fault(f"{file}: {field_path(one['loc'])}", f"{one['msg']}.") for one in error.errors())
    return list(problems)


def _read_json(file: Path) -> object:
    try:
        return json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadRequest(Fault(str(file), "there is no such file.")) from None
    except UnicodeDecodeError:
        raise BadRequest(Fault(str(file), "is not UTF-8 text.")) from None
    except OSError as error:
        raise BadRequest(Fault(str(file), f"cannot be read: {error.strerror}.")) from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadRequest(Fault(str(file), f"is not JSON: {error}.")) from None
