"""What stands between factions at a moment: treaties in force, wars, what is owed, and who keeps their word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil

from schemas.affairs import Affair, Promise, Treaty, War
from schemas.calendar import MINUTES_A_DAY, WorldTime
from schemas.treaties import Alliance, JointWar, Marriage, Peace, TreatyTerm, Tribute, Vassalage
from schemas.worlds import World

DAYS_A_MONTH = 30
FORGIVEN_IN = 360
"""Days in which a promise, kept or broken, comes to count half."""
BROKEN_COUNTS = 2.0
"""A broken promise weighs as much as so many kept ones."""
DOUBT = 2.0
"""Kept promises that it takes for half of all trust: what a stranger lacks."""
HEARSAY = 0.5
"""What a promise to somebody else counts."""


def months_of(days: int) -> int:
    """Months of 30 days that are begun in so many days."""
    return ceil(days / DAYS_A_MONTH)


def later(at: WorldTime, days: int) -> WorldTime:
    """The moment so many days after another."""
    return WorldTime.from_minutes(at.total_minutes + days * MINUTES_A_DAY)


def tribute_id(treaty: Treaty, payer: str, month: int) -> str:
    """The promise of one month's tribute."""
    return f"{treaty.id}.{payer}.tribute.{month}"[-128:]


@dataclass(frozen=True)
class Affairs:
    """All affairs of a timeline, at a moment of the game's clock."""

    all: tuple[Affair, ...] = ()
    at: WorldTime = field(default_factory=WorldTime)

    @cached_property
    def treaties(self) -> tuple[Treaty, ...]:
        """Those of which any term still binds."""
        return tuple(one for one in self.all if isinstance(one, Treaty) and one.binding(self.at))

    @cached_property
    def promises(self) -> dict[str, Promise]:
        """What became of promises, by their ids."""
        return {one.id: one for one in self.all if isinstance(one, Promise)}

    @cached_property
    def _wars(self) -> dict[frozenset[str], bool]:
        return {frozenset(one.sides): one.on for one in self.all if isinstance(one, War)}

    def between(self, one: str, other: str) -> Iterator[tuple[Treaty, TreatyTerm]]:
        """The terms that bind two factions to each other."""
        for treaty, term in self.binding(one):
            if treaty.other(one) == other:
                yield treaty, term

    def binding(self, party: str) -> Iterator[tuple[Treaty, TreatyTerm]]:
        """The terms that bind a faction, to whomever."""
        for treaty in self.treaties:
            if party in treaty.parties:
                for term in treaty.binding(self.at):
                    yield treaty, term

    def at_war(self, world: World, one: str, other: str) -> bool:
        """Whether two factions are at war: as was last heard, else as the world began."""
        heard = self._wars.get(frozenset((one, other)))
        if heard is not None:
            return heard
        sheets = (world.factions.get(one), world.factions.get(other))
        return any(sheet is not None and {one, other} & {*sheet.at_war_with} - {sheet.id} for sheet in sheets)

    def enemies(self, world: World, of: str) -> frozenset[str]:
        """All with whom a faction is at war."""
        return frozenset(other for other in world.factions if other != of and self.at_war(world, of, other))

    def unpaid(self, treaty: Treaty, term: Tribute) -> Iterator[int]:
        """The months of a tribute, from 1, that were neither paid nor failed."""
        for month in range(1, months_of(term.days) + 1):
            if tribute_id(treaty, term.payer, month) not in self.promises:
                yield month

    def owed(self, payer: str) -> int:
        """Gold that a faction has promised and not paid yet."""
        return sum(
            term.gold * len(list(self.unpaid(treaty, term)))
            for treaty, term in self.binding(payer)
            if isinstance(term, Tribute) and term.payer == payer
        )

    def chest(self, world: World, faction: str) -> int:
        """What lies in its treasury: as the world began, with what was paid since."""
        sheet = world.factions.get(faction)
        gold = sheet.gold if sheet is not None else 0
        for promise in self.promises.values():
            if promise.gold and faction in (promise.by, promise.toward):
                gold += promise.gold if promise.toward == faction else -promise.gold
        return max(0, gold)

    def honour(self, by: str, toward: str) -> float:
        """How a faction keeps its word, as another sees it, -1 to 1; 0 where nothing is known.

        (K - 2 B) / (K + 2 B + 2): K promises kept and B broken, each worth 0.5^(age in days / 360), and half of that
        where the promise was to somebody else.
        """
        kept = broken = 0.0
        for promise in self.promises.values():
            if promise.by != by or promise.outcome == "due":
                continue
            age = max(0, self.at.total_minutes - promise.at.total_minutes) / MINUTES_A_DAY
            weight = 0.5 ** (age / FORGIVEN_IN) * (1.0 if promise.toward == toward else HEARSAY)
            if promise.outcome == "kept":
                kept += weight
            else:
                broken += BROKEN_COUNTS * weight
        return (kept - broken) / (kept + broken + DOUBT)


def clashes(affairs: Affairs, us: str, them: str, term: TreatyTerm) -> Iterator[str]:
    """Why a term cannot stand beside the treaties that bind either side: a sentence each."""
    for party, other in ((us, them), (them, us)):
        for treaty, bound in affairs.binding(party):
            third = treaty.other(party)
            match term, bound:
                case JointWar(against=foe), Peace() | Alliance() | Vassalage() | Marriage() if third == foe:
                    yield f"'{party}' is bound by {bound.kind} to '{third}' (treaty '{treaty.id}')"
                case Peace() | Alliance() | Vassalage() | Marriage(), JointWar(against=foe) if foe == other:
                    yield f"'{party}' has promised '{third}' war against '{other}' (treaty '{treaty.id}')"
                case Vassalage(vassal=kneels), Vassalage(vassal=kneeling) if third != other and (
                    kneels == party == kneeling
                ):
                    yield f"'{party}' kneels to '{third}' already (treaty '{treaty.id}')"
                case Marriage(spouses=spouses), Marriage(spouses=promised) if set(spouses) & set(promised):
                    spouse = min(set(spouses) & set(promised))
                    yield f"'{spouse}' is promised to another already (treaty '{treaty.id}')"
                case _:
                    continue
