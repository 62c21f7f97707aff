"""At nought hit points: dying, death saving throws, dying at once (SRD 5.1, "Dropping to 0 Hit Points")."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rules.dice import Dice
from schemas.creatures import HitPoints

DEATH_SAVE_DC = 10
OF_A_KIND = 3
"""How many successes make one stable, and how many failures kill."""


@dataclass(frozen=True, slots=True)
class DeathSaves:
    """How somebody at nought hit points stands between life and death; both counts are 0 to 3."""

    successes: int = 0
    failures: int = 0
    awake: bool = False
    """A natural 20: back with 1 hit point."""

    @property
    def dead(self) -> bool:
        """Three failures."""
        return self.failures >= OF_A_KIND

    @property
    def stable(self) -> bool:
        """Three successes: no more rolls, unconscious, and 1 hit point after 1d4 hours."""
        return self.successes >= OF_A_KIND and not self.dead

    @property
    def dying(self) -> bool:
        """Whether there is still something to roll for."""
        return not (self.dead or self.stable or self.awake)

    def rolled(self, natural: int, bonus: int = 0) -> DeathSaves:
        """After a d20: 10 or more is a success, less a failure, a 1 counts as two failures, a 20 wakes up.

        Nothing changes for who is not dying.
        """
        if not self.dying:
            return self
        if natural == 20:
            return DeathSaves(awake=True)
        if natural != 1 and natural + bonus >= DEATH_SAVE_DC:
            return DeathSaves(self.successes + 1, self.failures)
        return DeathSaves(self.successes, min(OF_A_KIND, self.failures + (2 if natural == 1 else 1)))

    def roll(self, dice: Dice, advantage: int = 0) -> DeathSaves:
        """After the death saving throw at the start of one's turn."""
        return self.rolled(dice.d20(advantage).total) if self.dying else self

    def hurt(self, damage: int, maximum: int, *, critical: bool = False) -> DeathSaves:
        """After damage at nought hit points: a failure, two for a critical hit, death at the maximum or more.

        Whoever was stable is dying again, and begins anew.
        """
        if damage <= 0 or self.dead:
            return self
        if damage >= maximum:
            return DeathSaves(failures=OF_A_KIND)
        before = self if self.dying else DeathSaves()
        return DeathSaves(before.successes, min(OF_A_KIND, before.failures + (2 if critical else 1)))

    def stabilized(self) -> DeathSaves:
        """After first aid (a medicine check of DC 10) or the like."""
        return self if self.dead else DeathSaves(successes=OF_A_KIND)

    def survival_chance(self) -> float:
        """How likely death saving throws alone end with life, 0 to 1: stable or awake (0.595 from the first one)."""
        return _survival(min(self.successes, OF_A_KIND), self.failures, self.awake)


@lru_cache(maxsize=64)
def _survival(successes: int, failures: int, awake: bool) -> float:
    now = DeathSaves(successes, failures, awake)
    if not now.dying:
        return 0.0 if now.dead else 1.0
    return sum(now.rolled(natural).survival_chance() for natural in range(1, 21)) / 20


def dies_at_once(damage: int, points: HitPoints) -> bool:
    """Whether so much damage kills outright: what is left over at nought is the maximum or more.

    SRD 5.1, "Instant Death". Temporary hit points take their part first.
    """
    return damage - points.temporary - points.current >= points.maximum
