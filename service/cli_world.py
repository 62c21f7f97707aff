"""`loomwright world`: load worlds, go back in their history, and carry them from one machine to another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.tree import Tree

from memory import Memory, Moment, Point, Save, Side, Timeline, WorldLine, read_world, world_folders
from schemas import BadRequest, Fault, Settings, UnknownThing, WorldTime
from service.terminal import AsJson, Home, open_memory, out, plain, print_json, settings_for

app = typer.Typer(
    help="The worlds of this installation: their files, their history, their saves.", no_args_is_help=True
)
T = TypeVar("T")

World = Annotated[str | None, typer.Option(help="Which world. Default: that of the settings.")]
Name = Annotated[str, typer.Argument(help="A name for this point of the game.")]
APoint = Annotated[str, typer.Argument(help="A save, a timeline (`t2`) or a moment (`41`, `t2@41`).")]
File = Annotated[Path, typer.Argument(help="The portable file, such as `morning_star.jsonl`.")]


@app.command(name="list")
def list_(*, home: Home = None, as_json: AsJson = False) -> None:
    """List the worlds in the record, and those that could be loaded."""
    settings = settings_for(home)

    async def names() -> dict[str, str]:
        async with open_memory(settings) as memory:
            return {world.info.id: world.info.name for world in await memory.worlds()}

    loaded = asyncio.run(names())
    for name, folder in world_folders(settings.config).items():
        loaded.setdefault(name, f"not loaded: loomwright world load {folder.name}")
    for name, about in loaded.items():
        if as_json:
            print_json({"id": name, "about": about})
        else:
            out.print(f"[bold]{name}[/]  {plain(about)}")


@app.command()
def load(
    name: Annotated[str, typer.Argument(help="A save; or a world of `config/worlds`, or a folder with a world.")],
    *,
    save: Annotated[bool, typer.Option("--save", help="NAME is a save, whatever else is called that.")] = False,
    files: Annotated[
        bool, typer.Option("--files", help="NAME is a world's files, whatever else is called so.")
    ] = False,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Go on from a save, or load a world's files into the record (all of it, or with a fault in it, nothing).

    A save is loaded onto a new timeline: nothing is lost of what was played since.
    """
    settings = settings_for(home)
    if save and files:
        raise BadRequest("a name is one or the other: `--save` or `--files`.")
    folder = None if save else _folder(settings, name)
    asyncio.run(_load(settings, world or settings.world, name, folder, save=save, files=files, as_json=as_json))


async def _load(
    settings: Settings, world: str, name: str, folder: Path | None, *, save: bool, files: bool, as_json: bool
) -> None:
    async with open_memory(settings) as memory:
        is_there = world in {one.info.id for one in await memory.worlds()}
        saves = [one.name for one in await memory.world_line(world).saves()] if is_there and not files else []
        if name in saves and folder is not None:
            what = f"'{name}' is a save of '{world}', and a world's files too."
            raise BadRequest(Fault("name", what, "Say which one you mean: `--save` or `--files`."))
        if name in saves:
            _tell_timeline(await memory.world_line(world).load(name), f"loaded '{name}'", as_json=as_json)
        elif folder is not None:
            await _load_files(memory, folder, as_json=as_json)
        else:
            kind = "save" if save else "save or world" if saves else "world"
            raise UnknownThing(kind, name, [*saves, *({} if save else world_folders(settings.config))])


async def _load_files(memory: Memory, folder: Path, *, as_json: bool) -> None:
    pack = read_world(folder)
    loaded = await memory.load_world(pack)
    if as_json:
        print_json({"world": loaded.world, "fresh": loaded.fresh, "characters": loaded.characters})
        return
    how = "loaded" if loaded.fresh else "was there already; brought up to date"
    counts = f"{loaded.characters} characters, {loaded.facts} facts, {loaded.associations} associations"
    out.print(f"{plain(pack.info.name)} ({pack.info.id}): {how}, with {counts}")


@app.command(name="save")
def save_(
    name: Name,
    *,
    about: Annotated[str, typer.Option(help="What it is about, for the list of saves.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Give the name to this point if it is taken.")] = False,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Give this point of the game a name."""
    made = _run(home, world, lambda line: line.save(name, about, replace=replace))
    if as_json:
        print_json(_save(made))
    else:
        out.print(
            f"saved '{plain(made.name)}' at {_point(made)}. Back to it: loomwright world load {plain(repr(name))}"
        )


@app.command()
def saves(*, world: World = None, home: Home = None, as_json: AsJson = False) -> None:
    """List the saves of a world."""
    for save in _run(home, world, lambda line: line.saves()):
        if as_json:
            print_json(_save(save))
        else:
            out.print(f"[bold]{plain(save.name)}[/]  {_time(save.at)} [dim]({_point(save)})[/] {plain(save.about)}")


@app.command()
def fork(
    *,
    at: Annotated[int | None, typer.Option(help="After which moment. Default: as it is now.")] = None,
    timeline: Annotated[str | None, typer.Option(help="Of which timeline. Default: the current one.")] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Go on where the world is, not on the new timeline.")] = False,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Begin a timeline that sees what was, and go on there."""
    made = _run(home, world, lambda line: line.fork(at, timeline, stay=stay))
    _tell_timeline(made, "begun; the world stays where it is" if stay else "begun", as_json=as_json)


@app.command()
def rewind(
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="The moment to go back to: `loomwright world log`.")],
    *,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Go back to a moment: what came later stays in the record, on the timeline that is left."""
    _tell_timeline(_run(home, world, lambda line: line.rewind(seq)), f"back at moment {seq}", as_json=as_json)


@app.command()
def log(
    timeline: Annotated[str | None, typer.Argument(help="Which timeline. Default: the current one.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many moments.")] = 20,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Tell what happened, moment by moment, newest first."""
    for moment in _run(home, world, lambda line: line.log(timeline, limit)):
        if as_json:
            print_json(_moment(moment))
            continue
        out.print(f"[bold]{moment.seq}[/]  {_time(moment.at)} [dim]({moment.timeline})[/]")
        for one in moment.happened:
            out.print(f"  [dim]{one.kind}[/] {plain(one.text)}")


@app.command()
def diff(a: APoint, b: APoint, *, world: World = None, home: Home = None, as_json: AsJson = False) -> None:
    """Tell what each of two points has that the other has not."""
    found = _run(home, world, lambda line: line.diff(a, b))
    if as_json:
        print_json({"since": str(found.since), "a": _side(found.a), "b": _side(found.b)})
    else:
        out.print(plain(str(found)))


@app.command()
def timelines(*, world: World = None, home: Home = None, as_json: AsJson = False) -> None:
    """Draw the timelines of a world as the tree that they are."""
    found = _run(home, world, lambda line: line.timelines())
    if as_json:
        for one in found:
            print_json(
                {"id": one.id, "parent": one.parent, "forked_at": one.forked_at, "seq": one.seq, "current": one.current}
            )
        return
    branches: dict[str, Tree] = {}
    for one in found:
        label = _label(one)
        branches[one.id] = branches[one.parent].add(label) if one.parent in branches else Tree(label)
    out.print(branches[found[0].id])


@app.command()
def export(
    file: File,
    *,
    timeline: Annotated[str | None, typer.Option(help="Only what this timeline sees, as one line of history.")] = None,
    save: Annotated[str | None, typer.Option(help="Only what this save sees, as one line of history.")] = None,
    world: World = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Write a world into a file that another machine can import: all of it, or one line of its history."""
    if timeline is not None and save is not None:
        raise BadRequest("one line of history is that of a timeline or of a save: `--timeline` or `--save`.")
    header = _run(home, world, lambda line: line.export(file, timeline or save))
    rows = sum(header.rows.values())
    if as_json:
        print_json({"file": str(file), "world": header.world, "of": header.of, "rows": rows})
    else:
        out.print(f"{plain(header.name)} ({header.world}): {rows} rows written to {plain(str(file))}")


@app.command(name="import")
def import_(
    file: File,
    *,
    name: Annotated[str | None, typer.Option("--as", help="What it shall be called here. Default: as it is.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of a world of that name, of which nothing stays.")
    ] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Read a world from a file that was exported: whole, or with a fault in it, not at all."""
    settings = settings_for(home)

    async def work() -> tuple[str, int]:
        async with open_memory(settings) as memory:
            imported = await memory.import_world(file, name=name, replace=replace)
            return imported.world, sum(imported.rows.values())

    world, rows = asyncio.run(work())
    if as_json:
        print_json({"world": world, "rows": rows})
    else:
        out.print(f"{world}: {rows} rows imported")


def world_folder(settings: Settings, name: str) -> Path:
    """The folder of a world's files. Raises UnknownThing when there is none."""
    folder = _folder(settings, name)
    if folder is None:
        raise UnknownThing("world", name, world_folders(settings.config))
    return folder


def _folder(settings: Settings, name: str) -> Path | None:
    return world_folders(settings.config).get(name) or (Path(name) if Path(name).is_dir() else None)


def _run(home: Path | None, world: str | None, work: Callable[[WorldLine], Awaitable[T]]) -> T:
    settings = settings_for(home)

    async def run() -> T:
        async with open_memory(settings) as memory:
            return await work(memory.world_line(world or settings.world))

    return asyncio.run(run())


def _tell_timeline(timeline: str, how: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"timeline": timeline})
    else:
        out.print(f"{plain(how)}: timeline [bold]{timeline}[/]")


def _label(timeline: Timeline) -> str:
    since = "" if timeline.parent is None else f" [dim]from moment {timeline.forked_at}, begun at {timeline.seq}[/]"
    return f"[bold]{timeline.id}[/]{since}{' [green]current[/]' if timeline.current else ''}"


def _point(save: Save) -> Point:
    return Point(save.timeline, save.seq)


def _time(at: WorldTime | None) -> str:
    return str(at) if at is not None else ""


def _save(save: Save) -> dict[str, object]:
    at = save.at.model_dump() if save.at is not None else None
    return {"name": save.name, "timeline": save.timeline, "seq": save.seq, "at": at, "about": save.about}


def _moment(moment: Moment) -> dict[str, object]:
    return {
        "seq": moment.seq,
        "timeline": moment.timeline,
        "at": moment.at.model_dump() if moment.at is not None else None,
        "happened": [{"kind": one.kind, "text": one.text} for one in moment.happened],
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "point": str(side.point),
        "facts": [fact.model_dump(mode="json") for fact in side.facts],
        "learned": [{"knower": knower, "fact": fact} for knower, fact in side.learned],
        "revealed": list(side.revealed),
        "relationships": [tie.model_dump(mode="json") for tie in side.relationships],
        "memories": [memory.model_dump(mode="json") for memory in side.memories],
        "forgotten": list(side.forgotten),
        "quests": [quest.model_dump(mode="json") for quest in side.quests],
        "turns": [{"thread": thread} | turn.model_dump(mode="json") for thread, turn in side.turns],
    }
