"""`loomwright budgets` and `loomwright switch`: what may go to models, and whether anything may."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import typer
from rich.table import Table

from inference import Budgets, Keeping
from memory import Memory
from schemas import BudgetUse, Settings
from service.terminal import AsJson, Home, open_memory, out, plain, print_json, settings_for


def budgets(*, home: Home = None, as_json: AsJson = False) -> None:
    """Tell how far each budget is used up, by all processes on this record."""
    settings = settings_for(home)
    uses = asyncio.run(_uses(settings))
    if as_json:
        for use in uses:
            print_json(use._asdict())
        return
    if not settings.budgets:
        out.print("There are no budgets: `[[budgets]]` in loomwright.toml sets them (docs/serving.md).")
        return
    table = Table("budget", "day", "of", box=None)
    for name in ("used", "limit", ""):
        table.add_column(name, justify="right")
    for use in uses:
        share = f"{use.used / use.limit:.0%}" if use.limit else ""
        table.add_row(plain(use.budget), plain(use.period), use.of, f"{use.used:.6g}", f"{use.limit:.6g}", share)
    out.print(table)


def switch(
    to: Annotated[Literal["on", "off"] | None, typer.Argument(help="Default: only say how it is.")] = None,
    *,
    home: Home = None,
) -> None:
    """Switch models on or off for every process on this record: they see it within a second."""
    settings = settings_for(home)
    on = asyncio.run(_switched(settings, to))
    out.print(f"Models are {'on' if on else 'off'}: {_MEANS[on]}")
    if on and not settings.policy.ask_models:
        out.print("But `policy.ask_models` is false in the settings here.")


_MEANS = {
    True: "they are asked as graphs and budgets say.",
    False: "nothing is sent to any model server, rules decide.",
}


async def _uses(settings: Settings) -> list[BudgetUse]:
    counted = Budgets(settings.budgets)
    async with open_memory(settings) as memory:
        await _learned(counted, memory)
    return counted.uses()


async def _learned(counted: Budgets, memory: Memory) -> None:
    keeping = Keeping(counted, memory.spending)
    await keeping.begin()
    await keeping.aclose()


async def _switched(settings: Settings, to: Literal["on", "off"] | None) -> bool:
    async with open_memory(settings) as memory:
        if to is not None:
            await memory.spending.turn(on=to == "on")
        return await memory.spending.models_on()
