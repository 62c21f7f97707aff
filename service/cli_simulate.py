"""`loomwright simulate`: play whole fights by the rules, and count how they end."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from rules import Bestiary, find_party, party_sheets
from rules.arena import FOES, PARTY, POLICIES, Fights, Meeting, Sheet, Tally, sheet_of, summed_up
from schemas import BadRequest, Estimate, Fault, Odds
from service.terminal import AsJson, Home, err, out, plain, print_json, settings_for

app = typer.Typer(help="Fights by the rules, played many times.", no_args_is_help=True)

MOST_FOES = 60
"""Creatures that an encounter may have."""
AT_ONCE = 25
"""Fights that a process plays before it reports."""

PolicyName = Literal["tactical", "greedy", "random"]
Surprised = Literal["party", "foes"]


@app.callback()
def simulate() -> None:
    """Fights by the rules, played many times."""


@app.command()
def fight(
    party: Annotated[str, typer.Argument(help="An archetype of `config/parties`, such as `archers`, or a TOML file.")],
    encounter: Annotated[str, typer.Argument(help="Whom they meet: `goblin:4,ogre:1`.")],
    *,
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, max=1_000_000, help="How many fights.")] = 1_000,
    level: Annotated[int, typer.Option(min=1, max=20, help="The party's level.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the dice; the same seed plays the same fights.")] = 7,
    policy: Annotated[PolicyName, typer.Option(help="How the party fights.")] = "tactical",
    enemy_policy: Annotated[PolicyName, typer.Option(help="How the enemies fight.")] = "tactical",
    surprised: Annotated[Surprised | None, typer.Option(help="Who did not see the other coming.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="Processes. Default: one for each core.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Play a party against an encounter, and print how often it wins, with 95% intervals."""
    folder = settings_for(home=home).config
    heroes = party_sheets(find_party(party, folder / "parties"), level)
    foes = read_encounter(encounter, Bestiary.load(folder / "bestiary"))
    policies = {PARTY: POLICIES[policy], FOES: POLICIES[enemy_policy]}
    asked = Fights(Meeting(heroes, foes, surprised=surprised), seed, policies)
    found = list[Tally]()
    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=as_json,
        transient=True,
    ) as bars:
        task = bars.add_task("fights", total=runs)
        for some in play_all(asked, runs, jobs or os.cpu_count() or 1):
            found += some
            bars.update(task, completed=len(found))
    counted = summed_up(found)
    if as_json:
        how: dict[str, object] = {"party": party, "level": level, "encounter": encounter, "seed": seed}
        how |= {} if surprised is None else {"surprised": surprised}
        print_json({**how, "policy": policy, "enemy_policy": enemy_policy, **_fields(counted)})
        return
    _show(counted, f"{party}, level {level}, {policy}, against {encounter}, {enemy_policy}; seed {seed}")


def play_all(asked: Fights, runs: int, jobs: int) -> Iterator[list[Tally]]:
    """The tallies of all fights in their order, part by part: the same for any number of processes."""
    parts = [range(first, min(runs, first + AT_ONCE)) for first in range(0, runs, AT_ONCE)]
    jobs = min(jobs, len(parts))
    if jobs == 1:
        yield from map(asked, parts)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        with _no_main_module():
            played = pool.map(asked, parts)
        yield from played


@contextmanager
def _no_main_module() -> Generator[None]:
    """Processes that start meanwhile import the rules alone, not the whole command line: that is fast."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def read_encounter(text: str, bestiary: Bestiary) -> tuple[Sheet, ...]:
    """The sheets of `goblin:4,ogre`, a number left out being one.

    Raises:
        BadRequest: it names nobody, a number is none, or they are too many.
        UnknownThing: the bestiary has no such creature.
    """
    sheets = list[Sheet]()
    for group in (part.strip() for part in text.split(",") if part.strip()):
        name, _, number = (part.strip() for part in group.partition(":"))
        if number and not (number.isascii() and number.isdigit() and 1 <= int(number) <= MOST_FOES):
            raise BadRequest(Fault(group, f"'{number}' is no number of creatures: 1 to {MOST_FOES}."))
        sheet = sheet_of(bestiary[name])
        sheets += [sheet] * int(number or 1)
    if not 1 <= len(sheets) <= MOST_FOES:
        what = f"an encounter has 1 to {MOST_FOES} creatures, and these are {len(sheets)}."
        raise BadRequest(Fault(text or "encounter", what, "Write it like 'goblin:4,ogre:1'."))
    return tuple(sheets)


_CASES = {
    "win_rate": "the party wins",
    "tpk_rate": "the party is wiped out",
    "rounds": "rounds",
    "damage_taken": "hit points that the party loses",
    "damage_dealt": "hit points that its enemies lose",
    "losses": "of the party down, dead or gone",
}


def _estimates(counted: Odds) -> Iterator[tuple[str, Estimate]]:
    for name in _CASES:
        yield name, getattr(counted, name)


def _fields(counted: Odds) -> dict[str, object]:
    found: dict[str, object] = {"runs": counted.runs}
    for name, estimate in _estimates(counted):
        found[name] = {part: round(number, 4) for part, number in estimate.model_dump().items()}
    return found


def _show(counted: Odds, note: str) -> None:
    table = Table("", "", "95% interval", box=None)
    for name, estimate in _estimates(counted):
        share = name.endswith("_rate")
        form = "{:.1%}" if share else "{:.2f}"
        interval = f"{form.format(estimate.low)} to {form.format(estimate.high)}"
        table.add_row(_CASES[name], form.format(estimate.value), interval)
    out.print(table)
    out.print(f"[dim]{counted.runs} fights: {plain(note)}[/]")
