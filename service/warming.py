"""Have servers read how prompts begin before anybody waits for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nodes import opening_of
from schemas import ModelRole, Rank, World
from service.loom import Loom
from service.roles import role_of

if TYPE_CHECKING:
    from inference import ModelPool

CROWD = (Rank.CROWD, Rank.COMMON)
"""They seldom ask a model, and there are too many of them."""


@dataclass(frozen=True, slots=True)
class Warmed:
    """One beginning that an endpoint has read."""

    endpoint: str
    kind: str
    role: ModelRole
    character: str
    """Empty: what the prompts of all characters begin with."""
    tokens: int


async def warm(loom: Loom, pool: ModelPool, world: str, *, characters: bool = False) -> AsyncIterator[Warmed]:
    """Send each kind's fixed beginning to all endpoints that its questions may go to, in the language of the game.

    With `characters` also that of everybody above the crowd, to the endpoint that will be asked for that one. Raises
    UnknownThing for a world that is not loaded, and a ModelError.
    """
    sheet = loom.memory.world(world)
    for kind in loom.kinds:
        role = role_of(loom.declaration(kind))
        if role is None:
            continue
        openings = _openings(loom, kind, sheet)
        shared = _common(list(openings.values()))
        wanted = [("", shared)] if shared else []
        if characters:
            wanted += openings.items()
        for character, text in wanted:
            affinity = f"{world}/{character}" if character else ""
            read = await pool.warm(role, [{"role": "system", "content": text}], affinity)
            for endpoint, tokens in read.items():
                yield Warmed(endpoint, kind, role, character, tokens)


def _openings(loom: Loom, kind: str, world: World) -> dict[str, str]:
    """How prompts begin, by character: of those above the crowd, or where there is nobody of all."""
    declaration = loom.declaration(kind)
    names: Iterable[str] = [name for name, one in world.characters.items() if one.rank not in CROWD] or world.characters
    return {name: opening_of(loom.context, declaration.decides, declaration.tools, world, name) for name in names}


def _common(texts: Iterable[str]) -> str:
    """What they all begin with."""
    least, most = min(texts, default=""), max(texts, default="")
    return least[: next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))]
