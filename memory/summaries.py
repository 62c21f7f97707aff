"""Say a conversation in fewer words: by a rule that picks its most telling sentences, or by whoever is handed in."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from memory.indexes.embedders import content_words
from schemas import Turn

SENTENCES = 8
"""Sentences that a summary has at the most."""
ALIKE = 0.6
"""Two sentences that share so much of their words say the same."""
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*[\"'”\u2019)]*")


class Summariser(Protocol):
    """Whatever can say a conversation in fewer words."""

    async def __call__(self, before: str, turns: Sequence[Turn], /) -> str:
        """What was said: `before`, a summary (or nothing), and the turns after it.

        Raises:
            ModelError: it could not be done now.
        """
        ...


async def in_extracts(before: str, turns: Sequence[Turn]) -> str:
    """The most telling sentences, in their order, each with who said it. Needs nothing and is always the same.

    A sentence tells much when its words are rare in this conversation, and when it names or counts something; one
    that mostly repeats another is left out (after Carbonell and Goldstein, "The use of MMR", 1998). Sentences of the
    summary before compete with the new ones, so what mattered early is not lost by and by.
    """
    sentences = [_Sentence.of(line, None) for line in before.splitlines() if line.strip()]
    sentences += [
        _Sentence.of(part.strip(), turn.speaker)
        for turn in turns
        for part in _SENTENCE.findall(turn.text)
        if part.strip()
    ]
    spread = Counter(word for sentence in sentences for word in sentence.words)
    rarity = {word: math.log(1 + len(sentences) / times) for word, times in spread.items()}
    by_worth = sorted(range(len(sentences)), key=lambda place: (-sentences[place].worth(rarity), place))
    chosen: list[int] = []
    for place in by_worth:
        if len(chosen) == SENTENCES:
            break
        if not any(sentences[place].repeats(sentences[other]) for other in chosen):
            chosen.append(place)
    return "\n".join(sentences[place].line for place in sorted(chosen))


@dataclass(frozen=True, slots=True)
class _Sentence:
    line: str
    words: frozenset[str]
    telling: int
    """Names and numbers in it."""

    @classmethod
    def of(cls, text: str, speaker: str | None) -> _Sentence:
        inside = text.split()[1:]
        telling = sum(1 for word in inside if word[:1].isupper() or any(letter.isdigit() for letter in word))
        return cls(text if speaker is None else f"{speaker}: {text}", frozenset(content_words(text)), telling)

    def worth(self, rarity: dict[str, float]) -> float:
        """The rarity of its words and what it names; a long sentence is worth more, but not by its length alone."""
        if not self.words:
            return 0.0
        return (sum(rarity[word] for word in self.words) + self.telling) / math.sqrt(len(self.words) + 3)

    def repeats(self, other: _Sentence) -> bool:
        """Whether the other says most of it already."""
        return bool(self.words) and len(self.words & other.words) >= ALIKE * min(len(self.words), len(other.words))
