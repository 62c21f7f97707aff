"""`loomwright tags`: see what brings what to mind."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from schemas import BadRequest, Fault, Settings
from service.tag_drawing import draw_tags
from service.terminal import AsJson, Home, open_memory, out, plain, print_json, settings_for

if TYPE_CHECKING:
    import networkx as nx

app = typer.Typer(help="The tag graph: what brings what to mind.", no_args_is_help=True)

Depth = Annotated[int | None, typer.Option(min=0, max=6, help="Links to follow. Default: as the settings say.")]
Threshold = Annotated[float | None, typer.Option(min=0, help="Least energy of a tag that is shown. Default: settings.")]
Knower = Annotated[str | None, typer.Option("--as", help="To whose mind. Default: only what everyone knows counts.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="An SVG file to draw it into.")]
Most = Annotated[int, typer.Option(min=1, help="At most so many tags, the strongest.")]


@app.callback()
def tags() -> None:
    """The tag graph: what brings what to mind."""


@app.command()
def show(
    entity: Annotated[str, typer.Argument(help="A tag: `entity:marta`, or `marta` where only one has that name.")],
    *,
    depth: Depth = None,
    threshold: Threshold = None,
    knower: Knower = None,
    world: Annotated[str | None, typer.Option(help="Which world. Default: as the settings say.")] = None,
    timeline: Annotated[str | None, typer.Option(help="Which timeline. Default: the current one.")] = None,
    output: Output = None,
    most: Most = 60,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show what a tag brings to mind: how strongly, over how many links, and by which."""
    if output is not None and output.suffix.lower() != ".svg":
        raise BadRequest(
            Fault(str(output), "what is drawn is an SVG.", f"Did you mean '{output.with_suffix('.svg')}'?")
        )
    settings = settings_for(home=home)
    chosen = world or settings.world
    found = asyncio.run(_find(settings, chosen, timeline, entity, depth, threshold, knower))
    kept = found.subgraph(list(found)[:most]).copy()
    left_out = len(found) - len(kept)
    note = f"{len(kept)} tags in {chosen}" + (f", timeline {timeline}" if timeline else "")
    note += f", to the mind of {knower}" if knower else ""
    note += f"; {left_out} weaker ones are left out" if left_out else ""
    if output is not None:
        try:
            output.write_text(draw_tags(kept, note), encoding="utf-8")
        except OSError as error:
            raise BadRequest(Fault(str(output), f"cannot be written: {error.strerror}.")) from None
    _print(kept, note, output, as_json=as_json)


async def _find(
    settings: Settings,
    world: str,
    timeline: str | None,
    tag: str,
    depth: int | None,
    threshold: float | None,
    knower: str | None,
) -> nx.Graph[str]:
    async with open_memory(settings) as memory:
        return await memory.neighbourhood(world, timeline, tag, knower=knower, depth=depth, threshold=threshold)


def _print(found: nx.Graph[str], note: str, output: Path | None, *, as_json: bool) -> None:
    if as_json:
        for tag, of in found.nodes(data=True):
            links = {other: link["weight"] for other, link in sorted(found[tag].items())}
            print_json({"tag": tag, "energy": of["energy"], "level": of["level"], "links": links})
        return
    table = Table("tag", "energy", "level", "linked with", box=None)
    for tag, of in found.nodes(data=True):
        by_weight = sorted(found[tag].items(), key=lambda item: (-item[1]["weight"], item[0]))
        links = ", ".join(f"{other} {link['weight']:.2f}" for other, link in by_weight[:3])
        more = f" and {len(by_weight) - 3} more" if len(by_weight) > 3 else ""
        table.add_row(tag, f"{of['energy']:.3f}", str(of["level"]), plain(links + more))
    out.print(table)
    out.print(f"[dim]{plain(note)}[/]")
    if output is not None:
        out.print(f"wrote {output}")
