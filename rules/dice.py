"""Dice that can be seeded or loaded, and what they may be expected to show."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import NamedTuple, TypeVar

from schemas.abilities import Ability
from schemas.creatures import Action, DamageModifiers, SaveEffect
from schemas.dice import DiceExpression
from schemas.dice_notation import MAX_EXPLOSIONS, DiceTerm
from schemas.items import DamageRoll

Thing = TypeVar("Thing")

NO_MODIFIERS = DamageModifiers()


def _seeded(text: str) -> Random:
    """The same numbers for the same text, in every process and on every machine."""
    return Random(int.from_bytes(sha256(text.encode()).digest()[:16], "big"))


class Roll(NamedTuple):
    """What came up: the total, and every die in the order it fell."""

    total: int
    rolls: tuple[int, ...]


class Dice:
    """Chance, handed in as an argument: the same seed gives the same fight."""

    def __init__(self, random: Random | Callable[[], Random]) -> None:
        """`random`: where chance comes from, or what makes it when somebody rolls for the first time."""
        self._source = random

    @cached_property
    def _random(self) -> Random:
        return self._source if isinstance(self._source, Random) else self._source()

    @classmethod
    def seeded(cls, seed: int, *salt: str) -> Dice:
        """Dice of their own for each `salt` (a node's name, a round), the same in every process and machine."""
        return cls(lambda: _seeded("\x1f".join([str(seed), *salt])))

    @cached_property
    def _bits(self) -> Callable[[int], int]:
        return self._random.getrandbits

    def die(self, sides: int) -> int:
        """One die: 1 to `sides`. A die without sides raises `ValueError`.

        Drawn as `Random.randint` draws, and so with the same results, in a third of its time.
        """
        if sides < 1:
            raise ValueError(f"a die has one side or more, and not {sides}")
        bits, wide = self._bits, sides.bit_length()
        shown = bits(wide)
        while shown >= sides:
            shown = bits(wide)
        return shown + 1

    def roll(self, expression: DiceExpression | str, *, critical: bool = False) -> Roll:
        """Roll an expression such as `2d6+3`. Text that is none raises `ValueError`.

        Dice that do not count are shown too. `critical`: all dice are rolled twice, and plain numbers count once
        (SRD 5.1, "Critical Hits").
        """
        total, rolls = 0, list[int]()
        for term in (expression if isinstance(expression, DiceExpression) else DiceExpression(expression)).terms:
            if term.sides is None:
                total += term.sign * term.count
                continue
            for _ in range(2 if critical else 1):
                total += term.sign * self._fall(term, term.sides, rolls)
        return Roll(total, tuple(rolls))

    def total(self, expression: DiceExpression, *, critical: bool = False) -> int:
        """The total of `roll`, by the same dice, for who does not ask how each of them fell."""
        flat, plain = expression.plain
        if plain is None:
            return self.roll(expression, critical=critical).total
        total, die = flat, self.die
        for sign, count, sides in plain:
            for _ in range(2 * count if critical else count):
                total += sign * die(sides)
        return total

    def _fall(self, term: DiceTerm, sides: int, rolls: list[int]) -> int:
        """What the dice of a term come to; every one that falls is added to `rolls`."""
        fallen = [self.die(sides) for _ in range(term.count)]
        rolls += fallen
        if term.plain:
            return sum(fallen)
        if not term.explodes:
            return sum(sorted(fallen)[term.drop_lowest : term.count - term.drop_highest])
        again = [more for first in fallen for more in self._explosions(first, sides)]
        rolls += again
        return sum(fallen) + sum(again)

    def _explosions(self, shown: int, sides: int) -> Iterator[int]:
        for _ in range(MAX_EXPLOSIONS):
            if shown != sides:
                return
            shown = self.die(sides)
            yield shown

    def d20(self, advantage: int = 0) -> Roll:
        """A d20; above 0 the better of two, below 0 the worse (SRD 5.1, "Advantage and Disadvantage")."""
        first = self.die(20)
        if not advantage:
            return Roll(first, (first,))
        second = self.die(20)
        return Roll(max(first, second) if advantage > 0 else min(first, second), (first, second))

    def natural(self, advantage: int = 0) -> int:
        """What `d20` shows, for who does not ask for the other die."""
        first = self.die(20)
        if not advantage:
            return first
        second = self.die(20)
        return max(first, second) if advantage > 0 else min(first, second)

    def chance(self, probability: float) -> bool:
        """Whether something happens that happens with this probability (0 never, 1 always)."""
        return self._random.random() < probability

    def choose(self, things: Sequence[Thing]) -> Thing:
        """One of `things`, each as likely. None to choose from raises `ValueError`."""
        if not things:
            raise ValueError("there is nothing to choose from")
        return things[self.die(len(things)) - 1]

    def weighted(self, things: Sequence[Thing], weights: Sequence[float]) -> Thing:
        """One of `things`, as likely as its weight says. Weights below nought, or all nought, raise `ValueError`."""
        if len(things) != len(weights) or min(weights, default=0) < 0 or sum(weights) <= 0:
            raise ValueError("every thing needs a weight of nought or more, and one of them more than nought")
        return self._random.choices(things, weights)[0]

    def shuffled(self, things: Iterable[Thing]) -> list[Thing]:
        """The same things in another order."""
        mixed = list(things)
        self._random.shuffle(mixed)
        return mixed


class LoadedDice(Dice):
    """Dice that fall as told, for demos and tests; once all results are used up they raise `IndexError`.

    `chance` and the choices read the next result too: `chance` as a percentile (1 to 100), a choice
    as a place (from 1).
    """

    def __init__(self, results: Iterable[int]) -> None:
        super().__init__(Random(0))
        self._results = deque(results)

    def die(self, sides: int) -> int:
        """The next result. One that the die does not have raises `ValueError`."""
        result = self._results.popleft()
        if not 1 <= result <= sides:
            raise ValueError(f"a d{sides} cannot show {result}")
        return result

    def chance(self, probability: float) -> bool:
        """Whether the next result is within so many in a hundred."""
        return self.die(100) <= probability * 100

    def choose(self, things: Sequence[Thing]) -> Thing:
        """The thing at the next result, counted from 1."""
        if not things:
            raise ValueError("there is nothing to choose from")
        return things[self.die(len(things)) - 1]

    def weighted(self, things: Sequence[Thing], weights: Sequence[float]) -> Thing:
        """The thing at the next result, counted from 1, whatever it weighs."""
        return self.choose(things)

    def shuffled(self, things: Iterable[Thing]) -> list[Thing]:
        """The same things in the same order."""
        return list(things)


def _at_least(needed: int, advantage: int) -> float:
    """How likely a d20 shows `needed` or more."""
    single = min(20, max(0, 21 - needed)) / 20
    if advantage > 0:
        return 1 - (1 - single) ** 2
    return single**2 if advantage < 0 else single


def hit_chance(attack_bonus: int, armor_class: int, advantage: int = 0) -> float:
    """How likely an attack hits, 0 to 1: a natural 1 misses, a natural 20 hits (SRD 5.1, "Attack Rolls")."""
    return _at_least(min(20, max(2, armor_class - attack_bonus)), advantage)


def critical_chance(advantage: int = 0) -> float:
    """How likely a d20 shows its 20, 0 to 1."""
    return _at_least(20, advantage)


def save_chance(save_bonus: int, dc: int, advantage: int = 0) -> float:
    """How likely a saving throw succeeds, 0 to 1; no natural roll decides by itself (SRD 5.1, "Saving Throws")."""
    return _at_least(dc - save_bonus, advantage)


def _arriving(
    damage: Iterable[DamageRoll], target: DamageModifiers, *, magical: bool, dice_only: bool = False
) -> float:
    """The mean damage that gets through; no damage type heals its target."""
    return sum(
        max(0.0, roll.dice.dice_average if dice_only else roll.dice.average) * target.factor(roll.type, magical=magical)
        for roll in damage
    )


def expected_save_damage(save: SaveEffect, target: DamageModifiers = NO_MODIFIERS, save_bonus: int = 0) -> float:
    """The mean damage to one target that must save: all on a failure, half or none on a success.

    Fractions are kept where the table rounds down, so this may lie a little above the mean of many rolls.
    """
    saved = save_chance(save_bonus, save.dc)
    return _arriving(save.damage, target, magical=True) * (1 - saved + (saved / 2 if save.half_on_success else 0))


def expected_damage(
    action: Action,
    armor_class: int,
    target: DamageModifiers = NO_MODIFIERS,
    save_bonus: int = 0,
    advantage: int = 0,
) -> float:
    """The mean damage of one use of `action` against one target, in hit points (SRD 5.1, "Damage Rolls").

    A hit deals the action's damage and then asks for its saving throw, a critical hit rolls the dice twice; resistance,
    vulnerability and immunity count. `save_bonus` is the target's bonus for `action.save.ability`. A multiattack has
    no damage of its own: `expected_multiattack_damage` adds up its parts.
    """
    saved = expected_save_damage(action.save, target, save_bonus) if action.save else 0.0
    if not action.is_attack or action.attack_bonus is None:
        return saved
    magical = action.magical or action.kind == "spell_attack"
    hit = hit_chance(action.attack_bonus, armor_class, advantage)
    on_hit = _arriving(action.damage, target, magical=magical)
    critical = _arriving(action.damage, target, magical=magical, dice_only=True)
    return hit * (on_hit + saved) + critical_chance(advantage) * critical


def expected_multiattack_damage(
    multiattack: Action,
    actions: Iterable[Action],
    armor_class: int,
    target: DamageModifiers = NO_MODIFIERS,
    save_bonuses: dict[Ability, int] | None = None,
    advantage: int = 0,
) -> float:
    """The mean damage of a whole sequence of `actions` against one target; names not among them add nothing."""
    known, bonuses = {action.id: action for action in actions}, save_bonuses or {}
    total = 0.0
    for part in (known[name] for name in multiattack.sequence if name in known):
        bonus = bonuses.get(part.save.ability, 0) if part.save else 0
        total += expected_damage(part, armor_class, target, bonus, advantage)
    return total
