"""`loomwright quest`: the ledger of quests, and a quest's graph as a picture."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer
from pydantic import ValidationError
from rich.table import Table

from rules import draw_quest, due_of, hours_left, open_objectives
from schemas import BadRequest, Fault, QuestDecision, QuestProgress, Settings, WorldTime, field_path
from service.assemble import make_phrasebook
from service.quest_ledger import QuestLedger
from service.terminal import AsJson, Home, open_memory, out, plain, print_json, settings_for

app = typer.Typer(help="Quests: how they stand, how they can end, and their graphs.", no_args_is_help=True)

T = TypeVar("T")
World = Annotated[str | None, typer.Option(help="Which world. Default: as the settings say.")]
Timeline = Annotated[str | None, typer.Option(help="Which timeline. Default: the current one.")]
Quest = Annotated[str, typer.Argument(help="A quest's id: that of the decision which offered it.")]
Day = Annotated[int | None, typer.Option(min=0, help="The day now, in the game. Default: when it changed last.")]
Minute = Annotated[int, typer.Option(min=0, max=1439, help="Minutes since midnight, with --day.")]


@app.callback()
def quest() -> None:
    """Quests: how they stand, how they can end, and their graphs."""


@app.command(name="list")
def list_(*, world: World = None, timeline: Timeline = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the quests of a world, as they stand."""
    found = _ledger(settings_for(home=home), world, lambda ledger: ledger.all(timeline))
    if as_json:
        for one in found:
            print_json(one.model_dump(mode="json"))
        return
    table = Table("quest", "title", "giver", "status", "done", "ends", box=None)
    for one in found:
        ended = one.branch or ""
        table.add_row(one.quest, plain(one.title), one.giver or "", one.status, str(len(one.done)), ended)
    out.print(table if found else "There are no quests yet. loomwright decide quest --event FILE makes one.")


@app.command()
def show(
    quest: Quest, *, world: World = None, timeline: Timeline = None, home: Home = None, as_json: AsJson = False
) -> None:
    """Show a quest: what is done and open, how each way ends, its plans, and how it came to stand so."""

    async def look(ledger: QuestLedger) -> tuple[QuestDecision, QuestProgress, list[QuestProgress]]:
        content, progress = await ledger.find(quest, timeline)
        return content, progress, await ledger.history(quest, timeline)

    content, progress, history = _ledger(settings_for(home=home), world, look)
    due = due_of(content, progress)
    if as_json:
        print_json(
            {
                "quest": content.model_dump(mode="json"),
                "progress": progress.model_dump(mode="json"),
                "open": list(open_objectives(content, progress)),
                "due": {branch: at.model_dump(mode="json") for branch, at in due.items()},
                "history": [one.model_dump(mode="json") for one in history],
            }
        )
        return
    out.print(plain(draw_quest(content, progress, "text").rstrip()))
    out.print(plain(content.summary))
    out.print(f"Worth {content.rewards.xp} XP and {content.rewards.gold} gold, from {content.giver}.")
    for branch, at in due.items():
        out.print(f"'{branch}' is open until {at}: {hours_left(at, progress.at):.0f} hours from the last change.")
    for one in history:
        why = f" ({one.because})" if one.because else ""
        out.print(f"[dim]{one.at}  {one.status}{why}[/]")


@app.command()
def draw(
    quest: Annotated[
        str, typer.Argument(help="A quest's id; or a JSON file with a quest or a decision; `-`: standard input.")
    ],
    *,
    form: Annotated[Literal["mermaid", "text"], typer.Option("--as", help="How to draw it.")] = "mermaid",
    to: Annotated[Path | None, typer.Option(help="A file to write; standard output by default.")] = None,
    world: World = None,
    timeline: Timeline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Draw a quest's graph: its objectives, what waits for what, and how it can end."""
    progress: QuestProgress | None = None
    if quest == "-" or quest.endswith(".json") or "/" in quest:
        content = read_quest(quest)
    else:
        content, progress = _ledger(settings_for(home=home), world, lambda ledger: ledger.find(quest, timeline))
    drawing = draw_quest(content, progress, form)
    if to is not None:
        try:
            to.write_text(drawing, encoding="utf-8")
        except OSError as error:
            raise BadRequest(Fault(str(to), f"cannot be written: {error.strerror}.")) from None
        out.print(f"wrote {to}")
    elif as_json:
        print_json({"title": content.title, "as": form, "drawing": drawing})
    else:
        typer.echo(drawing, nl=False)


@app.command()
def start(
    quest: Quest,
    *,
    day: Day = None,
    minute: Minute = 0,
    world: World = None,
    timeline: Timeline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Take a quest: its timers begin."""
    _tell(
        _ledger(
            settings_for(home=home), world, lambda ledger: ledger.start(quest, at=_at(day, minute), timeline=timeline)
        ),
        as_json=as_json,
    )


@app.command()
def branch(
    quest: Quest,
    branch: Annotated[str, typer.Argument(help="The way that it shall end.")],
    *,
    day: Day = None,
    minute: Minute = 0,
    world: World = None,
    timeline: Timeline = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Choose how a quest shall end: the other good ways are closed."""
    at = _at(day, minute)
    _tell(
        _ledger(settings_for(home=home), world, lambda ledger: ledger.branch(quest, branch, at=at, timeline=timeline)),
        as_json=as_json,
    )


def read_quest(file: str) -> QuestDecision:
    """A quest from a file: by itself, or in a decision. Raises `BadRequest` with every fault; a cycle is named."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        read: object = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise BadRequest(Fault(file, f"cannot be read: {why}.")) from None
    except json.JSONDecodeError as error:
        raise BadRequest(Fault(f"{file}:{error.lineno}", f"is not JSON: {error.msg}.")) from None
    if isinstance(read, dict) and "content" in read:
        read = read["content"]  # pyright: ignore[reportUnknownVariableType]  # JSON; the schema checks it
    try:
        return QuestDecision.model_validate(read)
    except ValidationError as error:
        faults = [Fault(f"{file}: {field_path(one['loc'])}".rstrip(": "), one["msg"]) for one in error.errors()]
        raise BadRequest(faults) from None


def _ledger(settings: Settings, world: str | None, work: Callable[[QuestLedger], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_memory(settings) as memory:
            chosen = world or settings.world
            memory.world(chosen)
            return await work(QuestLedger(memory, make_phrasebook(settings.config), chosen))

    return asyncio.run(run())


def _at(day: int | None, minute: int) -> WorldTime | None:
    return None if day is None else WorldTime(day=day, minute=minute)


def _tell(progress: QuestProgress, *, as_json: bool) -> None:
    if as_json:
        print_json(progress.model_dump(mode="json"))
        return
    lost = f"; lost: {', '.join(progress.lost)}" if progress.lost else ""
    out.print(f"{progress.quest}: {progress.status}{lost}")
