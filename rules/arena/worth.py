"""What an option is worth, in hit points: everything that it may be expected to bring, less what it may cost."""

from __future__ import annotations

from rules.arena.aim import aim, charges, extra_of
from rules.arena.arena import SQUARE_FT, Arena, Order
from rules.arena.clash import Spread, Taking, clash
from rules.arena.fighter import Fighter
from rules.arena.ground import Place, provoked
from rules.arena.options import Option
from rules.arena.sheet import Deed
from rules.arena.weights import Weights
from rules.mechanics.concentration import concentration_chance
from schemas.abilities import Ability
from schemas.conditions import Condition

BADLY_HURT = 0.25
"""Below this share of its hit points a coward runs."""
NEEDS_MENDING = 1 / 3
"""Below this share somebody is badly hurt to the eyes of a friend."""
SEVERITY: dict[Condition, float] = {
    Condition.PARALYZED: 1.4,
    Condition.UNCONSCIOUS: 1.3,
    Condition.STUNNED: 1.3,
    Condition.PETRIFIED: 1.0,
    Condition.INCAPACITATED: 1.0,
    Condition.BLINDED: 0.5,
    Condition.RESTRAINED: 0.5,
    Condition.FRIGHTENED: 0.4,
    Condition.POISONED: 0.35,
    Condition.CHARMED: 0.3,
    Condition.PRONE: 0.25,
    Condition.GRAPPLED: 0.15,
}
"""What share of its strength a condition takes from its sufferer; above 1: it also helps who strikes at it."""
RESISTED = 0.15
"""What a condition is worth against somebody who can still resist by will."""
CLOSING = 0.02
"""What it is worth to come nearer when there is nothing else to do, as a share of what one deals."""
DODGED = 0.4
"""How much of what enemies deal is spared by dodging."""
LEAST_ROUNDS, MOST_ROUNDS = 1.0, 3.0
"""A fight is looked at for so many rounds ahead."""


class Scale:
    """Weighs the options of one fighter at one moment; what several options share is weighed once."""

    __slots__ = (
        "_aims", "_brawlers", "_costs", "_exposure", "_incoming", "_price", "_tempos",
        "arena", "fighter", "foes", "order", "own", "rounds", "weights",
    )  # fmt: skip

    def __init__(self, arena: Arena, fighter: Fighter, weights: Weights) -> None:
        self.arena, self.fighter, self.weights = arena, fighter, weights
        self.foes = arena.foes(fighter)
        self.order = arena.order_for(fighter)
        self.own = arena.power(fighter)
        ours = sum(arena.power(friend) for friend in arena.friends(fighter)) or 1.0
        left = sum(foe.hit_points for foe in self.foes)
        self.rounds = min(MOST_ROUNDS, max(LEAST_ROUNDS, left / ours))
        self._aims = dict[tuple[int, float, float, Place | None], int]()
        self._exposure = dict[Place | None, float]()
        self._price = dict[int, float]()
        self._costs = dict[Place, float]()
        self._brawlers = [
            (
                foe.index,
                foe.sheet.opportunity.reach_ft,
                foe.sheet.opportunity.reach_ft + foe.sheet.speed_ft,
                arena.power(foe),
            )
            for foe in self.foes
            if foe.sheet.by_hand and foe.sheet.opportunity is not None and not foe.plight.no_actions
        ]
        """Enemies that fight by hand: where they are in the arena, their reach, how far they get, what they deal."""
        self._tempos = dict[Place | None, float]()
        self._incoming = -1.0

    def worth(self, option: Option) -> float:
        """Hit points; below nought it does more harm than good."""
        place = option.place
        worth = 0.0 if option.kind in ("wait", "flee") else self._stands(place)
        if place is not None and option.kind != "disengage":
            worth -= self._blows(place)
        match option.kind:
            case "use" if option.deed is not None:
                worth += self._favoured(option, self._use(option, option.deed))
            case "dodge":
                worth += DODGED * self._exposed(None)
            case "dash":
                worth += CLOSING * self.own * (0.5 + self.weights.aggression)
            case "flee":
                worth += self._flight()
            case _:
                pass
        return worth if self.order is None else self._as_ordered(option, worth, self.order)

    def _use(self, option: Option, deed: Deed) -> float:
        if deed.heal is not None:
            worth = sum(self._mended(deed, target) for target in option.targets)
        else:
            place, worth = option.place, 0.0
            for target in option.targets:
                if target.side == self.fighter.side:
                    worth -= self.weights.friendly_fire * self._harm(deed, target, place)
                else:
                    worth += self._harm(deed, target, place)
        uses = self.fighter.uses[deed.slot]
        if uses > 0 and deed.action.recharge is None:
            worth *= 1 - self.weights.thrift / uses
        if deed.concentration and self.fighter.concentrating:
            worth -= self._held(self.fighter)
        return worth / (deed.action.legendary_cost or 1)

    def _harm(self, deed: Deed, target: Fighter, place: Place | None) -> float:
        """Damage that counts, the chance that it kills, and conditions, each by what the target is good for."""
        weights, meeting = self.weights, clash(deed, target.sheet)
        index = 1 + (self._aim(deed, target, place) if deed.is_attack or deed.parts else 0)
        spread, left = meeting.spreads[index], target.hit_points + target.temporary
        counts = spread.counting(left)
        if deed.is_attack or deed.parts:
            counts = min(float(left), counts + self._extra(deed, target, place, index - 1, spread.kills(1)))
        price = self._priced(target)
        worth = counts * (weights.damage + weights.focus * price / left) + weights.kill * price * spread.kills(left)
        for taking in meeting.takings[index]:
            worth += weights.control * self._condition(taking, target)
        if target.concentrating and counts:
            worth += self._breaks(spread, target) * self._held(target)
        return worth

    def _extra(self, deed: Deed, target: Fighter, place: Place | None, advantage: int, hit: float) -> float:
        """The mean of what comes once a turn on top of a hit."""
        fighter = self.fighter
        if fighter.sheet.charge is not None and place is not None and not fighter.extra_used:
            part = deed.parts[0] if deed.parts else deed
            charge = charges(fighter, part, part.reach_ft > 0, self.arena.gap_from(place, fighter))
            if charge is not None:
                return hit * sum(roll.dice.average for roll in charge.damage)
        if target.surprised and fighter.sheet.surprise_damage:
            return hit * sum(roll.dice.average for roll in fighter.sheet.surprise_damage)
        if fighter.sheet.extra_damage:
            return hit * sum(roll.dice.average for roll in extra_of(self.arena, fighter, target, advantage))
        return 0.0

    def _priced(self, target: Fighter) -> float:
        """What somebody deals in the rounds to come, as it is now."""
        price = self._price.get(target.index)
        if price is None:
            price = self.arena.power(target) * self.rounds
            if target.plight.no_actions:
                price *= 0.7
            self._price[target.index] = price
        return price

    def _condition(self, taking: Taking, target: Fighter) -> float:
        severity = SEVERITY.get(taking.condition, 0.0)
        if not severity or target.has(taking.condition) or target.plight.no_actions:
            return 0.0
        chance = taking.chance * (RESISTED if target.resistances else 1.0)
        rounds = 1.0 if taking.condition is Condition.PRONE else min(taking.rounds, self.rounds)
        return chance * severity * self.arena.power(target) * rounds

    def _held(self, target: Fighter) -> float:
        """What it is worth to end somebody's concentration."""
        worth = 1.0
        for one in self.arena.fighters:
            for each in one.ailments:
                if each.concentration and each.source == target.index:
                    worth += SEVERITY.get(each.condition, 0.0) * self.arena.power(one) * min(2.0, self.rounds)
        return worth

    @staticmethod
    def _breaks(spread: Spread, target: Fighter) -> float:
        """The chance that a wound costs somebody the concentration (SRD 5.1, "Concentration")."""
        hit = spread.kills(1)
        typical = spread.mean / hit if hit else 0.0
        bonus = target.sheet.saves.get(Ability.CONSTITUTION, 0)
        return hit * (1 - concentration_chance(int(typical), bonus, plight=target.plight))

    def _mended(self, deed: Deed, target: Fighter) -> float:
        if deed.heal is None:
            return 0.0
        gained = min(deed.heal.average, target.most - target.hit_points)
        if not target.standing:
            return 0.3 * self.weights.healing * gained + self.weights.rescue * self.arena.power(target)
        lasts = self._lasts(target.hit_points + gained) - self._lasts(target.hit_points)
        worth = 0.3 * gained * (1 - target.fraction) + lasts * self.arena.power(target) * self.rounds
        mercy = self.weights.mercy * gained if target.fraction < NEEDS_MENDING else 0.0
        return mercy + self.weights.healing * worth - self.weights.thrift * deed.heal.average

    def _lasts(self, hit_points: float) -> float:
        """What share of the rounds to come somebody stands with so many hit points, when enemies spread their blows."""
        if self._incoming < 0:
            friends = len(self.arena.friends(self.fighter))
            dealt = sum(self.arena.power(foe) for foe in self.foes if not foe.plight.no_actions)
            self._incoming = dealt * self.rounds / max(1, friends)
        return min(1.0, hit_points / self._incoming) if self._incoming else 1.0

    def _aim(self, deed: Deed, target: Fighter, place: Place | None) -> int:
        key = (target.index, deed.reach_ft, deed.range_ft, place)
        known = self._aims.get(key)
        if known is None:
            known = self._aims[key] = aim(self.arena, self.fighter, deed, target, place)
        return known

    def _blows(self, place: Place) -> float:
        """What enemies strike from one who turns the back to them on the way."""
        cost = self._costs.get(place)
        if cost is None:
            cost, left = 0.0, self.fighter.hit_points
            for _, strike in provoked(self.arena, self.fighter, place):
                spread = clash(strike, self.fighter.sheet).spreads[1]
                cost += self._loss(spread.counting(left), spread.kills(left))
            self._costs[place] = cost
        return cost

    def _loss(self, damage: float, falls: float = 0.0) -> float:
        """What it costs to lose so many hit points, and to fall with such a chance."""
        own = self.own * self.rounds
        return (0.5 + self.weights.safety) * (damage * (0.3 + own / self.fighter.most) + falls * own)

    def _exposed(self, place: Place | None) -> float:
        """What those deal in return who get at one there and not everywhere: enemies that fight by hand."""
        known = self._exposure.get(place)
        if known is None:
            arena, fighter, dealt = self.arena, self.fighter, 0.0
            row = self._row(place)
            for index, reach, far, dealing in self._brawlers:
                gap = row[index]
                if gap <= far:
                    dealt += dealing if gap <= reach else 0.6 * dealing
            share = 0.5 * self.weights.safety * dealt / max(1, len(arena.friends(fighter)))
            known = self._exposure[place] = share * self.own * self.rounds / fighter.most
        return known

    def _row(self, place: Place | None) -> list[float]:
        """Feet to everybody from there."""
        return self.arena.gaps[self.fighter.index] if place is None else self.arena.row(place)

    def _stands(self, place: Place | None) -> float:
        """What it is worth to stand there when the turn is over."""
        return self._tempo(place) - self._exposed(place) if self.fighter.sheet.by_hand else -self._exposed(place)

    def _tempo(self, place: Place | None) -> float:
        """What it will deal next turn, as far as the enemies that are worth most are near enough by then."""
        known = self._tempos.get(place)
        if known is None:
            row, reach = self._row(place), self.fighter.sheet.speed_ft + SQUARE_FT
            near = whole = 0.0
            for foe in self.foes:
                price = self.arena.power(foe)
                whole += price
                if row[foe.index] <= reach:
                    near += price
            share = (1.0 + near / whole) / 2 if near else 0.0
            known = self._tempos[place] = self.weights.tempo * (0.5 + self.weights.aggression) * self.own * share
        return known

    def _flight(self) -> float:
        fighter = self.fighter
        if self.order is not None and self.order.kind == "retreat":
            return 10.0 * fighter.most
        timid = fighter.sheet.cowardly or self.weights.runs
        if fighter.fraction < BADLY_HURT and timid and not fighter.sheet.fearless:
            return 2.0 * fighter.most
        return -2.0 * self.own * self.rounds

    def _favoured(self, option: Option, gain: float) -> float:
        """What a use gains, with an eye to whom one is to strike at or to protect."""
        order, target = self.order, option.target
        if order is None or target is None or gain <= 0:
            return gain
        if order.kind == "focus":
            return gain * (1.8 if target.id == order.target else 0.8)
        if order.kind == "protect":
            ward = next((one for one in self.arena.fighters if one.id == order.target), None)
            near = ward is not None and self.arena.gaps[ward.index][target.index] <= 10
            return gain * (1.6 if near else 0.9)
        return gain

    def _as_ordered(self, option: Option, worth: float, order: Order) -> float:
        if order.kind == "hold" and option.place is not None:
            return worth - 10.0 * self.fighter.most
        if order.kind == "retreat" and option.kind in ("disengage", "dodge"):
            return worth + 5.0 * self.fighter.most
        return worth
