"""The plan of a boss by the rules: what it may do here, which plan it takes, whom it is about, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from rules.boss.bandit import Bandit
from rules.boss.drill import stances_of
from rules.boss.habits import FEATURES, after, features
from rules.boss.means import means, reaches_several
from rules.boss.observing import observe
from rules.boss.plans import Plan, Repertoire
from rules.objection import Objection
from rules.situation import Situation, clip
from schemas.creatures import Action
from schemas.decisions import TacticsDecision
from schemas.events import CombatAbilityUsed, CombatEnded, CombatTurn, EntityDamaged, EntityDied, ItemUsed
from schemas.scene import PresentEntity
from schemas.tactics import PlayerModel

STEADY = 0.1
"""A plan is kept in a fight, unless another is expected to bring so much more (in reward, -1 to 1)."""
NOTABLE = 0.25
"""From this on a feature of the players is worth a word."""
_BEGUN = (CombatTurn, CombatAbilityUsed, EntityDamaged, EntityDied, ItemUsed)


@dataclass(frozen=True)
class Council:
    """One situation, as a boss looks at it. It reads, and never raises, whatever the request says."""

    situation: Situation

    @cached_property
    def begun(self) -> bool:
        """Whether a fight is on."""
        return isinstance(self.situation.request.event, _BEGUN)

    @cached_property
    def observed(self) -> tuple[PlayerModel, str]:
        """What the enemies did since the last decision, and the mark of the last event."""
        stretches = self.situation.study.stretches
        watched = any(one.seen.deeds.weight for one in stretches)
        began = frozenset(one.id for one in self.situation.enemies) if watched else frozenset[str]()
        return observe(self.situation, stretches[-1].mark if stretches else "", began)

    @cached_property
    def player(self) -> PlayerModel:
        """The players as they are known now."""
        return after(self.situation.study.player, self.observed[0], rounds=0)

    @cached_property
    def features(self) -> dict[str, float]:
        """What they are told apart by."""
        return features(self.player)

    @cached_property
    def held(self) -> Plan:
        """The plan of the fight that is on; empty where there is none."""
        stretches = self.situation.study.stretches
        book = self.situation.stances
        return tuple(name for name in book if name in stretches[-1].stances) if self.begun and stretches else ()

    @cached_property
    def repertoire(self) -> Repertoire:
        """What is possible now."""
        situation, actor = self.situation, self.situation.actor
        own = [self._actions(one) for one in (*((actor,) if actor else ()), *situation.allies)]
        if actor is None:
            own = [self._by_sheet()]
        foes = [self._actions(one) for one in situation.enemies]
        there = means(own, foes, self.player, reserves=self._leads)
        return Repertoire(situation.stances, there, self.begun, self.held)

    @cached_property
    def bandit(self) -> Bandit:
        """What was learned so far."""
        return Bandit(self.situation.stances, self.situation.study.lessons)

    def focus_of(self, plan: Plan) -> str | None:
        """Whom the plan is about: a living enemy that the stances ask for; None where they ask for nobody."""
        order = next((one.order for one in stances_of(self.situation.stances, plan) if one.wants_focus), None)
        match order:
            case "focus_healer":
                found = [one for one in self.situation.enemies if any(act.kind == "heal" for act in self._actions(one))]
            case "focus_caster":
                found = [one for one in self.situation.enemies if any(map(reaches_several, self._actions(one)))]
            case "focus_weakest":
                found = list(self.situation.enemies)
            case _:
                found = []
        return min(found, key=_hardiness).id if found else None

    def objections(self, proposal: TacticsDecision) -> Iterator[Objection]:
        """All that speaks against a plan that a model proposes."""
        yield from self.repertoire.objections(proposal.stances)
        enemies = [one.id for one in self.situation.enemies]
        if proposal.focus is not None and proposal.focus not in enemies:
            possible = f"possible: {', '.join(enemies[:12])}" if enemies else "nobody is in sight: null"
            yield Objection("no_target", "focus", f"'{proposal.focus}' is no enemy who stands here; {possible}")

    def _actions(self, one: PresentEntity) -> tuple[Action, ...]:
        return (*self.situation.actions_of(one), *self.situation.legendary_actions_of(one))

    def _by_sheet(self) -> tuple[Action, ...]:
        """What a boss can do who is not in the scene yet."""
        sheet, book = self.situation.sheet, self.situation.bestiary
        found = book.get(sheet.template) if sheet is not None and sheet.template else None
        return found.actions if found is not None else ()

    @cached_property
    def _leads(self) -> bool:
        """Whether others come when it calls: it leads a faction."""
        who = self.situation.request.character
        return any(faction.leader == who for faction in self.situation.world.factions.values())


def plan_fight(situation: Situation) -> TacticsDecision:
    """The plan that the bandit draws, with whom it is about and why.

    In a fight the plan at hand is kept unless another is expected to bring clearly more (`STEADY`); ground and company
    stay as they are. When nothing is possible, or there is no book of stances, the plan is empty.
    """
    council = Council(situation)
    plans = council.repertoire.plans()
    drawn = council.bandit.choose(plans, council.features, situation.dice)
    if council.held in plans and council.begun:
        gain = council.bandit.expected(drawn, council.features) - council.bandit.expected(
            council.held, council.features
        )
        drawn = drawn if gain > STEADY else council.held
    return TacticsDecision(reasoning=reason(council, drawn), stances=drawn, focus=council.focus_of(drawn))


def reason(council: Council, plan: Plan) -> str:
    """Why this plan, in the language of the request: what stands out in the players, and what has served."""
    situation = council.situation
    said = list[str]()
    habits = notable(council.features)
    if habits:
        feature, value = next(iter(habits.items()))
        said.append(situation.say(f"tactics-habit-{feature}-{'more' if value > 0 else 'less'}"))
    elif not council.situation.study.lessons:
        said.append(situation.say("tactics-unknown"))
    names = [situation.say(stance.name_key) for stance in stances_of(situation.stances, plan)]
    lessons = [lesson for lesson in situation.study.lessons if any(lesson.stances.get(name) for name in plan)]
    if not names:
        said.append(situation.say("tactics-no-plan"))
    elif lessons:
        won = sum(lesson.won for lesson in lessons)
        listed = _listed(situation, names)
        said.append(situation.say("tactics-plan-tried", stances=listed, won=won, fights=len(lessons)))
    else:
        said.append(situation.say("tactics-plan-new", stances=_listed(situation, names)))
    if isinstance(situation.request.event, CombatEnded):
        said.insert(0, situation.say("tactics-next-time"))
    return clip(" ".join(said), 280)


def notable(found: Mapping[str, float]) -> dict[str, float]:
    """The features that stand out, the strongest first."""
    strong = [name for name in FEATURES if abs(found.get(name, 0.0)) >= NOTABLE]
    return {name: found[name] for name in sorted(strong, key=lambda name: -abs(found[name]))}


def _listed(situation: Situation, names: list[str]) -> str:
    return names[0] if len(names) == 1 else situation.say("list-and", first=", ".join(names[:-1]), last=names[-1])


def _hardiness(one: PresentEntity) -> tuple[int, str]:
    return (one.hit_points.current if one.hit_points else 10) * one.armor_class, one.id
