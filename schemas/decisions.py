"""What is decided: one content type a kind, and the proposal that a model is asked for.

What a model claims and rules compute never shares a type: a model proposes, and the decision adds the figures.
No field of a proposal is optional, because a grammar may skip what it may skip.
"""

from __future__ import annotations

from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from schemas.events import Grade
from schemas.odds import Odds
from schemas.pacing import Aim
from schemas.quests import BranchPlan, Ending, ObjectiveRule, Requirement, Timer
from schemas.treaties import TreatyTerm
from schemas.values import Id, Value

Line = Annotated[str, StringConstraints(min_length=1, max_length=280)]
"""What fits into a speech bubble."""
Short = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class EmotionalTone(StrEnum):
    """How something is said."""

    NEUTRAL = "neutral"
    FRIENDLY = "friendly"
    HOSTILE = "hostile"
    FEARFUL = "fearful"
    MYSTERIOUS = "mysterious"
    SAD = "sad"
    JOYFUL = "joyful"
    SARCASTIC = "sarcastic"
    THREATENING = "threatening"


class DialogVariant(Value):
    """One answer that the player may choose."""

    text: Line
    tone: EmotionalTone
    consequence_hint: Annotated[str, StringConstraints(max_length=120)] | None
    """Shown in the interface only when the player has the skill to sense it."""


class DialogueDecision(Value):
    """What a character says, and what the player may answer."""

    npc_text: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    tone: EmotionalTone
    player_variants: Annotated[tuple[DialogVariant, ...], Field(min_length=2, max_length=4)]


class Attack(Value):
    """Use an ability on somebody."""

    kind: Literal["attack"]
    ability: Id
    target: Id


class Defend(Value):
    """Take the Dodge action (SRD 5.1, Actions in Combat)."""

    kind: Literal["defend"]


class UseItem(Value):
    """Use something that one carries."""

    kind: Literal["use_item"]
    item: Id
    target: Id


class Flee(Value):
    """Run."""

    kind: Literal["flee"]


class LegendaryAction(Value):
    """Act between turns (SRD 5.1, Legendary Creatures)."""

    kind: Literal["legendary_action"]
    ability: Id
    target: Id


CombatMove = Annotated[Attack | Defend | UseItem | Flee | LegendaryAction, Field(discriminator="kind")]


class CombatDecision(Value):
    """What a combatant does on its turn."""

    reasoning: Line
    """First, so that a model thinks before it acts."""
    move: CombatMove


class CreatureGroup(Value):
    """Some of one kind."""

    creature: Id
    count: Annotated[int, Field(ge=1, le=20)]


class EncounterProposal(Value):
    """Who could be met, and how they come into view."""

    creatures: Annotated[tuple[CreatureGroup, ...], Field(min_length=1, max_length=5)]
    introduction: Annotated[str, StringConstraints(min_length=1, max_length=600)]


class EncounterDecision(EncounterProposal):
    """Who is met. The figures are the rules', never the model's."""

    difficulty: Grade
    xp: int = Field(ge=0)
    """Sum of the creatures' XP, unadjusted."""
    adjusted_xp: int = Field(ge=0)
    """With the multiplier for their number: what the difficulty is read from."""
    odds: Odds | None = None
    """How the fight is likely to go, from many fights by the rules; None where there was no time for any."""
    aim: Aim | None = None
    """How hard it is meant to be by how the party's fights have ended; None where the request named a difficulty."""


ObjectiveKind = Literal["reach", "talk", "collect", "deliver", "defeat", "protect", "learn"]


class Objective(Value):
    """One step of a quest. It opens when all in `after` are done."""

    id: Id
    kind: ObjectiveKind
    target: Id
    """A character, creature, item, place or fact of the world."""
    description: Short
    after: Annotated[tuple[Id, ...], Field(max_length=8)]


class Branch(Value):
    """One way for a quest to end: the objective that decides it."""

    id: Id
    name: Short
    ending: Ending
    decided_by: Id
    """The objective with which the quest ends this way."""


class Rewards(Value):
    """What it is worth."""

    xp: Annotated[int, Field(ge=0, le=100_000)]
    gold: Annotated[int, Field(ge=0, le=100_000)]
    items: Annotated[tuple[Id, ...], Field(max_length=4)]


class QuestProposal(Value):
    """What could be asked of the party: objectives as a directed graph, and 3 to 5 ways for it to end."""

    title: Short
    giver: Id
    summary: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1, max_length=12)]
    branches: Annotated[tuple[Branch, ...], Field(min_length=3, max_length=5)]
    rewards: Rewards
    hooks: Annotated[tuple[Short, ...], Field(min_length=1, max_length=4)]
    """What could follow."""

    @model_validator(mode="after")
    def _a_graph(self) -> QuestProposal:
        ids = [objective.id for objective in self.objectives]
        if len(set(ids)) != len(ids):
            raise ValueError("two objectives share an id")
        if len({branch.id for branch in self.branches}) != len(self.branches):
            raise ValueError("two branches share an id")
        for objective in self.objectives:
            for before in objective.after:
                if before not in ids:
                    raise ValueError(f"objective '{objective.id}' waits for '{before}', which does not exist")
        for branch in self.branches:
            if branch.decided_by not in ids:
                raise ValueError(f"branch '{branch.id}' is decided by '{branch.decided_by}', which does not exist")
        try:
            TopologicalSorter({objective.id: objective.after for objective in self.objectives}).prepare()
        except CycleError as error:
            raise ValueError(f"objectives wait for each other: {' -> '.join(error.args[1])}") from None
        if all(branch.ending == "failure" for branch in self.branches):
            raise ValueError("no branch ends well")
        return self


class QuestDecision(QuestProposal):
    """A quest that can be finished. Plans and timers are the rules', never the model's."""

    plot: Id | None = None
    """The template that it is made from; None: somebody's own idea."""
    conditions: Annotated[tuple[ObjectiveRule, ...], Field(max_length=12)] = ()
    """What objectives need and make beyond what their kinds say."""
    timers: Annotated[tuple[Timer, ...], Field(max_length=5)] = ()
    """How long branches stay open; a branch without one stays open."""
    requires: Annotated[tuple[Requirement, ...], Field(max_length=4)] = ()
    """How other quests must have ended before this one can be taken."""
    plans: Annotated[tuple[BranchPlan, ...], Field(max_length=5)] = ()
    """The proof: a way to each ending that is no failure, as the world was when the quest was accepted."""

    @model_validator(mode="after")
    def _about_itself(self) -> QuestDecision:
        objectives = {objective.id for objective in self.objectives}
        branches = {branch.id for branch in self.branches}
        for what, known, named in (
            ("conditions", objectives, [one.objective for one in self.conditions]),
            ("plans", objectives, [step.objective for plan in self.plans for step in plan.steps]),
            ("plans", branches, [plan.branch for plan in self.plans]),
            ("timers", branches, [timer.branch for timer in self.timers]),
        ):
            for name in named:
                if name not in known:
                    raise ValueError(f"{what} name '{name}', which does not exist")
        return self


def _terms_with_a_counter_offer(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema, too, that terms go with a counter-offer and with nothing else: a grammar can hold it."""
    properties = schema.pop("properties")
    schema["anyOf"] = [
        {
            **{key: schema[key] for key in ("type", "required", "additionalProperties") if key in schema},
            "properties": properties
            | {"answer": {"type": "string", "enum": answers}, "terms": properties["terms"] | most},
        }
        for answers, most in ((["accept", "refuse"], {"maxItems": 0}), (["counter"], {"minItems": 1}))
    ]
    for key in ("type", "required", "additionalProperties"):
        schema.pop(key, None)


class DiplomacyDecision(Value):
    """What a faction answers to an offer."""

    model_config = ConfigDict(json_schema_extra=_terms_with_a_counter_offer)

    message: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    answer: Literal["accept", "refuse", "counter"]
    terms: Annotated[tuple[TreatyTerm, ...], Field(max_length=6)]
    """What it puts forward: needed for a counter-offer, empty otherwise."""
    stance: Literal["hostile", "wary", "neutral", "cordial", "allied"]

    @model_validator(mode="after")
    def _terms_only_to_counter(self) -> DiplomacyDecision:
        if (self.answer == "counter") != bool(self.terms):
            raise ValueError("a counter-offer names its terms; acceptance and refusal name none")
        return self


class TacticsDecision(Value):
    """How a boss means to fight: the next fight, or this one from here on."""

    reasoning: Line
    """First, so that a model thinks before it plans."""
    stances: Annotated[tuple[Id, ...], Field(max_length=3)]
    """From `config/tactics.toml`, at most one of each axis; none: as it always fights."""
    focus: Id | None
    """The enemy whom the plan is about, where it is about one."""


class DescriptionDecision(Value):
    """What something looks like now."""

    subject: Id
    text: Annotated[str, StringConstraints(min_length=1, max_length=600)]
    short: Short
    """For a label or a tooltip."""


class Bark(Value):
    """A remark in passing."""

    speaker: Id
    text: Short
    tone: EmotionalTone


class BarkDecision(Value):
    """What those in a crowd remark, each a line at the most; neighbours never the same."""

    barks: Annotated[tuple[Bark, ...], Field(max_length=64)]
    """In the order in which they were asked for; who cannot speak is left out."""


Content = (
    DialogueDecision
    | BarkDecision
    | CombatDecision
    | EncounterDecision
    | QuestDecision
    | DiplomacyDecision
    | TacticsDecision
    | DescriptionDecision
)

CONTENTS: dict[str, type[Content]] = {
    content.__name__: content
    for content in (
        DialogueDecision,
        BarkDecision,
        CombatDecision,
        EncounterDecision,
        QuestDecision,
        DiplomacyDecision,
        TacticsDecision,
        DescriptionDecision,
    )
}
"""What a declaration's `decides:` may name."""

PROPOSALS: dict[str, type[Value]] = {
    **CONTENTS,
    "EncounterDecision": EncounterProposal,
    "QuestDecision": QuestProposal,
}
"""What a model is asked for, by what is decided."""
