"""Let a secret out."""

from __future__ import annotations

from schemas import RevealFact, SecretFact, SecretRevealed
from tools.here import Consequences, Here, ToolRefused


def reveal_secret(here: Here, call: int, *, fact: str, to: list[str]) -> Consequences:
    """Tell a secret that came to the character's mind to others who are there; they know it from now on.

    Raises ToolRefused when the fact is no secret, has come out, is not theirs to tell, or nobody would learn it.
    """
    secret = here.knows[fact]
    if not isinstance(secret.payload, SecretFact):
        raise ToolRefused(f"fact: '{fact}' is not a secret.")
    if not secret.is_secret:
        raise ToolRefused(f"fact: '{fact}' has come out already.")
    if not {secret.payload.holder, *secret.known_by} & here.world.knowers(here.character):
        raise ToolRefused(f"fact: '{here.character}' does not know it.")
    listeners = tuple(dict.fromkeys(name for name in to if name != here.character))
    if not listeners:
        raise ToolRefused("to: nobody else would hear it.")
    if {here.knower(name) for name in listeners} <= set(secret.known_by):
        raise ToolRefused("to: they all know it already.")
    effect = RevealFact(fact=fact, to=tuple(dict.fromkeys(here.knower(name) for name in listeners)))
    event = SecretRevealed(
        holder=secret.payload.holder, fact=fact, to=listeners, location=here.place, at=here.request.scene.time
    )
    return Consequences(effects=(effect,), triggered=(event,))
