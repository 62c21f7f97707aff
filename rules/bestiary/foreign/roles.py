"""What an imported creature is for in a fight, guessed from its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from schemas.conditions import Condition
from schemas.creatures import Action, ChallengeRating, CreatureRole
from schemas.dice import DiceExpression

SPRINT_FT = 50
"""Who moves so far strikes and is gone."""
FAR_FT = 60
TOUGH = 17.0
"""Hit points per challenge (plus one) from which a creature is there to stand in the way."""
_HINDERING = frozenset({Condition.BLINDED, Condition.CHARMED, Condition.FRIGHTENED, Condition.RESTRAINED})


def roles_of(
    actions: Sequence[Action],
    legendary: Sequence[Action],
    speed_ft: int,
    hit_dice: DiceExpression,
    challenge: ChallengeRating,
) -> list[CreatureRole]:
    """At least one, the most telling first: our own rule of thumb, for files to be corrected by hand.

    Who has legendary actions leads; who deals its best damage from afar is artillery; who takes away actions controls;
    who is fast skirmishes; who has many hit points for its challenge, or nothing of the above, is a brute.
    """
    best = max(actions, key=_damage, default=None)
    roles = list[CreatureRole]()
    if legendary:
        roles.append(CreatureRole.LEADER)
    if best is not None and best.kind in ("ranged", "spell_attack", "save") and (best.range_ft or 0) >= FAR_FT:
        roles.append(CreatureRole.ARTILLERY)
    if any(
        condition.incapacitating or condition in ("restrained", "frightened", "charmed")
        for condition in _inflicted(actions)
    ):
        roles.append(CreatureRole.CONTROLLER)
    if speed_ft >= SPRINT_FT:
        roles.append(CreatureRole.SKIRMISHER)
    if not roles or hit_dice.average / (challenge + 1) >= TOUGH:
        roles.append(CreatureRole.BRUTE)
    return roles


def _damage(action: Action) -> float:
    rolls = [*action.damage, *(action.save.damage if action.save else ())]
    return sum(roll.dice.average for roll in rolls)


def _inflicted(actions: Iterable[Action]) -> Iterator[Condition]:
    for action in actions:
        yield from action.conditions
        if action.save is not None:
            yield from action.save.conditions
