"""What conditions do to a creature's rolls, movement and actions (SRD 5.1, "Appendix PH-A: Conditions")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache, reduce

from schemas.abilities import Ability
from schemas.conditions import Condition, ConditionState

NEAR_FT = 5
"""From how close a creature that lies on the ground is easy to hit, and a helpless one is hit critically."""
DEADLY_EXHAUSTION = 6
"""The level of exhaustion that kills."""

_BODILY = frozenset({Ability.STRENGTH, Ability.DEXTERITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plight:
    """All that a creature's conditions do to it, added up: whatever one of them does, the sum does.

    `Plight.of` makes one from what a scene says, `Plight.under` from plain conditions; both give the same object for
    the same conditions, so it costs next to nothing to ask again. `SOUND` is the plight of who has none.
    """

    no_actions: bool = False
    """Neither actions nor reactions."""
    no_movement: bool = False
    """Its speed is nought, and nothing adds to it."""
    slowed: bool = False
    """Its speed is halved."""
    prone: bool = False
    """It lies on the ground: disadvantage on its attack rolls, and standing up costs half its speed."""
    blind: bool = False
    """It fails checks that need sight, and cannot see whom it strikes, or who strikes it."""
    deaf: bool = False
    """It fails checks that need hearing."""
    unseen: bool = False
    """It cannot be seen without special senses."""
    aims_badly: bool = False
    """Disadvantage on its own attack rolls."""
    exposed: bool = False
    """Advantage on attack rolls against it."""
    helpless: bool = False
    """A hit from within 5 feet is a critical hit."""
    clumsy: bool = False
    """Disadvantage on its ability checks."""
    afraid: bool = False
    """While it sees what it fears: disadvantage on attack rolls and checks. It does not walk up to it either way."""
    fails_saves: frozenset[Ability] = frozenset()
    """Saving throws that it fails without a roll."""
    weak_saves: frozenset[Ability] = frozenset()
    """Saving throws that it makes with disadvantage."""
    stony: bool = False
    """It resists all damage, and poison does nothing to it."""
    frail: bool = False
    """Its hit point maximum is halved."""
    dead: bool = False
    """Exhaustion has killed it."""

    @staticmethod
    def under(conditions: Iterable[Condition], exhaustion: int = 0) -> Plight:
        """The plight of who has these conditions and a level of exhaustion from 0 to 6 (more counts as 6).

        The condition `exhaustion` among `conditions` counts as level 1 when no level is given.
        """
        return _added_up(frozenset(conditions), min(exhaustion, DEADLY_EXHAUSTION))

    @staticmethod
    def of(states: Iterable[ConditionState]) -> Plight:
        """The plight of who has these conditions, as a scene lists them."""
        named, exhaustion = set[Condition](), 0
        for state in states:
            named.add(state.condition)
            exhaustion = max(exhaustion, state.level or 0)
        return Plight.under(named, exhaustion)

    @property
    def speed_factor(self) -> float:
        """What is left of its speed: 0, a half or 1. Standing up comes on top: `movement_ft`."""
        return 0.0 if self.no_movement else 0.5 if self.slowed else 1.0


SOUND = Plight()
"""The plight of a creature without conditions."""


def _both(one: Plight, other: Plight) -> Plight:
    return Plight(**{field.name: getattr(one, field.name) | getattr(other, field.name) for field in fields(Plight)})


_PRONE = Plight(prone=True)
_HELD_FAST = Plight(no_actions=True, no_movement=True, exposed=True, fails_saves=_BODILY)

CONDITION_PLIGHTS: dict[Condition, Plight] = {
    Condition.BLINDED: Plight(blind=True),
    Condition.CHARMED: SOUND,  # whom it may not attack depends on the charmer: see rules.moves
    Condition.DEAFENED: Plight(deaf=True),
    Condition.EXHAUSTION: SOUND,  # by level
    Condition.FRIGHTENED: Plight(afraid=True),
    Condition.GRAPPLED: Plight(no_movement=True),
    Condition.INCAPACITATED: Plight(no_actions=True),
    Condition.INVISIBLE: Plight(unseen=True),
    Condition.PARALYZED: replace(_HELD_FAST, helpless=True),
    Condition.PETRIFIED: replace(_HELD_FAST, stony=True),
    Condition.POISONED: Plight(aims_badly=True, clumsy=True),
    Condition.PRONE: _PRONE,
    Condition.RESTRAINED: Plight(
        no_movement=True, aims_badly=True, exposed=True, weak_saves=frozenset({Ability.DEXTERITY})
    ),
    Condition.STUNNED: _HELD_FAST,
    Condition.UNCONSCIOUS: _both(replace(_HELD_FAST, helpless=True), _PRONE),
}
"""What each condition does by itself; the wholes are sums of these."""

EXHAUSTION_PLIGHTS: tuple[Plight, ...] = (
    SOUND,
    Plight(clumsy=True),
    Plight(slowed=True),
    Plight(aims_badly=True, weak_saves=frozenset(Ability)),
    Plight(frail=True),
    Plight(no_movement=True),
    Plight(dead=True, no_actions=True, no_movement=True),
)
"""What each level of exhaustion adds to those below it; the first is level 0."""


@lru_cache(maxsize=4096)
def _added_up(conditions: frozenset[Condition], exhaustion: int) -> Plight:
    level = max(exhaustion, 1) if Condition.EXHAUSTION in conditions else max(exhaustion, 0)
    parts = [CONDITION_PLIGHTS[condition] for condition in conditions]
    return reduce(_both, (*parts, *EXHAUSTION_PLIGHTS[: level + 1]), SOUND)


def can_act(plight: Plight) -> bool:
    """Whether actions, bonus actions and reactions are possible (SRD 5.1, "Incapacitated")."""
    return not plight.no_actions


def movement_ft(speed_ft: int, plight: Plight) -> int:
    """How far one gets in a turn on two feet: standing up costs half the speed (SRD 5.1, "Being Prone")."""
    speed = int(speed_ft * plight.speed_factor)
    return speed - speed // 2 if plight.prone else speed


def on_its_feet(plight: Plight) -> Plight:
    """The plight of who has stood up; who cannot move stays on the ground."""
    return replace(plight, prone=False) if plight.prone and not plight.no_movement else plight


def attack_advantage(
    attacker: Plight,
    target: Plight,
    *,
    within_5_ft: bool,
    easier: bool = False,
    harder: bool = False,
    attacker_senses: bool = False,
    target_senses: bool = False,
    fear_in_sight: bool = True,
) -> int:
    """Advantage (1), disadvantage (-1) or neither on an attack roll (SRD 5.1, "Unseen Attackers and Targets").

    `within_5_ft`: how close the attacker stands, which decides about a target that lies on the ground. `easier` and
    `harder`: whatever else there is, such as pack tactics or long range. `attacker_senses`: the attacker makes out
    the target without eyes, or though it is invisible (blindsight, tremorsense, truesight); `target_senses`: the same
    the other way. `fear_in_sight`: a frightened attacker sees what it fears.
    """
    for_it = (
        easier
        or target.exposed
        or (target.prone and within_5_ft)
        or (not target_senses and (target.blind or attacker.unseen))
    )
    against_it = (
        harder
        or attacker.aims_badly
        or attacker.prone
        or (attacker.afraid and fear_in_sight)
        or (target.prone and not within_5_ft)
        or (not attacker_senses and (attacker.blind or target.unseen))
    )
    return for_it - against_it


def always_critical(target: Plight, *, within_5_ft: bool) -> bool:
    """Whether any hit is a critical one (SRD 5.1, "Paralyzed", "Unconscious")."""
    return target.helpless and within_5_ft


def auto_fails(ability: Ability, plight: Plight) -> bool:
    """Whether a saving throw fails without a roll (SRD 5.1, "Paralyzed", "Stunned" and others)."""
    return ability in plight.fails_saves


def save_advantage(ability: Ability, plight: Plight, *, easier: bool = False, harder: bool = False) -> int:
    """Advantage (1), disadvantage (-1) or neither on a saving throw (SRD 5.1, "Restrained", "Exhaustion")."""
    return easier - (harder or ability in plight.weak_saves)


def check_advantage(plight: Plight, *, easier: bool = False, harder: bool = False, fear_in_sight: bool = True) -> int:
    """Advantage (1), disadvantage (-1) or neither on an ability check (SRD 5.1, "Poisoned", "Exhaustion")."""
    return easier - (harder or plight.clumsy or (plight.afraid and fear_in_sight))


def fails_check(plight: Plight, *, needs_sight: bool = False, needs_hearing: bool = False) -> bool:
    """Whether a check fails without a roll, by what it needs (SRD 5.1, "Blinded", "Deafened")."""
    return (needs_sight and plight.blind) or (needs_hearing and plight.deaf)


def hit_point_maximum(maximum: int, plight: Plight) -> int:
    """The hit point maximum as it is now: halved at exhaustion 4, rounded down, but at least 1."""
    return max(1, maximum // 2) if plight.frail else maximum
