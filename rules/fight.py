"""What a combatant does on its turn, by the rules alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rules.arena import Arena, Fighter, Option, Weights, weights_of
from rules.arena.clash import clash
from rules.arena.options import legendary_options, options, uses_of
from rules.arena.sheet import FEARLESS
from rules.arena.worth import BADLY_HURT, Scale
from rules.boss.carrying import Carried, carried
from rules.moves import Moves
from rules.muster import US, muster
from rules.phrasebook import read_out
from rules.situation import Situation, clip
from schemas.creatures import Action, CreatureType
from schemas.decisions import Attack, CombatDecision, CombatMove, Defend, Flee, LegendaryAction, UseItem
from schemas.scene import PresentEntity

COWARD_BELOW = 1 / 3
"""Courage (`Tendencies.courage`) below which a character runs when badly hurt."""
LIKELY = 0.5
"""From this chance on the reason for a blow is that its target falls."""
MERCY = 1.5
"""What a character makes of a hit point that somebody badly hurt gets back: in a scene friends are more than pieces."""
LEAST_REGRET = 1.5
"""Hit points of worth: a move that is worse by less than this is never poor play."""

_ALIKE = 1e-9


def choose_move(situation: Situation) -> CombatDecision:
    """The move of the highest worth, of all that are legal: see `rules.arena.worth` for what counts.

    Where the road of the decision has looked up the plan of a boss for this fight, it counts as the plan says.
    Who cannot act, or can do nothing that is worth while, defends; between turns a legendary creature uses a legendary
    action or waits; a coward who is badly hurt flees. Ties are broken by the dice.
    """
    field = Field(situation)
    if not field.moves.can_act:
        return _decision(situation, Defend(kind="defend"), "fight-reason-helpless")
    best = field.best
    option = situation.dice.choose(best) if len(best) > 1 else best[0] if best else None
    if option is None or option.kind == "dodge":
        return _decision(situation, Defend(kind="defend"), field.why_idle)
    if option.kind == "flee":
        return _decision(situation, Flee(kind="flee"), "fight-reason-flee")
    return _used(situation, field, option)


def better_than(situation: Situation, move: CombatMove, floor: float) -> CombatMove | None:
    """A move that is far better than this legal one, which is worth less than `floor` times as much; else None.

    Never for what rules cannot weigh (an item that does not heal, an ability without figures), for a move that loses
    less than `LEAST_REGRET`, nor for a flight of who is hurt or timid. Nobody has to flee, whatever it is worth. What
    is right by the plan of this fight is right, and so is what is right without it.
    """
    better = _better_than(Field(situation, lenient=True, planned=False), move, floor)
    if better is None or carried(situation) is None:
        return better
    return _better_than(Field(situation, lenient=True), move, floor)


def _better_than(field: Field, move: CombatMove, floor: float) -> CombatMove | None:
    situation = field.situation
    if not field.moves.can_act or not situation.enemies or field.fighter is None:
        return None
    worths = [(worth, option) for worth, option in field.weighed if option.kind != "flee"]
    best, option = max(worths, key=lambda pair: pair[0], default=(0.0, None))
    own = _worth_of(field, worths, move)
    if option is None or option.kind == "dodge" or own is None:
        return None
    return _as_move(option) if own < floor * best and best - own > LEAST_REGRET else None


def is_cowardly(situation: Situation, actor: PresentEntity) -> bool:
    """Whether they run when badly hurt: by courage, by the tag `cowardly`, or because a beast wants to live."""
    template = situation.template_of(actor)
    if template is not None and template.type in FEARLESS:
        return False
    tags = {tag.name for tag in actor.tags} | set(template.tags if template else ())
    if "cowardly" in tags:
        return True
    if situation.sheet is not None:
        return situation.tendencies.courage < COWARD_BELOW
    return template is not None and template.type is CreatureType.BEAST


@dataclass(frozen=True)
class Field:
    """A situation as an arena, with every legal move weighed once."""

    situation: Situation
    lenient: bool = False
    """Damage counts more than whom it hits: to strike at another enemy than the best one is a matter of taste."""
    planned: bool = True
    """By the plan of this fight, where there is one."""

    @cached_property
    def moves(self) -> Moves:
        """What the rules allow."""
        return Moves(self.situation)

    @cached_property
    def _plan(self) -> Carried | None:
        return carried(self.situation) if self.planned else None

    @cached_property
    def _mustered(self) -> tuple[Arena, Fighter] | None:
        actor = self.situation.actor
        cowardly = actor is not None and is_cowardly(self.situation, actor)
        found = muster(self.situation, self.moves, cowardly=cowardly)
        if found is not None and self._plan is not None and self._plan.order is not None:
            found[0].orders[US] = self._plan.order
        return found

    @property
    def fighter(self) -> Fighter | None:
        """The actor in the arena."""
        return self._mustered[1] if self._mustered else None

    @cached_property
    def weights(self) -> Weights:
        """What the actor cares about, by its temper; whether it runs is said by its sheet."""
        tendencies = self.situation.tendencies
        weights = weights_of(tendencies)
        mercy = MERCY * (1.25 - tendencies.aggression / 2)
        weights = replace(weights, caution=min(weights.caution, 0.5), mercy=mercy)
        weights = replace(weights, damage=1.0, focus=0.3, kill=0.2) if self.lenient else weights
        return self._plan.weighed(weights) if self._plan is not None else weights

    @cached_property
    def weighed(self) -> list[tuple[float, Option]]:
        """Every legal move with its worth in hit points."""
        if self._mustered is None:
            return []
        arena, fighter = self._mustered
        found = [option for option in self._choices(arena, fighter) if self._legal(option)]
        scale = Scale(arena, fighter, self.weights)
        return [(scale.worth(option), option) for option in found]

    @cached_property
    def best(self) -> list[Option]:
        """The moves of the highest worth; none when nothing is worth anything."""
        most = max((worth for worth, _ in self.weighed), default=0.0)
        return [option for worth, option in self.weighed if worth >= most - _ALIKE]

    @property
    def why_idle(self) -> str:
        """Why somebody does nothing."""
        if self.waits:
            return "fight-reason-waits"
        return "fight-reason-out-of-reach" if self.situation.enemies else "fight-reason-calm"

    @property
    def waits(self) -> bool:
        """Whether it is the turn of another, and the actor acts between turns or not at all."""
        return self.moves.between_turns and bool(self.moves.legendary)

    def _choices(self, arena: Arena, fighter: Fighter) -> Sequence[Option]:
        if self.waits:
            return [option for option in legendary_options(arena, fighter) if option.kind == "use"]
        besides = uses_of(arena, fighter, fighter.sheet.bonus_deeds)
        return [*(one for one in options(arena, fighter) if one.kind in ("use", "dodge", "flee")), *besides]

    def _legal(self, option: Option) -> bool:
        moves, deed, target = self.moves, option.deed, option.target
        if option.kind == "flee":
            return moves.can_flee
        if deed is None or target is None:
            return True
        if deed.item is not None:
            return moves.item_hindrance(deed.item, target.id) is None
        return moves.hindrance(deed.action, target.id) is None


def _worth_of(field: Field, weighed: Sequence[tuple[float, Option]], move: CombatMove) -> float | None:
    """What a legal move is worth at best; None: rules cannot tell."""
    fighter = field.fighter
    if isinstance(move, Flee):
        timid = fighter is None or fighter.sheet.cowardly or fighter.fraction < 2 * BADLY_HURT
        return None if timid else 0.0
    wanted = Defend(kind="defend") if isinstance(move, Defend) else move
    return max((worth for worth, option in weighed if _as_move(option) == wanted), default=None)


def _as_move(option: Option) -> CombatMove:
    deed, target = option.deed, option.target
    if deed is None or target is None:
        return Flee(kind="flee") if option.kind == "flee" else Defend(kind="defend")
    if deed.item is not None:
        return UseItem(kind="use_item", item=deed.item, target=target.id)
    if deed.action.legendary_cost is not None:
        return LegendaryAction(kind="legendary_action", ability=deed.id, target=target.id)
    return Attack(kind="attack", ability=deed.id, target=target.id)


def _used(situation: Situation, field: Field, option: Option) -> CombatDecision:
    """A deed with its reason."""
    deed, target = option.deed, option.target
    if deed is None or target is None or field.fighter is None:
        return _decision(situation, Defend(kind="defend"), field.why_idle)
    what = situation.name_of(deed.item) if deed.item is not None else _called(situation, deed.action)
    if deed.heal is not None:
        why = "fight-reason-item" if deed.item is not None else "fight-reason-heal"
    elif deed.action.legendary_cost is not None:
        why = "fight-reason-legendary"
    else:
        spread = clash(deed, target.sheet).spreads[1]
        if spread.kills(target.hit_points + target.temporary) >= LIKELY:
            why = "fight-reason-finish"
        elif len(option.targets) > 1:
            why = "fight-reason-several"
        else:
            why = "fight-reason-attack" if spread.mean > 0 else "fight-reason-hinder"
    return _decision(situation, _as_move(option), why, with_=what, target=target.id)


def _decision(
    situation: Situation, move: CombatMove, why: str, *, with_: str = "", target: str | None = None
) -> CombatDecision:
    """The move with its reason in the language of the request."""
    whom = situation.name_of(target) if target else ""
    reasoning = situation.say(why, what=with_, target=whom)
    return CombatDecision(reasoning=clip(reasoning[:1].upper() + reasoning[1:], 280), move=move)


def _called(situation: Situation, action: Action) -> str:
    """What a player calls an action."""
    known = situation.phrasebook.has(action.name_key, situation.request.language)
    return situation.say(action.name_key) if known else read_out(action.id)
