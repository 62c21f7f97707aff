"""What quests are made of besides their objectives: conditions, plans, timers, what else must have happened before."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.values import Id, Value

TIDINGS = ("entity_died", "place_destroyed", "item_given", "item_picked_up")
"""Types of the `EventFact`s that a quest has to heed: who died comes first among the participants; the place that is no
more is the fact's place; an item comes before the one who has it by then."""
QuestStatus = Literal["offered", "started", "advanced", "completed", "failed"]
Ending = Literal["success", "compromise", "failure"]
Predicate = Literal["dead", "gone", "has", "known", "with", "safe", "fact"]
"""What may hold of something: a character is dead, a place is gone, the party has an item, it knows something, somebody
travels with it, somebody stands under its protection, a fact of the world is true."""


class Condition(Value):
    """Something that holds, or does not, of one character, place, item or fact."""

    what: Predicate
    of: Id
    holds: bool = True

    def __str__(self) -> str:
        return f"{'' if self.holds else 'not '}{self.what}:{self.of}"


class ObjectiveRule(Value):
    """What an objective needs and makes beyond what its kind says already (`docs/quests.md` has the table)."""

    objective: Id
    needs: tuple[Condition, ...] = Field(default=(), max_length=8)
    makes: tuple[Condition, ...] = Field(default=(), max_length=8)


class PlanStep(Value):
    """One step of a plan: walk, then do it."""

    objective: Id
    at: Id
    """Where it is done."""
    way: tuple[Id, ...] = Field(default=(), max_length=1_000)
    """The places that are entered to get there, the last one is `at`; empty where the party is there already."""
    item: Id | None = None
    """What is handed over, where something is."""
    source: Id | None = None
    """Who or what is asked, where something is learned."""


class BranchPlan(Value):
    """A way to an ending that is no failure: the proof that there is one."""

    branch: Id
    steps: tuple[PlanStep, ...] = Field(max_length=16)


class Timer(Value):
    """How long a branch stays open, by the game's clock, from the moment the quest is taken."""

    branch: Id
    hours: Annotated[int, Field(ge=1, le=24 * 365)]


class Requirement(Value):
    """How another quest must have ended before this one can be taken."""

    quest: Id
    status: Literal["completed", "failed"]


class QuestInShort(Value):
    """A quest of the ledger, as far as another quest has to know it."""

    quest: Id
    status: QuestStatus
    title: str = Field(default="", max_length=200)
    giver: Id | None = None
    plot: Id | None = None
    about: tuple[Id, ...] = Field(default=(), max_length=24)
    hooks: tuple[str, ...] = Field(default=(), max_length=4)
    ending: Ending | None = None


class Tidings(Value):
    """How the world stands that a quest is asked for in, beyond its sheet and the scene: what the record knows."""

    dead: tuple[Id, ...] = ()
    gone: tuple[Id, ...] = ()
    """Places that are no more."""
    held: dict[Id, Id] = Field(default_factory=dict[str, str])
    """Who has which item by now, or where it lies, where that has changed."""
    unaware: frozenset[Id] = frozenset()
    """Those of `dead`, `gone` and `held` that the one who is asked has not heard of: rules heed them, no word tells."""
    quests: tuple[QuestInShort, ...] = ()
    """The ledger, the last change last."""
    follows: QuestInShort | None = None
    """The quest that this one is to go on from."""
