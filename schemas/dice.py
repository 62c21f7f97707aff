"""Dice as they are written on a character sheet: `2d6+3`, `4d6kh3`, `d20adv+5`, `3d6!`."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from schemas.dice_notation import DICE_PATTERN, MAX_LENGTH, DiceTerm, parse
from schemas.distribution import Distribution, summed


class DiceExpression(str):
    """What is rolled, such as `8d6`, `2d6+1d4+3` or a plain `1` (SRD 5.1, "Damage Rolls").

    `4d6kh3` keeps the highest three and `4d6dl1` drops the lowest one; `kl` and `dh` are the other way round, and
    without a number they mean one. `d20adv` and `d20dis` are a die with advantage or disadvantage, short for `2d20kh1`
    and `2d20kl1`. `3d6!` explodes: a six is rolled again and added. `d%` is a d100, and `d6` is one die.

    A string, so it travels as it was written; making one from text that is no dice raises `ValueError`.
    At most 10 terms, 100 dice a term, 1000 sides a die, numbers within 10,000 of nought, and 10 explosions a die.
    """

    def __new__(cls, text: str) -> DiceExpression:
        """The expression itself, if `text` is one."""
        parse(text)
        return super().__new__(cls, text)

    @cached_property
    def terms(self) -> tuple[DiceTerm, ...]:
        """The parts that are rolled or added, in the order they were written."""
        return parse(str(self))

    @cached_property
    def plain(self) -> tuple[int, tuple[tuple[int, int, int], ...] | None]:
        """The sum of the plain numbers, and sign, count and sides of all dice; None where not every die counts once."""
        dice = tuple((term.sign, term.count, term.sides) for term in self.terms if term.sides is not None)
        flat = sum(term.sign * term.count for term in self.terms if term.sides is None)
        return flat, dice if all(term.plain for term in self.terms) else None

    @cached_property
    def minimum(self) -> int:
        """The lowest total that can come up."""
        return sum(term.minimum for term in self.terms)

    @cached_property
    def maximum(self) -> int:
        """The highest total that can come up."""
        return sum(term.maximum for term in self.terms)

    @cached_property
    def average(self) -> float:
        """The mean total: the float nearest to the exact one."""
        return float(sum(term.average for term in self.terms))

    @cached_property
    def dice_average(self) -> float:
        """The mean of the dice alone, without plain numbers: what a critical hit adds (SRD 5.1, "Critical Hits")."""
        return float(sum(term.average for term in self.terms if term.sides is not None))

    def distribution(self, *, critical: bool = False) -> Distribution:
        """How likely each total is, counted out. Dice with too many outcomes to count raise `ValueError`.

        `critical`: all dice are rolled twice, and plain numbers count once (SRD 5.1, "Critical Hits").
        """
        return _counted(str(self), critical)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(max_length=MAX_LENGTH),
            serialization=core_schema.plain_serializer_function_ser_schema(str.__str__),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": DICE_PATTERN, "maxLength": MAX_LENGTH, "examples": ["2d6+3"]}


@lru_cache(maxsize=1024)
def _counted(text: str, critical: bool) -> Distribution:
    terms = parse(text)
    twice = (term for term in terms if critical and term.sides is not None)
    return summed(term.distribution() for term in (*terms, *twice))
