"""What a character is like: the Big Five, what follows from them, how far life has moved them, and how they feel."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from schemas.calendar import WorldTime
from schemas.values import Id, SignedUnitFloat, UnitFloat, Value

MOST_DRIFT: Final = 0.15
"""How far a trait may ever move from the value on its sheet, either way."""
MOST_STEP: Final = 0.02
"""How far a trait may move by one event."""
LEAST_SWING: Final = 0.01
"""A difference between two feelings that nobody would notice."""
HALF_LIFE_MINUTES: Final = 360
"""In which half of a mood is gone, in minutes of the game, for somebody of middling neuroticism."""


class Affect(Value):
    """A feeling on the three axes of Mehrabian and Russell (1974), each -1 to 1."""

    valence: SignedUnitFloat = 0.0
    """From misery to joy."""
    arousal: SignedUnitFloat = 0.0
    """From drowsy to excited."""
    dominance: SignedUnitFloat = 0.0
    """From helpless to in command."""

    @property
    def axes(self) -> tuple[float, float, float]:
        """Valence, arousal, dominance."""
        return self.valence, self.arousal, self.dominance

    @property
    def strength(self) -> float:
        """Its largest part, 0 to 1."""
        return max(abs(axis) for axis in self.axes)

    def moved(self, by: Affect) -> Affect:
        """The two together, each axis kept within -1 to 1."""
        return _affect(*(one + other for one, other in zip(self.axes, by.axes, strict=True)))

    def less(self, other: Affect) -> Affect:
        """How it differs from another, each axis kept within -1 to 1."""
        return _affect(*(one - two for one, two in zip(self.axes, other.axes, strict=True)))

    def times(self, factor: float) -> Affect:
        """The same feeling, so much stronger or weaker, each axis kept within -1 to 1."""
        return _affect(*(factor * axis for axis in self.axes))


CALM: Final = Affect()


class Mood(Affect):
    """How a character feels at a moment."""

    character: Id
    at: WorldTime

    def faded(self, to: WorldTime, baseline: Affect, half_life: float) -> Mood:
        """The mood at a later moment: baseline + (mood - baseline) 2^(-minutes / half-life). `half_life`: in minutes.

        A clock that goes backwards changes nothing: the mood is then as it was last seen.
        """
        minutes = to.total_minutes - self.at.total_minutes
        if minutes <= 0:
            return self
        left = 0.5 ** (minutes / half_life)
        faded = _affect(*(base + (axis - base) * left for axis, base in zip(self.axes, baseline.axes, strict=True)))
        return Mood(character=self.character, at=to, **faded.model_dump())


class Traits(Value):
    """The Big Five, 0 to 1 each; 0.5 is middling.

    What follows from them (`aggression` to `diplomatic_activity`) are weighted means, so all of it is 0 to 1, too.
    """

    openness: UnitFloat = 0.5
    conscientiousness: UnitFloat = 0.5
    extraversion: UnitFloat = 0.5
    agreeableness: UnitFloat = 0.5
    neuroticism: UnitFloat = 0.5

    @property
    def aggression(self) -> float:
        """How readily they attack, and finish off: 0.7 (1 - agreeableness) + 0.3 (1 - neuroticism)."""
        return 0.7 * (1 - self.agreeableness) + 0.3 * (1 - self.neuroticism)

    @property
    def courage(self) -> float:
        """How long they stand when it goes ill: 1 - neuroticism. Below a third, they run when badly hurt."""
        return 1 - self.neuroticism

    @property
    def patience(self) -> float:
        """How much they bear, how long they wait: 0.4 agreeableness + 0.3 conscientiousness + 0.3 (1 - neuroticism)."""
        return 0.4 * self.agreeableness + 0.3 * self.conscientiousness + 0.3 * (1 - self.neuroticism)

    @property
    def risk_tolerance(self) -> float:
        """How much they stake on an uncertain end.

        0.3 openness + 0.25 extraversion + 0.2 (1 - neuroticism) + 0.15 (1 - conscientiousness)
        + 0.1 (1 - agreeableness): the signs of Nicholson et al. (2005), "Personality and domain-specific risk taking".
        """
        return (
            0.3 * self.openness
            + 0.25 * self.extraversion
            + 0.2 * (1 - self.neuroticism)
            + 0.15 * (1 - self.conscientiousness)
            + 0.1 * (1 - self.agreeableness)
        )

    @property
    def adaptability(self) -> float:
        """How soon they change their ways: 0.5 openness + 0.3 (1 - neuroticism) + 0.2 (1 - conscientiousness)."""
        return 0.5 * self.openness + 0.3 * (1 - self.neuroticism) + 0.2 * (1 - self.conscientiousness)

    @property
    def economic_focus(self) -> float:
        """How much gold weighs with them: 0.6 conscientiousness + 0.2 (1 - agreeableness) + 0.2 (1 - openness)."""
        return 0.6 * self.conscientiousness + 0.2 * (1 - self.agreeableness) + 0.2 * (1 - self.openness)

    @property
    def diplomatic_activity(self) -> float:
        """How readily they treat with others: 0.4 extraversion + 0.4 agreeableness + 0.2 openness."""
        return 0.4 * self.extraversion + 0.4 * self.agreeableness + 0.2 * self.openness

    @property
    def baseline(self) -> Affect:
        """How they feel when nothing happens.

        Mehrabian (1996), "Analysis of the Big-five personality factors in terms of the PAD temperament model", with o,
        c, e, a as 2 trait - 1 and s (emotional stability) as 1 - 2 neuroticism: valence = 0.21 e + 0.59 a + 0.19 s;
        arousal = 0.15 o + 0.30 a - 0.57 s; dominance = 0.25 o + 0.17 c + 0.60 e - 0.32 a.
        """
        o, c, e, a = (2 * t - 1 for t in (self.openness, self.conscientiousness, self.extraversion, self.agreeableness))
        s = 1 - 2 * self.neuroticism
        return _affect(
            0.21 * e + 0.59 * a + 0.19 * s, 0.15 * o + 0.30 * a - 0.57 * s, 0.25 * o + 0.17 * c + 0.60 * e - 0.32 * a
        )

    @property
    def half_life(self) -> float:
        """In how many minutes of the game half of a mood is gone: 360 (0.5 + neuroticism), 3 to 9 hours."""
        return HALF_LIFE_MINUTES * (0.5 + self.neuroticism)

    def drifted(self, drift: TraitDrift) -> Traits:
        """The traits as life has made them: sheet and drift together, each kept within 0 to 1."""
        return Traits(
            **{name: max(0.0, min(1.0, getattr(self, name) + getattr(drift, name))) for name in Traits.model_fields}
        )

    def tendencies(self, swing: Affect = CALM) -> Tendencies:
        """What they are inclined to in a mood; `swing`: how it differs from their `baseline`, v, a and d below.

        The traits speak through the formulas above, so of the mood only the difference counts, and little:
        aggression + 0.1 (a - v), courage + 0.15 d + 0.05 v, patience + 0.1 (v - a), risk tolerance + 0.05 (v + a + d),
        adaptability + 0.05 v, economic focus - 0.05 a, diplomatic activity + 0.1 v; each kept within 0 to 1.
        """
        v, a, d = swing.axes
        return Tendencies(
            aggression=_share(self.aggression + 0.1 * (a - v)),
            courage=_share(self.courage + 0.15 * d + 0.05 * v),
            patience=_share(self.patience + 0.1 * (v - a)),
            risk_tolerance=_share(self.risk_tolerance + 0.05 * (v + a + d)),
            adaptability=_share(self.adaptability + 0.05 * v),
            economic_focus=_share(self.economic_focus - 0.05 * a),
            diplomatic_activity=_share(self.diplomatic_activity + 0.1 * v),
        )


class Tendencies(Value):
    """What somebody is inclined to, 0 to 1 each: by their traits (the formulas are with `Traits`) and their mood."""

    aggression: UnitFloat = 0.5
    courage: UnitFloat = 0.5
    patience: UnitFloat = 0.5
    risk_tolerance: UnitFloat = 0.5
    adaptability: UnitFloat = 0.5
    economic_focus: UnitFloat = 0.5
    diplomatic_activity: UnitFloat = 0.5


_Moved = Field(default=0.0, ge=-MOST_DRIFT, le=MOST_DRIFT)


class TraitDrift(Value):
    """How far life has moved a character's traits from its sheet by a moment: at most `MOST_DRIFT` either way."""

    character: Id
    openness: float = _Moved
    conscientiousness: float = _Moved
    extraversion: float = _Moved
    agreeableness: float = _Moved
    neuroticism: float = _Moved
    at: WorldTime


_Step = Field(default=0.0, ge=-MOST_STEP, le=MOST_STEP)


class TraitStep(Value):
    """By how much one event moves a character's traits: at most `MOST_STEP` each."""

    openness: float = _Step
    conscientiousness: float = _Step
    extraversion: float = _Step
    agreeableness: float = _Step
    neuroticism: float = _Step

    def __bool__(self) -> bool:
        """Whether it moves anything."""
        return any(getattr(self, name) for name in TraitStep.model_fields)

    def after(self, before: TraitDrift | None, character: Id, at: WorldTime) -> TraitDrift:
        """How far the traits have moved with this step, `before` being how far they had: never beyond `MOST_DRIFT`."""
        moved = {
            name: (getattr(before, name) if before is not None else 0.0) + getattr(self, name)
            for name in TraitStep.model_fields
        }
        kept = {name: max(-MOST_DRIFT, min(MOST_DRIFT, value)) for name, value in moved.items()}
        return TraitDrift(character=character, at=at, **kept)


class Stirring(Value):
    """What something that happened does to a character: it is added to whatever mood they are in when it is written."""

    character: Id
    at: WorldTime
    mood: Affect = CALM
    """By how much the mood moves."""
    baseline: Affect = CALM
    """Where the mood goes by itself, until then."""
    half_life: float = Field(default=HALF_LIFE_MINUTES, gt=0)
    """In minutes of the game."""
    traits: TraitStep = TraitStep()
    """By how much the traits move."""

    @property
    def moves_mood(self) -> bool:
        """Whether anybody would notice it."""
        return self.mood.strength >= LEAST_SWING

    def after(self, before: Mood | None) -> Mood:
        """The mood with it, `before` being the last one that was seen; None: until now it was the usual one."""
        if before is None:
            here, at = self.baseline, self.at
        else:
            faded = before.faded(self.at, self.baseline, self.half_life)
            here, at = faded, faded.at
        return Mood(
            character=self.character, at=at, **here.moved(self.mood).model_dump(include=set(Affect.model_fields))
        )


class Temper(Value):
    """What a character is like now: its traits with their drift, and the mood it is in."""

    traits: Traits = Traits()
    mood: Mood

    @property
    def swing(self) -> Affect:
        """How the mood differs from what is usual with such traits."""
        return self.mood.less(self.traits.baseline)

    @property
    def tendencies(self) -> Tendencies:
        """What they are inclined to just now."""
        return self.traits.tendencies(self.swing)

    @classmethod
    def of(cls, sheet: Traits, last: Mood | None, drift: TraitDrift | None, character: Id, at: WorldTime) -> Temper:
        """From the sheet's traits, how far they have drifted, and the last mood that was seen: faded until `at`."""
        traits = sheet if drift is None else sheet.drifted(drift)
        if last is None:
            return cls.usual(character, traits, at)
        return cls(traits=traits, mood=last.faded(at, traits.baseline, traits.half_life))

    @classmethod
    def usual(cls, character: Id, traits: Traits, at: WorldTime) -> Temper:
        """Of somebody of whom nothing else is known: the traits of the sheet, and the mood that goes with them."""
        return cls(traits=traits, mood=Mood(character=character, at=at, **traits.baseline.model_dump()))


def _share(value: float) -> float:
    return max(0.0, min(1.0, value))


def _affect(valence: float, arousal: float, dominance: float) -> Affect:
    v, a, d = (max(-1.0, min(1.0, axis)) for axis in (valence, arousal, dominance))
    return Affect(valence=v, arousal=a, dominance=d)
