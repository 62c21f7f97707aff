"""What good play satisfies, by kind. What is left out of an expectation does not matter to its case."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from schemas import (
    CombatDecision,
    Content,
    DescriptionDecision,
    DialogueDecision,
    DiplomacyDecision,
    EmotionalTone,
    EncounterDecision,
    Grade,
    Id,
    QuestDecision,
    Source,
    TacticsDecision,
    Value,
)

GRADES: tuple[Grade, ...] = ("trivial", "easy", "low", "medium", "moderate", "hard", "high", "deadly")
"""Of both rules, from the least."""


class ExpectedTool(Value):
    """What shall become of one tool call."""

    tool: str
    status: Literal["applied", "rejected", "failed"]


class Expectations(Value):
    """What any kind of decision can be held to."""

    silent_about: tuple[str, ...] = ()
    """Words that must stand nowhere in the content; upper and lower case are the same."""
    tools: tuple[ExpectedTool, ...] | None = None
    """The results of all tool calls, in order; for cases that say what the model answers. None: whatever is asked, as
    long as what is applied is legal."""
    unwanted_tools: tuple[str, ...] = ()
    """Tools that nothing in the scene is a reason for: a call that is applied is poor play, though legal."""
    sources: tuple[Source, ...] = ()
    """How the decision may come about; for cases that say what the model answers."""
    mentions: tuple[str, ...] = ()
    """Words each of which must stand somewhere in the content; upper and lower case are the same."""

    def misses(self, content: Content) -> Iterator[str]:
        """What good play would have done otherwise, a sentence each."""
        yield from ()


class DialogueExpectations(Expectations):
    """What a character may say, and how."""

    tones: tuple[EmotionalTone, ...] = ()
    not_tones: tuple[EmotionalTone, ...] = ()
    least_variants: Annotated[int, Field(ge=2, le=4)] = 2

    def misses(self, content: Content) -> Iterator[str]:
        """The wrong tone, or too little for the player to answer."""
        if isinstance(content, DialogueDecision):
            yield from _one_of("tone", content.tone, self.tones)
            yield from _none_of("tone", content.tone, self.not_tones)
            if len(content.player_variants) < self.least_variants:
                yield f"{len(content.player_variants)} answers for the player, at least {self.least_variants} wanted"
            if len({variant.tone for variant in content.player_variants}) < 2:
                yield "all answers for the player have the same tone"


class CombatExpectations(Expectations):
    """What a combatant may do, and to whom."""

    moves: tuple[Literal["attack", "defend", "use_item", "flee", "legendary_action"], ...] = ()
    abilities: tuple[Id, ...] = ()
    not_abilities: tuple[Id, ...] = ()
    targets: tuple[Id, ...] = ()
    not_targets: tuple[Id, ...] = ()

    def misses(self, content: Content) -> Iterator[str]:
        """The wrong move, ability or target; a move without a target has none that is wrong."""
        if isinstance(content, CombatDecision):
            move = content.move
            ability: str | None = getattr(move, "ability", None)
            target: str | None = getattr(move, "target", None)
            yield from _one_of("move", move.kind, self.moves)
            yield from _one_of("ability", ability, self.abilities)
            yield from _none_of("ability", ability, self.not_abilities)
            yield from _one_of("target", target, self.targets)
            yield from _none_of("target", target, self.not_targets)


class EncounterExpectations(Expectations):
    """Who may be met."""

    least: Grade = "trivial"
    most: Grade = "deadly"
    creatures: tuple[Id, ...] = ()
    """Nobody else may come."""
    not_creatures: tuple[Id, ...] = ()
    kin: tuple[Id, ...] = ()
    """Each creature has one of these tags or types."""

    def misses(self, content: Content) -> Iterator[str]:
        """Too hard, too easy, or somebody who does not belong there. (`kin` needs the bestiary: see the metric.)"""
        if isinstance(content, EncounterDecision):
            grade = GRADES.index(content.difficulty)
            if not GRADES.index(self.least) <= grade <= GRADES.index(self.most):
                yield f"it is {content.difficulty}, wanted is {self.least} to {self.most}"
            for group in content.creatures:
                yield from _one_of("creature", group.creature, self.creatures)
                yield from _none_of("creature", group.creature, self.not_creatures)


class QuestExpectations(Expectations):
    """What may be asked of the party, by whom, and for how much."""

    givers: tuple[Id, ...] = ()
    not_givers: tuple[Id, ...] = ()
    least_branches: Annotated[int, Field(ge=3, le=5)] = 3
    most_gold: int = 100_000
    most_xp: int = 100_000
    not_alive: tuple[Id, ...] = ()
    """Whom nobody can meet any more: no step may be to talk to, protect or defeat them."""

    def misses(self, content: Content) -> Iterator[str]:
        """The wrong giver, a reward beyond measure, a step with the dead."""
        if isinstance(content, QuestDecision):
            yield from _one_of("giver", content.giver, self.givers)
            yield from _none_of("giver", content.giver, self.not_givers)
            if len(content.branches) < self.least_branches:
                yield f"{len(content.branches)} ways to end, at least {self.least_branches} wanted"
            if content.rewards.gold > self.most_gold:
                yield f"it pays {content.rewards.gold} gold, {self.most_gold} is enough"
            if content.rewards.xp > self.most_xp:
                yield f"it gives {content.rewards.xp} XP, {self.most_xp} is enough"
            for objective in content.objectives:
                if objective.kind in ("talk", "protect", "defeat"):
                    yield from _none_of(f"target to {objective.kind}", objective.target, self.not_alive)


class DiplomacyExpectations(Expectations):
    """What a faction may answer."""

    answers: tuple[Literal["accept", "refuse", "counter"], ...] = ()
    stances: tuple[Literal["hostile", "wary", "neutral", "cordial", "allied"], ...] = ()
    not_terms: tuple[str, ...] = ()
    """Kinds of clause that it must not put forward."""

    def misses(self, content: Content) -> Iterator[str]:
        """The wrong answer, stance or clause."""
        if isinstance(content, DiplomacyDecision):
            yield from _one_of("answer", content.answer, self.answers)
            yield from _one_of("stance", content.stance, self.stances)
            for term in content.terms:
                yield from _none_of("clause", term.kind, self.not_terms)


class TacticsExpectations(Expectations):
    """How a boss may mean to fight."""

    some_of: tuple[Id, ...] = ()
    """Stances of which the plan has one at least."""
    not_stances: tuple[Id, ...] = ()
    focus: tuple[Id | None, ...] = ()
    """Whom the plan may be about; null: nobody."""

    def misses(self, content: Content) -> Iterator[str]:
        """A stance that is missing or out of place, or a plan about the wrong one."""
        if isinstance(content, TacticsDecision):
            plan = ", ".join(content.stances) or "nothing"
            if self.some_of and not {*self.some_of} & {*content.stances}:
                yield f"the plan is {plan}, wanted is {' or '.join(self.some_of)}"
            for stance in content.stances:
                yield from _none_of("stance", stance, self.not_stances)
            if self.focus and content.focus not in self.focus:
                wanted = " or ".join(one or "nobody" for one in self.focus)
                yield f"the plan ({plan}) is about {content.focus or 'nobody'}, wanted is {wanted}"


class DescriptionExpectations(Expectations):
    """What something may look like."""

    least_words: Annotated[int, Field(ge=1, le=100)] = 4
    """Of the text: fewer are no description."""

    def misses(self, content: Content) -> Iterator[str]:
        """Too little to see, or a short text that is none."""
        if isinstance(content, DescriptionDecision):
            words = len(content.text.split())
            if words < self.least_words:
                yield f"{words} words, at least {self.least_words} wanted"
            if len(content.short) >= len(content.text):
                yield "the short text is no shorter than the text"


EXPECTATIONS: Mapping[str, type[Expectations]] = {
    "dialogue": DialogueExpectations,
    "combat": CombatExpectations,
    "encounter": EncounterExpectations,
    "quest": QuestExpectations,
    "diplomacy": DiplomacyExpectations,
    "tactics": TacticsExpectations,
    "description": DescriptionExpectations,
}
"""What a case of each kind is held to."""


def _one_of(what: str, found: str | None, wanted: Collection[str]) -> Iterator[str]:
    if wanted and found is not None and found not in wanted:
        yield f"{what} '{found}', wanted is {' or '.join(wanted)}"


def _none_of(what: str, found: str | None, unwanted: Collection[str]) -> Iterator[str]:
    if found is not None and found in unwanted:
        yield f"{what} '{found}' is the one that it must not be"
