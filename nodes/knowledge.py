"""What a prompt says that a character knows: everything once, and first what hardly ever changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas import Fact, FactSource, MemoryEntry, Recalled, Tag, TagKind

SAID_AGAIN = 0.5
"""A memory is left out when so much of it stands in the prompt already, as lines of the conversation."""
SHORTEST_LINE = 24
"""Letters: a `Yes.` is part of many a memory and says nothing of whether it is told already."""
TOLD = "..."
"""What stands in a memory for words that the conversation shows."""


def said_once(recalled: Recalled) -> Recalled:
    """The same, without facts that another says word for word, and without what memories repeat of the talk shown.

    A memory of little else goes; of any other the repeated words do.
    """
    facts = {fact.text: fact for fact in reversed(recalled.facts)}
    kept = tuple(fact for fact in recalled.facts if facts[fact.text] is fact)
    shown = tuple(dict.fromkeys(turn.text for turn in recalled.turns if len(turn.text) >= SHORTEST_LINE))
    memories = tuple(_untold(memory, shown) for memory in recalled.memories if not _is_told(memory, shown))
    return recalled.model_copy(update={"facts": kept, "memories": memories})


def own_and_other(facts: Sequence[Fact], character: str) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """The facts about the character itself in an order of their own, and the others as they came to mind.

    The first come to mind with nearly every event: in the same order each time they are one more part of the prompt
    that a server knows already. Those that were there from the beginning come before what was learnt.
    """
    self_ = Tag(kind=TagKind.ENTITY, name=character)
    own = sorted((fact for fact in facts if self_ in fact.tags), key=_lasting)
    return tuple(own), tuple(fact for fact in facts if self_ not in fact.tags)


def _lasting(fact: Fact) -> tuple[bool, float, str]:
    return fact.source is not FactSource.WORLD, -fact.importance, fact.id


def _is_told(memory: MemoryEntry, shown: Iterable[str]) -> bool:
    return sum(len(line) for line in shown if line in memory.text) >= SAID_AGAIN * len(memory.text)


def _untold(memory: MemoryEntry, shown: Iterable[str]) -> MemoryEntry:
    text = memory.text
    for line in shown:
        text = text.replace(line, TOLD)
    return memory if text == memory.text else memory.model_copy(update={"text": text})
