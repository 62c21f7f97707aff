"""Scripted dialogue: trees of lines and choices, and where a conversation stands in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator

from schemas.calendar import WorldTime
from schemas.decisions import DialogVariant, EmotionalTone
from schemas.knowledge import Fact
from schemas.lives import QuestStatus
from schemas.values import Id, LanguageTag, LocaleKey, SignedUnitFloat, Value

END: Literal["end"] = "end"
"""Where a way ends."""
LETTERS_OF_A_LINE = 600
"""What a character may say at once."""
LETTERS_OF_A_CHOICE = 280
MOST_CHOICES = 4
"""What a player may be offered at once."""

Wording = LocaleKey | dict[LanguageTag, Annotated[str, StringConstraints(min_length=1, max_length=LETTERS_OF_A_LINE)]]
"""A key of the phrasebook, or the words by language. `{ $other }`, `{ $name }` and `{ $place }` are filled in."""


class When(Value):
    """What must hold. All that is written must; nothing written always holds."""

    standing_at_least: SignedUnitFloat | None = None
    """Of the character toward whoever it talks with."""
    standing_below: SignedUnitFloat | None = None
    knows: tuple[Id, ...] = Field(default=(), max_length=8)
    """Facts that the character knows."""
    unknown: tuple[Id, ...] = Field(default=(), max_length=8)
    """Facts that the character does not know."""
    player_knows: tuple[Id, ...] = Field(default=(), max_length=8)
    """Facts that the player's party knows."""
    flags: tuple[Id, ...] = Field(default=(), max_length=8)
    """Set earlier in this conversation."""
    without: tuple[Id, ...] = Field(default=(), max_length=8)
    """Flags that are not set."""
    quests: dict[Id, QuestStatus | Literal["none"]] = Field(default_factory=dict[str, QuestStatus | Literal["none"]])
    """How quests stand; `none`: nobody has heard of it."""

    @model_validator(mode="after")
    def _can_hold(self) -> When:
        least, below = self.standing_at_least, self.standing_below
        if least is not None and below is not None and least >= below:
            raise ValueError(f"no standing is at least {least:g} and below {below:g}")
        for name, have, have_not in (("flag", self.flags, self.without), ("fact", self.knows, self.unknown)):
            for both in sorted(set(have) & set(have_not)):
                raise ValueError(f"the {name} '{both}' can not be there and not be there")
        return self

    @property
    def always(self) -> bool:
        """Whether nothing is asked for."""
        return self == _ALWAYS


_ALWAYS = When()


class Jump(Value):
    """A way on without a choice of the player's."""

    to: Id
    """A node, or `end`."""
    when: When = When()


class TreeEffect(Value):
    """A tool call: it passes the guard as one of a model does. `$player` stands for whom the character talks with."""

    tool: Id
    arguments: dict[str, JsonValue]


class TreeChoice(Value):
    """What the player may say, and where that leads."""

    id: Id
    say: Wording
    to: Id
    """A node, or `end`: then the talk is over and the character says no more of it."""
    tone: EmotionalTone = EmotionalTone.NEUTRAL
    hint: Wording | None = None
    when: When = When()
    once: bool = False
    """Offered until it was taken, in one conversation."""


class TreeNode(Value):
    """What the character says, and how it goes on: by a choice of the player's, by a jump, or not at all."""

    line: Wording | None = None
    """None: nothing is said here; the node only leads on."""
    or_else: tuple[Wording, ...] = Field(default=(), max_length=6)
    """Other ways to say it, for one who comes by again."""
    tone: EmotionalTone = EmotionalTone.NEUTRAL
    choices: tuple[TreeChoice, ...] = Field(default=(), max_length=12)
    then: Id | tuple[Jump, ...] | None = None
    """Without choices: the next node, or the first of several jumps that holds. None: it ends here."""
    effects: tuple[TreeEffect, ...] = Field(default=(), max_length=3)
    sets: tuple[Id, ...] = Field(default=(), max_length=8)
    """Flags that hold from here on, in this conversation."""
    clears: tuple[Id, ...] = Field(default=(), max_length=8)

    @property
    def jumps(self) -> tuple[Jump, ...]:
        """The ways on without a choice, in their order."""
        if self.choices:
            return ()
        return (Jump(to=self.then or END),) if isinstance(self.then, str | None) else self.then


class DialogueTree(Value):
    """A conversation as it was written."""

    dialogue: Id
    """Its name: that of its file."""
    character: Id
    """Who speaks."""
    about: str = Field(min_length=1, max_length=280)
    start: Id
    begins_when: When = When()
    """Of several trees of a character, the first whose condition holds begins."""
    again: bool = False
    """Whether it may begin anew in a conversation in which it has ended."""
    nodes: dict[Id, TreeNode] = Field(min_length=1, max_length=400)

    def conditions(self) -> Iterator[When]:
        """All conditions in it."""
        yield self.begins_when
        for node in self.nodes.values():
            yield from (choice.when for choice in node.choices)
            yield from (jump.when for jump in node.jumps)

    @property
    def facts(self) -> frozenset[str]:
        """All facts that it asks for or tells of."""
        named = {fact for when in self.conditions() for fact in (*when.knows, *when.unknown, *when.player_knows)}
        told = (effect.arguments.get("fact") for node in self.nodes.values() for effect in node.effects)
        return frozenset(named | {fact for fact in told if isinstance(fact, str)})

    @property
    def quests(self) -> frozenset[str]:
        """All quests that it asks for."""
        return frozenset(quest for when in self.conditions() for quest in when.quests)


class CutLine(Value):
    """A line that was said, as its decision has it: to go on with where it was cut short."""

    text: str = Field(min_length=1, max_length=LETTERS_OF_A_LINE)
    tone: EmotionalTone
    answers: tuple[DialogVariant, ...] = Field(min_length=2, max_length=MOST_CHOICES)


class TalkPlace(Value):
    """Where a conversation stands: in its tree, in its last line, in what was said lately. One a thread."""

    tree: Id | None = None
    """The tree that was begun last; None: none was."""
    node: Id | None = None
    """The node whose choices are open; None: none are, for the tree has ended or none was begun."""
    ended: tuple[Id, ...] = Field(default=(), max_length=64)
    """Trees that have come to an end here."""
    flags: tuple[Id, ...] = Field(default=(), max_length=64)
    taken: tuple[str, ...] = Field(default=(), max_length=64)
    """Choices that are offered only once and were taken: `node/choice`."""
    line: Id | None = None
    """The decision whose line was said last."""
    begins: int = Field(default=0, ge=0)
    """The letter of that line at which it begins itself: before it is a bridging phrase."""
    heard: int | None = Field(default=None, ge=0)
    """Cut short after so many letters; None: it was heard to its end."""
    lately: tuple[str, ...] = Field(default=(), max_length=64)
    """Keys of the last lines that came from scripts, the newest last: none of them is said again if another will do."""
    at: WorldTime = WorldTime()


class Talk(Value):
    """What there is to go on with in a conversation: what a node looks up, and the rules look at."""

    place: TalkPlace = TalkPlace()
    cut: CutLine | None = None
    """The last line, where it was cut short or may have been."""
    facts: tuple[Fact, ...] = ()
    """Of those that the character's trees name: what it knows."""
    player_knows: tuple[Id, ...] = ()
    """Of the same: what the player's party knows."""
    quests: dict[Id, QuestStatus] = Field(default_factory=dict[str, QuestStatus])
    heard: bool = True
    """Whether the character could hear and understand what was said to it."""
