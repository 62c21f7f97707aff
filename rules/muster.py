"""A scene as an arena: who is there, what they can do, and where they stand, as far as the game knows."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from rules.arena import Ailment, Arena, Deed, Fighter, Sheet, figures, sheet_of
from rules.moves import TOUCH_FT, Moves, is_healing
from rules.situation import Situation
from schemas.conditions import Condition
from schemas.creatures import Action, CreatureTemplate
from schemas.dice import DiceExpression
from schemas.scene import PresentEntity

POTION = DiceExpression("2d4+2")
"""What an item that heals gives back (SRD 5.1, "Potion of Healing")."""
US, THEM, NOBODY = "us", "them", "neutral"
"""Sides, as the actor sees them."""
MOST_SHEETS = 2_048
"""Sheets that are kept at hand; then they are compiled anew."""

_Key = tuple[int, int, int, int, tuple[Action, ...]]
_SHEETS: dict[_Key, tuple[CreatureTemplate | None, Sheet]] = {}
"""Compiled sheets, so that a turn costs no compiling; each keeps its stat block, whose identity is in the key."""
_ACTORS: dict[tuple[int, bool, tuple[str, ...]], tuple[Sheet, Sheet]] = {}
"""Sheets of those who act, with what is known of them alone: others remember what they may do to a sheet, so that of
the same actor is the same. Each keeps the sheet that it is made from, whose identity is in the key."""


def muster(situation: Situation, moves: Moves, *, cowardly: bool = False) -> tuple[Arena, Fighter] | None:
    """The scene as an arena with the actor in it; None when the actor is not there, or not alive.

    `cowardly`: whether the actor runs when badly hurt. Whoever has no position is within reach of everybody; whoever
    has no hit points has those of the stat block. Only of the actor it is known what is used up.
    """
    actor = situation.actor
    if actor is None or actor not in situation.people:
        return None
    friends, foes = {one.id for one in situation.allies}, {one.id for one in situation.enemies}
    places = {one.id: number for number, one in enumerate(situation.people)}
    fighters = list[Fighter]()
    for entity in situation.people:
        side = US if entity.id == actor.id or entity.id in friends else THEM if entity.id in foes else NOBODY
        fighters.append(_fighter(situation, entity, side, actor, places))
    own = fighters[places[actor.id]]
    _prepare(own, moves, cowardly)
    return Arena(fighters, situation.dice, field_ft=inf), own


def _fighter(
    situation: Situation, entity: PresentEntity, side: str, actor: PresentEntity, places: dict[str, int]
) -> Fighter:
    sheet, points = _sheet(situation, entity), entity.hit_points
    made = Fighter.fresh(entity.id, side, sheet)
    if points is not None:
        made.hit_points, made.most, made.temporary = points.current, points.maximum, points.temporary
    if entity.position is not None and actor.position is not None:
        made.x, made.y = entity.position.x - actor.position.x, entity.position.y - actor.position.y
    made.ailments = [
        Ailment(state.condition, places.get(state.source or ""), state.remaining_rounds, level=state.level or 0)
        for state in entity.conditions
    ]
    made.assess()
    made.thin()
    made.acted, made.bonus = True, False  # a fight that goes on; the game keeps what a turn has left
    return made


def _prepare(own: Fighter, moves: Moves, cowardly: bool) -> None:
    """What is known of the actor alone: what is used up, what it carries, and that it stands up on its turn."""
    sheet = own.sheet
    for deed in sheet.everything:
        if moves.spent(deed.action):
            own.uses[deed.slot] = 0
        elif own.uses[deed.slot] > 0:
            own.uses[deed.slot] -= min(own.uses[deed.slot] - 1, moves.situation.used.get(deed.id, 0))
    own.sheet = _actor(sheet, cowardly, tuple(dict.fromkeys(moves.items)))
    own.uses += [1] * (own.sheet.slots - sheet.slots)
    if moves.own_turn and own.plight.prone and not own.plight.no_movement and moves.can_act:
        own.ailments = [one for one in own.ailments if one.condition is not Condition.PRONE]
        own.rose = True
        own.assess()


def _actor(sheet: Sheet, cowardly: bool, items: tuple[str, ...]) -> Sheet:
    """The sheet of one who acts: with its courage, and what it can do with the items that it carries."""
    key = (id(sheet), cowardly, items)
    known = _ACTORS.get(key)
    if known is not None and known[0] is sheet:
        return known[1]
    carried = [potion for number, item in enumerate(items) if (potion := _potion(item, sheet.slots + number))]
    slots = sheet.slots + len(items) if carried else sheet.slots
    made = replace(sheet, cowardly=cowardly, deeds=(*sheet.deeds, *carried), slots=slots)
    if len(_ACTORS) >= MOST_SHEETS:
        _ACTORS.clear()
    _ACTORS[key] = (sheet, made)
    return made


def _potion(item: str, slot: int) -> Deed | None:
    """What an item does, as far as its name tells: it heals by hand, or nobody knows."""
    if not is_healing(item):
        return None
    action = Action(
        id=item, name_key="action-use", kind="heal", heal=POTION, reach_ft=TOUCH_FT, uses_per_day=1, magical=True
    )
    (deed,) = figures(item, [action]).deeds
    deed.slot, deed.item = slot, item
    return deed


def _sheet(situation: Situation, entity: PresentEntity) -> Sheet:
    """The sheet of somebody, compiled when it is first needed."""
    template = situation.template_of(entity)
    most = entity.hit_points.maximum if entity.hit_points else template.hit_points if template else 10
    actions = entity.actions
    key = (id(template), entity.armor_class, most, entity.speed_ft, actions)
    known = _SHEETS.get(key)
    if known is not None and known[0] is template:
        return known[1]
    listed = (*situation.actions_of(entity), *situation.legendary_actions_of(entity))
    if template is None:
        made = figures(entity.id, listed, armor_class=entity.armor_class, hit_points=most, speed_ft=entity.speed_ft)
    else:
        made = sheet_of(
            template,
            armor_class=entity.armor_class,
            hit_points=most,
            speed_ft=entity.speed_ft,
            actions=listed,
        )
    if len(_SHEETS) >= MOST_SHEETS:
        _SHEETS.clear()
    _SHEETS[key] = (template, made)
    return made
