"""How a prompt gets shorter: rule by rule, what is missed least first. Persona, rules and event stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from nodes.knowledge import own_and_other
from schemas import Cut, Recalled

MEMORY_LETTERS: Final = 240
"""What a shortened memory keeps: its beginning, which says what happened and with whom."""
TURN_LETTERS: Final = 160
SUMMARY_LETTERS: Final = 400
LAST_WORDS: Final = 2
"""Lines at the end of a talk that stay as they were said: what is answered, and what that answered."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What of a prompt may be cut: all that came to mind, and how fully the tools and the voice are told."""

    character: str
    recalled: Recalled
    brief: bool = False
    """Tools without their arguments, which the grammar holds them to anyway, and a voice without sample lines."""


Rule: TypeAlias = Callable[[Draft], "tuple[Draft, Cut] | None"]
"""One step that makes a draft shorter, and what is lost by it (its tokens are counted by others); None: no further."""


def shortened(draft: Draft) -> tuple[Draft, Cut] | None:
    """The draft made shorter by one step of the first rule that still has something to cut; None: none has."""
    for rule in RULES:
        step = rule(draft)
        if step is not None:
            return step
    return None


def _shorten_memories(draft: Draft) -> tuple[Draft, Cut] | None:
    """Long memories keep their beginnings."""
    memories = draft.recalled.memories
    cut = tuple(memory.model_copy(update={"text": beginning(memory.text, MEMORY_LETTERS)}) for memory in memories)
    return _step(draft, "memories", "shortened", _changed(memories, cut), memories=cut)


def _shorten_turns(draft: Draft) -> tuple[Draft, Cut] | None:
    """Long lines of the talk keep their beginnings, all but the last."""
    turns = draft.recalled.turns
    older, last = turns[:-LAST_WORDS], turns[-LAST_WORDS:]
    cut = tuple(turn.model_copy(update={"text": beginning(turn.text, TURN_LETTERS)}) for turn in older)
    return _step(draft, "turns", "shortened", _changed(older, cut), turns=(*cut, *last))


def _drop_turns(draft: Draft) -> tuple[Draft, Cut] | None:
    """The oldest third of the talk goes."""
    turns = draft.recalled.turns
    gone = -(-len(turns) // 3)
    return _step(draft, "turns", "dropped", gone, turns=turns[gone:])


def _shorten_summary(draft: Draft) -> tuple[Draft, Cut] | None:
    """What was said earlier keeps its beginning."""
    summary = draft.recalled.summary or ""
    cut = beginning(summary, SUMMARY_LETTERS)
    return _step(draft, "summary", "shortened", int(cut != summary), summary=cut)


def _drop_summary(draft: Draft) -> tuple[Draft, Cut] | None:
    return _step(draft, "summary", "dropped", int(draft.recalled.summary is not None), summary=None)


def _drop_memories(draft: Draft) -> tuple[Draft, Cut] | None:
    """The third of the memories that is least to the point goes."""
    memories = draft.recalled.memories
    gone = -(-len(memories) // 3)
    return _step(draft, "memories", "dropped", gone, memories=memories[: len(memories) - gone])


def _drop_facts(draft: Draft) -> tuple[Draft, Cut] | None:
    """The third of the facts that is least to the point goes; those about the character itself go last."""
    facts = draft.recalled.facts
    own, others = own_and_other(facts, draft.character)
    from_ = others or own
    lost = {fact.id for fact in from_[len(from_) - -(-len(from_) // 3) :]}
    return _step(draft, "facts", "dropped", len(lost), facts=tuple(fact for fact in facts if fact.id not in lost))


def _abbreviate(draft: Draft) -> tuple[Draft, Cut] | None:
    """Tools and voice are told in brief: last, for it changes the part that servers keep."""
    if draft.brief:
        return None
    return replace(draft, brief=True), Cut(what="instructions", how="abbreviated", count=1)


RULES: Final[tuple[Rule, ...]] = (
    _shorten_memories,
    _shorten_turns,
    _drop_turns,
    _shorten_summary,
    _drop_summary,
    _drop_memories,
    _drop_facts,
    _abbreviate,
)
"""In the order in which they are tried; each until it has nothing left to cut."""


def beginning(text: str, letters: int) -> str:
    """As many whole words from the beginning as fit into so many letters, with `...` behind; a text that fits stays."""
    if len(text) <= letters:
        return text
    kept = text[: letters - 3]
    whole = kept.rpartition(" ")[0] or kept
    return whole.rstrip(" ,;:") + "..."


def _changed(before: tuple[object, ...], after: tuple[object, ...]) -> int:
    return sum(one != other for one, other in zip(before, after, strict=True))


def _step(draft: Draft, what: str, how: str, count: int, **update: object) -> tuple[Draft, Cut] | None:
    """The draft with what was cut of it; None where that is nothing."""
    if count < 1:
        return None
    recalled = draft.recalled.model_copy(update=update)
    return replace(draft, recalled=recalled), Cut.model_validate({"what": what, "how": how, "count": count})
