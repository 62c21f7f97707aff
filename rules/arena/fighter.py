"""One combatant in an arena, as it is at this moment."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.arena.sheet import Deed, Sheet
from rules.mechanics.conditions import SOUND, Plight
from rules.mechanics.death import DeathSaves
from schemas.abilities import Ability
from schemas.conditions import Condition
from schemas.items import DamageType

NOT_DYING = DeathSaves()


@dataclass(slots=True)
class Ailment:
    """A condition that somebody has now."""

    condition: Condition
    source: int | None = None
    """Who brought it about, by their place in the arena."""
    rounds: int | None = None
    """Turns of the sufferer until it ends; None: it does not end by itself."""
    ability: Ability | None = None
    """What one saves with at the end of one's turns to be rid of it; None: one cannot."""
    dc: int = 0
    magical: bool = False
    concentration: bool = False
    """It ends when its source loses concentration."""
    level: int = 0
    """Of exhaustion."""


@dataclass(eq=False, slots=True)
class Fighter:
    """Changes as the fight goes on. `alive` and `standing` are kept by the arena."""

    id: str
    side: str
    sheet: Sheet = field(repr=False)
    hit_points: int
    most: int
    """The hit points that healing does not exceed."""
    temporary: int = 0
    x: float | None = None
    y: float = 0.0
    """Where it is, in feet; x is None where nobody knows: then it is within reach of everybody."""
    ailments: list[Ailment] = field(default_factory=list[Ailment])
    plight: Plight = SOUND
    """What the ailments come to."""
    uses: list[int] = field(default_factory=list[int])
    """How often each deed can still be used; -1 for any number of times."""
    index: int = 0
    """Its place in the arena."""
    standing: bool = True
    """It is in the fight: alive, conscious as far as hit points go, and not away."""
    fled: bool = False
    dead: bool = False
    acted: bool = False
    """It has had a turn in this fight."""
    reaction: bool = True
    dodging: bool = False
    disengaged: bool = False
    rose: bool = False
    """It has stood up this turn, which costs half its speed (SRD 5.1, "Being Prone")."""
    legendary_points: int = 0
    resistances: int = 0
    """How many failed saving throws it can still turn into successes."""
    concentrating: bool = False
    death: DeathSaves = NOT_DYING
    """How a hero who lies at nought stands between life and death."""
    stopped: bool = False
    """It does not regenerate at the start of its next turn."""
    extra_used: bool = False
    """Damage that comes once a turn has been dealt."""
    ran_ft: float = 0
    """How far it has walked this turn."""
    bonus: bool = True
    """Its bonus action is still there."""
    reckless: bool = False
    """It strikes, and is struck, with advantage until its next turn."""
    surprised: bool = False
    """It neither moves nor acts on its first turn, and has no reaction before (SRD 5.1, "Surprise")."""
    felled: bool = False
    """It has brought somebody down by hand this turn."""
    splits: int = 0
    """How often it can still be cut in two: once for each size above small."""
    rallied: bool = False
    """It has stayed on its feet once by sheer will."""
    dealt: int = 0
    """Hit points that it has taken from enemies."""
    mended: int = 0
    """Hit points that it has given back to its side."""

    @classmethod
    def fresh(cls, id_: str, side: str, sheet: Sheet, at: tuple[float, float] | None = None) -> Fighter:
        """Somebody unhurt with everything still to use."""
        made = cls(id_, side, sheet, sheet.hit_points, sheet.hit_points)
        made.ready()
        if at is not None:
            made.x, made.y = at
        return made

    def ready(self) -> None:
        """Have every use back, as after a long rest."""
        uses = [-1] * self.sheet.slots
        for deed in self.sheet.everything:
            uses[deed.slot] = deed.uses
            for part in deed.parts:
                uses[part.slot] = part.uses
        self.uses = uses
        self.legendary_points = self.sheet.legendary_points
        self.resistances = self.sheet.legendary_resistances
        self.splits = self.sheet.splits

    @property
    def fraction(self) -> float:
        """What is left of the hit points, 0 to 1."""
        return self.hit_points / self.most

    @property
    def can_act(self) -> bool:
        """Whether it can take actions, bonus actions and reactions."""
        return self.standing and not self.plight.no_actions

    @property
    def dying(self) -> bool:
        """Whether it lies at nought and neither death nor life has been decided."""
        return not (self.standing or self.dead or self.fled)

    def hostile(self, other: Fighter) -> bool:
        """Whether they fight each other; `neutral` is nobody's."""
        return self.side != other.side and self.side != "neutral" and other.side != "neutral"

    def has(self, condition: Condition) -> bool:
        """Whether the condition is on it."""
        return any(one.condition is condition for one in self.ailments)

    def held_by(self, other: Fighter) -> bool:
        """Whether the other has grappled it."""
        return any(one.condition is Condition.GRAPPLED and one.source == other.index for one in self.ailments)

    def can_use(self, deed: Deed) -> bool:
        """Whether the deed is not used up."""
        return self.uses[deed.slot] != 0 and not (
            deed.action.legendary_cost is not None and deed.action.legendary_cost > self.legendary_points
        )

    def assess(self) -> None:
        """Reckon anew what the ailments come to."""
        if not self.ailments:
            self.plight = SOUND
            return
        exhaustion = max((one.level for one in self.ailments), default=0)
        self.plight = Plight.under([one.condition for one in self.ailments], exhaustion)

    def thin(self) -> None:
        """A swarm with half of its hit points or less deals half of its dice."""
        if self.sheet.thinned is not None and 2 * self.hit_points <= self.most:
            self.sheet = self.sheet.thinned

    def hurt_by(self, kind: DamageType) -> None:
        """Remember what stops a regeneration."""
        if kind in self.sheet.regeneration_stops:
            self.stopped = True
