"""What there is for a plan: on one's own side, in reserve, and among the enemies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from schemas.creatures import Action
from schemas.tactics import Need, PlayerModel

SHOT_FT = 30
"""From this range on an attack counts as shooting."""
Actions = Iterable[Action]


def means(own: Sequence[Actions], foes: Sequence[Actions], player: PlayerModel, *, reserves: bool) -> frozenset[Need]:
    """What is there, from the actions of each on one's own side and of each enemy.

    `player` adds what the enemies were seen to do, for those who are not in sight yet. `reserves`: others would come
    if they were called.
    """
    return frozenset(_means(own, foes, player, reserves=reserves))


def _means(own: Sequence[Actions], foes: Sequence[Actions], player: PlayerModel, *, reserves: bool) -> Iterator[Need]:
    ours, theirs = [action for one in own for action in one], [action for one in foes for action in one]
    if any(_shoots(action) for action in ours):
        yield "shooters"
    if any(action.reach_ft for action in ours):
        yield "strikers"
    if any(reaches_several(action) for action in ours):
        yield "areas"
    if any(action.conditions or (action.save and action.save.conditions) for action in ours):
        yield "controllers"
    if len(own) > 1:
        yield "followers"
    if reserves:
        yield "reserves"
    if any(action.kind == "heal" for action in theirs) or player.deeds.counts.get("mend"):
        yield "healer_there"
    if any(reaches_several(action) for action in theirs) or player.deeds.counts.get("area"):
        yield "caster_there"
    if len(foes) != 1:  # none in sight yet: a party is more than one, as a rule
        yield "several_there"


def _shoots(action: Action) -> bool:
    return action.is_attack and max(action.range_ft or 0, action.long_range_ft or 0) >= SHOT_FT


def reaches_several(action: Action) -> bool:
    """Whether it strikes at more than one: what tells a caster."""
    return action.kind != "heal" and (action.area is not None or action.targets > 1)
