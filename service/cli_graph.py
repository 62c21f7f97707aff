"""`loomwright graph`: list, check, draw and begin decision graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from graphs import check, draw, find, library_names, new, read, write_schema
from nodes import CATALOGUE
from schemas import CONTENTS, BadDeclaration, Fault, Settings, UnknownThing, load_settings
from tools import FUNCTIONS, Toolbox

app = typer.Typer(help="The decision graphs: YAML files, one a kind.", no_args_is_help=True)
out = Console(highlight=False, soft_wrap=True)

Name = Annotated[str, typer.Argument(help="A graph of the library, or the path of a YAML file.")]


@app.command(name="list")
def list_() -> None:
    """List all graphs, with what each is about."""
    settings = load_settings()
    for folder in settings.graphs:
        for name in library_names(folder):
            declaration = read(name, library=folder)
            out.print(
                f"[bold]{name}[/] {declaration.version}  {declaration.about} [dim](decides {declaration.decides})[/]"
            )


@app.command(name="check")
def check_(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all of the library by default.")] = None,
) -> None:
    """Check declarations, and tell all their faults at once."""
    settings = load_settings()
    tools = _tools(settings)
    chosen = names or [name for folder in settings.graphs for name in library_names(folder)]
    faults: list[Fault] = []
    for name in chosen:
        declaration = read(_find(settings, name))
        found = check(declaration, CATALOGUE, contents=CONTENTS, tools=tools)
        faults += found
        if not found:
            out.print(f"[green]ok[/] {declaration.name} {declaration.version}, {len(declaration.nodes)} nodes")
    if faults:
        raise BadDeclaration(faults)


@app.command(name="draw")
def draw_(
    name: Name,
    *,
    form: Annotated[Literal["mermaid", "svg"], typer.Option("--as", help="How to draw it.")] = "mermaid",
    to: Annotated[Path | None, typer.Option(help="A file to write; standard output by default.")] = None,
) -> None:
    """Draw a graph's state machine."""
    drawing = draw(read(_find(load_settings(), name)), form)
    if to is None:
        typer.echo(drawing)
    else:
        to.write_text(drawing, encoding="utf-8")
        out.print(f"wrote {to}")


@app.command(name="new")
def new_(
    name: Annotated[str, typer.Argument(help="What the new kind of decision is called.")],
    *,
    like: Annotated[str, typer.Option(help="The graph to begin from.")] = "dialogue",
    folder: Annotated[Path | None, typer.Option(help="Where to; the library by default.")] = None,
) -> None:
    """Begin a graph of your own as a copy of one that works."""
    settings = load_settings()
    source = _find(settings, like)
    written = new(name, source, folder or settings.graphs[-1])
    out.print(f"wrote {written}. Change it, then: loomwright graph check {name}, loomwright decide {name} --event FILE")


@app.command(name="schema")
def schema_() -> None:
    """Write the JSON Schema with which editors check and complete declarations."""
    out.print(f"wrote {write_schema(CATALOGUE, _tools(load_settings()), CONTENTS)}")


def _find(settings: Settings, name: str) -> Path:
    if "/" in name or name.endswith((".yaml", ".yml")):
        return find(name)
    for folder in reversed(settings.graphs):
        if name in library_names(folder):
            return find(name, library=folder)
    raise UnknownThing("graph", name, (known for folder in settings.graphs for known in library_names(folder)))


def _tools(settings: Settings) -> tuple[str, ...]:
    return tuple(Toolbox.load(settings.config / "tools", FUNCTIONS).names)
