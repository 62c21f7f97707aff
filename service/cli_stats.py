"""`loomwright stats`: what decisions were like, from the record."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, get_args

import typer
from rich.table import Table

from inference import ModelRegistry, load_models
from memory import LEVELS, Measured, Statistics
from schemas import Settings, Source
from service.since import read_since
from service.terminal import AsJson, Home, open_memory, out, plain, print_json, settings_for

PERCENTILES = (50, 95, 99)
SOURCES: tuple[str, ...] = get_args(Source)
ALL = "all"
"""Stands for all kinds together."""


def stats(
    *,
    since: Annotated[
        str | None, typer.Option(help="Only since then: `90m`, `24h`, `7d`, or a date such as `2026-11-21` (UTC).")
    ] = None,
    world: Annotated[str | None, typer.Option(help="Only of this world. Default: all of the record.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Tell, for each kind of decision, how fast it was, who decided, how valid the answers were, and what it cost."""
    settings = settings_for(home)
    start = read_since(since) if since is not None else None
    measured = asyncio.run(_measured(settings, world, start))
    registry = load_models(settings.config / "models.toml")
    kinds = {**measured.kinds, ALL: measured.all}
    if as_json:
        for kind, one in kinds.items():
            print_json(as_fields(kind, one, registry))
    else:
        _show(kinds, registry, start)
        _remark(measured, registry)


async def _measured(settings: Settings, world: str | None, since: datetime | None) -> Measured:
    async with open_memory(settings) as memory:
        return await memory.statistics(world, since=since)


def as_fields(kind: str, of: Statistics, registry: ModelRegistry) -> dict[str, object]:
    """One line of `--json`. Milliseconds and shares (0 to 1) are null where there is nothing to take them from."""
    return {
        "kind": kind,
        "decisions": of.decisions,
        "milliseconds": {f"p{percent}": _rounded(of.percentile(percent), 3) for percent in PERCENTILES},
        "sources": {source: of.sources[source] for source in SOURCES},
        "validity": {
            level: {"asked": of.validity[level].asked, "share": _rounded(of.validity[level].share, 4)}
            for level in LEVELS
        },
        "fallbacks": dict(of.fallbacks.most_common()),
        "attempts": of.attempts,
        "tokens": {
            "prompt": sum(spent.prompt for spent in of.tokens.values()),
            "completion": sum(spent.completion for spent in of.tokens.values()),
        },
        "cost": round(cost(of, registry), 4),
        "cache": {
            "rate": _rounded(of.hit_rate, 4),
            "hits": dict(of.reused.most_common()),
            "saved": {
                "tokens": {
                    "prompt": sum(spent.prompt for spent in of.saved.values()),
                    "completion": sum(spent.completion for spent in of.saved.values()),
                },
                "cost": round(saved(of, registry), 4),
                "milliseconds": round(of.saved_milliseconds, 3),
            },
        },
    }


def cost(of: Statistics, registry: ModelRegistry) -> float:
    """What the answers cost, by the prices of their time; those of a model that is not in models.toml are free.

    Decisions from before the record kept that go by today's prices.
    """
    known = {model.name: model for model in registry.models}
    return sum(spent.cost for spent in of.tokens.values()) + sum(
        known[name].cost(prompt_tokens=spent.unpriced[0], completion_tokens=spent.unpriced[1])
        for name, spent in of.tokens.items()
        if name in known
    )


def saved(of: Statistics, registry: ModelRegistry) -> float:
    """What the answers that were said again would have cost, by today's prices."""
    known = {model.name: model for model in registry.models}
    return sum(
        known[name].cost(prompt_tokens=spent.prompt, completion_tokens=spent.completion)
        for name, spent in of.saved.items()
        if name in known
    )


def _show(kinds: Mapping[str, Statistics], registry: ModelRegistry, since: datetime | None) -> None:
    when = f" since {since:%Y-%m-%d %H:%M} UTC" if since is not None else ""
    if not kinds[ALL].decisions:
        out.print(f"No decision was recorded{when}.")
        return
    table = Table(box=None, title=f"Decisions{when}", title_justify="left")
    table.add_column("kind")
    for name in ("number", *(f"p{percent} ms" for percent in PERCENTILES), *SOURCES, *LEVELS, "tokens", "cost"):
        table.add_column(name, justify="right", no_wrap=True)
    for kind, of in kinds.items():
        prompt = sum(spent.prompt for spent in of.tokens.values())
        completion = sum(spent.completion for spent in of.tokens.values())
        table.add_row(
            f"[bold]{plain(kind)}[/]",
            str(of.decisions),
            *(f"{of.percentile(percent):.1f}" for percent in PERCENTILES),
            *(_percent(of.sources[source] / of.decisions) for source in SOURCES),
            *(_percent(of.validity[level].share) for level in LEVELS),
            f"{prompt} + {completion}",
            f"{cost(of, registry):.4f}",
        )
    out.print(table)


def _remark(measured: Measured, registry: ModelRegistry) -> None:
    """What stands below the table: why there were fallbacks, what caches saved, and what the figures do not know."""
    for kind, of in measured.kinds.items():
        if of.fallbacks:
            reasons = ", ".join(f"{reason} {count}" for reason, count in of.fallbacks.most_common())
            out.print(f"fallbacks of [bold]{plain(kind)}[/]: {plain(reasons)}")
    for kind, of in measured.kinds.items():
        if of.reused:
            hits = ", ".join(f"{cache} {count}" for cache, count in of.reused.most_common())
            prompt = sum(spent.prompt for spent in of.saved.values())
            completion = sum(spent.completion for spent in of.saved.values())
            out.print(
                f"said again of [bold]{plain(kind)}[/]: {_percent(of.hit_rate)} of its answers ({hits}); that saved "
                f"{prompt} + {completion} tokens, {saved(of, registry):.4f}, {of.saved_milliseconds / 1_000:.1f} s"
            )
    known = {model.name for model in registry.models}
    for name in sorted(measured.all.tokens.keys() - known):
        out.print(f"[dim]'{plain(name)}' is not in models.toml: its tokens are counted as free.[/]")
    if measured.undated:
        out.print(f"[dim]{measured.undated} older decisions have no date, and are left out.[/]")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
