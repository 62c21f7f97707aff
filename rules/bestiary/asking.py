"""What people type when they ask for creatures: `1/4..2`."""

from __future__ import annotations

from schemas.creatures import CHALLENGES, ChallengeRating
from schemas.errors import BadRequest, Fault


def challenge_range(text: str | None, *, where: str = "challenge") -> tuple[ChallengeRating, ChallengeRating]:
    """From a challenge to another, both included: `3`, `1/4..2`, `..5`, `17..`; None: all of them.

    Raises `BadRequest` for what is no challenge, with the nearest one, and for a range that runs backwards.
    """
    low, dots, high = (text or "..").partition("..")
    least = _challenge(low or "0", where)
    most = _challenge(high or "30", where) if dots else least
    if least > most:
        raise BadRequest(Fault(where, f"{least} is more than {most}.", f"Did you mean '{most}..{least}'?"))
    return least, most


def _challenge(text: str, where: str) -> ChallengeRating:
    plain = text.strip()
    try:
        return ChallengeRating(plain if "/" in plain else float(plain))
    except ValueError:
        near = _nearest(plain)
        hint = f"Did you mean '{near}'?" if near is not None else "They are 0, 1/8, 1/4, 1/2 and 1 to 30."
        raise BadRequest(Fault(where, f"there is no challenge '{plain[:20]}'.", hint)) from None


def _nearest(text: str) -> ChallengeRating | None:
    """The rating that a number or a fraction comes closest to."""
    above, slash, below = text.partition("/")
    try:
        number = float(above) / float(below) if slash else float(above)
    except (ValueError, ZeroDivisionError):
        return None
    if number != number:  # not a number
        return None
    return min(map(ChallengeRating, CHALLENGES), key=lambda rating: abs(rating - number))
