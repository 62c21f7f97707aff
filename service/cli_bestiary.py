"""`loomwright bestiary`: find creatures, look at one, bring your own, and check them all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from rules import Phrasebook
from rules.bestiary import Page, challenge_range
from schemas import BadRequest, CreatureRole, CreatureType, Fault, UnknownThing
from service.assemble import make_phrasebook, open_bestiary
from service.import_creatures import bring_in
from service.stat_block import stat_block
from service.terminal import AsJson, Home, err, out, plain, print_json, settings_for

app = typer.Typer(help="The creatures: find them, look at them, bring your own.", no_args_is_help=True)

Cr = Annotated[str | None, typer.Option("--cr", help="Challenge: `3`, `1/4..2`, `..5` or `17..`.")]
Type = Annotated[str | None, typer.Option("--type", help="A type of creature, such as `undead`.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Terrain or theme; any of those that are given.")]
Role = Annotated[str | None, typer.Option("--role", help="What it is for in a fight, such as `artillery`.")]
Language = Annotated[str, typer.Option(help="The language of names.")]


@app.command()
def find(
    *,
    cr: Cr = None,
    type_: Type = None,
    tags: Tags = None,
    role: Role = None,
    language: Language = "en",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Find creatures by challenge, type, tags and role: the easiest first."""
    settings = settings_for(home)
    book = open_bestiary(settings)
    known_tags = {tag for page in book.pages.values() for tag in page.tags}
    _known("type of creature", [type_] if type_ else [], [one.value for one in CreatureType], "--type")
    _known("tag", tags or [], known_tags, "--tag")
    _known("role", [role] if role else [], [one.value for one in CreatureRole], "--role")
    found = book.find_pages(challenge_range(cr, where="--cr"), type_, tags or ())
    _print([page for page in found if role is None or role in page.roles], make_phrasebook(settings.config), language,
           as_json=as_json)  # fmt: skip


def _known(kind: str, asked: Iterable[str], known: Iterable[str], where: str) -> None:
    for one in asked:
        if one not in known:
            raise UnknownThing(kind, one, known, where=where)


def _print(found: list[Page], phrasebook: Phrasebook, language: str, *, as_json: bool) -> None:
    if as_json:
        for page in found:
            print_json({**page.model_dump(mode="json"), "xp": page.challenge.xp})
        return
    table = Table("id", "name", "CR", "XP", "type", "size", "roles", "tags", box=None)
    for page in found:
        words = (page.type, page.size, ", ".join(page.roles), ", ".join(page.tags))
        name = phrasebook.say(language, page.name_key)
        table.add_row(page.id, plain(name), str(page.challenge), f"{page.challenge.xp:,}", *words)
    out.print(table)
    out.print(f"[dim]{len(found)} creatures[/]")


@app.command()
def show(
    creature: Annotated[str, typer.Argument(help="Its id, such as `dire_wolf`.")],
    *,
    language: Language = "en",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Show a stat block."""
    settings = settings_for(home)
    found = open_bestiary(settings)[creature]
    if as_json:
        print_json(found.model_dump(mode="json", exclude_defaults=True))
        return
    phrasebook = make_phrasebook(settings.config)
    for line in stat_block(found, lambda key: phrasebook.say(language, key)):
        out.print(plain(line))


@app.command()
def check(*, home: Home = None) -> None:
    """Read every creature's file to its end, and name all that is wrong."""
    book = open_bestiary(settings_for(home))
    book.check()
    out.print(f"{len(book)} creatures, all valid")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON of the 5e SRD API community format: a list of monsters.")],
    *,
    to: Annotated[Path | None, typer.Option(help="The folder of creatures. Default: that of the settings.")] = None,
    language: Annotated[str, typer.Option(help="The language of the names in the file.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace creatures that are there already.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Make creatures of a game's own: a TOML file each, and their names as phrases beside the folder.

    What could not be read is named, creature by creature; the others are written all the same.
    """
    settings = settings_for(home)
    folder = to if to is not None else settings.config / "bestiary"
    phrasebook = make_phrasebook(settings.config)
    brought = bring_in(_text(file), str(file), folder, language, phrasebook=phrasebook, force=force)
    if as_json:
        print_json(brought.as_json())
    else:
        for note in brought.notes:
            err.print(f"[dim]{plain(str(note))}[/]")
        for fault in brought.faults:
            err.print(f"[bold red]not imported:[/] {plain(str(fault))}")
        out.print(f"wrote {len(brought.files)} creatures to {folder}, {brought.phrases} names to {brought.names}")
    if brought.faults:
        raise typer.Exit(1)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadRequest(Fault(str(file), "is not UTF-8 text.")) from None
    except OSError as error:
        raise BadRequest(Fault(str(file), f"cannot be read: {error.strerror}.")) from None
