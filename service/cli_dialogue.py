"""`loomwright dialogue`: check and draw scripted dialogues."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from memory import read_world, world_folders
from rules.dialogues import Known, check, draw_tree, read_tree
from rules.phrasebook import HOME_LANGUAGE
from schemas import BadWorld, Fault, Settings, World, load_settings
from service.assemble import arguments_of, languages_of, make_phrasebook
from service.terminal import out
from tools import FUNCTIONS, Toolbox

app = typer.Typer(help="Scripted dialogues: YAML files of a world, one a conversation.", no_args_is_help=True)

Files = Annotated[list[Path] | None, typer.Argument(help="Which; those of all worlds by default.")]


@app.command(name="check")
def check_(files: Files = None) -> None:
    """Check dialogues with all that they name, and tell all their faults at once."""
    settings = load_settings()
    faults: list[Fault] = []
    for file in files or _all(settings):
        try:
            written = read_tree(file)
        except BadWorld as broken:
            faults += broken.faults
            continue
        found = check(written, _known(settings, file))
        faults += found
        if not found:
            out.print(f"[green]ok[/] {written.tree.dialogue}, {len(written.tree.nodes)} nodes")
    if faults:
        raise BadWorld(faults)


@app.command(name="draw")
def draw_(
    file: Annotated[Path, typer.Argument(help="The YAML file of a dialogue.")],
    *,
    language: Annotated[str, typer.Option(help="The language of what is said.")] = HOME_LANGUAGE,
    to: Annotated[Path | None, typer.Option(help="A file to write; standard output by default.")] = None,
) -> None:
    """Draw a dialogue as a Mermaid flowchart."""
    drawing = draw_tree(read_tree(file).tree, make_phrasebook(load_settings().config), language)
    if to is None:
        typer.echo(drawing)
    else:
        to.write_text(drawing, encoding="utf-8")
        out.print(f"wrote {to}")


def _all(settings: Settings) -> list[Path]:
    return [
        file for world in world_folders(settings.config).values() for file in sorted(world.glob("dialogues/*.yaml"))
    ]


def _known(settings: Settings, file: Path) -> Known:
    """What a dialogue may name: of the world in whose folder it lies, else only phrases, tools and English."""
    book = make_phrasebook(settings.config)
    tools = arguments_of(Toolbox.load(settings.config / "tools", FUNCTIONS))
    home = file.resolve().parent.parent
    if not (home / "world.toml").is_file():
        return Known(book, tools=tools)
    pack = read_world(home)
    return Known(book, languages_of(home), World.of(pack), {fact.id for fact in pack.facts}, tools)
