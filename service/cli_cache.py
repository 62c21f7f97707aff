"""`loomwright cache`: begin with answers that another run got, and take along those that are worth it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from inference import Exported, read_answers, write_answers
from schemas import BadSettings, CacheSettings, Fault, Settings
from service.answers import make_store
from service.terminal import Home, out, plain, settings_for

PATIENCE_MS = 5_000

app = typer.Typer(help="What models answered before, and may be said again.", no_args_is_help=True)


@app.command()
def warm(
    file: Annotated[Path, typer.Argument(help="What `export` wrote: an answer a line.")], *, home: Home = None
) -> None:
    """Put the answers of a file where the settings keep them: into Redis, or into `cache.file`."""
    settings = settings_for(home)
    answers = read_answers(file)
    asyncio.run(_warm(settings, answers))
    out.print(f"{len(answers)} answers are there to be said again")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to.")],
    *,
    uses: Annotated[int, typer.Option(min=0, help="Only answers that were said again so often.")] = 1,
    world: Annotated[str | None, typer.Option(help="Only of this world. Default: all.")] = None,
    home: Home = None,
) -> None:
    """Write the answers that were said again to a file, the most useful first."""
    settings = settings_for(home)
    found = asyncio.run(_kept(settings))
    worth = [one for one in found if one.uses >= uses and world in (None, one.kept.world)]
    write_answers(file, worth)
    out.print(f"{len(worth)} of {len(found)} answers written to {plain(str(file))}")


async def _warm(settings: Settings, answers: list[Exported]) -> None:
    place = _place(settings)
    if place is not None:
        there = {one.kept.id: one for one in (read_answers(place) if place.exists() else [])}
        write_answers(place, ({one.kept.id: one for one in answers} | there).values())
        return
    store = make_store(_patient(settings.cache))
    try:
        for one in answers:
            await store.put(one.kept, one.uses)
    finally:
        await store.aclose()


async def _kept(settings: Settings) -> list[Exported]:
    place = _place(settings)
    if place is not None:
        return read_answers(place) if place.exists() else []
    store = make_store(_patient(settings.cache))
    try:
        return [Exported(kept=kept, uses=uses) async for kept, uses in store.everything()]
    finally:
        await store.aclose()


def _patient(settings: CacheSettings) -> CacheSettings:
    """The same, for somebody who can wait."""
    return settings.model_copy(update={"patience_ms": PATIENCE_MS})


def _place(settings: Settings) -> Path | None:
    """The file that answers are kept in; None: they are in Redis. Raises BadSettings where they are nowhere."""
    cache = settings.cache
    if cache.store == "redis":
        return None
    if cache.store == "memory" and cache.file is not None:
        return cache.file
    raise BadSettings(
        Fault(
            "cache",
            "answers are kept nowhere that outlives a process.",
            'Set `cache.file` beside `store = "memory"`, or `store = "redis"`.',
        )
    )
