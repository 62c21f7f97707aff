"""What all commands share: where they print, how they say it, and the options that many of them take."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from inference import GatedEmbedder, Switch
from memory import Memory
from schemas import Settings, load_settings
from service.assemble import make_embedder
from service.logs import set_up_logs

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Home = Annotated[Path | None, typer.Option(help="Where the record lives. Default: `.loomwright`.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]


def settings_for(home: Path | None) -> Settings:
    """The settings with what the command line says over them; logs go where they want them."""
    settings = load_settings(**({"home": home} if home is not None else {}))
    set_up_logs(settings.log)
    return settings


@asynccontextmanager
async def open_memory(settings: Settings) -> AsyncGenerator[Memory]:
    """The record and its indexes, for one command."""
    switch = Switch(on=settings.policy.ask_models, known=False)
    embedder = make_embedder(settings, switch)
    memory = await Memory.open(settings.record_url, settings.home, embedder, settings.recall, settings.upkeep)
    try:
        switch.heard(on=await memory.spending.models_on())
        yield memory
    finally:
        await memory.aclose()
        if isinstance(embedder, GatedEmbedder):
            await embedder.aclose()


def print_json(value: Mapping[str, object]) -> None:
    """One object, one line, on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def plain(text: str) -> str:
    """Text that no markup is read into."""
    return escape(text)
