"""Whether a proposal is possible in the world; and if not, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from rules.bargain import LIGHT_TERMS, Obstacle, Table, set_faults, term_faults
from rules.bargaining.talks import GIVES_AWAY, talks_faults
from rules.boss.planning import Council
from rules.describe import look_at
from rules.encounters import asked_difficulty, balance, budget_of, figures, within_budget, xp_of
from rules.fight import better_than
from rules.known import Known
from rules.moves import Hindrance, Moves, moves_open
from rules.objection import Objection
from rules.quests.judging import complete_quest, objections_to_quest
from rules.situation import Situation
from rules.taint import Sought, hidden_from, names_of
from rules.words import objections_to_words
from schemas.affairs import Talks
from schemas.creatures import Action
from schemas.decisions import (
    CONTENTS,
    PROPOSALS,
    Attack,
    Bark,
    BarkDecision,
    CombatDecision,
    Content,
    DescriptionDecision,
    DialogueDecision,
    DiplomacyDecision,
    EncounterDecision,
    EncounterProposal,
    LegendaryAction,
    QuestDecision,
    QuestProposal,
    TacticsDecision,
    UseItem,
)
from schemas.errors import UnknownThing
from schemas.events import BarksRequested
from schemas.knowledge import Fact
from schemas.treaties import TreatyTerm
from schemas.values import Value

PLAY_FLOOR = 0.1
"""A combat move that is worth less than this share of the best known one is refused."""


def judge(
    decides: str,
    proposal: Value,
    situation: Situation,
    secrets: Sequence[Fact] = (),
    *,
    known: Collection[str] = (),
    beside: Sequence[str] = (),
    floor: float = PLAY_FLOOR,
) -> list[Objection]:
    """All that the world has against a proposal; nothing, when it may happen.

    `decides` is the content's name (`CombatDecision`); a name that is none raises `UnknownThing`. `secrets` are the
    facts that may not leave: those that have come out, or that the player's side knows, do no harm. `known` are ids
    of what came to mind, for a quest to be about; `beside` are texts that leave along with the proposal. `floor` is the
    share of the best known move's worth that a combat move must have; 0 lets every legal move pass.
    """
    if decides not in PROPOSALS:
        raise UnknownThing("kind of content", decides, PROPOSALS)
    if not isinstance(proposal, PROPOSALS[decides]):
        what = f"a {type(proposal).__name__} is no {PROPOSALS[decides].__name__}"
        return [Objection("wrong_content", "content", what, repairable=False)]
    hidden = hidden_from(Known(situation).party, secrets)
    in_words = objections_to_words(proposal, Sought.of(hidden, names_of(situation.world)), beside)
    return [*_of_kind(proposal, situation, known, floor), *in_words]


def complete(decides: str, proposal: Value, situation: Situation) -> tuple[Content, tuple[str, ...]]:
    """The decision that a proposal becomes, and what had to be corrected.

    An encounter gets its figures from the rules and is balanced, a quest its proof; everything else is as it was
    proposed. Raises `UnknownThing` for a name that is no content, `TypeError` for a proposal of another kind.
    """
    if decides not in CONTENTS:
        raise UnknownThing("kind of content", decides, CONTENTS)
    if decides == EncounterDecision.__name__ and isinstance(proposal, EncounterProposal):
        return balance(proposal, situation)
    if decides == QuestDecision.__name__ and isinstance(proposal, QuestProposal):
        return complete_quest(proposal, situation), ()
    content = CONTENTS[decides]
    if not isinstance(proposal, content):
        raise TypeError(f"a {type(proposal).__name__} is no {content.__name__}")
    return proposal, ()


def _of_kind(proposal: Value, situation: Situation, facts: Collection[str], floor: float) -> Iterator[Objection]:
    match proposal:
        case DialogueDecision():
            yield from _dialogue(proposal)
        case BarkDecision():
            yield from _barks(proposal, situation)
        case CombatDecision():
            illegal = list(_combat(proposal, situation))
            yield from illegal or _poor_play(proposal, situation, floor)
        case EncounterProposal():
            yield from _encounter(proposal, situation)
        case QuestProposal():
            yield from objections_to_quest(proposal, situation, facts)
        case DiplomacyDecision():
            yield from _diplomacy(proposal, situation)
        case TacticsDecision():
            yield from Council(situation).objections(proposal)
        case DescriptionDecision():
            if proposal.subject != (asked := look_at(situation).subject):
                yield Objection("unknown_target", "subject", f"'{asked}' is what is looked at")
        case _:
            return


def _dialogue(proposal: DialogueDecision) -> Iterator[Objection]:
    said = {_plain(proposal.npc_text): "npc_text"}
    for number, variant in enumerate(proposal.player_variants):
        where = f"player_variants[{number}].text"
        first = said.setdefault(_plain(variant.text), where)
        if first != where:
            yield Objection("repeated", where, f"it says the same as {first}: give the player a real choice")


def _barks(proposal: BarkDecision, situation: Situation) -> Iterator[Objection]:
    event = situation.request.event
    asked = event.speakers if isinstance(event, BarksRequested) else (situation.request.character,)
    before: Bark | None = None
    for number, one in enumerate(proposal.barks):
        where = f"barks[{number}]"
        if one.speaker not in asked:
            yield Objection("unknown_target", f"{where}.speaker", f"'{one.speaker}' was not asked; {_one_of(asked)}")
        if before is not None and _plain(before.text) == _plain(one.text):
            yield Objection("repeated", f"{where}.text", "it is what the one before says: neighbours say other things")
        before = one


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


_WHY_NOT: Mapping[Hindrance, str] = {
    "no_target": "nobody called '{target}' is there",
    "target_dead": "'{target}' is dead",
    "not_hostile": "'{target}' is no enemy",
    "not_ally": "'{target}' is no friend: this heals",
    "out_of_reach": "'{target}' is out of reach",
    "charmed": "the actor is charmed by '{target}' and cannot harm them",
}


def _combat(proposal: CombatDecision, situation: Situation) -> Iterator[Objection]:
    moves, move = Moves(situation), proposal.move
    if move.kind == "defend":
        return
    if not moves.can_act:
        what = f"'{situation.request.character}' cannot act now; only 'defend' is possible"
        yield Objection("cannot_act", "move.kind", what, repairable=False)
        return
    match move:
        case Attack():
            yield from _use(move, situation.actions_of, moves.abilities, moves.usable, moves)
        case LegendaryAction():
            if moves.own_turn:
                yield Objection("own_turn", "move.kind", "legendary actions happen on the turns of others")
            else:
                yield from _use(move, situation.legendary_actions_of, moves.legendary, moves.usable_legendary, moves)
        case UseItem():
            if move.item not in moves.items:
                what = f"'{move.item}' is not carried; {_one_of(moves.items)}"
                yield Objection("item_not_carried", "move.item", what)
            elif (why := moves.item_hindrance(move.item, move.target)) is not None:
                yield _hindered(why, move.target, moves.usable_items.get(move.item, ()))
        case _:
            if not moves.can_flee:
                what = f"the actor cannot move; possible are {', '.join(moves_open(situation))}"
                yield Objection("cannot_move", "move.kind", what)


def _poor_play(proposal: CombatDecision, situation: Situation, floor: float) -> Iterator[Objection]:
    """A legal move that is far below the best known one; ordinary variety passes."""
    better = better_than(situation, proposal.move, floor) if floor > 0 else None
    if better is not None:
        fields = better.model_dump(exclude={"kind"})
        what = " ".join(f"{name} '{value}'" for name, value in fields.items())
        yield Objection("poor_play", "move", f"this gives away the turn; far better is {better.kind} {what}".rstrip())


def _use(
    move: Attack | LegendaryAction,
    all_of: Callable[..., tuple[Action, ...]],
    ready: Mapping[str, Action],
    usable: Mapping[str, tuple[str, ...]],
    moves: Moves,
) -> Iterator[Objection]:
    """Objections to an ability and its target; `usable` tells what would be right."""
    action = ready.get(move.ability)
    if action is None:
        owned = {one.id for one in all_of(moves.situation.actor)}
        code, why = ("spent", "is used up") if move.ability in owned else ("unknown_ability", "is not theirs")
        yield Objection(code, "move.ability", f"'{move.ability}' {why}; {_one_of(tuple(usable))}")
    elif (why := moves.hindrance(action, move.target)) is not None:
        yield _hindered(why, move.target, usable.get(move.ability, ()))


def _hindered(why: Hindrance, target: str, instead: Sequence[str]) -> Objection:
    return Objection(why, "move.target", f"{_WHY_NOT[why].format(target=target)}; {_one_of(instead)}")


def _one_of(names: Sequence[str]) -> str:
    return f"possible: {', '.join(names[:12])}" if names else "nothing of the sort is possible"


def _encounter(proposal: EncounterProposal, situation: Situation) -> Iterator[Objection]:
    unknown = False
    for number, group in enumerate(proposal.creatures):
        if xp_of(situation, group.creature) is None:
            unknown = True
            where = f"creatures[{number}].creature"
            yield Objection("unknown_creature", where, f"there is no creature '{group.creature}'")
    counted = figures(situation, proposal.creatures)
    if not unknown and not within_budget(situation, proposal.creatures):
        most = f"{budget_of(situation)} is the most for an encounter that is {asked_difficulty(situation)} at worst"
        yield Objection("over_budget", "creatures", f"they come to {counted.adjusted_xp} adjusted XP; {most}")
    if isinstance(proposal, EncounterDecision):
        claimed = (proposal.difficulty, proposal.xp, proposal.adjusted_xp)
        if claimed != tuple(counted):
            what = f"it is {counted.difficulty}, with {counted.xp} XP and {counted.adjusted_xp} adjusted"
            yield Objection("wrong_figures", "difficulty", what)


_WHY_NO_TREATY: Mapping[Obstacle, str] = {
    "no_offer": "there is no offer to answer",
    "self_treaty": "nobody makes a treaty with themselves",
    "unknown_faction": "one side is no faction of this world",
}


def _diplomacy(proposal: DiplomacyDecision, situation: Situation) -> Iterator[Objection]:
    table = Table(situation)
    if proposal.answer == "refuse":
        if situation.talks is not None:
            yield from _out_of_turn(table, situation.talks, proposal)
        return
    obstacle = table.obstacle
    if obstacle is not None:
        what = f"{_WHY_NO_TREATY[obstacle]}; only 'refuse' is possible"
        yield Objection(obstacle, "answer", what, repairable=False)
        return
    offered = table.offered
    accepted = proposal.answer == "accept"
    terms = offered if accepted else proposal.terms
    illegal = [
        *(
            objection
            for number, term in enumerate(terms)
            for objection in _term(table, term, "answer" if accepted else f"terms[{number}]")
        ),
        *(Objection(code, "answer" if accepted else "terms", what) for code, what in set_faults(terms)),
    ]
    yield from illegal
    if illegal:
        return
    if situation.talks is not None:
        yield from _out_of_turn(table, situation.talks, proposal)
    elif table.side.total(terms) < table.side.reserve:
        yield Objection("below_reserve", "answer" if accepted else "terms", GIVES_AWAY)


def _out_of_turn(table: Table, talks: Talks, proposal: DiplomacyDecision) -> Iterator[Objection]:
    for code, where, what in talks_faults(table, talks, proposal):
        yield Objection(code, where, what)


def _term(table: Table, term: TreatyTerm, where: str) -> Iterator[Objection]:
    for code, what in term_faults(table, term):
        yield Objection(code, where, what)
    if not table.full_authority and term.kind not in LIGHT_TERMS:
        who = table.situation.request.character
        what = f"'{who}' cannot promise '{term.kind}' for '{table.us}': its leader could"
        yield Objection("no_authority", where, what)
