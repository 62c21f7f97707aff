"""A scene fought out: the whole fight by the rules, told deed by deed, and as the events that a game would report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.arena import Arena, Fighter, Option, Weights, play, sheet_of, tactical
from rules.arena.options import Policy
from rules.boss.drill import ordered, stances_of, weighed
from rules.moves import Moves
from rules.muster import THEM, US, muster
from rules.situation import Situation
from schemas.creatures import HitPoints
from schemas.decisions import TacticsDecision
from schemas.events import CombatAbilityUsed, CombatEnded, GameEvent
from schemas.scene import EntityKind, PresentEntity, Scene
from schemas.tactics import Company, Stance

MOST_EVENTS = 32
"""What a scene can carry along."""
CALLED: Mapping[Company, tuple[str, int]] = {
    "many": ("cultist", 2),
    "strong": ("cult_fanatic", 1),
    "shooters": ("scout", 1),
}
"""Who comes when a plan calls for others, and how many: as far as the bestiary has them."""


@dataclass(frozen=True, slots=True)
class Hurt:
    """What became of somebody by a deed."""

    who: str
    lost: int
    """Hit points; fewer than none were given back."""
    fell: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did on a turn, or between turns."""

    round: int
    who: str
    kind: str
    """`use`, or one of `dodge`, `dash`, `disengage`, `flee`, `wait`."""
    ability: str | None
    aimed_at: tuple[str, ...]
    hurt: tuple[Hurt, ...]


@dataclass(frozen=True, slots=True)
class Skirmish:
    """A fight that is over."""

    deeds: tuple[Deed, ...]
    rounds: int
    won: bool
    """Whether the side of the one who planned it has won."""
    standing: tuple[str, ...]
    """Those of both sides who still stand."""
    events: tuple[GameEvent, ...]
    """As a game would tell it, the end last."""
    scene: Scene
    """How it looks afterwards."""


def skirmish(situation: Situation, plan: TacticsDecision) -> Skirmish | None:
    """Fight out the scene of a boss's request, its side by the plan, the other by the rules alone.

    The same dice, the same fight. The plan's ground is kept: how far apart both sides begin, and how its own side is
    spaced. None where the one who is asked is not there, or has no enemy.
    """
    found, actor = muster(situation, Moves(situation)), situation.actor
    if found is None or actor is None or not situation.enemies:
        return None
    stances = stances_of(situation.stances, plan.stances)
    fighters = [*found[0].fighters, *_reserves(situation, stances, found[1])]
    _take_places(fighters, stances)
    order = ordered(stances, plan.focus)
    arena = Arena(fighters, situation.dice, {} if order is None else {US: order})
    own = tactical(weighed(stances, Weights()))
    teller = _Teller({one.side: own if one.side == US else tactical() for one in fighters})
    teller.begin(arena)
    outcome = play(arena, teller)
    teller.settle(arena)
    return Skirmish(
        deeds=tuple(teller.deeds),
        rounds=outcome.rounds,
        won=outcome.winner == US,
        standing=tuple(one.id for one in fighters if one.standing),
        events=tuple(_events(teller.deeds, fighters))[-MOST_EVENTS:],
        scene=_afterwards(situation, actor, fighters),
    )


@dataclass(slots=True)
class _Teller:
    """Decides as each side's policy does, and notes what came of it before the next one decides."""

    policies: Mapping[str, Policy]
    deeds: list[Deed] = field(default_factory=list[Deed])
    _before: list[tuple[int, bool]] = field(default_factory=list[tuple[int, bool]])
    _doing: tuple[int, Fighter, Option] | None = None

    def __call__(self, arena: Arena, fighter: Fighter, choices: Sequence[Option]) -> Option:
        self.settle(arena)
        option = self.policies[fighter.side](arena, fighter, choices)
        self._doing = (arena.round, fighter, option)
        return option

    def begin(self, arena: Arena) -> None:
        """Note how everybody is."""
        self._before = [(one.hit_points, one.standing) for one in arena.fighters]

    def settle(self, arena: Arena) -> None:
        """Note what the last deed has done."""
        if self._doing is not None:
            number, fighter, option = self._doing
            hurt = [
                Hurt(one.id, points - one.hit_points, fell=stood and not one.standing and not one.fled)
                for one, (points, stood) in zip(arena.fighters, self._before, strict=True)
                if points != one.hit_points
            ]
            ability = option.deed.id if option.deed is not None else None
            targets = tuple(one.id for one in option.targets if one is not fighter)
            self.deeds.append(Deed(number, fighter.id, option.kind, ability, targets, tuple(hurt)))
            self._doing = None
        self.begin(arena)


def _reserves(situation: Situation, stances: Sequence[Stance], leader: Fighter) -> Iterator[Fighter]:
    called: list[Company] = [one.company for one in stances if one.company is not None]
    for name, number in (CALLED[company] for company in called):
        if name in situation.bestiary:
            sheet = sheet_of(situation.bestiary[name])
            for index in range(number):
                place = ((leader.x or 0.0) + 10.0, (leader.y or 0.0) + 10.0 * (index + 1))
                yield Fighter.fresh(f"{name}-{index + 1}", US, sheet, place)


def _take_places(fighters: Sequence[Fighter], stances: Sequence[Stance]) -> None:
    """Move the enemies to where the plan has them come into view, and its own side apart."""
    own, theirs = [one for one in fighters if one.side == US], [one for one in fighters if one.side == THEM]
    spacing = next((one.spacing_ft for one in stances if one.spacing_ft is not None), None)
    start = next((one.start_ft for one in stances if one.start_ft is not None), None)
    if spacing is not None:
        for index, one in enumerate(own):
            one.y = float((index + 1) // 2 * (-1 if index % 2 else 1) * spacing)
    if start is not None:
        front = max((one.x or 0.0) for one in own)
        near = min((one.x or 0.0) for one in theirs)
        for one in theirs:
            one.x = (one.x or 0.0) - near + front + start


def _events(deeds: Sequence[Deed], fighters: Sequence[Fighter]) -> Iterator[GameEvent]:
    """What the enemies did, and how it ended."""
    theirs = {one.id for one in fighters if one.side == THEM}
    for deed in deeds:
        if deed.who in theirs and deed.kind not in ("wait",):
            targets = tuple(name for name in deed.aimed_at if name not in theirs or deed.ability is None)
            yield CombatAbilityUsed(actor=deed.who, ability=deed.ability or deed.kind, targets=targets or deed.aimed_at)
    standing = tuple(one.id for one in fighters if one.standing)
    fallen = tuple(one.id for one in fighters if not one.standing and not one.fled)
    last = next((deed.who for deed in reversed(deeds) if deed.who in standing), fighters[0].id)
    yield CombatEnded(actor=last, survivors=standing, fallen=fallen)


def _afterwards(situation: Situation, actor: PresentEntity, fighters: Sequence[Fighter]) -> Scene:
    """The scene with everybody as they are now, and those who were called."""
    scene, points = situation.request.scene, {one.id: one for one in fighters}
    people = [
        one.model_copy(update={"hit_points": one.hit_points.model_copy(update={"current": points[one.id].hit_points})})
        if one.hit_points is not None and one.id in points
        else one
        for one in scene.present
    ]
    for one in points.values():
        if scene.entity(one.id) is None:
            name, _, number = one.id.rpartition("-")
            people.append(
                PresentEntity(
                    id=one.id,
                    kind=EntityKind.CREATURE,
                    name=f"{situation.name_of(name)} {number}",
                    template=name,
                    side=actor.side,
                    hit_points=HitPoints(current=one.hit_points, maximum=one.most),
                    armor_class=one.sheet.armor_class,
                )
            )
    return scene.model_copy(update={"present": tuple(people)})
