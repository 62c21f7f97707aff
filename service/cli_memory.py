"""`loomwright memory`: keep the indexes of what is remembered in step with the record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from memory import Memory, Progress, Verified
from schemas import Settings, UnknownThing, load_settings
from service.logs import set_up_logs
from service.terminal import open_memory

app = typer.Typer(help="What characters remember: its indexes and their upkeep.", no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

World = Annotated[str | None, typer.Argument(help="Which world; all of them by default.")]
Home = Annotated[Path | None, typer.Option(help="Where the record lives. Default: `.loomwright`.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


@app.command()
def reindex(
    world: World = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Change nothing: compare the indexes with the record.")] = (
        False
    ),
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make Chroma, the lexical index and the tag graph anew from the record; what was cut short goes on where it was.

    Exits with 1 when `--verify` finds that an index is not what it says it is. What merely lags is no fault.
    """
    settings = load_settings(**({"home": home} if home is not None else {}))
    set_up_logs(settings.log)
    if not asyncio.run((_verify if verify else _reindex)(settings, world, as_json=as_json)):
        raise typer.Exit(1)


async def _reindex(settings: Settings, world: str | None, *, as_json: bool) -> bool:
    async with open_memory(settings) as memory:
        with _told(as_json=as_json) as tell:
            for name in await _chosen(memory, world):
                await memory.reindex(name, tell)
    if not as_json:
        out.print("The indexes are made anew. To compare them with the record: loomwright memory reindex --verify")
    return True


async def _verify(settings: Settings, world: str | None, *, as_json: bool) -> bool:
    async with open_memory(settings) as memory:
        lines = [line for name in await _chosen(memory, world) for line in await memory.verify(name)]
    for line in lines if as_json else ():
        _print_json(asdict(line) | {"ok": line.ok})
    if not as_json:
        _show(lines)
    return all(line.ok for line in lines)


def _show(lines: list[Verified]) -> None:
    table = Table("", "world", "index", "character", "in the record", "in the index", "what differs", box=None)
    for line in lines:
        mark = "[green]ok[/]" if line.ok else "[red]no[/]"
        counts = ("", "") if line.trouble else (str(line.expected), str(line.held))
        table.add_row(mark, line.world, line.index, line.character, *counts, escape(_differs(line)))
    out.print(table)
    broken = sorted({line.world for line in lines if not line.ok})
    for world in broken:
        out.print(f"Run: loomwright memory reindex {world}")
    if not broken:
        lag = sum(line.lag for line in lines)
        out.print(f"{lag} wait, and are taken care of by themselves." if lag else "Nothing differs.")


def _differs(line: Verified) -> str:
    counts = {
        "waiting": line.lag,
        "missing": line.missing,
        "too many": line.surplus,
        "not to be found": line.misfits,
    }
    return line.trouble or ", ".join(f"{count} {what}" for what, count in counts.items() if count)


@app.command()
def consolidate(
    world: World = None,
    *,
    character: Annotated[str | None, typer.Option(help="Only this one's memories.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing: say what would be done.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Merge small memories into long-term ones, forget what has faded, and hold characters to their budget.

    Nothing is deleted: a timeline that branched off before still remembers. A second run right after finds nothing.
    """
    settings = load_settings(**({"home": home} if home is not None else {}))
    set_up_logs(settings.log)
    asyncio.run(_consolidate(settings, world, character, dry_run=dry_run, as_json=as_json))


async def _consolidate(
    settings: Settings, world: str | None, character: str | None, *, dry_run: bool, as_json: bool
) -> None:
    table = Table("world", "characters", "memories", "joined", "merged", "long-term", "faded", "over budget", "kept")
    async with open_memory(settings) as memory:
        with Bars(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err, disable=as_json
        ) as bars:
            for name in await _chosen(memory, world):
                if character is not None and character not in (known := memory.world(name).actors):
                    raise UnknownThing("character", character, known)
                bar = bars.add_task(f"{name}, characters", total=None)

                def tell(done: int, total: int, bar: TaskID = bar) -> None:
                    bars.update(bar, completed=done, total=total)

                tidied = asdict(await memory.upkeep.tidy(name, character, dry_run=dry_run, progress=tell))
                if as_json:
                    _print_json({"world": name, "dry_run": dry_run} | tidied)
                table.add_row(name, *(str(count) for count in tidied.values()))
    if not as_json:
        out.print(table)
        if dry_run:
            out.print("Nothing was changed. To do it: loomwright memory consolidate")


async def _chosen(memory: Memory, world: str | None) -> list[str]:
    known = [one.info.id for one in await memory.worlds()]
    return known if world is None else [memory.world(world).info.id]


@contextmanager
def _told(*, as_json: bool) -> Generator[Callable[[Progress], None]]:
    if as_json:
        yield lambda progress: _print_json(asdict(progress))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=err) as bars:
        tasks = dict[tuple[str, str], TaskID]()

        def tell(progress: Progress) -> None:
            key = (progress.world, progress.index)
            if key not in tasks:
                tasks[key] = bars.add_task(f"{progress.world}, {progress.index} index")
            bars.update(tasks[key], completed=progress.done, total=progress.total)

        yield tell


def _print_json(value: Mapping[str, object]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
