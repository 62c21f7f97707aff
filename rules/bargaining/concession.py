"""How a side gives way: with time, and as the other side does (Faratin, Sierra and Jennings, 1998)."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.temper import Tendencies


def haste(tendencies: Tendencies) -> float:
    """beta of the time-dependent tactic, 2^(1 - 2 patience): 0.5 for the patient, who wait, to 2 for the impatient."""
    return 2.0 ** (1 - 2 * tendencies.patience)


def target(
    number: int,
    rounds: int,
    *,
    best: float,
    reserve: float,
    tendencies: Tendencies,
    own: Sequence[float] = (),
    theirs: Sequence[float] = (),
) -> float:
    """What the proposal of round `number` (from 1) of `rounds` must be worth to us.

    With x = (number - 1) / (rounds - 1), the part of the time that is gone:
    by time: reserve + (best - reserve) (1 - x^(1 / beta)); at the end the reserve, never less.
    Tit for tat: our last proposal less what theirs has become better for us: own[-1] - max(0, theirs[-1] - theirs[-2]).
    The mixture: (1 - w) by time + w tit for tat, w = 0.5 adaptability (1 - x), and never more than our last proposal.
    `own` and `theirs` are what earlier proposals of each side are worth to us, oldest first.
    """
    gone = min(1.0, (number - 1) / max(1, rounds - 1))
    if rounds == 1:
        gone = 1.0
    wanted = reserve + max(0.0, best - reserve) * (1 - gone ** (1 / haste(tendencies)))
    if own:
        given = max(0.0, theirs[-1] - theirs[-2]) if len(theirs) > 1 else 0.0
        weight = 0.5 * tendencies.adaptability * (1 - gone)
        wanted = min(own[-1], (1 - weight) * wanted + weight * (own[-1] - given))
    return max(reserve, wanted)
