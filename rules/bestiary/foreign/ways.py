"""What multiattacks are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rules.bestiary.foreign.form import ForeignAbility, ForeignStep
from rules.bestiary.foreign.naming import plain_name, slug
from rules.bestiary.foreign.wording import NUMBERS, tidy
from schemas.creatures import Action

MULTIATTACK = "multiattack"
MOST_STEPS = 10
"""As many as a sequence may have."""

_COUNTED = rf"\b({'|'.join(NUMBERS)})\b (?:attacks? )?(?:melee attacks? )?(?:with (?:its|his|her) )?"
_DROPS = re.compile(r"\s+(?:attacks?|strikes?)$")


def ways_of(ability: ForeignAbility, actions: Sequence[Action]) -> list[tuple[ForeignStep, ...]]:
    """The ways of a multiattack, by its fields, else the one that its sentence tells."""
    return [*ability.ways] or [*_told(ability, actions)]


def sequence_of(steps: Iterable[ForeignStep], actions: Sequence[Action]) -> tuple[str, ...] | None:
    """The actions of one way; None where one of them is not there, or not there each turn."""
    sequence = list[str]()
    for step in steps:
        action = find(actions, step.name)
        if action is None or action.kind == "multiattack" or action.recharge or action.uses_per_day:
            return None
        if step.count is None:
            return None
        sequence += [action.id] * step.count if action.kind != "utility" else []
    return tuple(sequence) if len(sequence) <= MOST_STEPS else None


def way_id(sequence: Sequence[str], others: Sequence[Action]) -> str:
    """`multiattack`; a further way is named after what it has and the first has not: `multiattack_longbow`."""
    if not others:
        return MULTIATTACK
    parts = list(dict.fromkeys(sequence))
    own = [part for part in parts if part not in others[0].sequence] or parts
    id_ = "_".join((MULTIATTACK, *own))
    return id_ if all(other.id != id_ for other in others) else f"{MULTIATTACK}_{len(others) + 1}"


def find(actions: Sequence[Action], name: str) -> Action | None:
    """The action that a sentence means: `claws` finds `claw`, `tail attack` finds `tail`."""
    plain = plain_name(name).lower()
    wanted = slug(_DROPS.sub("", plain))
    alike = (slug(plain), wanted, wanted.removesuffix("s"), f"{wanted}s", wanted.removesuffix("es"))
    return next((one for like in alike for one in actions if one.id == like), None)


def _told(ability: ForeignAbility, actions: Iterable[Action]) -> Iterator[tuple[ForeignStep, ...]]:
    """The one way that a sentence tells: `makes three attacks: one with its bite and two with its claws`."""
    text, steps = tidy(ability.desc).lower(), list[ForeignStep]()
    for action in actions:
        words = action.id.replace("_", " ")
        found = re.search(rf"{_COUNTED}{re.escape(words.removesuffix('s'))}", text)
        if found is not None:
            steps.append(ForeignStep(name=words, count=NUMBERS[found[1]]))
    if steps:
        yield tuple(steps)
