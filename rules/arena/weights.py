"""What a fighter cares about: the weights that the tactical policy adds things up with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.temper import Tendencies, Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each thing counts, beside a hit point of damage; and what its owner is like.

    Figures from play: `python -m evals combat` measures what a change is worth.
    """

    aggression: float = 0.5
    """0 to 1: how much it wants to close in and to finish off."""
    caution: float = 0.5
    """0 to 1: how much it minds being hurt; above two thirds it runs when badly hurt."""
    damage: float = 0.3
    """A hit point taken from an enemy, whoever it is."""
    focus: float = 1.0
    """A share of an enemy's life, times what that enemy deals in the rounds to come."""
    kill: float = 0.6
    """The chance that it falls now, times the same."""
    control: float = 0.8
    """What a condition keeps an enemy from dealing."""
    healing: float = 1.0
    """What a friend deals while it stands longer for being healed."""
    mercy: float = 0.0
    """A hit point given back to a friend who is badly hurt, whatever it wins."""
    rescue: float = 1.5
    """A friend who stands again, in rounds of what it deals."""
    tempo: float = 0.2
    """What it deals by hand next turn, if it gets beside the enemy by then."""
    safety: float = 0.5
    """What enemies may be expected to deal in return."""
    friendly_fire: float = 1.5
    """What befalls friends in an area."""
    thrift: float = 0.1
    """What it costs to use up something that does not come back, as a share of what it is good for."""

    @property
    def runs(self) -> bool:
        """Whether it runs when badly hurt."""
        return self.caution > 2 / 3


ROLES: dict[str, Weights] = {
    "tactical": Weights(),
    "stealth": Weights(aggression=0.4, caution=0.6, kill=1.2, safety=1.0, control=0.6, thrift=0.05),
    "support": Weights(aggression=0.3, caution=0.55, healing=1.6, rescue=2.5, control=1.1, friendly_fire=2.5),
    "exploration": Weights(aggression=0.2, caution=0.75, safety=1.2, thrift=0.3),
}
"""Weights by what somebody is there for."""


def weights_of(temper: Traits | Tendencies, role: str = "tactical") -> Weights:
    """The weights of a role with a character's own temper, from its traits alone or with the mood that it is in.

    The aggressive kill rather than mend (kill x (0.5 + aggression), mercy x (1.25 - aggression / 2)); caution is
    1 - courage; those who like risks mind blows less (safety x (0.5 + caution) x 4^(1 - 2 risk tolerance)); the
    patient keep for later what does not come back (thrift x (0.5 + patience)). Somebody of middling temper has the
    weights of the role. An unknown role counts as `tactical`.
    """
    base = ROLES.get(role, ROLES["tactical"])
    caution = 1 - temper.courage
    return replace(
        base,
        aggression=temper.aggression,
        caution=caution,
        kill=base.kill * (0.5 + temper.aggression),
        mercy=base.mercy * (1.25 - temper.aggression / 2),
        safety=base.safety * (0.5 + caution) * 4 ** (1 - 2 * temper.risk_tolerance),
        thrift=base.thrift * (0.5 + temper.patience),
    )
