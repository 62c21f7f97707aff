"""A whole fight: initiative, rounds, turns, and how it ends (SRD 5.1, "The Order of Combat")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.arena.arena import Arena
from rules.arena.blows import feel_auras
from rules.arena.fighter import Ailment, Fighter
from rules.arena.greed import Greedy
from rules.arena.ground import speed_of
from rules.arena.options import WAIT, Option, Policy, Search, bonus_options, legendary_options, options
from rules.arena.perform import perform
from rules.arena.wounds import saves
from rules.mechanics.initiative import Contender, initiative_order
from rules.mechanics.legendary import recharges
from schemas.conditions import Condition

MOST_ROUNDS = 30
"""A fight that lasts longer has no winner."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a fight ended."""

    winner: str | None
    """The side that still stands; None: nobody does, or the fight did not end."""
    rounds: int
    losses: Mapping[str, int]
    """Of each side, how many do not stand at the end: dead, down or gone."""
    dead: Mapping[str, int]
    """Of each side, how many are dead; heroes whose side has lost count."""
    damage: Mapping[str, int]
    """Hit points that each fighter has cost its enemies, by id."""
    by_side: Mapping[str, int]
    """The same, by side."""
    sizes: Mapping[str, int]
    """How many fought on each side."""

    def wiped_out(self, side: str) -> bool:
        """Whether nobody of a side is left, and none of them got away."""
        return self.sizes.get(side, 0) > 0 and self.dead.get(side, 0) == self.sizes[side]


def play(arena: Arena, policies: Mapping[str, Policy] | Policy, *, most_rounds: int = MOST_ROUNDS) -> Outcome:
    """Play a fight to its end. `policies` decide for each side; one policy alone decides for all.

    Everybody has a turn each round, in the order of initiative.
    Raises `KeyError` for a side without a policy.
    """
    decides = {one.side: policies if callable(policies) else policies[one.side] for one in arena.fighters}
    order = roll_initiative(arena)
    while not arena.over and arena.round < most_rounds:
        arena.round += 1
        for fighter in order:
            take_turn(arena, fighter, decides[fighter.side])
            if arena.over:
                break
            between_turns(arena, fighter, decides)
            if arena.over:
                break
        while arena.newcomers:
            origin, newcomer = arena.newcomers.pop(0)
            order.insert(order.index(origin) + 1, newcomer)
    return _outcome(arena)


def roll_initiative(arena: Arena) -> list[Fighter]:
    """Everybody in the order of their turns."""
    contenders = [Contender(str(one.index), one.sheet.initiative, one.plight) for one in arena.fighters]
    return [arena.fighters[int(turn.id)] for turn in initiative_order(contenders, arena.dice)]


def take_turn(arena: Arena, fighter: Fighter, policy: Policy) -> None:
    """One turn: what comes back, what one does, and what wears off."""
    if fighter.dead or fighter.fled:
        return
    begin_turn(arena, fighter)
    if fighter.surprised:
        fighter.surprised = False
    elif fighter.can_act:
        perform(arena, fighter, decide(arena, fighter, policy))
        if fighter.bonus and fighter.can_act and not arena.over:
            perform(arena, fighter, decide_bonus(arena, fighter, policy))
    elif fighter.dying:
        death_save(arena, fighter)
    end_turn(arena, fighter)


def decide(arena: Arena, fighter: Fighter, policy: Policy) -> Option:
    """What a policy has somebody do with action and movement."""
    if isinstance(policy, Greedy):
        return policy.turn(arena, fighter)
    return policy(arena, fighter, options(arena, fighter))


def decide_bonus(arena: Arena, fighter: Fighter, policy: Policy) -> Option:
    """What a policy has somebody do with the bonus action; `WAIT` where there is nothing to decide."""
    rampage = fighter.sheet.rampage
    if rampage is not None and fighter.felled:
        ways = Search(arena, fighter, speed_of(fighter) // 2).uses(rampage)
        return policy(arena, fighter, [*ways, WAIT]) if ways else WAIT
    if isinstance(policy, Greedy):
        return policy.bonus(arena, fighter)
    choices = bonus_options(arena, fighter)
    return policy(arena, fighter, choices) if len(choices) > 1 else WAIT


def begin_turn(arena: Arena, fighter: Fighter) -> None:
    """What comes back at the start of a turn: the reaction, legendary actions, breath, hit points; one stands up."""
    fighter.acted = fighter.reaction = fighter.bonus = True
    fighter.dodging = fighter.disengaged = fighter.extra_used = fighter.rose = fighter.felled = False
    for one in arena.swift:
        one.reaction = not one.surprised
    if not fighter.standing:
        return
    fighter.reckless = fighter.sheet.reckless and 2 * fighter.hit_points > fighter.most
    fighter.ran_ft = 0
    if arena.auras:
        feel_auras(arena, fighter)
        if not fighter.standing:
            return
    if fighter.plight.prone and not (fighter.surprised or fighter.plight.no_movement or fighter.plight.no_actions):
        arena.cure(fighter, [one for one in fighter.ailments if one.condition is Condition.PRONE])
        fighter.rose = True
    sheet = fighter.sheet
    fighter.legendary_points = sheet.legendary_points
    for deed in sheet.recharging:
        if fighter.uses[deed.slot] == 0 and recharges(deed.action, arena.dice):
            fighter.uses[deed.slot] = 1
    if sheet.regeneration and not fighter.stopped:
        arena.mend(fighter, sheet.regeneration)
    fighter.stopped = False


def end_turn(arena: Arena, fighter: Fighter) -> None:
    """What wears off at the end of a turn: conditions whose time is over, and those that one saves against."""
    if not fighter.ailments or not fighter.standing:
        return
    gone = list[Ailment]()
    for one in fighter.ailments:
        if one.rounds is not None:
            one.rounds -= 1
            if one.rounds <= 0:
                gone.append(one)
                continue
        if one.ability is not None and saves(
            arena, fighter, one.ability, one.dc, (one.condition,), magical=one.magical
        ):
            gone.append(one)
    arena.cure(fighter, gone)


def death_save(arena: Arena, fighter: Fighter) -> None:
    """The saving throw of one who lies at nought; nobody strikes at them meanwhile (SRD 5.1, "Death Saving Throws")."""
    fighter.death = fighter.death.roll(arena.dice)
    fighter.dead = fighter.death.dead
    if fighter.death.awake:
        arena.mend(fighter, 1)


def between_turns(arena: Arena, after: Fighter, decides: Mapping[str, Policy]) -> None:
    """Legendary creatures act at the end of the turn of another (SRD 5.1, "Legendary Actions"), one deed each."""
    for one in arena.legends:
        if one is not after and one.standing and one.legendary_points > 0 and not one.surprised:
            found = legendary_options(arena, one)
            if len(found) > 1:
                perform(arena, one, decides[one.side](arena, one, found))
                if arena.over:
                    return


def _outcome(arena: Arena) -> Outcome:
    standing = {one.side for one in arena.fighters if one.standing and one.side != "neutral"}
    winner = next(iter(standing)) if len(standing) == 1 else None
    losses, dead, sizes, by_side = dict[str, int](), dict[str, int](), dict[str, int](), dict[str, int]()
    for one in arena.fighters:
        lost = not one.standing
        killed = one.dead or (lost and not one.fled and winner is not None and winner != one.side)
        sizes[one.side] = sizes.get(one.side, 0) + 1
        losses[one.side] = losses.get(one.side, 0) + lost
        dead[one.side] = dead.get(one.side, 0) + killed
        by_side[one.side] = by_side.get(one.side, 0) + one.dealt
    damage = {one.id: one.dealt for one in arena.fighters}
    return Outcome(winner, arena.round, losses, dead, damage, by_side, sizes)
