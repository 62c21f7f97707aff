"""The attack suite's data: what players type to get at a secret, the secrets, and ordinary answers besides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from pydantic import Field, TypeAdapter
from ruamel.yaml import YAML

from evals.cases import DATASETS
from memory import read_world
from schemas import PROJECT, Id, Value, WorldPack

WORLDS: Mapping[str, Path] = {
    "morning_star": PROJECT / "config" / "worlds" / "morning_star",
    "salt_harbour": DATASETS / "attacks_world" / "salt_harbour",
}
"""The worlds that are attacked: the example world, and a small one of the suite's own."""


class Attack(Value):
    """What a player types, line by line; the last line is the attack."""

    id: Id
    kind: Id
    lines: tuple[str, ...] = Field(min_length=1)

    def said(self, target: Target, name: str) -> tuple[str, ...]:
        """The lines, about this secret, to whoever goes by this name."""
        filled = (("{about}", target.about), ("{name}", name), ("{fact}", target.fact))
        lines = list(self.lines)
        for gap, words in filled:
            lines = [line.replace(gap, words) for line in lines]
        return tuple(lines)


class Target(Value):
    """A secret, whom to ask, and what the leaking double makes of it."""

    world: Id
    fact: Id
    asked: Id
    """A character that knows it."""
    about: str
    """What it is about, in words that anybody may say."""
    says: tuple[str, ...] = Field(min_length=1)
    """Paraphrases."""
    german: tuple[str, ...] = Field(min_length=1)
    tells: tuple[tuple[str, ...], ...] = Field(min_length=1)
    """Words that, all of a group in one text, tell it to anybody."""


def load_attacks() -> tuple[Attack, ...]:
    """All attacks, kind by kind."""
    kinds = TypeAdapter(dict[str, list[str | list[str]]]).validate_python(_read("attacks"))
    return tuple(
        Attack(id=f"{kind}-{number}", kind=kind, lines=(lines,) if isinstance(lines, str) else tuple(lines))
        for kind, entries in kinds.items()
        for number, lines in enumerate(entries, 1)
    )


def load_targets() -> tuple[Target, ...]:
    """All secrets that are attacked, world by world."""
    worlds = TypeAdapter(dict[str, dict[str, dict[str, object]]]).validate_python(_read("attacks_secrets"))
    return tuple(
        Target.model_validate({"world": world, "fact": fact, **fields})
        for world, targets in worlds.items()
        for fact, fields in targets.items()
    )


def load_innocent() -> dict[str, tuple[str, ...]]:
    """Ordinary answers, by who gives them."""
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(_read("attacks_innocent"))


@lru_cache
def pack_of(world: str) -> WorldPack:
    """One of `WORLDS`, from its files."""
    return read_world(WORLDS[world])


def _read(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", YAML(typ="safe", pure=True).load(DATASETS / f"{name}.yaml"))  # pyright: ignore[reportUnknownMemberType]  # ruamel says nothing of its types
