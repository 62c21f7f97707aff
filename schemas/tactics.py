"""What a boss knows of those it fights, what it has learned from its fights, and the stances that it may take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.calendar import WorldTime
from schemas.values import Id, LocaleKey, SignedUnitFloat, UnitFloat, Value

Count = Annotated[float, Field(ge=0)]
"""How often something was seen; it fades, so it need not be whole."""


class Tally(Value):
    """How often something was so, out of how often it could have been."""

    seen: Count = 0.0
    of: Count = 0.0

    def estimate(self, usual: float, weight: float = 3.0) -> float:
        """The share, 0 to 1, as if `usual` had been seen `weight` times before: the mean of a beta distribution."""
        return (self.seen + usual * weight) / (self.of + weight)


class Habit(Value):
    """How often each of several ways was taken."""

    counts: dict[Id, Count] = Field(default_factory=dict[str, float])

    @property
    def weight(self) -> float:
        """How much was seen altogether."""
        return sum(self.counts.values())

    def tally(self, *ways: str) -> Tally:
        """How often one of these ways was taken, out of all."""
        return Tally(seen=sum(self.counts.get(way, 0.0) for way in ways), of=self.weight)

    @property
    def favourite(self) -> str | None:
        """The way taken most often; None: nothing was seen."""
        return max(sorted(self.counts), key=lambda way: self.counts[way], default=None)


class PlayerModel(Value):
    """How a party plays, as far as it was watched. Everything fades, and what has faded counts for less."""

    aggression: Tally = Tally()
    """Turns on which somebody struck from close by or ran at the enemy."""
    caution: Tally = Tally()
    """Turns on which somebody healed, dodged, drew back or fled."""
    skill: Tally = Tally()
    """Blows that went to an enemy who was hurt already, while another was not: a party that plays together."""
    ranges: Habit = Habit()
    """From where they strike: `hand` (to 10 feet), `near` (to 60), `far`."""
    deeds: Habit = Habit()
    """What they do: `strike`, `area`, `mend`, `ward`, `withdraw`, `approach`."""
    damage: Habit = Habit()
    """Types of damage."""
    targets: Habit = Habit()
    """Whom they strike at: the `leader`, or a `follower`."""
    openings: Habit = Habit()
    """What each of them does first in a fight: a deed."""


class Lesson(Value):
    """One stretch of a fight, as it stands in an experience: what was tried on whom, and what they did."""

    stances: dict[Id, UnitFloat] = Field(default_factory=dict[str, float])
    """Stances, each with the share of the rounds in which it was taken."""
    features: dict[Id, SignedUnitFloat] = Field(default_factory=dict[str, float])
    """How the players looked when it was decided; a feature that is missing is 0, as usual."""
    seen: PlayerModel = PlayerModel()
    """What they did in this stretch alone."""
    fight: Id
    """Stretches of one fight have the same."""
    rounds: int = Field(default=1, ge=1)
    """How long the stretch before it lasted; of a whole fight, its length."""
    over: bool = False
    """Whether the fight ended with it: then there is something to learn from it."""
    won: bool = False
    """Whether the boss's side won."""
    reward: SignedUnitFloat = 0.0
    """How well it went, for the boss."""
    mark: str = Field(default="", max_length=16)
    """The last event that was watched, so that nothing is seen twice."""
    focus: Id | None = None
    """The enemy whom the plan is about."""


class Study(Value):
    """All that a boss brings to a decision: its players, its lessons, and the fight that it is in."""

    player: PlayerModel = PlayerModel()
    lessons: tuple[Lesson, ...] = ()
    """Fights that are over, the oldest first."""
    stretches: tuple[Lesson, ...] = ()
    """Of the fight that is not over, the oldest first."""
    at: WorldTime | None = None
    """When the last of them began; None: no fight is on."""


Axis = Literal["distance", "ranks", "aim", "temper", "company"]
"""What a stance decides; a plan has at most one of each."""
Need = Literal[
    "shooters", "strikers", "areas", "controllers", "followers", "reserves", "healer_there", "caster_there",
    "several_there",
]  # fmt: skip
"""What has to be there for a stance: on one's own side, in reserve, or among the enemies."""
Company = Literal["many", "strong", "shooters"]
"""Whom a boss calls for the same budget: many weak ones, a few strong ones, or those who strike from afar."""
Feature = Literal["aggression", "caution", "skill", "afar", "areas", "mending", "leader"]
"""What a boss tells players apart by; each -1 to 1, where 0 is as usual, or unknown."""
Weight = Literal[
    "aggression", "caution", "damage", "focus", "kill", "control", "healing", "rescue", "safety", "friendly_fire",
    "thrift",
]  # fmt: skip
"""A weight of the tactical policy (`rules.arena.weights.Weights`)."""


class Stance(Value):
    """One way to fight, to be combined with others."""

    id: Id
    name_key: LocaleKey
    axis: Axis
    needs: tuple[Need, ...] = ()
    against: tuple[Id, ...] = ()
    """Stances that it does not go with, beside those of its own axis."""
    before: bool = False
    """Only before the first blow: whoever is in a fight cannot choose the ground or the company any more."""
    weights: dict[Weight, Annotated[float, Field(gt=0, le=100)]] = Field(default_factory=dict[Weight, float])
    """What the weights of the tactical policy are multiplied by."""
    order: Literal["focus_healer", "focus_weakest", "focus_caster", "hold"] | None = None
    """What the side is ordered to do; a focus is the enemy whom the decision names."""
    spacing_ft: int | None = Field(default=None, ge=5, le=100)
    """How far apart they stand at first."""
    start_ft: int | None = Field(default=None, ge=5, le=300)
    """How far from the enemy they begin."""
    company: Company | None = None
    expects: SignedUnitFloat = 0.0
    """What it is thought to bring before anything was tried, against players of whom nothing is known."""
    suits: dict[Feature, Annotated[float, Field(ge=-2, le=2)]] = Field(default_factory=dict[Feature, float])
    """How much more it is thought to bring for a full step of a feature; experience corrects it."""

    @model_validator(mode="after")
    def _decides_something(self) -> Stance:
        if self.before != (self.axis in ("ranks", "company") or self.start_ft is not None):
            raise ValueError(
                "ranks, company and a distance to begin from are chosen before a fight, all else at any time"
            )
        if (self.axis == "company") != (self.company is not None):
            raise ValueError("a stance of the axis 'company', and no other, says who comes")
        return self

    @property
    def wants_focus(self) -> bool:
        """Whether it is about one enemy."""
        return self.order is not None and self.order.startswith("focus")
