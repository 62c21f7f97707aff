"""Where a fight takes place: who is in it, where they stand, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rules.arena.clash import power
from rules.arena.fighter import NOT_DYING, Ailment, Fighter
from rules.dice import Dice
from schemas.conditions import Condition
from schemas.values import Id

UNKNOWN_FT = 5.0
"""How far somebody is whose place nobody knows."""
FIELD_FT = 200.0
"""How far from the middle the field reaches; who runs beyond is gone."""
SQUARE_FT = 5.0
LEAST_TO_SPLIT = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What a leader has asked of a side, or of a group in it: strike at one, protect one, stay in place, or get out."""

    kind: Literal["focus", "protect", "hold", "retreat"]
    target: Id = ""
    """Whom to strike, or to protect."""
    to: frozenset[str] = frozenset()
    """Whom it is for: fighters by id, all of a kind by the id of their sheet, `melee` for those who fight by hand and
    `ranged` for the others. Nobody named: the whole side."""

    def goes_for(self, fighter: Fighter) -> bool:
        """Whether it is for somebody of that side."""
        if not self.to:
            return True
        line = "melee" if fighter.sheet.by_hand else "ranged"
        return fighter.id in self.to or fighter.sheet.id in self.to or line in self.to


Orders = Mapping[str, Order | Sequence[Order]]
"""What the sides have been asked to do."""


class Arena:
    """Fighters on a grid of 5-foot squares, where a diagonal counts as one square (SRD 5.1, "Playing on a Grid").

    The ground is open: one walks around others, passes friends, and ends on a square of one's own. Distances are kept
    in `gaps`, by the fighters' places in the list.
    """

    __slots__ = (
        "_foes",
        "_friends",
        "_over",
        "_powers",
        "_rows",
        "auras",
        "dice",
        "field_ft",
        "fighters",
        "gaps",
        "legends",
        "newcomers",
        "orders",
        "round",
        "squares",
        "swift",
    )

    def __init__(
        self,
        fighters: Iterable[Fighter],
        dice: Dice,
        orders: Orders | None = None,
        *,
        field_ft: float = FIELD_FT,
    ) -> None:
        """`orders` are by side, one or several; of several the first that is for somebody counts.

        `field_ft` is how far from its middle the field reaches.
        """
        self.fighters = list(fighters)
        self.dice, self.round, self.field_ft = dice, 0, field_ft
        self.orders: dict[str, Order | Sequence[Order]] = dict(orders or {})
        self._foes: dict[str, list[Fighter]] = {}
        self._friends: dict[str, list[Fighter]] = {}
        self._rows: dict[tuple[float, float], list[float]] = {}
        self._powers: dict[int, float] = {}
        self.squares: dict[tuple[float, float], int] = {}
        for index, one in enumerate(self.fighters):
            one.index = index
            if one.standing and one.x is not None:
                self.squares[one.x, one.y] = index
        self.gaps = [self._row(one.x, one.y) for one in self.fighters]
        for index, row in enumerate(self.gaps):
            row[index] = 0.0
        self._over: bool | None = None
        self.newcomers = list[tuple[Fighter, Fighter]]()
        """Who has come out of whom, and waits for a place in the order of turns."""
        self.swift = [one for one in self.fighters if one.sheet.swift]
        self.legends = [one for one in self.fighters if one.sheet.legendary]
        self.auras = any(one.sheet.aura is not None for one in self.fighters)

    def _row(self, x: float | None, y: float) -> list[float]:
        """Feet from a place to everybody."""
        if x is None:
            return [UNKNOWN_FT] * len(self.fighters)
        return [
            UNKNOWN_FT if one.x is None else east if (east := abs(x - one.x)) > (north := abs(y - one.y)) else north
            for one in self.fighters
        ]

    def foes(self, of: Fighter) -> list[Fighter]:
        """The enemies that stand, in the order of the arena."""
        found = self._foes.get(of.side)
        return self.foes_of(of.side) if found is None else found

    def foes_of(self, side: str) -> list[Fighter]:
        """The enemies of a side that stand."""
        found = self._foes.get(side)
        if found is None:
            found = [one for one in self.fighters if one.standing and one.side != side and one.side != "neutral"]
            self._foes[side] = found = [] if side == "neutral" else found
        return found

    def friends(self, of: Fighter) -> list[Fighter]:
        """Those of one's own side that stand, oneself included; for `neutral` oneself alone."""
        if of.side == "neutral":
            return [of]
        found = self._friends.get(of.side)
        if found is None:
            found = self._friends[of.side] = [one for one in self.fighters if one.standing and one.side == of.side]
        return found

    def order_for(self, fighter: Fighter) -> Order | None:
        """What somebody has been asked to do."""
        given = self.orders.get(fighter.side, ())
        several = (given,) if isinstance(given, Order) else given
        return next((order for order in several if order.goes_for(fighter)), None)

    def power(self, of: Fighter) -> float:
        """Hit points that somebody deals to its enemies in a round, as they were when first asked."""
        known = self._powers.get(of.index)
        if known is None:
            foes = [one for one in self.fighters if one.hostile(of)] or self.fighters
            sheets = {foe.sheet: None for foe in foes}
            known = sum(power(of.sheet, sheet, len(foes)) for sheet in sheets) / len(sheets)
            self._powers[of.index] = known
        return known

    def fallen_friends(self, of: Fighter) -> list[Fighter]:
        """Those of one's own side that lie at nought and can still be brought back."""
        side = of.side
        if side == "neutral":
            return []
        return [one for one in self.fighters if not one.standing and one.side == side and not one.dead and not one.fled]

    def beside(self, target: Fighter, but: Fighter) -> bool:
        """Whether an enemy of `target`, other than `but`, stands within 5 feet of it and can act."""
        near = self.gaps[target.index]
        for one in self.foes(target):  # noqa: SIM110  # a loop costs half of what `any` does, and this is asked often
            if near[one.index] <= SQUARE_FT and one is not but and one.can_act:
                return True
        return False

    def row(self, place: tuple[float, float]) -> list[float]:
        """Feet from a place to everybody, by their places in the list; remembered until somebody moves."""
        known = self._rows.get(place)
        if known is None:
            known = self._rows[place] = self._row(*place)
        return known

    def gap_from(self, place: tuple[float, float], other: Fighter) -> float:
        """Feet from a place to somebody."""
        return self.row(place)[other.index]

    def free(self, place: tuple[float, float]) -> bool:
        """Whether nobody stands there, and it is on the field."""
        return place not in self.squares and abs(place[0]) <= self.field_ft and abs(place[1]) <= self.field_ft

    def move(self, fighter: Fighter, place: tuple[float, float]) -> None:
        """Put somebody elsewhere."""
        if fighter.x is not None and self.squares.get((fighter.x, fighter.y)) == fighter.index:
            del self.squares[fighter.x, fighter.y]
        gaps, index = self.gaps, fighter.index
        row = self.row(place)
        self._rows.clear()
        fighter.x, fighter.y = place
        if fighter.standing:
            self.squares[place] = index
        row[index] = 0.0
        gaps[index][:] = row
        for other, gap in zip(gaps, row, strict=True):
            other[index] = gap

    def changed(self) -> None:
        """Somebody has fallen, left or risen: look anew who stands."""
        self._foes.clear()
        self._friends.clear()
        self._over = None

    def hurt(self, target: Fighter, damage: int, by: Fighter | None = None) -> None:
        """Take hit points: temporary ones first; at nought a monster dies and a hero falls (SRD 5.1, "Damage").

        A hero also dies at once when what is left over reaches the hit point maximum. What holds a spell by
        concentration makes its saving throw in `rules.arena.wounds`.
        """
        stopped = min(target.temporary, damage)
        target.temporary -= stopped
        left = damage - stopped
        lost = min(target.hit_points, left)
        target.hit_points -= lost
        target.thin()
        if by is not None and by.hostile(target):
            by.dealt += lost
        if target.hit_points == 0 and target.standing and lost:
            self._fell(target, left - lost)

    def _fell(self, target: Fighter, beyond: int) -> None:
        target.standing = False
        target.dead = not target.sheet.hero or beyond >= target.most
        target.death = NOT_DYING
        self._leave(target)

    def _leave(self, fighter: Fighter) -> None:
        if fighter.x is not None and self.squares.get((fighter.x, fighter.y)) == fighter.index:
            del self.squares[fighter.x, fighter.y]
        self.lose_concentration(fighter)
        for one in self.fighters:  # who was held, or feared them, is free
            if any(ailment.source == fighter.index and not ailment.magical for ailment in one.ailments):
                one.ailments = [each for each in one.ailments if each.source != fighter.index or each.magical]
                one.assess()
        self.changed()

    def flee(self, fighter: Fighter) -> None:
        """Let somebody get away."""
        fighter.fled, fighter.standing = True, False
        self._leave(fighter)

    def mend(self, target: Fighter, amount: int, by: Fighter | None = None) -> None:
        """Give hit points back, up to the maximum; who lay at nought stands again (SRD 5.1, "Healing")."""
        if target.dead or target.fled or amount <= 0 or target.sheet.swarm:
            return
        gained = min(target.most - target.hit_points, amount)
        target.hit_points += gained
        if by is not None:
            by.mended += gained
        if not target.standing and target.hit_points > 0:
            target.standing = True
            if target.x is not None:
                place = (target.x, target.y)
                if place in self.squares:
                    place = self._nearest_free(place)
                self.move(target, place)
            self.ail(target, Ailment(Condition.PRONE))
            self.changed()

    def split(self, target: Fighter) -> None:
        """Cut an ooze of 10 hit points or more in two, each with half of them and a size smaller (SRD 5.1, "Split").

        That is its reaction. The new one stands beside it, and has its turns after it from the next round on.
        """
        if target.hit_points < LEAST_TO_SPLIT:
            return
        half = target.hit_points // 2
        at = None if target.x is None else self._nearest_free((target.x, target.y))
        other = Fighter.fresh(f"{target.id}-{len(self.fighters) + 1}", target.side, target.sheet, at)
        left = target.splits - 1
        for one in (target, other):
            one.hit_points, one.most, one.splits, one.reaction = half, half, left, False
        other.index = len(self.fighters)
        self.fighters.append(other)
        self._rows.clear()
        row = self._row(other.x, other.y)
        row[other.index] = 0.0
        for known, gap in zip(self.gaps, row, strict=False):
            known.append(gap)
        self.gaps.append(row)
        if at is not None:
            self.squares[at] = other.index
        self.newcomers.append((target, other))
        self.changed()

    def _nearest_free(self, place: tuple[float, float]) -> tuple[float, float]:
        for ring in range(1, 2 * len(self.fighters) + 2):
            for east in range(-ring, ring + 1):
                for north in range(-ring, ring + 1):
                    found = (place[0] + east * SQUARE_FT, place[1] + north * SQUARE_FT)
                    if max(abs(east), abs(north)) == ring and found not in self.squares:
                        return found
        return place

    def ail(self, target: Fighter, ailment: Ailment) -> None:
        """Bring a condition about; one that is there already is replaced by the one that lasts longer."""
        for one in target.ailments:
            if one.condition is ailment.condition and one.source == ailment.source:
                one.rounds = None if None in (one.rounds, ailment.rounds) else max(one.rounds or 0, ailment.rounds or 0)
                return
        target.ailments.append(ailment)
        target.assess()
        if target.plight.no_actions:
            self.lose_concentration(target)

    def cure(self, target: Fighter, gone: Iterable[Ailment]) -> None:
        """End some of somebody's conditions."""
        ended = [id(one) for one in gone]
        if ended:
            target.ailments = [one for one in target.ailments if id(one) not in ended]
            target.assess()

    def lose_concentration(self, fighter: Fighter) -> None:
        """End what somebody has held up by concentration."""
        if not fighter.concentrating:
            return
        fighter.concentrating = False
        for one in self.fighters:
            held = [each for each in one.ailments if each.concentration and each.source == fighter.index]
            self.cure(one, held)

    @property
    def over(self) -> bool:
        """Whether at most one side still stands."""
        over = self._over
        if over is None:
            sides = {one.side for one in self.fighters if one.standing and one.side != "neutral"}
            over = self._over = len(sides) < 2
        return over
